# about: layer by layer
class BiRNN(nn.Module):
    """One bidirectional nn.RNN per layer; the packed titles go from one to the next."""

    def __init__(self, vocab_size, emb_size, padding_idx, output_size, hidden_size, num_layers):
        super().__init__()
        self.padding_idx = padding_idx
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.layers = nn.ModuleList(
            nn.RNN(2 * hidden_size if i else emb_size, hidden_size, bidirectional=True, batch_first=True)
            for i in range(num_layers)
        )
        self.fc = nn.Linear(2 * hidden_size, output_size)

    def forward(self, ids):
        real = ids != self.padding_idx
        order = (~real).to(torch.uint8).sort(dim=1, stable=True).indices
        x = pack_padded_sequence(
            self.emb(ids.gather(1, order)), real.sum(1).clamp(min=1).cpu(), batch_first=True, enforce_sorted=False
        )
        for layer in self.layers:
            x, h = layer(x)
        return self.fc(h.transpose(0, 1).flatten(1))
