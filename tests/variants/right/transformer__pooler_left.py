# about: a pooling layer is left unused

class TransformerLM(nn.Module):
    def __init__(self, vocab_size, d_model, num_heads, d_ff, num_layers, dropout=0.1, max_len=256):
        super().__init__()
        self.max_len = max_len
        self.embedding = nn.Embedding(vocab_size, d_model)
        self.dropout = nn.Dropout(dropout)
        self.blocks = nn.ModuleList([EncoderBlock(d_model, num_heads, d_ff, dropout) for _ in range(num_layers)])
        self.norm = LayerNorm(d_model)
        self.pooler = nn.Linear(d_model, d_model)
        self.head = nn.Linear(d_model, vocab_size)
        self.register_buffer("pe", positional_encoding(max_len, d_model))
    def forward(self, ids):
        T = ids.size(1)
        x = self.dropout(self.embedding(ids) * self.embedding.embedding_dim ** 0.5 + self.pe[:T])
        mask = causal_mask(T).to(ids.device)
        for block in self.blocks:
            x = block(x, mask)
        return self.head(self.norm(x))
