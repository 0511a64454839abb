"""Attention and translation: the reference against obviously right loops, and checks that survive any reply."""

from __future__ import annotations

import math
import os
import re
import subprocess
import sys
from typing import Any

import pytest
import torch
from torch import Tensor

from grader.checks.draw import Draw
from grader.judge.judging import judge
from grader.lessons import load, source
from grader.lessons.attention_translation._words import sentences
from grader.model import Exercise, Outcome, Submission
from grader.sandbox.local import LocalSandbox
from tests.drawing import drawn

LESSON = load("attention_translation")
EXERCISES = [exercise.id for exercise in LESSON.exercises]


def reference(name: str) -> Any:
    scope = source.namespace("attention_translation")
    assert scope is not None
    return scope[name]


def attended(q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """Attention as sums over single numbers."""
    out, weights = torch.zeros(*q.shape[:2], v.shape[2]), torch.zeros(*q.shape[:2], k.shape[1])
    for b in range(q.shape[0]):
        for i in range(q.shape[1]):
            allowed = [j for j in range(k.shape[1]) if mask[b, i, j]]
            score = {j: sum(float(x * y) for x, y in zip(q[b, i], k[b, j], strict=True)) for j in allowed}
            power = {j: math.exp(s / math.sqrt(q.shape[2])) for j, s in score.items()}
            for j in allowed:
                weights[b, i, j] = power[j] / sum(power.values())
                out[b, i] += weights[b, i, j] * v[b, j]
    return out, weights


def test_dot_attention_is_the_loop() -> None:
    """The reference attention equals the sum over single numbers, a fully masked row included."""
    draw = Draw(7)
    q, k, v = draw.qkv()
    mask = draw.mask(q.shape[0], q.shape[1], k.shape[1])
    mask[0, 1] = False
    for mine, theirs in zip(
        reference("scaled_dot_product_attention")(q, k, v, mask), attended(q, k, v, mask), strict=True
    ):
        assert torch.allclose(mine, theirs, atol=1e-5)


def test_a_hidden_row_leaves_gradients_finite() -> None:
    """A query that may look nowhere gives the reference no NaN in its gradients."""
    q, k, v = (part.requires_grad_() for part in Draw(8).qkv())
    mask = torch.zeros(q.shape[0], q.shape[1], k.shape[1], dtype=torch.bool)
    out, weights = reference("scaled_dot_product_attention")(q, k, v, mask)
    (out.sum() + weights.sum()).backward()
    assert all(torch.isfinite(part.grad).all() for part in (q, k, v) if part.grad is not None)


@torch.no_grad()
def test_additive_attention_is_the_loop() -> None:
    """The reference's context is the sum over words of softmax(v . tanh(W_q q + W_k k)) times the key."""
    draw = Draw(9)
    model = reference("AdditiveAttention")(5, 7, 3)
    query, keys, mask = draw.normal(3, 5), draw.normal(3, 9, 7), draw.mask(3, 9)
    context, weights = model(query, keys, mask)
    for b in range(3):
        allowed = [j for j in range(9) if mask[b, j]]
        power = {j: float(model.v(torch.tanh(model.w_q(query[b]) + model.w_k(keys[b, j]))).exp()) for j in allowed}
        expected = sum(power[j] / sum(power.values()) * keys[b, j] for j in allowed)
        assert torch.allclose(context[b], expected, atol=1e-5)
        assert weights[b].tolist() == pytest.approx([power.get(j, 0) / sum(power.values()) for j in range(9)], abs=1e-5)


@torch.no_grad()
def test_encoder_reads_each_sentence_alone() -> None:
    """The reference's encoder gives a sentence in a padded batch the outputs and the state it has alone."""
    model = reference("EncoderRNN")(19, 5, 7)
    ids = sentences(Draw(10), 19, 0, [3, 8, 5])
    outputs, state = model(ids)
    for row, length in enumerate((3, 8, 5)):
        alone, last = model(ids[row : row + 1, :length])
        assert torch.allclose(outputs[row, :length], alone[0], atol=1e-6)
        assert torch.allclose(state[row], last[0], atol=1e-6) and torch.allclose(last[0], alone[0, -1])


@torch.no_grad()
def test_loss_is_a_mean_over_words() -> None:
    """The reference's loss is the sum over real words, sentence by sentence and step by step, over their number."""
    torch.manual_seed(0)
    encoder, decoder = reference("EncoderRNN")(19, 5, 7), reference("AttnDecoderRNN")(19, 5, 7)
    source = sentences(Draw(11), 19, 0, [4, 6])
    target = torch.tensor([[1, 5, 6, 2, 0, 0], [1, 7, 8, 9, 10, 2]])
    losses = []
    for row, (words, steps) in enumerate(((4, 3), (6, 5))):
        outputs, state = encoder(source[row : row + 1, :words])
        for t in range(steps):
            seen = torch.ones(1, words, dtype=torch.bool)
            scores, state, _ = decoder(target[row, t : t + 1], state, outputs, seen)
            losses.append(-float(scores[0, target[row, t + 1]]))
    mean = reference("sequence_loss")(encoder, decoder, source, target)
    assert float(mean) == pytest.approx(sum(losses) / len(losses), rel=1e-5)


@torch.no_grad()
def test_translation_follows_the_largest_probability() -> None:
    """Each word of the reference's translation is the most probable one after those before it."""
    torch.manual_seed(1)
    encoder, decoder = reference("EncoderRNN")(19, 5, 7), reference("AttnDecoderRNN")(19, 5, 7)
    source = torch.tensor([4, 5, 6])
    ids, weights = reference("translate")(encoder, decoder, source, start=1, stop=2, max_len=6)
    assert len(ids) <= 6 and weights.shape == (len(ids), 3) and 2 not in ids
    outputs, state = encoder(source[None])
    for previous, chosen in zip([1, *ids], ids, strict=False):
        scores, state, _ = decoder(torch.tensor([previous]), state, outputs, torch.ones(1, 3, dtype=torch.bool))
        assert int(scores.argmax()) == chosen


@pytest.mark.slow
def test_attention_translates_and_the_bottleneck_does_not() -> None:
    """The notebook runs through; with attention most held-out sentences are exactly right, without it hardly any."""
    path = source.place_of("attention_translation")
    assert path is not None
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(path.parents[1])}
    done = subprocess.run([sys.executable, str(path)], capture_output=True, text=True, env=environment, check=True)
    right = dict(re.findall(r"^(with\w*) attention, 1 to 14 words: (\d+) of 500", done.stdout, re.M))
    assert int(right["with"]) > 300 and int(right["without"]) < 50


