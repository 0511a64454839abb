"""What students wrote, from where they handed it in, for `similarity`.

The gradebook keeps no student's code: the notebooks are read again from the folder or zip, and known by their sha256.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from grader import lesson_folders, lessons
from grader.batch.exports.people import ExportedStudent, of_one_lesson
from grader.batch.gradebook.queries import batches, report
from grader.batch.gradebook.store import Gradebook
from grader.batch.intake import Handed, take_in
from grader.batch.intake.contents import sha256_of
from grader.batch.similarity.excused import excused
from grader.batch.similarity.fingerprints import all_hashes
from grader.batch.similarity.search import Code, SimilarSubmissions, StudentCode, similar
from grader.errors import GraderError, SubmissionError, UsageError
from grader.lessons import source
from grader.model import Cell, Report
from grader.notebook import cut, read


@dataclass(frozen=True)
class Compared:
    """The pairs that stand out in one lesson. read: how many papers; left_out: whose could not be read, or is not there."""

    lesson: str
    pairs: tuple[SimilarSubmissions, ...]
    read: int
    left_out: tuple[str, ...]


def similar_in(book: Gradebook, place: Path | None = None, lesson: str | None = None) -> Compared:
    """Compare everybody's latest notebook of a lesson. place: the folder or zip; None for where they were graded from.

    Raises UsageError where the notebooks are not there any more, or where it is not clear which lesson is meant.
    """
    everybody = [person for person in of_one_lesson(book, lesson) if person.standing.lesson and person.standing.file]
    groups = {person.standing.student: person.known("group") for person in everybody}
    standings = [person.standing for person in one_of_each_group(everybody)]
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
        pairs = [
            pair
            for pair in similar(papers, known(name))
            if not groups[pair.first] or groups[pair.first] != groups[pair.second]
        ]
        return Compared(name, tuple(pairs), len(papers), left_out)


def one_of_each_group(everybody: Iterable[ExportedStudent]) -> Iterator[ExportedStudent]:
    """Without those whose hand-in is that of another member of their group: it is one paper."""
    seen: set[tuple[str, str]] = set()
    for person in everybody:
        place = person.known("group"), person.standing.sha256
        if not place[0] or place not in seen:
            seen.add(place)
            yield person


def paper(student: str, handed: Handed | None, found: Report | None = None) -> StudentCode | None:
    """found: its report; what a mistake that it names explains does not count."""
    if handed is None:
        return None
    parts = handed.parts or ((handed.identity.get("file", handed.file), handed.path),)
    cells: list[Code] = []
    number = 0
    for name, path in parts:
        read_in = cells_in(path, name, found)
        out = excused(read_in, found)
        cells += [
            Code(number + n, c.source, c.pristine, out.get(c.index, frozenset()))
            for n, c in enumerate(read_in)
            if c.kind == "code"
        ]
        number += len(read_in)
    return StudentCode(student, handed.file, tuple(cells)) if number else None


def cells_in(path: Path, name: str, found: Report | None) -> tuple[Cell, ...]:
    """The cells of one part, cut into the exercises of its report's lesson; none where it cannot be read."""
    try:
        submission = read(path, name)
    except SubmissionError:
        return ()
    if found is None or found.lesson not in lessons.names():
        return submission.cells
    return cut(submission, [lessons.lesson(found.lesson)]).cells


@cache
def known(lesson: str) -> frozenset[int]:
    """Hashes of what everybody was given, of the answer, and of the other answers and the mistakes that are known."""
    if lesson not in lessons.names():
        return frozenset()
    folder = lesson_folders.found()[lesson]
    stubs = [cell for language in folder.languages for cell in stub(folder.notebook(language))]
    answer = source.split(source.text_of(lesson))
    found = all_hashes([*stubs, *answer])
    return frozenset(found.union(*(all_hashes(cells) for cells in variants(lesson, set(answer)))))


def stub(path: Path) -> Iterator[str]:
    """The code of a notebook as students get it; nothing where it has not been built."""
    if path.is_file():
        yield from (cell.source for cell in read(path).cells if cell.kind == "code")


def variants(lesson: str, answer: set[str]) -> Iterator[Sequence[str]]:
    """The cells that each known variant has instead."""
    for exercise in lessons.lesson(lesson).exercises:
        for variant in (*exercise.accepted, *exercise.misconceptions):
            text = source.apply(source.text_of(lesson), exercise.id, variant.edits)
            if text is not None:
                yield without(source.split(text), answer)


def without(cells: Iterable[str], answer: set[str]) -> list[str]:
    return [cell for cell in cells if cell not in answer]
