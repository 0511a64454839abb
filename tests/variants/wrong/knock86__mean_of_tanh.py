# about: tanh and the mean over time
# name: mean_pooling
# known: yes
class CNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, out_channels, kernel_heights=3, stride=1, padding=1):
        super().__init__()
        self.e = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.c = nn.Conv2d(1, out_channels, (kernel_heights, emb_size), (stride, 1), (padding, 0))
        self.o = nn.Linear(out_channels, output_size)

    def forward(self, ids):
        return self.o(torch.tanh(self.c(self.e(ids)[:, None])[..., 0]).mean(-1))
