# about: two layers of the old tutorial are left unused

class AttnDecoderRNN(nn.Module):
    def __init__(self, vocab_size, emb_size, hidden_size, padding_idx=0):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.attn = nn.Linear(hidden_size * 2, 10)
        self.attn_combine = nn.Linear(emb_size + hidden_size, hidden_size)
        self.gru = nn.GRUCell(emb_size + hidden_size, hidden_size)
        self.out = nn.Linear(2 * hidden_size, vocab_size)
    def forward(self, previous, state, outputs, mask):
        scores = torch.bmm(outputs, state.unsqueeze(2)).squeeze(2).masked_fill(~mask, float("-inf"))
        weights = F.softmax(scores, dim=1)
        context = torch.bmm(weights.unsqueeze(1), outputs).squeeze(1)
        state = self.gru(torch.cat((self.embedding(previous), context), 1), state)
        return F.log_softmax(self.out(torch.cat((state, context), 1)), dim=1), state, weights
