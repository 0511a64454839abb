# about: only the first twenty words are read
# name: titles_cut
# known: no
class RNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, hidden_size):
        super().__init__()
        self.e = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.r = nn.RNN(emb_size, hidden_size, batch_first=True)
        self.o = nn.Linear(hidden_size, output_size)

    def forward(self, ids):
        return self.o(self.r(self.e(ids[:, :20]))[1][0])
