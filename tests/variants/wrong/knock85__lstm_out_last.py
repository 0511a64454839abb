# about: LSTM, out[:, -1] for both
# name: last_output_of_both
# known: yes
class BiRNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, hidden_size, num_layers):
        super().__init__()
        self.e = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.r = nn.LSTM(emb_size, hidden_size, num_layers, bidirectional=True, batch_first=True)
        self.o = nn.Linear(2 * hidden_size, output_size)

    def forward(self, ids):
        return self.o(self.r(self.e(ids))[0][:, -1, :])
