# about: the mask is multiplied on behind the softmax
# name: masked_after_the_softmax

class AttnDecoderRNN(nn.Module):
    def __init__(self, vocab_size, emb_size, hidden_size, padding_idx=0):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.cell = nn.GRUCell(emb_size + hidden_size, hidden_size)
        self.out = nn.Linear(2 * hidden_size, vocab_size)

    def forward(self, previous, state, outputs, mask):
        weights = torch.bmm(outputs, state.unsqueeze(2)).squeeze(2).softmax(-1) * mask
        context = torch.bmm(weights.unsqueeze(1), outputs).squeeze(1)
        state = self.cell(torch.cat([self.embedding(previous), context], -1), state)
        return F.log_softmax(self.out(torch.cat([state, context], -1)), -1), state, weights
