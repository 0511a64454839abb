# about: plain RNNs that are written out, one linear layer over word and state
class EncoderRNN(nn.Module):
    """A plain RNN, written out: one linear layer over word and state."""

    def __init__(self, vocab_size, emb_size, hidden_size, padding_idx=0):
        super().__init__()
        self.hidden_size, self.padding_idx = hidden_size, padding_idx
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.step = nn.Linear(emb_size + hidden_size, hidden_size)

    def forward(self, ids):
        h = self.step.weight.new_zeros(ids.size(0), self.hidden_size)
        outputs = []
        for t in range(ids.size(1)):
            new = torch.tanh(self.step(torch.cat([self.emb(ids[:, t]), h], dim=1)))
            h = torch.where((ids[:, t] != self.padding_idx).unsqueeze(1), new, h)
            outputs.append(h)
        return torch.stack(outputs, dim=1), h


class DecoderRNN(nn.Module):
    def __init__(self, vocab_size, emb_size, hidden_size, padding_idx=0):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.step = nn.Linear(emb_size + hidden_size, hidden_size)
        self.out = nn.Linear(hidden_size, vocab_size)

    def forward(self, previous, state):
        state = torch.tanh(self.step(torch.cat([self.emb(previous), state], dim=1)))
        return F.log_softmax(self.out(state), dim=1), state
