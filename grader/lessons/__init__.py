"""The catalogue: every lesson and exercise there is.

A lesson is a folder with a `lesson.toml` (`grader.lesson_folders`) and a module for each exercise, which `load` imports as
`grader.lessons.LESSON.EXERCISE` wherever the folder lies: ours, an installed package's, or one that somebody named.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from grader import lesson_folders
from grader.errors import AuthoringError, GraderError, UsageError
from grader.lesson_folders import LessonFolder
from grader.lessons import source
from grader.lessons.faults import line_of_name, what_went_wrong
from grader.model import Exercise, Interface, Lesson, Text
from grader.model.text import nearest


def catalogue() -> tuple[Lesson, ...]:
    """All lessons, by name."""
    return catalogue_at(lesson_folders.state())


@cache
def catalogue_at(_state: lesson_folders.State) -> tuple[Lesson, ...]:
    require_unique_ids()
    return tuple(load(name) for name in names())


def require_unique_ids() -> None:
    """Raises AuthoringError where two lessons have an exercise of one name."""
    first: dict[str, LessonFolder] = {}
    for folder, exercise in [(one, e) for one in lesson_folders.found().values() for e in one.exercises]:
        other = first.setdefault(exercise, folder)
        if other is not folder:
            file, line = folder.file, folder.line("exercises")
            raise AuthoringError(
                f"{file}, line {line}: the exercise {exercise} is one of the lesson {other.id} already. Give its module another name.",
                ja=f"{file} の {line} 行目: 演習 {exercise} は課題 {other.id} にもあります。モジュールの名前を変えてください。",
            )


def names() -> list[str]:
    return list(lesson_folders.found())


def load(name: str) -> Lesson:
    return load_from(lesson_folders.found()[name])


@cache
def load_from(folder: LessonFolder) -> Lesson:
    package = f"{__name__}.{folder.id}"
    check_files(folder)
    with importing(package, folder):
        modules = [import_exercise(f"{package}.{part}", folder) for part in folder.exercises]
    exercises = tuple(gathered(module, folder) for module in modules)
    shared = {
        "interfaces": tuple(interface for exercise in exercises for interface in interfaces_of(exercise)),
        "series": folder.series,
    }
    exercises = tuple(with_shared(exercise, shared) for exercise in exercises)
    return Lesson(folder.id, folder.title, exercises, folder.notes, folder.cues, folder.secret)


def check_files(folder: LessonFolder) -> None:
    """The solution is there; the exercises that a lesson names are its modules, besides that and those that begin with `_`."""
    if folder.solution is None and not source.RECORDED.is_dir():
        source.text_of(folder.id)  # says so
    found = {
        path.stem for path in folder.folder.glob("*.py") if path != folder.solution and path not in folder.solutions
    }
    found = {name for name in found if not name.startswith("_")}
    if found == set(folder.exercises):
        return
    extra, missing = sorted(found - set(folder.exercises)), sorted(set(folder.exercises) - found)
    said = [f"there is no {name}.py for the exercise {name}" for name in missing]
    said += [f"{name}.py is in no list: add it, or let its name begin with _" for name in extra]
    in_ja = [f"演習 {name} の {name}.py がありません" for name in missing]
    in_ja += [f"{name}.py が一覧にありません。加えるか、名前を _ で始めてください" for name in extra]
    line = folder.line("exercises")
    raise AuthoringError(
        f"{folder.file}, line {line}: {'; '.join(said)}.", ja=f"{folder.file} の {line} 行目: {'。'.join(in_ja)}。"
    )


@contextmanager
def importing(package: str, folder: LessonFolder) -> Iterator[None]:
    """While a lesson's modules are imported: its folder is a package of ours, and nothing is written into it."""
    if folder.folder.parent == lesson_folders.OURS:
        yield
        return
    for name in [name for name in sys.modules if f"{name}.".startswith(f"{package}.")]:
        del sys.modules[name]  # of an earlier state of the folder, or of another that was searched before
    spec = ModuleSpec(package, None, is_package=True)
    spec.submodule_search_locations = [str(folder.folder)]
    sys.modules[package] = module_from_spec(spec)
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        yield
    finally:
        sys.dont_write_bytecode = before


def import_exercise(name: str, folder: LessonFolder) -> ModuleType:
    """Raises AuthoringError with the file and line where a module of the lesson does not run."""
    try:
        return import_module(name)
    except GraderError:
        raise
    except Exception as error:
        raise what_went_wrong(error, folder.folder, Path(folder.folder, f"{name.rpartition('.')[2]}.py")) from error


def gathered(module: ModuleType, folder: LessonFolder) -> Exercise:
    """Raises AuthoringError where something that every exercise declares is not there."""
    for needed in ("TITLE", "NAMES"):
        if not hasattr(module, needed):
            raise AuthoringError(
                f"{module.__file__}, line 1: there is no {needed}. Every exercise has a TITLE, and NAMES: what the student writes.",
                ja=f"{module.__file__} の 1 行目: {needed} がありません。演習には TITLE と、学習者が書く名前 NAMES が必要です。",
            )
    check_kinds(module)
    from grader.checks.declare import answers_of, gather  # torch comes with the words of a check

    if lesson_folders.is_outside(folder.id):  # of our own a test asks it, and nobody waits for it
        for part in answers_of(module):
            check_names(Path(str(part.__file__)))
    exercise = gather(module)
    check_reference(module, exercise)
    if not exercise.checks:
        raise AuthoringError(
            f"{module.__file__}, line 1: the exercise {exercise.id} of {folder.id} has no check: a function under @check(points=...).",
            ja=f"{module.__file__} の 1 行目: 演習 {exercise.id} にチェックがありません。@check(points=...) を付けた関数を書いてください。",
        )
    return exercise


