"""Problems 80-89: the reference against loops that are obviously right, and right answers in other people's hands."""

from __future__ import annotations

import math
import os
import random
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from grader.checks.answers import Unmatched
from grader.checks.draw import Draw
from grader.checks.exchange import CallFailed
from grader.checks.student import Student
from grader.errors import Failure, ReplyRefused
from grader.grading import grade
from grader.judge.execution import execute_cells
from grader.judge.judging import judge
from grader.judge.known.known_answers import KnownAnswers
from grader.lessons import load, source
from grader.lessons.knock80_89 import _history
from grader.model import Cell, Ending, ExerciseReport, Limits, Outcome, Submission
from grader.sandbox.kernel_factory import KernelFactory
from grader.sandbox.local import LocalSandbox
from tests.drawing import drawn
from tests.lessons.right_knock80_89 import GLOBALS, RIGHT
from tests.notebooks import save, solved

LESSON = load("knock80_89")
ANSWERS = [
    cell for cell in source.split(source.text_of("knock80_89")) if 'role="answer"' in cell or 'role="setup"' in cell
]


def reference() -> dict[str, Any]:
    scope = source.namespace("knock80_89")
    assert scope is not None
    return scope


REFERENCE = reference()


def report(exercise: str, cell: str, seed: int = 7) -> ExerciseReport:
    """The judge's report on one exercise of a notebook: the other exercises' reference answers, globals, this cell."""
    others = "".join(part for part in ANSWERS if not source.is_answer(part, exercise) or exercise == "knock87")
    cells = (Cell(0, "code", others + GLOBALS), Cell(1, "code", cell, exercise=exercise))
    submission = Submission("variant", "0" * 64, "en", LESSON.id, cells)
    with LocalSandbox() as sandbox:
        return judge(submission, sandbox, LESSON, seed=seed, only=(exercise,)).exercises[0]


@drawn(10)
@pytest.mark.parametrize(("exercise", "who", "cell"), [pytest.param(*row, id=f"{row[0]}-{row[1]}") for row in RIGHT])
def test_other_people_are_right_too(exercise: str, who: str, cell: str) -> None:
    """A right answer written by somebody else earns full marks."""
    found = report(exercise, cell)
    for finding in found.findings:
        assert finding.outcome is Outcome.PASSED, (finding.check, finding.rationale)
    assert found.score.earned == found.score.possible


def test_there_are_enough_variants_and_mistakes() -> None:
    """At least 25 right variants by hand, and at least 40 misconceptions, in ten exercises."""
    assert len(RIGHT) >= 25 and len(LESSON.exercises) == 10
    assert {row[0] for row in RIGHT} == {exercise.id for exercise in LESSON.exercises}
    assert sum(len(exercise.misconceptions) for exercise in LESSON.exercises) >= 40


def edited(exercise: str, variant: str) -> ExerciseReport:
    (known,) = [e for e in LESSON.exercises if e.id == exercise]
    (wanted,) = [v for v in (*known.misconceptions, *known.accepted) if v.id == variant]
    scope = source.namespace(LESSON.id, exercise, wanted.edits)
    with LocalSandbox(dict(scope or {})) as sandbox:
        submission = Submission(variant, "0" * 64, "en", LESSON.id, ())
        return judge(submission, sandbox, LESSON, seed=3, only=(exercise,)).exercises[0]


def test_the_last_output_of_both_directions_costs_half() -> None:
    """out[:, -1] in a bidirectional RNN is named and costs exactly half of the points."""
    found = edited("knock85", "last_output_of_both")
    assert found.score.earned == found.score.possible / 2
    assert [f.misconception.id for f in found.findings if f.misconception] == ["last_output_of_both"]


def test_padding_effects_are_advice() -> None:
    """A bidirectional RNN that reads the padding gets advice and loses nothing; one that packs gets none."""
    found = edited("knock85", "not_packed")
    assert found.score.earned == found.score.possible
    assert [len(f.advice) for f in found.findings if f.check == "titles_are_independent"] == [1]
    packed = report("knock85", "".join(part for part in ANSWERS if source.is_answer(part, "knock85")))
    assert not any(f.advice for f in packed.findings)


def test_a_gpu_that_is_not_there_is_not_asked_for(tmp_path: Path, host: KernelFactory | None) -> None:
    """The CPU stands in for a GPU that code insists on; a trainer that never looks for one is named all the same."""
    report = grade(save(solved("knock80_89", knock83="cuda_hard_coded"), tmp_path), 1, ("knock83",), host=host)
    failed = [f for f in report.exercises[0].findings if f.outcome is not Outcome.PASSED]
    assert [(f.check, f.misconception and f.misconception.id) for f in failed] == [
        ("runs_where_it_is_told", "cuda_hard_coded")
    ]


