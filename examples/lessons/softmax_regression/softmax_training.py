"""train(x, labels, classes, lr, steps) -> weight, bias, losses, with PyTorch."""

from typing import Any

import torch

from grader.checks import Draw, Failure, Student, Text, accepts, check, edit, misconception, normalise

TITLE = Text(en="The same with PyTorch")
NAMES = ("train",)
HEADINGS = ("the same with pytorch",)
STARTERS = (
    Text(en="Take one step only, steps=1, and print the weight: it is minus lr times the gradient at zero."),
    Text(en="In which order: loss, empty the gradients, backward, step. Where does the loss go into the list?"),
)
RESULT = Text(en="what train returns")
STEPS = Text(
    en="The first loss is log L, because all scores are 0. Print the loss and the gradient of the bias for two steps and compare with gradients() above."
)


def trained(width: int, classes: int, steps: int):
    """weight (D, L), bias (L,), losses (steps,)."""

    def view(value: Any) -> list[Any]:
        if not isinstance(value, list | tuple) or len(value) != 3:
            raise Failure(Text(en="train should return three things: weight, bias and the list of losses."), STEPS)
        shapes = ((width, classes), "the weight", "(D, L)"), ((classes,), "the bias", "(L,)"), ((steps,), "the losses", "(steps,)")
        return [normalise.numbers(*shape, what=Text(en=what), letters=letters)(part) for part, (shape, what, letters) in zip(value, shapes)]

    return view


def train(student: Student, draw: Draw, steps: int, lr: float):
    batch, width, classes = draw.sizes(3)
    labels = torch.cat([torch.arange(classes), draw.integers(0, classes, batch)])  # each class is there
    x = draw.normal(len(labels), width)
    return student.call("train", x, labels, classes, lr, steps, view=trained(width, classes, steps))


@check(points=1)
def three_things_come_back(student: Student, draw: Draw) -> None:
    """A weight (D, L), a bias (L,) and a loss for each step come back."""
    train(student, draw, 3, 0.1)


@check(points=2, after=three_things_come_back)
def each_step_is_right(student: Student, draw: Draw) -> None:
    """Begun at zero, every step goes lr times the gradient of the mean loss downhill."""
    for steps, lr in ((1, 0.5), (5, 0.3)):
        train(student, draw, steps, lr)
        student.must_agree(RESULT, help=STEPS)


by_hand = accepts(
    edit("    optimizer = torch.optim.SGD([weight, bias], lr=lr)\n", ""),
    edit("        optimizer.zero_grad()\n", "        weight.grad = bias.grad = None\n"),
    edit("        optimizer.step()\n", "        with torch.no_grad():\n            weight -= lr * weight.grad\n            bias -= lr * bias.grad\n"),
)
by_log_softmax = accepts(
    edit("torch.nn.functional.cross_entropy(x @ weight + bias, labels)", "-torch.log_softmax(x @ weight + bias, dim=1)[torch.arange(len(x)), labels].mean()")
)

without_losses = misconception(
    edit("bias.detach(), losses", "bias.detach()"),
    en="The losses do not come back. Return them as the third thing: one for each step.",
)
gradients_pile_up = misconception(
    edit("        optimizer.zero_grad()\n", ""),
    en="The gradients pile up: backward adds to what is in .grad. Empty it before each backward.",
)
softmax_twice = misconception(
    edit("cross_entropy(x @ weight + bias, labels)", "cross_entropy(torch.softmax(x @ weight + bias, dim=1), labels)"),
    en="Softmax is taken twice: cross_entropy takes the scores and does it itself.",
)
summed = misconception(
    edit("x @ weight + bias, labels)", 'x @ weight + bias, labels, reduction="sum")'),
    en="The losses are added up, so the step grows with the number of examples. Take their mean.",
)
bias_stays = misconception(
    edit("[weight, bias], lr=lr", "[weight], lr=lr"),
    en="The bias is never moved: it is not among the parameters of the optimiser.",
)
rate_ignored = misconception(
    edit("lr=lr", "lr=0.01"),
    en="The argument lr is not used.",
)
begun_at_random = misconception(
    edit("torch.zeros(x.shape[1], classes, requires_grad=True)", "torch.randn(x.shape[1], classes, requires_grad=True)"),
    en="The weight does not begin at zero. The first loss is then not log L.",
)
after_the_step = misconception(
    edit("        losses.append(loss.item())\n", "        with torch.no_grad():\n            losses.append(torch.nn.functional.cross_entropy(x @ weight + bias, labels).item())\n"),
    en="The losses are those after each step. Keep the loss that the step was taken from.",
)
