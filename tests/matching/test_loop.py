"""The loop over adapters: each serves something, and what is looked for is served."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from grader.lessons import catalogue
from grader.matching.adapters import ADAPTERS, FINDERS
from grader.model import Interface

INTERFACES = [i for lesson in catalogue() for exercise in lesson.exercises for i in exercise.interfaces if i.called]
MATCHING = Path(__file__).parents[2] / "grader" / "matching"


def by_name(interface: Interface) -> str:
    return interface.name


@pytest.mark.parametrize("interface", dict.fromkeys(INTERFACES), ids=by_name)
def test_every_interface_that_is_looked_for_is_served(interface: Interface) -> None:
    assert any(form.serves(interface) for form in (*ADAPTERS, *FINDERS))


def test_every_form_serves_an_interface() -> None:
    for form in (*ADAPTERS, *FINDERS):
        assert any(form.serves(interface) for interface in INTERFACES), form


def test_the_search_names_no_form() -> None:
    """It imports the two tuples, and no adapter for what it proposes."""
    tree = ast.parse((MATCHING / "search.py").read_text(encoding="utf-8"))
    imported = {n.module: {a.name for a in n.names} for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert imported["grader.matching.adapters"] == {"ADAPTERS", "FINDERS"}