def check_kinds(module: ModuleType) -> None:
    """Raises AuthoringError where a declaration is of another kind than it must be: `NAMES = "softmax"` is names of a letter each."""
    title, names, starters = module.TITLE, module.NAMES, getattr(module, "STARTERS", ())
    wrong = {
        "TITLE": ('Text(en="...")', isinstance(title, Text)),
        "NAMES": ('a tuple of texts, ("softmax",)', all_of(str, names) and bool(names)),
        "STARTERS": ('a tuple of Text, (Text(en="..."), Text(en="..."))', all_of(Text, starters)),
    }
    for name, (kind, holds) in wrong.items():
        if not holds:
            line = line_of_name(Path(str(module.__file__)), name)
            raise AuthoringError(
                f"{module.__file__}, line {line}: {name} must be {kind}.",
                ja=f"{module.__file__} の {line} 行目: {name} は {kind} の形で書いてください。",
            )


def check_names(path: Path) -> None:
    """Raises AuthoringError where two checks, or two answers, of one file have one name: the first would be lost in silence."""
    seen: dict[str, int] = {}
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.decorator_list:
            names = [node.name]
        elif isinstance(node, ast.Assign) and declares(node.value):
            names = [target.id for target in node.targets if isinstance(target, ast.Name)]
        else:
            continue
        for name in names:
            if name in seen:
                raise AuthoringError(
                    f"{path}, line {node.lineno}: {name} is there already, in line {seen[name]}. Give one of the two another name.",
                    ja=f"{path} の {node.lineno} 行目: {name} は {seen[name]} 行目にもあります。どちらかの名前を変えてください。",
                )
            seen[name] = node.lineno


def declares(value: ast.expr) -> bool:
    """Whether that makes a known answer; `table = table.assign(...)` may stand as often as somebody likes."""
    called = value.func if isinstance(value, ast.Call) else None
    return (getattr(called, "id", None) or getattr(called, "attr", None)) in ("misconception", "accepts")


def all_of(kind: type, value: object) -> bool:
    return isinstance(value, tuple | list) and all(isinstance(one, kind) for one in value)


def check_reference(module: ModuleType, exercise: Exercise) -> None:
    """Raises AuthoringError where the solution does not define what the exercise asks for."""
    missing = [name for name in exercise.names if name not in source.names_in(exercise.lesson)]
    if missing and source.has_answers(exercise.lesson):
        file, names = Path(str(module.__file__)), ", ".join(missing)
        line, solution = line_of_name(file, "NAMES"), source.place_of(exercise.lesson)
        raise AuthoringError(
            f"{file}, line {line}: the solution {solution} defines no {names}. It is the reference answer, so it must.",
            ja=f"{file} の {line} 行目: 解答ファイル {solution} に {names} の定義がありません。模範解答なので必要です。",
        )


def interfaces_of(exercise: Exercise) -> tuple[Interface, ...]:
    """Those that an exercise declares; its other functions are known by their own name alone.

    Roles are those of the reference's signature where none are declared.
    """
    known = source.signatures(exercise.answered_in)
    declared = {interface.name: interface for interface in exercise.interfaces}
    functions = {name: Interface(name, "function", exercise=exercise.id) for name in exercise.names if name in known}
    found = (declared | {name: functions[name] for name in functions if name not in declared}).values()
    return tuple(i if i.roles or i.name not in known else replace(i, roles=known[i.name]) for i in found)


def with_shared(exercise: Exercise, shared: dict[str, Any]) -> Exercise:
    """An exercise, and every form of it, with what the exercises of a lesson share."""
    forms = tuple(replace(form, asks=replace(form.asks, **shared)) for form in exercise.forms)
    return replace(exercise, forms=forms, **shared)


def lesson(name: str) -> Lesson:
    """Raises UsageError with the names there are."""
    require_lesson(name)
    return load(name)


def require_lesson(name: str) -> None:
    """Raises UsageError with the names there are."""
    if name not in names():
        en, ja = nearest(name, names())
        raise UsageError(
            f"There is no lesson called {name}.{en} There are: {', '.join(names())}.",
            ja=f"{name} という課題はありません。{ja}あるのは {', '.join(names())} です。",
        )


def exercise(name: str) -> Exercise:
    """Raises UsageError with the names there are."""
    known = {e.id: e for part in catalogue() for e in part.exercises}
    if name not in known:
        raise no_such_exercise(name, known)
    return known[name]


def no_such_exercise(name: str, known: Iterable[str]) -> UsageError:
    en, ja = nearest(name, known)
    return UsageError(
        f"There is no exercise called {name}.{en} There are: {', '.join(known)}.",
        ja=f"{name} という演習はありません。{ja}あるのは {', '.join(known)} です。",
    )
