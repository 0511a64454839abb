# about: the attention's softmax runs over the batch
# name: attention_over_the_batch

class AttnDecoderRNN(nn.Module):
    def __init__(self, vocab_size, emb_size, hidden_size, padding_idx=0):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.cell = nn.GRUCell(emb_size + hidden_size, hidden_size)
        self.fc = nn.Linear(hidden_size * 2, vocab_size)

    def forward(self, previous, state, outputs, mask):
        score = torch.einsum("bh,bsh->bs", state, outputs)
        score = score.masked_fill(mask == False, -1e9)
        weights = F.softmax(score, dim=0)
        context = (weights.unsqueeze(2) * outputs).sum(dim=1)
        state = self.cell(torch.cat([self.emb(previous), context], dim=1), state)
        y = self.fc(torch.cat([state, context], dim=1))
        return F.log_softmax(y, dim=1), state, weights
