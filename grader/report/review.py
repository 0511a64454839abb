"""What the pages of the review show: plain values, filled in by whoever serves them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grader.model import Cell, ExerciseReport, Text


@dataclass(frozen=True)
class ListedHandIn:
    """One hand-in in the list of a round. href: where its page is."""

    who: str
    href: str
    done: bool
    asked: bool


@dataclass(frozen=True)
class RoundRow:
    """One exercise over the class. href: the first that awaits somebody, else the first."""

    lesson: Text
    title: Text
    href: str
    open: int
    hands: tuple[ListedHandIn, ...]

    @property
    def done(self) -> int:
        return len(self.hands) - self.open


@dataclass(frozen=True)
class Overview:
    """base: the beginning of every address. troubles: what could not be read again."""

    base: str
    by: str
    rounds: tuple[RoundRow, ...]
    troubles: tuple[Text, ...] = ()


@dataclass(frozen=True)
class ReviewLinks:
    """Where one can go from here; empty where there is nothing. number: from 1."""

    number: int
    of: int
    open: int
    previous: str
    next: str
    next_open: str


@dataclass(frozen=True)
class ReviewSheet:
    """One exercise of one hand-in. cells: None where the hand-in cannot be read again. state: what the page's script keeps up to date."""

    base: str
    by: str
    who: str
    lesson: Text
    exercise: ExerciseReport
    cells: tuple[Cell, ...] | None
    way: ReviewLinks
    state: Mapping[str, Any]
