"""descend(f, x, lr, steps) -> x after so many steps of gradient descent."""

import torch
from torch import Tensor

from grader.checks import (
    Draw,
    Failure,
    Module,
    Student,
    Text,
    accepts,
    check,
    edit,
    misconception,
    normalise,
    properties,
)
from grader.lessons.primer._fakes.valleys import Valley

TITLE = Text(en="Downhill by the gradient", ja="勾配で坂を下る")
NAMES = ("descend",)
HEADINGS = ("downhill by the gradient", "勾配で坂を下る")
STARTERS = (
    Text(
        en="Begin with a copy that wants a gradient: `x.clone()`, then `requires_grad_()`. Then four lines in a loop of `steps` "
        "rounds: the loss, backward, the step, and emptying the gradient.",
        ja="まず `x.clone()` で写しを作り、`requires_grad_()` で勾配を求める相手にします。あとは `steps` 回の繰り返しの中に 4 行、損失・backward・1 歩・勾配を空にする、です。",
    ),
    Text(
        en="After `backward()` print `x.grad`: it has the shape of x and points uphill. The step goes the other way, `lr` times as long.",
        ja="`backward()` のあとで `x.grad` を表示してみましょう。x と同じ形で、上り坂の向きです。進むのはその逆で、長さは `lr` 倍です。",
    ),
)
PLACE = Text(en="the place that is reached", ja="たどり着いた場所")
START = Text(en="x", ja=" x ")
BY_HAND = Text(
    en="Walk f(x) = (x - 3)² by hand from x = 0 with lr = 0.1: the slope is 2(x - 3) = -6, so x becomes 0.6, then 1.08. Print x and "
    "x.grad after each step and see where yours leaves this path.",
    ja="f(x) = (x - 3)² を x = 0 から lr = 0.1 で手計算してみましょう。傾きは 2(x - 3) = -6 なので x は 0.6、次は 1.08 です。"
    "1 歩ごとに x と x.grad を表示して、どこで違ってくるか見ましょう。",
)


def valley(student: Student, draw: Draw, *shape: int) -> tuple[Module, Tensor]:
    """A function of ours in the sandbox, and a place to start from."""
    lent = student.lend(Valley, draw.normal(*shape), draw.uniform(*shape, low=0.5, high=1.5))
    return lent, draw.normal(*shape, scale=2.0)


def walk(student: Student, f: Module, x: Tensor, lr: float, steps: int) -> Tensor:
    """Where the student's descent ends."""
    view = normalise.tensor(*x.shape, what=PLACE)
    found: Tensor = student.call("descend", f.handle, x, lr, steps, view=view)
    return found


@check(points=1, ja="x と同じ形の場所が返る（何次元でもよい）")
def keeps_the_shape(student: Student, draw: Draw) -> None:
    """The result has the shape of x, whatever that is."""
    rows, columns, length = draw.sizes(3)
    for shape in ((length,), (rows, columns)):
        walk(student, *valley(student, draw, *shape), 0.1, 3)


@check(points=2, after=keeps_the_shape, ja="1 歩は、勾配の逆向きに lr 倍だけ進む")
def one_step(student: Student, draw: Draw) -> None:
    """One step goes against the gradient, lr times as far."""
    for lr in (0.1, 0.03):
        walk(student, *valley(student, draw, draw.number(3, 7)), lr, 1)
        student.must_agree(PLACE, help=BY_HAND)


@check(points=2, after=keeps_the_shape, ja="何歩でも、1 歩ごとに計算し直した勾配で進む（0 歩なら動かない）")
def many_steps(student: Student, draw: Draw) -> None:
    """Many steps follow the gradient, computed anew each time; no step leaves x where it is."""
    for steps, lr in (
        (draw.number(3, 7), 0.05),
        (2, 0.05),
        (0, 0.05),
        (3, 1.5),
    ):  # the last goes too far, and is to end there
        walk(student, *valley(student, draw, draw.number(3, 7)), lr, steps)
        student.must_agree(PLACE, help=BY_HAND)


@check(points=1, after=keeps_the_shape, ja="渡された x は書き換えない")
def leaves_x_alone(student: Student, draw: Draw) -> None:
    """The x that was passed in is as it was."""
    f, x = valley(student, draw, draw.number(3, 7))
    _, after = student.call_and_inputs("descend", f.handle, x, 0.1, 2, view=normalise.tensor(*x.shape, what=PLACE))
    moved = next((value for value in after if isinstance(value, Tensor)), torch.empty(0))
    try:
        properties.unchanged([x], [moved], START)
    except Failure as failure:
        raise Failure(failure.rationale, failure.help, failure.evidence, "moves_the_callers_x") from None


