"""Questions to perplexity, and what it is of a text that is cut in one way or another."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from grader.checks import Failure, Student, Text, properties, trace
from grader.lessons.transformer_lm._fakes import own_model
from grader.lessons.transformer_lm._fakes.language_models import Drowsy
from grader.lessons.transformer_lm._training_views import LOSS, PERPLEXITY, number

# What code has that measures it, by whatever name: math.exp(val_loss), 2 ** (bits / n), torch.pow(2, ce), 1 / p ** (1 / n).
MEASURES = (
    trace(r"(?i)perplex|(?<![a-z])ppl|bits_?per|\bbp[cb]\b", of="perplexity"),
    trace(
        r"(?i)(?<![a-z])exp(?:2|m1|_)?\b|(?<![a-z])pow(?:er)?\b|(?<!\b10) \*\* (?!\(?-?0?\.5\b)",
        of="perplexity",
        outside=True,
    ),
)


def measured(student: Student, texts: list[Tensor], table: Tensor, length: int) -> None:
    """The perplexity of a model that knows nothing in training mode, of these texts, cut into pieces of this length.

    All are asked before one is judged: a single number could be that of another mistake by chance.
    """
    model = student.lend(Drowsy, table, length, own=own_model(len(table), length)).train()
    found = [student.call("perplexity", model.train(), text, length, view=number(PERPLEXITY)) for text in texts]
    for text, value in zip(texts, found, strict=True):
        is_that_of(student, text, table, length, value)


def measures_with_gradients(student: Student, text: Tensor, table: Tensor, length: int) -> bool:
    """Whether gradients are on in perplexity: then a model that is half as sharp with them has another."""
    own = own_model(len(table), length)
    with student.unrecorded():
        models = [student.lend(Drowsy, table, length, factor, own=own) for factor in (1.0, 0.5)]
        plain, tracked = (
            float(student.call("perplexity", model, text, length, view=number(PERPLEXITY))) for model in models
        )
    return abs(plain - tracked) > 1e-3 * plain


def is_that_of(student: Student, text: Tensor, table: Tensor, length: int, found: float) -> None:
    """Whether a perplexity is that of a text. Raises Failure.

    A piece of T characters may be read as T inputs or as T - 1 and a last target, and each place with the T before it is more
    than is asked.
    """
    ways = [in_pieces(text, length), in_pieces(text, length - 1), in_windows(text, length)]
    if any(is_perplexity(found, table, way) for way in ways[1:] if way):
        return
    try:
        properties.perplexity(found, [losses_of(table, ways[0])])
    except Failure:
        own = by_its_own_loss(student, table, ways[0])
        if own is None or abs(found - own) > 1e-3 * own:
            raise


Pieces = list[tuple[Tensor, Tensor]]  # inputs (T,) and targets (T,); of a window only the last counts, where it says so


def states(inputs: Tensor, vocabulary: int) -> Tensor:
    """What the drowsy model goes by at each place: (T,) -> (T,)"""
    return ((inputs + 1) * torch.arange(1, len(inputs) + 1)).cumsum(dim=0) % vocabulary


def in_pieces(text: Tensor, length: int) -> Pieces:
    """The text cut into inputs of this length, each with the targets one further."""
    starts = range(0, len(text) - 1, length) if length > 0 else range(0)
    return [(text[s : s + length][: len(text) - 1 - s], text[s + 1 : s + 1 + length]) for s in starts]


def in_windows(text: Tensor, length: int) -> Pieces:
    """Every place as the last one of a window of at most this length."""
    return [(text[max(0, end - length) : end], text[end : end + 1]) for end in range(1, len(text))]


def losses_of(table: Tensor, pieces: Pieces) -> Tensor:
    """The loss of every target: of a window that has a single one, at its last place."""
    logits = torch.cat([table[states(inputs, len(table))][-len(targets) :] for inputs, targets in pieces])
    return F.cross_entropy(logits, torch.cat([targets for _, targets in pieces]), reduction="none")


def is_perplexity(found: float, table: Tensor, pieces: Pieces) -> bool:
    expected = math.exp(float(losses_of(table, pieces).double().mean()))
    return abs(found - expected) <= 1e-3 * expected


def by_its_own_loss(student: Student, table: Tensor, pieces: Pieces) -> float | None:
    """What the perplexity would be with the student's own lm_loss; None where that is right, or says the same of any text.

    A wrong loss has been paid for where it is asked; what is done with it here may be right.
    """
    total = []
    with student.unrecorded():
        for inputs, targets in pieces:
            logits = table[states(inputs, len(table))]
            own: float = student.call("lm_loss", logits[None], targets[None], view=number(LOSS))
            total.append((own, len(targets), float(F.cross_entropy(logits, targets))))
    right = all(abs(own - expected) <= 1e-4 for own, _, expected in total)  # an exponential tells small differences
    if right or len({round(own, 4) for own, _, _ in total}) < len(total):
        return None
    mean = sum(own * count for own, count, _ in total) / sum(count for _, count, _ in total)
    return math.exp(min(mean, 500.0))


WITH_GRADIENTS = Text(
    en="Perplexity is measured with gradients switched on: right, but with torch.no_grad() it is faster and needs far less memory.",
    ja="perplexity を勾配の計算が有効なまま測っています。値は正しいのですが、torch.no_grad() の中なら速く、メモリもずっと少なくて済みます。",
)
