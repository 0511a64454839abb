"""The hand-ins themselves, read again from where they were graded from: the gradebook keeps no student's code."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from grader import lesson_folders, lessons
from grader.batch.gradebook.entries import Standing
from grader.batch.gradebook.queries import batches
from grader.batch.gradebook.store import Gradebook
from grader.batch.intake import Handed, take_in
from grader.batch.intake.contents import order, sha256_of
from grader.errors import GraderError
from grader.model import Cell, Submission
from grader.notebook import cut, gather, read

HIDDEN = "█████"
LEAST_NAME = 3  # characters of ASCII, two of others: a shorter name hides too much that is no name


class HandInFiles:
    """Opens the folders and zips for as long as it is open itself. troubles: why one of them could not be read."""

    def __init__(self, book: Gradebook, counting: Iterable[Standing], place: Path | None = None) -> None:
        self.stack = ExitStack()
        self.there: dict[str, Handed] = {}
        self.troubles: list[GraderError] = []
        graded_from = {row["id"]: Path(row["source"]) for row in batches(book)}
        wanted = [place] if place else list(dict.fromkeys(graded_from[standing.batch] for standing in counting))
        for one in wanted:
            try:
                self.there |= {sha256_of(handed): handed for handed in self.stack.enter_context(take_in(one)).handed}
            except GraderError as error:
                if place:
                    raise
                self.troubles.append(error)
        self.cells = lru_cache(maxsize=64)(self.read)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stack.close()

    def read(self, sha256: str, lesson: str) -> tuple[Cell, ...] | None:
        """The cells with the exercise each stands in. None where the hand-in is not there any more or is no notebook."""
        handed = self.there.get(sha256)
        if handed is None:
            return None
        try:
            found = submission_of(handed)
        except GraderError:
            return None
        known = [lessons.lesson(lesson)] if lesson in lessons.names() else lessons.catalogue()
        given = handed_out(lesson) if lesson in lessons.names() else frozenset()
        cells = cut(found, known).cells
        return tuple(replace(cell, pristine=cell.pristine or cell.source.strip() in given) for cell in cells)


def submission_of(handed: Handed) -> Submission:
    """What was handed in, several files joined as they were for grading. Raises GraderError."""
    if not handed.parts:
        return read(handed.path)
    with TemporaryDirectory(prefix="grade-") as folder:
        for name, path in handed.parts:
            place = Path(folder, name)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
        return gather(Path(folder), handed.file, order(handed))


@lru_cache(maxsize=8)
def handed_out(lesson: str) -> frozenset[str]:
    """What stands in the notebooks of a lesson as students get them, cell by cell."""
    folder = lesson_folders.found()[lesson]
    found = [folder.notebook(language) for language in folder.languages]
    return frozenset(cell.source.strip() for path in found if path.is_file() for cell in read(path).cells)


def hiding(names: Iterable[str]) -> re.Pattern[str] | None:
    """Finds a student's own names, numbers and addresses in what they wrote. None where nothing of that is known."""
    telling = {part for name in names for part in (name.strip(), *name.split()) if long_enough(part)}
    if not telling:
        return None
    return re.compile("|".join(re.escape(part) for part in sorted(telling, key=len, reverse=True)), re.IGNORECASE)


def long_enough(part: str) -> bool:
    return len(part) >= LEAST_NAME or (len(part) == 2 and not part.isascii())
