"""Parameters matched by shape, so that a student's own names, layouts and orders are all fine.

The check chooses its sizes so that most shapes occur once. Where several parameters share a shape (the four
projections of an attention), `assignments` tries the likeliest order first and then the others. What is known of one
layer settles its neighbours: a bias goes where its weight went, and layer 1 of a stack follows layer 0.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache, lru_cache
from itertools import islice
from typing import Any

from torch import Size, Tensor, cat, empty, ones_like, zeros_like

Weights = Mapping[str, Tensor]
Shapes = tuple[tuple[str, Size], ...]
# What each target is made of: a source and the number of its reading, see `fit`; None where it is left out.
Recipe = dict[str, tuple[str, int] | None]
MOST = 64  # matchings that are tried
ROLES = {
    "gamma|gain|scale|alpha|(?<![a-z])a_2": "weight",
    "beta|shift|(?<![a-z])b_2": "bias",
    "quer(y|ies)": "q",
    "keys?": "k",
    "values?": "v",
    "out(put)?_?proj|output|out|proj(?!_)": "o",
}
GAIN = re.compile(r"weight|scale|gain|gamma")


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
    if bare.dim() == 3 and target.dim() == 2 and bare.numel() == target.numel():
        yield from per_head(bare, target)
    if bare.dim() == 3 and len(shape) == 3 and bare.transpose(1, 2).shape == shape:
        yield bare.transpose(1, 2).reshape(target.shape)
    if bare.dim() == 2 and len(shape) == 3 and bare.shape == (shape[0], shape[1] * shape[2]):
        yield bare.reshape(target.shape)
        yield bare.reshape(shape[0], shape[2], shape[1]).transpose(1, 2).reshape(target.shape)


def per_head(source: Tensor, target: Tensor) -> Iterator[Tensor]:
    """A matrix for each head (N, in, out), as einsum has it, read as one Linear (out, in) whose heads lie side by side."""
    heads, entering, leaving = source.shape
    projection, output = (heads * leaving, entering), (leaving, heads * entering)
    if target.shape == projection:
        yield source.permute(0, 2, 1).reshape(projection)
    if target.shape == output:
        yield source.permute(2, 0, 1).reshape(output)


def assignments(source: Weights, target: Weights) -> Sequence[dict[str, Tensor]]:
    """Ways to give each parameter of `target` one of `source`, likeliest first, at most MOST, made when looked at.

    Every source is used exactly once. A vector of the target that nothing is left for becomes zero, or one where it is
    a gain: leaving out a bias, or one of two that are added, or the gain of a normalisation, is the same function.
    """
    found = recipes(shapes_of(source), shapes_of(target))
    if not found:
        source = relaid(source, target)
        found = recipes(shapes_of(source), shapes_of(target))
    return Assignments(source, target, found)


@dataclass(frozen=True)
class Assignments(Sequence[dict[str, Tensor]]):
    source: Weights
    target: Weights
    found: tuple[Recipe, ...]

    def __len__(self) -> int:
        return len(self.found)

    def __getitem__(self, index: Any) -> Any:
        """The tensors for each parameter of the target, by the recipe of this number."""
        recipe = self.found[index]
        return {name: follow(recipe[name], name, self.source, tensor) for name, tensor in self.target.items()}


def relaid(source: Weights, target: Weights) -> Weights:
    """The source with fused projections cut apart, and one matrix for each head joined, where the target has it so."""
    wanted = {tuple(tensor.shape) for tensor in target.values()}
    return cut_apart(joined(source, wanted), wanted)


def joined(source: Weights, wanted: set[tuple[int, ...]]) -> Weights:
    """`heads.0.key.weight`, `heads.1.key.weight`, ... (d_h, D) become one `heads.key.weight` (N * d_h, D)."""
    groups: dict[str, list[str]] = {}
    for name in source:
        number = next(reversed(list(re.finditer(r"(?:(?<=\.)|^)\d+\.", name))), None)
        groups.setdefault(name[: number.start()] + name[number.end() :] if number else name, []).append(name)
    found: dict[str, Tensor] = {}
    for group, names in groups.items():
        parts = [source[name] for name in names]
        fits = len(parts) > 1 and len({part.shape[1:] for part in parts}) == 1 and tuple(parts[0].shape) not in wanted
        whole = cat(parts) if fits else parts[0]
        found.update({group: whole} if fits and tuple(whole.shape) in wanted else {n: source[n] for n in names})
    return found


def cut_apart(source: Weights, wanted: set[tuple[int, ...]]) -> Weights:
    """A `qkv.weight` (3 * D, D) becomes `qkv_q.weight`, `qkv_k.weight` and `qkv_v.weight` (D, D)."""
    cut: dict[str, Tensor] = {}
    for name, tensor in source.items():
        rows, *rest = tensor.shape or (0,)
        layer, _, kind = re.sub("_(?=weight$|bias$)", ".", name).rpartition(".")
        parts = rows // 3
        if rows % 3 or tuple(tensor.shape) in wanted or (parts, *rest) not in wanted:
            cut[name] = tensor
        else:
            cut.update({f"{layer}_{role}.{kind}": part for role, part in zip("qkv", tensor.chunk(3), strict=True)})
    return cut


def follow(step: tuple[str, int] | None, name: str, source: Weights, target: Tensor) -> Tensor:
    if step is None:
        return ones_like(target) if GAIN.search(name.rpartition(".")[2]) else zeros_like(target)
    origin, reading = step
    return next(islice(fit(source[origin], target, square=not origin.endswith("weight")), reading, None))


def shapes_of(weights: Weights) -> Shapes:
    return tuple((name, tensor.shape) for name, tensor in weights.items())


@lru_cache(maxsize=512)
def recipes(source: Shapes, target: Shapes) -> tuple[Recipe, ...]:
    """The matchings as names, worked out once for each pair of layouts; none where the sizes cannot work out."""
    vectors, wanted = (Counter(shape for _, shape in shapes if len(shape) == 1) for shapes in (source, target))
    if vectors - wanted or sizes(source) != sizes(target):
        return ()
    spare = sum(wanted.values()) - sum(vectors.values())
    return tuple(islice(extend({}, list(target), dict(source), spare, {}), MOST))


def sizes(shapes: Shapes) -> list[int]:
    """How many numbers each parameter that is not a vector holds: no reading changes that."""
    return sorted(shape.numel() for _, shape in shapes if len(shape) != 1)


def extend(
    chosen: Recipe,
    wanted: list[tuple[str, Size]],
    source: dict[str, Size],
    spare: int,
    habits: dict[tuple[Size, Size, bool], int],
) -> Iterator[Recipe]:
    """Depth first: `chosen` says what each target so far is made of, `habits` how sources of a shape are read: all alike."""
    if not wanted:
        if sum(step is not None for step in chosen.values()) == len(source):
            yield dict(chosen)
        return
    (name, shape), rest = wanted[0], wanted[1:]
    for candidate in candidates(name, shape, chosen, source, spare > 0 and len(shape) == 1):
        if candidate is None:
            yield from extend({**chosen, name: None}, rest, source, spare - 1, habits)
            continue
        kind = (source[candidate], shape, not candidate.endswith("weight"))
        for reading in [habits[kind]] if kind in habits else range(readings(*kind)):
            yield from extend({**chosen, name: (candidate, reading)}, rest, source, spare, {**habits, kind: reading})


@cache
def readings(source: Size, target: Size, square: bool) -> int:
    """In how many ways a source of this shape can be read as the target."""
    return sum(1 for _ in fit(empty(source, device="meta"), empty(target, device="meta"), square))


def candidates(
    name: str, shape: Size, chosen: Recipe, source: Mapping[str, Size], may_be_left_out: bool
) -> list[str | None]:
    """Unused sources for a target, likeliest first; None stands for leaving it out.

    Where `w_q.weight` came from `query.weight`, `w_q.bias` comes from `query.bias`; where `blocks.0.norm.weight` came
    from `layers.0.ln.weight`, `blocks.1.norm.weight` comes from `layers.1.ln.weight`.
    """
    origin = {target: step[0] for target, step in chosen.items() if step}
    used = set(origin.values())
    left = [other for other in source if other not in used]
    twins = [*twin_of(name, origin, left), *follower_of(name, origin, left)]
    if twins and readings(source[twins[0]], shape, True):
        return [twins[0]]
    layer, (depth, neighbour) = came_from(name, origin), nearest(name, origin)
    order = sorted(
        left, key=lambda other: (-min(depth, common(neighbour, other)), source[other] != shape, -likeness(other, name))
    )
    if not may_be_left_out:
        return [*order]
    alone = layer and not any(layer_of(other) == layer for other in left)
    return [None, *order] if alone else [*order, None]


def nearest(name: str, origin: Mapping[str, str]) -> tuple[int, str]:
    """How many steps of its path a target shares with the nearest earlier one, and where that one came from."""
    return max(((common(name, earlier), other) for earlier, other in origin.items()), default=(0, ""))


def common(one: str, other: str) -> int:
    """How many leading steps two dotted paths share."""
    return next((i for i, (a, b) in enumerate(zip(one.split("."), other.split("."), strict=False)) if a != b), 0)


def twin_of(name: str, origin: Mapping[str, str], left: list[str]) -> list[str]:
    """The source that stands beside a sibling's source under the same last name."""
    layer, kind = came_from(name, origin), name.rpartition(".")[2]
    return [other for other in left if layer and other == f"{layer}.{kind}"]


