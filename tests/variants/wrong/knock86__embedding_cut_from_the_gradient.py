# about: embedding cut from the gradient
class CNN(nn.Module):
    def __init__(
        self, vocab_size, emb_size, padding_idx, output_size, out_channels, kernel_heights=3, stride=1, padding=1
    ):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.conv = nn.Conv1d(emb_size, out_channels, kernel_heights, stride, padding)
        self.fc = nn.Linear(out_channels, output_size)

    def forward(self, ids):
        emb = self.emb(ids).detach()
        return self.fc(self.conv(emb.transpose(1, 2)).relu().amax(dim=2))
