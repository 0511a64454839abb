# about: unfold and one matrix as a Parameter, einsum
class CNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, out_channels, kernel_heights=3, stride=1, padding=1):
        super().__init__()
        self.how = kernel_heights, stride, padding
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.weight = nn.Parameter(torch.randn(out_channels, emb_size, kernel_heights) * 0.1)
        self.bias = nn.Parameter(torch.zeros(out_channels))
        self.fc = nn.Linear(out_channels, output_size)

    def forward(self, ids):
        k, s, p = self.how
        windows = F.pad(self.emb(ids), (0, 0, p, p)).unfold(1, k, s)  # (B, T', E, k)
        c = torch.einsum("btek,cek->btc", windows, self.weight) + self.bias
        return self.fc(F.silu(c).max(dim=1)[0])
