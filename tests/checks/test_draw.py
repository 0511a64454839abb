"""Random inputs: of any shape, the same for the same seed."""

from __future__ import annotations

import pytest
import torch

from grader.checks import Draw


def test_a_parameter_may_be_one_number() -> None:
    """`nn.Parameter(torch.zeros(()))` gets a value like any other."""
    drawn = Draw(3, "x").weights({"b": (), "w": (2, 3)})
    assert drawn["b"].shape == () and drawn["w"].shape == (2, 3)


def test_no_shape_is_one_number() -> None:
    """Of each kind."""
    draw = Draw(3, "x")
    assert draw.normal().shape == draw.uniform().shape == draw.integers(0, 9).shape == () and draw.array().shape == ()


def test_the_same_seed_draws_the_same() -> None:
    """Another seed or another name draws something else."""
    values = [Draw(*key).normal(4) for key in ((3, "x"), (3, "x"), (4, "x"), (3, "y"))]
    assert torch.equal(values[0], values[1])
    assert not torch.equal(values[0], values[2]) and not torch.equal(values[0], values[3])


def test_a_square_mask_is_not_its_transpose() -> None:
    """Else a mask that is read the wrong way round would hide the same; in every row something is allowed, and something is not."""
    for seed in range(200):
        for shape in ((2, 2), (3, 3), (2, 3, 3), (3, 5)):
            mask = Draw(seed, "x").mask(*shape)
            assert mask.any(dim=-1).all() and not mask.all(dim=-1).any()
            assert shape[-1] != shape[-2] or not torch.equal(mask, mask.mT)


def test_a_table_is_as_large_with_an_axis_of_one_in_front() -> None:
    """Positions are often nn.Parameter(torch.randn(1, max_len, d_model)); by all its numbers it would be next to nothing."""
    drawn = Draw(3, "x").weights({"plain": (5000, 8), "framed": (1, 5000, 8), "conv": (6, 4, 3)})
    assert drawn["framed"].std() == pytest.approx(float(drawn["plain"].std()), rel=0.1)
    assert drawn["conv"].std() < drawn["plain"].std()
