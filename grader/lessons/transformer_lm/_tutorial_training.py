"""batchify, get_batch, train and evaluate in the form of the course's notebook: columns of text, bptt rows at a time.

The functions read the notebook's globals; those that matter are set for the length of a question.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from grader.checks import (
    CallFailed,
    Draw,
    Failure,
    Student,
    Text,
    Unmatched,
    View,
    accepts,
    check,
    edit,
    misconception,
    properties,
    remote,
    request,
)
from grader.lessons.transformer_lm import _tutorial
from grader.lessons.transformer_lm._fakes._tutorial_models import Bigram, scheduler
from grader.lessons.transformer_lm._training_steps import AWAKE
from grader.matching.payloads import arguments
from grader.model import Signature

FORM = "tutorial"
TITLE = _tutorial.TITLE
SOLUTION = _tutorial.SOLUTION
NAMES = ("batchify", "get_batch", "train", "evaluate")
SIGNATURES = (
    Signature("get_batch", r"\w*(?:source|data|src)\w*,(?:i|idx|index)(?:,\w+=?)*"),
    Signature("batchify", r"\w+,(?:bsz|batch_?size|bs)(?:,\w+=)*"),
)

BPTT, VOCABULARY, LR = 5, 11, 2.0
COLUMNS = Text(en="the text in columns", ja="列に並べた本文")
INPUTS = Text(en="the inputs", ja="入力")
TARGETS = Text(en="the targets", ja="正解")
LOSS_OF_A_WORD = Text(en="the mean loss", ja="平均の損失")
READS_MORE = Text(
    en="The function wants something else of the notebook that is not there, so it cannot be asked; a person looks at it.",
    ja="この関数が必要とするものがノートブックに用意されていないため、試せませんでした。人が確認します。",
)


def ask(student: Student, name: str, *args: Any, view: View | None = None, **world: Any) -> Any:
    """What the function gives where the notebook's globals are these. Raises Unmatched where it wants others."""
    known = {
        "bptt": BPTT,
        "ntokens": VOCABULARY,
        "ntoken": VOCABULARY,
        "criterion": remote(arguments.loss),
        "device": remote(arguments.device, "cpu"),
    }
    known |= {"lr": LR, "epoch": 1, "log_interval": 10**6, **world}
    try:
        return student.ask(request("call", student, name, args, {}, globals=known), view).value
    except CallFailed as error:
        if error.fault.type in ("NameError", "AttributeError"):
            raise Unmatched("it reads other globals", READS_MORE) from error
        raise


def ids(value: Any, what: Text) -> Tensor:
    found = properties.is_tensor(value, what)
    if found.is_floating_point() or found.is_complex() or found.dtype is torch.bool:
        raise Failure(
            Text(
                en=f"{properties.sentence(what.en)} should hold ids, whole numbers, but its dtype is {found.dtype}.",
                ja=f"{what.ja}は ID（整数）のはずですが、dtype は {found.dtype} でした。",
            )
        )
    return found.long()


def pair(value: Any) -> tuple[Tensor, Tensor]:
    """Inputs (T, B) and targets (T * B,)."""
    if not isinstance(value, list | tuple) or len(value) < 2:
        raise Failure(
            Text(en="get_batch should return inputs and targets.", ja="get_batch は入力と正解の 2 つを返すはずです。")
        )
    inputs, targets = ids(value[0], INPUTS), ids(value[1], TARGETS)
    return inputs, targets.reshape(-1)


@check(points=3, ja="本文を B 列に並べる。1 列が本文の続いた一部分で、余りは捨てる")
def columns_of_text(student: Student, draw: Draw) -> None:
    """The text becomes B columns, each a piece of it as it stands; what is left over is dropped."""
    rows, columns = draw.sizes(2)
    text = torch.arange(rows * columns + 2)
    ask(student, "batchify", text, columns, view=lambda value: ids(value, COLUMNS))
    student.must_agree(COLUMNS)


@check(points=5, ja="正解は、入力の 1 つ後ろの語を平らに並べたものである")
def targets_come_next(student: Student, draw: Draw) -> None:
    """The targets are the words that follow the inputs, in one row."""
    rows, columns = draw.sizes(2, smallest=9)
    source = torch.arange(rows * columns).view(columns, rows).t().contiguous()  # each word is one more than that above
    inputs, targets = ask(student, "get_batch", source, 2, view=pair)
    properties.has_shape(inputs, (BPTT, columns), INPUTS, "(T, B)")
    properties.has_shape(targets, (BPTT * columns,), TARGETS, "(T * B,)")
    student.must_agree(TARGETS)


@check(points=1, after=targets_come_next, ja="最後の短い部分も、入力と正解の長さがそろう")
def last_piece_is_shorter(student: Student, draw: Draw) -> None:
    """The last piece is shorter, and inputs and targets still fit."""
    rows, columns = draw.sizes(2, smallest=9)
    source = torch.arange(rows * columns).view(columns, rows).t().contiguous()
    ask(student, "get_batch", source, rows - 3, view=pair)
    student.must_agree(TARGETS)


