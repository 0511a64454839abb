"""A hand-in with exercises of several lessons, where nobody says which lesson it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.grading import grade, prepare
from grader.judge.several_lessons import told_as, unread
from grader.lessons import load
from grader.model import Cell, ExerciseReport, Finding, Outcome, Text, total
from grader.notebook.code_patterns import askable_exercises, shown_exercises, signed_exercises
from tests.drawing import drawn

TEXT = Text(en="-", ja="-")
ATTENTION = """
import math
import torch
from torch import nn

def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / SCALE
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    weights = scores.softmax(dim=-1).nan_to_num(0.0)
    return weights @ v, weights
"""
HEADS = """
from attention import *

class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.w_q, self.w_k, self.w_v, self.w_o = (nn.Linear(d_model, d_model) for _ in range(4))

    def cut(self, x):
        return x.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q, k, v = self.cut(self.w_q(query)), self.cut(self.w_k(key)), self.cut(self.w_v(value))
        seen, weights = scaled_dot_product_attention(q, k, v, mask)
        return self.w_o(seen.transpose(1, 2).flatten(2)), weights

class PositionalEncoding(nn.Module):
    def __init__(self, d_model, max_len=500):
        super().__init__()
        angle = torch.arange(max_len)[:, None] / 10000 ** (torch.arange(0, d_model, 2) / d_model)
        self.register_buffer("pe", torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(1)[:, :d_model])

    def forward(self, x):
        return x + self.pe[: x.size(1)]

def causal_mask(size):
    return torch.ones(size, size).tril().bool()
"""


def handed_in(folder: Path, scale: str = "math.sqrt(q.size(-1))") -> Path:
    (folder / "attention.py").write_text(ATTENTION.replace("SCALE", scale), "utf-8")
    (folder / "model.py").write_text(HEADS, "utf-8")
    return folder


@pytest.mark.slow
@drawn(1)
@pytest.mark.parametrize(("scale", "earns"), [("math.sqrt(q.size(-1))", True), ("1", False)])
def test_exercises_of_another_lesson_are_graded_too(tmp_path: Path, scale: str, earns: bool) -> None:
    """The attention by itself is an exercise of another lesson than the heads; the report says what belongs where."""
    report = grade(handed_in(tmp_path, scale), seed=3)
    found = {exercise.id: exercise.score for exercise in report.exercises}
    assert report.lesson == "transformer_lm" and found["causal_mask"].full
    assert found["dot_attention"].full is earns and found["dot_attention"].earned
    assert any("exercises of attention_translation (dot_attention)" in remark.en for remark in report.remarks)
    assert report.score == total(tuple(f for exercise in report.exercises for f in exercise.findings))


@pytest.mark.slow
def test_in_a_class_a_hand_in_is_one_lesson(tmp_path: Path) -> None:
    """Nothing of another lesson is in anybody's total there."""
    report = grade(handed_in(tmp_path), seed=3, one_lesson=True)
    assert report.lesson == "transformer_lm" and "dot_attention" not in {exercise.id for exercise in report.exercises}


def test_who_says_the_lesson_gets_that_one(tmp_path: Path) -> None:
    """Nothing of other lessons is looked for."""
    submission, _ = prepare(handed_in(tmp_path), "transformer_lm")
    assert submission.beside == () and prepare(tmp_path)[0].beside == ("attention_translation",)


def exercise(*outcomes: Outcome) -> ExerciseReport:
    findings = tuple(Finding(str(n), TEXT, outcome, 1.0) for n, outcome in enumerate(outcomes))
    return ExerciseReport("dot_attention", TEXT, total(findings), findings)


@pytest.mark.parametrize(
    ("outcomes", "signed", "told"),
    [
        ((Outcome.PASSED, Outcome.PASSED), False, (Outcome.PASSED, Outcome.PASSED)),
        ((Outcome.PASSED, Outcome.FAILED), False, (Outcome.PASSED, Outcome.FAILED)),
        ((Outcome.FAILED, Outcome.SKIPPED), False, ()),
        ((Outcome.FAILED, Outcome.SKIPPED), True, (Outcome.NEEDS_REVIEW, Outcome.NEEDS_REVIEW)),
        ((Outcome.NEEDS_REVIEW,), True, (Outcome.NEEDS_REVIEW,)),
        ((Outcome.NEEDS_REVIEW,), False, ()),
        ((Outcome.MISSING,), True, ()),
    ],
)
def test_what_nobody_asked_for_accuses_nobody(
    outcomes: tuple[Outcome, ...], signed: bool, told: tuple[Outcome, ...]
) -> None:
    """An exercise of another lesson counts where part of it holds; where it is clearly meant and fails, a person looks."""
    found = told_as(exercise(*outcomes), signed)
    assert tuple(finding.outcome for finding in found.findings) == told if found is not None else told == ()
    assert found is None or found.score == total(found.findings)


READS = """
class MyQuestionAnswering(nn.Module):
    def __init__(self, encoder):
        super().__init__()
        self.encoder, self.both = encoder, nn.Linear(768, 2)

    def forward(self, ids, mask):
        return self.both(self.encoder(ids, mask)).unbind(-1)
"""
ALL_NAMES = ("pack_pair", "SequenceClassifier", "SpanHead", "best_span", "TaggingHead", "align_labels")


@pytest.mark.parametrize("more", ["", "".join(f"def {name}(): ...\n" for name in ALL_NAMES)])
def test_what_cannot_be_asked_is_a_persons(more: str) -> None:
    """Heads are asked by all of the contract's names only; without them their sign is told of, and nothing lost."""
    lesson = load("bert")
    cells = (Cell(0, "code", f"{READS}\n{more}"),)
    assert "heads" in signed_exercises(lesson, cells) & set(shown_exercises(lesson, cells))
    assert askable_exercises(lesson, cells, ("heads",)) == (("heads",) if more else ())
    found = unread(next(e for e in lesson.exercises if e.id == "heads"))
    assert found.score.pending == found.score.possible > 0 and not found.score.lost
