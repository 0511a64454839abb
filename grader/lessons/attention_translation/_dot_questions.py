"""Questions to a dot-product attention, and what its weights tell."""

import torch
from torch import Tensor

from grader.checks import (
    CallFailed,
    Evidence,
    Failure,
    Student,
    Text,
    View,
    backward,
    properties,
    recompute,
)
from grader.lessons.attention_translation import _views

NAME = "scaled_dot_product_attention"
EVEN = Text(
    en="A query that may look nowhere looks everywhere alike, padding included: all its scores are the same large negative number. It does not happen with a "
    "causal mask; setting the masked weights to 0 afterwards avoids it.",
    ja="どこも見られない query の注意が、パディングも含めて均等に広がります（スコアが全部同じ大きな負の数だからです）。因果マスクでは起きません。softmax の後でマスクした重みを 0 にすれば避けられます。",
)
NAN = Text(
    en="A query that may look nowhere gets NaN: softmax over -inf alone. It does not happen with a causal mask, but one NaN spoils a "
    "training; a large finite number instead of -inf avoids it.",
    ja="どこも見られない query の結果が NaN になります（-inf だけの softmax）。因果マスクでは起きませんが、NaN が 1 つあると学習全体が壊れます。"
    "-inf の代わりに有限の大きな負の数を使うと避けられます。",
)


def shaped(q: Tensor, k: Tensor, v: Tensor) -> View:
    batch, queries, keys = q.shape[0], q.shape[1], k.shape[1]
    return _views.attention((batch, queries, v.shape[2]), (batch, queries, keys), "(B,Tq,Dv) (B,Tq,Tk)")


def ask(student: Student, q: Tensor, k: Tensor, v: Tensor, *mask: Tensor, bare: bool = False) -> tuple[Tensor, Tensor]:
    """Output and weights. bare: where it needs a mask, that is a mistake, which costs one check only."""

    def call(*mask: Tensor) -> tuple[Tensor, Tensor]:
        out, weights = student.call(NAME, q, k, v, *mask, view=shaped(q, k, v))
        return out, weights

    if mask:
        return call(*mask)
    return (recompute.without_mask if bare else recompute.mask_if_needed)(call, lambda: call(shown(q, k)))


def needed(student: Student, q: Tensor, k: Tensor, v: Tensor) -> tuple[Tensor, ...]:
    """A mask that hides nothing, where it does not go without one."""
    try:
        student.call(NAME, q, k, v, view=shaped(q, k, v))
    except CallFailed:
        return (shown(q, k),)
    return ()


def shown(q: Tensor, k: Tensor) -> Tensor:
    """A mask (B, Tq, Tk) that hides nothing."""
    return torch.ones(q.shape[0], q.shape[1], k.shape[1], dtype=torch.bool)


def leaked(weights: Tensor, leaks: Tensor) -> Failure:
    where = tuple(leaks.nonzero()[0].tolist())
    picture = Evidence("matrix", _views.WEIGHTS, properties.as_array(weights[where[0]]), marked=(where[1:],))
    return Failure(
        Text(
            en=f"{int(leaks.sum())} masked places still get attention: at {list(where)} the mask is False and the "
            f"weight is {float(weights[where]):.4g}.",
            ja=f"マスクした場所 {int(leaks.sum())} か所に注意が向いています。{list(where)} はマスクが False なのに、重みが "
            f"{float(weights[where]):.4g} です。",
        ),
        Text(
            en="What must a score be, so that exp(score) is 0? And on which side of the mask?",
            ja="exp(スコア) が 0 になるには、スコアはいくつであるべきでしょう。それはマスクのどちら側ですか。",
        ),
        (picture,),
    )


def left_over(row: Tensor) -> Text | None:
    """What to tell of the usual weights of a query that may look nowhere, where nobody asked for zeros."""
    return (
        NAN if bool(row.isnan().all()) else EVEN if properties.close(row, torch.full_like(row, 1 / len(row))) else None
    )


def poisoned(student: Student, q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> Text | None:
    """Advice where the values are right and the gradient is NaN: softmax over -inf only, repaired afterwards."""
    leaf = q.clone().requires_grad_()
    _, (gradient, *_) = backward.to_inputs(student, NAME, (leaf, k, v, mask), draw_like(q, v))
    if not isinstance(gradient, Tensor) or not gradient.isnan().any():
        return None
    return Text(
        en="The values are right, but the gradient of the query that may look nowhere is NaN, and one NaN spoils every "
        "weight in training. A large finite number such as torch.finfo(scores.dtype).min instead of -inf avoids it.",
        ja="値は正しいのですが、どこも見られない query の勾配が NaN です。学習では NaN が 1 つあるだけで全部の重みが壊れます。"
        "-inf の代わりに torch.finfo(scores.dtype).min のような有限の数を使うと避けられます。",
    )


def draw_like(q: Tensor, v: Tensor) -> Tensor:
    return torch.ones(q.shape[0], q.shape[1], v.shape[2])


def changed(name: str) -> Failure:
    return Failure(
        Text(
            en=f"{name} was changed in place: after the call it is not what it was before.",
            ja=f"{name} が書き換えられています。呼び出しの前と後で値が違います。",
        ),
        Text(
            en="Look for `/=`, `*=`, `+=` and for methods that end in an underscore.",
            ja="`/=`、`*=`、`+=` や、名前が _ で終わるメソッドを使っていませんか。",
        ),
        misconception="query_changed_in_place",
    )


def cut_off(name: str) -> Failure:
    return Failure(
        Text(en=f"No gradient reaches {name}, so it could not learn.", ja=f"{name} に勾配が届かず、学習できません。"),
        Text(
            en="`torch.tensor(...)`, `.detach()`, `.data`, `.item()` and `torch.no_grad()` cut the path of the gradient.",
            ja="`torch.tensor(...)`、`.detach()`、`.data`、`.item()`、`torch.no_grad()` は勾配の通り道を切ってしまいます。",
        ),
        misconception="weights_detached" if name != "v" else None,
    )
