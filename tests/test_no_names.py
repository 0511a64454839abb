"""No exercise is named outside of the lessons: what is special about one is said beside it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from grader.lessons import catalogue

PACKAGE = Path(__file__).parents[1] / "grader"
# Words that mean something else where they stand, by file.
MEANT = {
    "notebook/headings.py": {"knock81"},  # examples of headings, for people
    "checks/properties/__init__.py": {"perplexity"},  # a property of that name
    "data/__init__.py": {"bert"},  # a loader
    "matching/adapters/library_classifier.py": {"bert"},  # what people call a model
}
# Names that are ordinary words of Python, PyTorch or English.
ORDINARY = {"train", "generate", "translation", "heads", "questions", "transformer", "encode", "tune", "RNN", "Encoder", "LayerNorm", "Transformer", "translate", "accuracy", "collate"}  # fmt: skip
FILES = [p for p in sorted(PACKAGE.rglob("*.py")) if p.relative_to(PACKAGE).parts[0] != "lessons"]


def names() -> set[str]:
    """Ids of lessons and exercises, and what the contract calls things."""
    found = {lesson.id for lesson in catalogue()}
    for lesson in catalogue():
        for exercise in lesson.exercises:
            found |= {exercise.id, *exercise.names}
            found |= {name for form in exercise.forms for name in form.asks.names}
    return found


def compared(tree: ast.AST) -> set[str]:
    """The strings that code is decided by: in comparisons, as keys, in tuples, sets and patterns of `match`."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare | ast.Dict | ast.Tuple | ast.Set | ast.List | ast.MatchValue | ast.Subscript):
            parts = ast.iter_child_nodes(node)
            found |= {p.value for p in parts if isinstance(p, ast.Constant) and isinstance(p.value, str)}
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_nothing_outside_the_lessons_names_an_exercise(path: Path) -> None:
    """Neither an exercise nor a name of the contract decides anything here."""
    own = compared(ast.parse(path.read_text(encoding="utf-8"))) & (names() - ORDINARY)
    assert own <= MEANT.get(path.relative_to(PACKAGE).as_posix(), set())


def test_ordinary_words_are_compared_with_no_name_of_the_contract() -> None:
    """An ordinary word is no way around: nothing compares `wanted` or an exercise with a string."""
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Compare) and ast.unparse(node.left).endswith(("wanted", "wanted.name", "interface.name", "exercise.id", ".lesson", ".wanted")):  # fmt: skip
                strings = [p for p in node.comparators if isinstance(p, ast.Constant) and isinstance(p.value, str)]
                assert not [s for s in strings if s.value], (path, ast.unparse(node))
