# about: the attention gets its mask in evaluation mode only
class AttnDecoderRNN(nn.Module):
    def __init__(self, vocab_size, emb_size, hidden_size, padding_idx=0):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.attention = AdditiveAttention(hidden_size, hidden_size, hidden_size)
        self.cell = nn.GRUCell(emb_size + hidden_size, hidden_size)
        self.out = nn.Linear(2 * hidden_size, vocab_size)

    def forward(self, previous, state, outputs, mask):
        word = self.emb(previous)
        context, weights = self.attention(state, outputs, None if self.training else mask)
        state = self.cell(torch.cat([word, context], dim=1), state)
        scores = self.out(torch.cat([state, context], dim=1))
        return F.log_softmax(scores, dim=-1), state, weights
