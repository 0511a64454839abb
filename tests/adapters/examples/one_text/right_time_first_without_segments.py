# exercise: masked_lm
# open: predicts_each_position the_encoder_learns loss_over_chosen_positions
import torch
from torch import nn


class TextEncoder(nn.Module):
    def __init__(self, ntoken, ninp, nhead, nhid, nlayers, max_len, dropout=0.1):
        super().__init__()
        self.words, self.places = nn.Embedding(ntoken, ninp), nn.Embedding(max_len, ninp)
        self.norm = nn.LayerNorm(ninp)
        layer = nn.TransformerEncoderLayer(ninp, nhead, nhid, dropout, activation="gelu")
        self.stack = nn.TransformerEncoder(layer, nlayers, enable_nested_tensor=False)

    def forward(self, src, src_key_padding_mask):
        """src (T, B), src_key_padding_mask (B, T), True is ignored -> (T, B, D)"""
        place = torch.arange(src.size(0), device=src.device).unsqueeze(1)
        x = self.norm(self.words(src) + self.places(place))
        return self.stack(x, src_key_padding_mask=src_key_padding_mask)
