# exercise: additive_attention
# mistake: tanh_outside

import math

import torch
import torch.nn.functional as F
from torch import nn


class Attention(nn.Module):
    def __init__(self, enc_hid_dim, dec_hid_dim):
        super().__init__()
        self.score = nn.Linear(enc_hid_dim * 2 + dec_hid_dim, dec_hid_dim)  # the encoder reads both ways
        self.v = nn.Linear(dec_hid_dim, 1, bias=False)

    def forward(self, hidden, encoder_outputs):
        length = encoder_outputs.shape[0]  # (S, B, 2E)
        hidden = hidden.unsqueeze(1).expand(-1, length, -1)
        outputs = encoder_outputs.transpose(0, 1)
        energy = self.score(torch.cat((hidden, outputs), dim=2))
        return F.softmax(torch.tanh(self.v(energy)).squeeze(2), dim=1)
