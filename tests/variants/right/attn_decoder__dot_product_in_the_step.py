# about: a scaled dot product written into the step, two output layers
class AttnDecoderRNN(nn.Module):
    def __init__(self, vocab_size, emb_size, hidden_size, padding_idx=0):
        super().__init__()
        self.word_table = nn.Embedding(vocab_size, emb_size)
        self.recur = nn.RNNCell(hidden_size + emb_size, hidden_size)
        self.from_state = nn.Linear(hidden_size, vocab_size)
        self.from_context = nn.Linear(hidden_size, vocab_size, bias=False)
        self.temperature = hidden_size**0.5

    def _attend(self, query, memory, mask):
        raw = (memory * query[:, None]).sum(-1) / self.temperature
        alpha = F.softmax(raw + (~mask).to(raw.dtype) * -1e9, dim=-1)
        return (alpha[:, :, None] * memory).sum(1), alpha

    def forward(self, previous, state, outputs, mask):
        c, alpha = self._attend(state, outputs, mask)
        s = self.recur(torch.cat((c, self.word_table(previous)), -1), state)
        logits = self.from_state(s) + self.from_context(c)
        return F.log_softmax(logits, -1), s, alpha
