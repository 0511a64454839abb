# about: nn.LSTMCell, the first state made of zeros, log_softmax
class RNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, hidden_size):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx)
        self.cell = nn.LSTMCell(emb_size, hidden_size)
        self.out = nn.Linear(hidden_size, output_size)

    def forward(self, ids):
        x = self.emb(ids)
        h = c = torch.zeros(len(ids), self.cell.hidden_size)
        for t in range(x.size(1)):
            h, c = self.cell(x[:, t, :], (h, c))
        return F.log_softmax(self.out(h), dim=-1)
