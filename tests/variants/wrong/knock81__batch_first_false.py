# about: batch_first=False written out, as the library has it by default
# name: no_batch_first
class RNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, hidden_size):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.rnn = nn.RNN(emb_size, hidden_size, batch_first=False)
        self.fc = nn.Linear(hidden_size, output_size)

    def forward(self, ids):
        emb = self.emb(ids)
        out, h_n = self.rnn(emb)
        return self.fc(h_n[-1])
