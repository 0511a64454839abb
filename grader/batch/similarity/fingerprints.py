"""Fingerprints of one student's code, by winnowing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol
from zlib import crc32

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from grader.batch.similarity.tokens import Tokens, chosen_names, tokens

LENGTH = 12  # tokens in a fingerprint
WINDOW = 6  # of so many neighbours one is kept
DIFFERENT = 5  # kinds of tokens in a fingerprint: a table of numbers tells nothing
BASE = np.uint64(0x9E3779B97F4A7C15)
NOTHING = np.uint64(2**64 - 1)  # the hash of what does not count

Hashes = NDArray[np.uint64]


class SourceCell(Protocol):
    @property
    def index(self) -> int: ...
    @property
    def source(self) -> str: ...
    @property
    def given(self) -> bool: ...
    @property
    def excused(self) -> frozenset[int]: ...


@dataclass(frozen=True)
class HashedCell:
    """One cell. hashes: of the LENGTH tokens from each place on, NOTHING where they do not count."""

    number: int
    tokens: Tokens
    hashes: Hashes


@dataclass(frozen=True)
class Fingerprints:
    """The cells of one paper, and the fingerprints that were chosen."""

    cells: tuple[HashedCell, ...]
    chosen: frozenset[int]


def prints(cells: Iterable[SourceCell], known: Hashes) -> Fingerprints:
    """known: sorted hashes that do not count."""
    cells = tuple(cells)
    own = chosen_names(cell.source for cell in cells)
    made = []
    for number, cell in enumerate(cells):
        if not cell.given:
            found = tokens(cell.source, own)
            counting = without(hashes(found[0]), found[1], cell.excused)
            made.append(HashedCell(number, found, unknown(counting, known)))
    return Fingerprints(tuple(made), frozenset(int(value) for cell in made for value in winnowed(cell.hashes)))


def all_hashes(sources: Iterable[str]) -> set[int]:
    """Every hash, chosen or not, of code that everybody may have."""
    sources = list(sources)
    own = chosen_names(sources)
    return {int(v) for source in dict.fromkeys(sources) for v in hashes(tokens(source, own)[0]) if v != NOTHING}


def hashes(texts: tuple[str, ...]) -> Hashes:
    """Of every LENGTH neighbouring tokens: a polynomial in BASE, modulo 2 ** 64."""
    count = len(texts) - LENGTH + 1
    if count < 1:
        return np.zeros(0, dtype=np.uint64)
    ids = np.fromiter(map(number_of, texts), dtype=np.uint64, count=len(texts))
    total = np.zeros(count, dtype=np.uint64)
    for place in range(LENGTH):
        total = total * BASE + ids[place : place + count]
    total ^= total >> np.uint64(29)  # the low bits decide which is the least, so they have to depend on all
    total *= BASE
    ordered = np.sort(sliding_window_view(ids, LENGTH), axis=1)
    kinds = (ordered[:, 1:] != ordered[:, :-1]).sum(axis=1) + 1
    return np.asarray(np.where(kinds >= DIFFERENT, total, NOTHING))


@lru_cache(maxsize=1 << 14)
def number_of(text: str) -> int:
    """The same in every process, unlike `hash`."""
    return crc32(text.encode("utf-8", "replace"))


def without(found: Hashes, lines: tuple[int, ...], excused: frozenset[int]) -> Hashes:
    """NOTHING for each hash that a token of an excused line goes into."""
    if not excused or not found.size:
        return found
    out = np.fromiter((line in excused for line in lines), dtype=bool, count=len(lines))
    return np.asarray(np.where(sliding_window_view(out, LENGTH).any(axis=1), NOTHING, found))


def unknown(found: Hashes, known: Hashes) -> Hashes:
    return np.asarray(np.where(np.isin(found, known), NOTHING, found))


def winnowed(found: Hashes) -> Hashes:
    """The least of every WINDOW neighbours."""
    if not found.size:
        return found
    windows = sliding_window_view(found, min(WINDOW, found.size))
    least = np.unique(windows.min(axis=1))
    return np.asarray(least[least != NOTHING])
