"""accuracy, asked of a model that knows what it says."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from grader.checks import Draw, Failure, Student, Text
from grader.lessons.bert._fakes import CLASSES, VOCABULARY
from grader.lessons.bert._fakes.encoders import Lookup


def right_answers_counted(student: Student, draw: Draw, count: int, size: int) -> None:
    table = draw.normal(VOCABULARY, CLASSES)
    ids, labels = draw.integers(0, VOCABULARY, count, 5), draw.integers(0, CLASSES, count)
    words = draw.integers(1, 5, count)  # and padding behind them
    scores = table[ids[torch.arange(count), words - 1]]  # (M, L)
    last = (count - 1) // size * size  # where the last batch begins: it is short, and nearly all of it wrong
    labels[:last] = torch.where(draw.uniform(last) < 0.5, scores[:last].argmax(1), labels[:last])
    labels[last:] = (scores[last:].argmax(1) + 1) % CLASSES
    if count - last > 1:  # one of it is right: then what is divided by whole batches is no mean of means
        labels[last] = scores[last].argmax()
    best, worst = scores.argmax(1) == labels, scores.argmin(1) == labels
    model = student.lend(Lookup, table)
    found = student.call("accuracy", model, (ids, torch.arange(5) < words[:, None], labels), size, view=share)
    exact = float(best.float().mean())
    if abs(found - exact) < 1e-5:
        return
    batches = math.ceil(count / size)
    whole = float(best.sum() / (batches * size))  # each batch counted as a whole one
    means = float(torch.stack([best[i : i + size].float().mean() for i in range(0, count, size)]).mean())
    known = {
        "means_averaged": means if abs(means - whole) > 1e-5 else math.nan,
        "evaluated_in_train_mode": float(worst.float().mean()),
        "only_the_last_batch": float(best[last:].float().mean()),
    }
    raise Failure(
        Text(
            en=f"{int(best.sum())} of {count} answers are right, {exact:.4f}; accuracy said {found:.4f}.",
            ja=f"{count} 件中 {int(best.sum())} 件が正解で {exact:.4f} のはずですが、accuracy は {found:.4f} でした。",
        ),
        Text(
            en="Batch by batch: logits (b, L) -> argmax (b,) == labels (b,) -> how many; add these up, and divide once by M. In which mode is the model?",
            ja="バッチごとに、logits (b, L) → argmax (b,) と labels (b,) を比べる → 正解の件数。これを足し、最後に 1 回だけ M で割ります。モデルはどちらのモードですか。",
        ),
        misconception=next((name for name, value in known.items() if abs(found - value) < 1e-5), None),
    )


def share(value: Any) -> float:
    """A share from 0 to 1, from a number, a tensor of one number, or a percentage."""
    if isinstance(value, Tensor) and value.numel() == 1 and not value.is_complex():
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:
        raise Failure(
            Text(en="accuracy should return a number from 0 to 1.", ja="accuracy は 0 から 1 の数を返すはずです。"),
            Text(en="Look at what stands after `return`.", ja="`return` の後ろを見直してみましょう。"),
        )
    return value / 100 if value > 1 else float(value)
