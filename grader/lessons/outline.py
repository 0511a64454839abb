"""What a lesson asks for and is worth, read from its modules without running them: lists stay light.

An exercise's module imports torch, which takes two seconds. Its title, names and checks are nearly always written out, so they
are read as text. Where something has to be worked out (`points=len(CASES)`), the module is run after all, and its word counts.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from grader import lesson_folders, lessons
from grader.lesson_folders import LessonFolder
from grader.model import Exercise, Text


class WorkedOut(Exception):
    """Something is not written out."""


@dataclass(frozen=True)
class Asked:
    """A check: its name, its points, and what it says holds."""

    id: str
    points: float
    text: Text


@dataclass(frozen=True)
class Outline:
    """An exercise as a list shows it. of_forms: ids of the checks of its other forms."""

    id: str
    lesson: str
    title: Text
    names: tuple[str, ...]
    checks: tuple[Asked, ...]
    of_forms: frozenset[str] = frozenset()

    @property
    def points(self) -> float:
        return sum(check.points for check in self.checks)


def outline_of(exercise: str) -> Outline:
    """Raises UsageError with the names there are."""
    lessons.require_unique_ids()
    known = {one: folder for folder in lesson_folders.found().values() for one in folder.exercises}
    if exercise not in known:
        raise lessons.no_such_exercise(exercise, known)
    return next(one for one in outlines(known[exercise]) if one.id == exercise)


@cache
def outlines(folder: LessonFolder) -> tuple[Outline, ...]:
    """A lesson's exercises in their order. Raises AuthoringError with file and line for a module that is not there or does not run."""
    lessons.check_files(folder)
    try:
        return tuple(written_out(folder, name) for name in folder.exercises)
    except (WorkedOut, SyntaxError, UnicodeDecodeError):
        return tuple(of_exercise(exercise) for exercise in lessons.load(folder.id).exercises)


def of_exercise(exercise: Exercise) -> Outline:
    checks = tuple(Asked(check.id, check.points, check.text) for check in exercise.checks)
    of_forms = frozenset(check.id for form in exercise.forms for check in form.asks.checks)
    return Outline(exercise.id, exercise.lesson, exercise.title, exercise.names, checks, of_forms)


def written_out(folder: LessonFolder, name: str) -> Outline:
    """Raises WorkedOut where only running the module tells."""
    body = body_of(folder, name)
    values = {target.id: node.value for node in body if isinstance(node, ast.Assign) for target in names_of(node)}
    checks = checks_in(body)
    names = literal(values.get("NAMES"))
    if "TITLE" not in values or not isinstance(names, tuple) or not checks or made_otherwise(body, set(checks)):
        raise WorkedOut(name)
    of_forms = frozenset(check for form in forms_of(values) for check in checks_in(body_of(folder, form)))
    return Outline(name, folder.id, text_of(values["TITLE"]), names, tuple(checks.values()), of_forms)


def body_of(folder: LessonFolder, module: str) -> list[ast.stmt]:
    return ast.parse((folder.folder / f"{module}.py").read_text(encoding="utf-8")).body


def checks_in(body: list[ast.stmt]) -> dict[str, Asked]:
    return {node.name: asked for node in body if isinstance(node, ast.FunctionDef) and (asked := check_of(node))}


def forms_of(values: dict[str, ast.expr]) -> list[str]:
    """`FORMS = (_tutorial_mask,)`: the modules beside it."""
    said = values.get("FORMS")
    names = said.elts if isinstance(said, ast.Tuple) else [said] if said is not None else []
    if not all(isinstance(name, ast.Name) for name in names):
        raise WorkedOut("FORMS")
    return [name.id for name in names if isinstance(name, ast.Name)]


def names_of(node: ast.Assign) -> Iterator[ast.Name]:
    yield from (target for target in node.targets if isinstance(target, ast.Name))


def made_otherwise(body: list[ast.stmt], checks: set[str]) -> bool:
    """Whether there may be more checks than those: `@checks.check(1)`, `first = check(1)(looks)`, `first = made(looks)`, `check as point`."""
    functions = {node.name for node in body if isinstance(node, ast.FunctionDef)} - checks
    decorated = any(
        isinstance(node, ast.FunctionDef) and node.decorator_list and node.name in functions for node in body
    )
    nodes = [node for statement in body for node in ast.walk(statement)]
    uses = sum(isinstance(node, ast.Name) and node.id == "check" for node in nodes)
    renamed = any(isinstance(node, ast.alias) and node.name == "check" and node.asname for node in nodes)
    wrapped = any(
        isinstance(call, ast.Call) and any(isinstance(arg, ast.Name) and arg.id in functions for arg in call.args)
        for statement in body
        if not isinstance(statement, ast.FunctionDef | ast.ClassDef)
        for call in ast.walk(statement)
    )
    return decorated or wrapped or renamed or uses != len(checks)


def check_of(function: ast.FunctionDef) -> Asked | None:
    """`@check(points=2, ja="...")` with the docstring below it; None where it is no check."""
    (marked, *more) = [*function.decorator_list, None]
    call = getattr(marked, "func", None)
    if not isinstance(marked, ast.Call) or not isinstance(call, ast.Name) or call.id != "check" or more != [None]:
        return None
    given = {keyword.arg: keyword.value for keyword in marked.keywords}
    points = literal(marked.args[0] if marked.args else given.get("points"))
    ja, said = literal(given["ja"]) if "ja" in given else "", ast.get_docstring(function, clean=False)
    if len(marked.args) > 1 or not isinstance(ja, str) or not said:
        raise WorkedOut(function.name)
    if isinstance(points, bool) or not isinstance(points, int | float) or not points >= 0:
        raise WorkedOut(function.name)
    return Asked(function.name, points, Text(en=" ".join(said.split()), ja=ja))


def text_of(node: ast.expr) -> Text:
    """`Text(en="...", ja="...")`."""
    if not isinstance(node, ast.Call) or node.args or not isinstance(node.func, ast.Name) or node.func.id != "Text":
        raise WorkedOut("TITLE")
    return Text(**{str(keyword.arg): str(literal(keyword.value)) for keyword in node.keywords})


def literal(node: ast.expr | None) -> object:
    try:
        return ast.literal_eval(node) if node is not None else None
    except ValueError:
        raise WorkedOut(ast.dump(node) if node is not None else "") from None
