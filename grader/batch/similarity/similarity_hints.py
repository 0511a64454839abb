"""Similar submissions as the class page shows them: hints with the lines in common."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from grader.batch.gradebook.queries import standings
from grader.batch.gradebook.store import Gradebook
from grader.batch.similarity.search import SimilarSubmissions
from grader.batch.similarity.submissions import similar_in
from grader.errors import GraderError
from grader.report.classroom import SimilarPair


def alike_in(
    book: Gradebook,
    place: Path | None = None,
    lesson: str | None = None,
    on_trouble: Callable[[GraderError], None] = lambda _error: None,
) -> list[SimilarPair]:
    """The pairs that stand out in each lesson. place: where the notebooks lie; None for where they were graded from.

    on_trouble: told why, where the notebooks of a lesson cannot be read again.
    """
    found: list[SimilarPair] = []
    for name in sorted({s.lesson for s in standings(book, lesson) if s.lesson}):
        try:
            found += [hint(pair) for pair in similar_in(book, place, name).pairs]
        except GraderError as error:
            on_trouble(error)
    return found


def hint(pair: SimilarSubmissions) -> SimilarPair:
    """With the longest passage, as the first of the two wrote it."""
    lines = pair.passages[0].first.text.splitlines() if pair.passages else []
    return SimilarPair(pair.first, pair.second, pair.overlap, tuple(lines))
