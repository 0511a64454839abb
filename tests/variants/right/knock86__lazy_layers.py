# about: LazyConv1d and LazyLinear, AdaptiveMaxPool1d(1), all in one Sequential
class CNN(nn.Module):
    def __init__(
        self, vocab_size, emb_size, padding_idx, output_size, out_channels, kernel_heights=3, stride=1, padding=1
    ):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.features = nn.Sequential(
            nn.LazyConv1d(out_channels, kernel_heights, stride=stride, padding=padding),
            nn.ReLU(inplace=True),
            nn.AdaptiveMaxPool1d(output_size=1),
            nn.Flatten(),
        )
        self.classify = nn.LazyLinear(output_size)

    def forward(self, ids):
        return self.classify(self.features(self.emb(ids).mT))
