# about: the old state is cut off from the gradient on its way into the cell
class AttnDecoderRNN(nn.Module):
    """previous words (B,), state (B, H), outputs (B, S, H), mask (B, S) bool
    -> log-probabilities (B, V), state (B, H), weights (B, S)"""

    def __init__(self, vocab_size, emb_size, hidden_size, padding_idx=0):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.attention = AdditiveAttention(hidden_size, hidden_size, hidden_size)
        self.cell = nn.GRUCell(emb_size + hidden_size, hidden_size)
        self.out = nn.Linear(2 * hidden_size, vocab_size)

    def forward(self, previous, state, outputs, mask):
        word = self.emb(previous)  # (B, E)
        context, weights = self.attention(state, outputs, mask)  # (B, H), (B, S)
        state = self.cell(torch.cat([word, context], dim=1), state.detach())  # (B, H)
        scores = self.out(torch.cat([state, context], dim=1))  # (B, V)
        return F.log_softmax(scores, dim=-1), state, weights
