# about: LSTM, h_n by layers and directions, dropout between layers
class BiRNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, hidden_size, num_layers):
        super().__init__()
        self.sizes = num_layers, 2, hidden_size
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.lstm = nn.LSTM(emb_size, hidden_size, num_layers, bidirectional=True, dropout=0.2 if num_layers > 1 else 0.0)
        self.fc = nn.Linear(2 * hidden_size, output_size)

    def forward(self, ids):
        layers, two, width = self.sizes
        _, (h, _) = self.lstm(self.emb(ids).transpose(0, 1))
        forward, backward = h.reshape(layers, two, len(ids), width)[-1]
        return self.fc(torch.hstack([forward, backward]))
