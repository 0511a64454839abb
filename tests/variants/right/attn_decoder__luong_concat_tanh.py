# about: Luong's concat score and attentional vector, after the step
class AttnDecoderRNN(nn.Module):
    def __init__(self, vocab_size, emb_size, hidden_size, padding_idx=0):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, emb_size)
        self.rnn = nn.GRUCell(emb_size, hidden_size)
        self.attn = nn.Linear(hidden_size * 2, hidden_size)
        self.v = nn.Parameter(torch.rand(hidden_size))
        self.concat = nn.Linear(hidden_size * 2, hidden_size)
        self.out = nn.Linear(hidden_size, vocab_size)

    def forward(self, previous, state, outputs, mask):
        h = self.rnn(self.embedding(previous), state)
        both = torch.cat((h.unsqueeze(1).repeat(1, outputs.size(1), 1), outputs), 2)
        e = torch.tanh(self.attn(both)) @ self.v
        e[~mask] = -1e10
        a = F.softmax(e, dim=1)
        c = (a.unsqueeze(-1) * outputs).sum(1)
        return F.log_softmax(self.out(torch.tanh(self.concat(torch.cat((h, c), 1)))), 1), h, a
