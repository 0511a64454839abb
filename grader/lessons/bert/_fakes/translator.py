"""A fake encoder-decoder, handed to `seq2seq_loss` and `greedy_decode`.

Its next word follows from the sum of all words written so far, their number, and the visible part of the source, so
whoever leaves out any of these writes something else. In training mode the sum is off, by more with every word.
"""

from __future__ import annotations

import torch
from torch import nn


class Writer(nn.Module):
    def __init__(self, table: torch.Tensor) -> None:
        super().__init__()
        self.table = nn.Parameter(table.clone())  # (V, V): a row of scores for each state
        self.offset = nn.Parameter(
            torch.zeros(())
        )  # of the memory: by its gradient one sees whether an encoder would learn
        self.asked = 0

    def encode(self, src: torch.Tensor, src_mask: torch.Tensor) -> torch.Tensor:
        half = src.to(self.table.dtype).unsqueeze(-1) / 2 + self.offset
        return torch.cat([half, half], dim=-1)  # (B, S, 2): words themselves are no memory

    def decode(self, tgt: torch.Tensor, memory: torch.Tensor, src_mask: torch.Tensor) -> torch.Tensor:
        self.asked += 1
        total = (memory.sum(2) * src_mask).sum(1)  # (B,)
        read = total.round().long()
        count = torch.arange(tgt.shape[1], device=tgt.device)
        state = tgt.cumsum(1) + 5 * count + read[:, None] + self.training * (2 * count + 1)  # (B, T)
        beside = (total - read)[:, None, None] * self.table[0]  # nothing, but it moves with the memory
        return self.table[state % len(self.table)] + beside  # (B, T, V)

    def times_asked(self) -> int:
        """How often it was asked for the next words."""
        return self.asked

    def forward(self, src: torch.Tensor, tgt: torch.Tensor, src_mask: torch.Tensor) -> torch.Tensor:
        return self.decode(tgt, self.encode(src, src_mask), src_mask)
