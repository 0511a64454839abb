# about: the pooled channels go through bfloat16
# name: half_precision
# known: no
class CNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, out_channels, kernel_heights=3, stride=1, padding=1):
        super().__init__()
        self.e = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.c = nn.Conv1d(emb_size, out_channels, kernel_heights, stride, padding)
        self.o = nn.Linear(out_channels, output_size)

    def forward(self, ids):
        x = F.relu(self.c(self.e(ids).mT)).max(-1)[0]
        return self.o(x.bfloat16().float())
