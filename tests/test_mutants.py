"""The strength of the checks: mutants of the reference answers, and the table of what became of them."""

from __future__ import annotations

import random

import pytest

from grader import lessons
from grader.authoring.mutants import STATM, at_most, judged, mutants_of
from grader.authoring.operators import mutants
from tests.drawing import drawn
from tools.mutation import table

MEASURED = table.read()
# An answer with one of everything that the operators look at.
ANSWER = '''
def scale(x, by=2):
    """A docstring is no code."""
    y = x.sum(dim=-1) * by
    y += 1
    return y[1:]
'''


def test_operators_change_one_thing_each() -> None:
    """Operators, operands, constants, names, arguments, bounds and statements change; the docstring and the original do not."""
    found = {mutant.id for mutant in mutants(ANSWER)}
    line = "y = x.sum(dim=-1) * by"
    assert f"operator | {line} | y = x.sum(dim=-1) / by" in found
    assert f"operand | {line} | y = x.sum(dim=-1)" in found
    assert f"argument left out | {line} | y = x.sum() * by" in found
    assert f"name | {line} | y = x.mean(dim=-1) * by" in found
    assert f"call left out | {line} | y = x * by" in found
    assert f"statement left out | {line} | " in found
    assert "statement twice | y += 1 | y += 1" in found
    assert "bound left out | return y[1:] | return y[:]" in found
    assert "constant | def scale(x, by=2): | def scale(x, by=3):" in found
    texts = [mutant.text for mutant in mutants(ANSWER)]
    assert len(texts) == len(set(texts)) and all("A docstring is no code" in text for text in texts)


@pytest.mark.parametrize("name", sorted(MEASURED))
def test_the_table_is_that_of_these_answers_and_checks(name: str) -> None:
    """The digest of the answer and of its checks is the one that was measured; else `make mutants` is due."""
    assert MEASURED[name].digest == table.digest(name)


def test_what_was_not_caught_is_explained() -> None:
    """Each has a reason or is known as a hole; what is said to be equivalent gave the reference's values a thousand times."""
    assert table.unexplained(MEASURED) == []


def test_no_reason_outlives_its_mutant() -> None:
    """Every reason belongs to a mutant that is in the table and was not caught."""
    left = {
        name: {row.id.partition(" | ")[2] for row in found.rows if row.verdict != "caught"}
        for name, found in MEASURED.items()
    }
    for name, known in table.reasons().items():
        assert set(known) <= left[name], name


def test_the_page_is_fresh() -> None:
    """docs/mutants.md is what the table says."""
    assert (table.HERE.parents[1] / "docs" / "mutants.md").read_text("utf-8") == table.render(MEASURED)


@drawn(6)
@pytest.mark.parametrize("name", sorted(MEASURED))
def test_a_drawn_mutant_gets_the_verdict_of_the_table(name: str) -> None:
    """One mutant of each exercise is judged again; which one follows from the digest, and so changes with the checks."""
    exercise = lessons.exercise(name)
    rows = MEASURED[name].rows
    number = random.Random(MEASURED[name].digest).randrange(len(rows))
    mutant = mutants_of(exercise)[number]
    assert mutant.id == rows[number].id
    assert judged(lessons.lesson(exercise.lesson), exercise, mutant)[0] == rows[number].verdict


@pytest.mark.skipif(not STATM.exists(), reason="only Linux says how much memory a process uses")
def test_a_mutant_that_fills_the_memory_is_stopped() -> None:
    """A loop that fills a list without end gets a MemoryError, which its check reports; afterwards there is memory again."""
    with pytest.raises(MemoryError), at_most(60):
        fill()
    assert len(bytes(1 << 28))


def fill() -> None:
    rows: list[bytes] = []
    while True:
        rows.append(bytes(1 << 28))
