"""The solution files: where they lie, what they define, and what they define after some edits.

A lesson's is where its `lesson.toml` says; a package for students has none. Answers in another form than the contract's, as
other notebooks ask for them, stand beside it in `forms/LESSON.py`; no notebook is made of those.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from traceback import extract_tb
from types import CodeType
from typing import TYPE_CHECKING, Any

from grader import lesson_folders
from grader.errors import AuthoringError
from grader.lessons import faults
from grader.model import Edit
from grader.sandbox import judge_lock

if TYPE_CHECKING:
    import torch

RECORDED = Path(__file__).parents[1] / "_recorded"  # in a package for students, instead of the answers
SHOWN = re.compile(r'\[markdown\]|role="demo"')  # '# %% [markdown] lang="en"' and '# %% exercise="heads" role="demo"'
Given = tuple[tuple[str, tuple[Edit, ...]], ...]  # exercises, and edits of their answers


def place_of(answer: str) -> Path | None:
    """The solution file of a lesson, or `forms/LESSON`; None where this package or folder has none."""
    *form, lesson = answer.split("/")
    folder = lesson_folders.found().get(lesson)
    solution = folder.solution if folder else None
    return solution.parent.joinpath(*form, f"{lesson}.py") if solution and form else solution


def has_answers(lesson: str) -> bool:
    """Whether a lesson's solution file is here: what students install has none."""
    return place_of(lesson) is not None


def signatures(answer: str) -> dict[str, tuple[str, ...]]:
    """The parameters of every function at the top of a solution file, by its name; nothing where there is none.

    Raises AuthoringError where the file is no Python.
    """
    place = place_of(answer)
    return {} if place is None else signatures_in(text_of(answer), str(place))


@lru_cache(maxsize=64)
def signatures_in(text: str, place: str) -> dict[str, tuple[str, ...]]:
    functions = (node for node in parsed(text, place).body if isinstance(node, ast.FunctionDef))
    return {node.name: tuple(argument.arg for argument in node.args.args) for node in functions}


@lru_cache(maxsize=64)
def parsed(text: str, place: str) -> ast.Module:
    try:
        return ast.parse(text, place)
    except SyntaxError as error:
        raise faults.said(place, error.lineno or 1, error.msg, "Python として読めません: ") from error


def names_in(answer: str) -> set[str]:
    """The names that a solution file binds at its top; none where there is none."""
    place = place_of(answer)
    found = set[str]()
    for node in parsed(text_of(answer), str(place)).body if place else ():
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign | ast.Import | ast.ImportFrom):
            found |= {
                name.id for name in ast.walk(node) if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
            }
            found |= {(alias.asname or alias.name) for alias in getattr(node, "names", ())}
    return found


def text_of(answer: str) -> str:
    """Raises AuthoringError where there is no such file."""
    place = place_of(answer)
    if place is None or not place.is_file():
        folder = lesson_folders.found().get(answer.rpartition("/")[2])
        file, line = (folder.file, folder.line("solution")) if folder else (answer, 1)
        wanted = place or (folder.solutions[0] if folder else answer)
        raise AuthoringError(
            f"{file}, line {line}: the solution file {wanted} is not there.",
            ja=f"{file} の {line} 行目: 解答ファイル {wanted} がありません。",
        )
    return read_text(place, lesson_folders.state())


@lru_cache(maxsize=64)
def read_text(place: Path, _state: lesson_folders.State) -> str:
    return place.read_text(encoding="utf-8")


def definitions_of(answer: str) -> str:
    """The solution file without its prose and demonstrations: an edited answer is compiled in a third of the time."""
    return definitions_in(text_of(answer))


@lru_cache(maxsize=64)
def definitions_in(text: str) -> str:
    return "".join(cell for cell in split(text) if not SHOWN.search(cell.partition("\n")[0]))


def apply(text: str, exercise: str, edits: tuple[Edit, ...]) -> str | None:
    """The solution file after edits of one exercise's answer cells.

    What stands in none of them may stand in another exercise's: a model takes its blocks from an earlier exercise, and is
    just as right when these are of another kind. None when an edit does not find its place, which is exactly one place.
    """
    cells = edited(split(text), exercise, edits)
    return None if cells is None else "".join(cells)


def cells_after(answer: str, changes: Given) -> list[str] | None:
    """The cells of a solution file that define something, after these edits one after the other; None where they do not apply."""
    cells: list[str] | None = [*split(definitions_of(answer))]
    for exercise, edits in changes:
        cells = None if cells is None else edited(cells, exercise, edits)
    return cells


