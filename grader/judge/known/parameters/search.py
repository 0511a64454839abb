"""The order in which matchings of parameters are tried.

Each parameter of ours is given one of the student's, likeliest first. Where several would do, the likeliest matching
is followed by those that differ from it in one decision, the earliest decision first, then by those that differ in two,
and so on: of a tie between two layers near the root both ways are among the first few, however many ties lie deeper.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from heapq import heappop, heappush
from itertools import count

from torch import Size

from grader.judge.known.parameters.names import common, layer_of, likeness, numbers, template
from grader.judge.known.parameters.readings import Step, count_readings

MOST = 64  # matchings that are made
DEAD_ENDS = 256  # unfinished ones that are given up, before the search is
Recipe = dict[str, Step | None]  # what each target is made of; None where it is left out


@dataclass(frozen=True)
class Parameter:
    """kind: the class of the module that owns it, "torch." before one of torch's own, "" where that is not known."""

    name: str
    shape: Size
    kind: str = ""

    @property
    def family(self) -> str:
        """What its kind says it is, as far as that tells two parameters of one shape apart."""
        kind = self.kind.lower()
        return "table" if "embed" in kind else "norm" if "norm" in kind else ""

    @property
    def turns(self) -> bool:
        """Whether a square matrix may be meant transposed: that of torch's own layers is not.

        return x @ self.weight  # in a Conv1D, or a Linear of one's own
        """
        return not self.kind.startswith("torch.") if self.kind else not self.name.endswith("weight")

    def readings(self, target: Size) -> range:
        """The numbers of the ways in which it can be read as a target of this shape."""
        found = range(count_readings(self.shape, target))
        return found if self.turns or self.shape != target or len(target) != 2 else found[:1]


Layout = tuple[Parameter, ...]


@dataclass(frozen=True)
class RankedMatchings:
    """recipes: likeliest first. complete: whether these are all there are."""

    recipes: tuple[Recipe, ...] = ()
    complete: bool = True


@lru_cache(maxsize=4096)
def find_recipes(source: Layout, target: Layout) -> RankedMatchings:
    """The matchings as names, worked out once for each pair of layouts; none where the sizes cannot work out.

    `nn.Parameter(torch.zeros(d))` may stand for an nn.Linear(d, 1), but only where no vector fits as one.
    """
    found = RankedMatchings()
    for shape_of in (as_written, without_ones):
        vectors, wanted = (
            Counter(shape for shape in map(shape_of, side) if is_vector(shape)) for side in (source, target)
        )
        spare = sum(wanted.values()) - sum(vectors.values())
        if not vectors - wanted and matrix_sizes(source, shape_of) == matrix_sizes(target, shape_of):
            found = search_recipes(Node(target, {p.name: p for p in source}, spare))
        if found.recipes:
            break
    return found


def as_written(parameter: Parameter) -> Size:
    return parameter.shape


def without_ones(parameter: Parameter) -> Size:
    """The shape by which (1, d) and (d,), and (1,) and (), are the same; those of one number have a single 1."""
    return Size([size for size in parameter.shape if size != 1] or [1])


def is_vector(shape: Size) -> bool:
    return len(shape) == 1


def matrix_sizes(side: Layout, shape_of: Callable[[Parameter], Size]) -> list[int]:
    """How many numbers each parameter that is not a vector holds: no reading changes that."""
    return sorted(p.shape.numel() for p in side if not is_vector(shape_of(p)))


@dataclass(frozen=True)
class Node:
    """A matching as far as it is made. habits: how sources of a shape are read, all alike; spare: how many may be left out."""

    wanted: Layout
    left: Mapping[str, Parameter]
    spare: int
    chosen: Recipe = field(default_factory=dict)
    habits: Mapping[tuple[Size, Size, bool, str], int] = field(default_factory=dict)

    def children(self) -> Iterator[Node]:
        """The same with one target more, likeliest first."""
        target, rest = self.wanted[0], self.wanted[1:]
        for name in find_candidates(target, self.chosen, self.left, self.spare > 0 and len(target.shape) == 1):
            if name is None:
                yield Node(rest, self.left, self.spare - 1, {**self.chosen, target.name: None}, self.habits)
                continue
            source = self.left[name]
            kind = (source.shape, target.shape, source.turns, source.kind)
            left = {other: p for other, p in self.left.items() if other != name}
            for reading in [self.habits[kind]] if kind in self.habits else source.readings(target.shape):
                chosen = {**self.chosen, target.name: (name, reading)}
                yield Node(rest, left, self.spare, chosen, {**self.habits, kind: reading})


