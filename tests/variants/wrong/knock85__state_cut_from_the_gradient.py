# about: state cut from the gradient
class BiRNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, hidden_size, num_layers):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.rnn = nn.RNN(emb_size, hidden_size, num_layers, bidirectional=True, batch_first=True)
        self.fc = nn.Linear(2 * hidden_size, output_size)

    def forward(self, ids):
        _, h_n = self.rnn(self.emb(ids))
        return self.fc(torch.cat([h_n[-2], h_n[-1]], dim=1).detach())
