"""What students wrote, from where they handed it in, for `similarity`.

The gradebook keeps no student's code: the notebooks are read again from the folder or zip, and known by their sha256.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from grader import lessons
from grader.batch.evening import sha256_of
from grader.batch.excused import excused
from grader.batch.exports.people import of_one_lesson
from grader.batch.gradebook import Gradebook
from grader.batch.intake import Handed, take_in
from grader.batch.prints import all_hashes
from grader.batch.similarity import Code, Pair, Paper, similar
from grader.batch.standings import batches, report
from grader.errors import GraderError, SubmissionError, UsageError
from grader.lessons import source
from grader.model import Report
from grader.notebook import cut, read


@dataclass(frozen=True)
class Compared:
    """The pairs that stand out in one lesson. read: how many papers; left_out: whose could not be read, or is not there."""

    lesson: str
    pairs: tuple[Pair, ...]
    read: int
    left_out: tuple[str, ...]


def similar_in(book: Gradebook, place: Path | None = None, lesson: str | None = None) -> Compared:
    """Compare everybody's latest notebook of a lesson. place: the folder or zip; None for where they were graded from.

    Raises UsageError where the notebooks are not there any more, or where it is not clear which lesson is meant.
    """
    standings = [person.standing for person in of_one_lesson(book, lesson) if person.standing.lesson]
    name = standings[0].lesson or ""
    graded_from = {row["id"]: Path(row["source"]) for row in batches(book)}
    places = [place] if place else list(dict.fromkeys(graded_from[standing.batch] for standing in standings))
    with ExitStack() as stack:
        there: dict[str, Handed] = {}
        for one in places:
            try:
                there |= {sha256_of(handed): handed for handed in stack.enter_context(take_in(one)).handed}
            except GraderError:
                if place:
                    raise
        found = {
            standing.student: paper(standing.student, there.get(standing.sha256), report(book, standing.run))
            for standing in standings
        }
        papers = [one for one in found.values() if one]
        if not papers:
            where = ", ".join(str(one) for one in places)
            raise UsageError(
                f"The notebooks that were graded are not in {where} any more; say where they are: grade book similar SOURCE.",
                ja=f"採点したノートブックが {where} にもうありません。場所を指定してください: grade book similar SOURCE",
            )
        left_out = tuple(student for student, one in found.items() if one is None)
        return Compared(name, tuple(similar(papers, known(name))), len(papers), left_out)


def paper(student: str, handed: Handed | None, found: Report | None = None) -> Paper | None:
    """found: its report; what a mistake that it names explains does not count."""
    if handed is None:
        return None
    try:
        submission = read(handed.path)
    except SubmissionError:
        return None
    lesson = found.lesson if found and found.lesson in lessons.names() else None
    if found and lesson:
        submission = cut(submission, [lessons.lesson(lesson)])
    out = excused(submission.cells, found if lesson else None)
    code = (c for c in submission.cells if c.kind == "code")
    return Paper(
        student, handed.file, tuple(Code(c.index, c.source, c.pristine, out.get(c.index, frozenset())) for c in code)
    )


@cache
def known(lesson: str) -> frozenset[int]:
    """Hashes of what everybody was given, of the answer, and of the other answers and the mistakes that are known."""
    if lesson not in lessons.names():
        return frozenset()
    stubs = [cell for language in ("ja", "en") for cell in stub(lesson, language)]
    answer = source.split(source.text_of(lesson))
    found = all_hashes([*stubs, *answer])
    return frozenset(found.union(*(all_hashes(cells) for cells in variants(lesson, set(answer)))))


def stub(lesson: str, language: str) -> Iterator[str]:
    given = read(source.folder("exercises") / language / f"{lesson}.ipynb")
    yield from (cell.source for cell in given.cells if cell.kind == "code")


def variants(lesson: str, answer: set[str]) -> Iterator[Sequence[str]]:
    """The cells that each known variant has instead."""
    for exercise in lessons.lesson(lesson).exercises:
        for variant in (*exercise.accepted, *exercise.misconceptions):
            text = source.apply(source.text_of(lesson), exercise.id, variant.edits)
            if text is not None:
                yield without(source.split(text), answer)


def without(cells: Iterable[str], answer: set[str]) -> list[str]:
    return [cell for cell in cells if cell not in answer]
