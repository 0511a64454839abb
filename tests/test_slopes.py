"""Gradients that a sandbox reports are believed only where they are the slopes of its outputs."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from grader.checks.slopes import are_slopes, cut_off

START = {"w": torch.tensor([[0.4, -1.2], [0.7, 0.3]])}
PULL = torch.tensor([1.0, -2.0])


def value_at(weights: dict[str, Tensor]) -> Any:
    return (torch.tanh(weights["w"] @ torch.tensor([0.5, 1.5])), torch.ones(3))


def true_gradient() -> Tensor:
    w = START["w"].clone().requires_grad_()
    (found,) = torch.autograd.grad((value_at({"w": w})[0] * PULL).sum(), w)
    return found


def test_autograd_is_believed() -> None:
    """What autograd gives is the slope of the first output, whatever else is returned."""
    assert are_slopes({"w": true_gradient()}, START, value_at, [PULL])


def test_ones_are_not_believed() -> None:
    """Ones in the place of a gradient, or twice of it, are not."""
    assert not are_slopes({"w": torch.ones(2, 2)}, START, value_at, [PULL])
    assert not are_slopes({"w": 2 * true_gradient()}, START, value_at, [PULL])


def test_odd_gradients_are_not_believed() -> None:
    """Gradients of unknown names or other shapes, and those that are no numbers, are no slopes."""
    assert not are_slopes({"v": torch.ones(2, 2)}, START, value_at, [PULL])
    assert not are_slopes({"w": torch.ones(3)}, START, value_at, [PULL])
    assert not are_slopes({"w": torch.full((2, 2), torch.nan)}, START, value_at, [PULL])


def test_a_bend_beside_the_point_cuts_nothing_off() -> None:
    """A step of ReLU on one side of the point leaves the slope of the other side, and that is what autograd says."""
    start = {"b": torch.full((1,), 1e-4)}

    def rectified(weights: dict[str, Tensor]) -> Tensor:
        return torch.relu(weights["b"])

    for seed in range(20):
        along = torch.Generator().manual_seed(seed)
        assert not cut_off({"b": torch.ones(1)}, start, rectified, [torch.ones(1)], along)
    assert cut_off({"b": torch.zeros(1)}, start, rectified, [torch.ones(1)], torch.Generator().manual_seed(1)) == ["b"]
