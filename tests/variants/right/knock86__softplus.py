# about: softplus for g, Conv2d over (time, embedding), max_pool1d
class CNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, out_channels, kernel_heights=3, stride=1, padding=1):
        super().__init__()
        self.embed = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.conv2d = nn.Conv2d(1, out_channels, (kernel_heights, emb_size), stride=(stride, 1), padding=(padding, 0))
        self.dropout = nn.Dropout(0.5)
        self.out = nn.Linear(out_channels, output_size)

    def forward(self, ids):
        x = self.conv2d(self.embed(ids)[:, None]).squeeze(3)
        x = F.softplus(x)
        x = F.max_pool1d(x, x.size(2)).squeeze(2)
        return self.out(self.dropout(x))
