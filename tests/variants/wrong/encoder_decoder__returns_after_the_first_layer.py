# about: the return stands inside the loop over the decoder's layers
# name: a_layer_is_passed_by
class Transformer(nn.Module):
    def __init__(self, src_vocab, tgt_vocab, d_model, num_heads, d_ff, num_layers, max_len, dropout=0.1):
        super().__init__()
        self.src_emb, self.tgt_emb = nn.Embedding(src_vocab, d_model), nn.Embedding(tgt_vocab, d_model)
        pos = torch.arange(max_len).float().unsqueeze(1)
        div = torch.exp(torch.arange(0, d_model, 2).float() * (-math.log(10000.0) / d_model))
        pe = torch.zeros(max_len, d_model)
        pe[:, 0::2], pe[:, 1::2] = torch.sin(pos * div), torch.cos(pos * div)
        self.register_buffer("pe", pe)
        self.drop, self.d = nn.Dropout(dropout), d_model
        enc = nn.TransformerEncoderLayer(d_model, num_heads, d_ff, dropout, batch_first=True)
        self.enc = nn.TransformerEncoder(enc, num_layers, enable_nested_tensor=False)
        self.dec = nn.ModuleList([DecoderBlock(d_model, num_heads, d_ff, dropout) for _ in range(num_layers)])
        self.out = nn.Linear(d_model, tgt_vocab)

    def encode(self, src, src_mask):
        return self.enc(self.drop(self.src_emb(src) * math.sqrt(self.d) + self.pe[: src.size(1)]), src_key_padding_mask=~src_mask)

    def decode(self, tgt, memory, src_mask):
        y = self.drop(self.tgt_emb(tgt) * math.sqrt(self.d) + self.pe[: tgt.size(1)])
        for block in self.dec:
            y = block(y, memory, ~src_mask)
            return self.out(y)

    def forward(self, src, tgt, src_mask):
        return self.decode(tgt, self.encode(src, src_mask), src_mask)
