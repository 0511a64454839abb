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
# attention.in_proj_weight, self.qkv, c_attn, self.kv: two or three projections side by side
FUSED = re.compile(r"in_proj|q_?k_?v|k_?q_?v|(?<![a-z])k_?v(?![a-z])|c_attn")
TURNS = ((0, 2, 1), (2, 1, 0), (1, 0, 2), (1, 2, 0), (2, 0, 1))
MOST_BESIDE = 8  # matrices among which those of one layer are looked for
Shapes = Mapping[tuple[int, ...], int]  # how many parameters there are of each


def find_fits(source: Tensor, target: Tensor) -> Iterator[Tensor]:
    """Every way to read `source` as a tensor shaped like `target`: as it is, transposed, or another convolution.

    Conv1d (C, E, K), Conv2d over (time, embedding) (C, 1, K, E) and Linear on unfolded windows (C, K * E or E * K)
    hold the same numbers. Of a square matrix the second way is the transposed one.
    """
    if source.shape == target.shape:
        yield source
    bare, shape = source.squeeze(), target.squeeze().shape
    if source.shape != target.shape and bare.shape == shape:
        yield bare.reshape(target.shape)
    turned = source.dim() == target.dim() == 2 and source.T.shape == target.shape
    if turned:
        yield source.T
    if bare.dim() == 3 and target.dim() == 2 and bare.numel() == target.numel():
        yield from per_head(bare, target)
    if bare.dim() == 3 and len(shape) == 3:
        yield from (  # (E, C, K) or (K, E, C) of one's own, and time before embedding first of all
            bare.permute(axes).reshape(target.shape) for axes in TURNS if bare.permute(axes).shape == shape
        )
    if bare.dim() == 2 and len(shape) == 3 and bare.shape == (shape[0], shape[1] * shape[2]):
        yield bare.reshape(target.shape)
        yield bare.reshape(shape[0], shape[2], shape[1]).transpose(1, 2).reshape(target.shape)


def per_head(source: Tensor, target: Tensor) -> Iterator[Tensor]:
    """One matrix with an axis for the heads, as einsum has it, read as one Linear whose heads lie side by side.

    (N, D, d_h) or (D, N, d_h) of a projection (N * d_h, D), (N, d_h, D) of the output (D, N * d_h): the axis that is as long as
    one of the target's goes there, and the other two become the other one. The usual way first.

        torch.einsum("btd,dnh->bnth", x, self.w_q)
    """
    axes = {axis: [a for a in range(3) if a != axis] for axis in (1, 0, 2)}  # (N, D, d_h) with d_h == D is rare
    projections = [
        source.permute(*merged, axis).reshape(target.shape)
        for axis, merged in axes.items()
        if target.shape == (source.shape[merged[0]] * source.shape[merged[1]], source.shape[axis])
    ]
    outputs = [
        source.permute(axis, *merged).reshape(target.shape)
        for axis, merged in axes.items()
        if target.shape == (source.shape[axis], source.shape[merged[0]] * source.shape[merged[1]])
    ]
    # in (N, d_h, D) the last axis is what comes out
    yield from outputs + projections if source.shape[2] == target.shape[0] else projections + outputs


@cache
def count_readings(source: Size, target: Size) -> int:
    """In how many ways a source of this shape can be read as the target."""
    return sum(1 for _ in find_fits(empty(source, device="meta"), empty(target, device="meta")))


def follow_step(step: Step | None, name: str, source: Weights, target: Tensor) -> Tensor:
    if step is None:
        return ones_like(target) if GAIN.search(name.rpartition(".")[2]) else zeros_like(target)
    origin, reading = step
    return next(islice(find_fits(source[origin], target), reading, None))


def cut_and_join(source: Weights, target: Weights, biases: Callable[[list[Tensor]], Tensor] | None = None) -> Weights:
    """The source with fused projections cut apart, and one matrix for each head or each vector joined, where the target has it so.

    biases: what becomes of those of layers that are joined, which is their sum.
    """
    wanted = shapes_of(target)
    flat = {name: flat_bias(tensor, wanted) for name, tensor in join_parameters(source, wanted).items()}
    return join_beside(cut_apart(flat, wanted), wanted, biases or added)


def flat_bias(tensor: Tensor, wanted: Shapes) -> Tensor:
    """A bias with an axis for the heads, (N, d_h) or (N, 1, d_h), in one row, where the target has that and no such matrix."""
    whole = tensor.dim() > 1 and (tensor.numel(),) in wanted and not is_readable(tensor.shape, wanted)
    return tensor.flatten() if whole else tensor


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
    """A `qkv.weight` (3 * D, D) becomes `qkv_q.weight`, `qkv_k.weight` and `qkv_v.weight` (D, D); a `kv.weight` (2 * D, D) two of them.

    Where the target has a parameter of that shape too, as a GRU has, only one whose name says so is cut, if there are more of
    them than the target takes.
    """
    cut: dict[str, Tensor] = {}
    shapes = shapes_of(source)
    for name, tensor in source.items():
        # in_proj_weight, as nn.MultiheadAttention has it, is in_proj.weight
        layer, _, kind = re.sub("_(?=weight$|bias$)", ".", name).rpartition(".")
        spare = shapes[tuple(tensor.shape)] > wanted.get(tuple(tensor.shape), 0) and FUSED.search(name)
        parts = None if tuple(tensor.shape) in wanted and not spare else cut_in_parts(tensor, wanted)
        cut.update(
            {name: tensor} if parts is None else {f"{layer}_{role}.{kind}": part for role, part in parts.items()}
        )
    return cut


def cut_in_parts(tensor: Tensor, wanted: Shapes) -> dict[str, Tensor] | None:
    """Query, key and value, or key and value, that lie one below the other or side by side; None where the target has no such part.

    Side by side they are as in transformers' Conv1D (D, 3 * D), which multiplies from the right. Gain and shift, one below the
    other, are cut in the same way.
    """
    for roles in ("qkv", "kv"):
        count, (rows, *rest) = len(roles), tensor.shape or (0,)
        if rows % count == 0 and (rows // count, *rest) in wanted:
            return dict(zip(roles, tensor.chunk(count), strict=True))
        if rows == count and (is_readable(Size(rest), wanted) if len(rest) > 1 else tuple(rest) in wanted):
            return dict(zip(roles, tensor, strict=True))
        if len(rest) == 1 and rest[0] % count == 0 and (rest[0] // count, rows) in wanted:
            return dict(zip(roles, tensor.chunk(count, dim=1), strict=True))
    return None


def is_readable(shape: Size, wanted: Shapes) -> bool:
    """Whether what lies along an axis of three, as in nn.Parameter(torch.randn(3, heads, d, d_h)), is a projection."""
    return any(len(other) > 1 and count_readings(shape, Size(other)) for other in wanted)
