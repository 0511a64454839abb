"""Checks in the notebook that is being written: `check("knock81")`, `hint("knock81")` and `%%check knock81`.

    from grader import check, hint

What the running kernel defines is put to the same questions as by `grade`, in this very process: nothing runs again,
and the answer is there in seconds. It is a look in the mirror, not a mark: there is no wall here, and whoever wants to
can fool themselves. In a plain script, `print(check("knock81"))`.
"""

from __future__ import annotations

import ast
import linecache
import locale
import random
import re
import secrets
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import torch

from grader import lessons
from grader.errors import GraderError, UsageError
from grader.judge.judging import judge
from grader.judge.known import recorded
from grader.lessons import source
from grader.lessons.uses import uses
from grader.model import (
    Cell,
    CellRun,
    Ending,
    Exercise,
    Language,
    Reply,
    Submission,
)
from grader.notebook.spoken_language import is_japanese_prose
from grader.report import captions
from grader.sandbox import judge_lock
from grader.sandbox.guest.gpu import OnCpu
from grader.sandbox.local import LocalBranch, LocalSandbox, compile_cell
from grader.selfcheck.environment import use_named_lessons
from grader.selfcheck.hints import CheckedExercise as CheckedExercise
from grader.selfcheck.hints import Hint, HintProgress, LastExaminations

HERE = "notebook"
# %%bash, %%html, %%writefile model.py; not %%time or %%check knock81, whose cells are Python
NO_PYTHON = re.compile(r"\s*%%(?!(?:time|timeit|prun|capture|check)\b)")


class UnknownName(UsageError):
    """A name that does not exist; a notebook shows the sentence without a stack of frames."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


class NoSuchLesson(UnknownName, ImportError):
    """A grader that lacks the lesson of a notebook, whose first cell says what to install."""


# --- what one calls ----------------------------------------------------------------------------


def check(exercise: str, lang: Language | None = None) -> CheckedExercise:
    """Put the questions of an exercise, such as "knock81", to what is defined here and now.

    lang: "ja" or "en"; by default the language the notebook is written in. Raises UsageError for an unknown exercise.
    """
    return examine(exercise, *surroundings(sys._getframe(1).f_globals), lang)


def hint(exercise: str, lang: Language | None = None) -> Hint:
    """The next hint for the first check that does not hold; each call says a little more.

    Raises UsageError for an unknown exercise.
    """
    namespace, written = surroundings(sys._getframe(1).f_globals)
    language: Language = lang or language_of("\n".join(written))
    known(exercise, language)
    cells = tuple(cells_of(lessons.exercise(exercise), written))
    checked = SEEN.examined(exercise, cells, namespace, lambda: examine(exercise, namespace, written, language))
    return GIVEN.next(replace(checked, language=language))


def require_lesson(name: str) -> None:
    """Raise NoSuchLesson, an ImportError, where this grader lacks a lesson; the first cell of its notebook asks."""
    use_named_lessons()
    if name not in lessons.names():
        raise NoSuchLesson(
            f"The grader here has no lesson {name}.", ja=f"この採点プログラムには課題 {name} がありません。"
        )


def load_ipython_extension(shell: Any) -> None:
    """`%load_ext grader`: a cell that begins with `%%check knock81` runs, and is checked if it ran through."""

    def run_and_check(line: str, cell: str) -> CheckedExercise | None:
        words = line.split()
        if not words:
            one = lessons.catalogue()[0].exercises[0].id
            raise UnknownName(captions.NAME_AN_EXERCISE.in_(language_of(cell)).format(exercise=one))
        known(words[0], language_of(cell))
        if not shell.run_cell(cell).success:
            return None  # its own error is on the screen already
        return examine(words[0], *surroundings({}), None)

    shell.register_magic_function(run_and_check, magic_kind="cell", magic_name="check")


# --- how it is found ---------------------------------------------------------------------------


def examine(name: str, namespace: dict[str, Any], written: Sequence[str], lang: Language | None) -> CheckedExercise:
    """Judge one exercise by what `namespace` holds. `written`: the cells as they were run, or the script's own text."""
    language: Language = lang or language_of("\n".join(written))
    lesson = lessons.lesson(known(name, language))
    submission = Submission(HERE, "", language, lesson.id, tuple(cells_of(lessons.exercise(name), written)))
    with undisturbed() as theirs, NamespaceSandbox(namespace, theirs) as mirror:
        seed = secrets.randbits(31) if source.has_answers(lesson.id) else recorded.SEED
        report = judge(submission, mirror, lesson, seed, only=(name,))
    return CheckedExercise(report, language)


def cells_of(exercise: Exercise, written: Sequence[str]) -> Iterator[Cell]:
    """The cells with the answer, and with those that it builds on, as our own notebook has them: who asks has read it."""
    for asked in (*uses(exercise), exercise):
        found = definitions(asked, written)
        yield from found or [Cell(len(written), "code", "", asked.id, role="answer")]