def edited(before: Sequence[str], exercise: str, edits: tuple[Edit, ...]) -> list[str] | None:
    """The cells after these edits, see `apply`."""
    cells = [*before]
    for change in edits:
        holders = [i for i, cell in enumerate(cells) if is_answer(cell, exercise) and change.old in cell]
        holders = holders or [i for i, cell in enumerate(cells) if is_answer(cell) and change.old in cell]
        if len(holders) != 1 or cells[holders[0]].count(change.old) != 1:
            return None
        cells[holders[0]] = cells[holders[0]].replace(change.old, change.new)
    return cells


@lru_cache(maxsize=16)
def split(text: str) -> tuple[str, ...]:
    """A py:percent script cut before each `# %%` line."""
    return tuple(re.split(r"(?m)^(?=# %%)", text))


@lru_cache(maxsize=4096)
def is_answer(cell: str, exercise: str = "") -> bool:
    """An answer cell, of this exercise or of any."""
    header = cell.partition("\n")[0]
    return 'role="answer"' in header and (not exercise or f'exercise="{exercise}"' in header)


def answer_cells(answer: str, exercise: str) -> list[str]:
    """The cells of a solution file that hold an exercise's answer."""
    return [cell for cell in split(text_of(answer)) if is_answer(cell, exercise)]


def namespace(
    lesson: str, exercise: str = "", edits: tuple[Edit, ...] = (), double: bool = False, given: Given = ()
) -> dict[str, Any] | None:
    """What the solution file defines after edits of an exercise's answer, or None where they do not apply.

    given: edits of other exercises' answers, which are made first. double: module-level numbers are made in float64 too.
    The file is ours; running it only defines things, because what a notebook demonstrates stands under `if __name__ ==
    "__main__"`. Every call runs it anew: an answer that keeps something at module level (a model made once, a counter)
    must not remember who asked before.
    """
    import torch

    scope: dict[str, Any] = {"__name__": f"solutions.{lesson}"}
    with default_dtype(torch.float64 if double else torch.float32):
        try:
            cells = cells_after(lesson, (*given, (exercise, edits)))
            if cells is None:
                return None
            for cell in cells[: end_of(cells, exercise, lesson)]:
                exec(compiled(cell, lesson), scope)  # our own file, in our own process
        except Exception as error:
            raise does_not_run(lesson, (*given, (exercise, edits)), error) from error
    return scope


def end_of(cells: Sequence[str], exercise: str, lesson: str) -> int:
    """How many of the cells an answer needs: later exercises are not run again for each mistake of an earlier one.

    In another form an answer may be asked for through a later one that it is part of: `model.pos_encoder`.
    """
    if lesson.startswith("forms/"):
        return len(cells)
    needed = [
        number
        for number, (cell, original) in enumerate(zip(cells, split(definitions_of(lesson)), strict=True))
        if is_answer(original, exercise) or cell != original
    ]
    return max(needed, default=len(cells) - 1) + 1


def does_not_run(lesson: str, changes: Given, error: Exception) -> AuthoringError:
    """The sentence about it, with the line of the file that an exception comes from.

    Cells are compiled one by one, so the file is compiled whole for the line.
    """
    place, cells = str(place_of(lesson)), [*split(text_of(lesson))]
    for exercise, edits in changes:
        cells = edited(cells, exercise, edits) or cells
    after = f" (after {changes[-1][1]})" if changes[-1][1] else ""
    line, found = 1, error
    try:
        exec(compile("".join(cells), place, "exec"), {"__name__": f"solutions.{lesson}"})  # our own file, once more
    except SyntaxError as again:
        line, found = again.lineno or 1, again
    except Exception as again:
        found = again
        line = next((f.lineno or 1 for f in reversed(extract_tb(again.__traceback__)) if f.filename == place), 1)
    return faults.said(place, line, f"{type(found).__name__}: {found}{after}", "実行できません: ")


def runs(lesson: str, exercise: str, edits: tuple[Edit, ...]) -> bool:
    """Whether these edits find their places together and leave something that runs."""
    try:
        return namespace(lesson, exercise, edits) is not None
    except AuthoringError:  # of two that were never meant for each other, one may cut the other's block in two
        return False


@lru_cache(maxsize=4096)
def compiled(cell: str, lesson: str) -> CodeType:
    """A cell of a solution file; cell by cell, because an edit changes only one or two of them."""
    return compile(cell, f"{lesson}.py", "exec")


@contextmanager
def default_dtype(dtype: torch.dtype) -> Iterator[None]:
    """Make floats of this dtype while the block runs, which no other thread may judge in meanwhile."""
    import torch

    with judge_lock.judging(), judge_lock.kept():
        before = torch.get_default_dtype()
        torch.set_default_dtype(dtype)
        try:
            yield
        finally:
            torch.set_default_dtype(before)
