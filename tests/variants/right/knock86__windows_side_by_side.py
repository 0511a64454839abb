# about: windows side by side
class CNN(nn.Module):
    """[emb(x_t-1); emb(x_t); emb(x_t+1)] side by side, and one matrix on it: the formula as it stands"""

    def __init__(
        self, vocab_size, emb_size, padding_idx, output_size, out_channels, kernel_heights=3, stride=1, padding=1
    ):
        super().__init__()
        self.k, self.stride, self.padding = kernel_heights, stride, padding
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.kernels = nn.Linear(kernel_heights * emb_size, out_channels)
        self.fc = nn.Linear(out_channels, output_size)

    def forward(self, ids):
        x = F.pad(self.emb(ids), (0, 0, self.padding, self.padding))
        n = x.size(1) - self.k + 1
        windows = torch.cat([x[:, j : j + n : self.stride] for j in range(self.k)], dim=-1)  # (B, T', k * E)
        return self.fc(self.kernels(windows).relu().amax(dim=1))
