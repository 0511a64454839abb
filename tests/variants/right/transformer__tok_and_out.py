# about: the same as tied_head but untied, with the names tok and out
class TransformerLM(nn.Module):
    def __init__(self, vocab_size, d_model, num_heads, d_ff, num_layers, dropout=0.1, max_len=256):
        super().__init__()
        self.max_len = max_len
        self.tok = nn.Embedding(vocab_size, d_model)
        self.pe = nn.Buffer(positional_encoding(max_len, d_model))
        self.drop = nn.Dropout(dropout)
        self.blocks = nn.ModuleList(EncoderBlock(d_model, num_heads, d_ff, dropout) for _ in range(num_layers))
        self.norm = LayerNorm(d_model)
        self.out = nn.Linear(d_model, vocab_size, bias=False)
        nn.init.normal_(self.tok.weight, std=d_model**-0.5)

    def forward(self, ids):
        T = ids.size(1)
        x = self.drop(self.tok(ids) * self.tok.embedding_dim**0.5 + self.pe[:T])
        for b in self.blocks:
            x = b(x, causal_mask(T).to(x.device))
        return self.out(self.norm(x))
