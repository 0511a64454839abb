"""A bound on the dearest questions: which known mistake gives these values, and what follows from earlier exercises."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from grader.judge.known.attempts import ASKED
from grader.model import Limits, Submission, has_roles


@dataclass
class ExplanationWork:
    """How often known answers are asked for explanations in one hand-in. No other place bounds that but `Limits.judge_cpu`, for everything.

    When it is used up, what is not explained yet stays without a name, and what an earlier exercise may explain is a person's.
    A search that has begun is brought to its end. Our own notebooks, in which many mistakes at once are looked for and found, have no bound.
    Counted are questions, not seconds: the same hand-in gets the same names on a busy machine.
    """

    most: int | None = None
    spent: int = 0

    @classmethod
    def of(cls, submission: Submission, limits: Limits) -> ExplanationWork:
        ours = not submission.cells or has_roles(submission.cells)
        return cls(None if ours else limits.explanations)

    @property
    def is_over(self) -> bool:
        return self.most is not None and self.spent > self.most

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count the questions that the block puts to known answers."""
        began = ASKED.questions
        try:
            yield
        finally:
            self.spent += ASKED.questions - began
