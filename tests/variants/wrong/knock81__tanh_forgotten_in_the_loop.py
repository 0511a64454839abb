# about: a loop of linear steps without tanh
# name: no_activation
# known: no
class RNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, hidden_size):
        super().__init__()
        self.e = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.x, self.h = nn.Linear(emb_size, hidden_size), nn.Linear(hidden_size, hidden_size)
        self.o = nn.Linear(hidden_size, output_size)

    def forward(self, ids):
        e = self.e(ids)
        h = e.new_zeros(len(ids), self.h.in_features)
        for t in range(ids.shape[1]):
            h = self.x(e[:, t]) + self.h(h)
        return self.o(h)
