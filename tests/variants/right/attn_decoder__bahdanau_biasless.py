# about: Bahdanau's Wa, Ua, va without biases written into the decoder, output from [word; context; state]
class AttnDecoderRNN(nn.Module):
    def __init__(self, vocab_size, emb_size, hidden_size, padding_idx=0):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.Wa = nn.Linear(hidden_size, hidden_size, bias=False)
        self.Ua = nn.Linear(hidden_size, hidden_size, bias=False)
        self.va = nn.Linear(hidden_size, 1, bias=False)
        self.gru = nn.GRU(hidden_size + emb_size, hidden_size, batch_first=True)
        self.fc = nn.Linear(emb_size + hidden_size + hidden_size, vocab_size)

    def forward(self, previous, state, outputs, mask):
        h = state if state.dim() == 2 else state[0]
        e = self.va(torch.tanh(self.Wa(h)[:, None] + self.Ua(outputs)))[..., 0]
        a = torch.softmax(e.masked_fill(mask == False, float("-inf")), 1)  # noqa: E712
        c = torch.einsum("bs,bsh->bh", a, outputs)
        w = self.emb(previous)
        o, h = self.gru(torch.cat([c, w], 1)[:, None], h[None].contiguous())
        return F.log_softmax(self.fc(torch.cat([w, c, o[:, 0]], 1)), 1), h[0], a
