# about: a plain RNN cell and Luong's general score of the state
class AttnDecoderRNN(nn.Module):
    def __init__(self, vocab_size, emb_size, hidden_size, padding_idx=0):
        super().__init__()
        self.e = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.w = nn.Linear(hidden_size, hidden_size, bias=False)
        self.r = nn.GRUCell(emb_size + hidden_size, hidden_size)
        self.o = nn.Linear(hidden_size, vocab_size)

    def forward(self, previous, state, outputs, mask):
        s = (outputs * self.w(state)[:, None]).sum(-1)
        a = s.masked_fill(~mask, -1e9).softmax(-1)
        c = (a[:, None] @ outputs)[:, 0]
        h = self.r(torch.cat([self.e(previous), c], -1), state)
        return self.o(h).log_softmax(-1), h, a
