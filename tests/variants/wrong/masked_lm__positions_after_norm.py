# about: positions are added after the normalisation
# name: positions_after_the_norm
class Encoder(nn.Module):
    def __init__(self, vocab_size, d_model, num_heads, d_ff, num_layers, max_len, dropout=0.1):
        super().__init__()
        self.tok, self.pos, self.seg = nn.Embedding(vocab_size, d_model), nn.Embedding(max_len, d_model), nn.Embedding(2, d_model)
        self.ln, self.drop, self.p = nn.LayerNorm(d_model), nn.Dropout(dropout), dropout
        layer = nn.TransformerEncoderLayer(d_model, num_heads, d_ff, dropout, activation="gelu", batch_first=True)
        self.enc = nn.TransformerEncoder(layer, num_layers, enable_nested_tensor=False)

    def forward(self, ids, mask=None, segments=None):
        segments = torch.zeros_like(ids) if segments is None else segments
        x = self.ln(self.tok(ids) + self.seg(segments)) + self.pos(torch.arange(ids.size(1)))
        return self.enc(self.drop(x), src_key_padding_mask=None if mask is None else ~mask)