@check(points=4, ja="評価は 1 語あたりの平均損失で、最後の短い部分も正しく数え、評価モードで行う")
def mean_loss_of_a_word(student: Student, draw: Draw) -> None:
    """The evaluation is the mean loss of a word, the short last piece counted as it should be, in evaluation mode."""
    rows, columns = 3 * BPTT + 3, draw.sizes(1)[0]
    table = draw.normal(VOCABULARY, VOCABULARY, scale=2.0)
    source = draw.integers(0, VOCABULARY, rows, columns)
    for row in range(rows - 2, rows):  # the last piece is dear: its words are unlikely
        source[row] = table[source[row - 1]].argmin(dim=-1)
    model = student.lend(Bigram, table, True).train()
    takes = [p for p in student.describe("evaluate")["parameters"] if not p[2]]
    args = (model, source)[-max(1, len(takes)) :]
    ask(student, "evaluate", *args, view=number, model=model.handle, eval_batch_size=columns)
    student.must_agree(LOSS_OF_A_WORD, rtol=1e-4)


def number(value: Any) -> float:
    if isinstance(value, Tensor) and value.numel() == 1 and not value.is_complex():
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Failure(
            Text(
                en="evaluate should return one finite number, the mean loss.",
                ja="evaluate は有限の数 1 つ（平均の損失）を返すはずです。",
            )
        )
    return float(value)


