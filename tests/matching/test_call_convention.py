"""What a student's `forward` is handed behind the ids, going by its parameters and by the notebook's own calls."""

from __future__ import annotations

import pytest
import torch

from grader.matching.call_convention import arranged, form_of_forward
from grader.matching.source_index import SourceIndex
from grader.model import Cell

MODEL = """
class Net(nn.Module):
    def forward(self, ids, mask, {name}):
        return self.out(self.bert(ids, mask, {name}))
"""


@pytest.mark.parametrize(
    ("call", "given"),
    [
        ("net(x, m, return_dict=False)", False),
        ("net(x, m, return_dict=flag)\nnet(x, m, return_dict=True)", True),
        ("net(x, m, return_dict='tuple')", "tuple"),
    ],
)
def test_an_unknown_argument_is_what_the_own_calls_give(call: str, given: object) -> None:
    """A constant of the notebook's own; our tensors would be read as whatever it means there."""
    cells = (Cell(0, "code", MODEL.format(name="return_dict")), Cell(1, "code", call))
    rows = [["ids", "POSITIONAL_OR_KEYWORD", False], ["mask", "POSITIONAL_OR_KEYWORD", False], ["return_dict", "POSITIONAL_OR_KEYWORD", False]]  # fmt: skip
    form = form_of_forward(SourceIndex(cells), "Net", "knock89", rows)
    ids, mask = torch.ones(2, 3, dtype=torch.long), torch.ones(2, 3)
    assert arranged(form, (ids, mask), {})[2] == given


def test_without_a_constant_it_is_a_state() -> None:
    """`net(x, h0=hidden)` says nothing of what h0 is: zeros, as always."""
    cells = (Cell(0, "code", MODEL.format(name="h0")), Cell(1, "code", "net(x, m, h0=hidden)\nnet(x, m, h0=None)"))
    rows = [["ids", "POSITIONAL_OR_KEYWORD", False], ["mask", "POSITIONAL_OR_KEYWORD", False], ["h0", "POSITIONAL_OR_KEYWORD", False]]  # fmt: skip
    assert dict(form_of_forward(SourceIndex(cells), "Net", "knock81", rows).extras)["h0"] == "state"