def definitions(exercise: Exercise, written: Sequence[str]) -> list[Cell]:
    """The last cell that defines each of the exercise's names: what was run before it does not count any more."""
    last = set()
    for name in exercise.names:
        begins = re.compile(rf"^(?:(?:def|class)\s+{name}\b|{name}\s*=)", re.MULTILINE)
        told = (i for i, text in enumerate(written) if begins.search(text) and not NO_PYTHON.match(text))
        last |= {max(told, default=-1)}
    # A cell's first line may be a magic, which is no Python; as a comment it keeps the lines' numbers.
    return [
        Cell(i, "code", re.sub(r"\A%%", "# %%", written[i]), exercise.id, role="answer") for i in sorted(last - {-1})
    ]


def known(name: str, language: Language) -> str:
    """The lesson of an exercise, also of a folder that GRADE_LESSONS names, as it is now.

    Raises UnknownName with the names there are, or with what is wrong with the folder.
    """
    try:
        use_named_lessons()
        return lessons.exercise(name).lesson
    except GraderError as error:
        raise UnknownName(error.in_(language)) from None


def surroundings(caller: dict[str, Any]) -> tuple[dict[str, Any], Sequence[str]]:
    """The namespace that is looked at and the texts it was made by: the notebook's, else the calling script's."""
    shell = shell_here()
    if shell is not None:
        texts: list[str] = shell.history_manager.input_hist_raw
        return shell.user_ns, texts[1:]  # the first is empty, so that In [1] has the index 1
    return caller, ["".join(linecache.getlines(str(caller.get("__file__", ""))))]


def shell_here() -> Any:
    """The IPython that runs this, or None in a plain script."""
    return sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None


def python_of(written: str) -> str:
    """A cell as Python reads it: `%matplotlib inline` and `!pip list` are calls."""
    shell = shell_here()
    try:
        return str(shell.transform_cell(written)) if shell is not None else written
    except SyntaxError:  # a magic that IPython cannot read: Python will not either, and says where
        return written


def language_of(written: str) -> Language:
    """Japanese where what was written in the code's comments is, or the machine speaks it."""
    spoken = (locale.getlocale()[0] or "").lower()
    return "ja" if is_japanese_prose((), (written,)) or spoken.startswith(("ja", "japanese")) else "en"


# --- the mirror: the student's own process, left as it was -------------------------------------


@dataclass(frozen=True, slots=True)
class Settings:
    """Switches of torch that the student may have set: they hold for the student's code, not for the judge's."""

    dtype: torch.dtype
    grad: bool

    @contextmanager
    def hold(self) -> Iterator[None]:
        with source.default_dtype(self.dtype), torch.set_grad_enabled(self.grad):
            yield


OURS = Settings(torch.float32, True)


@contextmanager
def undisturbed() -> Iterator[Settings]:
    """The student's random numbers and settings go on afterwards as if nothing had been asked."""
    numpy = sys.modules.get("numpy")
    devices = range(torch.cuda.device_count()) if torch.cuda.is_initialized() else ()  # type: ignore[no-untyped-call]
    with judge_lock.judging():
        python, drawn = random.getstate(), numpy.random.get_state() if numpy else None
        theirs = Settings(torch.get_default_dtype(), torch.is_grad_enabled())
        try:
            with torch.random.fork_rng(devices), OURS.hold():
                yield theirs
        finally:
            random.setstate(python)
            if numpy is not None:
                numpy.random.set_state(drawn)


@dataclass(frozen=True, slots=True)
class InterruptibleBranch:
    """A branch that lets the stop button through, and gives the student's code its own settings."""

    branch: LocalBranch
    theirs: Settings

    def ask(self, request: dict[str, Any]) -> Reply:
        # As when grading: what insists on a GPU is run on the CPU, where the numbers are the same everywhere.
        with self.theirs.hold(), OnCpu():
            reply = self.branch.ask(request)
        if reply.fault is not None and reply.fault.type == KeyboardInterrupt.__name__:
            raise KeyboardInterrupt
        return reply


class NamespaceSandbox(LocalSandbox):
    """The sandbox without walls, over a namespace that goes on being used."""

    def __init__(self, namespace: dict[str, Any], theirs: Settings) -> None:
        super().__init__(namespace)
        self.theirs = theirs

    def run(self, cell: Cell, cpu: float | None = None) -> CellRun:  # noqa: ARG002  # it has run already
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python has said it when the cell ran
            code = compile_cell(cell, python_of(cell.source), HERE, ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        return code if isinstance(code, CellRun) else CellRun(cell.index, Ending.OK)

    @contextmanager
    def branch(self) -> Iterator[InterruptibleBranch]:  # type: ignore[override]  # a branch like any other
        with super().branch() as branch:
            yield InterruptibleBranch(branch, self.theirs)


GIVEN, SEEN = HintProgress(), LastExaminations()
_shell = shell_here()
if _shell is not None:
    load_ipython_extension(_shell)
