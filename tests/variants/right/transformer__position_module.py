# about: embedding and positions in modules of their own
class WithPositions(nn.Module):
    def __init__(self, d_model, max_len, dropout):
        super().__init__()
        self.register_buffer("pe", positional_encoding(max_len, d_model).unsqueeze(0))
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        return self.dropout(x + self.pe[:, : x.size(1)])


class Scaled(nn.Module):
    def __init__(self, vocab_size, d_model):
        super().__init__()
        self.table = nn.Embedding(vocab_size, d_model)
        self.root = d_model**0.5

    def forward(self, ids):
        return self.table(ids) * self.root


class TransformerLM(nn.Module):
    def __init__(self, vocab_size, d_model, num_heads, d_ff, num_layers, dropout=0.1, max_len=256):
        super().__init__()
        self.max_len = max_len
        self.front = nn.Sequential(Scaled(vocab_size, d_model), WithPositions(d_model, max_len, dropout))
        self.stack = nn.ModuleList([EncoderBlock(d_model, num_heads, d_ff, dropout) for _ in range(num_layers)])
        self.last = LayerNorm(d_model)
        self.generator = nn.Linear(d_model, vocab_size)

    def forward(self, ids):
        x = self.front(ids)
        mask = causal_mask(ids.size(-1))
        for block in self.stack:
            x = block(x, mask=mask)
        return self.generator(self.last(x))
