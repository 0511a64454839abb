"""How a student's parameters may be read as ours: transposed, cut apart, joined, as another kind of convolution."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import combinations, islice

from torch import Size, Tensor, cat, empty, ones_like, stack, zeros_like

Weights = Mapping[str, Tensor]
Step = tuple[str, int]  # a source, and the number of its reading: see `fit`
# norm.weight, ln.gamma, norm.a_scale: a vector of these names multiplies
GAIN = re.compile(r"weight|scale|gain|gamma")
# attention.in_proj_weight, self.qkv, c_attn: three projections side by side
FUSED = re.compile(r"in_proj|q_?k_?v|k_?q_?v|c_attn")
MOST_BESIDE = 8  # matrices among which those of one layer are looked for
Shapes = Mapping[tuple[int, ...], int]  # how many parameters there are of each


def find_fits(source: Tensor, target: Tensor, square: bool = True) -> Iterator[Tensor]:
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


@cache
def count_readings(source: Size, target: Size, square: bool) -> int:
    """In how many ways a source of this shape can be read as the target."""
    return sum(1 for _ in find_fits(empty(source, device="meta"), empty(target, device="meta"), square))


def follow_step(step: Step | None, name: str, source: Weights, target: Tensor) -> Tensor:
    if step is None:
        return ones_like(target) if GAIN.search(name.rpartition(".")[2]) else zeros_like(target)
    origin, reading = step
    return next(islice(find_fits(source[origin], target, square=not origin.endswith("weight")), reading, None))


def cut_and_join(source: Weights, target: Weights, biases: Callable[[list[Tensor]], Tensor] | None = None) -> Weights:
    """The source with fused projections cut apart, and one matrix for each head or each vector joined, where the target has it so.

    biases: what becomes of those of layers that are joined, which is their sum.
    """
    wanted = shapes_of(target)
    return join_beside(cut_apart(join_parameters(source, wanted), wanted), wanted, biases or added)


def added(biases: list[Tensor]) -> Tensor:
    return stack(biases).sum(dim=0)


def shapes_of(weights: Weights) -> Shapes:
    return Counter(tuple(tensor.shape) for tensor in weights.values())


def join_parameters(source: Weights, wanted: Shapes) -> Weights:
    """`heads.0.key.weight`, `heads.1.key.weight`, ... (d_h, D) become one `heads.key.weight` (N * d_h, D).

    Where the target has no such matrix they lie side by side: `x @ key[0]`, (D, d_h), or a Linear for each word of a window, (C, E).
    """
    groups: dict[str, list[str]] = {}
    for name in source:
        # heads.3.key.weight, or key.3 of an nn.ParameterList: the last number that is a step of its own
        number = next(reversed(list(re.finditer(r"(?:(?<=\.)|^)\d+(?:\.|$)", name))), None)
        group = (name[: number.start()] + name[number.end() :]).strip(".") if number else name
        groups.setdefault(group, []).append(name)
    found: dict[str, Tensor] = {}
    for group, names in groups.items():
        whole = joined([source[name] for name in names], wanted)
        found.update({group: whole} if whole is not None else {name: source[name] for name in names})
    return found


def joined(parts: Sequence[Tensor], wanted: Shapes) -> Tensor | None:
    """These one below the other or side by side, where the target has that and not one of them alone."""
    if len(parts) < 2 or not parts[0].dim() or tuple(parts[0].shape) in wanted or len({p.dim() for p in parts}) > 1:
        return None
    if len({part.shape[1:] for part in parts}) == 1 and tuple((whole := cat(list(parts))).shape) in wanted:
        return whole
    if parts[0].dim() == 2 and len({len(part) for part in parts}) == 1:
        beside = cat(list(parts), dim=1)
        return beside if is_readable(beside.shape, wanted) else None
    return None


def join_beside(source: Weights, wanted: Shapes, add: Callable[[list[Tensor]], Tensor]) -> Weights:
    """`from_state.weight` and `from_context.weight` (V, H) become one (V, 2 * H), and their biases one, which is their sum.

    self.from_state(state) + self.from_context(context) is one layer over both side by side. Where several could be meant nothing is joined.
    """
    found, there = dict(source), shapes_of(source)
    for shape in (s for s in wanted if len(s) == 2 and there.get(s, 0) < wanted[s]):
        spare = [
            name
            for name, part in found.items()
            if part.dim() == 2 and len(part) == shape[0] and there[tuple(part.shape)] > wanted.get(tuple(part.shape), 0)
        ]
        if len(spare) > MOST_BESIDE:
            continue
        ways = [
            names
            for count in (2, 3)
            for names in combinations(spare, count)
            if sum(found[name].shape[1] for name in names) == shape[1]
        ]
        if len(ways) == 1:
            (names,) = ways
            whole = cat([found[name] for name in names], dim=1)
            biases = [b for b in (f"{name.removesuffix('weight')}bias" for name in names) if b in found]
            found = {name: part for name, part in found.items() if name not in names[1:] + tuple(biases[1:])}
            found[names[0]] = whole
            if len(biases) > 1:
                found[biases[0]] = add([source[bias] for bias in biases])
    return found


def cut_apart(source: Weights, wanted: Shapes) -> Weights:
    """A `qkv.weight` (3 * D, D) becomes `qkv_q.weight`, `qkv_k.weight` and `qkv_v.weight` (D, D).

    Where the target has a parameter of that shape too, as a GRU has, only one whose name says so is cut, if there are more of
    them than the target takes.
    """
    cut: dict[str, Tensor] = {}
    shapes = shapes_of(source)
    for name, tensor in source.items():
        rows, *rest = tensor.shape or (0,)
        # in_proj_weight, as nn.MultiheadAttention has it, is in_proj.weight
        layer, _, kind = re.sub("_(?=weight$|bias$)", ".", name).rpartition(".")
        parts = rows // 3
        spare = shapes[tuple(tensor.shape)] > wanted.get(tuple(tensor.shape), 0) and FUSED.search(name)
        if tuple(tensor.shape) in wanted and not spare:
            cut[name] = tensor
        elif rows % 3 == 0 and (parts, *rest) in wanted:
            cut.update({f"{layer}_{role}.{kind}": part for role, part in zip("qkv", tensor.chunk(3), strict=True)})
        elif rows == 3 and len(rest) > 1 and is_readable(Size(rest), wanted):
            cut.update({f"{layer}_{role}.{kind}": part for role, part in zip("qkv", tensor, strict=True)})
        else:
            cut[name] = tensor
    return cut


def is_readable(shape: Size, wanted: Shapes) -> bool:
    """Whether what lies along an axis of three, as in nn.Parameter(torch.randn(3, heads, d, d_h)), is a projection."""
    return any(len(other) > 1 and count_readings(shape, Size(other), True) for other in wanted)
