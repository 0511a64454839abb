# about: packs with enforce_sorted, as a collate that sorts allows
class BiRNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, hidden_size, num_layers):
        super().__init__()
        self.pad = padding_idx
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.rnn = nn.RNN(emb_size, hidden_size, num_layers, bidirectional=True, batch_first=True)
        self.fc = nn.Linear(2 * hidden_size, output_size)

    def forward(self, ids):
        lengths = (ids != self.pad).sum(1)
        _, h = self.rnn(pack_padded_sequence(self.emb(ids), lengths.cpu(), batch_first=True))
        return self.fc(torch.cat([h[-2], h[-1]], 1))
