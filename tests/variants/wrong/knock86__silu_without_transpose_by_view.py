# about: SiLU, view instead of transpose
# name: view_for_transpose
# known: yes
class CNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, out_channels, kernel_heights=3, stride=1, padding=1):
        super().__init__()
        self.e = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.c = nn.Conv1d(emb_size, out_channels, kernel_heights, stride, padding)
        self.o = nn.Linear(out_channels, output_size)

    def forward(self, ids):
        e = self.e(ids)
        return self.o(F.silu(self.c(e.view(e.size(0), e.size(2), e.size(1)))).max(-1)[0])
