"""An encoder of the student's that looks both ways, asked in the contract's form: `model(ids, mask, segments)`, states (B, T, D).

spec: `order`, the role of each of the student's parameters; `time_first`; `mask`, the kind and the layout of that of words (see
`wrappers.mask_of_kind`); `padding`, the id that stands for padding where it is given no mask, else None; `part`, which part of what comes
back is meant, None for all of them. Nothing is computed here that the student has to compute.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from grader.matching.payloads.two_texts import exchanged, of_words
from grader.matching.payloads.wrappers import as_parts

Spec = dict[str, Any]


class TextReader(torch.nn.Module):
    """The student's model, with the contract's `forward`."""

    def __init__(self, inner: Any, spec: Spec) -> None:
        super().__init__()
        self.theirs, self.spec = inner, spec

    def forward(self, ids: torch.Tensor, mask: torch.Tensor | None = None, segments: torch.Tensor | None = None) -> Any:
        padding = self.spec["padding"]
        seen = torch.ones_like(ids, dtype=torch.bool) if mask is None else mask
        kinds = segments if segments is not None else torch.zeros_like(ids)
        words = ids if padding is None else torch.where(seen, exchanged(ids, padding), padding)
        found = self.theirs(*[self.part(role, words, seen, kinds) for role in self.spec["order"]])
        parts = [found] if isinstance(found, torch.Tensor) else as_parts(found)
        turned = [
            part.transpose(0, 1)
            if self.spec["time_first"] and isinstance(part, torch.Tensor) and part.dim() > 1
            else part
            for part in parts
        ]
        return turned if self.spec["part"] is None else turned[self.spec["part"]]

    def part(self, role: str, ids: torch.Tensor, seen: torch.Tensor, kinds: torch.Tensor) -> Any:
        """What the student's code gets for one of its parameters; None for what the contract has nothing for."""
        if role == "words":
            return of_words(seen, *self.spec["mask"])
        if role == "lengths":
            return seen.sum(dim=1)
        places = torch.arange(ids.shape[1], device=ids.device).expand_as(ids)
        found = {"ids": ids, "segments": kinds, "places": places}.get(role)
        return found.transpose(0, 1) if found is not None and self.spec["time_first"] else found


def wrap_reader(theirs: Callable[..., Any], spec: Spec) -> Callable[..., TextReader]:
    """What builds the student's model and asks it in the contract's form."""

    def build(*args: Any, **kwargs: Any) -> TextReader:
        return TextReader(theirs(*args, **kwargs), spec)

    return build
