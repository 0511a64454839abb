# about: four positions share one vector
# part: no_positions
class Encoder(nn.Module):
    """ids (B, T), mask (B, T) bool, segments (B, T) of 0 and 1 -> hidden (B, T, D)"""

    def __init__(self, vocab_size, d_model, num_heads, d_ff, num_layers, max_len, dropout=0.1):
        super().__init__()
        self.words = nn.Embedding(vocab_size, d_model)
        self.positions = nn.Embedding(max_len, d_model)
        self.segments = nn.Embedding(2, d_model)
        for table in (self.words, self.positions, self.segments):
            nn.init.normal_(table.weight, std=0.02)  # as in the paper's own code: small beside what is learned
        self.norm = nn.LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)
        layer = nn.TransformerEncoderLayer(d_model, num_heads, d_ff, dropout, activation="gelu", batch_first=True)
        self.layers = nn.TransformerEncoder(layer, num_layers, enable_nested_tensor=False)

    def forward(self, ids, mask=None, segments=None):
        segments = torch.zeros_like(ids) if segments is None else segments
        place = torch.arange(ids.shape[1], device=ids.device) // 4  # (T,)
        x = self.words(ids) + self.positions(place) + self.segments(segments)  # (B, T, D)
        x = self.dropout(self.norm(x))
        padding = None if mask is None else ~mask  # (B, T), True is ignored
        return self.layers(x, src_key_padding_mask=padding)  # (B, T, D)
