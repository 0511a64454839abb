"""What an exercise declares of its interfaces agrees with its reference answer."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from grader.lessons import catalogue, check_names
from grader.model import Exercise, Interface

SOLUTIONS = Path(__file__).parents[2] / "solutions"
LESSONS = Path(__file__).parents[2] / "grader" / "lessons"
DECLARED = [(e, i) for lesson in catalogue() for e in lesson.exercises for i in e.interfaces if i.exercise == e.id]


def parameters(exercise: Exercise, name: str, method: str) -> tuple[str, ...]:
    """Those of a function of the reference answer, or of a method of a class."""
    tree = ast.parse((SOLUTIONS / f"{exercise.answered_in}.py").read_text(encoding="utf-8"))
    found = next(n for n in tree.body if isinstance(n, ast.ClassDef | ast.FunctionDef) and n.name == name)
    if isinstance(found, ast.FunctionDef):
        return tuple(a.arg for a in found.args.args)
    asked = next(n for n in found.body if isinstance(n, ast.FunctionDef) and n.name == method)
    return tuple(a.arg for a in asked.args.args[1:])


@pytest.mark.parametrize(("exercise", "interface"), DECLARED, ids=[i.name for _, i in DECLARED])
def test_roles_are_the_parameters_of_the_reference_answer(exercise: Exercise, interface: Interface) -> None:
    """In their order; what the reference takes beyond them is optional there."""
    assert interface.name in exercise.names
    assert parameters(exercise, interface.name, "__init__")[: len(interface.roles)] == interface.roles
    if interface.forward:
        assert parameters(exercise, interface.name, "forward") == interface.forward


@pytest.mark.parametrize("interface", [i for _, i in DECLARED], ids=[i.name for _, i in DECLARED])
def test_needed_roles_and_defaults_are_among_the_roles(interface: Interface) -> None:
    """Whatever else is said of a role is said of one that the interface has."""
    assert set(interface.needed) <= set(interface.roles)
    assert {role for role, _ in interface.defaults} <= set(interface.roles)


@pytest.mark.parametrize("path", sorted(LESSONS.glob("*/*.py")), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_no_lesson_of_ours_uses_a_name_twice(path: Path) -> None:
    """It is asked here and not whenever a lesson is loaded, which everybody would wait for."""
    check_names(path)
