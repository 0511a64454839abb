"""What is read off a hand-in's text."""

from __future__ import annotations

from grader.matching.source_index import SourceIndex
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
