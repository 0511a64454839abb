"""causal_mask(T) -> (T, T) bool, True where attention is allowed. Vaswani et al. 2017, section 3.2.3."""

from typing import Any

from torch import Tensor

from grader import properties
from grader.draw import Draw
from grader.errors import Failure
from grader.lessons.declare import accepts, check, edit, misconception
from grader.lessons.transformer_lm import _tutorial_mask
from grader.model import Evidence, Text
from grader.student import Student, View

TITLE = Text(en="The causal mask", ja="因果マスク")
NAMES = ("causal_mask",)
STARTERS = (
    Text(
        en="Draw the table for T = 4 on paper: rows look, columns are looked at. Which entries of row 1 are True?",
        ja="T = 4 の表を紙に書いてみましょう。行が見る側、列が見られる側です。1 行目で True になるのはどこですか。",
    ),
    Text(
        en="Start from a (T, T) table of `torch.bool` in which everybody sees everything; `tril` and `triu` "
        "keep one side of the diagonal.",
        ja="全員が全部を見られる `torch.bool` の表 (T, T) から始めましょう。`tril` と `triu` は対角線の片側を残します。",
    ),
)
FORMS = (_tutorial_mask,)

MASK = Text(en="the mask", ja="マスク")


def square(size: int) -> View:
    """(T, T), with any leading axes of one, as it was returned."""

    def view(value: Any) -> Tensor:
        mask = properties.is_tensor(value, MASK)
        while mask.dim() > 2 and mask.shape[0] == 1:
            mask = mask[0]
        return properties.has_shape(mask, (size, size), MASK, "(T, T)")

    return view


def truth(size: int) -> View:
    """The same as booleans; zeros and ones are read as such, so that one slip is not counted three times."""

    def view(value: Any) -> Tensor:
        mask = square(size)(value)
        zeros_and_ones = not mask.is_complex() and bool(((mask == 0) | (mask == 1)).all())
        return mask == 1 if zeros_and_ones else properties.is_boolean(mask, MASK)

    return view


@check(points=1, ja="マスクは (T, T) の真偽値のテンソルである")
def shape_and_dtype(student: Student, draw: Draw) -> None:
    """The mask is a boolean tensor of shape (T, T)."""
    (size,) = draw.sizes(1)
    student.call("causal_mask", size, view=lambda value: properties.is_boolean(square(size)(value), MASK))


@check(points=2, ja="どの位置も自分より後ろを見ない")
def hides_the_future(student: Student, draw: Draw) -> None:
    """No position may look at a later one."""
    (size,) = draw.sizes(1, smallest=5)
    mask = student.call("causal_mask", size, view=truth(size))
    leaks = seen_too_early(mask)
    if not mask.any():  # a mask that hides everything hides the future too, and is worth nothing
        raise Failure(
            Text(
                en="Nobody may look at anything: the mask is all False.", ja="すべて False で、誰もどこも見られません。"
            )
        )
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
            (picture(mask, leaks),),
        )


@check(points=2, ja="自分自身とそれ以前はすべて見える")
def shows_the_past(student: Student, draw: Draw) -> None:
    """Every position may look at itself and at everything before it."""
    (size,) = draw.sizes(1, smallest=5)
    mask = student.call("causal_mask", size, view=truth(size))
    gaps = hidden_in_vain(mask)
    if mask.all():  # a mask that hides nothing shows the past too, and is worth nothing
        raise Failure(Text(en="The mask is all True and hides nothing.", ja="すべて True で、何も隠していません。"))
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
            (picture(mask, gaps),),
        )


# These go by the student's own entries, so that no right mask is made anywhere: students have this file too.


def seen_too_early(mask: Tensor) -> list[list[int]]:
    """The entries [t, s] by which position t looks at a later s."""
    return [[t, s] for t, s in mask.nonzero().tolist() if s > t]


def hidden_in_vain(mask: Tensor) -> list[list[int]]:
    """The entries [t, s] that keep position t from an s it may look at."""
    return [[t, s] for t, s in (~mask).nonzero().tolist() if s <= t]


def picture(mask: Tensor, marked: list[list[int]]) -> Evidence:
    expected = mask.clone()
    for t, s in seen_too_early(mask) + hidden_in_vain(mask):
        expected[t, s] = ~mask[t, s]
    marks = tuple((t, s) for t, s in marked)
    return Evidence("compare", MASK, properties.as_array(mask), properties.as_array(expected), marks)


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

batch_axis = accepts(edit(".tril()", ".tril()[None]"))

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
not_boolean = misconception(
    edit(", dtype=torch.bool", ""),
    en="The mask holds the numbers 0 and 1 instead of booleans. `~mask` and `masked_fill` need True and False; pass "
    "dtype=torch.bool, or end with .bool().",
    ja="マスクが真偽値ではなく 0 と 1 の数になっています。`~mask` や `masked_fill` には True / False が必要です。dtype=torch.bool を渡すか、最後に "
    ".bool() を付けましょう。",
)
additive = misconception(
    edit(
        "torch.ones(size, size, dtype=torch.bool).tril()",
        'torch.full((size, size), float("-inf")).triu(1)',
    ),
    en="This is an additive mask, of 0 and -inf, to be added to the scores. PyTorch makes such masks too, but here a boolean "
    "one is asked for: True where attention is allowed.",
    ja="点数に足すための、0 と -inf のマスクになっています。PyTorch にもその流儀はありますが、ここで作るのは「見てよい」ところが True の真偽値のマスクです。",
)
one_row = misconception(
    edit("torch.ones(size, size, dtype=torch.bool)", "torch.ones(1, size, dtype=torch.bool)"),
    en="There is only one row. Every position has a past of its own, so the table has T rows and T columns.",
    ja="行が 1 つしかありません。見てよい範囲は位置ごとに違うので、T 行 T 列の表が必要です。",
)
