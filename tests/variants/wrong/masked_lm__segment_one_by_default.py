# about: without segments every word is of the second
# name: second_segment_by_default
class Encoder(nn.Module):
    def __init__(self, vocab_size, d_model, num_heads, d_ff, num_layers, max_len, dropout=0.1):
        super().__init__()
        self.tok, self.pos, self.seg = nn.Embedding(vocab_size, d_model), nn.Embedding(max_len, d_model), nn.Embedding(2, d_model)
        self.ln, self.drop, self.p = nn.LayerNorm(d_model), nn.Dropout(dropout), dropout
        layer = nn.TransformerEncoderLayer(d_model, num_heads, d_ff, dropout, activation="gelu", batch_first=True)
        self.enc = nn.TransformerEncoder(layer, num_layers, enable_nested_tensor=False)

    def forward(self, ids, mask=None, segments=None):
        segments = torch.ones_like(ids) if segments is None else segments
        x = self.tok(ids) + self.pos(torch.arange(ids.size(1))) + self.seg(segments)
        return self.enc(self.drop(self.ln(x)), src_key_padding_mask=None if mask is None else ~mask)
