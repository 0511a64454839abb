"""Lines of the reference answer that the known answers, right and wrong, are edits of."""

Q, K, V = (f"        self.w_{x} = nn.Linear(d_model, d_model)\n" for x in "qkv")
OUT = "        self.w_o = nn.Linear(d_model, d_model)\n"
SCORES = "scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))"
MASKED = 'scores = scores.masked_fill(~mask, float("-inf"))'
MERGED = "heads.transpose(1, 2).flatten(2)"
SPLIT = "x.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)"
# Where each begins, in a form with a bias and in one without.
LINEARS = tuple(f"self.w_{part} = nn.Linear" for part in "qkv")