@drawn(2)
@pytest.mark.parametrize("exercise", LESSON.exercises, ids=EXERCISES)
def test_mistakes_can_be_made_in_any_right_answer(exercise: Exercise) -> None:
    """Each mistake, made in any right answer where its edits find their place, gives a file that runs."""
    for base in ((), *(variant.edits for variant in exercise.accepted)):
        for mistake in exercise.misconceptions:
            source.namespace(LESSON.id, exercise.id, base + mistake.edits)


class Anything:
    """Built from anything, called with anything, and answers with the same thing always."""

    def __init__(self, reply: Any) -> None:
        self.reply = reply

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.reply


NESTED: list[Any] = [[], ()]
REPLIES = {
    "none": None,
    "text": "attention",
    "number": 3.5,
    "integers": torch.arange(6).reshape(2, 3),
    "empty": torch.zeros(0),
    "nan": torch.full((3, 5, 7), float("nan")),
    "pair": (torch.zeros(2, 3), None),
    "triple": (torch.zeros(2), "state", {"weights": [1]}),
    "texts": ["a", "b"],
    "nested": [NESTED, {"a": NESTED, 3: (None,)}],
    "object": object(),
}


@pytest.mark.slow  # the ordinary suite asks every exercise of the catalogue in tests/test_replies.py
@pytest.mark.parametrize("name", REPLIES)
@pytest.mark.parametrize("exercise", EXERCISES)
def test_no_reply_breaks_a_check(exercise: str, name: str) -> None:
    """Whatever is returned, a check says what is wrong with it; it never breaks and never awards a point."""
    wanted = next(e for e in LESSON.exercises if e.id == exercise)
    scope = {"__name__": "__main__", **{asked: Anything(REPLIES[name]) for asked in wanted.names}}
    submission = Submission(name, "0" * 64, "en", LESSON.id, ())
    with LocalSandbox(scope) as sandbox:
        report = judge(submission, sandbox, LESSON, seed=5, only=(exercise,))
    for finding in report.exercises[0].findings:
        assert finding.outcome not in (Outcome.BROKEN, Outcome.PASSED), (finding.check, finding.rationale)
