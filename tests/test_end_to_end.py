"""Whole notebooks through the real kernel: right, untouched, and with every known mistake in turn."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.grading import grade, prepare
from grader.judge.judging import judge
from grader.lessons import catalogue, lesson
from grader.model import Cell, Exercise, Language, Limits, Outcome, Submission
from grader.sandbox.kernel import KernelSandbox
from grader.sandbox.kernel_factory import KernelFactory
from tests.drawing import drawn
from tests.notebooks import answer_cells, edits_of, save, solved, stub

LESSONS = [part.id for part in catalogue()]
SEED = 7


@drawn(2)
@pytest.mark.parametrize("name", LESSONS)
def test_the_reference_notebook_earns_full_marks(name: str, tmp_path: Path, host: KernelFactory | None) -> None:
    """Built with its answers and graded like any submission, a lesson passes everything."""
    report = grade(save(solved(name), tmp_path), seed=SEED, host=host)
    failed = [
        (f.check, f.outcome, f.rationale)
        for e in report.exercises
        for f in e.findings
        if f.outcome not in (Outcome.PASSED, Outcome.NEEDS_REVIEW)
    ]
    assert not failed and report.score.earned is not None
    assert report.score.earned + report.score.pending == report.score.possible > 0
    assert not [c for c in report.run.cells if c.ending not in ("ok", "left_out")]


@drawn(3)
@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("name", LESSONS)
def test_the_untouched_notebook_earns_nothing(
    name: str, language: Language, tmp_path: Path, host: KernelFactory | None
) -> None:
    """As handed out, in either language, every check is MISSING and the score is zero."""
    report = grade(save(stub(name, language), tmp_path), seed=SEED, host=host)
    outcomes = {f.outcome for e in report.exercises for f in e.findings}
    assert outcomes == {Outcome.MISSING} and report.score.earned == 0


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", LESSONS)
def test_every_mistake_is_named_through_the_wall(name: str, tmp_path: Path) -> None:
    """Each misconception, put into an otherwise right notebook in a real kernel, is what the report names.

    One that is made in an earlier answer is told there, and here it costs and is called nothing.
    """
    right = solved(name)
    submission, known = prepare(save(right, tmp_path))
    with KernelSandbox() as sandbox:
        judge(submission, sandbox, known, SEED, only=(known.exercises[0].id,))
        for exercise in known.exercises:
            box_cells = answered(name, exercise, None, submission)
            for variant in exercise.misconceptions:
                changed = answered(name, exercise, variant.id, submission)
                made_in = {
                    one.exercise for one, other in zip(changed.cells, box_cells.cells, strict=True) if one != other
                }
                findings = judge(changed, sandbox, known, SEED, only=(exercise.id,)).exercises[0].findings
                named = {f.misconception.id for f in findings if f.misconception}
                told = [(variant.id, f.check, f.outcome, f.rationale) for f in findings]
                assert named == ({variant.id} if exercise.id in made_in else set()), told
                assert exercise.id in made_in or not any(f.outcome is Outcome.FAILED for f in findings), told
            again = judge(box_cells, sandbox, known, SEED, only=(exercise.id,)).exercises[0]
            assert again.score.earned == again.score.possible


def answered(name: str, exercise: Exercise, mistake: str | None, submission: Submission) -> Submission:
    """Only the answer cells, with the mistake in: it may stand in what the exercise takes from an earlier one."""
    notebook = solved(name, **({exercise.id: mistake} if mistake else {}))
    told = [cell.metadata.get("grader", {}) for cell in notebook.cells]
    cells = tuple(
        Cell(i, "code", cell.source, said["exercise"], role="answer")
        for i, (cell, said) in enumerate(zip(notebook.cells, told, strict=True))
        if said.get("role") == "answer"
    )
    return Submission(mistake or "right", submission.sha256, "en", name, cells)


def test_the_same_seed_gives_the_same_report(tmp_path: Path, host: KernelFactory | None) -> None:
    """Graded twice, a submission gets the same findings to the last digit; another seed draws other numbers."""
    path = save(solved("transformer_lm", causal_mask="one_too_many"), tmp_path)
    one, two, other = (grade(path, seed=seed, only=("causal_mask",), host=host) for seed in (5, 5, 6))
    told = [[(f.outcome, f.rationale, f.evidence) for e in r.exercises for f in e.findings] for r in (one, two, other)]
    assert told[0] == told[1] != told[2]


def test_what_others_asked_of_a_sandbox_is_not_counted(tmp_path: Path) -> None:
    """How long a submission's own answers take is what is limited, however much the sandbox has answered before."""
    submission, known = prepare(save(solved("transformer_lm"), tmp_path))
    with KernelSandbox() as sandbox:
        sandbox.answered = 2 * Limits().total_check_wall
        report = judge(submission, sandbox, known, SEED, only=("causal_mask",)).exercises[0]
    assert report.score.earned == report.score.possible


def test_a_lesson_is_found_without_metadata(tmp_path: Path) -> None:
    """Headings alone tell the lesson and the sections."""
    notebook = solved("knock80_89")
    notebook.metadata.pop("grader")
    for cell in notebook.cells:
        cell.metadata.pop("grader", None)
    notebook.cells = [cell for cell in notebook.cells if cell.cell_type != "code" or "news(" not in cell.source]
    submission, known = prepare(save(notebook, tmp_path))
    assert known.id == "knock80_89"
    assert set(submission.exercises) >= {e.id for e in lesson("knock80_89").exercises}


@pytest.mark.slow
def test_every_mistake_in_the_catalogue_can_be_put_into_a_notebook() -> None:
    """The edits of a misconception apply to the solution file that students' notebooks are built from."""
    for part in catalogue():
        for exercise in part.exercises:
            for variant in exercise.misconceptions:
                assert edits_of(exercise.id, variant.id)
                assert answer_cells(solved(part.id, **{exercise.id: variant.id}), exercise.id)