def test_a_frozen_encoder_is_advice() -> None:
    """A frozen encoder in 89 gets advice and loses nothing."""
    found = edited("knock89", "frozen")
    assert found.score.earned == found.score.possible and any(f.advice for f in found.findings)


@pytest.mark.parametrize(
    ("mistake", "old", "new"),
    [
        ("zero_grad_forgotten", "            opt.zero_grad()\n", ""),
        ("eval_forgotten", "    model.eval()\n", ""),
        ("no_step", "            opt.step()\n", ""),
    ],
)
def test_mistakes_are_named_in_foreign_loops(mistake: str, old: str, new: str) -> None:
    """A mistake in a training loop that looks nothing like ours is still named, where the numbers can tell."""
    (cell,) = [row[2] for row in RIGHT if row[1].startswith("plain loops")]
    assert old in cell
    with_dropout = (
        f"{cell.replace(old, new)}\n\ndrop = nn.Dropout(0.1)\n"  # without any, evaluation mode changes nothing
    )
    names = {f.misconception.id for f in report("knock82", with_dropout).findings if f.misconception}
    assert mistake in names


GARBAGE: list[tuple[str, str]] = [
    ("none", "None"),
    ("text", "'train_loss'"),
    ("nan", "torch.full((3, 3), float('nan'))"),
    ("empty", "[]"),
    ("empty dict", "{}"),
    ("nested", "[{'a': [None, {'b': (1, 'x')}]}, ('c', [])]"),
    ("complex", "torch.ones(2, 2, dtype=torch.complex64)"),
    ("pairs of text", "('a', 'b')"),
    ("keys of another kind", "{1: {2: torch.ones(1)}, 'loss': 'high', (1, 2): None}"),
    ("ragged", "([1, [2, 3]], [torch.ones(2), torch.ones(3)])"),
    ("infinite", "[float('inf'), float('-inf')]"),
    ("bools", "(True, torch.tensor([True, False]))"),
]


@drawn(6)
@pytest.mark.parametrize(("kind", "value"), GARBAGE, ids=[row[0] for row in GARBAGE])
def test_no_reply_breaks_a_check(kind: str, value: str) -> None:
    """Whatever a student's function returns, a check ends in words about the student: anything else would be BROKEN."""
    names = [name for exercise in LESSON.exercises for name in exercise.names]
    functions = "".join(f"def {name}(*args, **kwargs):\n    return {value}\n" for name in names if name[0].islower())
    classes = "".join(
        f"class {name}(torch.nn.Module):\n"
        f"    def __init__(self, *args, **kwargs):\n        super().__init__()\n        self.fc = torch.nn.Linear(2, 2)\n"
        f"    def forward(self, *args, **kwargs):\n        return {value}\n"
        for name in names
        if name[0].isupper()
    )
    submission = Submission(kind, "0" * 64, "en", LESSON.id, (Cell(0, "code", "import torch\n" + functions + classes),))
    with LocalSandbox() as sandbox:
        assert execute_cells(submission, sandbox, Limits(), lambda _cell: None).cells[0].ending is Ending.OK
        for exercise in LESSON.exercises:
            for check in exercise.checks:
                draw = Draw(5, exercise.id, check.id)
                with sandbox.branch() as branch, suppress(Failure, CallFailed, ReplyRefused, Unmatched):
                    check.function(Student(branch, exercise.id, draw.seed, KnownAnswers(exercise)), draw)


# --- the reference against the definitions ---------------------------------------------------------


def test_vocabulary_by_counting() -> None:
    """A word's id is one more than the number of words that are more frequent, counted one by one."""
    rng = random.Random(0)
    titles = [" ".join(rng.choices("abcdefgh", weights=range(1, 9), k=5)) for _ in range(9)]
    text = " ".join(titles).split()
    vocab = REFERENCE["build_vocab"](titles)
    assert set(vocab) == {word for word in text if text.count(word) >= 2}
    assert sorted(vocab.values()) == list(range(1, len(vocab) + 1))
    for one in vocab:
        for other in vocab:
            assert text.count(one) >= text.count(other) or vocab[one] > vocab[other]
    assert REFERENCE["to_ids"](["h", "zzz", "h"], vocab) == [vocab["h"], 0, vocab["h"]]


