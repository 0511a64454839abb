"""The protocol of all answer keys: run again from the solutions, or recorded beforehand."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Protocol

from grader.checks.answers import Answers
from grader.checks.exchange import Exchange
from grader.judge.known.candidates import Candidates
from grader.model import Exercise, Text, Variant

if TYPE_CHECKING:
    from grader.judge.known.known_answers import KnownAnswers


class AnswerKey(Answers, Protocol):
    """The answers known beforehand for one exercise, right and wrong."""

    exercise: Exercise

    @property
    def unmatched(self) -> Text | None:
        """Why parameters fit none of the answers, where there is more to say than that."""
        ...

    @property
    def replayed(self) -> KnownAnswers | None:
        """The answers that can be run again on other earlier parts; None where there are only records."""
        ...

    def candidates(self, exchanges: list[Exchange]) -> Candidates:
        """The known mistakes that give the student's values in all these exchanges, where no right answer does."""
        ...

    def name(
        self, candidates: Candidates, others: list[list[Exchange]], passed: Collection[int] = ()
    ) -> tuple[Variant, ...]:
        """The candidates that explain most of the exercise's other checks.

        passed: the numbers of others that passed.
        """
        ...
