"""The causal mask in the form of the course's notebook: a method of the model that gives 0 and -inf, to be added to the scores."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from grader.checks import (
    CallFailed,
    Draw,
    Failure,
    Student,
    Text,
    View,
    accepts,
    check,
    edit,
    misconception,
    properties,
)
from grader.lessons.transformer_lm import _tutorial
from grader.model import Fault

FORM = "tutorial"
TITLE = _tutorial.TITLE
SOLUTION = _tutorial.SOLUTION
NAMES = ("TransformerModel",)
SIGNATURES = (_tutorial.MODEL,)

MASK = Text(en="the mask", ja="マスク")
ADDITIVE = Text(
    en="This mask is added to the scores: 0 where attention is allowed, -inf where it is not. The lesson's own is boolean, True where "
    "attention is allowed; nn.Transformer's boolean masks mean the opposite. Know which one you hold.",
    ja="このマスクはスコアに足すもので、見てよい場所が 0、見てはいけない場所が -inf です。この章のマスクは真偽値で True が「見てよい」、"
    "nn.Transformer に渡す真偽値のマスクは逆の意味です。どれを使っているのか、区別しましょう。",
)


def masks(student: Student, draw: Draw) -> list[Tensor]:
    """(T, T), 0 where attention is allowed, for odd and even T and for one word.

    A boolean mask is read as nn.Transformer reads it: True hides.
    """
    model, _ = _tutorial.language_model(student, draw)
    name = _tutorial.mask_maker(student, model)
    if not name:
        raise CallFailed(Fault("LookupError", _tutorial.MASKS[0], kind="missing"))
    return [model.method(name, size, view=additive(size)) for size in (*draw.sizes(3), 1)]


def additive(size: int) -> View:
    def view(value: Any) -> Tensor:
        found = properties.has_shape(value, (size, size), MASK, "(T, T)")
        if found.dtype is torch.bool:
            found = torch.zeros(size, size).masked_fill(found, float("-inf"))
        return properties.is_floating(found, MASK)

    return view


@check(points=1, ja="マスクの形は (T, T) で、中身は 0 と -inf である")
def zeros_and_infinities(student: Student, draw: Draw) -> Text:
    """The mask is (T, T) and holds 0 and -inf."""
    for found in masks(student, draw):
        other = (found != 0) & (found > -1e4)  # a large negative number hides as well
        if other.any() or found.isnan().any():
            place = (other | found.isnan()).nonzero()[0].tolist()
            raise Failure(
                Text(
                    en=f"The mask is added to the scores, so it should hold 0 and -inf; at {place} stands {float(found[tuple(place)]):g}.",
                    ja=f"マスクはスコアに足すものなので、0 と -inf のはずですが、{place} に {float(found[tuple(place)]):g} があります。",
                ),
                Text(
                    en="What does a score become when 1 is added to it?", ja="スコアに 1 を足すと、どうなるでしょう。"
                ),
            )
    return ADDITIVE


TABLE = Text(
    en="Print it for T = 4, (4, 4): row t is the position that looks. Row 0 has one 0 and three -inf, row 3 has four 0.",
    ja="T = 4 のマスク (4, 4) を表示してみましょう。行 t が見る側です。行 0 は 0 が 1 個と -inf が 3 個、行 3 は 0 が 4 個です。",
)


@check(points=2, ja="未来は -inf で隠れている")
def hides_the_future(student: Student, draw: Draw) -> None:
    """The future is hidden."""
    for found in masks(student, draw):
        later = torch.ones_like(found).triu(1).bool()
        if (found[later] > -1e4).any():
            raise Failure(
                Text(
                    en=f"With T = {len(found)} the mask shows some of the future.",
                    ja=f"T = {len(found)} のとき、マスクが未来の一部を見せています。",
                ),
                TABLE,
                (properties.matrix(MASK, torch.nan_to_num(found, neginf=-1e9)),),
            )


@check(points=2, ja="過去と自分自身は 0 で見えている")
def shows_the_past(student: Student, draw: Draw) -> None:
    """The past, and the position itself, are visible."""
    for found in masks(student, draw):
        earlier = torch.ones_like(found).tril().bool()
        if (found[earlier] < -1e4).any():
            raise Failure(
                Text(
                    en=f"With T = {len(found)} the mask hides some of the past.",
                    ja=f"T = {len(found)} のとき、マスクが過去の一部を隠しています。",
                ),
                TABLE,
                (properties.matrix(MASK, torch.nan_to_num(found, neginf=-1e9)),),
            )


TRIANGLE = "torch.triu(torch.ones(sz, sz)) == 1"

by_triu = accepts(
    edit(
        "        mask = (torch.triu(torch.ones(sz, sz)) == 1).transpose(0, 1)\n"
        '        mask = mask.float().masked_fill(mask == 0, float("-inf")).masked_fill(mask == 1, 0.0)\n',
        '        mask = torch.full((sz, sz), float("-inf")).triu(1)\n',
    )
)
by_tril = accepts(edit(f"({TRIANGLE}).transpose(0, 1)", "torch.tril(torch.ones(sz, sz))"))

not_transposed = misconception(
    edit(f"({TRIANGLE}).transpose(0, 1)", f"({TRIANGLE})"),
    en="The mask lies on its side: each position sees its future instead of its past. triu has to be transposed (or take tril): rows "
    "are the positions that look.",
    ja="マスクが転置されておらず、過去ではなく未来が見えています。triu は転置が必要です（tril でもよい）。行が「見る側」です。",
)
sees_the_next = misconception(
    edit(TRIANGLE, "torch.triu(torch.ones(sz, sz), -1) == 1"),
    en="The mask is off by one: each position also sees the next, which is the answer. The diagonal is the last that may be seen.",
    ja="マスクが 1 つずれていて、答えである次の語まで見えています。見てよいのは対角線までです。",
)
not_even_itself = misconception(
    edit(TRIANGLE, "torch.triu(torch.ones(sz, sz), 1) == 1"),
    en="The diagonal is hidden: a position does not even see itself, and the first one sees nothing, so its softmax is NaN. Keep the "
    "diagonal.",
    ja="対角線まで隠れています。自分自身も見えず、先頭の位置は何も見えないので softmax が NaN になります。対角線は残しましょう。",
)
inverted = misconception(
    edit('masked_fill(mask == 0, float("-inf")).masked_fill(mask == 1, 0.0)', 'masked_fill(mask == 1, float("-inf"))'),
    en="0 and -inf are the wrong way round: the past is hidden and the future visible. -inf belongs where mask == 0.",
    ja="0 と -inf が逆で、過去が隠れて未来が見えています。-inf にするのは mask == 0 の場所です。",
)
ones_left = misconception(
    edit('float("-inf")).masked_fill(mask == 1, 0.0)', 'float("-inf"))'),
    en="Where attention is allowed stands 1 instead of 0. Added to all allowed scores alike it does no harm by luck; what adds nothing "
    "is 0.",
    ja="見てよい場所が 0 ではなく 1 です。どの値にも同じだけ足されるのでたまたま害はありませんが、何も足さない値は 0 です。",
)
zeros_and_ones = misconception(
    edit('mask.float().masked_fill(mask == 0, float("-inf")).masked_fill(mask == 1, 0.0)', "mask.float()"),
    en="The mask holds 0 and 1. Added to the scores, 0 hides nothing: the hidden places need -inf.",
    ja="マスクが 0 と 1 のままです。スコアに足しても 0 では隠れません。隠す場所は -inf にしましょう。",
)
nothing_hidden = misconception(
    edit('masked_fill(mask == 0, float("-inf"))', "masked_fill(mask == 0, 0.0)"),
    en="The hidden places are 0, so nothing is hidden. A score must become -inf for its weight to be 0.",
    ja="隠す場所が 0 なので、何も隠れません。重みを 0 にするには、スコアが -inf になる必要があります。",
)
