"""A bound on the dearest questions: which known mistake gives these values, and what follows from earlier exercises."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from grader.model import Limits, Submission, has_roles


@dataclass
class ExplanationTime:
    """The judge's CPU seconds for explanations in one hand-in. No other place bounds them but `Limits.judge_cpu`, for everything.

    When they are used up, what is not explained yet stays without a name, and what an earlier exercise may explain is a person's.
    A search that has begun is brought to its end. Our own notebooks, in which many mistakes at once are looked for and found, have no bound.
    """

    most: float = math.inf
    spent: float = 0.0

    @classmethod
    def of(cls, submission: Submission, limits: Limits) -> ExplanationTime:
        ours = not submission.cells or has_roles(submission.cells)
        return cls(math.inf if ours else limits.explanation_cpu)

    @property
    def is_over(self) -> bool:
        return self.spent > self.most

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count the time that the block takes."""
        began = time.thread_time()
        try:
            yield
        finally:
            self.spent += time.thread_time() - began
