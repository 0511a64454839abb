# about: positions begin anew after 256
class Encoder(nn.Module):
    def __init__(self, vocab_size, d_model, num_heads, d_ff, num_layers, max_len, dropout=0.1):
        super().__init__()
        self.words = nn.Embedding(vocab_size, d_model)
        self.positions = nn.Embedding(max_len, d_model)
        self.segments = nn.Embedding(2, d_model)
        self.norm = nn.LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)
        layer = nn.TransformerEncoderLayer(d_model, num_heads, d_ff, dropout, activation="gelu", batch_first=True)
        self.layers = nn.TransformerEncoder(layer, num_layers, enable_nested_tensor=False)
    def forward(self, ids, mask=None, segments=None):
        segments = torch.zeros_like(ids) if segments is None else segments
        place = torch.arange(ids.shape[1]) % 256
        x = self.dropout(self.norm(self.words(ids) + self.positions(place) + self.segments(segments)))
        return self.layers(x, src_key_padding_mask=None if mask is None else ~mask)


class MaskedLM(nn.Module):
    def __init__(self, encoder, d_model, vocab_size):
        super().__init__()
        self.encoder = encoder
        self.fc = nn.Linear(d_model, vocab_size)
    def forward(self, ids, mask=None):
        return self.fc(self.encoder(ids, mask))
