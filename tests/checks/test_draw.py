"""Random inputs: of any shape, the same for the same seed."""

from __future__ import annotations

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
