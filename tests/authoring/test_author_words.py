"""The list of every word in the authors' guide."""

from __future__ import annotations

import re

import pytest

from grader.packaging.author_words import GROUPS, INNER, PAGE, render, said_by, vocabulary, written


def test_the_list_is_fresh() -> None:
    """It is what the signatures and docstrings give today: run `make build`."""
    page = PAGE.read_text(encoding="utf-8")
    assert render(page) == page


def test_no_word_is_forgotten() -> None:
    """Each is in the list or is named as none for a check, and nothing is named that there is not."""
    listed = {name for names in GROUPS.values() for name in names}
    assert [name for name in vocabulary() if name.partition(".")[0] not in listed and name not in INNER] == []
    assert sorted(INNER - set(vocabulary())) == []


@pytest.mark.parametrize("name", [name for name in vocabulary() if name not in INNER])
def test_every_word_says_what_it_is_for(name: str) -> None:
    assert said_by(vocabulary()[name])


def test_words_are_written_as_in_a_check() -> None:
    """Methods are those of the objects that a check holds, with their arguments and without `self`."""
    words = vocabulary()
    assert (
        written("Draw.integers", words["Draw.integers"]) == "draw.integers(low: int, high: int, *shape: int) -> Tensor"
    )
    assert written("Module.__call__", words["Module.__call__"]).startswith("module(*args")
    assert written("properties.finite", words["properties.finite"]).startswith("properties.finite(actual")
    assert written("Failure", words["Failure"]).startswith("Failure(rationale: Text, help: Text | None")


def test_the_guide_names_no_word_that_there_is_not() -> None:
    """`student.call`, `draw.normal`, `properties.has_shape`: what the prose writes with a dot is there."""
    prose = PAGE.read_text(encoding="utf-8")
    owners = {"student": "Student", "draw": "Draw", "module": "Module"}
    owners |= {name: name for name in ("properties", "normalise", "recompute", "compare", "slopes", "by_shape")}
    named = re.findall(rf"\b({'|'.join(owners)})\.(\w+)\(", prose)
    assert named and [(one, part) for one, part in named if f"{owners[one]}.{part}" not in vocabulary()] == []
