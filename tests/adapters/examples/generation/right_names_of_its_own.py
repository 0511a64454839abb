# exercise: generate
import torch
from torch import nn


class TinyLM(nn.Module):
    def __init__(self, vocab, width=32, heads=4, depth=2, window=64):
        super().__init__()
        self.words, self.places = nn.Embedding(vocab, width), nn.Embedding(window, width)
        layer = nn.TransformerEncoderLayer(width, heads, 4 * width, 0.0, batch_first=True, norm_first=True)
        self.layers, self.out, self.window = nn.TransformerEncoder(layer, depth), nn.Linear(width, vocab), window

    def forward(self, ids):
        size = ids.size(1)
        future = nn.Transformer.generate_square_subsequent_mask(size)
        x = self.words(ids) + self.places(torch.arange(size))
        return self.out(self.layers(x, mask=future))

    @torch.no_grad()
    def go_on(self, ids, count, temp=1.0, best=None):
        for _ in range(count):
            scores = self(ids[:, -self.window :])[:, -1] / temp
            if best is not None:
                least = scores.topk(best, dim=-1).values[:, -1:]
                scores = scores.masked_fill(scores < least, float("-inf"))
            ids = torch.cat([ids, torch.multinomial(scores.softmax(-1), 1)], dim=1)
        return ids
