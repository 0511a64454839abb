"""Texts that make a regular expression slow, if any do: each of its repeats fed for long, and then disappointed.

A pattern is slow where what it has read can be shared out among its repeats in many ways, and where it is begun anew at each
place of a long run. Both show when one repeat gets a long run of what it takes, behind a beginning that leads there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

try:
    from re import _constants as C  # type: ignore[attr-defined]
    from re import _parser as parser  # type: ignore[attr-defined]
except ImportError:  # before Python 3.11
    import sre_constants as C  # type: ignore[no-redef]
    import sre_parse as parser  # type: ignore[no-redef]

ENDS = ("", "\x01", "!\n", " \x01")  # what no pattern of ours wants after a long run
Node = tuple[Any, Any]


def pumped(pattern: re.Pattern[str], length: int) -> Iterator[str]:
    """Texts of about this length, one for each repeat and for the whole."""
    nodes = list(parser.parse(pattern.pattern, pattern.flags))
    runs = {(before, unit) for before, unit in repeats(nodes, "")}
    words = set(literals(pattern.pattern))
    runs |= {(before, word) for before, _ in list(runs) for word in words}
    runs |= {("", sample(nodes)), ("", " "), ("", "\n"), ("", "a"), ("", "\n ")}
    for before, unit in sorted(runs):
        for end in ENDS:
            if unit:
                yield before + unit * (length // len(unit)) + end


def repeats(nodes: list[Node], before: str) -> Iterator[tuple[str, str]]:
    """Every repeat: what leads there, and what it repeats."""
    for kind, value in nodes:
        if kind in (C.MAX_REPEAT, C.MIN_REPEAT, getattr(C, "POSSESSIVE_REPEAT", None)):
            inner = list(value[2])
            if value[1] > 20:
                yield from ((before, unit) for unit in units(inner))
            yield from repeats(inner, before)
        for inner in inside(kind, value):
            yield from repeats(inner, before)
        before += sample([(kind, value)])


def literals(text: str) -> list[str]:
    """The words that a pattern spells: `\\w*CNN\\w*\\(` is slow for CNNCNNCNN."""
    return re.findall(r"(?<![\\\\\w])[A-Za-z]{2,}", text)[:12]


def inside(kind: Any, value: Any) -> list[list[Node]]:
    if kind is C.SUBPATTERN:
        return [list(value[3])]
    if kind is C.BRANCH:
        return [list(branch) for branch in value[1]]
    if kind in (C.ASSERT, C.ASSERT_NOT):
        return [list(value[1])]
    return []


def units(inner: list[Node]) -> set[str]:
    """Some of what a repeat takes, once: of a class of characters several."""
    found = {sample(inner)}
    if len(inner) == 1:
        found |= {c for c in " \n\t.,_a1-([x" if re.match(written(inner[0]), c)}
    return {unit for unit in found if unit}


def written(node: Node) -> str:
    """A pattern for one node that takes a single character; one that never fits for any other."""
    kind, value = node
    if kind is C.ANY:
        return "[^\n]"
    if kind is C.NOT_LITERAL:
        return f"[^{re.escape(chr(value))}]"
    return f"[{class_of(value)}]" if kind is C.IN else "(?!)"


def class_of(items: Any) -> str:
    parts = {C.CATEGORY_SPACE: r"\s", C.CATEGORY_WORD: r"\w", C.CATEGORY_DIGIT: r"\d", C.CATEGORY_NOT_SPACE: r"\S",
             C.CATEGORY_NOT_WORD: r"\W", C.CATEGORY_NOT_DIGIT: r"\D"}  # fmt: skip
    made = ""
    for kind, value in items:
        if kind is C.NEGATE:
            made += "^"
        elif kind is C.LITERAL:
            made += re.escape(chr(value))
        elif kind is C.RANGE:
            made += f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}"
        elif kind is C.CATEGORY:
            made += parts[value]
    return made


def sample(nodes: list[Node]) -> str:
    """One text that these nodes take, as far as that can be told without looking around."""
    return "".join(map(sample_of, nodes))


def sample_of(node: Node) -> str:
    kind, value = node
    if kind is C.LITERAL:
        return chr(value)
    if kind in (C.ANY, C.NOT_LITERAL, C.IN):
        return next(
            (c for c in "a1 _.-\n(\"'é#\\{}[=*/あ" if re.match(written(node), c)),
            chr(value[0][1]) if kind is C.IN and value[0][0] is C.LITERAL else "a",
        )
    if kind in (C.MAX_REPEAT, C.MIN_REPEAT, getattr(C, "POSSESSIVE_REPEAT", None)):
        return sample(list(value[2])) * max(value[0], min(1, value[1]))
    if kind is C.SUBPATTERN:
        return sample(list(value[3]))
    if kind is C.BRANCH:
        return sample(list(value[1][0]))
    return ""