def came_from(name: str, origin: Mapping[str, str]) -> str:
    """The layer of the source where an earlier parameter of this target's layer came from."""
    layer = layer_of(name)
    return next((layer_of(other) for sibling, other in origin.items() if layer and layer_of(sibling) == layer), "")


def follower_of(name: str, origin: Mapping[str, str], left: list[str]) -> list[str]:
    """The source that differs from an earlier one in the outermost number, as the targets do."""
    for earlier, other in origin.items():
        if template(earlier) != template(name):
            continue
        (old, *inner), (new, *same) = numbers(earlier), numbers(name)
        if inner != same:
            continue
        moved = re.sub(rf"(?<!\d){old}(?!\d)", new, other, count=1)
        if moved in left:
            return [moved]
    return []


def layer_of(name: str) -> str:
    return name.rpartition(".")[0]


@cache
def template(name: str) -> str:
    return re.sub(r"\d+", "#", name)


def numbers(name: str) -> list[str]:
    return re.findall(r"\d+", name)


@lru_cache(maxsize=65536)
def likeness(one: str, other: str) -> float:
    """How alike two parameter names are, above all in role and number; ties keep the order of declaration (sorted is stable)."""
    one, other = plain(one), plain(other)
    alike = SequenceMatcher(None, one, other, autojunk=False).ratio()
    mine, theirs = role(one), role(other)
    alike += (1 if mine == theirs else -1) if mine and theirs else 0
    for weight, a, b in zip((1.0, 0.5), places(one), places(other), strict=False):
        alike += weight if a == b else -weight
    return alike


@cache
def places(name: str) -> tuple[int, ...]:
    """The numbers in a path, counted from 0: `sublayer.0` and `norm1` are both the first of their kind."""
    found = re.finditer(r"(^|[^\d])(\d+)(?=([^\d])|$)", name)
    alone = [(int(m[2]), m[1] in ("", ".") and m[3] in (None, ".")) for m in found]
    return tuple(number if step else number - 1 for number, step in alone)


@cache
def plain(name: str) -> str:
    """Lower case, with the usual words for the same role made one."""
    name = name.lower()
    for words, word in ROLES.items():
        name = re.sub(words, word, name)
    return name


def role(name: str) -> str:
    """q, k, v or o, where the innermost step of the path that says one says it first; else nothing."""
    found = [re.search(r"(?:^|_)w?([qkvo])(?=_|\d|$)", step) for step in reversed(name.split("."))]
    return next((match[1] for match in found if match), "")
