"""A gradebook made ready to be reviewed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader import lessons
from grader.batch.gradebook.aliases import hidden
from grader.batch.gradebook.store import Gradebook
from grader.errors import UsageError
from grader.model import Language
from grader.server.app import Review
from grader.server.desk import HandInFiles
from grader.server.state import begin_rubric
from grader.server.walk import Walk


@contextmanager
def opened(
    book: Gradebook, lesson: str | None, anonymous: bool, place: Path | None, language: Language
) -> Iterator[Review]:
    """Raises UsageError where nothing was handed in. place: where the hand-ins lie, if not where they were graded from."""
    walk = Walk(book, lesson=lesson)
    counting = walk.standings()
    if not counting:
        raise UsageError(
            f"The gradebook has nothing of {lesson or 'any lesson'}; `grade book list` shows what it has.",
            ja=f"採点簿に {lesson or '課題'} の提出はありません。grade book list で一覧を確かめてください。",
        )
    if anonymous:
        walk.shown = hidden(book, language)
    for name in sorted({standing.lesson for standing in counting if standing.lesson}):
        if name in lessons.names():
            begin_rubric(book, lessons.lesson(name), language)
    with HandInFiles(book, counting, place) as desk:
        yield Review(book, walk, desk, language, hide=anonymous)
