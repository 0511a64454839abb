"""A whole encoder-decoder of the student's, asked in the contract's form: `model(src, tgt, src_mask)`, scores (B, T, V).

spec: `order`, the role of each of the student's parameters; `time_first` and `scores_time_first`; `masks`, the kind and the layout of those of words and of the
one that hides the future (see `wrappers.mask_of_kind`); `padding`, the id that stands for padding where it is given no mask of the
source, else None; `last`, what of the model makes the scores of what comes back; `parts`, how many of the roles are those of `encode`, for a
model that has no `forward`. Nothing is computed here that the student has to compute: ids get other axes, a mask gets another kind.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from grader.matching.payloads.wrappers import as_parts, mask_of_kind

Spec = dict[str, Any]


def exchanged(ids: torch.Tensor, padding: int) -> torch.Tensor:
    """Ids with 0 in place of the padding's, and the other way round."""
    return torch.where(ids == 0, padding, torch.where(ids == padding, 0, ids))


def of_words(seen: torch.Tensor, kind: str, layout: str) -> torch.Tensor:
    """A mask of a text's words (B, S), True where they may be seen, of another kind and with the axes that are wanted."""
    seen = seen[:, None] if layout == "batch" else seen[:, None, None] if layout == "heads" else seen
    return mask_of_kind(seen, kind)


def of_past(batch: int, size: int, kind: str, layout: str) -> torch.Tensor:
    """The mask (T, T) by which a place sees itself and what is before it, of another kind and with the axes that are wanted."""
    place = torch.arange(size)
    past = place <= place.unsqueeze(1)
    past = past.expand(batch, size, size) if layout == "batch" else past[None, None] if layout == "heads" else past
    return mask_of_kind(past, kind)


class Translator(torch.nn.Module):
    """The student's model, with the contract's `forward`."""

    def __init__(self, inner: Any, spec: Spec) -> None:
        super().__init__()
        self.theirs, self.spec = inner, spec

    def forward(self, src: torch.Tensor, tgt: torch.Tensor, src_mask: torch.Tensor) -> torch.Tensor:
        spec, size = self.spec, list(tgt.shape)
        padding = spec["padding"]
        if padding is not None:
            src, tgt = torch.where(src_mask, exchanged(src, padding), padding), exchanged(tgt, padding)
        given, parts = [self.part(role, src, tgt, src_mask) for role in spec["order"]], spec["parts"]
        if parts:
            memory = self.theirs.encode(*given[:parts])
            given[spec["order"].index("memory")] = memory
            found = self.theirs.decode(*given[parts:])
        else:
            found = self.theirs(*given)
        while not isinstance(found, torch.Tensor):
            found = as_parts(found)[0]
        scores: torch.Tensor = getattr(self.theirs, spec["last"])(found) if spec["last"] else found
        if scores.dim() == 2:  # return logits.view(-1, logits.size(2))
            scores = scores.reshape(*(size[::-1] if spec["scores_time_first"] else size), -1)
        scores = scores.transpose(0, 1) if spec["scores_time_first"] else scores
        if padding:
            scores = scores.index_select(-1, exchanged(torch.arange(scores.shape[-1]), padding))
        return scores

    def part(self, role: str, src: torch.Tensor, tgt: torch.Tensor, seen: torch.Tensor) -> Any:
        """What the student's code gets for one of its parameters; None for what the contract has nothing for."""
        source, target = self.spec["masks"]
        batch, size = tgt.shape
        if role in ("src", "tgt"):
            ids = src if role == "src" else tgt
            return ids.transpose(0, 1) if self.spec["time_first"] else ids
        if role == "lengths":
            return seen.sum(dim=1)
        if role == "source words":
            return of_words(seen, *source)
        if role == "target words":
            return of_words(torch.ones_like(tgt, dtype=torch.bool), *source)
        if role == "past":
            return of_past(batch, size, *target)
        if role == "all of the source":  # nn.Transformer's src_mask (S, S)
            return mask_of_kind(torch.ones(src.shape[1], src.shape[1], dtype=torch.bool), target[0])
        return None


def wrap_translator(theirs: Callable[..., Any], spec: Spec) -> Callable[..., Translator]:
    """What builds the student's model and asks it in the contract's form."""

    def build(*args: Any, **kwargs: Any) -> Translator:
        return Translator(theirs(*args, **kwargs), spec)

    return build