def run_rnn(steps: list[Tensor], w_in: Tensor, w_state: Tensor, b_in: Tensor, b_state: Tensor) -> list[Tensor]:
    """h_t = tanh(W_in x_t + b_in + W_state h_{t-1} + b_state), number by number."""
    state, states = [0.0] * len(b_in), []
    for step in steps:
        state = [
            math.tanh(
                sum(float(w * x) for w, x in zip(w_in[i], step, strict=True))
                + sum(float(w) * h for w, h in zip(w_state[i], state, strict=True))
                + float(b_in[i] + b_state[i])
            )
            for i in range(len(b_in))
        ]
        states.append(torch.tensor(state))
    return states


def layer(rnn: nn.RNN, name: str) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    return tuple(getattr(rnn, f"{part}_{name}") for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))  # type: ignore[return-value]


def test_rnn_by_the_formula() -> None:
    """The RNN's output is W h_T + b of the recurrence, one number at a time."""
    torch.manual_seed(1)
    model = REFERENCE["RNN"](11, 4, 10, 3, 5).requires_grad_(False)
    ids = torch.randint(0, 10, (3, 6))
    for row, title in zip(model(ids), ids, strict=True):
        states = run_rnn([model.emb.weight[i] for i in title], *layer(model.rnn, "l0"))
        torch.testing.assert_close(row, model.fc.weight @ states[-1] + model.fc.bias, atol=1e-5, rtol=1e-4)


def test_birnn_by_the_formula_whatever_the_padding() -> None:
    """The last layer's two readers end at the two ends of the title; padding, before or behind, is not read."""
    torch.manual_seed(2)
    model = REFERENCE["BiRNN"](11, 4, 10, 3, 5, 2).requires_grad_(False)
    title = torch.randint(0, 10, (6,))
    steps = [model.emb.weight[i] for i in title]
    for number in (0, 1):
        right = run_rnn(steps, *layer(model.rnn, f"l{number}"))
        left = run_rnn(steps[::-1], *layer(model.rnn, f"l{number}_reverse"))[::-1]
        steps = [torch.cat(pair) for pair in zip(right, left, strict=True)]
    expected = model.fc.weight @ torch.cat([right[-1], left[0]]) + model.fc.bias
    padding = torch.full((3,), 10)
    for padded in (title, torch.cat([title, padding]), torch.cat([padding, title])):
        torch.testing.assert_close(model(padded[None])[0], expected, atol=1e-5, rtol=1e-4)


def test_cnn_by_the_formula() -> None:
    """Each channel is the largest response to a window of three words, with zeros beyond the ends."""
    torch.manual_seed(3)
    model = REFERENCE["CNN"](11, 4, 10, 3, 6).requires_grad_(False)
    for title in (torch.randint(0, 10, (7,)), torch.randint(0, 10, (1,))):
        words = [torch.zeros(4), *(model.emb.weight[i] for i in title), torch.zeros(4)]
        channels = []
        for kernel, bias in zip(model.conv.weight, model.conv.bias, strict=True):  # (E, 3)
            windows = [words[t : t + 3] for t in range(len(title))]
            responses = [sum(float(kernel[:, k] @ window[k]) for k in range(3)) + float(bias) for window in windows]
            channels.append(max(max(response, 0.0) for response in responses))
        expected = model.fc.weight @ torch.tensor(channels) + model.fc.bias
        torch.testing.assert_close(model(title[None])[0], expected, atol=1e-5, rtol=1e-4)


def tiny_sets() -> tuple[list[tuple[Tensor, int]], list[tuple[Tensor, int]]]:
    torch.manual_seed(4)
    return [(torch.randint(0, 9, (4,)), i % 3) for i in range(7)], [
        (torch.randint(0, 9, (4,)), i % 3) for i in range(5)
    ]


