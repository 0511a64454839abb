# about: nn.Dropout before the output layer, packed
class RNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, hidden_size):
        super().__init__()
        self.pad = padding_idx
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.rnn = nn.RNN(emb_size, hidden_size, batch_first=True)
        self.drop = nn.Dropout(0.3)
        self.fc = nn.Linear(hidden_size, output_size)

    def forward(self, ids):
        lengths = (ids != self.pad).sum(dim=1).clamp(min=1)
        out, _ = self.rnn(self.drop(self.emb(ids)))
        last = out.gather(1, (lengths - 1)[:, None, None].expand(-1, 1, out.size(2))).squeeze(1)
        return self.fc(self.drop(last))
