"""Long lists of cases: `make test` runs some of each kind, drawn by chance from a fixed seed, and `make slow` runs the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from random import Random
from typing import Any

import pytest

SEED = 8  # of this commit: who changes it changes which cases the ordinary suite runs
Kind = Callable[[dict[str, Any]], str]


def all_alike(_case: dict[str, Any]) -> str:
    return ""


def drawn(keep: int | Mapping[str, int], kind: Kind = all_alike) -> pytest.MarkDecorator:
    """The mark of a test of which so many cases of each kind stay in the ordinary suite.

    keep: for all kinds, or for some: "" stands for all others, which are whole without it. kind: told by a case's parameters.
    """
    return pytest.mark.drawn(keep, kind)


def left_out(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """The cases that are not drawn. One that is slow for another reason is not counted."""
    groups = defaultdict[tuple[str, str], list[pytest.Item]](list)
    keeps: dict[tuple[str, str], int | None] = {}
    for item in items:
        mark = item.get_closest_marker("drawn")
        if mark is None or item.get_closest_marker("slow"):
            continue
        keep, kind = mark.args
        name = kind(item.callspec.params)  # type: ignore[attr-defined]
        key = item.nodeid.partition("[")[0], name
        groups[key].append(item)
        keeps[key] = keep if isinstance(keep, int) else keep.get(name, keep.get(""))
    return [item for key, group in groups.items() for item in rest(key, group, keeps[key])]


def rest(key: tuple[str, str], group: list[pytest.Item], keep: int | None) -> list[pytest.Item]:
    """Those of one kind that are not drawn; the order in which they were collected plays no part."""
    if keep is None or keep >= len(group):
        return []
    by_name = {item.nodeid: item for item in group}
    chosen = set(Random(f"{SEED} {' '.join(key)}").sample(sorted(by_name), keep))
    return [item for name, item in by_name.items() if name not in chosen]
