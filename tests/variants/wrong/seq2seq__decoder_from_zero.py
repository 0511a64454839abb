# about: the decoder begins with zeros at each word
# name: state_not_used
class DecoderRNN(nn.Module):
    def __init__(self, vocab_size, emb_size, hidden_size, padding_idx=0):
        super().__init__()
        self.e = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.g = nn.GRU(emb_size, hidden_size, batch_first=True)
        self.o = nn.Linear(hidden_size, vocab_size)

    def forward(self, previous, state):
        out, h = self.g(self.e(previous).unsqueeze(1))
        return self.o(out.squeeze(1)).log_softmax(1), h.squeeze(0)
