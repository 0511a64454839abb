# about: sorted for packing, put back by argsort
class BiRNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, hidden_size, num_layers):
        super().__init__()
        self.padding_idx = padding_idx
        self.embedding = nn.Embedding(vocab_size, emb_size, padding_idx)
        self.gru = nn.GRU(emb_size, hidden_size, num_layers, batch_first=True, bidirectional=True)
        self.linear = nn.Linear(2 * hidden_size, output_size)

    def forward(self, ids):
        lengths = (ids != self.padding_idx).sum(1).clamp(min=1)
        lengths, order = lengths.sort(descending=True)
        packed = pack_padded_sequence(self.embedding(ids[order]), lengths.tolist(), batch_first=True)
        _, h = self.gru(packed)
        both = torch.cat((h[-2], h[-1]), dim=-1)[order.argsort()]
        return self.linear(both)
