"""When two values count as the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from grader.checks.compare import same

LOSSES = [0.5, 0.25]


@pytest.mark.parametrize(
    "given", [LOSSES, tuple(LOSSES), torch.tensor(LOSSES), np.array(LOSSES), [torch.tensor(x) for x in LOSSES], [np.float32(x) for x in LOSSES]],
    ids=["list", "tuple", "tensor", "array", "list of tensors", "list of numpy's"],
)  # fmt: skip
def test_numbers_are_the_same_in_whatever_they_come(given: Any) -> None:
    """Where the answer is a list of floats, no `.item()` and no `.tolist()` is needed."""
    assert same(given, LOSSES)


@pytest.mark.parametrize("given", [torch.tensor(0.5), np.array(0.5), torch.tensor(0.5, requires_grad=True)])
def test_one_number_may_be_a_tensor_of_no_dimension(given: Any) -> None:
    assert same(given, 0.5)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (torch.tensor([0.5, 0.3]), LOSSES),
        (torch.tensor([LOSSES]), LOSSES),
        (torch.tensor([0.5]), LOSSES),
        (torch.tensor([0.5]), 0.5),
        (torch.tensor([1, 2]), [1, 2]),
        (LOSSES, torch.tensor(LOSSES)),
        (0.5, torch.tensor(0.5)),
        (torch.tensor(LOSSES), {"a": 0.5}),
    ],
)  # fmt: skip
def test_another_number_shape_or_kind_is_not_the_same(given: Any, expected: Any) -> None:
    """A tensor stays a tensor where one is asked for, and ids stay a list of whole numbers."""
    assert not same(given, expected)
