# about: the context is kept and used one step later
# name: state_kept_between_calls
class AttnDecoderRNN(nn.Module):
    def __init__(self, vocab_size, emb_size, hidden_size, padding_idx=0):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.attn = AdditiveAttention(hidden_size, hidden_size, hidden_size)
        self.gru = nn.GRUCell(emb_size + hidden_size, hidden_size)
        self.linear = nn.Linear(hidden_size * 2, vocab_size)

    def forward(self, previous, state, outputs, mask):
        c, a = self.attn(state, outputs, mask)
        old = getattr(self, "c", torch.zeros_like(c))
        old = old if old.shape == c.shape else torch.zeros_like(c)
        self.c = c.detach()
        h = self.gru(torch.cat((self.embedding(previous), old), 1), state)
        return torch.log_softmax(self.linear(torch.cat((h, c), 1)), 1), h, a
