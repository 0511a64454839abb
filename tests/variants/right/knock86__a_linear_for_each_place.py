# about: one Linear for each place of the window, summed
class CNN(nn.Module):
    def __init__(
        self, vocab_size, emb_size, padding_idx, output_size, out_channels, kernel_heights=3, stride=1, padding=1
    ):
        super().__init__()
        self.stride, self.padding = stride, padding
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.places = nn.ModuleList(nn.Linear(emb_size, out_channels, bias=False) for _ in range(kernel_heights))
        self.bias = nn.Parameter(torch.zeros(out_channels))
        self.fc = nn.Linear(out_channels, output_size)

    def forward(self, ids):
        x = F.pad(self.emb(ids), (0, 0, self.padding, self.padding))
        last = x.size(1) - len(self.places) + 1
        p = sum(place(x[:, k : k + last : self.stride]) for k, place in enumerate(self.places)) + self.bias
        return self.fc(F.relu(p).max(dim=1)[0])
