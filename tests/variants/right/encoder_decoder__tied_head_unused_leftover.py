# about: output layer tied to the words of the target; a layer that is made and never used
class Transformer(nn.Module):
    def __init__(self, src_vocab, tgt_vocab, d_model, num_heads, d_ff, num_layers, max_len, dropout=0.1):
        super().__init__()
        self.src, self.tgt = nn.Embedding(src_vocab, d_model), nn.Embedding(tgt_vocab, d_model)
        self.place = nn.Parameter(torch.zeros(max_len, d_model))
        self.leftover = nn.Linear(d_model, d_model)
        self.t = nn.Transformer(d_model, num_heads, num_layers, num_layers, d_ff, dropout, batch_first=True)

    def encode(self, src, src_mask):
        return self.t.encoder(self.src(src) + self.place[: src.size(1)], src_key_padding_mask=~src_mask)

    def decode(self, tgt, memory, src_mask):
        n = tgt.size(1)
        hide = torch.ones(n, n).triu(1).bool()
        y = self.t.decoder(self.tgt(tgt) + self.place[:n], memory, tgt_mask=hide, memory_key_padding_mask=~src_mask)
        return F.linear(y, self.tgt.weight)

    def forward(self, src, tgt, src_mask):
        return self.decode(tgt, self.encode(src, src_mask), src_mask)
