# about: a table of three segments, the last for padding, and words of length sqrt(D)
class Encoder(nn.Module):
    def __init__(self, vocab_size, d_model, num_heads, d_ff, num_layers, max_len, dropout=0.1):
        super().__init__()
        self.token = nn.Embedding(vocab_size, d_model)
        self.position = nn.Embedding(max_len, d_model)
        self.segment = nn.Embedding(3, d_model)
        self.norm, self.dropout = nn.LayerNorm(d_model), nn.Dropout(dropout)
        layer = nn.TransformerEncoderLayer(d_model, num_heads, d_ff, dropout, batch_first=True, norm_first=True)
        self.blocks = nn.TransformerEncoder(layer, num_layers, norm=nn.LayerNorm(d_model), enable_nested_tensor=False)

    def forward(self, ids, mask=None, segments=None):
        if segments is None:
            segments = torch.zeros_like(ids)
        positions = torch.arange(ids.size(1)).unsqueeze(0).expand_as(ids)
        x = self.norm(self.token(ids) + self.position(positions) + self.segment(segments))
        return self.blocks(self.dropout(x), src_key_padding_mask=~mask if mask is not None else None)
