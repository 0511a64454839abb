"""Blanks in answers: what is one, and when it is why an exercise counts as not attempted."""

from __future__ import annotations

import textwrap

import pytest

from grader.model import Cell
from grader.notebook.placeholders import EXAMPLES, Blanks, blanks, decisive, without_abstract


def found(source: str) -> list[int]:
    return [blank.line for blank in blanks([Cell(0, "code", source)])]


@pytest.mark.parametrize("example", EXAMPLES)
def test_what_the_docs_call_a_blank_is_one(example: str) -> None:
    """Each example of the page is recognised, in a class and at the margin."""
    assert found(example)
    assert found("class RNN(nn.Module):\n" + textwrap.indent(example, "    "))


@pytest.mark.parametrize(
    "source",
    [
        "nn.RNN??",
        "?torch.cat",
        "print('____ ????')",
        "# ???? ____",
        "x[..., 0] = y[...]",
        "try:\n    f()\nexcept ValueError:\n    pass",
        "def f(x):\n    return None",
        "class Stop(Exception):\n    pass",
        "_, out = rnn(x)\n__name__ == '__main__'",
        "def f():\n    raise ValueError(x)",
    ],
)
def test_what_only_looks_like_a_blank_is_none(source: str) -> None:
    """Help, strings, comments, slices and empty handlers are code like any other."""
    assert not found(source)


def test_a_helper_left_empty_does_not_make_an_answer_missing() -> None:
    """The blank has to be in what the exercise asks for, unless the section defines nothing of it or does not parse."""
    helper = tuple(blanks([Cell(3, "code", "def plot():\n    pass")]))
    assert helper[0].within == ("plot",)
    assert decisive(Blanks(helper, frozenset({"RNN", "plot"})), ["RNN"]) is None
    assert decisive(Blanks(helper, frozenset({"plot"})), ["RNN"]) is helper[0]
    assert decisive(Blanks(helper, frozenset({"RNN", "plot"}), frozenset({3})), ["RNN"]) is helper[0]
    inner = tuple(blanks([Cell(0, "code", "class RNN(nn.Module):\n    def forward(self, x):\n        pass")]))
    assert decisive(Blanks(inner, frozenset({"RNN"})), ["RNN"]) is inner[0]


def test_what_a_class_leaves_to_those_made_of_it_is_no_blank() -> None:
    """`class Norm(Layer)` fills in what Layer left; a class that nobody inherits from has a blank."""
    base = "class Layer:\n    def __init__(self):\n        pass\n\n    def forward(self, x):\n        raise NotImplementedError"
    cells = [
        Cell(0, "code", base),
        Cell(1, "code", "class Norm(Layer, Saved):\n    def forward(self, x):\n        return x"),
    ]
    section = Blanks(tuple(blanks(cells)), frozenset({"Layer", "Norm"}))
    assert section.found and not without_abstract(section, cells).found
    assert without_abstract(section, cells[:1]).found == section.found
