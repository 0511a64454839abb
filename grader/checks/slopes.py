"""Whether the gradients that a sandbox reports are the slopes of its values.

Gradients are computed beside the student's code, which can put anything in their place. So the same question is asked
twice more without gradients, a little way up and down along the reported ones, and the outputs are compared outside.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

import torch
from torch import Tensor

from grader.model import Text
from grader.sandbox.guest.operations import flatten

Parameters = dict[str, Tensor]
STEPS = (1e-2, 1e-3)  # of the whole vector: a step of ReLU matters little in one of these
FINER = (*STEPS, 1e-4)  # of one parameter
FAR_OFF, TINY = 0.25, 1e-2
DIRECTIONS, FLOOR = 3, 0.05  # in each parameter; of what is usual among them

NOT_ITS_SLOPE = Text(
    en="The gradients that were reported are not how the outputs change when these numbers do, so a person looks.",
    ja="報告された勾配が、値を少し動かしたときの出力の変化と一致しないため、人が確認します。",
)


def are_slopes(
    found: Parameters, start: Parameters, value_at: Callable[[Parameters], Any], cotangents: list[Tensor | None]
) -> bool:
    """Whether these are the gradients of the sum of cotangent * output.

    value_at: the output with other numbers than `start`.
    """
    if any(name not in start or start[name].shape != gradient.shape for name, gradient in found.items()):
        return False
    norm = math.sqrt(sum(float(gradient.double().square().sum()) for gradient in found.values()))
    if not math.isfinite(norm):
        return False
    if norm < TINY:
        return True  # next to nothing is claimed
    for step in STEPS:
        up, down = (
            value_at({name: start[name] + sign * step / norm * gradient for name, gradient in found.items()})
            for sign in (1, -1)
        )
        for before, after in zip(sums(down, cotangents), sums(up, cotangents), strict=False):
            if abs((after - before) / (2 * step) - norm) <= FAR_OFF * norm:
                return True
    return False


def cut_off(
    gradients: Any,
    start: Parameters,
    value_at: Callable[[Parameters], Any],
    cotangents: list[Tensor | None],
    generator: torch.Generator,
) -> list[str]:
    """The parameters by which the outputs move otherwise than their gradients say: on the way back something cuts a path off.

        out, h = self.rnn(x, h.detach())

    In most of a few directions, and by enough beside the others; and on both sides of the point, for with ReLU there may be a bend on one of them.
    """
    found, misses = claimed(gradients), dict[str, list[tuple[float, float]]]()
    if not found:
        return []  # gradients are off altogether: with torch.set_grad_enabled(self.training)
    here = next(sums(value_at(start), cotangents), math.nan)
    for name, weight in start.items():
        misses[name] = []
        for _ in range(DIRECTIONS):
            along = torch.randn(weight.shape, generator=generator, dtype=torch.float64)
            along /= along.norm()
            said = float((found[name].double() * along).sum()) if name in found else 0.0
            seen = min(
                (s for step in FINER for s in slopes_at(name, weight, along, step, here, value_at, cotangents)),
                key=lambda s: abs(s - said),
            )
            misses[name].append((abs(seen - said), max(abs(seen), abs(said))))
    usual = math.sqrt(sum(size**2 for pairs in misses.values() for _, size in pairs) / max(1, len(start) * DIRECTIONS))
    return [
        name
        for name, pairs in misses.items()
        if sum(miss > FAR_OFF * size and miss > FLOOR * usual for miss, size in pairs) > DIRECTIONS / 2
    ]


def slopes_at(
    name: str,
    weight: Tensor,
    along: Tensor,
    step: float,
    here: float,
    value_at: Callable[[Parameters], Any],
    cotangents: list[Tensor | None],
) -> tuple[float, float, float]:
    """How much the sum of cotangent * output rises along a direction in one parameter, across the point, behind it and before it.

    here: the sum at the point. Not a number where that has no form.
    """
    up, down = (
        next(sums(value_at({name: (weight.double() + sign * step * along).to(weight.dtype)}), cotangents), math.nan)
        for sign in (1, -1)
    )
    return (up - down) / (2 * step), (up - here) / step, (here - down) / step


def sums(value: Any, cotangents: list[Tensor | None]) -> Iterator[float]:
    """The sum of cotangent * output, for each choice of outputs: one that asks for no gradient has no cotangent."""
    outputs = [leaf for leaf in flatten(value) if isinstance(leaf, Tensor) and leaf.is_floating_point()]
    for chosen in combinations(outputs, min(len(outputs), len(cotangents))):
        pairs = [(out, pull) for out, pull in zip(chosen, cotangents, strict=False) if pull is not None]
        try:
            yield sum(float((out.double() * pull.double()).sum()) for out, pull in pairs)
        except RuntimeError:  # of other shapes
            yield math.nan


def claimed(gradients: Any) -> Parameters:
    """Those of reported gradients that are there."""
    return {name: g for name, g in gradients.items() if isinstance(g, Tensor)} if isinstance(gradients, dict) else {}


def as_inputs(inputs: tuple[Any, ...], gradients: list[Any]) -> tuple[Parameters, Parameters]:
    """Tensors among the inputs by their place, and their gradients."""
    start = {str(n): part.detach() for n, part in enumerate(inputs) if isinstance(part, Tensor)}
    found = {str(n): g for n, g in enumerate(gradients[: len(inputs)]) if isinstance(g, Tensor)}
    return start, found


def with_inputs(inputs: tuple[Any, ...], other: Parameters) -> tuple[Any, ...]:
    return tuple(torch.clone(other[str(n)]) if str(n) in other else part for n, part in enumerate(inputs))
