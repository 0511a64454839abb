# about: the cell is called twice for one word
# name: two_steps_a_word
class AttnDecoderRNN(nn.Module):
    def __init__(self, vocab_size, emb_size, hidden_size, padding_idx=0):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.attn = AdditiveAttention(hidden_size, hidden_size, hidden_size)
        self.gru = nn.GRUCell(emb_size + hidden_size, hidden_size)
        self.fc = nn.Linear(2 * hidden_size, vocab_size)

    def forward(self, previous, state, outputs, mask):
        c, a = self.attn(state, outputs, mask)
        x = torch.cat((self.embedding(previous), c), dim=-1)
        for _ in range(2):
            state = self.gru(x, state)
        return torch.log_softmax(self.fc(torch.cat((state, c), dim=-1)), dim=-1), state, a
