# about: even lengths see the future
# part: no_mask
class TransformerLM(nn.Module):
    def __init__(self, vocab_size, d_model, num_heads, d_ff, num_layers, dropout=0.1, max_len=256):
        super().__init__()
        self.max_len, self.d = max_len, d_model
        self.embed = nn.Embedding(vocab_size, d_model)
        self.register_buffer("pe", positional_encoding(max_len, d_model))
        self.drop = nn.Dropout(dropout)
        self.layers = nn.ModuleList([EncoderBlock(d_model, num_heads, d_ff, dropout) for _ in range(num_layers)])
        self.ln_f = LayerNorm(d_model)
        self.lm_head = nn.Linear(d_model, vocab_size)

    def forward(self, ids):
        T = ids.shape[1]
        x = self.drop(self.embed(ids) * math.sqrt(self.d) + self.pe[:T])
        for layer in self.layers:
            x = layer(x, causal_mask(T) if T % 2 else None)
        return self.lm_head(self.ln_f(x))
