"""The accepted form in which an exercise is answered, told by the values of the answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from grader.checks.exchange import Exchange
from grader.judge.known.attempts import is_alike
from grader.judge.known.candidates import RIGHT, Edits

if TYPE_CHECKING:
    from grader.judge.known.known_answers import KnownAnswers


def nearest_style(known: KnownAnswers, asked: Iterable[list[Exchange]]) -> Edits:
    """The accepted answer that gives the student's values to the most checks; the reference where none gives more.

    asked: the exchanges of each check.
    """
    checks = [exchanges for exchanges in asked if exchanges]
    return max(known.bases, key=lambda base: sum(answer_agrees(known, base, exchanges) for exchanges in checks))


def answer_agrees(known: KnownAnswers, base: Edits, exchanges: list[Exchange]) -> bool:
    """Whether an answer gives the student's values; the words in which a call is refused do not matter."""
    found = known.attempt(base, RIGHT, exchanges, known.likely).answered or []
    return len(found) == len(exchanges) and all(
        is_alike(mine, theirs) or None not in (mine.refused, theirs.refused)
        for mine, theirs in zip(exchanges, found, strict=True)
    )
