# about: counts through linears
import torch.nn.functional as F


class BagOfWords(nn.Module):
    def __init__(self, vocab_size, emb_size, output_size):
        super().__init__()
        self.vocab_size = vocab_size
        self.layers = nn.Sequential(nn.Linear(vocab_size, emb_size, bias=False), nn.Linear(emb_size, output_size))

    def forward(self, ids):
        bag = F.one_hot(ids, self.vocab_size).float().mean(dim=1)  # (B, V)
        return self.layers(bag)
