"""What SGD makes of the fake model: one step for each batch, by the definition, in the kinds that people use."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from grader.checks import Failure, Text
from grader.lessons.knock80_89._training import FakeModel, Title, counts


@dataclass(frozen=True)
class Rule:
    """A kind of stochastic gradient descent that people use: a step is still lr times a gradient."""

    momentum: float = 0.0
    decay: float = 0.0  # weight_decay of the optimizer
    longest: float = math.inf  # a gradient of both parameters together is cut to this length
    largest: float = math.inf  # and each number of it to this size
    nesterov: bool = False


MOMENTA, DECAYS, LENGTHS = (
    (0.0, 0.9, 0.5, 0.8, 0.95, 0.99),
    (0.0, 1e-4, 5e-4, 1e-3, 1e-2),
    (1.0, 5.0, 0.1, 0.25, 0.5, 2.0, 3.0, 10.0),
)
RULES = (
    *(Rule(momentum=momentum, decay=decay) for momentum in MOMENTA for decay in DECAYS),
    *(Rule(momentum, decay, length) for length in LENGTHS for momentum in MOMENTA[:2] for decay in DECAYS[:2]),
    *(Rule(momentum=0.9, decay=decay, nesterov=True) for decay in DECAYS),
    *(Rule(largest=largest) for largest in (1.0, 0.5, 0.1)),
)


def descend(
    batches: list[list[Title]], weight: Tensor, bias: Tensor, lr: float, rule: Rule = RULES[0], sign: float = 1.0
) -> tuple[Tensor, Tensor]:
    """One step on the mean loss for each batch: velocity = momentum * velocity + gradient. sign: of the words' counts."""
    both = torch.cat([weight.double(), bias.double()[:, None]], dim=1)
    velocity = torch.zeros_like(both)
    for batch in batches:
        features = torch.stack([torch.cat([sign * counts(title), torch.ones(1).double()]) for title, _ in batch])
        error = (features @ both.T).softmax(dim=-1)
        error[torch.arange(len(batch)), [label for _, label in batch]] -= 1.0
        gradient = error.T @ features / len(batch)
        gradient = gradient.clamp(-rule.largest, rule.largest)
        gradient = gradient * min(1.0, rule.longest / float(gradient.norm())) + rule.decay * both
        velocity = rule.momentum * velocity + gradient
        both = both - lr * (gradient + rule.momentum * velocity if rule.nesterov else velocity)
    return both[:, :-1], both[:, -1]


@dataclass(frozen=True)
class Move:
    """Where training took the parameters of the lent model, all in one vector, and where SGD would take them."""

    batches: list[list[Title]]
    lr: float
    model: FakeModel
    start: Tensor
    reached: Tensor

    def to(self, batches: list[list[Title]], rule: Rule = RULES[0], sign: float = 1.0) -> Tensor:
        return flat(*descend(batches, self.model.weight, self.model.bias, self.lr, rule, sign))

    def is_to(self, batches: list[list[Title]], blind: bool = False) -> bool:
        """Whether it is what SGD makes of these batches, in any of the kinds that people use.

        blind: of a lent model that was sent to a GPU which is not there.
        """
        found = (self.to(batches, rule, -1.0 if blind else 1.0) for rule in RULES)
        return any(torch.allclose(self.reached, option, rtol=1e-3, atol=1e-4) for option in found)

    def epochs(self, kinds: list[list[list[Title]]]) -> list[tuple[Tensor, Tensor]] | None:
        """Weight and bias after each epoch, where one rule leads where the model came. kinds: the batches of an epoch may be these.

        None where none does.
        """
        count = len(self.batches)
        for batches in kinds:
            for rule in RULES:
                if torch.allclose(self.reached, self.to(batches * count, rule), rtol=1e-3, atol=1e-4):
                    start = self.model.weight, self.model.bias
                    return [descend(batches * done, *start, self.lr, rule) for done in range(1, count + 1)]
        return None

    @property
    def rate(self) -> float | None:
        """The learning rate that leads where the model came; None where none does."""
        due, went = self.to(self.batches) - self.start, self.reached - self.start
        rate = self.lr * float(due @ went) / float(due @ due)
        return rate if bool((went - due * rate / self.lr).norm() <= 0.01 * went.norm()) else None


def flat(weight: Tensor, bias: Tensor) -> Tensor:
    return torch.cat([weight.flatten(), bias]).double()


def move(model: FakeModel, batches: list[list[Title]], lr: float) -> Move:
    """What training has made of the lent model."""
    return Move(batches, lr, model, flat(model.weight, model.bias), flat(*model.now()))


def stepped(moves: list[Move], help: Text | None = None) -> None:
    """The lent models are now what SGD makes of them. Raises Failure."""
    wrong = next((made for made in moves if not made.is_to(made.batches)), None)
    if wrong is None:
        return
    went, due = (wrong.reached - wrong.start).norm(), (wrong.to(wrong.batches) - wrong.start).norm()
    same = abs(float(went - due)) <= 0.01 * float(due)
    en, ja = (
        ("in another direction", "別の方向に動きました")
        if same
        else (f"by {float(went):.4f}", f"{float(went):.4f} 動きました")
    )
    raise Failure(
        Text(
            en=f"{len(wrong.batches)} step(s) of SGD with lr = {wrong.lr} move the parameters by {float(due):.4f}, but they moved {en}.",
            ja=f"lr = {wrong.lr} の SGD {len(wrong.batches)} ステップでパラメータは {float(due):.4f} だけ動くはずですが、{ja}。",
        ),
        help,
        misconception="lr_ignored" if has_a_rate_of_its_own(moves) else None,
    )


def has_a_rate_of_its_own(moves: list[Move]) -> bool:
    """Whether single steps with different learning rates were all made with one other."""
    rates = [made.rate for made in moves if len(made.batches) == 1]
    known = [rate for rate in rates if rate is not None and rate > 0]
    alike = len(known) == len(rates) > 1 and max(known) - min(known) <= 0.02 * max(known)
    return alike and len({made.lr for made in moves}) > 1


def each_once(made: Move, orders: Iterable[list[list[Title]]], help: Text) -> None:
    """The lent model has learned from each of these batches once, in one of these orders. Raises Failure."""
    given = list(orders)
    if any(made.is_to(order) for order in given):
        return
    first, repeated = ([[order[0]] * times for order in given] for times in (1, len(made.batches)))
    stopped = any(torch.allclose(made.reached, made.to(option), rtol=1e-3, atol=1e-4) for option in first)
    again = any(torch.allclose(made.reached, made.to(option), rtol=1e-3, atol=1e-4) for option in repeated)
    raise Failure(
        Text(
            en="After one epoch the parameters are not those that come of learning from each batch once, in whatever order.",
            ja="1 エポック後のパラメータが、どの順番であれ「どのバッチからも 1 回ずつ学習した」ときの値になっていません。",
        ),
        help,
        misconception="stops_after_the_first" if stopped else "same_batch_every_step" if again else None,
    )
