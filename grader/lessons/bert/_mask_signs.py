"""Which mistake a masked batch shows. Chance decides where the gaps are, so equal numbers cannot tell; their pattern can."""

from __future__ import annotations

import torch
from torch import Tensor

IGNORED = -100


def of_labels(ids: Tensor, inputs: Tensor, labels: Tensor) -> str | None:
    """The mistake that the labels show, if any."""
    chosen = labels != IGNORED
    changed = inputs != ids
    if chosen.all():
        value, count = torch.unique(labels, return_counts=True)
        filler = value[count.argmax()]
        if torch.equal(labels, ids):
            return "labels_everywhere"
        return "other_ignored_value" if (labels[labels != ids] == filler).all() else None
    if (changed & ~chosen).sum() > 0.9 * changed.sum() and chosen.float().mean() > 0.5:
        return "labels_inverted"
    if changed.any() and torch.equal(labels[chosen], inputs[chosen]):
        return "labels_from_corrupted"
    return None


def of_rate(chosen: Tensor, special: Tensor) -> str | None:
    """The mistake that shows in how many words of each row were chosen."""
    words = ~special
    counts = (chosen & words).sum(1)
    rate = float(counts.sum() / words.sum())
    if 0.8 < rate < 0.9:
        return "eighty_five_percent"
    roomy = counts[words.sum(1) > 0.5 * words.shape[1]]
    if rate > 0.15 and len(roomy) > 1 and int(roomy.max() - roomy.min()) <= 1:
        return "share_of_the_padded_length"
    return None


def of_shares(counts: tuple[int, int, int], total: int) -> str | None:
    """The mistake that shows in the shares of [MASK], other words and kept words."""
    masked, other, kept = (count / total for count in counts)
    if other == 0:
        return "always_mask" if kept == 0 else "never_random"
    if kept < 0.02:
        return "never_kept"
    if abs(other - 0.02) < 0.018 and kept > 0.13 and masked > 0.7:
        return "ten_percent_of_the_rest"
    return None
