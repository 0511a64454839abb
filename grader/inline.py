"""Checks in the notebook that is being written: `check("knock81")`, `hint("knock81")` and `%%check knock81`.

    from grader import check, hint

What the running kernel defines is put to the same questions as by `grade`, in this very process: nothing runs again,
and the answer is there in seconds. It is a look in the mirror, not a mark: there is no wall here, and whoever wants to
can fool themselves. In a plain script, `print(check("knock81"))`.
"""

from __future__ import annotations

import linecache
import locale
import random
import re
import secrets
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import torch

from grader import lessons, recorded
from grader.box.inside.gpu import OnCpu
from grader.box.local import LocalBox, LocalBranch
from grader.errors import UsageError
from grader.judge import judge
from grader.lessons import source
from grader.locate import pointed
from grader.model import Cell, Exercise, ExerciseReport, Finding, Language, Outcome, Reply, Report, Submission, Text
from grader.report import captions, html, terminal

WIDTH = 88  # columns of the text form
KANA = re.compile(r"[ぁ-んァ-ヶ]")
HERE = "notebook"


# --- what is given back ------------------------------------------------------------------------


@dataclass(frozen=True, repr=False, slots=True)
class Checked:
    """What a check of one exercise found. A notebook shows it as a page, a terminal as text."""

    report: Report
    language: Language

    @property
    def exercise(self) -> ExerciseReport:
        return self.report.exercises[0]

    @property
    def passed(self) -> bool:
        return all(finding.outcome is Outcome.PASSED for finding in self.exercise.findings)

    def _repr_html_(self) -> str:
        return html.render_exercise(self.exercise, self.language)

    def __repr__(self) -> str:
        return terminal.render_exercise(self.report, self.exercise, self.language, WIDTH).strip("\n")


@dataclass(frozen=True, repr=False, slots=True)
class Hint:
    """One step further, never two. `number` of `total` hints about the check `about`; 0 of 0: nothing to hint at."""

    about: Text
    text: Text
    number: int
    total: int
    language: Language

    @property
    def heading(self) -> str:
        if not self.total:
            return ""
        words = captions.HINT_LAST if self.number == self.total else captions.HINT_NUMBER
        numbers = {"number": self.number, "total": self.total}
        return f"{words.in_(self.language).format(**numbers)} {self.about.in_(self.language)}"

    def _repr_html_(self) -> str:
        return html.render_hint(self.heading, self.text, self.language)

    def __repr__(self) -> str:
        return f"{self.heading}\n{self.text.in_(self.language)}".strip()


class Mistyped(UsageError):
    """A name that does not exist; a notebook shows the sentence without a stack of frames."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


# --- what one calls ----------------------------------------------------------------------------


def check(exercise: str, lang: Language | None = None) -> Checked:
    """Put the questions of an exercise, such as "knock81", to what is defined here and now.

    lang: "ja" or "en"; by default the language the notebook is written in. Raises UsageError for an unknown exercise.
    """
    return examine(exercise, *surroundings(sys._getframe(1).f_globals), lang)


def hint(exercise: str, lang: Language | None = None) -> Hint:
    """The next hint for the first check that does not hold; each call says a little more.

    Raises UsageError for an unknown exercise.
    """
    return GIVEN.next(examine(exercise, *surroundings(sys._getframe(1).f_globals), lang))


def load_ipython_extension(shell: Any) -> None:
    """`%load_ext grader`: a cell that begins with `%%check knock81` runs, and is checked if it ran through."""

    def run_and_check(line: str, cell: str) -> Checked | None:
        words = line.split()
        if not words:
            raise Mistyped(captions.NAME_AN_EXERCISE.in_(language_of(cell)))
        known(words[0], language_of(cell))
        if not shell.run_cell(cell).success:
            return None  # its own error is on the screen already
        return examine(words[0], *surroundings({}), None)

    shell.register_magic_function(run_and_check, magic_kind="cell", magic_name="check")


# --- how it is found ---------------------------------------------------------------------------


def examine(name: str, namespace: dict[str, Any], written: Sequence[str], lang: Language | None) -> Checked:
    """Judge one exercise by what `namespace` holds. `written`: the cells as they were run, or the script's own text."""
    language: Language = lang or language_of("\n".join(written))
    lesson = lessons.lesson(known(name, language))
    submission = Submission(HERE, "", language, lesson.id, ())
    with undisturbed() as theirs, Mirror(namespace, theirs) as mirror:
        seed = secrets.randbits(31) if source.installed("solutions") else recorded.SEED
        report = judge(submission, mirror, lesson, seed, only=(name,))
    exercise, (found,) = lessons.exercise(name), report.exercises
    cells = definitions(exercise, written)
    findings = tuple(pointed(exercise, finding, cells) for finding in found.findings)
    return Checked(replace(report, exercises=(replace(found, findings=findings),)), language)


