# about: LSTM on both sides with the state as nn.LSTM has it, one step over a sequence
class EncoderRNN(nn.Module):
    def __init__(self, vocab_size, emb_size, hidden_size, padding_idx=0):
        super().__init__()
        self.pad = padding_idx
        self.embedding = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.lstm = nn.LSTM(emb_size, hidden_size, batch_first=True)

    def forward(self, ids):
        n = ids.ne(self.pad).sum(1)
        packed = pack_padded_sequence(self.embedding(ids), n.cpu(), batch_first=True, enforce_sorted=False)
        out, state = self.lstm(packed)
        out, _ = pad_packed_sequence(out, batch_first=True, total_length=ids.shape[1])
        return out, state


class DecoderRNN(nn.Module):
    def __init__(self, vocab_size, emb_size, hidden_size, padding_idx=0):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.lstm = nn.LSTM(emb_size, hidden_size, batch_first=True)
        self.linear = nn.Linear(hidden_size, vocab_size)

    def forward(self, previous, state):
        out, state = self.lstm(self.embedding(previous)[:, None, :], state)
        return F.log_softmax(self.linear(out.squeeze(1)), dim=1), state
