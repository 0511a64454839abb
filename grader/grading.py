"""One notebook from file to report: read, cut, run, judge. What `grade FILE` does, without the printing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory

import torch

from grader import lesson_folders, lessons
from grader.data.layout import lay_out, mentioned
from grader.errors import UsageError
from grader.judge.judging import judge
from grader.judge.several_lessons import OtherLesson, join_reports, unread
from grader.matching import Map, parse_map, read_map
from grader.model import Exercise, Lesson, Limits, Outcome, Report, Submission, Text, has_roles
from grader.model.printable import one_line
from grader.notebook import as_code, cut, gather, neutralise_magics, one_answer_each, read, unzip
from grader.notebook.code_patterns import askable_exercises, shown_exercises, signed_exercises, traced_exercises
from grader.notebook.colab import needs_gpu
from grader.notebook.drafts import without_drafts
from grader.notebook.excerpts import complete_excerpt
from grader.notebook.function_each import unfold_each
from grader.notebook.main_function import unfold_main
from grader.notebook.old_syntax import mend_old_syntax
from grader.notebook.written_files import read_written_files
from grader.sandbox import Sandbox
from grader.sandbox.guest.compiler import leave_unloaded
from grader.sandbox.kernel import KernelSandbox
from grader.sandbox.kernel_factory import KernelFactory, WarmKernelFactory

MOST_TRIED = 1  # other lessons, where the lesson was guessed
AGAIN_CELL, AGAIN_TOTAL = 10.0, 20.0  # CPU seconds for the exercises of another lesson: what trains was trained once
# CPU seconds for the cells of a notebook of somebody's own, one and all, where nobody says otherwise: they run for what they define
# and hold, and a training is put to its questions by itself.
FOREIGN_CELL, FOREIGN_TOTAL, FOREIGN_LEAST = 20.0, 60.0, 2.0
LONGEST_NAME = 80  # characters of a lesson's name that a notebook says, in a sentence
BRINGS_TORCH = re.compile(r"torch|transformers|lightning|fastai")  # import torch, from transformers import AutoModel
CLEARLY = 0.5  # of the points of what is answered, earned: no other lesson is tried then


def prepare(path: Path, lesson: str | None = None, order: Sequence[str] = ()) -> tuple[Submission, Lesson]:
    """The submission, cut into the exercises of its lesson and ready to run. path: a file, or a folder of several.

    order: of the files in a folder, the later one last.
    Raises SubmissionError for what cannot be read, UsageError where nobody can tell which lesson it is.
    """
    submission = gather(path, path.name, order) if path.is_dir() else read(path)
    submission = complete_excerpt(unfold_each(unfold_main(mend_old_syntax(read_written_files(submission)))))
    handed_out = submission.lesson or ""
    said = lesson or (handed_out if handed_out in lessons.names() else None)
    meant = [lessons.lesson(said)] if said else lessons.catalogue()
    submission = cut(without_drafts(submission, meant), meant)
    name = said or submission.lesson
    if name is None:
        raise unknown_lesson(path, handed_out)
    known_lesson = lessons.lesson(name)
    return neutralise_magics(one_answer_each(as_code(submission, known_lesson), known_lesson)), known_lesson


def unknown_lesson(path: Path, handed_out: str) -> UsageError:
    """handed_out: the lesson that the notebook was handed out for, "" where it does not say."""
    known = ", ".join(lessons.names())
    if handed_out:
        named = one_line(handed_out)[:LONGEST_NAME]
        return UsageError(
            f"{path.name} is a notebook of the lesson {named}, which is not here. Say where it lies with --lessons DIR. "
            f"There are: {known}.",
            ja=f"{path.name} は課題 {named} のノートブックですが、その課題が見つかりません。--lessons DIR で課題フォルダを指定してください。"
            f"あるのは {known} です。",
        )
    return UsageError(
        f"{path.name} does not say which lesson it is; add --lesson with one of: {known}. A lesson of your own is known by "
        "--lessons DIR.",
        ja=f"{path.name} がどの課題か分かりません。--lesson で {known} のどれかを指定してください。自作の課題は --lessons DIR で"
        "フォルダを指定します。",
    )


def grade(
    path: Path,
    seed: int,
    only: tuple[str, ...] = (),
    lesson: str | None = None,
    limits: Limits | None = None,
    on_step: Callable[[Text], None] = lambda _text: None,
    host: KernelFactory | None = None,
    by_hand: Map | None = None,
    order: Sequence[str] = (),
    one_lesson: bool = False,
) -> Report:
    """Grade a notebook in a kernel on this machine. host: where kernels come from; a new interpreter if None.

    by_hand: what a person says about the student's names, see `grader.matching.overrides`. order: of the files in a folder, the
    later one last. one_lesson: add no exercises of other lessons, even where nobody said which lesson it is.
    """
    for name in only:
        lessons.exercise(name)
    leave_unloaded()  # the judge's own answers train, too
    with one_thread(), unpacked(path) as place:

        def graded(
            submission: Submission, known: Lesson, asked: tuple[str, ...] = only, bounds: Limits | None = limits
        ) -> Report:
            beside = place if place.is_dir() else place.parent
            with TemporaryDirectory(prefix="laid-") as laid_out:
                named = replace(submission, name=one_line(path.name))
                submission = provide_data_files(named, beside, Path(laid_out))
                bounds = budget_for(submission, bounds or Limits())
                on_step(Text(en="starting a kernel", ja="カーネルを起動しています"))
                with open_box(submission, beside, Path(laid_out), bounds, host) as sandbox:
                    return judge(submission, sandbox, known, seed, bounds, asked, on_step, by_hand)

        submission, known = prepare(place, lesson, order)
        found = graded(submission, known)
        alone = one_lesson or lesson_folders.is_outside(known.id)  # who brings a lesson means that one
        if only or not (submission.near or (submission.beside and not alone)):
            return found
        again = partial(graded, bounds=replace(limits or Limits(), cell_cpu=AGAIN_CELL, total_cpu=AGAIN_TOTAL))
        return grade_other_lessons(
            found, submission, lambda other: prepare(place, other, order), graded, None if alone else again
        )


def budget_for(submission: Submission, limits: Limits) -> Limits:
    """The limits, where nobody chose a budget, with the smaller one of a notebook that was not handed out."""
    if has_roles(submission.cells) or limits.is_chosen:
        return limits
    cell = min(limits.cell_cpu, FOREIGN_CELL)
    total = min(limits.total_cpu, FOREIGN_TOTAL)
    return replace(limits, cell_cpu=cell, total_cpu=total, least_cpu=min(limits.least_cpu, FOREIGN_LEAST))


def grade_other_lessons(
    found: Report,
    submission: Submission,
    prepared: Callable[[str], tuple[Submission, Lesson]],
    graded: Callable[[Submission, Lesson], Report],
    again: Callable[[Submission, Lesson, tuple[str, ...]], Report] | None,
) -> Report:
    """The report of the lesson that earns most of those that are nearly as likely, and what is answered of the others.

    found: the report of the likeliest. graded: as another lesson; again: of that only these exercises;
    None to leave the others out.
    """
    whole = {found.lesson: found}
    for other in submission.near[:MOST_TRIED]:
        if earned_share(found) < CLEARLY:
            whole[other] = graded(*prepared(other))
    best = max(whole.values(), key=points_for)  # of equals the likeliest
    if again is None:
        return best
    beside = []
    for other in dict.fromkeys((found.lesson, *submission.beside)):
        if other != best.lesson:
            as_other, known = prepared(other)
            shown = shown_exercises(known, as_other.cells)
            signed = signed_exercises(known, as_other.cells) | traced_exercises(known, as_other.cells)
            likely = signed.union(shown)
            asked = askable_exercises(known, as_other.cells, (e.id for e in known.exercises if e.id in likely))
            report = whole.get(other) or (again(as_other, known, asked) if asked else replace(found, exercises=()))
            rest = (unread(e) for e in known.exercises if e.id in signed and e.id not in asked and other not in whole)
            report = replace(report, lesson=other, exercises=(*report.exercises, *rest))
            beside.append(OtherLesson(report, frozenset(shown), signed))
    return join_reports(best, beside)


def points_for(report: Report) -> float:
    """How much more of what is answered is earned than lost; a lesson of which more is lost may not be what was meant.

    A check that holds of nothing, such as "no test data are used", speaks for no lesson.
    """
    answered = (e for e in report.exercises if all(f.outcome is not Outcome.MISSING for f in e.findings))
    found = [finding for part in answered for finding in part.findings]
    lost = sum(f.points - f.earned for f in found if f.outcome not in (Outcome.PASSED, Outcome.NEEDS_REVIEW))
    return max(0.0, sum(finding.earned for finding in found) - lost)


def earned_share(report: Report) -> float:
    """The earned part of what is worth points in the exercises that were answered."""
    answered = [f for part in report.exercises for f in part.findings if f.outcome is not Outcome.MISSING]
    points = sum(finding.points for finding in answered)
    return sum(finding.earned for finding in answered) / points if points else 0.0


@contextmanager
def one_thread() -> Iterator[None]:
    """Compute with one thread while the block runs: tensors here are so small that more of them only wait, at full speed."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def map_of(path: Path | None) -> Map | None:
    """The map in a file, if there is one. Raises UsageError with one sentence."""
    return None if path is None else read_map(path, asked_for())


