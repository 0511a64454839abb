# about: the same RNN reads from the left and, turned round, from the right (shared weights)
# name: one_reader_for_both
class BiRNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, hidden_size, num_layers):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.rnn = nn.RNN(emb_size, hidden_size, num_layers, batch_first=True)
        self.fc = nn.Linear(2 * hidden_size, output_size)

    def forward(self, ids):
        e = self.emb(ids)
        _, right = self.rnn(e)
        _, left = self.rnn(e.flip(1))
        return self.fc(torch.cat([right[-1], left[-1]], dim=1))