@pytest.mark.parametrize("name", ["train", "train_batches"])
def test_a_step_is_minus_lr_times_the_gradient(name: str) -> None:
    """One epoch of one batch moves each parameter by -lr times the numerical slope of the mean loss."""
    train_set, valid_set = tiny_sets()
    model = REFERENCE["CNN"](10, 3, 9, 3, 2).double()
    before = model.fc.bias.detach().clone()

    def loss(bias: Tensor) -> float:
        with torch.no_grad():
            model.fc.bias.copy_(bias)
            rows = [model(ids[None])[0].log_softmax(0)[label] for ids, label in train_set]
        return -float(sum(rows)) / len(rows)

    steps = torch.eye(3, dtype=torch.float64) * 1e-5
    slope = torch.tensor([(loss(before + step) - loss(before - step)) / 2e-5 for step in steps])
    loss(before)
    REFERENCE[name](model, train_set, valid_set, 1, 0.3, 7)
    torch.testing.assert_close(model.fc.bias.detach(), before - 0.3 * slope, atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("name", ["train", "train_batches"])
def test_history_is_what_a_loop_over_titles_finds(name: str) -> None:
    """The last entry of the history is the mean over the validation titles, one at a time, of the final model."""
    train_set, valid_set = tiny_sets()
    model = REFERENCE["RNN"](10, 3, 9, 3, 4)
    history = REFERENCE[name](model, train_set, valid_set, 2, 0.1, 4)
    losses, hits = [], 0
    for ids, label in valid_set:
        row = model(ids[None])[0].detach()
        losses.append(math.log(sum(math.exp(float(v)) for v in row)) - float(row[label]))
        hits += int(row.argmax()) == label
    assert history["valid_loss"][-1] == pytest.approx(sum(losses) / len(losses), abs=1e-5)
    assert history["valid_accuracy"][-1] == pytest.approx(hits / len(valid_set))
    assert {len(series) for series in history.values()} == {2}


def test_collate_row_by_row() -> None:
    """Each row is a title with the padding before it, and its label beside it."""
    batch = [(torch.tensor([5, 6, 7]), 2), (torch.tensor([8]), 0)]
    ids, labels = REFERENCE["collate"](batch, padding_idx=9)
    assert ids.tolist() == [[5, 6, 7], [9, 9, 8]] and labels.tolist() == [2, 0]


def test_embedding_row_by_row() -> None:
    """Row i is the vector of the word with the id i; the others are finite."""
    vectors = {"a": torch.ones(3), "c": torch.arange(3.0)}
    table = REFERENCE["init_embedding"]({"c": 1, "b": 2, "a": 3}, vectors, 3)
    assert table.shape == (4, 3) and table[1].tolist() == [0, 1, 2] and table[3].tolist() == [1, 1, 1]
    assert table.isfinite().all()


def test_tune_finds_the_maximum() -> None:
    """With all settings tried, the best is the one that no other beats."""
    space = {"a": [1, 2, 3], "b": [10, 20]}
    score = {(a, b): (a * 7 + b * 3) % 11 / 11 for a in space["a"] for b in space["b"]}
    best, results = REFERENCE["tune"](dict, lambda model, _split: score[model["a"], model["b"]], space, 6)
    assert len(results) == 6 and all(score[c["a"], c["b"]] == s for c, s in results)
    assert all(score[best["a"], best["b"]] >= s for s in score.values())


def test_bert_head_reads_the_first_state() -> None:
    """The scores are a linear layer over the encoder's state of the first token."""

    class Encoder(nn.Module):
        config = type("Config", (), {"hidden_size": 4})

        def forward(self, ids: Tensor, attention_mask: Tensor) -> tuple[Tensor, Tensor]:
            states = (ids * attention_mask)[:, :, None].float().expand(-1, -1, 4)
            return states, states.sum(dim=1)

    model = REFERENCE["BertClassifier"](Encoder(), 3)
    ids, mask = torch.tensor([[2, 5, 6], [3, 7, 0]]), torch.tensor([[1, 1, 1], [1, 1, 0]])
    for row, first in zip(model(ids, mask), (2.0, 3.0), strict=True):
        torch.testing.assert_close(row, model.fc.weight @ torch.full((4,), first) + model.fc.bias)


@pytest.mark.slow
def test_what_is_pretrained_helps() -> None:
    """The notebook runs through: vectors beat none, and BERT beats all the others."""
    path = source.place_of("knock80_89")
    assert path is not None
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "MPLBACKEND": "Agg", "PYTHONPATH": str(path.parents[1])}
    done = subprocess.run([sys.executable, str(path)], capture_output=True, text=True, env=environment, check=True)
    table = done.stdout.partition("test accuracy (")[2]
    reached = {int(number): float(share) for number, share in re.findall(r"^(8\d) .*?(0\.\d{3})$", table, re.M)}
    assert reached[83] < reached[84] < reached[89] == max(reached.values())


def test_a_third_set_that_is_measured_stands_beside_the_validation_data() -> None:
    """`test_loss` is read where no validation data are named, and left out where they are."""
    rows = (
        [{"train_loss": 1.0, "valid_loss": 2.0, "test_loss": 3.0}],
        [{"train_acc": 0.1, "valid_acc": 0.2, "test_acc": 0.3}],
    )
    found = {name: series.tolist() for name, series in _history.history(rows).items()}
    assert found == {"train_loss": [1.0], "valid_loss": [2.0], "train_accuracy": [0.1], "valid_accuracy": [0.2]}
    two = _history.history({"train": {"loss": [1.0], "acc": [0.1]}, "test": {"loss": [3.0], "acc": [0.3]}})
    assert two["valid_loss"].tolist() == [3.0] and two["valid_accuracy"].tolist() == [0.3]
