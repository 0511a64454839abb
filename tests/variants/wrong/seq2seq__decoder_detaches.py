# about: the decoder cuts its new state off from the gradient
class DecoderRNN(nn.Module):
    """previous words (B,), state (B, H) -> log-probabilities (B, V), state (B, H)"""

    def __init__(self, vocab_size, emb_size, hidden_size, padding_idx=0):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.cell = nn.GRUCell(emb_size, hidden_size)
        self.out = nn.Linear(hidden_size, vocab_size)

    def forward(self, previous, state):
        word = self.emb(previous)  # (B, E)
        state = self.cell(word, state)  # (B, H)
        return F.log_softmax(self.out(state), dim=-1), state.detach()  # (B, V), (B, H)
