# about: masked cells
class Words(nn.Module):
    """What both sides share: a table of word vectors that knows its padding."""

    def __init__(self, vocab_size, emb_size, padding_idx):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)

    @property
    def padding(self):
        return self.emb.padding_idx


class EncoderRNN(Words):
    def __init__(self, vocab_size, emb_size, hidden_size, padding_idx=0):
        super().__init__(vocab_size, emb_size, padding_idx)
        self.cell = nn.GRUCell(emb_size, hidden_size)

    def forward(self, ids):
        real = (ids != self.padding).unsqueeze(-1)  # (B, S, 1)
        h = torch.zeros(len(ids), self.cell.hidden_size, device=ids.device)
        outputs = []
        for word, here in zip(self.emb(ids).unbind(1), real.unbind(1)):
            h = torch.where(here, self.cell(word, h), h)
            outputs.append(h * here)
        return torch.stack(outputs, dim=1), h


class DecoderRNN(Words):
    def __init__(self, vocab_size, emb_size, hidden_size, padding_idx=0):
        super().__init__(vocab_size, emb_size, padding_idx)
        self.rnn = nn.GRU(emb_size, hidden_size)
        self.read_out = nn.Sequential(nn.Linear(hidden_size, vocab_size), nn.LogSoftmax(dim=-1))

    def forward(self, previous, state):
        out, state = self.rnn(self.emb(previous[None]), state[None])  # (1, B, H) each
        return self.read_out(out[0]), state[0]
