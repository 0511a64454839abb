"""A loss is handed what the student's own model gives."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from grader.checks.own_scores import gives_log_probabilities, takes_log_probabilities
from grader.errors import Failure
from grader.model import Text

SCORES = torch.tensor([[[0.3, -1.2, 2.0], [1.0, 0.5, -0.5]]])
TARGETS = torch.tensor([[2, 0]])


def nll(scores: Tensor) -> Tensor:
    return F.nll_loss(scores.flatten(0, 1), TARGETS.flatten())


def cross_entropy(scores: Tensor) -> Tensor:
    return F.cross_entropy(scores.flatten(0, 1), TARGETS.flatten())


def refused(_scores: Tensor) -> Tensor:
    raise Failure(Text("no", "いいえ"))


def test_a_loss_that_falls_with_all_scores_takes_log_probabilities() -> None:
    """Cross-entropy does not see a shift of all scores; a loss that cannot be asked tells nothing."""
    assert takes_log_probabilities(nll, SCORES)
    assert not takes_log_probabilities(cross_entropy, SCORES)
    assert not takes_log_probabilities(refused, SCORES)


def test_a_model_gives_log_probabilities_where_their_exponentials_sum_to_one() -> None:
    """Logits and probabilities are none, and neither is a pair."""
    assert gives_log_probabilities(lambda: SCORES.log_softmax(dim=-1))
    assert not gives_log_probabilities(lambda: SCORES)
    assert not gives_log_probabilities(lambda: SCORES.softmax(dim=-1))
    assert not gives_log_probabilities(lambda: (SCORES, SCORES))
