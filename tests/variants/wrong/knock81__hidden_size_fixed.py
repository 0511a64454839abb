# about: hidden_size is always 50
# name: size_ignored
# known: no
class RNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, hidden_size):
        super().__init__()
        self.e = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.r = nn.RNN(emb_size, 50, batch_first=True)
        self.o = nn.Linear(50, output_size)

    def forward(self, ids):
        _, h = self.r(self.e(ids))
        return self.o(h.squeeze(0))
