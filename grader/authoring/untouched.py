"""What the notebook earns as it is handed out, with its blanks."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from grader.errors import AuthoringError
from grader.judge.judging import judge
from grader.lessons import source
from grader.model import Exercise, Lesson, Submission
from grader.packaging.build import answer, notes_code
from grader.packaging.script_cells import ScriptCell
from grader.sandbox.local import LocalSandbox

SEED = 1


def points_of_stub(lesson: Lesson, exercise: Exercise) -> float:
    """What the notebook earns in this exercise as it is handed out."""
    scope: dict[str, Any] = {"__name__": f"stub.{lesson.id}"}
    cells = source.split(source.definitions_of(exercise.answered_in))
    try:
        for cell in cells:
            run_with_blanks(stub_of(cell), f"{lesson.id}.ipynb", scope)
    except ImportError as error:
        raise AuthoringError(
            f"the notebook as it is handed out needs {error.name}, which is not installed here: pip install {error.name}",
            ja=f"配布するノートブックには {error.name} が必要ですが、インストールされていません: pip install {error.name}",
        ) from error
    except Exception as error:
        place, said = source.place_of(exercise.answered_in), f"{type(error).__name__}: {error}"
        raise AuthoringError(
            f"{place}: the notebook as it is handed out does not run ({said}). Look at what stands around BEGIN SOLUTION and in # STUB.",
            ja=f"{place}: 配布するノートブックが動きません（{said}）。BEGIN SOLUTION の前後と # STUB を見直してください。",
        ) from error
    with LocalSandbox(scope) as sandbox:
        submission = Submission("stub", "0" * 64, "en", lesson.id, ())
        return judge(submission, sandbox, lesson, seed=SEED, only=(exercise.id,)).score.earned or 0.0


def run_with_blanks(cell: str, name: str, scope: dict[str, Any]) -> None:
    """Run a cell of ours; one that meets a blank (`squares(10)` below an answer) ends there, as in a notebook."""
    with suppress(NotImplementedError):
        exec(compile(cell, name, "exec"), scope)


def stub_of(cell: str) -> str:
    if ScriptCell(1, tuple(cell.splitlines())).role == "notes":
        return notes_code(cell, "en", solved=False) + "\n\n"
    return answer(cell, "en", solved=False) + "\n\n" if source.is_answer(cell) else cell