def definitions(exercise: Exercise, written: Sequence[str]) -> list[Cell]:
    """The last cell that defines each of the exercise's names: what was run before it does not count any more."""
    last = set()
    for name in exercise.names:
        begins = re.compile(rf"^(?:(?:def|class)\s+{name}\b|{name}\s*=)", re.MULTILINE)
        last |= {max((i for i, text in enumerate(written) if begins.search(text)), default=-1)}
    # A cell's first line may be a magic, which is no Python; as a comment it keeps the lines' numbers.
    return [Cell(i, "code", re.sub(r"\A%%", "# %%", written[i]), exercise.id) for i in sorted(last - {-1})]


def known(name: str, language: Language) -> str:
    """The lesson of an exercise. Raises Mistyped with the names there are."""
    try:
        return lessons.exercise(name).lesson
    except UsageError as error:
        raise Mistyped(error.in_(language)) from None


def surroundings(caller: dict[str, Any]) -> tuple[dict[str, Any], Sequence[str]]:
    """The namespace that is looked at and the texts it was made by: the notebook's, else the calling script's."""
    shell = shell_here()
    if shell is not None:
        return shell.user_ns, [str(text) for text in shell.history_manager.input_hist_raw]
    return caller, ["".join(linecache.getlines(str(caller.get("__file__", ""))))]


def shell_here() -> Any:
    """The IPython that runs this, or None in a plain script."""
    return sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None


def language_of(written: str) -> Language:
    """Japanese where the text is Japanese or the machine speaks it."""
    spoken = (locale.getlocale()[0] or "").lower()
    return "ja" if KANA.search(written) or spoken.startswith(("ja", "japanese")) else "en"


# --- the mirror: the student's own process, left as it was -------------------------------------


@dataclass(frozen=True, slots=True)
class Settings:
    """Switches of torch that the student may have set: they hold for the student's code, not for the judge's."""

    dtype: torch.dtype
    grad: bool

    @contextmanager
    def hold(self) -> Iterator[None]:
        before = torch.get_default_dtype()
        torch.set_default_dtype(self.dtype)
        try:
            with torch.set_grad_enabled(self.grad):
                yield
        finally:
            torch.set_default_dtype(before)


OURS = Settings(torch.float32, True)


@contextmanager
def undisturbed() -> Iterator[Settings]:
    """The student's random numbers and settings go on afterwards as if nothing had been asked."""
    numpy = sys.modules.get("numpy")
    python, drawn = random.getstate(), numpy.random.get_state() if numpy else None
    devices = range(torch.cuda.device_count()) if torch.cuda.is_initialized() else ()  # type: ignore[no-untyped-call]
    theirs = Settings(torch.get_default_dtype(), torch.is_grad_enabled())
    try:
        with torch.random.fork_rng(devices), OURS.hold():
            yield theirs
    finally:
        random.setstate(python)
        if numpy is not None:
            numpy.random.set_state(drawn)


@dataclass(frozen=True, slots=True)
class Asking:
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


class Mirror(LocalBox):
    """The box without walls, over a namespace that goes on being used."""

    def __init__(self, namespace: dict[str, Any], theirs: Settings) -> None:
        super().__init__(namespace)
        self.theirs = theirs

    @contextmanager
    def branch(self) -> Iterator[Asking]:  # type: ignore[override]  # a branch like any other
        with super().branch() as branch:
            yield Asking(branch, self.theirs)


# --- hints, one by one -------------------------------------------------------------------------


@dataclass
class Given:
    """How many hints have been given about what; another mistake begins from the first."""

    about: dict[str, tuple[str, str]] = field(default_factory=dict)
    count: dict[str, int] = field(default_factory=dict)

    def next(self, checked: Checked) -> Hint:
        exercise, language = checked.exercise, checked.language
        found = next((f for f in exercise.findings if f.outcome is not Outcome.PASSED), None)
        if found is None:
            return Hint(exercise.title, captions.ALL_HOLDS, 0, 0, language)
        steps = hints_for(found, lessons.exercise(exercise.id).names)
        about = (found.check, found.misconception.id if found.misconception else "")
        count = self.count.get(exercise.id, 0) + 1 if self.about.get(exercise.id) == about else 1
        self.about[exercise.id], self.count[exercise.id] = about, min(count, len(steps))
        number = self.count[exercise.id]
        return Hint(found.text, steps[number - 1], number, len(steps), language)


def hints_for(found: Finding, names: tuple[str, ...]) -> list[Text]:
    """What was seen, what to try, which mistake it is: as far as there is something to say."""
    if found.outcome is Outcome.MISSING:
        asked = ", ".join(f"`{name}`" for name in names)
        words = captions.DEFINE
        return [Text(en=words.en.format(names=asked), ja=words.ja.format(names=asked))]
    explained = found.misconception.explanation if found.misconception else None
    return [text for text in (found.rationale, found.help, explained) if text] or [found.text]


GIVEN = Given()
_shell = shell_here()
if _shell is not None:
    load_ipython_extension(_shell)
