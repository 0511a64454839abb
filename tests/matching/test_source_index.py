"""What is read off a hand-in's text."""

from __future__ import annotations

import ast

import pytest

from grader.matching.handed_on import as_made
from grader.matching.source_index import SourceIndex
from grader.matching.trees import read_first
from grader.model import Cell

TWO_TRIES = """
class Layer: pass
class Block: pass
class Stack:
    def __init__(self): self.parts = [Block()]
def build(): return Layer()
"""


def index(*sources: str) -> SourceIndex:
    return SourceIndex(tuple(Cell(n, "code", source) for n, source in enumerate(sources)))


def test_what_runs_comes_to_what_it_uses() -> None:
    """A definition is in use where the top level comes to it through others, and not where only an unused one does."""
    assert index(TWO_TRIES, "if True:\n    model = build()").in_use == {"build", "Layer"}
    assert index(TWO_TRIES).in_use == frozenset()


def test_an_earlier_try_is_left_aside_for_what_runs() -> None:
    """Only where something else that would do is in use."""
    ran = index(TWO_TRIES, "model = build()")
    assert ran.is_left_aside("Block", ("Layer",))
    assert not ran.is_left_aside("Block", ("Tower",))
    assert not ran.is_left_aside("Layer", ("Block",))
    assert not index(TWO_TRIES).is_left_aside("Block", ("Layer",))


def test_settings_are_read_wherever_they_are_written_out() -> None:
    """As an attribute, a keyword, a key, a field or an option; of two the first, and nothing that is only announced."""
    texts = (
        "config.width, other = 1, 2\nconfig.gap = None\nconfig.gap = 8",
        "made = dict(depth=3, gap=9)\ntable = {'heads': 4, 5: 6}",
        "class Config:\n    rate: float = 0.5\n    size: int",
        "parser.add_argument('--steps', '-s', type=int, default=7)",
    )
    assert index(*texts).settled == {"gap": 8, "depth": 3, "heads": 4, "rate": 0.5, "steps": 7, "s": 7}


@pytest.mark.parametrize(
    ("statement", "needed"),
    [
        ("with open(name) as f:\n    lines = f.readlines()\n    n = len(lines)", ["open", "name", "len"]),
        ("for title in titles:\n    words = title.split()\n    seen += words", ["titles", "seen"]),
        ("count = count + step", ["count", "step"]),
        ("table[word] = len(table)", ["len", "table", "word"]),
        ("found = [w for w in words if w in known]", ["words", "known"]),
        ("order = sorted(pairs, key=lambda pair: pair[by])", ["sorted", "pairs", "by"]),
    ],
)
def test_a_statement_needs_what_it_reads_before_it_makes_it(statement: str, needed: list[str]) -> None:
    """In the order in which it runs, and nothing that a comprehension or a lambda binds for itself."""
    assert sorted(read_first(ast.parse(statement).body[0])) == sorted(needed)


RUN = """
def run(lr, activation, width=300):
    hidden = 2 * lr
    return Net(activation, width, hidden)
"""


def test_what_a_function_is_handed_is_what_it_hands_on() -> None:
    """By place, by name or by default, through several functions; what the function changes, or nobody writes out, stays a name."""
    direct = index(RUN, "run(0.5, activation='relu')")
    through = index(RUN, "def main(kind):\n    run(0.1, kind)", "main('relu')")
    unknown = index(RUN)
    for written, activation in ((direct, "'relu'"), (through, "'relu'"), (unknown, "activation")):
        made = as_made(written.calls("Net", "")[0], written, "")
        assert ast.unparse(made) == f"Net({activation}, 300, hidden)"


STACKS = """
class Head: pass
class Layer: pass
class Rest: pass
class Copied: pass
class Model:
    def __init__(self, n):
        self.layers = [Layer(n) for _ in range(n)]
        for i in range(n):
            self.add_module(str(i), Head(n))
        self.more = clones(Copied(n), n)
        self.rest = Rest(n)
"""


def test_the_layers_of_a_model_are_those_of_which_it_has_several() -> None:
    """Made in a loop of any kind, or copied over and over; what stands there once is none."""
    assert index(STACKS).stacked == {"Head", "Layer", "Copied"}
