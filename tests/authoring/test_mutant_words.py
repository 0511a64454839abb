"""Mutants in words: every kind of change is said as what it is."""

from __future__ import annotations

import re

import pytest

from grader.authoring.mutant_words import told
from grader.authoring.operators import mutants

SOURCE = """
class Walk:
    def __init__(self, steps):
        super().__init__()
        self.steps = steps
        self.total = 0

    def forward(self):
        for step in self.steps:
            if step > 3:
                self.total += step
        return self.total
"""
SAID = {
    "statement twice": "with `super().__init__()` written twice",
    "statements swapped": "with `self.steps = steps` and the next statement `self.total = 0` in the other order",
    "statement left out": "without `self.total = 0`",
    "branch never taken": "with what stands below `if step > 3:` never done",
    "operator": "with `if step >= 3:` instead of `if step > 3:`",
}


def all_told() -> list[tuple[str, str]]:
    return [(mutant.operator, told(mutant).en) for mutant in mutants(SOURCE)]


@pytest.mark.parametrize("operator", SAID)
def test_a_change_is_said_as_what_it_is(operator: str) -> None:
    assert (operator, SAID[operator]) in all_told()


def test_a_condition_and_a_loop_are_told_apart() -> None:
    said = [text for operator, text in all_told() if operator == "condition left out"]
    assert "with `for step in self.steps:` ended after its first time" in said
    assert any(text.startswith("without the line `if step > 3:`, and") for text in said)


def test_nothing_is_said_to_stand_instead_of_itself() -> None:
    """No change is told as one line in the place of the same line, in either language."""
    assert all_told()
    for mutant in mutants(SOURCE):
        for text in (told(mutant).en, told(mutant).ja):
            quoted = re.findall("`([^`]+)`", text)
            assert len(set(quoted)) == len(quoted) and mutant.old in quoted, text
