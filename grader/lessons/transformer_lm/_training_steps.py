"""What the steps of train_lm are, read off what they make of lent models.

The text is one round of all characters, again and again, and a window holds whole rounds. So every batch has the same loss and
the same gradient, whichever windows are drawn, and what k steps make of a model is had by asking for k steps.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from grader.checks import CallFailed, Draw, Failure, Module, Student, Text, Unmatched, properties
from grader.lessons.transformer_lm._fakes import own_model
from grader.lessons.transformer_lm._fakes.language_models import Bigram, Forgetful
from grader.lessons.transformer_lm._training_questions import table_of, train
from grader.lessons.transformer_lm._training_views import LOSS, batch, number

Point = tuple[Tensor, Tensor]  # the table (V, V) of a model and its shift (V,)
NEARLY_STILL = 1e-9


@dataclass(frozen=True)
class Rounds:
    """Training on rounds of all characters in an order. size, length: of a batch."""

    student: Student
    order: Tensor  # (V,)
    size: int

    @classmethod
    def drawn(cls, student: Student, draw: Draw) -> Rounds:
        return cls(student, torch.randperm(draw.number(5, 9), generator=draw.generator), draw.number(2, 5))

    @property
    def vocabulary(self) -> int:
        return len(self.order)

    @property
    def length(self) -> int:
        return 2 * self.vocabulary

    @property
    def text(self) -> Tensor:
        return self.order.repeat(40)

    def even(self, draw: Draw) -> Tensor:
        """A table (V, V) in which every character is as hard to foretell as any other."""
        far = torch.arange(self.vocabulary)
        scores = draw.normal(self.vocabulary)
        table = torch.zeros(self.vocabulary, self.vocabulary)
        for place, character in enumerate(self.order):
            table[character, self.order[(place + far) % self.vocabulary]] = scores
        return table

    def trained(self, model: Module, steps: int, lr: float) -> list[float]:
        return train(self.student, model, self.text, steps, self.size, self.length, lr)

    def point(self, model: Module) -> Point:
        shift = properties.has_shape(model.current().get("shift"), (self.vocabulary,), SHIFT)
        return table_of(model, (self.vocabulary, self.vocabulary)), shift

    def bigram(self, table: Tensor, asleep: Tensor | None = None) -> Module:
        return self.student.lend(
            Bigram, table, self.length + 60, asleep, own=own_model(self.vocabulary, self.length + 60)
        )


SHIFT = Text(en="the parameter `shift` of the model that was trained", ja="学習したモデルのパラメータ shift ")


# --- the losses ----------------------------------------------------------------------------------


def losses_are_those_of_the_model(student: Student, draw: Draw) -> None:
    """What train_lm returns is the loss of the model before each step. Raises Failure."""
    rounds = Rounds.drawn(student, draw)
    start = rounds.even(draw)
    told, points = [], [(start, torch.zeros(rounds.vocabulary))]
    for steps in range(1, 5):
        model = rounds.bigram(start)
        told = rounds.trained(model, steps, 0.1)
        points.append(rounds.point(model))
    due = due_losses(rounds, points)
    if any(agree(told, due[late : late + len(told)]) for late in (0, 1)):
        return
    longer = rounds.trained(rounds.bigram(start), 20, 0.1)[:4]
    if agree(longer, due_losses(rounds, [stopped(rounds, start, passes) for passes in range(4)])):
        return
    if follows_a_plan(rounds, start, due[0]):
        if agree(longer, told):
            raise Unmatched("the losses cannot be compared", NOT_ITS_LOSSES)
        return  # how far a step goes depends on how many are to come
    if own_loss_is_wrong(rounds, draw) or all(torch.equal(table, start) for table, _ in points):
        raise Unmatched("the losses cannot be compared", NOT_COMPARED)  # both have been paid for where they are asked
    raise Failure(
        Text(
            en=f"The model's losses before the first four steps are {listed(due[:4])}, but train_lm returned {listed(told)}.",
            ja=f"最初の 4 回の更新の直前のモデルの損失は {listed(due[:4])} ですが、train_lm が返したのは {listed(told)} でした。",
        ),
        Text(
            en="In each step append the loss of this step's batch, the very number that backward() starts from: losses.append(loss.item()).",
            ja="毎回、そのバッチの損失、つまり backward() を呼んだ値そのものを losses.append(loss.item()) で記録しましょう。",
        ),
        misconception="losses_not_measured",
    )


def stopped(rounds: Rounds, start: Tensor, passes: int) -> Point:
    """What a model is in the middle of a longer training: it refuses to go on after so many passes."""
    longest = rounds.length + 60
    model = rounds.student.lend(Bigram, start, longest, None, passes, own=own_model(rounds.vocabulary, longest))
    with rounds.student.unrecorded(), suppress(CallFailed, Failure):
        rounds.trained(model, 20, 0.1)
    return rounds.point(model)


def own_loss_is_wrong(rounds: Rounds, draw: Draw) -> bool:
    """Whether the student's lm_loss is another one than cross-entropy."""
    with rounds.student.unrecorded(), suppress(CallFailed, Failure):
        for _ in range(3):  # one number alone may be right by chance
            logits = draw.normal(rounds.size, rounds.length, rounds.vocabulary, scale=3.0)
            targets = draw.integers(0, rounds.vocabulary, rounds.size, rounds.length)
            own = float(rounds.student.call("lm_loss", logits, targets, view=number(LOSS)))
            if abs(own - mean_loss(logits, targets)) > 1e-3:
                return True
    return False


