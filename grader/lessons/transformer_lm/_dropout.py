"""Whether the `dropout` that a module is made with is obeyed: told as advice, for where dropout stands is free."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from torch import Tensor

from grader.checks import CallFailed, Module, Student, Text, properties, recompute

DROPS_ANYHOW = Text(
    en="Made with dropout=0.0 it is still random in training mode. Is the number that is passed in handed on to every nn.Dropout, and to the parts?",
    ja="dropout=0.0 で作っても、学習モードの出力に乱数が混ざっています。渡された値を、すべての nn.Dropout と部品に渡していますか。",
)
DROPS_NOTHING = Text(
    en="Made with dropout=0.9 it gives the same in training mode as in evaluation mode: the argument `dropout` has no effect. It usually follows "
    "each stage, before what came in is added.",
    ja="dropout=0.9 で作っても、学習モードと評価モードで出力が変わりません。引数 dropout が効いていないようです。ふつうは各段の出力に、入力を足す前にかけます。",
)


def dropout_advice(student: Student, build: Callable[[float], tuple[Module, Callable[[], Tensor]]]) -> Text | None:
    """What to tell, if anything. build: a module with this dropout, and a question to it. Raises Failure for another computation."""
    if not student.promised:
        return None
    with student.unrecorded():
        model, ask = build(0.0)
    if recompute.same_in_training(student, model, ask, properties.OUTPUT):
        return DROPS_ANYHOW
    with student.unrecorded(), suppress(CallFailed):
        return None if moved_by_training(*build(0.9)) else DROPS_NOTHING
    return None


def moved_by_training(model: Module, ask: Callable[[], Tensor]) -> bool:
    """Whether training mode gives something else than evaluation mode."""
    model.eval()
    before = ask()
    model.train()
    return not properties.close(ask(), before)