def map_in(text: str) -> Map | None:
    """As `map_of`, from the text of such a file."""
    return parse_map(text, asked_for()) if text else None


def asked_for() -> dict[str, Exercise]:
    """Every exercise, by its id."""
    return {e.id: e for lesson in lessons.catalogue() for e in lesson.exercises}


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """The path itself, or the folder of what a zip holds, for as long as the block runs."""
    if path.suffix.lower() != ".zip" or not path.is_file():
        yield path.resolve()
        return
    with TemporaryDirectory(prefix="zip-") as folder:
        unzip(path, Path(folder))
        yield single(Path(folder))


def single(folder: Path) -> Path:
    """The folder itself, or the one folder in it: people zip a folder as often as its files."""
    inner = list(folder.iterdir())
    return inner[0] if len(inner) == 1 and inner[0].is_dir() else folder


def provide_data_files(submission: Submission, beside: Path, laid_out: Path) -> Submission:
    """Lay out the usual data files that the code mentions and that did not come with it, and say which."""
    code = "\n".join(cell.source for cell in submission.cells if cell.kind == "code" and not cell.pristine)
    names = mentioned(code, present={item.name for item in beside.iterdir()})
    if not names:
        return submission
    lay_out(names, code, laid_out)
    listed = ", ".join(names)
    remark = Text(
        en=f"Laid out for the notebook, small and synthetic, because it reads them and they were not handed in: {listed}.",
        ja=f"提出物にないデータファイルは、小さな人工データを同じ形式で用意しました: {listed}",
    )
    return replace(submission, remarks=(*submission.remarks, remark), laid_out=tuple(names))


def open_box(
    submission: Submission,
    beside: Path,
    laid_out: Path,
    limits: Limits | None = None,
    host: KernelFactory | None = None,
) -> Sandbox:
    names = dict.fromkeys(PurePath(cell.file or submission.name).name for cell in submission.cells)
    return KernelSandbox(
        limits,
        beside,
        stand_ins=True,
        without_gpu=needs_gpu(submission),
        imports=dear_imports(submission),
        host=host,
        laid_out=laid_out,
        modules=submission.modules,
        script=next((name for name in names if name.endswith(".py")), ""),
    )


def dear_imports(submission: Submission) -> tuple[str, ...]:
    """What the code will import sooner or later and takes a second: torch."""
    code = (cell.source for cell in submission.cells if cell.kind == "code")
    return ("torch",) if any(map(BRINGS_TORCH.search, code)) else ()


@contextmanager
def jail() -> Iterator[KernelFactory]:
    """A host whose kernels are jailed. Raises SandboxUnavailable, saying which layer is missing and how to get it."""
    from grader.sandbox.doctor import Tier
    from grader.sandbox.warm import open_warm

    with open_warm(Tier.JAIL) as engine:
        yield WarmKernelFactory(engine)
