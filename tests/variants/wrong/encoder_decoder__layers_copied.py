# about: one decoder block stands in the list many times
# name: one_layer_many_times
class Transformer(nn.Module):
    def __init__(self, src_vocab, tgt_vocab, d_model, num_heads, d_ff, num_layers, max_len, dropout=0.1):
        super().__init__()
        self.s, self.t = nn.Embedding(src_vocab, d_model), nn.Embedding(tgt_vocab, d_model)
        self.p = nn.Embedding(max_len, d_model)
        self.enc = nn.TransformerEncoder(nn.TransformerEncoderLayer(d_model, num_heads, d_ff, dropout, batch_first=True), num_layers)
        block = DecoderBlock(d_model, num_heads, d_ff, dropout)
        self.blocks = nn.ModuleList([block for _ in range(num_layers)])
        self.out = nn.Linear(d_model, tgt_vocab)

    def encode(self, src, src_mask):
        return self.enc(self.s(src) + self.p.weight[: src.size(1)], src_key_padding_mask=~src_mask)

    def decode(self, tgt, memory, src_mask):
        y = self.t(tgt) + self.p.weight[: tgt.size(1)]
        for b in self.blocks:
            y = b(y, memory, ~src_mask)
        return self.out(y)

    def forward(self, src, tgt, src_mask):
        return self.decode(tgt, self.encode(src, src_mask), src_mask)
