"""The solution files: where they lie, what they define, and what they define after some edits.

A lesson's is `solutions/LESSON.py`. Answers in another form than the contract's, as other notebooks ask for them, stand in
`solutions/forms/`; no notebook is made of those.

In a checkout they are `solutions/` beside the package; in a wheel they travel inside it, so that nothing called
`solutions` stands at the top of site-packages.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import Path
from types import CodeType
from typing import Any

import torch

from grader.errors import AuthoringError, UsageError
from grader.model import Edit
from grader.sandbox import judge_lock

PACKAGE = Path(__file__).parents[1]
SHOWN = re.compile(r'\[markdown\]|role="demo"')  # '# %% [markdown] lang="en"' and '# %% exercise="heads" role="demo"'
Given = tuple[tuple[str, tuple[Edit, ...]], ...]  # exercises, and edits of their answers


def folder(name: str) -> Path:
    """`solutions` or `exercises`, wherever they are installed. Raises UsageError when they are not."""
    for place in (PACKAGE / f"_{name}", PACKAGE.parent / name):
        if place.is_dir():
            return place
    raise UsageError(
        f"The {name} are not installed with this package.", ja=f"このパッケージには {name} が含まれていません。"
    )


def installed(name: str) -> bool:
    """Whether `solutions` or `exercises` came with this package: what students install has no solutions."""
    return any(place.is_dir() for place in (PACKAGE / f"_{name}", PACKAGE.parent / name))


@cache
@cache
def signatures(solution: str) -> dict[str, tuple[str, ...]]:
    """The parameters of every function at the top of a solution file, by its name; nothing where no solutions are installed."""
    if not installed("solutions"):
        return {}
    functions = (node for node in ast.parse(text_of(solution)).body if isinstance(node, ast.FunctionDef))
    return {node.name: tuple(argument.arg for argument in node.args.args) for node in functions}


def text_of(lesson: str) -> str:
    path = folder("solutions") / f"{lesson}.py"
    if not path.is_file():
        raise UsageError(f"There is no solution file {lesson}.py.", ja=f"解答ファイル {lesson}.py がありません。")
    return path.read_text(encoding="utf-8")


@cache
def definitions_of(lesson: str) -> str:
    """The solution file without its prose and demonstrations: an edited answer is compiled in a third of the time."""
    return "".join(cell for cell in split(text_of(lesson)) if not SHOWN.search(cell.partition("\n")[0]))


def apply(text: str, exercise: str, edits: tuple[Edit, ...]) -> str | None:
    """The solution file after edits of one exercise's answer cells.

    What stands in none of them may stand in another exercise's: a model takes its blocks from an earlier exercise, and is
    just as right when these are of another kind. None when an edit does not find its place, which is exactly one place.
    """
    cells = edited(split(text), exercise, edits)
    return None if cells is None else "".join(cells)


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


def namespace(
    lesson: str, exercise: str = "", edits: tuple[Edit, ...] = (), double: bool = False, given: Given = ()
) -> dict[str, Any] | None:
    """What the solution file defines after edits of an exercise's answer, or None where they do not apply.

    given: edits of other exercises' answers, which are made first. double: module-level numbers are made in float64 too.
    The file is ours; running it only defines things, because what a notebook demonstrates stands under `if __name__ ==
    "__main__"`. Every call runs it anew: an answer that keeps something at module level (a model made once, a counter)
    must not remember who asked before.
    """
    scope: dict[str, Any] = {"__name__": f"solutions.{lesson}"}
    with default_dtype(torch.float64 if double else torch.float32):
        try:
            cells: list[str] | None = [*split(definitions_of(lesson))]
            for other, changes in (*given, (exercise, edits)):
                cells = None if cells is None else edited(cells, other, changes)
            if cells is None:
                return None
            for cell in cells[: end_of(cells, exercise, lesson)]:
                exec(compiled(cell, lesson), scope)  # our own file, in our own process
        except Exception as error:
            raise AuthoringError(f"solutions/{lesson}.py does not run after {edits}: {error!r}") from error
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
    with judge_lock.judging(), judge_lock.kept():
        before = torch.get_default_dtype()
        torch.set_default_dtype(dtype)
        try:
            yield
        finally:
            torch.set_default_dtype(before)
