# about: the embedding matrix itself is multiplied by sqrt(D) with every call
# name: weights_scaled_in_place
# known: no
class TransformerLM(nn.Module):
    def __init__(self, vocab_size, d_model, num_heads, d_ff, num_layers, dropout=0.1, max_len=256):
        super().__init__()
        self.max_len, self.d = max_len, d_model
        self.tok = nn.Embedding(vocab_size, d_model)
        self.register_buffer("pe", positional_encoding(max_len, d_model))
        self.drop = nn.Dropout(dropout)
        self.layers = nn.ModuleList([EncoderBlock(d_model, num_heads, d_ff, dropout) for _ in range(num_layers)])
        self.ln = LayerNorm(d_model)
        self.out = nn.Linear(d_model, vocab_size)

    def forward(self, ids):
        T = ids.shape[1]
        self.tok.weight.data *= math.sqrt(self.d)
        x = self.drop(self.tok(ids) + self.pe[:T])
        for layer in self.layers:
            x = layer(x, causal_mask(T))
        return self.out(self.ln(x))
