"""A fake encoder-decoder, handed to `seq2seq_loss` and `greedy_decode`, and the words it is read by.

Its next word follows from the sum of all words written so far, their number, and the visible part of the source, so whoever
leaves out any of these writes something else. In training mode the sum is off, by more with every word.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from grader.checks import Draw, Failure, Module, StandsFor, Student, Text, View, backward, own_scores
from grader.lessons.bert import _readings
from grader.lessons.bert._fakes.translator import Writer
from grader.lessons.bert._losses import encoder_learns_nothing, scalar, teaches_nothing

WORDS = 11
SIZES = {"d_model": 8, "num_heads": 1, "d_ff": 16, "num_layers": 1, "max_len": 64, "dropout": 0.0}
OWN = StandsFor("Transformer", {"src_vocab": WORDS, "tgt_vocab": WORDS, **SIZES})
WRITTEN = Text(en="the words written", ja="書かれた単語")


def writer(student: Student, draw: Draw) -> Module:
    """Every word is the best one in some state, the stop too, so that sentences end, and at different lengths."""
    return student.lend(Writer, draw_table(draw), own=OWN)


def draw_table(draw: Draw) -> Tensor:
    best = torch.eye(WORDS)[draw.permutation(WORDS)]
    return draw.normal(WORDS, WORDS, scale=0.5) + 4.0 * best


def writer_for_loss(student: Student, draw: Draw) -> Module:
    """One that gives logits; or log-probabilities, where the student's own Transformer and loss agree on these."""
    table = draw_table(draw)
    plain, in_logs = (student.lend(Writer, scores, own=OWN) for scores in (table, table.log_softmax(dim=-1)))
    src, tgt = draw.integers(0, 9, 2, 4), draw.integers(1, WORDS, 2, 5)
    seen = torch.ones(2, 4, dtype=torch.bool)

    def loss(scores: Tensor) -> Any:
        return student.call("seq2seq_loss", student.lend(Writer, scores).eval(), src, seen, tgt, 0, view=scalar)

    def own_model() -> Any:
        return student.module(OWN.name, **OWN.sizes)(src, tgt, seen)

    return in_logs if own_scores.in_logs(student, loss, table, own_model) else plain


def teaches(student: Student, model: Module, src: Tensor, mask: Tensor, tgt: Tensor, pad: int) -> None:
    """Raises Failure where the loss of this writer brings no gradient back to its scores, or to its memory."""
    with student.unrecorded():
        given = (model, src, mask, tgt, pad)
        found = backward.to_parameters(student, "seq2seq_loss", given, torch.tensor(1.0), of=model)
    if not backward.moves(found.get("table")):
        raise teaches_nothing()
    if not backward.moves(found.get("offset")):
        raise encoder_learns_nothing()


def goes_on(student: Student, draw: Draw) -> Text | None:
    """What to tell of an answer that goes on writing when every sentence has stopped: it costs time, and nothing else."""
    longest = 40
    for _ in range(40):  # many never end, and others end at once
        with student.unrecorded():
            model = writer(student, draw)
            start, stop = draw.sample(range(1, WORDS), 2)
            given = (model, draw.integers(0, 9, 3, 5), torch.ones(3, 5, dtype=torch.bool), start, stop, longest)
            rows = student.call("greedy_decode", *given, view=written(3, start, stop, longest))
            asked = model.method("times_asked")
        # where each sentence is written by itself the steps of all add up
        if isinstance(asked, int) and asked > sum(len(row) + 2 for row in rows):
            return WENT_ON
    return None


WENT_ON = Text(
    en="The loop goes on after every sentence has its stop. Nothing is lost by it but time: keep for each sentence whether it has ended (done |= word == "
    "stop), and end when all have.",
    ja="すべての文が終わった後もループが続いています。結果は変わりませんが、時間がかかります。文ごとに終わったかどうかを覚えておき（done |= word == stop）、全部終わったらループを抜けましょう。",
)


def written(batch: int, start: int, stop: int, max_len: int) -> View:
    """Rows of words up to the stop, with or without the start in front or padding behind.

    The last place is not compared: some count the start to `max_len`, some do not.
    """

    def view(value: Any) -> list[list[int]]:
        rows = value.tolist() if isinstance(value, Tensor) or hasattr(value, "tolist") else value
        if not isinstance(rows, list | tuple) or len(rows) != batch:
            raise Failure(
                Text(
                    en=f"greedy_decode should return {batch} rows of words, one for each sentence.",
                    ja=f"greedy_decode は、文の数と同じ {batch} 行の単語列を返すはずです。",
                )
            )
        return [trimmed(_readings.whole_numbers(row, WRITTEN), start, stop, max_len) for row in rows]

    return view


def trimmed(row: list[int], start: int, stop: int, max_len: int) -> list[int]:
    row = row[1:] if row[:1] == [start] else row
    row = row[: row.index(stop)] if stop in row else row
    if len(row) > max_len:
        raise Failure(
            Text(
                en=f"{len(row)} words were written, more than max_len = {max_len}: {row[:4]} and so on.",
                ja=f"max_len = {max_len} を超えて {len(row)} 語が書かれました（{row[:4]} …）。",
            )
        )
    return row[: max_len - 1]
