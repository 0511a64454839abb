"""One notebook from file to report: read, cut, run, judge. What `grade FILE` does, without the printing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from grader import lessons
from grader.box import Box
from grader.box.kernel import KernelBox
from grader.errors import UsageError
from grader.judge import judge
from grader.model import Lesson, Limits, Report, Submission, Text
from grader.notebook import cut, read, tame
from grader.notebook.habits import needs_gpu


def prepare(path: Path, lesson: str | None = None) -> tuple[Submission, Lesson]:
    """The submission, cut into the exercises of its lesson and ready to run.

    Raises SubmissionError for an unreadable file, UsageError where nobody can tell which lesson it is.
    """
    known = [lessons.lesson(lesson)] if lesson else list(lessons.catalogue())
    submission = cut(read(path), known)
    name = lesson or submission.lesson
    if name is None:
        names = ", ".join(part.id for part in lessons.catalogue())
        raise UsageError(f"{path.name} does not say which lesson it is; add --lesson with one of: {names}.")
    return tame(submission), lessons.lesson(name)


def grade(
    path: Path,
    seed: int,
    only: tuple[str, ...] = (),
    lesson: str | None = None,
    limits: Limits | None = None,
    on_step: Callable[[Text], None] = lambda _text: None,
) -> Report:
    """Grade a notebook in a fresh kernel on this machine."""
    for name in only:
        lessons.exercise(name)
    submission, known = prepare(path, lesson)
    on_step(Text(en="starting a kernel", ja="カーネルを起動しています"))
    with open_box(submission, path, limits) as box:
        return judge(submission, box, known, seed, limits, only, on_step)


def open_box(submission: Submission, path: Path, limits: Limits | None = None) -> Box:
    optimises = any(cell.kind == "code" and "optim" in cell.source for cell in submission.cells)
    return KernelBox(
        limits,
        path.resolve().parent,
        stand_ins=True,
        without_gpu=needs_gpu(submission),
        optimises=optimises,
    )
