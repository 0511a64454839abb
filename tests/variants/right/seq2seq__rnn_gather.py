# about: nn.RNN, the last state gathered by length, the decoder a GRU over one step with relu on the embedding
class EncoderRNN(nn.Module):
    def __init__(self, vocab_size, emb_size, hidden_size, padding_idx=0):
        super().__init__()
        self.padding_idx = padding_idx
        self.embed = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.rnn = nn.RNN(emb_size, hidden_size, batch_first=True)

    def forward(self, ids):
        out, _ = self.rnn(self.embed(ids))
        last = (ids != self.padding_idx).sum(1) - 1
        state = out.gather(1, last[:, None, None].expand(-1, 1, out.size(2))).squeeze(1)
        return out, state


class DecoderRNN(nn.Module):
    def __init__(self, vocab_size, emb_size, hidden_size, padding_idx=0):
        super().__init__()
        self.embed = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.gru = nn.GRU(emb_size, hidden_size)
        self.out = nn.Linear(hidden_size, vocab_size)

    def forward(self, previous, state):
        output, hidden = self.gru(F.relu(self.embed(previous)).unsqueeze(0), state.reshape(1, len(previous), -1))
        return torch.log_softmax(self.out(output[0]), dim=-1), hidden[0]
