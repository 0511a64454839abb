# about: a two-dimensional convolution that is given the stride as its height and the height as its stride
# name: kernel_and_stride_swapped
class CNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, out_channels, kernel_heights=3, stride=1, padding=1):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.conv = nn.Conv2d(1, out_channels, (stride, emb_size), (kernel_heights, 1), (padding, 0))
        self.fc = nn.Linear(out_channels, output_size)

    def forward(self, ids):
        x = self.emb(ids).unsqueeze(1)
        x = torch.tanh(self.conv(x)).squeeze(3)
        return self.fc(F.max_pool1d(x, x.size(2)).squeeze(2))
