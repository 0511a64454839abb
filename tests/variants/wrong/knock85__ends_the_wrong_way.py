# about: forward at the first, backward at the last word
# name: second_reader_not_turned
# known: no
class BiRNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, hidden_size, num_layers):
        super().__init__()
        self.h = hidden_size
        self.e = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.r = nn.RNN(emb_size, hidden_size, num_layers, bidirectional=True, batch_first=True)
        self.o = nn.Linear(2 * hidden_size, output_size)

    def forward(self, ids):
        y = self.r(self.e(ids))[0]
        return self.o(torch.cat([y[:, 0, : self.h], y[:, -1, self.h :]], 1))
