"""How far chance may go: exact binomial bounds, so that a right answer does not fail by bad luck.

ALARM is the probability that a right answer leaves one pair of bounds. An exercise asks some dozen such questions, so
the chance that a right answer fails any of them stays below 1e-9.
"""

from __future__ import annotations

from functools import cache

import torch

ALARM = 2e-11


@cache
def bounds(trials: int, low: float, high: float, alarm: float = ALARM) -> tuple[int, int]:
    """The counts (least, most) that a binomial with success probability from `low` to `high` leaves at most so often.

    P(X < least | low) <= alarm / 2 and P(X > most | high) <= alarm / 2, by summing the exact probabilities.
    """
    below = cumulative(trials, low)  # log P(X <= k)
    above = cumulative(trials, 1 - high)  # log P(X >= trials - k), by counting failures
    limit = torch.tensor(alarm / 2, dtype=torch.float64).log()
    least = int((below <= limit).sum())
    most = trials - int((above <= limit).sum())
    return least, most


def cumulative(trials: int, p: float) -> torch.Tensor:
    """log P(X <= k) for k = 0 .. trials."""
    k = torch.arange(trials + 1, dtype=torch.float64)
    chosen = torch.lgamma(torch.tensor(trials + 1.0, dtype=torch.float64))
    chosen = chosen - torch.lgamma(k + 1) - torch.lgamma(trials - k + 1)
    log_p, log_q = torch.tensor([p, 1 - p], dtype=torch.float64).log()
    return torch.logcumsumexp(chosen + k * log_p + (trials - k) * log_q, dim=0)
