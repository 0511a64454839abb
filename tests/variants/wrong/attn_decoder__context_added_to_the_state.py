# about: the context is added to the state that is handed on
# name: context_added_to_the_state
class AttnDecoderRNN(nn.Module):
    def __init__(self, vocab_size, emb_size, hidden_size, padding_idx=0):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.attention = AdditiveAttention(hidden_size, hidden_size, hidden_size)
        self.cell = nn.GRUCell(emb_size + hidden_size, hidden_size)
        self.out = nn.Linear(2 * hidden_size, vocab_size)

    def forward(self, previous, state, outputs, mask):
        context, weights = self.attention(state, outputs, mask)
        state = self.cell(torch.cat([self.emb(previous), context], dim=1), state)
        state = state + context
        return F.log_softmax(self.out(torch.cat([state, context], dim=1)), dim=-1), state, weights
