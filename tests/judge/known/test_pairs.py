"""How much a value tells: pairs of mistakes are looked for only where they cannot agree by chance."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from grader.judge.known.pairs import TELLING, weigh_value
from grader.sandbox.guest.tables import Column


@pytest.mark.parametrize(
    ("value", "weight"),
    [
        (torch.zeros(2, 3), 6 * TELLING),
        (np.zeros((2, 3)), 6 * TELLING),
        (np.zeros((2, 3), dtype=int), 6),
        (np.array(["a", "b"]), 2),
        ({"a": np.zeros(2), "b": [0.5, 1]}, 2 + 2 * TELLING + TELLING + 1),
        (None, 0),
    ],
)  # fmt: skip
def test_a_number_tells_the_same_in_whatever_it_comes(value: Any, weight: int) -> None:
    """Numbers with a fraction tell six times what whole numbers and words tell, in tensors, arrays, lists and dicts."""
    assert weigh_value(value) == weight


def test_a_column_of_a_table_tells_what_its_values_tell() -> None:
    values = [0.5, 1.5, 2.5]
    assert weigh_value(Column(None, tuple(values), (0, 1, 2))) >= 3 * TELLING
