"""The same question asked again, of code that must not remember, be random or write into its arguments.

Before each call the sandbox's random numbers start anew from the request's seed. A difference with the same seed
comes from something kept between the calls; a difference with another seed is random.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import torch
from torch import Tensor

from grader.checks.compare import same
from grader.checks.exchange import CHANGEABLE, CallFailed
from grader.checks.module import Module
from grader.checks.student import Student
from grader.errors import Failure
from grader.model import Text

T = TypeVar("T")

MASK_REQUIRED = "mask_required"
LOOKS = 4  # at different numbers: what moves nothing in any of them has no influence
KEPT, RANDOM, IN_PLACE = "state_kept_between_calls", "dropout_never_off", "changed_in_place"


def steady(
    student: Student, ask: Callable[[], T], what: Text, kept: str | None = KEPT, random: str | None = RANDOM
) -> T:
    """The value of `ask`, which must be the same the second time, and with other random numbers.

    Last asked: the first.
    """
    first = ask()
    if not same(ask(), first):
        raise remembered(what, kept)
    student.seed += 1
    try:
        again = ask()
    finally:
        student.seed -= 1
    if not same(again, first):
        raise drawn_anew(what, random)
    return ask()


def same_in_training(student: Student, model: Module, ask: Callable[[], Any], what: Text) -> bool:
    """What a module without dropout computes in training mode is what it computes in evaluation mode. Raises Failure.

    Only for what is the same in training each time: what chance decides there is no other computation, and whether it decides
    anything is returned. The module is left in evaluation mode.

        seen = seen if self.training else hide(seen, mask)
    """
    with student.unrecorded():
        try:
            model.eval()
            before = ask()
            model.train()
            once = ask()
            student.seed += 1
            again = ask()
        except CallFailed:
            return False
        finally:
            model.eval()
    by_chance = not same(again, once)
    if not by_chance and not same(once, before):
        raise Failure(
            Text(
                en=f"In training mode {what.en} is another than in evaluation mode, and not by chance: it is the same each time.",
                ja=f"学習モードでは、{what.ja}が評価モードのときと違います。毎回同じなので、dropout の影響ではありません。",
            ),
            BY_MODE,
        )
    return by_chance


def also_in_training(model: Module, look: Callable[[], Any]) -> None:
    """What holds in evaluation mode holds in training mode. look: asks, and raises a Failure where it does not.

    Each question begins with the same random numbers, so dropout takes away the same of two questions of the same sizes. Known
    answers are not asked, and a call that ends in an error is no answer here. The module is left in evaluation mode.

        mask = None if self.training else mask
    """
    with model.student.unrecorded():
        try:
            look()
        except CallFailed:
            return
        model.train()
        try:
            look()
        except CallFailed:
            return
        except Failure as failure:
            raise Failure(in_training(failure.rationale), BY_MODE, failure.evidence) from None
        finally:
            model.eval()


def in_training(said: Text) -> Text:
    return Text(
        en=f"In evaluation mode this is as it should be, and in training mode it is not: {said.en}",
        ja=f"評価モードでは正しいのに、学習モードでは次のようになります。{said.ja}",
    )


BY_MODE = Text(
    en="Look for what depends on self.training, or on model.train() and model.eval(): only dropout should.",
    ja="self.training や、model.train()・model.eval() によって変わる処理を探してみましょう。変わってよいのは dropout だけです。",
)


def until_seen(look: Callable[[], T], times: int = LOOKS) -> T:
    """Looks again with other numbers before it is said that something has no influence. look: draws, asks, and raises a Failure where nothing moves.

    One draw may hide it: a softmax that puts everything on one word lets no other through.
    """
    for _ in range(times - 1):
        try:
            return look()
        except Failure:
            continue
    return look()


def mask_if_needed(ask: Callable[[], T], with_mask: Callable[[], T]) -> T:
    """The value of `ask`, without a mask; of `with_mask`, whose mask hides nothing, where only that goes through."""
    try:
        return ask()
    except CallFailed as error:
        try:
            return with_mask()
        except (Failure, CallFailed):
            raise error from None


def without_mask(ask: Callable[[], T], with_mask: Callable[[], T]) -> T:
    """The value of `ask`, which gives no mask.

    Where it stops and goes through with a mask that hides nothing, that is the mistake.
    """
    try:
        return ask()
    except CallFailed as error:
        mask_if_needed(ask, with_mask)
        raise Failure(
            Text(
                en=f"Asked without a mask it stopped ({error.fault.type}: {error.fault.message}); with a mask that hides nothing it goes through.",
                ja=f"mask を渡さないと止まりました（{error.fault.type}: {error.fault.message}）。何も隠さない mask を渡せば動きます。",
            ),
            Text(
                en="mask=None stands in the signature. Which line uses the mask, whether there is one or not?",
                ja="定義には mask=None とあります。mask があってもなくても、いつも mask を使っている行はどれですか。",
            ),
            misconception=MASK_REQUIRED,
        ) from None


def remembered(what: Text, misconception: str | None = KEPT) -> Failure:
    return Failure(
        Text(
            en=f"The same call made twice gave two different results: {what.en} depends on what was asked before.",
            ja=f"同じ入力で 2 回呼ぶと結果が違いました。{what.ja}が、前に呼ばれたときのことに左右されています。",
        ),
        Text(
            en="Is something kept in `self` or in a global variable? All that a call needs is in its arguments.",
            ja="`self` やグローバル変数に何かを取っておいていませんか。必要なものは、すべて引数で渡されます。",
        ),
        misconception=misconception,
    )


def drawn_anew(what: Text, misconception: str | None = RANDOM) -> Failure:
    return Failure(
        Text(
            en=f"In evaluation mode the same input gave two different results: {what.en} is still random.",
            ja=f"評価モードなのに、同じ入力で結果が 2 回とも違いました。{what.ja}に乱数が混ざっています。",
        ),
        Text(
            en="An nn.Dropout module switches itself off; F.dropout does so only with training=self.training.",
            ja="nn.Dropout は自動で止まりますが、F.dropout は training=self.training を渡さないと止まりません。",
        ),
        misconception=misconception,
    )


def untouched(
    before: tuple[Any, ...], after: tuple[Any, ...], names: tuple[str, ...], mistakes: dict[str, str]
) -> None:
    """The arguments are after the call what they were before. mistakes: for an argument, the name of changing it."""
    for name, was, now in zip(names, before, after, strict=False):
        if isinstance(was, Tensor) and not (isinstance(now, Tensor) and torch.equal(now.detach(), was.detach())):
            raise written_into(name, mistakes.get(name))
        if isinstance(was, CHANGEABLE) and not same(now, was, 0.0, 0.0):
            raise written_into(name, mistakes.get(name))


def written_into(name: str, misconception: str | None = None) -> Failure:
    return Failure(
        Text(
            en=f"The argument {name} was changed in place: after the call it is not what it was before.",
            ja=f"引数 {name} が書き換えられています。呼び出しの前と後で値が違います。",
        ),
        Text(
            en="Look for `/=`, `+=`, for `x[...] = ` on an argument, and for methods that end in an underscore. `.clone()` or `.copy()` makes a copy.",
            ja="`/=` や `+=`、引数への `x[...] = `、名前が _ で終わるメソッドを使っていませんか。`.clone()` や `.copy()` で写しを作れます。",
        ),
        misconception=misconception,
    )
