"""The reference answers of the BERT lesson against plain loops, and what its checks say to odd replies and many seeds."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch

from grader.checks.answers import Unmatched
from grader.checks.draw import Draw
from grader.checks.exchange import CallFailed
from grader.checks.student import Student
from grader.errors import Failure, ReplyRefused
from grader.judge.judging import judge
from grader.judge.known.known_answers import KnownAnswers
from grader.lessons import load, source
from grader.lessons.bert import _chance
from grader.model import Exercise, Outcome, Submission
from grader.sandbox.local import LocalSandbox
from tests.drawing import drawn

LESSON = load("bert")


@pytest.fixture(scope="module")
def answers() -> dict[str, Any]:
    scope = source.namespace("bert")
    assert scope is not None
    return scope


def outcomes(scope: dict[str, Any], exercise: str, seed: int) -> set[Outcome]:
    with LocalSandbox(dict(scope)) as sandbox:
        report = judge(Submission("s", "0" * 64, "en", "bert", ()), sandbox, LESSON, seed=seed, only=(exercise,))
    return {finding.outcome for finding in report.exercises[0].findings}


def test_there_are_enough_mistakes() -> None:
    """At least thirty are known, in five exercises in the order of the lecture."""
    assert [e.id for e in LESSON.exercises] == ["mask_tokens", "masked_lm", "heads", "fine_tuning", "encoder_decoder"]
    assert sum(len(e.misconceptions) for e in LESSON.exercises) >= 30


@pytest.mark.parametrize(("trials", "p"), [(40, 0.15), (13, 0.8), (7, 0.1)])
def test_bounds_are_the_exact_binomial_ones(trials: int, p: float) -> None:
    """They are the tightest whose tails, summed term by term, stay below the alarm."""
    alarm = 1e-3
    least, most = _chance.bounds(trials, p, p, alarm)
    terms = [math.comb(trials, k) * p**k * (1 - p) ** (trials - k) for k in range(trials + 1)]
    assert sum(terms[:least]) <= alarm / 2 < sum(terms[: least + 1])
    assert sum(terms[most + 1 :]) <= alarm / 2 < sum(terms[most:])


def test_a_right_answer_is_hardly_ever_out_of_bounds() -> None:
    """All statistical questions of one grading together blame chance less than once in a thousand million."""
    questions = 1 + 3  # the rate, and the three shares
    assert questions * _chance.ALARM < 1e-9


@pytest.mark.slow
def test_gaps_of_a_right_answer_pass_whatever_the_seed(answers: dict[str, Any]) -> None:
    """Forty gradings with other random numbers, and nothing fails."""
    for seed in range(1000, 1040):
        assert outcomes(answers, "mask_tokens", seed) == {Outcome.PASSED}


def test_mask_tokens_word_by_word(answers: dict[str, Any]) -> None:
    """Labels and inputs agree with the definition, word by word, and all three fates occur."""
    torch.manual_seed(5)
    ids, special = torch.randint(10, 90, (40, 50)), torch.rand(40, 50) < 0.2
    inputs, labels = answers["mask_tokens"](ids, special, 3, 90)
    fates = set()
    for word, is_special, now, label in zip(
        ids.flatten().tolist(),
        special.flatten().tolist(),
        inputs.flatten().tolist(),
        labels.flatten().tolist(),
        strict=True,
    ):
        if label == -100:
            assert now == word
            continue
        assert label == word and not is_special
        fates.add("masked" if now == 3 else "kept" if now == word else "swapped")
    assert fates == {"masked", "kept", "swapped"}


def test_masked_lm_loss_is_the_mean_by_hand(answers: dict[str, Any]) -> None:
    """The loss is the mean of -log softmax at the chosen positions, written as a loop."""
    torch.manual_seed(6)
    logits, labels = torch.randn(3, 5, 7), torch.randint(0, 7, (3, 5))
    labels[torch.rand(3, 5) < 0.6] = -100
    labels[0, 0] = 2
    losses = [
        -math.log(math.exp(logits[b, t, labels[b, t]]) / sum(math.exp(z) for z in logits[b, t].tolist()))
        for b in range(3)
        for t in range(5)
        if labels[b, t] != -100
    ]
    assert math.isclose(answers["masked_lm_loss"](logits, labels).item(), sum(losses) / len(losses), rel_tol=1e-5)


def test_best_span_is_the_best_of_all_pairs(answers: dict[str, Any]) -> None:
    """Going through every allowed pair finds nothing better."""
    torch.manual_seed(7)
    start, end = torch.randn(20, 12) - 4, torch.randn(20, 12) - 4
    passage = (torch.arange(12) > 2) & (torch.arange(12) < torch.randint(6, 12, (20, 1)))
    found = answers["best_span"](start, end, passage, 3).tolist()
    for b, span in enumerate(found):
        pairs = [(i, j) for i in range(12) for j in range(i, min(i + 3, 12)) if passage[b, i] and passage[b, j]]
        best = max(pairs, key=lambda pair: (start[b, pair[0]] + end[b, pair[1]]).item())
        assert tuple(span) == best


def test_labels_go_to_first_sub_words(answers: dict[str, Any]) -> None:
    """[CLS] To ##kyo is big [SEP] [PAD]: one label a word, -100 for all else."""
    assert answers["align_labels"]([1, 0, 0], [None, 0, 0, 1, 2, None, None]) == [-100, 1, -100, 0, 0, -100, -100]


def test_a_pair_is_packed_as_in_the_paper(answers: dict[str, Any]) -> None:
    """[CLS] A A [SEP] B [SEP] with segments 0 0 0 0 1 1."""
    assert answers["pack_pair"]([7, 8], [9], 1, 2) == ([1, 7, 8, 2, 9, 2], [0, 0, 0, 0, 1, 1])


