"""causal_mask(T) -> (T, T) bool, True where attention is allowed. Vaswani et al. 2017, section 3.2.3."""

import torch

from grader import properties
from grader.draw import Draw
from grader.errors import Failure
from grader.lessons.declare import accepts, check, edit, misconception
from grader.model import Array, Evidence, Text
from grader.student import Student

TITLE = Text(en="The causal mask", ja="因果マスク")
NAMES = ("causal_mask",)

MASK = Text(en="the mask", ja="マスク")


@check(points=1, ja="マスクは (T, T) の真偽値のテンソルである")
def shape_and_dtype(student: Student, draw: Draw) -> None:
    """The mask is a boolean tensor of shape (T, T)."""
    (size,) = draw.sizes(1)
    mask = properties.has_shape(student.call("causal_mask", size), (size, size), MASK, "(T, T)")
    properties.is_boolean(mask, MASK)


@check(points=2, after=shape_and_dtype, ja="どの位置も自分より後ろを見ない")
def hides_the_future(student: Student, draw: Draw) -> None:
    """No position may look at a later one."""
    (size,) = draw.sizes(1, smallest=5)
    mask = properties.is_boolean(student.call("causal_mask", size), MASK)
    leaks = (mask & ~past(size)).nonzero().tolist()
    if leaks:
        t, s = leaks[0]
        raise Failure(
            Text(
                en=f"{len(leaks)} entries let a position see its future: at [{t}, {s}] position {t} sees {s}.",
                ja=f"{len(leaks)} 個の要素で未来が見えています。たとえば [{t}, {s}] では位置 {t} から位置 {s} が見えます。",
            ),
            Text(
                en="Draw the 4 by 4 table on paper: which entries may row 1 see?",
                ja="4×4 の表を紙に書いて、1 行目から見てよいのはどこか考えてみましょう。",
            ),
            (picture(mask, size, leaks),),
        )


@check(points=2, after=shape_and_dtype, ja="自分自身とそれ以前はすべて見える")
def shows_the_past(student: Student, draw: Draw) -> None:
    """Every position may look at itself and at everything before it."""
    (size,) = draw.sizes(1, smallest=5)
    mask = properties.is_boolean(student.call("causal_mask", size), MASK)
    gaps = (~mask & past(size)).nonzero().tolist()
    if gaps:
        t, s = gaps[0]
        raise Failure(
            Text(
                en=f"{len(gaps)} entries hide what may be seen: at [{t}, {s}] position {t} cannot see {s}.",
                ja=f"{len(gaps)} 個の要素で、見てよいはずの場所が隠れています。たとえば [{t}, {s}] で、位置 {t} から位置 {s} が見えません。",
            ),
            Text(
                en="True means allowed here, and the diagonal is allowed.",
                ja="ここでは True が「見てよい」です。対角線も見てよい側に入ります。",
            ),
            (picture(mask, size, gaps),),
        )


def past(size: int) -> torch.Tensor:
    """The definition, entry by entry: row t may look at column s when s <= t."""
    return torch.tensor([[s <= t for s in range(size)] for t in range(size)])


def picture(mask: torch.Tensor, size: int, marked: list[list[int]]) -> Evidence:
    expected: Array = properties.as_array(past(size))
    return Evidence("compare", MASK, properties.as_array(mask), expected, tuple((t, s) for t, s in marked))


loop = accepts(
    edit(
        "torch.ones(size, size, dtype=torch.bool).tril()",
        "torch.tensor([[s <= t for s in range(size)] for t in range(size)])",
    )
)
comparison = accepts(
    edit(
        "torch.ones(size, size, dtype=torch.bool).tril()", "torch.arange(size)[None, :] <= torch.arange(size)[:, None]"
    )
)

without_diagonal = misconception(
    edit(".tril()", ".tril(-1)"),
    en="The diagonal is left out. A position may look at itself: the first row would otherwise see nothing at all and "
    "its softmax would have nothing to distribute. Keep the diagonal, as tril() does without an argument.",
    ja="対角線が抜けています。自分自身は見てかまいません。抜くと最初の行はどこも見えず、softmax が配るものがなくなります。"
    "引数なしの tril() のように対角線を残しましょう。",
)
one_too_many = misconception(
    edit(".tril()", ".tril(1)"),
    en="Each position also sees the next one. That is the very token it has to predict, so the loss falls to nothing "
    "and the model learns to copy. Cut one diagonal lower.",
    ja="1 つ先まで見えています。そこはまさに予測すべき文字なので、損失はすぐ下がるのに写すことしか学べません。"
    "対角線を 1 本下げましょう。",
)
flipped = misconception(
    edit("torch.ones(size, size, dtype=torch.bool).tril()", "torch.ones(size, size, dtype=torch.bool).triu(1)"),
    en="The mask is the wrong way round: it is True where looking is forbidden. Libraries differ in this; here, as in "
    "F.scaled_dot_product_attention, True means allowed. Invert it with ~.",
    ja="True と False が逆です。見てはいけない場所が True になっています。ライブラリによって流儀が違いますが、ここでは "
    "F.scaled_dot_product_attention と同じく True が「見てよい」です。~ で反転しましょう。",
)
upper = misconception(
    edit(".tril()", ".triu()"),
    en="The triangle is the upper one: every position sees the future and not the past. Rows are the positions that "
    "look, columns those looked at; use tril.",
    ja="上三角になっていて、過去ではなく未来が見えています。行が「見る側」、列が「見られる側」です。tril を使いましょう。",
)
