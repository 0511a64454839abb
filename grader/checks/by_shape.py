"""Parameters of a large model given values by their shape, so that it does not matter which of them is which.

A stack of layers has a dozen parameters of one shape, and its author may call them anything. Where all of them hold
the same numbers, every way of matching them by shape is right, and a value can be recomputed whatever the names are.
Gains of normalisations are told from other vectors by being ones when they are made; tables (embeddings) are told
from matrices by their gradient, which leaves the rows of unused ids at zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import Tensor

from grader.checks.draw import Draw
from grader.checks.module import Module
from grader.checks.student import Student

Kind = tuple[tuple[int, ...], bool]


def kind_of(weight: Tensor) -> Kind:
    """Its shape, and whether it is a gain: a vector of ones as it was made."""
    return tuple(weight.shape), weight.dim() == 1 and bool((weight == 1).all())


def drawn(draw: Draw, made: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """A value for each parameter, the same for all of a kind, of a size that keeps activations near one."""
    values: dict[Kind, Tensor] = {}
    for shape, gain in sorted({kind_of(weight) for weight in made.values()}):
        fan_in = max(1, shape[-1] if shape else 1)
        noise = draw.normal(*shape)
        values[shape, gain] = 1 + 0.3 * noise if gain else noise * (1.3 / fan_in**0.5 if len(shape) > 1 else 0.5)
    return {name: values[kind_of(weight)].clone() for name, weight in made.items()}


def through_many_layers(draw: Draw, made: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """A value for each parameter with which a word is still heard behind many layers: gains near one, and small biases.

    What `Module.randomise` draws halves it with every normalisation.
    """
    plain = draw.weights({name: tuple(weight.shape) for name, weight in made.items()})
    vectors = {name: 0.2 * draw.normal(*weight.shape) for name, weight in made.items() if weight.dim() == 1}
    return plain | {name: noise + float(kind_of(made[name])[1]) for name, noise in vectors.items()}


def randomise(student: Student, name: str, model: Module, draw: Draw) -> None:
    """Drawn values for the parameters of a model of layers: the usual ones, where it has as many layers as it was asked for."""
    if student.takes(name, "num_layers"):
        model.randomise(draw)
    else:
        model.load(through_many_layers(draw, model.weights))


def order_free(values: Mapping[str, Tensor], hidden: int, joined: tuple[int, ...]) -> dict[str, Tensor]:
    """The same with layers that do not mind in which order two or three vectors are put side by side for them.

    Two of the width `hidden` get the same matrix each; where the widths differ (`joined` are the sums), all columns are
    alike. Square matrices are symmetric: x W y and y W x are then one score.
    """
    found = dict(values)
    for name, weight in values.items():
        if weight.dim() != 2:
            continue
        rows, columns = weight.shape
        if columns == 2 * hidden:
            found[name] = weight[:, :hidden].repeat(1, 2)
        elif columns in joined:
            found[name] = weight[:, :1].expand(rows, columns).contiguous()
        elif rows == columns:
            found[name] = (weight + weight.T) / 2**0.5
    return found


def half_open(draw: Draw, size: int) -> Tensor:
    """Biases (size,) far above zero or far below: ReLU, GELU and SiLU all pass the ones and stop the others."""
    return torch.where(draw.uniform(size) < 0.5, -20.0, 20.0)


def is_table(gradient: Any) -> bool:
    """Whether a gradient is that of an embedding, of which only some rows were looked up."""
    if not isinstance(gradient, Tensor) or gradient.dim() != 2:
        return False
    used = (gradient != 0).any(dim=1)
    return bool(used.any()) and not bool(used.all())


def unused(gradient: Any) -> bool:
    """Whether a parameter has no part in the output.

    A vector's gradient may be zero: softmax feels no bias of the keys.
    """
    return not isinstance(gradient, Tensor) or (gradient.dim() > 1 and not bool((gradient != 0).any()))


@dataclass(frozen=True)
class IdentifiedModel:
    """A model whose parameters have been told apart. names: as the reference calls them; left_out: those without a
    part.

    rows: how many rows of a table are ever looked up, where it has more.
    """

    student: Student
    model: Module
    names: Mapping[str, str]
    left_out: frozenset[str]
    made: int  # which exchange made the model
    rows: Mapping[str, int] = field(default_factory=dict)

    def load(self, weights: dict[str, Tensor]) -> None:
        """Set parameters by the student's names; the exchange that is kept has them as they were told apart."""
        self.model.load(weights)
        exchanges = self.student.exchanges
        self.student.restate(weights=self.renamed(weights))
        made = self.renamed(self.model.weights)
        exchanges[self.made] = replace(exchanges[self.made], weights=made, settled=True)

    def renamed(self, weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
        kept = {name: w for name, w in weights.items() if name not in self.left_out}
        return {self.names.get(name, name): w[: self.rows.get(name)] if w.dim() else w for name, w in kept.items()}
