# about: bilinear
class AttnDecoderRNN(nn.Module):
    """Luong's general score, by nn.Bilinear."""

    def __init__(self, vocab_size, emb_size, hidden_size, padding_idx=0):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.score = nn.Bilinear(hidden_size, hidden_size, 1, bias=False)
        self.cell = nn.GRUCell(emb_size + hidden_size, hidden_size)
        self.out = nn.Linear(2 * hidden_size, vocab_size)

    def forward(self, previous, state, outputs, mask):
        query = state.unsqueeze(1).expand(-1, outputs.size(1), -1).contiguous()
        scores = self.score(query, outputs.contiguous()).squeeze(-1)
        weights = scores.masked_fill(~mask, float("-inf")).softmax(-1)
        context = torch.einsum("bs,bsh->bh", weights, outputs)
        state = self.cell(torch.cat([self.emb(previous), context], dim=1), state)
        return self.out(torch.cat([state, context], dim=1)).log_softmax(-1), state, weights
