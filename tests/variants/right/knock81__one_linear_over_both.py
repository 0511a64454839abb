# about: one Linear over [x; h], a loop over time
class RNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.embed = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.i2h = nn.Linear(emb_size + hidden_size, hidden_size)
        self.h2o = nn.Linear(hidden_size, output_size)

    def forward(self, ids):
        hidden = ids.new_zeros(ids.size(0), self.hidden_size, dtype=self.embed.weight.dtype)
        for x in self.embed(ids).unbind(1):
            hidden = torch.tanh(self.i2h(torch.cat((x, hidden), 1)))
        return self.h2o(hidden)
