"""In which mode a training measures and learns, and whether gradients are on: told by the numbers that come of lent models.

The same training is asked several times with fake models of the same parameters. One computes otherwise in training
mode than in evaluation mode; another always as in training mode, a third always as in evaluation mode. Whose measurements
the first one has, says in which mode it was measured; whose parameters it ends with, in which mode it has learned. The
student's own training is what it is compared with, so optimizer, schedule and averages are their own affair.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import torch
from torch import Tensor

from grader.checks import Draw, Failure, Student, Text, Unmatched, properties
from grader.lessons.knock80_89 import _history
from grader.lessons.knock80_89._history import EPOCHS
from grader.lessons.knock80_89._training import (
    LABELS,
    ONES,
    PLAIN,
    STILL,
    WORDS,
    FakeKind,
    FakeModel,
    Title,
    Trainer,
    fake_model_of,
)

LEARNT = WORDS - LABELS  # the training titles hold words up to this one, the validation titles one more for each label
RATE = 0.2


@dataclass(frozen=True)
class Trio:
    """A kind of model that does otherwise in two states, and the two that always do as in one of them."""

    split: FakeKind
    one: FakeKind
    other: FakeKind


@dataclass(frozen=True)
class TrainingRun:
    """What a training told of a model, series by series, and the parameters that it ended with."""

    told: dict[str, Tensor]
    reached: Tensor

    def ends_with(self, other: TrainingRun) -> bool:
        return torch.allclose(self.reached, other.reached, rtol=1e-4, atol=1e-6)

    def tells(self, name: str, other: TrainingRun) -> bool:
        mine, theirs = self.told.get(name), other.told.get(name)
        if mine is None or theirs is None or mine.shape != theirs.shape:
            return False
        return properties.close(mine, theirs, rtol=1e-3, atol=1e-4)

    def measures(self, other: TrainingRun, unlike: TrainingRun) -> bool:
        """Whether what it tells of the validation titles is what `other` tells, where `unlike` tells something else.

        Without names nobody knows which of four series these are: two of them are.
        """
        named = [name for name in self.told if name.startswith("valid")]
        telling = [name for name in named or self.told if not other.tells(name, unlike)]
        same = [name for name in telling if self.tells(name, other)]
        return len(same) == len(telling) > 0 if named else len(same) >= 2


def series(value: Any) -> dict[str, Tensor]:
    """The series that there are, none to four."""
    try:
        return _history.history(value)
    except Failure:
        return _history.by_name(value)


@dataclass(frozen=True)
class Modes:
    """A trainer under observation. options: what it is asked with besides epochs and lr."""

    ask: Trainer
    draw: Draw
    options: dict[str, Any]

    def learns(self, trio: Trio) -> bool:
        """Whether it learns as in the first of the two states. Raises Unmatched where it never does the same twice."""
        weight, bias = self.draw.normal(LABELS, WORDS, scale=0.4), self.draw.normal(LABELS, scale=0.4)
        # Five times one title: no order, and with any size of a batch the same mean. Nothing is different for the other titles.
        train = [(self.draw.integers(1, LEARNT + 1, 6), 1)] * 5
        valid = [(self.draw.integers(LEARNT + 1, WORDS + 1, 7), label) for label in (0, 1, 2)]
        split, one = (self.run(kind, weight, bias, train, valid, RATE) for kind in (trio.split, trio.one))
        if split.ends_with(one):
            return True
        if not self.run(trio.one, weight, bias, train, valid, RATE).ends_with(one):
            raise Unmatched("the training does not repeat itself", NOT_REPEATED)
        return False

    def measures(self, trio: Trio) -> bool | None:
        """Whether it measures the validation titles as in the second of the two states; None: in neither throughout.

        Raises Unmatched where nothing is told of them, or where it does not depend on the model.
        """
        weight, bias = 2 * torch.eye(LABELS, WORDS).roll(LEARNT, dims=1), torch.zeros(LABELS)
        train = [(self.draw.integers(1, LEARNT + 1, 6), label) for label in range(LABELS)]
        valid = [(torch.full((7,), LEARNT + 1 + label), label) for label in range(LABELS)]
        split, one, other = (
            self.run(kind, weight, bias, train, valid, STILL) for kind in (trio.split, trio.one, trio.other)
        )
        if not any(name.startswith("valid") or name.isdigit() for name in split.told):
            raise Unmatched("nothing is told of the validation data", NOT_TOLD)
        if all(one.tells(name, other) for name in one.told if name.startswith("valid") or name.isdigit()):
            raise Unmatched(
                "the model is not asked about the validation data", NEVER_ASKED
            )  # that costs where values are asked for
        if split.measures(other, one):
            return True
        return False if split.measures(one, other) else None

    def learned_from(self) -> str | None:
        """The mistake of learning from the validation titles, instead of the others or as well: told by the words that move."""
        weight, bias = self.draw.normal(LABELS, WORDS), torch.zeros(LABELS)
        weight[:, LEARNT:] = 0.0  # a decay of the weights does not move them either
        train = [(self.draw.integers(1, LEARNT + 1, 6), label) for label in range(LABELS)]
        valid = [(torch.full((7,), LEARNT + 1 + label), label) for label in range(LABELS)]
        with self.ask.student.unrecorded():  # or what it is called besides would have to agree in this, too
            reached = self.run(PLAIN, weight, bias, train, valid, RATE).reached[: weight.numel()].view_as(weight)
        moved = (reached - weight).abs().amax(dim=0) > 1e-6
        if not moved[LEARNT:].any():
            return None
        return "validation_learnt_too" if moved[:LEARNT].any() else "trains_on_validation"

    def run(
        self, kind: FakeKind, weight: Tensor, bias: Tensor, train: list[Title], valid: list[Title], lr: float
    ) -> TrainingRun:
        model: FakeModel = fake_model_of(self.ask.student, weight, bias, kind)
        told = self.ask(model.module, train, valid, series, epochs=EPOCHS, lr=lr, **self.options)
        return TrainingRun(told, torch.cat([part.flatten() for part in model.now()]))


def modes_advice(student: Student, modes: Modes) -> Text | None:
    """Measuring is in evaluation mode, learning in training mode; advice where no model of the notebook's knows the two.

    Raises Failure.
    """
    if knows_modes(student):
        switches_modes(modes)
        return None
    return as_promised(student, switches_modes, modes)


def gradients_advice(student: Student, modes: Modes) -> Text | None:
    """Measuring is without gradients, which nobody asks for but our own notebook. Raises Failure."""
    return as_promised(student, partial(measures_without_gradients, mistake="gradients_in_evaluation"), modes)


def switches_modes(modes: Modes) -> None:
    """Measuring is in evaluation mode, learning in training mode. Raises Failure."""
    if not modes.learns(by_mode(of_training(modes.draw))):
        raise Failure(LEARNS_ASLEEP, WHICH_LAST, misconception="stays_in_eval")
    found = modes.measures(by_mode(OF_VALIDATION))
    if not found:
        name = modes.learned_from() or "eval_forgotten"
        raise Failure(MEASURED_AWAKE, MODES, misconception=name if found is False else None)


def measures_without_gradients(modes: Modes, mistake: str) -> None:
    """The validation titles go through the model under no_grad or inference_mode, and the others do not. Raises Failure."""
    found = modes.measures(by_gradients(OF_VALIDATION))
    if not found:
        raise Failure(GRADIENTS_ON, MODES, misconception=mistake if found is False else None)
    if not modes.learns(by_gradients(of_training(modes.draw))):
        raise Failure(LEARNS_WITHOUT, MODES)


def as_promised(student: Student, look: Callable[[Modes], None], modes: Modes) -> Text | None:
    """A look at what only our own notebook asks for: elsewhere it is advice. Raises Failure."""
    try:
        look(modes)
    except Failure as failure:
        if student.promised:
            raise
        return failure.rationale
    return None


def knows_modes(student: Student) -> bool:
    """Whether something up to the end of the section does otherwise in training: dropout, batch normalisation."""
    written = student.matching.written
    end = written.ends.get(student.section, -1)
    before = (cell.source for cell in written.cells if cell.index <= end)
    return student.promised or any(map(STATEFUL.search, before))


STATEFUL = re.compile(r"dropout|drop_?rate|BatchNorm", re.IGNORECASE)
OF_VALIDATION = torch.where(
    torch.arange(WORDS) < LEARNT, ONES, -ONES
)  # says the opposite, of the validation titles alone


def of_training(draw: Draw) -> Tensor:
    """Factors that make a difference for the training titles alone."""
    return torch.where(torch.arange(WORDS) < LEARNT, 0.3 + 0.5 * draw.uniform(WORDS), ONES)


def by_mode(factors: Tensor) -> Trio:
    """A model with these factors in training mode alone; with them always; without."""
    return Trio(replace(PLAIN, awake=factors), replace(PLAIN, awake=factors, asleep=factors), PLAIN)


def by_gradients(factors: Tensor) -> Trio:
    """A model with these factors where gradients are on; with them always; without."""
    return Trio(replace(PLAIN, tracked=factors), replace(PLAIN, tracked=factors, untracked=factors), PLAIN)


MODES = Text(
    en="Learning: model.train(), gradients on. Measuring: model.eval() and with torch.no_grad(). Print model.training and "
    "torch.is_grad_enabled() at both places, in two epochs.",
    ja="学習するときは model.train() で勾配あり、測るときは model.eval() と with torch.no_grad() です。2 エポック分、両方の場所で model.training と "
    "torch.is_grad_enabled() を表示してみましょう。",
)


MEASURED_AWAKE = Text(
    en="The validation titles go through the model in training mode; as soon as it has dropout, other numbers come out each time.",
    ja="検証データの評価が学習モードのまま行われています。モデルに dropout があると、評価のたびに違う値になります。",
)
LEARNS_ASLEEP = Text(
    en=f"In {EPOCHS} epochs not everything was learned in training mode: the parameters are not those that come of it.",
    ja=f"{EPOCHS} エポックの学習の一部または全部が、学習モードで行われていません（パラメータが、学習モードで学習したときの値になりません）。",
)
WHICH_LAST = Text(
    en="model.eval() stays in force until model.train() is called. Which of the two was called last before each epoch?",
    ja="model.eval() は model.train() を呼ぶまで有効です。各エポックの直前に最後に呼ばれたのはどちらですか。",
)
GRADIENTS_ON = Text(
    en="The validation titles go through the model with gradients switched on.",
    ja="検証データの評価で、勾配の計算が有効なままになっています。",
)
LEARNS_WITHOUT = Text(
    en="While it learns, the model finds gradients switched off.",
    ja="学習中に、勾配の計算が無効になっています。",
)
NEVER_ASKED = Text(
    en="What is told of the validation titles does not depend on what the model says of them, so it cannot be seen in which mode it was "
    "measured; a person looks.",
    ja="検証データの数値が、検証データに対するモデルの出力によって変わらないので、どのモードで測ったかを確かめられませんでした。人が確認します。",
)
NOT_TOLD = Text(
    en="What the model does on the validation data is not told, so it cannot be seen in which mode it was measured; a person looks.",
    ja="検証データでの値が返されないので、どのモードで測ったかを確かめられませんでした。人が確認します。",
)
NOT_REPEATED = Text(
    en="Asked twice for the same, this training ends with other parameters, so it cannot be compared; a person looks.",
    ja="同じ条件で 2 回学習させても違うパラメータになるため、比べられませんでした。人が確認します。",
)
