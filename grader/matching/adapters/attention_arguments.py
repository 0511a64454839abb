"""Which of the parameters of an attention or a block is the query, which the mask: as far as their names and their number say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from grader.matching.sizes import HEAD
from grader.matching.vocabulary import is_one_of
from grader.model import Interface, Probe

QUERY = ("query", "queries", "hidden", "state", "dec", "q", "s", "st", "ht", "prev", "target", "tgt", "h")
KEYS = (
    "keys",
    "key",
    "values",
    "value",
    "enc",
    "annotation",
    "memory",
    "source",
    "src",
    "context",
    "outputs",
    "k",
    "v",
    "hs",
)


# What people call a mask that is not called one: `ignore`, `attn_bias`, `pad`, `visible`.
MASKS = ("mask", "ignore", "bias", "pad", "visible", "hide", "blocked")


def is_mask(name: str) -> bool:
    """Whether a parameter of this name says which places may be looked at; the number `padding_idx` does not."""
    low = name.lower()
    return any(piece in low for piece in MASKS) and not low.endswith(("idx", "id", "index")) and "len" not in low


def plain_parameters(rows: Any) -> list[tuple[str, bool]]:
    """The names of what the sandbox describes, each with whether it has a default; without *args and **kwargs. rows: anything."""
    found = (row for row in (rows if isinstance(rows, list) else ()) if isinstance(row, list | tuple))
    return [(str(row[0]), bool(row[2])) for row in found if "VAR_" not in str(row[1])]


def orders(rows: list[Any], wanted: Interface) -> Iterator[tuple[str, ...]]:
    """The roles of `forward`'s (or the function's) parameters, likeliest first; those that are left to their defaults last."""
    plain = plain_parameters(rows)
    if wanted.probe is Probe.QUERY_OVER_KEYS:
        yield from two(plain)
        return
    if wanted.probe is Probe.BLOCK:
        yield from of_block(plain)
        return
    names = wanted.forward[:3]
    told = [role_of(name, names) or ("width" if is_width(name, wanted) else None) for name, _ in plain]
    told = with_one_mask(told, [name for name, _ in plain])
    required = [i for i, (_, optional) in enumerate(plain) if not optional and told[i] not in ("mask", "width")]
    if set(names) <= set(told):
        before = [role for role in cut(told) if role is not None]
        yield (*before, *["none" for _, optional in plain[len(before) :] if not optional])  # lengths, say
    elif len(required) >= 3:
        yield (*names, *(["mask"] if "mask" in told or len(plain) > 3 else []))
    elif len(required) == 2 and wanted.probe is Probe.SELF_ATTENTION:
        yield (names[0], names[1], *(["mask"] if "mask" in told else []))
    elif len(required) == 1:
        more = ["mask"] if len(plain) > 1 and (told[1] in ("mask", None)) else []
        yield (names[0], *more)


def with_one_mask(told: list[str | None], names: list[str]) -> list[str | None]:
    """The roles with one mask alone, the one of who looks at whom: `forward(q, k, v, key_padding_mask=None, attn_mask=None)`."""
    masks = [place for place, role in enumerate(told) if role == "mask"]
    square = next((place for place in masks if "pad" not in names[place].lower()), masks[0] if masks else None)
    return ["none" if role == "mask" and place != square else role for place, role in enumerate(told)]


def is_width(name: str, wanted: Interface) -> bool:
    """Whether a function is told the width of a query: `def attention(q, k, v, d_k, mask=None)`."""
    return wanted.probe is Probe.ATTENTION and is_one_of(name, HEAD)


def of_block(plain: list[tuple[str, bool]]) -> Iterator[tuple[str, ...]]:
    """The input of a block, three times where it takes query, key and value; then a mask, or nothing in the place of lengths."""
    names = [name.lower() for name, _ in plain]
    several = {role_of(name, ("query", "key", "value")) for name in names[:3]} == {"query", "key", "value"}
    rest = plain[3:] if several else plain[1:]
    if not plain or any(not optional and not is_mask(name) for name, optional in rest[1:]):
        return
    needed = max((n + 1 for n, (_, optional) in enumerate(rest) if not optional), default=0)
    kept = rest[: max(needed, 1 if rest and is_mask(rest[0][0]) else 0)]
    told = with_one_mask(["mask" if is_mask(name) else "none" for name, _ in kept], [name for name, _ in kept])
    yield (*("x" for _ in range(3 if several else 1)), *(role or "none" for role in told))


def cut(told: list[str | None]) -> list[str | None]:
    """The roles up to the first parameter that has none."""
    return told[: told.index(None)] if None in told else told


def role_of(name: str, names: tuple[str, ...]) -> str | None:
    low = name.lower().strip("_").removeprefix("pre_").removeprefix("input_")
    if is_mask(low):
        return "mask"
    if "len" in low:
        return None
    return next((role for role in names if low.startswith(role[0])), None) if low[:1] in "qkv" else None


def two(plain: list[tuple[str, bool]]) -> Iterator[tuple[str, ...]]:
    """Query and keys, told by name where one of them says so, else both ways round; then a mask or lengths."""
    names = [name.lower() for name, _ in plain]
    rest = [word for word in ("mask" if is_mask(n) else "lengths" if "len" in n else "" for n in names[2:]) if word]
    if len(names) < 2:
        return
    if len(names) >= 3 and not rest and not plain[2][1]:
        more = ["mask" for n in names[3:4] if is_mask(n)]
        yield ("query", "keys", "keys", *more)
        rest = ["mask"]  # by another name
    first = weight(names[0], QUERY) - weight(names[0], KEYS) - weight(names[1], QUERY) + weight(names[1], KEYS)
    straight, turned = ("query", "keys", *rest[:1]), ("keys", "query", *rest[:1])
    yield from (straight, turned) if first >= 0 else (turned, straight)


def weight(name: str, words: tuple[str, ...]) -> int:
    return sum(word in name if len(word) > 2 else word == name for word in words)
