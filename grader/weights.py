"""Parameters matched by shape, so that a student's own names, layouts and orders are all fine.

The check chooses its sizes so that most shapes occur once. Where several parameters share a shape (the four
projections of an attention), `assignments` tries the likeliest order first and then the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher

from torch import Tensor, zeros_like

Weights = Mapping[str, Tensor]


def fit(source: Tensor, target: Tensor, square: bool = True) -> Iterator[Tensor]:
    """Every way to read `source` as a tensor shaped like `target`: as it is, transposed, or another convolution.

    Conv1d (C, E, K), Conv2d over (time, embedding) (C, 1, K, E) and Linear on unfolded windows (C, K * E or E * K)
    hold the same numbers. `square`: a square matrix may be meant transposed (not so in an nn.Linear).
    """
    if source.shape == target.shape:
        yield source
    bare, shape = source.squeeze(), target.squeeze().shape
    if source.shape != target.shape and bare.shape == shape:
        yield bare.reshape(target.shape)
    turned = source.dim() == target.dim() == 2 and source.T.shape == target.shape
    if turned and (square or source.shape != target.shape):
        yield source.T
    if bare.dim() == 3 and len(shape) == 3 and bare.transpose(1, 2).shape == shape:
        yield bare.transpose(1, 2).reshape(target.shape)
    if bare.dim() == 2 and len(shape) == 3 and bare.shape == (shape[0], shape[1] * shape[2]):
        yield bare.reshape(target.shape)
        yield bare.reshape(shape[0], shape[2], shape[1]).transpose(1, 2).reshape(target.shape)


def assignments(source: Weights, target: Weights) -> Iterator[dict[str, Tensor]]:
    """Every way to give each parameter of `target` one of `source`, likeliest first.

    Every source is used exactly once. A bias of the target that nothing is left for becomes zero: leaving out a
    bias, or one of two that are added, is the same function.
    """
    spare = sum(1 for t in target.values() if t.dim() == 1) - sum(1 for s in source.values() if s.dim() == 1)
    if spare < 0 or len(source) + spare != len(target):
        return
    yield from extend({}, {}, list(target), source, target, spare)


def extend(
    chosen: dict[str, Tensor],
    origin: dict[str, str],
    wanted: list[str],
    source: Weights,
    target: Weights,
    spare: int,
) -> Iterator[dict[str, Tensor]]:
    """Depth first: `origin` says which source each target chosen so far came from."""
    if not wanted:
        if len(origin) == len(source):
            yield dict(chosen)
        return
    name, rest = wanted[0], wanted[1:]
    for candidate in candidates(name, origin, source):
        for tensor in fit(source[candidate], target[name], square=not candidate.endswith("weight")):
            now = {**chosen, name: tensor}
            yield from extend(now, {**origin, name: candidate}, rest, source, target, spare)
    if spare and target[name].dim() == 1:
        yield from extend({**chosen, name: zeros_like(target[name])}, origin, rest, source, target, spare - 1)


def candidates(name: str, origin: Mapping[str, str], source: Weights) -> list[str]:
    """Unused sources for a target. A layer's bias follows its weight: where `w_q.weight` came from `query.weight`,
    `w_q.bias` comes from `query.bias`."""
    left = [other for other in source if other not in origin.values()]
    layer, _, kind = name.rpartition(".")
    for sibling, came_from in origin.items():
        twin = f"{came_from.rpartition('.')[0]}.{kind}"
        if layer and sibling.rpartition(".")[0] == layer and twin in left:
            return [twin]
    return sorted(left, key=lambda other: -likeness(other, name))


def likeness(one: str, other: str) -> float:
    """How alike two parameter names are; ties keep the order of declaration (sorted is stable)."""
    return SequenceMatcher(None, one.lower(), other.lower(), autojunk=False).ratio()
