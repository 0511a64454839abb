# about: blocks in a plain list
# name: blocks_in_a_list
class TransformerLM(nn.Module):
    def __init__(self, vocab_size, d_model, num_heads, d_ff, num_layers, dropout=0.1, max_len=256):
        super().__init__()
        self.max_len = max_len
        self.scale = math.sqrt(d_model)
        self.embedding = nn.Embedding(vocab_size, d_model)
        nn.init.normal_(self.embedding.weight, std=1 / self.scale)
        self.register_buffer("positions", positional_encoding(max_len, d_model), persistent=False)
        self.dropout = nn.Dropout(dropout)
        self.blocks = [EncoderBlock(d_model, num_heads, d_ff, dropout) for _ in range(num_layers)]
        self.norm = LayerNorm(d_model)
        self.head = nn.Linear(d_model, vocab_size)

    def forward(self, ids):
        length = ids.size(1)
        x = self.dropout(self.embedding(ids) * self.scale + self.positions[:length])
        mask = causal_mask(length).to(ids.device)
        for block in self.blocks:
            x = block(x, mask)
        return self.head(self.norm(x))