def search_recipes(start: Node) -> RankedMatchings:
    """By the number of decisions that are not the likeliest (a third choice counts as two), the earliest decision first."""
    made: list[Recipe] = []
    tickets, dead = count(), 0
    waiting = [(0, 0, next(tickets), start)]
    while waiting and len(made) < MOST and dead < DEAD_ENDS:
        cost, _, _, node = heappop(waiting)
        while node.wanted:
            children = [*node.children()]
            for rank, other in enumerate(children[1:], 1):
                heappush(waiting, (cost + rank, -len(node.wanted), next(tickets), other))
            if not children:
                break
            node = children[0]
        if node.wanted or node.left:
            dead += 1
        else:
            made.append(node.chosen)
    return RankedMatchings(tuple(made), complete=not waiting)


def find_candidates(
    target: Parameter, chosen: Recipe, left: Mapping[str, Parameter], may_be_left_out: bool
) -> list[str | None]:
    """Unused sources for a target, likeliest first; None stands for leaving it out.

    Where `w_q.weight` came from `query.weight`, `w_q.bias` comes from `query.bias`; where `blocks.0.norm.weight` came
    from `layers.0.ln.weight`, `blocks.1.norm.weight` comes from `layers.1.ln.weight`.
    """
    name, shape = target.name, target.shape
    origin = {target: step[0] for target, step in chosen.items() if step}
    twins = [*twin_of(name, origin, left), *follower_of(name, origin, left)]
    if twins and count_readings(left[twins[0]].shape, shape):
        return [twins[0]]
    layer, (depth, neighbour) = came_from(name, origin), find_nearest(name, origin)
    fitting = [p for p in left.values() if count_readings(p.shape, shape)]
    fitting.sort(
        key=lambda other: (
            -min(depth, common(neighbour, other.name)),
            other.shape != shape,
            bool(other.kind and target.kind) and other.family != target.family,
            -likeness(other.name, name),
        )
    )
    order = [p.name for p in fitting]
    if not may_be_left_out:
        return [*order]
    # look.q, look.k, look.v: matrices of one layer that has no vectors at all
    alone = layer and not any(
        layer_of(other.name) == layer and is_vector(without_ones(other)) for other in left.values()
    )
    return [None, *order] if alone else [*order, None]


def find_nearest(name: str, origin: Mapping[str, str]) -> tuple[int, str]:
    """How many steps of its path a target shares with the nearest earlier one, and where that one came from."""
    return max(((common(name, earlier), other) for earlier, other in origin.items()), default=(0, ""))


def twin_of(name: str, origin: Mapping[str, str], left: Mapping[str, Parameter]) -> list[str]:
    """The source that stands beside a sibling's source under the same last name."""
    layer, kind = came_from(name, origin), name.rpartition(".")[2]
    return [other for other in left if layer and other == f"{layer}.{kind}"]


def came_from(name: str, origin: Mapping[str, str]) -> str:
    """The layer of the source where an earlier parameter of this target's layer came from."""
    layer = layer_of(name)
    return next((layer_of(other) for sibling, other in origin.items() if layer and layer_of(sibling) == layer), "")


def follower_of(name: str, origin: Mapping[str, str], left: Mapping[str, Parameter]) -> list[str]:
    """The source that differs from an earlier one in the outermost number, as the targets do."""
    for earlier, other in origin.items():
        if template(earlier) != template(name):
            continue
        (old, *inner), (new, *same) = numbers(earlier), numbers(name)
        if inner != same:
            continue
        # layers.0.ln.weight becomes layers.1.ln.weight
        moved = re.sub(rf"(?<!\d){old}(?!\d)", new, other, count=1)
        if moved in left:
            return [moved]
    return []
