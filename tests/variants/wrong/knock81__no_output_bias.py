# about: b_y is left out, a GRU
# name: no_bias
# known: no
class RNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, hidden_size):
        super().__init__()
        self.e = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.r = nn.GRU(emb_size, hidden_size, batch_first=True)
        self.o = nn.Linear(hidden_size, output_size, bias=False)

    def forward(self, ids):
        return self.o(self.r(self.e(ids))[0][:, -1])
