"""Values that the tests of payloads share."""

from __future__ import annotations

import torch

TITLES = [(torch.tensor([1, 2, 3]), 0), (torch.tensor([4, 5]), 1), (torch.tensor([6, 7, 8, 9]), 2)]


def table(rows: int = 10) -> torch.Tensor:
    """Ids (rows, 3), all different."""
    return torch.arange(rows * 3).reshape(rows, 3)
