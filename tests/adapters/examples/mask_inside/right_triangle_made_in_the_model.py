# exercise: causal_mask
import torch
from torch import nn


class CharTransformer(nn.Module):
    """The library's layers, with a triangle of minus infinity made for each text."""

    def __init__(self, vocab_size, d_model, nhead, dim_feedforward, num_layers, dropout=0.1, max_len=64):
        super().__init__()
        self.words, self.places = nn.Embedding(vocab_size, d_model), nn.Embedding(max_len, d_model)
        layer = nn.TransformerEncoderLayer(d_model, nhead, dim_feedforward, dropout, batch_first=True)
        self.layers, self.head = nn.TransformerEncoder(layer, num_layers), nn.Linear(d_model, vocab_size)

    def forward(self, ids):
        size = ids.shape[1]
        future = torch.triu(torch.full((size, size), float("-inf")), diagonal=1)
        x = self.words(ids) + self.places(torch.arange(size))
        return self.head(self.layers(x, mask=future))
