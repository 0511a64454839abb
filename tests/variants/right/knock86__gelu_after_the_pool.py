# about: maximum first, GELU afterwards, adaptive pooling
class CNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, out_channels, kernel_heights=3, stride=1, padding=1):
        super().__init__()
        self.embed = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.features = nn.Sequential(nn.Conv1d(emb_size, out_channels, kernel_heights, stride, padding), nn.AdaptiveMaxPool1d(1), nn.GELU())
        self.head = nn.Sequential(nn.Flatten(), nn.Dropout(0.2), nn.Linear(out_channels, output_size))

    def forward(self, ids):
        return self.head(self.features(self.embed(ids).mT))
