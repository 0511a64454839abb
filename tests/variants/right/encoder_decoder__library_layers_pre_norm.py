# about: nn.TransformerEncoder and nn.TransformerDecoder, norm_first with a last norm, gelu, positions as a module
class PositionalEncoding(nn.Module):
    def __init__(self, d_model, max_len):
        super().__init__()
        pe = torch.zeros(max_len, d_model)
        position = torch.arange(max_len).unsqueeze(1)
        div = torch.exp(torch.arange(0, d_model, 2) * (-math.log(10000.0) / d_model))
        pe[:, 0::2] = torch.sin(position * div)
        pe[:, 1::2] = torch.cos(position * div)
        self.register_buffer("pe", pe.unsqueeze(0))

    def forward(self, x):
        return x + self.pe[:, : x.size(1)]


class Transformer(nn.Module):
    def __init__(self, src_vocab, tgt_vocab, d_model, num_heads, d_ff, num_layers, max_len, dropout=0.1):
        super().__init__()
        self.d_model = d_model
        self.embed_src = nn.Embedding(src_vocab, d_model)
        self.embed_tgt = nn.Embedding(tgt_vocab, d_model)
        self.pos = PositionalEncoding(d_model, max_len)
        args = dict(dropout=dropout, activation="gelu", batch_first=True, norm_first=True)
        self.enc = nn.TransformerEncoder(nn.TransformerEncoderLayer(d_model, num_heads, d_ff, **args), num_layers, norm=nn.LayerNorm(d_model))
        self.dec = nn.TransformerDecoder(nn.TransformerDecoderLayer(d_model, num_heads, d_ff, **args), num_layers, norm=nn.LayerNorm(d_model))
        self.head = nn.Linear(d_model, tgt_vocab)

    def encode(self, src, src_mask):
        return self.enc(self.pos(self.embed_src(src) * self.d_model**0.5), src_key_padding_mask=src_mask.logical_not())

    def decode(self, tgt, memory, src_mask):
        T = tgt.shape[1]
        m = torch.triu(torch.full((T, T), float("-inf")), diagonal=1)
        y = self.dec(self.pos(self.embed_tgt(tgt) * self.d_model**0.5), memory, tgt_mask=m, memory_key_padding_mask=src_mask.logical_not())
        return self.head(y)

    def forward(self, src, tgt, src_mask):
        return self.decode(tgt, self.encode(src, src_mask), src_mask)
