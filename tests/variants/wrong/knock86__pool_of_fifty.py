# about: max_pool1d of width 50 at most
# name: fixed_pool_width
# known: yes
class CNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, out_channels, kernel_heights=3, stride=1, padding=1):
        super().__init__()
        self.e = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.c = nn.Conv1d(emb_size, out_channels, kernel_heights, stride, padding)
        self.o = nn.Linear(out_channels, output_size)

    def forward(self, ids):
        x = F.gelu(self.c(self.e(ids).transpose(1, 2)))
        return self.o(F.max_pool1d(x, min(50, x.shape[2]))[:, :, 0])
