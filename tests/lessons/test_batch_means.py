"""Means over the batches are told from any other number."""

from __future__ import annotations

import torch

from grader.lessons.knock80_89._batch_means import is_one_of, means, sums

LOSSES = torch.tensor([1.0, 2.0, 4.0, 8.0, 16.0], dtype=torch.float64)


def test_any_titles_may_stand_in_the_short_last_batch() -> None:
    """Five titles in batches of two: each of the five may be the one that counts double."""
    for last in range(5):
        kept = [float(loss) for n, loss in enumerate(LOSSES) if n != last]
        mean = (sum(kept[:2]) / 2 + sum(kept[2:]) / 2 + float(LOSSES[last])) / 3
        assert is_one_of(torch.tensor([mean, float(LOSSES.mean())]), means(LOSSES, 2), "train_loss")


def test_other_divisions_are_none() -> None:
    """Batch means divided by the titles, sums, one batch alone; and where all batches are full there is one mean."""
    due = means(LOSSES, 2)
    for wrong in (float(LOSSES.sum()) / 2 / 5, float(LOSSES.sum()), 1.5, float(LOSSES.sum()) / 4):
        assert not is_one_of(torch.tensor([wrong]), due, "train_loss")
    assert means(LOSSES[:4], 2).tolist() == [3.75]


def test_an_accuracy_may_be_a_percentage() -> None:
    """A loss may not."""
    due = means(torch.tensor([1.0, 0.0, 1.0, 1.0], dtype=torch.float64), 2)
    assert is_one_of(torch.tensor([75.0]), due, "valid_accuracy") and not is_one_of(
        torch.tensor([75.0]), due, "valid_loss"
    )


def test_a_sum_is_over_titles_or_batches() -> None:
    """Five titles in batches of two: the sum of all, and of the three batches' means; a mean is none of them."""
    due = sums(LOSSES, 2)
    in_order = float(LOSSES[:2].mean() + LOSSES[2:4].mean() + LOSSES[4])
    assert is_one_of(torch.tensor([float(LOSSES.sum()), in_order]), due, "train_loss")
    assert not is_one_of(torch.tensor([float(LOSSES.mean())]), due, "train_loss")
    assert not is_one_of(torch.tensor([2 * in_order]), due, "train_loss")
