# about: the windows are laid out first, and a convolution of height one goes over them
class CNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, out_channels, kernel_heights=3, stride=1, padding=1):
        super().__init__()
        self.table = nn.Embedding(vocab_size, emb_size, padding_idx)
        self.k, self.s, self.p = kernel_heights, stride, padding
        self.patterns = nn.Conv1d(kernel_heights * emb_size, out_channels, 1)
        self.out = nn.Linear(out_channels, output_size)

    def forward(self, ids):
        x = F.pad(self.table(ids), (0, 0, self.p, self.p))
        x = x.unfold(1, self.k, self.s).transpose(2, 3).flatten(2)
        return self.out(torch.relu(self.patterns(x.transpose(1, 2))).max(dim=2).values)
