"""A classifier of the student around an encoder of ours, for problem 89."""

from __future__ import annotations

import torch
from torch import Tensor

from grader.checks import (
    CallFailed,
    Draw,
    Failure,
    Module,
    Student,
    Text,
    UnlikeAnyAnswer,
    normalise,
    properties,
)
from grader.lessons.knock80_89 import _encoder as lent
from grader.lessons.knock80_89 import _sizes

STEPS = Text(
    en="Walk a batch through: ids (B, T) and mask (B, T) → encoder(ids, attention_mask=mask) → its first output, states (B, T, D) → one vector a "
    "title, (B, D): states[:, 0], the pooler, or a mean over the tokens where the mask is 1 → fc (B, L). Print the shape after each line. Which axis "
    "does your index pick, and does the mask reach the encoder?",
    ja="バッチを順に追いましょう: ids (B, T) と mask (B, T) → encoder(ids, attention_mask=mask) → 1 つ目の出力 states (B, T, D) → 題名ごとに 1 本のベクトル (B, D)"
    "（states[:, 0]、pooler、またはマスクが 1 の位置だけの平均）→ fc (B, L)。1 行ごとに形を表示し、添字がどの軸を選んでいるか、マスクがエンコーダーに渡っているかを確かめましょう。",
)

LABELS, EPOCHS = 5, 3
SCORES = Text(en="the output", ja="出力")


def build(student: Student, draw: Draw, as_tuple: bool) -> tuple[Module, int, bool]:
    """A classifier on a lent encoder, with drawn parameters, in evaluation mode; its outputs, and whether they were asked for."""
    sizes = _sizes.drawn_sizes(draw, "hidden_size")
    width, output_size = sizes["hidden_size"], sizes["output_size"]
    match = student.matched("BertClassifier")
    encoder = lent.lend_encoder(student, draw, match.width if match and match.width else width, as_tuple)
    before = len(student.exchanges)
    model = student.module("BertClassifier", encoder=encoder, output_size=output_size)
    fixed = head_of_its_own(model, width, output_size)
    if fixed or (match is not None and "output_size" not in match.accepts):  # it stands in the class
        output_size = len(_sizes.head(model.weights))
        student.restate(before, args=(), kwargs={"encoder": encoder.handle, "output_size": output_size})
    model.randomise(draw).eval()
    student.adopt(model, "BertClassifier")
    return model, output_size, not fixed


def head_of_its_own(model: Module, width: int, output_size: int) -> int:
    """The number of outputs of a head that does not follow output_size; 0 where it follows, or where there is none."""
    if any(output_size in w.shape for w in model.weights.values()):
        return 0
    last = _sizes.head(model.weights).shape if any(w.dim() == 2 for w in model.weights.values()) else (0, 0)
    return last[0] if last[1] == width != last[0] else 0


def as_it_reads(student: Student, draw: Draw) -> tuple[Module, int, bool, Tensor, Tensor]:
    """A classifier on the kind of encoder whose output it can read, with ids and mask that it has been asked."""
    for as_tuple in (False, True):
        model, output_size, follows = build(student, draw, as_tuple)
        ids, mask = batch(draw, *draw.sizes(2, smallest=5))
        try:
            model(ids, mask)
        except CallFailed:
            if as_tuple:
                raise
            continue
        break
    return model, output_size, follows, ids, mask


def batch(draw: Draw, count: int, time: int) -> tuple[Tensor, Tensor]:
    """Ids (B, T) and a mask (B, T) of titles of different lengths; the first fills its row."""
    ids = draw.integers(lent.SPECIAL, lent.SPECIAL + lent.WORDS, count, time)
    ids[:, 0] = 1
    lengths = torch.tensor([time, *[draw.number(2, time) for _ in range(count - 1)]])
    mask = (torch.arange(time) < lengths[:, None]).long()
    return ids * mask, mask


def compute(student: Student, draw: Draw, as_tuple: bool) -> None:
    model, output_size, _ = build(student, draw, as_tuple)
    for count, time in (draw.sizes(2, smallest=5), draw.sizes(2)):
        ids, mask = batch(draw, count, time)
        view = normalise.class_scores(len(ids), output_size)
        scores = properties.is_tensor(model(ids, mask, view=view))
        try:
            student.must_agree(SCORES, help=STEPS)
        except UnlikeAnyAnswer as failure:
            with student.unrecorded():
                student.seed += 1
                again = properties.is_tensor(model(ids, mask, view=view))
            if properties.close(again, scores):
                raise
            raise Failure(failure.rationale, failure.help, failure.evidence, "dropout_left_on") from None
