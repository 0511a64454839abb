"""Which word vectors a training has changed: it tells from which titles a model has learned."""

from __future__ import annotations

from torch import Tensor


def rows_that_learnt(before: Tensor, after: Tensor) -> set[int]:
    """before, after: vectors (V, E). Rows that changed otherwise than by becoming shorter, which is all that weight decay does."""
    before, after = before.double(), after.double()
    scale = (before * after).sum(dim=1, keepdim=True) / before.pow(2).sum(dim=1, keepdim=True).clamp_min(1e-12)
    shorter = (after - before * scale).abs().amax(dim=1) < 1e-6
    changed = (before - after).abs().amax(dim=1) > 1e-6
    return set((changed & ~(shorter & (scale[:, 0] > 0) & (scale[:, 0] < 1))).nonzero().flatten().tolist())


def learned_from(learned: set[int], trained: set[int], validated: set[int]) -> str | None:
    """The mistake that these rows show: the validation data is learned from. None where it is not.

    trained, validated: the ids of either set of titles.
    """
    if not learned & (validated - trained):
        return None
    return "validation_learnt_too" if learned & (trained - validated) else "sets_swapped"
