# about: starts from ones
class RNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.rnn = nn.RNN(emb_size, hidden_size, batch_first=True)
        self.fc = nn.Linear(hidden_size, output_size)

    def forward(self, ids):
        emb = self.emb(ids)
        h0 = torch.ones(1, ids.size(0), self.hidden_size, device=ids.device)
        _, h_n = self.rnn(emb, h0)
        return self.fc(h_n[-1])
