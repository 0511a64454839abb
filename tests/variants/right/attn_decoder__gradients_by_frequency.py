# about: an embedding that divides gradients by how often a word occurs
class AttnDecoderRNN(nn.Module):
    def __init__(self, vocab_size, emb_size, hidden_size, padding_idx=0):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx, scale_grad_by_freq=True)
        self.attention = AdditiveAttention(hidden_size, hidden_size, hidden_size)
        self.cell = nn.GRUCell(emb_size + hidden_size, hidden_size)
        self.out = nn.Linear(2 * hidden_size, vocab_size)
    def forward(self, previous, state, outputs, mask):
        word = self.emb(previous)
        context, weights = self.attention(state, outputs, mask)
        state = self.cell(torch.cat([word, context], dim=1), state)
        return F.log_softmax(self.out(torch.cat([state, context], dim=1)), dim=-1), state, weights
