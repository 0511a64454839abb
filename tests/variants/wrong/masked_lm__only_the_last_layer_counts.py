# about: every layer reads the embedded words, so that only the last has any influence
# name: a_layer_is_passed_by
class Encoder(nn.Module):
    def __init__(self, vocab_size, d_model, num_heads, d_ff, num_layers, max_len, dropout=0.1):
        super().__init__()
        self.tok, self.pos, self.seg = nn.Embedding(vocab_size, d_model), nn.Embedding(max_len, d_model), nn.Embedding(2, d_model)
        self.ln = nn.LayerNorm(d_model)
        self.blocks = nn.ModuleList(
            [nn.TransformerEncoderLayer(d_model, num_heads, d_ff, dropout, activation="gelu", batch_first=True) for _ in range(num_layers)]
        )

    def forward(self, ids, mask=None, segments=None):
        segments = torch.zeros_like(ids) if segments is None else segments
        x = self.ln(self.tok(ids) + self.pos(torch.arange(ids.size(1))) + self.seg(segments))
        for block in self.blocks:
            out = block(x, src_key_padding_mask=None if mask is None else ~mask)
        return out
