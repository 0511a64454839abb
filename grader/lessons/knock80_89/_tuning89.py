"""A fine-tuning of the student, watched from outside, for problem 89."""

from __future__ import annotations

import math
import re

import torch
from torch import Tensor

from grader.checks import (
    CallFailed,
    Draw,
    Failure,
    Module,
    Student,
    Text,
    normalise,
    properties,
)
from grader.lessons.knock80_89 import _encoder as lent
from grader.lessons.knock80_89 import _training as training
from grader.lessons.knock80_89._classifier89 import LABELS, head_of_its_own
from grader.lessons.knock80_89._encoding89 import ids_and_mask
from grader.lessons.knock80_89._history import history, shown
from grader.lessons.knock80_89._learned import learned_from, rows_that_learnt
from grader.lessons.knock80_89._vocabulary import words

A_NAME = r"must be Tensor, not str|'str' object|string ind(?:ices|ex)"
Lesson = tuple[list[tuple[str, int]], lent.TokenizerFacts]

LR = 0.02
RATES = (LR, 1.0, 0.2, 0.002)  # nobody said which optimizer: what is right for one is far off for another
FROZEN = Text(
    en="The encoder gets no gradient: it is used as it is. That is faster and a choice one can make; fine-tuning it as well "
    "usually gains some per cent.",
    ja="エンコーダーには勾配が届かず、固定して使っています。速くて十分によい方法ですが、エンコーダーもファインチューニングするとふつう数 % 上がります。",
)


def tuned(
    student: Student,
    draw: Draw,
    count: int,
    epochs: int,
    batch_size: int,
    lr: float = LR,
    lesson: Lesson | None = None,
    valid: list[tuple[str, int]] | None = None,
) -> tuple[Module, dict[str, Tensor], list[tuple[str, int]], lent.TokenizerFacts]:
    """A classifier fine-tuned on `count` titles. lesson: the titles of an earlier training. valid: the same where none are given."""
    for as_tuple in (False, True):
        model, tokenizer, data, made = untuned(student, draw, count, as_tuple, lesson)
        view = history if student.promised else shown
        try:
            found = student.call(
                "fine_tune", model, tokenizer, data, valid or data, epochs, lr, batch_size, "cpu", view=view
            )
        except CallFailed as error:
            if as_tuple or not re.search(A_NAME, error.fault.message):
                raise
            student.forget(0)  # that it reads only tuples has been said
            continue
        break
    model.eval()
    return model, found, data, made


def untuned(
    student: Student, draw: Draw, count: int, as_tuple: bool, lesson: Lesson | None = None
) -> tuple[Module, Module, list[tuple[str, int]], lent.TokenizerFacts]:
    """A classifier, a tokenizer, and `count` titles with their labels."""
    data, made = lesson or titles_to_learn(draw, count)
    match = student.matched("BertClassifier")
    width = match.width if match is not None and match.width else 48
    encoder, tokenizer = lent.lend_encoder(student, draw, width, as_tuple), lent.lend_tokenizer(student, made)
    model = student.module("BertClassifier", encoder=encoder, output_size=LABELS)
    student.adopt(model, "BertClassifier")
    outputs = outputs_of(model)
    return model, tokenizer, [(title, label % outputs) for title, label in data], made


def outputs_of(model: Module) -> int:
    """The categories that a model made for LABELS of them has: fewer or more where it does not follow."""
    widths = [w.shape for w in model.weights.values() if w.dim() == 2]
    if not widths or any(LABELS in shape for shape in widths):
        return LABELS
    return head_of_its_own(model, widths[-1][1], LABELS) or LABELS


def titles_to_learn(draw: Draw, count: int, length: int = 0) -> Lesson:
    """Titles with labels of all kinds, of different lengths unless one is given."""
    made = lent.TokenizerFacts(words(draw, lent.WORDS))
    titles = lent.titles(draw, made.words, count)
    titles = [" ".join(draw.sample(made.words, length)) for _ in titles] if length else titles
    return [(title, row % LABELS) for row, title in enumerate(titles)], made


def measure(model: Module, data: list[tuple[str, int]], fed: tuple[Tensor, Tensor]) -> tuple[float, float]:
    """Mean loss and accuracy of the model as it is, by the judge. fed: ids (B, T) and mask (B, T)."""
    ids, mask = fed
    rows = properties.is_tensor(model(ids, mask, view=normalise.class_scores(len(data), outputs_of(model))))
    losses = [-float(row[label]) for row, (_, label) in zip(rows, data, strict=True)]
    hits = [int(row.argmax()) == label for row, (_, label) in zip(rows, data, strict=True)]
    return sum(losses) / len(data), sum(hits) / len(data)


