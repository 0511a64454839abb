"""The course's own notebooks, as handed out and as filled in, right and wrong: graded with their own signatures.

`tests/corpus/course/*.nb` are written by us in their manner (cells as in py:percent). Their files and packages are not
there on purpose: what is judged are the definitions.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.grading import grade
from grader.model import ExerciseReport, Outcome, Report
from grader.sandbox.kernel_factory import KernelFactory
from tests.drawing import drawn
from tests.hand_ins import COURSE_LESSONS, course_file

Wanted = dict[str, float | str]

# What each notebook earns as it stands: a share of the points, "missing", or "review".
FILLED: dict[str, Wanted] = {
    "knock80_89": {"knock81": 1.0, "knock82": 1.0, "knock86": 1.0},
    "attention_translation": {
        "seq2seq": 1.0,
        "dot_attention": "missing",
        "attn_decoder": 1.0,
        "translation": 1.0,
    },
    "transformer_lm": {"positional_encoding": 1.0, "causal_mask": 1.0, "transformer": 1.0, "lm_training": 1.0},
    "cnn_rnn_transformer": {"knock80": 1.0},
}
# (notebook, what is changed, into what, the exercise, the mistake that must be named)
WRONG = [
    ("knock80_89", "out[:, -1, :])\n\n    def init_hidden(self):\n        return torch.zeros(1,", "out.mean(dim=1))\n\n    def init_hidden(self):\n        return torch.zeros(1,", "knock81", "mean_over_time"),
    ("knock80_89", "            optimizer.zero_grad()\n", "", "knock82", "zero_grad_forgotten"),
    ("attention_translation", "F.softmax(energy, dim=1)", "F.softmax(energy, dim=0)", "attn_decoder", "softmax_over_the_batch"),
    ("attention_translation", "F.log_softmax(self.out(output[0]), dim=1), hidden, attn", "self.out(output[0]), hidden, attn", "attn_decoder", "no_log_softmax"),
    ("attention_translation", "encoder_outputs.unsqueeze(0))", "hidden.expand(1, self.max_length, -1))", "attn_decoder", "applied_to_the_state"),
    ("attention_translation", "    decoder_hidden = encoder_hidden\n    if random", "    decoder_hidden = decoder.initHidden()\n    if random", "translation", "decoder_starts_empty"),
    ("attention_translation", "            if decoder_input.item() == EOS_token:\n", "            if False:\n", "translation", "does_not_end_at_eos"),
    ("transformer_lm", "torch.cos(position", "torch.sin(position", "positional_encoding", "sin_on_both"),
    ("transformer_lm", "(torch.triu(torch.ones(sz, sz)) == 1).transpose(0, 1)", "(torch.triu(torch.ones(sz, sz)) == 1)", "causal_mask", "not_transposed"),
    ("transformer_lm", "self.transformer_encoder(src, self.src_mask)", "self.transformer_encoder(src)", "transformer", "no_mask"),
    ("transformer_lm", "source[i + 1:i + 1 + seq_len]", "source[i:i + seq_len]", "lm_training", "targets_not_shifted"),
    ("transformer_lm", "            total_loss += len(data) * criterion", "            total_loss += criterion", "lm_training", "piece_means_by_rows"),
]  # fmt: skip
# (notebook, what is blanked, the exercise)
BLANKS = [
    ("knock80_89", "self.rnn = nn.RNN(emb_size, hidden_size, nonlinearity='tanh', batch_first=True)", "knock81"),
    (
        "knock80_89",
        "self.conv = nn.Conv2d(1, out_channels, (kernel_heights, emb_size), stride, (padding, 0))",
        "knock86",
    ),
    ("attention_translation", "attn_weights = F.softmax(energy, dim=1)", "attn_decoder"),
]


def graded(
    name: str, folder: Path, host: KernelFactory | None, only: tuple[str, ...], *edits: tuple[str, str]
) -> Report:
    path = course_file(name, folder, *edits)
    return grade(path, seed=5, only=only, lesson=COURSE_LESSONS[name], host=host)


def earned(report: ExerciseReport) -> float | str:
    outcomes = {finding.outcome for finding in report.findings}
    if outcomes == {Outcome.MISSING}:
        return "missing"
    if outcomes == {Outcome.NEEDS_REVIEW}:
        return "review"
    assert report.score.earned is not None
    return report.score.earned / report.score.possible


def told(report: Report) -> str:
    lines = [
        f"{r.id} {f.check} {f.outcome.value} {f.misconception and f.misconception.id} {f.rationale and f.rationale.en}"
        for r in report.exercises
        for f in r.findings
    ]
    return "\n".join(lines + [f"cell {c.index + 1} {c.ending.value} {c.error}" for c in report.run.cells])


@drawn(2)
@pytest.mark.parametrize("name", FILLED)
def test_a_filled_notebook_of_the_course_earns_what_it_deserves(
    name: str, tmp_path: Path, host: KernelFactory | None
) -> None:
    """Filled in rightly, it loses nothing for the signatures it was handed out with, though none of its files is there."""
    report = graded(name, tmp_path, host, tuple(FILLED[name]))
    assert {r.id: earned(r) for r in report.exercises if r.id in FILLED[name]} == FILLED[name], told(report)


def test_the_report_says_which_form_was_graded(tmp_path: Path, host: KernelFactory | None) -> None:
    """The report names the form, and what differs from the contract is advice."""
    report = graded("attention_translation", tmp_path, host, ("attn_decoder",)).exercises[0]
    assert ["form of the course's notebook" in text.en for text in report.assumptions] == [True]
    advice = " ".join(text.en for f in report.findings for text in f.advice)
    assert "attention by place" in advice and "Nothing hides the empty places" in advice


@pytest.mark.slow
@pytest.mark.parametrize(("name", "old", "new", "exercise", "mistake"), WRONG)
def test_a_mistake_in_a_notebook_of_the_course_is_named(
    name: str, old: str, new: str, exercise: str, mistake: str, tmp_path: Path, host: KernelFactory | None
) -> None:
    """One wrong line in an otherwise right notebook costs points, and the report says which mistake it is."""
    report = graded(name, tmp_path, host, (exercise,), (old, new))
    found = report.exercises[0]
    assert mistake in {f.misconception.id for f in found.findings if f.misconception}, told(report)
    assert found.score.earned is not None and found.score.earned < found.score.possible


@drawn(1)
@pytest.mark.parametrize(("name", "line", "exercise"), BLANKS)
def test_blanks_that_nobody_filled_are_missing(
    name: str, line: str, exercise: str, tmp_path: Path, host: KernelFactory | None
) -> None:
    """`????` is not attempted, which is another thing than wrong."""
    report = graded(name, tmp_path, host, (exercise,), (line, "????"))
    assert earned(report.exercises[0]) == "missing", told(report)