NOT_ITS_LOSSES = Text(
    en="The losses that are returned may be those of the model, but its parameters do not show it; a person looks.",
    ja="返された損失がモデルの損失かどうか、パラメータからは確かめられませんでした。人が確認します。",
)
NOT_COMPARED = Text(
    en="The losses that are returned cannot be compared with the model's, because of what is wrong elsewhere; a person looks.",
    ja="ほかの誤りのため、返された損失をモデルの損失と比べられませんでした。人が確認します。",
)


def listed(losses: list[float]) -> str:
    return ", ".join(f"{loss:.3f}" for loss in losses)


def agree(told: list[float], due: list[float]) -> bool:
    return len(told) == len(due) and all(abs(a - b) <= 1e-3 * (1 + abs(b)) for a, b in zip(told, due, strict=True))


def due_losses(rounds: Rounds, points: list[Point]) -> list[float]:
    """The loss of each of these, on a batch of the student's own; by their own lm_loss, where that is another one.

    A wrong batch or a wrong loss has been paid for where it is asked.
    """
    with rounds.student.unrecorded():
        return losses_by_its_own(rounds, points)


def losses_by_its_own(rounds: Rounds, points: list[Point]) -> list[float]:
    student, view = rounds.student, batch(rounds.size, rounds.length, either_way=True)
    try:
        inputs, targets = student.call("get_batch", rounds.text, rounds.size, rounds.length, view=view)
    except (CallFailed, Failure):
        inputs = rounds.text[: rounds.length].expand(rounds.size, -1)
        targets = rounds.text[1 : rounds.length + 1].expand(rounds.size, -1)
    logits = [table[inputs % len(table)] + shift for table, shift in points]
    true = [mean_loss(each, targets % rounds.vocabulary) for each in logits]
    try:
        return [float(student.call("lm_loss", each, targets, view=number(LOSS))) for each in logits]
    except (CallFailed, Failure):
        return true


def mean_loss(logits: Tensor, targets: Tensor) -> float:
    """logits (B, T, V), targets (B, T) -> the loss of a character"""
    rows = logits.reshape(-1, logits.shape[-1])
    return float(F.cross_entropy(rows, targets.reshape(len(rows))))


def follows_a_plan(rounds: Rounds, start: Tensor, first: float) -> bool:
    """Whether losses are measured, where no two trainings share their first steps: all alike where nothing moves, and the last
    one near where the model then is."""
    if not agree(rounds.trained(rounds.bigram(start), 4, NEARLY_STILL), [first] * 4):
        return False
    for steps in (4, 20):
        model = rounds.bigram(start)
        last = rounds.trained(model, steps, 0.1)[-1]
        (reached,) = due_losses(rounds, [rounds.point(model)])
        if abs(last - reached) > 0.25 * abs(first - reached) + 0.02:
            return False
    return True


# --- the mode --------------------------------------------------------------------------------------


def trains_awake(student: Student, draw: Draw) -> None:
    """A model that has another table in evaluation mode becomes what one becomes that has not. Raises Failure."""
    rounds = Rounds.drawn(student, draw)
    start, asleep = draw.normal(rounds.vocabulary, rounds.vocabulary), draw.normal(rounds.vocabulary, rounds.vocabulary)
    plain, moded = (twice_trained(rounds, rounds.bigram(start, other)) for other in (None, asleep))
    if alike(plain, moded):
        if alike(plain, twice_trained(rounds, rounds.bigram(start, None), (6, 3))):
            raise Unmatched("the number of steps makes no difference", NO_STEPS)
        return
    if not alike(plain, twice_trained(rounds, rounds.bigram(start, None))):
        raise Unmatched("the training does not repeat itself", NOT_REPEATED)
    raise AWAKE