def test_accuracy_counts_the_last_short_batch_by_its_size(answers: dict[str, Any]) -> None:
    """Three of five are right, whatever the batches."""

    class Says(torch.nn.Module):
        def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
            return torch.nn.functional.one_hot(ids[:, 0], 3).float()

    data = (torch.tensor([[0], [1], [2], [0], [1]]), torch.ones(5, 1, dtype=torch.bool), torch.tensor([0, 1, 2, 1, 0]))
    assert [answers["accuracy"](Says(), data, size) for size in (1, 2, 3, 64)] == [0.6] * 4


def test_greedy_decoding_word_by_word(answers: dict[str, Any]) -> None:
    """In a batch each sentence gets the words it gets alone, one best word after the other."""
    torch.manual_seed(8)
    model = answers["Transformer"](20, 15, 16, 2, 24, 1, 12).eval()
    src, mask = torch.randint(0, 20, (4, 6)), torch.arange(6) < torch.tensor([[6], [3], [4], [5]])
    rows = answers["greedy_decode"](model, src, mask, 1, 2, 8).tolist()
    for b in range(4):
        words = [1]
        while len(words) < 9 and words[-1] != 2:
            scores = model(src[b : b + 1], torch.tensor([words]), mask[b : b + 1])[0, -1]
            words.append(max(range(15), key=lambda v: scores[v].item()))
        assert rows[b][: len(words) - 1] == words[1:]


@pytest.mark.slow
def test_the_whole_transformer_learns_to_turn_words_round(answers: dict[str, Any]) -> None:
    """Trained for some seconds, it writes the source backwards: both attentions and the shifted loss do their work."""
    torch.manual_seed(9)
    model = answers["Transformer"](12, 12, 32, 4, 64, 1, 8, dropout=0.0)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    mask = torch.ones(64, 4, dtype=torch.bool)
    for _ in range(250):
        src = torch.randint(3, 12, (64, 4))
        tgt = torch.cat([torch.full((64, 1), 1), src.flip(1), torch.full((64, 1), 2)], dim=1)
        loss = answers["seq2seq_loss"](model, src, mask, tgt, 0)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    src = torch.randint(3, 12, (64, 4))
    right = (answers["greedy_decode"](model, src, mask, 1, 2, 5)[:, :4] == src.flip(1)).all(1).float().mean()
    assert right > 0.9


ODD: dict[str, Any] = {
    "none": lambda *_a, **_k: None,
    "text": lambda *_a, **_k: "mask",
    "nothing": lambda *_a, **_k: (),
    "nan": lambda *_a, **_k: float("nan"),
    "empty": lambda *_a, **_k: torch.zeros(0),
    "complex": lambda *_a, **_k: torch.zeros(2, 2, dtype=torch.complex64),
    "nested": lambda *_a, **_k: [[[]], {"a": (None, torch.ones(1))}],
    "pair of odd things": lambda *_a, **_k: (torch.tensor(1.0), "x"),
    "pair of rows": lambda *_a, **_k: ([1, 2], [None]),
    "infinite": lambda *_a, **_k: torch.full((3, 9), float("inf")),
    "rows of text": lambda *_a, **_k: ["a"] * 17,
    "an object": lambda *_a, **_k: object(),
    "raises": lambda *_a, **_k: [][1],
    "a bare module": lambda *_a, **_k: torch.nn.Linear(2, 2),
}


def blamed(scope: dict[str, Any], exercise: Exercise) -> list[str]:
    """The checks that blame the answer. Any error but those that are findings about the student goes on to the test."""
    found = []
    for check in exercise.checks:
        draw = Draw(4, exercise.id, check.id)
        with LocalSandbox(dict(scope)) as sandbox, sandbox.branch() as branch:
            try:
                check.function(Student(branch, exercise.id, 4, KnownAnswers(exercise)), draw)
            except (Failure, CallFailed, ReplyRefused, Unmatched):
                found.append(check.id)
    return found


@pytest.mark.parametrize("exercise", LESSON.exercises, ids=lambda e: e.id)
@pytest.mark.parametrize("odd", ODD, ids=lambda name: name.replace(" ", "_"))
def test_odd_replies_fail_and_are_never_our_fault(exercise: Exercise, odd: str, answers: dict[str, Any]) -> None:
    """Whatever each name gives back, every check blames the answer, and nothing of ours breaks."""
    assert set(exercise.names) <= set(answers)
    assert blamed({**answers, **dict.fromkeys(exercise.names, ODD[odd])}, exercise) == [c.id for c in exercise.checks]


@drawn(12)
@pytest.mark.parametrize("exercise", ["masked_lm", "heads", "encoder_decoder"])
@pytest.mark.parametrize("odd", ODD, ids=lambda name: name.replace(" ", "_"))
def test_odd_forwards_fail_and_are_never_our_fault(exercise: str, odd: str, answers: dict[str, Any]) -> None:
    """A module may be built, and then give back anything at all."""

    class Odd(torch.nn.Module):
        def __init__(self, *_a: Any, **_k: Any) -> None:
            super().__init__()
            self.fc = torch.nn.Linear(3, 3)

        forward = encode = decode = staticmethod(ODD[odd])

    asked = next(e for e in LESSON.exercises if e.id == exercise)
    classes = {name: Odd for name in asked.names if isinstance(answers[name], type)}
    assert "shapes" in (found := blamed({**answers, **classes}, asked)) or "classifies_by_cls" in found