functional = accepts(
    edit("loss.backward()", "(slope,) = torch.autograd.grad(loss, x)"),
    edit("x -= lr * x.grad", "x -= lr * slope"),
)
new_tensor_each_time = accepts(
    edit("        with torch.no_grad():\n            x -= lr * x.grad\n        x.grad = None\n", "        x = (x - lr * x.grad).detach().requires_grad_()\n"),
)  # fmt: skip
with_an_optimizer = accepts(
    edit("    for _ in range(steps):\n", "    optimizer = torch.optim.SGD([x], lr=lr)\n    for _ in range(steps):\n        optimizer.zero_grad()\n"),
    edit("        with torch.no_grad():\n            x -= lr * x.grad\n        x.grad = None\n", "        optimizer.step()\n"),
)  # fmt: skip
through_data = accepts(edit("with torch.no_grad():\n            x -= lr * x.grad", "x.data -= lr * x.grad"))

gradients_pile_up = misconception(
    edit("        x.grad = None\n", ""),
    en="The gradient is never emptied. backward() adds to x.grad, so each step also follows all the slopes before it. Set x.grad = None "
    "after each step, or call x.grad.zero_().",
    ja="勾配を空にしていません。backward() は x.grad に足し込むので、1 歩ごとに前の傾きまで混ざります。1 歩ごとに x.grad = None とするか、x.grad.zero_() を呼びましょう。",
)
climbs = misconception(
    edit("x -= lr * x.grad", "x += lr * x.grad"),
    en="It walks uphill: the gradient points to where f grows. Subtract it.",
    ja="坂を上っています。勾配は f が大きくなる向きなので、引きましょう。",
)
one_step_only = misconception(
    edit("range(steps)", "range(1)"),
    en="It takes one step, whatever `steps` says. Is the return inside of the loop?",
    ja="`steps` がいくつでも 1 歩しか進みません。return が繰り返しの中に入っていませんか。",
)
one_step_too_few = misconception(
    edit("range(steps)", "range(1, steps)"),
    en="It takes one step too few: range(1, steps) has steps - 1 numbers.",
    ja="1 歩足りません。range(1, steps) は steps - 1 個です。",
)
one_step_too_many = misconception(
    edit("range(steps)", "range(steps + 1)"),
    en="It takes one step too many: range(steps) already has `steps` numbers.",
    ja="1 歩多くなっています。range(steps) でちょうど `steps` 個です。",
)
learning_rate_left_out = misconception(
    edit("x -= lr * x.grad", "x -= x.grad"),
    en="The step is as long as the gradient itself: lr is not used. Multiply by it.",
    ja="lr を使わず、勾配そのままの長さで進んでいます。lr を掛けましょう。",
)
divides_by_the_learning_rate = misconception(
    edit("x -= lr * x.grad", "x -= x.grad / lr"),
    en="The gradient is divided by lr; multiply by it: a small learning rate means small steps.",
    ja="lr で割っています。掛けましょう。学習率が小さいほど歩幅も小さくなるはずです。",
)
moves_the_callers_x = misconception(
    edit("x = x.clone().requires_grad_()", "x = x.requires_grad_()"),
    en="The tensor of the caller is moved. Work on a copy: x.clone().",
    ja="呼び出した側のテンソルまで動いています。x.clone() で写しを作ってから動かしましょう。",
)
step_is_recorded = misconception(
    edit("        with torch.no_grad():\n            x -= lr * x.grad\n", "        x -= lr * x.grad\n"),
    en="PyTorch refuses to change a tensor in place while it records what is computed with it. Put the step into with torch.no_grad().",
    ja="微分のために記録中のテンソルは、その場で書き換えられません。動かす行を with torch.no_grad() の中に入れましょう。",
)
asks_for_no_gradient = misconception(
    edit("x.clone().requires_grad_()", "x.clone()"),
    en="x does not ask for a gradient, so backward() has nothing to compute. Call requires_grad_() on the copy. If you do, look at the line that "
    "moves x: x = x - ... under no_grad makes a new tensor, which does not ask. Write x -= ...",
    ja="x が勾配を求める相手になっていないので、backward() には計算するものがありません。写しに requires_grad_() を呼びましょう。呼んでいるなら、x を動かす行を"
    "見てください。no_grad の中の x = x - ... は、勾配を求める相手ではない新しいテンソルを作ります。x -= ... と書きましょう。",
)
only_the_sign = misconception(
    edit("x.grad\n", "x.grad.sign()\n"),
    en="Only the sign of the gradient is used, so all directions move equally far. Where the slope is steep the step is long: use the gradient itself.",
    ja="勾配の符号しか使っていないので、どの方向にも同じだけ進みます。傾きが急なところほど大きく進むよう、勾配そのものを使いましょう。",
)