def as_it_is_fed(
    student: Student, model: Module, data: list[tuple[str, int]], made: lent.TokenizerFacts
) -> tuple[float, float]:
    """Mean loss and accuracy with the ids and the mask of the student's own encode: what is wrong with these is told in its place."""
    titles = [title for title, _ in data]
    try:
        found = student.call("encode", lent.lend_tokenizer(student, made), titles, view=ids_and_mask)
        if found["ids"].dim() == 2 and found["ids"].shape == found["mask"].shape and len(found["ids"]) == len(data):
            return measure(model, data, (found["ids"], found["mask"]))
    except (CallFailed, Failure):
        pass  # there is no encode to be asked: the right ids then
    return measure(model, data, made.batch(titles))


def measured(model: Module, data: list[tuple[str, int]], made: lent.TokenizerFacts) -> float:
    """The loss alone; infinite where a rate was far too large."""
    try:
        return measure(model, data, made.batch([title for title, _ in data]))[0]
    except Failure:
        if model.student.promised:
            raise
        return math.inf


def other_losses(model: Module, data: list[tuple[str, int]], made: lent.TokenizerFacts) -> list[float]:
    """What else a loss may be that somebody chose: of the scores as they come, one for all categories or one for each."""
    fed, outputs = made.batch([title for title, _ in data]), outputs_of(model)
    scores = properties.is_tensor(model(*fed, view=normalise.tensor(len(data), outputs)))
    gold = torch.tensor([label for _, label in data])
    each = torch.nn.functional.one_hot(gold, outputs).double()
    scores = scores.double()
    found = [torch.nn.functional.cross_entropy(scores, gold)]
    found.append(torch.nn.functional.binary_cross_entropy_with_logits(scores, each))
    if bool(((scores >= 0) & (scores <= 1)).all()):
        found.append(torch.nn.functional.binary_cross_entropy(scores, each))
    return [float(loss) for loss in found]


def learned_from_the_other_set(student: Student, draw: Draw, before: dict[str, Tensor]) -> str | None:
    """The mistake of learning from the validation data, whose words are not those of the training data.

    before: the parameters of an untuned model. None where no word vectors are found, or where they are not learned.
    """
    made = lent.TokenizerFacts(words(draw, lent.WORDS))
    half = len(made.words) // 2
    train, valid = (
        [(" ".join(draw.sample(part, 5)), row % LABELS) for row in range(6)]
        for part in (made.words[:half], made.words[half:])
    )
    model, *_ = tuned(student, draw, len(train), 2, 2, lesson=(train, made), valid=valid)
    after = model.current()
    table = next((name for name, w in before.items() if w.dim() == 2 and len(w) == lent.WORDS + lent.SPECIAL), None)
    if table is None or table not in after:
        return None
    trained, validated = (
        set(made.batch([title for title, _ in data])[0].flatten().tolist()) for data in (train, valid)
    )
    return learned_from(rows_that_learnt(before[table], after[table]), trained, validated)


def head_learns(model: Module, fed: tuple[Tensor, Tensor]) -> bool:
    """Whether a gradient reaches the output layer at all."""
    outputs = outputs_of(model)
    found = model.gradients(*fed, cotangents=[torch.arange(outputs)[None].float()])["parameters"]
    reached = (name for name, gradient in found.items() if isinstance(gradient, Tensor) and bool(gradient.any()))
    return any(outputs in model.weights[name].shape for name in reached if name in model.weights)


def ignored(
    before: dict[str, Tensor], usual: dict[str, Tensor], slower: dict[str, Tensor], at_once: dict[str, Tensor]
) -> str | None:
    """Which setting makes no difference to the parameters; first of all, whether the output layer was learned."""
    head = [name for name, w in before.items() if LABELS in w.shape]
    if equal(before, usual):
        return "nothing_is_learnt"
    if head and all(torch.equal(before[name], usual[name]) for name in head if name in usual):
        return "optimizer_of_the_encoder_alone"
    return "lr_ignored" if equal(usual, slower) else "batch_size_ignored" if equal(usual, at_once) else None


def equal(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return all(torch.equal(w, other[name]) for name, w in one.items() if name in other)


def learns_alone(student: Student, draw: Draw, lesson: Lesson, bound: float) -> bool:
    """Whether the same titles are learned one at a time, where none can be given another's label."""
    if not student.promised:
        return False
    with training.by_what_it_does(student):
        model, _, data, made = tuned(student, draw, 8, 4, 1, LR, lesson)
        return measured(model, data, made) < bound
