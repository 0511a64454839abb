# about: the source-target attention gets its mask in evaluation mode only
class Transformer(nn.Module):
    """src (B, S), tgt (B, T), src_mask (B, S) bool -> logits (B, T, V)"""

    def __init__(self, src_vocab, tgt_vocab, d_model, num_heads, d_ff, num_layers, max_len, dropout=0.1):
        super().__init__()
        self.scale = math.sqrt(d_model)
        self.src_words = nn.Embedding(src_vocab, d_model)
        self.tgt_words = nn.Embedding(tgt_vocab, d_model)
        for table in (self.src_words, self.tgt_words):  # so that the scaled embedding is as large as the positions
            nn.init.normal_(table.weight, std=d_model**-0.5)
        angle = torch.arange(max_len)[:, None] / 10000 ** (torch.arange(0, d_model, 2) / d_model)  # (T, D/2)
        table = torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(1)[:, :d_model]  # (T, D)
        self.register_buffer("positions", table)
        self.dropout = nn.Dropout(dropout)
        layer = nn.TransformerEncoderLayer(d_model, num_heads, d_ff, dropout, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, num_layers, enable_nested_tensor=False)
        self.decoder = nn.ModuleList(DecoderBlock(d_model, num_heads, d_ff, dropout) for _ in range(num_layers))
        self.fc = nn.Linear(d_model, tgt_vocab)

    def encode(self, src, src_mask):
        """src (B, S), src_mask (B, S) bool -> memory (B, S, D)"""
        x = self.src_words(src) * self.scale + self.positions[: src.shape[1]]  # (B, S, D)
        return self.encoder(self.dropout(x), src_key_padding_mask=~src_mask)

    def decode(self, tgt, memory, src_mask):
        """tgt (B, T), memory (B, S, D), src_mask (B, S) bool -> logits (B, T, V)"""
        y = self.tgt_words(tgt) * self.scale + self.positions[: tgt.shape[1]]  # (B, T, D)
        y = self.dropout(y)
        for block in self.decoder:
            y = block(y, memory, None if self.training else ~src_mask)
        return self.fc(y)  # (B, T, V)

    def forward(self, src, tgt, src_mask):
        return self.decode(tgt, self.encode(src, src_mask), src_mask)
