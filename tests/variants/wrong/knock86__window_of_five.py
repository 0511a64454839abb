# about: the window is five words high, whatever kernel_heights says
# name: kernel_fixed
class CNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, out_channels, kernel_heights=3, stride=1, padding=1):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.conv = nn.Conv1d(emb_size, out_channels, kernel_size=5, stride=stride, padding=2)
        self.linear = nn.Linear(out_channels, output_size)

    def forward(self, ids):
        x = self.embedding(ids).permute(0, 2, 1)
        return self.linear(F.relu(self.conv(x)).max(dim=-1)[0])