def columns(draw: Draw) -> tuple[Tensor, Tensor]:
    """A text that repeats itself, and the same in four columns."""
    text = torch.randperm(VOCABULARY, generator=draw.generator).repeat(12)
    return text, text[: len(text) // 4 * 4].view(4, -1).t().contiguous()


def trained(student: Student, source: Tensor, passes: int, *kind: Any, start: Tensor | None = None) -> Tensor:
    """The table of a model of this kind, see Bigram, after some passes of `train` over a text."""
    begin = torch.zeros(VOCABULARY, VOCABULARY) if start is None else start
    model = student.lend(Bigram, begin, *kind).eval()
    wants = [p for p in student.describe("train")["parameters"] if not p[2]]
    world: dict[str, Any] = {"model": model.handle, "train_data": source}
    world |= {"optimizer": remote(arguments.sgd, model.handle, LR), "scheduler": remote(scheduler, model.handle, LR)}
    for _ in range(passes):
        ask(student, "train", *(model,)[: len(wants)], **world)
    return properties.has_shape(model.current().get("table"), (VOCABULARY, VOCABULARY))


@check(points=3, ja="train を繰り返すと損失が下がる")
def learns(student: Student, draw: Draw) -> None:
    """The loss falls with each pass of train: measured by us on the model's new weights."""
    text, source = columns(draw)
    table = trained(student, source, 3)
    reached = float(F.cross_entropy(table[text[:-1]], text[1:]))
    if not reached < 0.95 * math.log(VOCABULARY):
        raise Failure(
            Text(
                en=f"After 3 passes over a text that repeats itself the loss is {reached:.3g}; it began at {math.log(VOCABULARY):.3g}.",
                ja=f"同じ並びを繰り返すだけの本文を 3 回学習しても、損失が {math.log(VOCABULARY):.3g} から {reached:.3g} にしか下がりません。",
            ),
            Text(
                en="Three things make a step: zero_grad, backward, step. And do the targets follow the inputs?",
                ja="1 回の更新は zero_grad、backward、step の 3 つです。正解は入力の次の語になっていますか。",
            ),
        )


@check(points=1, ja="毎回の更新の前に、前の勾配を消している")
def gradients_are_cleared(student: Student, draw: Draw) -> None:
    """The gradients of the step before are cleared."""
    _, source = columns(draw)
    # What has moved once gets no gradient again; one that is never cleared carries it on at each of 140 steps.
    one, many = (trained(student, *given, False, True).abs().sum() for given in ((source[: BPTT + 1], 1), (source, 20)))
    if many > 25 * one > 0:
        raise Failure(
            Text(
                en="When a new gradient arrived, the one of the step before was still there, and they added up.",
                ja="新しい勾配が届いたとき、前回の勾配がまだ残っていて、足し合わされていました。",
            ),
            misconception="zero_grad_forgotten",
        )


@check(points=1, ja="学習は学習モードで行う")
def trains_in_training_mode(student: Student, draw: Draw) -> None:
    """It trains in training mode, whichever mode the model comes in."""
    _, source = columns(draw)
    start, asleep = draw.normal(VOCABULARY, VOCABULARY), draw.normal(VOCABULARY, VOCABULARY)
    plain, moded = (trained(student, source, 1, False, False, other, start=start) for other in (None, asleep))
    if not torch.allclose(plain, moded, rtol=1e-4, atol=1e-5):
        raise AWAKE


# --- right answers -----------------------------------------------------------------------------

no_clipping = accepts(edit("        torch.nn.utils.clip_grad_norm_(model.parameters(), 0.5)\n", ""))
divided_by_all_rows = accepts(edit("total_loss / (len(data_source) - 1)", "total_loss / len(data_source)"))
mask_handed_over = accepts(
    edit("output = model(data)\n", "output = model(data, model._generate_square_subsequent_mask(len(data)))\n"),
)
model_handed_in = accepts(edit("def train():", "def train(model):"))

# --- mistakes ----------------------------------------------------------------------------------

rows_instead_of_columns = misconception(
    edit("data.view(bsz, -1).t().contiguous()", "data.view(-1, bsz).contiguous()"),
    en="The text is cut into rows of B words, so that going down a column one jumps B words ahead. Make B pieces and stand them up: "
    "view(bsz, -1).t().",
    ja="本文を B 語ずつの行に切っているので、列を下にたどると B 語先に飛びます。B 個の部分に分けてから立てましょう。view(bsz, -1).t() です。",
)
not_transposed = misconception(
    edit("data.view(bsz, -1).t().contiguous()", "data.view(bsz, -1).contiguous()"),
    en="The pieces lie in rows, (B, N). Here time comes first: transpose with .t().",
    ja="部分が行に並ぶ (B, N) の向きです。ここでは時間が先頭の軸です。.t() で転置しましょう。",
)
targets_not_shifted = misconception(
    edit("source[i + 1 : i + 1 + seq_len].reshape(-1)", "source[i : i + seq_len].reshape(-1)"),
    en="The targets are the inputs themselves: the model learns to copy what it has just read. Shift by one: i + 1.",
    ja="正解が入力そのもので、いま読んだ語を写すことしか学べません。i + 1 から始めて 1 つずらしましょう。",
)
targets_shifted_twice = misconception(
    edit("source[i + 1 : i + 1 + seq_len].reshape(-1)", "source[i + 2 : i + 2 + seq_len].reshape(-1)"),
    edit("len(source) - 1 - i", "len(source) - 2 - i"),
    en="The targets are shifted twice: the word after the next is asked for. Shift by one.",
    ja="正解を 2 つずらしていて、次の次の語を当てさせています。ずらすのは 1 つです。",
)
targets_in_columns = misconception(
    edit("source[i + 1 : i + 1 + seq_len].reshape(-1)", "source[i + 1 : i + 1 + seq_len].t().reshape(-1)"),
    en="The targets are flattened column by column, the logits row by row: each word is compared with another's target. Leave out "
    "the transposing.",
    ja="正解は列ごと、logits は行ごとに平らにされ、別の語の正解と比べています。転置は不要です。",
)
too_long_at_the_end = misconception(
    edit("min(bptt, len(source) - 1 - i)", "min(bptt, len(source) - i)"),
    en="At the end of the text the inputs are one row longer than the targets: the last word has no successor. It is "
    "len(source) - 1 - i.",
    ja="本文の終わりで、入力が正解より 1 行長くなります。最後の語には次の語がありません。len(source) - 1 - i にしましょう。",
)
mean_of_piece_means = misconception(
    edit("total_loss += len(data) * criterion", "total_loss += criterion"),
    edit("total_loss / (len(data_source) - 1)", "total_loss / len(range(0, data_source.size(0) - 1, bptt))"),
    en="The pieces' means are averaged as if all were equally long. The last piece is shorter: multiply each mean by len(data), and "
    "divide by the number of rows.",
    ja="長さの違う部分の平均を、そのまま平均しています。最後の部分は短いので、len(data) を掛けて足し、行数で割りましょう。",
)
piece_means_by_rows = misconception(
    edit("total_loss += len(data) * criterion", "total_loss += criterion"),
    en="Means of pieces are divided by the number of rows, so the loss comes out too small by bptt. Multiply each by len(data) first.",
    ja="部分ごとの平均の合計を行数で割っているので、損失が bptt 分の 1 に小さくなっています。足す前に len(data) を掛けましょう。",
)
eval_forgotten = misconception(
    edit("    eval_model.eval()\n", ""),
    en="The model is measured in training mode, with dropout. Call eval_model.eval() first.",
    ja="学習モードのまま評価しているので、dropout が効いています。先に eval_model.eval() を呼びましょう。",
)
zero_grad_forgotten = misconception(
    edit("        optimizer.zero_grad()\n", ""),
    en="zero_grad() is missing: the gradients of all earlier pieces are added again. Call it before every backward().",
    ja="zero_grad() がありません。前の部分の勾配がいつまでも足されます。backward() の前に毎回呼びましょう。",
)
train_mode_forgotten = misconception(
    edit("    model.train()\n", ""),
    en="The model is not put into training mode, so after the first evaluation it learns without dropout. Call model.train() first.",
    ja="学習モードに戻していないので、一度評価した後は dropout なしで学習します。先に model.train() を呼びましょう。",
)
no_step = misconception(
    edit("        optimizer.step()\n", ""),
    en="step() is missing. The gradients are computed and nothing is done with them. Call optimizer.step() after backward().",
    ja="step() がありません。勾配を計算しただけで使っていません。backward() の後に optimizer.step() を呼びましょう。",
)
