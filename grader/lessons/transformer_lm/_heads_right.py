"""Right answers to MultiHeadAttention in other styles."""

from grader.checks import accepts, edit
from grader.lessons.transformer_lm._lines_heads import MASKED, MERGED, OUT, SCORES, SPLIT, K, Q, V

fused = accepts(
    edit(Q + K + V, "        self.qkv = nn.Linear(d_model, 3 * d_model)\n"),
    edit("self.w_q(query)", "self.qkv(query).chunk(3, dim=-1)[0]"),
    edit("self.w_k(key)", "self.qkv(key).chunk(3, dim=-1)[1]"),
    edit("self.w_v(value)", "self.qkv(value).chunk(3, dim=-1)[2]"),
)
fused_by_head = accepts(  # of each head its query, its key and its value in turn
    edit(Q + K + V, "        self.qkv = nn.Linear(d_model, 3 * d_model)\n"),
    edit("self.split(self.w_q(query))", "self.split(self.qkv(query)).chunk(3, dim=-1)[0]"),
    edit("self.split(self.w_k(key))", "self.split(self.qkv(key)).chunk(3, dim=-1)[1]"),
    edit("self.split(self.w_v(value))", "self.split(self.qkv(value)).chunk(3, dim=-1)[2]"),
)
fused_by_column = accepts(  # and of each column
    edit(Q + K + V, "        self.qkv = nn.Linear(d_model, 3 * d_model)\n"),
    edit("self.split(self.w_q(query))", "self.split(self.qkv(query)).unflatten(-1, (-1, 3))[..., 0]"),
    edit("self.split(self.w_k(key))", "self.split(self.qkv(key)).unflatten(-1, (-1, 3))[..., 1]"),
    edit("self.split(self.w_v(value))", "self.split(self.qkv(value)).unflatten(-1, (-1, 3))[..., 2]"),
)
no_bias = accepts(
    edit(Q + K + V, (Q + K + V).replace("d_model)\n", "d_model, bias=False)\n")),
    edit(OUT, OUT.replace("d_model)\n", "d_model, bias=False)\n")),
)
bias_only_at_the_end = accepts(edit(Q + K + V, (Q + K + V).replace("d_model)\n", "d_model, bias=False)\n")))
library = accepts(
    edit(Q + K + V + OUT, "        self.mha = nn.MultiheadAttention(d_model, num_heads, batch_first=True)\n"),
    edit(
        "        q = self.split(self.w_q(query))",
        "        blocked = None if mask is None else ~mask\n"
        "        return self.mha(query, key, value, attn_mask=blocked)  # weights averaged\n"
        "        q = self.split(self.w_q(query))",
    ),
)
flash = accepts(
    edit(SCORES, "heads = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)"),
    edit(f"        if mask is not None:\n            {MASKED}\n", ""),
    edit("        weights = scores.softmax(dim=-1)  # (B, N, Tq, Tk)\n", ""),
    edit("        heads = weights @ v  # (B, N, Tq, d_h)\n", ""),
    edit("self.w_o(merged), weights", "self.w_o(merged), None"),
)
einsum = accepts(
    edit(
        Q + K + V + OUT,
        "        d_h = d_model // num_heads\n"
        "        self.to_q = nn.Parameter(torch.randn(num_heads, d_model, d_h) / d_model**0.5)\n"
        "        self.to_k = nn.Parameter(torch.randn(num_heads, d_model, d_h) / d_model**0.5)\n"
        "        self.to_v = nn.Parameter(torch.randn(num_heads, d_model, d_h) / d_model**0.5)\n"
        "        self.to_out = nn.Parameter(torch.randn(num_heads, d_h, d_model) / d_model**0.5)\n",
    ),
    edit("self.split(self.w_q(query))", 'torch.einsum("btd,nde->bnte", query, self.to_q)'),
    edit("self.split(self.w_k(key))", 'torch.einsum("btd,nde->bnte", key, self.to_k)'),
    edit("self.split(self.w_v(value))", 'torch.einsum("btd,nde->bnte", value, self.to_v)'),
    edit("self.w_o(merged)", 'torch.einsum("bnte,ned->btd", heads, self.to_out)'),
)
list_of_heads = accepts(
    edit(Q, Q.replace("nn.Linear(d_model, d_model)", "self.each(d_model, num_heads)")),
    edit(K, K.replace("nn.Linear(d_model, d_model)", "self.each(d_model, num_heads)")),
    edit(V, V.replace("nn.Linear(d_model, d_model)", "self.each(d_model, num_heads)")),
    edit("self.split(self.w_q(query))", "torch.stack([head(query) for head in self.w_q], dim=1)"),
    edit("self.split(self.w_k(key))", "torch.stack([head(key) for head in self.w_k], dim=1)"),
    edit("self.split(self.w_v(value))", "torch.stack([head(value) for head in self.w_v], dim=1)"),
    edit(
        "    def split(self, x):",
        "    def each(self, d_model, num_heads):\n"
        "        return nn.ModuleList([nn.Linear(d_model, d_model // num_heads) for _ in range(num_heads)])\n\n"
        "    def split(self, x):",
    ),
)
every_nth_column = accepts(  # cut otherwise, and put back alike
    edit(SPLIT, "x.unflatten(-1, (-1, self.num_heads)).permute(0, 3, 1, 2)"),
    edit(MERGED, "heads.permute(0, 2, 3, 1).flatten(2)"),
)
additive_inside = accepts(edit(MASKED, 'scores = scores + torch.zeros(mask.shape).masked_fill(~mask, float("-inf"))'))
very_negative = accepts(edit('float("-inf")', "-1e9"))
output_only = accepts(edit("self.w_o(merged), weights", "self.w_o(merged)"))

norm_inside = accepts(  # the residual connection and the normalisation of a block, kept with its attention
    edit(OUT, OUT + "        self.norm = nn.LayerNorm(d_model)\n"),
    edit("self.w_o(merged), weights", "self.norm(query + self.w_o(merged)), weights"),
)
