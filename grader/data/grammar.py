"""The grammar behind the synthetic headlines: word lists with Zipf frequencies, invented names and sentence patterns.

The words stand in `words/*.toml`, one file a topic and `common.toml` for what all topics share. A pattern such as
"{firm} {deal} on {worry}" is filled by looking each slot up in the topic first, then in the common file, and what
is found may hold slots itself. Only `random.Random.random` is used, and only correctly rounded arithmetic: the
same seed gives the same text on every Python version and every machine.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from itertools import accumulate
from random import Random
from typing import Any, Final

TOPICS: Final = {"b": "business", "t": "technology", "e": "entertainment", "m": "health"}

# Rank r has weight 1 / (r + FLATTENING): a Zipf law whose head is flattened, so that no single word gives a topic away.
FLATTENING: Final = 4
NAME_FLATTENING: Final = 60
# The share of names that are made up on the spot and hardly ever come back: the long tail of real news.
FRESH_NAMES: Final = 0.35

_SLOT: Final = re.compile(r"\{(\w+)\}")
_NAME_SEED: Final = 1


@dataclass(frozen=True)
class Ranked:
    """Entries in the order of their frequency."""

    entries: tuple[str, ...]
    cumulative: tuple[float, ...]

    @classmethod
    def of(cls, entries: Sequence[str], flattening: int = FLATTENING) -> Ranked:
        """Rank `entries` as they stand; weights follow the Zipf law above."""
        weights = (1 / (rank + flattening) for rank in range(1, len(entries) + 1))
        return cls(tuple(entries), tuple(accumulate(weights)))

    def pick(self, rng: Random) -> str:
        """One entry, the earlier the likelier."""
        place = bisect(self.cumulative, rng.random() * self.cumulative[-1])
        return self.entries[min(place, len(self.entries) - 1)]


@dataclass(frozen=True)
class Names:
    """Invented names: a pool whose members come back, and the parts from which fresh ones are made."""

    shapes: tuple[str, ...]
    parts: Mapping[str, tuple[str, ...]]
    pool: Ranked

    def pick(self, rng: Random) -> str:
        """A pattern for one name, from the pool or fresh; it may hold slots such as {first}."""
        return _invent(self.shapes, self.parts, rng) if rng.random() < FRESH_NAMES else self.pool.pick(rng)


@dataclass(frozen=True)
class Topic:
    """One topic's lists, names and patterns; `slots` also sees what all topics share."""

    slots: Mapping[str, Ranked | Names]

    def pick(self, slot: str, rng: Random) -> str:
        """Text for one slot, with the slots inside it filled."""
        return self.fill(self.slots[slot].pick(rng), rng)

    def fill(self, pattern: str, rng: Random) -> str:
        """`pattern` with each {slot} replaced, from left to right."""
        return _SLOT.sub(lambda slot: self.pick(slot[1], rng), pattern)


def one_of(entries: Sequence[str], rng: Random) -> str:
    """One entry, all equally likely (`random.choice` does not promise the same result in every Python)."""
    return entries[int(rng.random() * len(entries))]


@lru_cache(maxsize=1)
def topics() -> Mapping[str, Topic]:
    """The four topics by category letter, read once from the word lists."""
    shared = _lists("common")
    return {letter: Topic({**shared, **_lists(stem)}) for letter, stem in TOPICS.items()}


@lru_cache(maxsize=8)
def _lists(stem: str) -> dict[str, Ranked | Names]:
    text = resources.files("grader.data").joinpath("words", f"{stem}.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    words: dict[str, Ranked | Names] = {key: Ranked.of(_entries(value)) for key, value in table["words"].items()}
    return words | {key: _names(key, spec) for key, spec in table["names"].items()}


def _entries(value: str | list[str]) -> list[str]:
    return value.split(", ") if isinstance(value, str) else value


def _names(key: str, spec: Mapping[str, Any]) -> Names:
    parts = {part: tuple(value.split(", ")) for part, value in spec.items() if part not in ("size", "shapes")}
    shapes = tuple(spec["shapes"])
    rng = Random(_NAME_SEED + sum(map(ord, key)))
    pool: dict[str, None] = {}
    surnames = "{surname}" in "".join(shapes)
    for _ in range(20 * spec["size"]):
        if len(pool) == spec["size"]:
            break
        name = _invent(shapes, parts, rng)
        pool[_settled(name, rng) if surnames else name] = None
    return Names(shapes, parts, Ranked.of(tuple(pool), NAME_FLATTENING))


def _invent(shapes: Sequence[str], parts: Mapping[str, tuple[str, ...]], rng: Random) -> str:
    shape = one_of(shapes, rng)
    return _SLOT.sub(lambda slot: one_of(parts[slot[1]], rng) if slot[1] in parts else slot[0], shape)


def _settled(pattern: str, rng: Random) -> str:
    """A person of the pool keeps first name and surname for good, so that a star is recognised again."""
    people = _lists("common")
    return _SLOT.sub(lambda slot: people[slot[1]].pick(rng), pattern)
