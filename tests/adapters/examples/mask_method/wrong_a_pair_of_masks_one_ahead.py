# exercise: causal_mask
# mistake: one_too_many
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, vocab, width, cfg):
        super().__init__()
        self.words, self.cfg = nn.Embedding(vocab, width), cfg

    @staticmethod
    def build_masks(src, tgt, device):  # True where attention is hidden
        future = torch.ones((tgt.shape[1], tgt.shape[1]), device=device).triu(diagonal=2) > 0
        return (src == 0).unsqueeze(1), future

    def forward(self, src, tgt):
        hidden, future = self.build_masks(src, tgt, src.device)
        return self.words(tgt), hidden, future
