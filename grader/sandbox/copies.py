"""Values between the judge and a sandbox that is ours as well: as they would cross the wall, without the bytes."""

from __future__ import annotations

from typing import Any

import torch

from grader.sandbox.guest.codec import MAX_DEPTH, MAX_STRING, Packer, TooLarge, plain_key, untree


def copied(value: Any, limit: int = 32 << 20, order: bool = False) -> Any:
    """What `unpack(pack(value))` gives, without the bytes between. order: as in `unpack`."""
    return Copier(limit, order).copy(value)


class Copier(Packer):
    """Copies what is plain as it stands, and everything else by way of its tree."""

    def __init__(self, limit: int, order: bool) -> None:
        super().__init__(limit)
        self.order = order

    def copy(self, value: Any, depth: int = 0) -> Any:
        if depth > MAX_DEPTH:
            raise TooLarge("the answer is nested too deeply")
        kind = type(value)
        if kind is torch.Tensor:
            copy = self.tensors[self.tensor(value)]
            return copy.requires_grad_() if value.requires_grad and value.is_leaf else copy
        if kind is list:
            return [self.copy(item, depth + 1) for item in value]
        if kind is tuple:
            return tuple([self.copy(item, depth + 1) for item in value])
        if kind is dict:
            return {plain_key(self.copy(k, depth + 1)): self.copy(v, depth + 1) for k, v in value.items()}
        if kind is float or kind is bool or value is None or (kind is int and -(2**63) <= value < 2**63):
            self.spend(16)
            return value
        if kind is str and len(value) <= MAX_STRING and value.isascii():
            self.spend(len(value))
            return value
        return untree(self.tree(value, depth), self.tensors, self.order, depth)
