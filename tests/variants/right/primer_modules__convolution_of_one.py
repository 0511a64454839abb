# about: convolution of one
class BagOfWords(nn.Module):
    def __init__(self, vocab_size, emb_size, output_size):
        super().__init__()
        self.parts = nn.ModuleDict({"look_up": nn.Embedding(vocab_size, emb_size), "score": nn.Conv1d(emb_size, output_size, kernel_size=1)})

    def forward(self, ids):
        words = self.parts["look_up"](ids).mT  # (B, E, T)
        return self.parts["score"](words).mean(dim=-1)
