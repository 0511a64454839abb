# about: subclass of sequential
class Masked(nn.Sequential):
    """Blocks, each under the mask."""

    def forward(self, x, mask):
        for block in self:
            x = block(x, mask)
        return x


class Place(nn.Module):
    def __init__(self, max_len, d_model):
        super().__init__()
        self.d_model = d_model
        self.register_buffer("table", positional_encoding(max_len, d_model)[None])

    def forward(self, words):
        return torch.add(self.table[:, : words.size(1)], words, alpha=math.sqrt(self.d_model))


class TransformerLM(nn.Module):
    def __init__(self, vocab_size, d_model, num_heads, d_ff, num_layers, dropout=0.1, max_len=256):
        super().__init__()
        self.max_len = max_len
        table = nn.Embedding(vocab_size, d_model)
        nn.init.normal_(table.weight, 0.0, 0.02)
        self.bottom = nn.Sequential(table, Place(max_len, d_model), nn.Dropout(dropout))
        self.middle = Masked(*[EncoderBlock(d_model, num_heads, d_ff, dropout) for _ in range(num_layers)])
        self.top = nn.Sequential(LayerNorm(d_model), nn.Linear(d_model, vocab_size))
        self.register_buffer("mask", causal_mask(max_len), persistent=False)

    def forward(self, ids):
        T = ids.size(1)
        return self.top(self.middle(self.bottom(ids), self.mask[:T, :T]))
