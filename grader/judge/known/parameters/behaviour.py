"""Values for parameters under which what a model gives tells them apart, whatever their names are.

Level: all parameters of one shape have the same value (and a square matrix is its own transpose), biases are zero and
gains one. Then it does not matter which is which: an answer that gives something else than the student's model is
another function, however their parameters are matched. Stirred: one of them has another value. The one of ours that
moves the output in the same way is the same parameter.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Size, Tensor, arange

from grader.judge.known.parameters import Assignments
from grader.judge.known.parameters.readings import GAIN, Step, Weights, cut_and_join, follow_step
from grader.judge.known.parameters.search import Recipe

FILLINGS = 4  # ways to read convolutions of one shape that are told apart


def is_gain(name: str, initial: Tensor) -> bool:
    """Whether a vector multiplies: it begins as ones. What begins neither as ones nor as zeros is told by its name."""
    first = float(initial.flatten()[0]) if initial.numel() else 0.0
    if first in (0.0, 1.0) and bool((initial == first).all()):
        return first == 1.0
    return bool(GAIN.search(name.rpartition(".")[2]))


def level_value(name: str, initial: Tensor) -> Tensor:
    """The value that this parameter has in common with all others of its shape."""
    if initial.dim() < 2:
        return torch.full(initial.shape, float(is_gain(name, initial)), dtype=torch.float32)
    return draw_noise(initial.shape, 0)


def stir_parameter(initial: Tensor) -> Tensor:
    """Another value, the same for all of the shape."""
    return draw_noise(initial.shape, 1)


def draw_noise(shape: Size, salt: int) -> Tensor:
    """Values that depend on the shape alone; (a, b) has those of (b, a), transposed."""
    sides = sorted(shape, reverse=True) if len(shape) == 2 else list(shape)
    seed = salt
    for side in sides:
        seed = seed * 1009 + side
    generator = torch.Generator().manual_seed(seed)
    if len(shape) < 2:
        vector: Tensor = torch.randn(shape, generator=generator, dtype=torch.float32) * 0.5 + 0.3
        return vector
    values: Tensor = torch.randn(sides, generator=generator, dtype=torch.float32) * (
        1.5 / (shape.numel() / sides[0]) ** 0.5
    )
    if len(shape) == 2 and sides[0] == sides[1]:
        values = (values + values.T) / 2**0.5
    return values if list(shape) == sides else values.T.contiguous()


@dataclass(frozen=True)
class LevelledParameters:
    """A student's parameters on a level, and what each is when it is stirred alone, by its name after cutting and joining.

    recipe: one of the matchings that read the student's tensors in this way. mark: the same for the same tensors.
    """

    mark: str
    level: dict[str, Tensor]
    stirred: dict[str, dict[str, Tensor]]
    recipe: Recipe


def find_fillings(students: Weights, found: Assignments) -> Iterator[LevelledParameters]:
    """One for each way in which tensors can be read that are no plain matrices, there or here: a Linear over a window of words."""
    seen = set[frozenset[tuple[str, int]]]()
    for recipe in found.found:
        steps = {name: step for name, step in recipe.items() if step is not None}
        read = frozenset(
            step for name, step in steps.items() if max(found.source[step[0]].dim(), found.target[name].dim()) > 2
        )
        if read not in seen and len(seen) < FILLINGS:
            seen.add(read)
            yield fill_parameters(students, found, {step: name for name, step in steps.items()}, recipe)


def fill_parameters(
    students: Weights, found: Assignments, targets: dict[Step, str], recipe: Recipe
) -> LevelledParameters:
    places = number_parameters(students, found)
    sizes = {name: tensor.numel() for name, tensor in students.items()}
    flat = torch.zeros(sum(sizes.values()), dtype=torch.float32)
    others: dict[str, Tensor] = {}
    for (source, reading), target in targets.items():
        tensor, ours = found.source[source], found.target[target]
        plain = tensor.dim() < 2
        flat[places[source]] = (
            level_value(source, tensor) if plain else undo_reading(source, reading, tensor, ours, level_value("", ours))
        )
        others[source] = (
            stir_parameter(tensor) if plain else undo_reading(source, reading, tensor, ours, stir_parameter(ours))
        )
    parts = {
        source: unfold_numbers(flat.index_put((places[source],), value), students) for source, value in others.items()
    }
    whole = unfold_numbers(flat, students)
    changed = {
        source: {name: part[name] for name in students if not torch.equal(part[name], whole[name])}
        for source, part in parts.items()
    }
    mark = hashlib.sha256(flat.numpy().tobytes() + repr([*parts]).encode()).hexdigest()
    return LevelledParameters(mark, whole, changed, recipe)


def number_parameters(students: Weights, found: Assignments) -> dict[str, Tensor]:
    """Where the numbers of each cut or joined parameter stand, when all of the student's lie in one row.

    Of biases that are added one alone has a place; the others stay 0.
    """
    begin, places = 0, dict[str, Tensor]()
    for name, tensor in students.items():
        places[name] = arange(begin, begin + tensor.numel()).reshape(tensor.shape)
        begin += tensor.numel()
    whole = {name: tensor.shape for name, tensor in found.source.items()} == {n: t.shape for n, t in students.items()}
    return places if whole else dict(cut_and_join(places, found.target, lambda biases: biases[0]))


def unfold_numbers(flat: Tensor, students: Weights) -> dict[str, Tensor]:
    parts = torch.split(flat, [tensor.numel() for tensor in students.values()])
    return {name: part.reshape(t.shape) for (name, t), part in zip(students.items(), parts, strict=True)}


def undo_reading(source: str, reading: int, tensor: Tensor, target: Tensor, value: Tensor) -> Tensor:
    """The tensor that is `value` when it is read as the target."""
    places = arange(tensor.numel()).reshape(tensor.shape)
    read = follow_step((source, reading), "", {source: places}, target)
    return (
        torch.empty(tensor.numel(), dtype=torch.float32)
        .index_put((read.flatten(),), value.flatten())
        .reshape(tensor.shape)
    )
