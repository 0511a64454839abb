# exercise: causal_mask
import torch
from torch import nn


class Translator(nn.Module):
    def __init__(self, encoder, decoder, pad_idx, device):
        super().__init__()
        self.encoder, self.decoder = encoder, decoder
        self.pad_idx, self.device = pad_idx, device

    def make_target_mask(self, trg):  # (B, 1, T, T), True where attention is allowed
        words = (trg != self.pad_idx)[:, None, None, :]
        past = torch.tril(torch.ones(trg.size(1), trg.size(1), device=self.device)).bool()
        return words & past

    def forward(self, src, trg):
        return self.decoder(trg, self.encoder(src), self.make_target_mask(trg))
