"""A known mistake that gives the same values by chance is not named."""

from __future__ import annotations

import pytest

from grader.judge.judging import judge
from grader.lessons import load, source
from grader.model import Cell, Submission
from grader.sandbox.local import LocalSandbox

ADDITIVE = """
import torch
from torch import nn

class AdditiveAttention(nn.Module):
    def __init__(self, query_size, key_size, attn_size):
        super().__init__()
        self.W = nn.Linear(query_size, attn_size)
        self.U = nn.Linear(key_size, attn_size)
        self.v = nn.Linear(attn_size, 1)

    def forward(self, query, keys{taken}):
        scores = self.v(torch.tanh(self.W(query).unsqueeze(1) + self.U(keys))).squeeze(-1)
        {line}
        weights = torch.softmax(scores, dim=-1)
        return torch.bmm(weights.unsqueeze(1), keys).squeeze(1), weights
"""
MASKED = "if mask is not None:\n            scores = scores.masked_fill({mask}, -1e9)"
NO_MASK = ADDITIVE.format(taken="", line="scores = torch.zeros_like(scores)")
MASK = ADDITIVE.format(
    taken=", mask=None", line="scores = torch.zeros_like(scores)\n        " + MASKED.format(mask="~mask")
)
FLIPPED = ADDITIVE.format(taken=", mask=None", line=MASKED.format(mask="mask"))


def names(text: str, role: str | None = None) -> set[str]:
    cells = (Cell(0, "code", text, exercise="additive_attention", role=role),)
    with LocalSandbox() as sandbox:
        submission = Submission("somebody", "0" * 64, "en", "attention_translation", cells)
        report = judge(submission, sandbox, load("attention_translation"), seed=5, only=("additive_attention",))
    return {f.misconception.id for f in report.exercises[0].findings if f.misconception}


@pytest.mark.parametrize("text", [NO_MASK, MASK], ids=["no mask", "a mask"])
def test_weights_that_ignore_the_query_are_no_mask_upside_down(text: str) -> None:
    """Where everything is hidden every word gets the same weight, but nothing was hidden here."""
    assert names(text) == set()


def test_a_mask_upside_down_is_told() -> None:
    """It explains what every check saw. Who was not handed our notebook may mean the mask the other way round."""
    assert names(FLIPPED, role="solution") == {"mask_flipped"}


NOT_A_NUMBER = """

class TransformerLM(TransformerLM):
    def forward(self, ids):
        return super().forward(ids) * torch.nan
"""


def test_what_is_not_a_number_anywhere_has_no_name() -> None:
    """A mask that hides a whole row ends in NaN everywhere, and so does anything else that does."""
    cells = (Cell(0, "code", source.text_of("transformer_lm") + NOT_A_NUMBER, exercise="transformer"),)
    with LocalSandbox() as sandbox:
        submission = Submission("somebody", "0" * 64, "en", "transformer_lm", cells)
        report = judge(submission, sandbox, load("transformer_lm"), seed=5, only=("transformer",))
    found = report.exercises[0].findings
    assert not [f.misconception.id for f in found if f.misconception]
    assert not any(f.earned for f in found if f.check == "computes_the_model")
