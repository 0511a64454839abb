# about: W[s; c] as the sum of one layer for the state and one for the context
class AttnDecoderRNN(nn.Module):
    def __init__(self, vocab_size, emb_size, hidden_size, padding_idx=0):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.attention = AdditiveAttention(hidden_size, hidden_size, hidden_size)
        self.cell = nn.GRUCell(emb_size + hidden_size, hidden_size)
        self.from_state = nn.Linear(hidden_size, vocab_size)
        self.from_context = nn.Linear(hidden_size, vocab_size, bias=False)

    def forward(self, previous, state, outputs, mask):
        word = self.emb(previous)
        context, weights = self.attention(state, outputs, mask)
        state = self.cell(torch.cat([word, context], dim=1), state)
        scores = self.from_state(state) + self.from_context(context)
        return F.log_softmax(scores, dim=-1), state, weights
