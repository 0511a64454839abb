# about: one length for the whole batch
# name: lengths_of_the_first
# known: no
class BiRNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, hidden_size, num_layers):
        super().__init__()
        self.pad = padding_idx
        self.e = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.r = nn.GRU(emb_size, hidden_size, num_layers, bidirectional=True, batch_first=True)
        self.o = nn.Linear(2 * hidden_size, output_size)

    def forward(self, ids):
        n = int((ids[0] != self.pad).sum())
        _, h = self.r(self.e(ids)[:, : max(n, 1)])
        return self.o(torch.cat([h[-2], h[-1]], dim=1))