def twice_trained(rounds: Rounds, model: Module, lengths: tuple[int, int] = (12, 3)) -> Point:
    """What becomes of a model that comes in evaluation mode, twice."""
    for steps in lengths:
        rounds.trained(model.eval(), steps, 0.01)
    return rounds.point(model)


def alike(one: Point, other: Point) -> bool:
    return all(torch.allclose(a, b, rtol=1e-4, atol=1e-5) for a, b in zip(one, other, strict=True))


AWAKE = Failure(
    Text(
        en="The model was updated in evaluation mode, as the last measurement had left it: without its dropout.",
        ja="直前の評価のまま、評価モードで学習していました。dropout が効いていません。",
    ),
    misconception="train_mode_forgotten",
)
NO_STEPS = Text(
    en="What becomes of the model does not depend on the steps, or not on lr, so nothing can be seen of a single one; a person looks.",
    ja="学習後のモデルが更新の回数や lr によって変わらないので、1 回の更新について確かめられませんでした。人が確認します。",
)
NOT_REPEATED = Text(
    en="Asked twice for the same, this training ends with other parameters, so it cannot be compared; a person looks.",
    ja="同じ条件で 2 回学習させても違うパラメータになるため、比べられませんでした。人が確認します。",
)


# --- one step --------------------------------------------------------------------------------------

RATE = 0.013  # that nobody types in, nor half or twice of it
# How far, in rates, two steps on the same gradient go: along the gradient (SGD, plain or with momentum of 0.9), or by its sign
# (Adam, RMSprop, Adagrad). No first step alone goes as far.
TWICE_ALONG, TWICE_BY_SIGN = (2.0, 2.9), (2.0, 17.089, 1.7071)


def steps_by_its_own_gradient(student: Student, draw: Draw) -> None:
    """A step is made once, and by the gradient of this step alone. Raises Failure."""
    rounds = Rounds.drawn(student, draw)
    one, half, whole = (forgetful(rounds, steps) for steps in (1, 60, 120))
    # Whatever has moved once gets no gradient again, and only a momentum carries it on, for a while. A gradient that is never
    # cleared carries it at every step: in twice as many twice as far, or farther.
    if whole.abs().sum() > 1.7 * half.abs().sum() > 0:
        raise Failure(
            Text(
                en="When a new gradient arrived, the one of the step before was still there, and they added up.",
                ja="新しい勾配が届いたとき、前回の勾配がまだ残っていて、足し合わされていました。",
            ),
            misconception="zero_grad_forgotten",
        )
    if one.any() and not 1.5 < float(forgetful(rounds, 1, 2 * RATE).abs().sum() / one.abs().sum()) < 2.5:
        raise Unmatched("the rate makes no difference", NO_STEPS)
    if steps_twice(rounds, one):
        raise Failure(
            Text(
                en="Asked for one step, the model has moved as far as two steps on the same gradient go.",
                ja="1 回の更新のはずが、同じ勾配で 2 歩進んだだけ動いています。",
            ),
            Text(
                en="Count the calls of optimizer.step() in one pass of the loop.",
                ja="ループ 1 回の中で optimizer.step() が何回呼ばれているか数えましょう。",
            ),
            misconception="steps_twice",
        )


def forgetful(rounds: Rounds, steps: int, lr: float = RATE) -> Tensor:
    """The table of a forgetful model after that."""
    sizes = rounds.vocabulary, rounds.length + 60
    model = rounds.student.lend(Forgetful, *sizes, own=own_model(*sizes)).eval()
    rounds.trained(model, steps, lr)
    return table_of(model, (rounds.vocabulary, rounds.vocabulary)).double()


def steps_twice(rounds: Rounds, moved: Tensor) -> bool:
    """Whether a table that began with zeros has gone exactly as far as two steps of a usual optimizer go."""
    table = torch.zeros(rounds.vocabulary, rounds.vocabulary, dtype=torch.float64, requires_grad=True)
    (gradient,) = torch.autograd.grad(F.cross_entropy(table[rounds.order], rounds.order.roll(-1)), table)
    along, sign = -RATE * gradient, -RATE * gradient.sign()
    ways = [(along, times) for times in TWICE_ALONG] + [(sign, times) for times in TWICE_BY_SIGN]
    return any(torch.allclose(moved, times * way, rtol=1e-3, atol=1e-8) for way, times in ways)
