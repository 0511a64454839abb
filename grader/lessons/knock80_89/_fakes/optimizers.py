"""A kind of SGD that is told from the usual one by how far it goes."""

from __future__ import annotations

from typing import Any

import torch


class Twice(torch.optim.SGD):
    def __init__(self, params: Any, lr: float = 0.1, **_options: Any) -> None:
        super().__init__(params, lr=2 * lr)


def optimizer_class() -> type[Twice]:
    return Twice
