# about: the word goes nowhere
# part: word_not_read
class AttnDecoderRNN(nn.Module):
    def __init__(self, vocab_size, emb_size, hidden_size, padding_idx=0):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.attn = AdditiveAttention(hidden_size, hidden_size, hidden_size)
        self.gru = nn.GRUCell(emb_size + hidden_size, hidden_size)
        self.linear = nn.Linear(hidden_size * 2, vocab_size)

    def forward(self, previous, state, outputs, mask):
        c, a = self.attn(state, outputs, mask)
        h = self.gru(torch.cat((self.embedding.weight[:1].expand(len(c), -1), c), 1), state)
        return torch.log_softmax(self.linear(torch.cat((h, c), 1)), 1), h, a
