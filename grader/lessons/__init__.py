"""The catalogue: every lesson and exercise there is.

A lesson is a sub-package; its `__init__` gives TITLE, ORDER (the names of its exercise modules), CUES (what is met in this
lesson only), SERIES and SECRET (see `Exercise.series`, `Lesson.secret`) and, where the student is asked to explain the code in their own words, NOTES.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import replace
from functools import cache
from typing import Any

from grader.checks.declare import gather
from grader.errors import AuthoringError, UsageError
from grader.lessons import source
from grader.model import Exercise, Interface, Lesson


@cache
def catalogue() -> tuple[Lesson, ...]:
    """All lessons, by name."""
    return tuple(load(name) for name in names())


def names() -> list[str]:
    return sorted(m.name for m in pkgutil.iter_modules(__path__) if m.ispkg)


@cache
def load(name: str) -> Lesson:
    package = importlib.import_module(f"{__name__}.{name}")
    modules = {m.name for m in pkgutil.iter_modules(package.__path__) if not m.name.startswith("_")}
    if modules != set(package.ORDER):
        raise AuthoringError(
            f"ORDER of the lesson {name} and its modules differ: {sorted(modules ^ set(package.ORDER))}"
        )
    exercises = tuple(gather(importlib.import_module(f"{__name__}.{name}.{part}")) for part in package.ORDER)
    shared = {
        "interfaces": tuple(interface for exercise in exercises for interface in interfaces_of(exercise)),
        "series": getattr(package, "SERIES", False),
    }
    exercises = tuple(with_shared(exercise, shared) for exercise in exercises)
    return Lesson(
        name,
        package.TITLE,
        exercises,
        getattr(package, "NOTES", None),
        getattr(package, "CUES", ()),
        getattr(package, "SECRET", False),
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
    if name not in names():
        raise UsageError(
            f"There is no lesson called {name}. There are: {', '.join(names())}.",
            ja=f"{name} という課題はありません。あるのは {', '.join(names())} です。",
        )
    return load(name)


def exercise(name: str) -> Exercise:
    """Raises UsageError with the names there are."""
    known = {e.id: e for part in catalogue() for e in part.exercises}
    if name not in known:
        raise UsageError(
            f"There is no exercise called {name}. There are: {', '.join(known)}.",
            ja=f"{name} という演習はありません。あるのは {', '.join(known)} です。",
        )
    return known[name]
