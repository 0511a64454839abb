"""Parameters matched by shape, so that a student's own names, layouts and orders are all fine.

The check chooses its sizes so that most shapes occur once. Where several parameters share a shape (the four
projections of an attention), `assignments` tries the likeliest order first and then the others (`search`); what the
model does tells them apart where names do not (`behaviour`). What is known of one layer settles its neighbours: a bias
goes where its weight went, and layer 1 of a stack follows layer 0.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from torch import Tensor

from grader.judge.known.parameters.readings import Weights as Weights
from grader.judge.known.parameters.readings import count_readings, cut_and_join, follow_step
from grader.judge.known.parameters.search import Layout, Parameter, RankedMatchings, find_recipes
from grader.judge.known.parameters.search import Recipe as Recipe

Kinds = Mapping[str, str]  # the class of the module that owns each parameter, by the parameter's name


@dataclass(frozen=True)
class Assignments(Sequence[dict[str, Tensor]]):
    """Ways to give each parameter of `target` one of `source`, likeliest first, made when looked at.

    source: as it was cut apart or joined for the target. complete: whether these are all the ways there are. turning: those of the
    source that may be meant transposed.
    """

    source: Weights
    target: Weights
    found: tuple[Recipe, ...]
    complete: bool = True
    turning: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return len(self.found)

    def __getitem__(self, index: Any) -> Any:
        """The tensors for each parameter of the target, by the recipe of this number."""
        return self.by(self.found[index])

    def can(self, recipe: Recipe) -> bool:
        """Whether a recipe that was made for the same names in other sizes can be followed here."""
        steps = [(step, self.target[name]) for name, step in recipe.items() if step is not None]
        known = recipe.keys() == self.target.keys() and {step[0] for step, _ in steps} == self.source.keys()
        return known and all(
            number < count_readings(self.source[origin].shape, target.shape) for (origin, number), target in steps
        )

    def by(self, recipe: Recipe) -> dict[str, Tensor]:
        """The tensors for each parameter of the target, by a recipe."""
        return {name: follow_step(recipe[name], name, self.source, tensor) for name, tensor in self.target.items()}


def assignments(
    source: Weights, target: Weights, source_kinds: Kinds | None = None, target_kinds: Kinds | None = None
) -> Assignments:
    """Ways to give each parameter of `target` one of `source`.

    Every source is used exactly once. A vector of the target that nothing is left for becomes zero, or one where it is
    a gain: leaving out a bias, or one of two that are added, or the gain of a normalisation, is the same function.
    """
    wanted, layout = layout_of(target, target_kinds or {}), layout_of(source, source_kinds or {})
    found: RankedMatchings = find_recipes(layout, wanted)
    if not found.recipes:
        source = cut_and_join(source, target)
        layout = layout_of(source, source_kinds or {})
        found = find_recipes(layout, wanted)
    return Assignments(source, target, found.recipes, found.complete, turning(layout))


@lru_cache(maxsize=4096)
def turning(layout: Layout) -> frozenset[str]:
    """The parameters whose square matrices may be meant transposed."""
    return frozenset(parameter.name for parameter in layout if parameter.turns)


def layout_of(weights: Weights, kinds: Kinds) -> Layout:
    """What was cut from `qkv.weight` is `qkv_q.weight`, and of the same kind."""
    return tuple(
        Parameter(name, tensor.shape, kinds.get(name) or kinds.get(re.sub(r"_[qkv](?=\.\w+$)", "", name), ""))
        for name, tensor in weights.items()
    )
