"""causal_mask(T) -> (T, T) bool, True where attention is allowed. Vaswani et al. 2017, section 3.2.3."""

from grader.checks import (
    CallFailed,
    Draw,
    Failure,
    Student,
    Text,
    accepts,
    check,
    edit,
    misconception,
    properties,
    sign,
    trace,
)
from grader.lessons.transformer_lm import _interfaces, _tutorial_mask
from grader.lessons.transformer_lm._mask_questions import (
    LONG,
    MASK,
    ask,
    bare,
    hidden_in_vain,
    picture,
    seen_too_early,
    sizes,
    square,
    too_small,
)

TITLE = Text(en="The causal mask", ja="因果マスク")
NAMES = ("causal_mask",)
HEADINGS = (
    "causal mask",
    "look-ahead mask",
    "subsequent mask",
    "square subsequent mask",
    "因果マスク",
    "先読みマスク",
    "未来を隠すマスク",
)
SIGNS = (
    sign(
        r"^(?:    )?def\s+\w*(?:causal|subsequent|look_?ahead|no_?peak|no_?peek|future|square|tril|triu)\w*mask\w*"
        r"|^(?:    )?def\s+(?:create|make|generate|get)_masks?\b",
        "a mask of the future",
        "未来を隠すマスク",
        rank=170,
    ),
)
# wei.masked_fill(self.tril[:T, :T] == 0, ...)
TRACES = (trace(r"(?i)\b(?:tril|triu)|causal|look_?ahead|subsequent|no_?pea?k|future_?mask"),)
INTERFACES = _interfaces.CAUSAL_MASK
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


@check(points=1, ja="マスクは (T, T) の真偽値のテンソルである。どの T でも、何度呼んでもそうである")
def shape_and_dtype(student: Student, draw: Draw) -> Text | None:
    """The mask is a boolean tensor of shape (T, T), for one T after another."""
    first, *others = sizes(draw)
    student.call("causal_mask", first, view=lambda value: properties.is_boolean(square(first)(value), MASK))
    for size in others:
        try:
            mask = student.call("causal_mask", size, view=lambda value: properties.is_boolean(bare(value), MASK))
        except CallFailed:
            if student.promised or size < LONG:
                raise
            return NOT_SO_LONG
        if mask.dim() == 2 and mask.shape[0] == mask.shape[1] < size:
            raise too_small(mask, size, "remembers_the_first_mask" if len(mask) == first else "table_of_fixed_size")
        properties.has_shape(mask, (size, size), MASK, "(T, T)")
    return None


NOT_SO_LONG = Text(
    en="It was judged with short texts only: with one of several hundred places it could not be asked.",
    ja="短い文だけで確認しました。数百の位置がある長い文では試せませんでした。",
)


@check(points=2, ja="どの位置も自分より後ろを見ない")
def hides_the_future(student: Student, draw: Draw) -> None:
    """No position may look at a later one, however long the text."""
    masks = ask(student, sizes(draw))
    if not masks[0].any():  # a mask that hides everything hides the future too, and is worth nothing
        raise Failure(
            Text(
                en="Nobody may look at anything: the mask is all False.", ja="すべて False で、誰もどこも見られません。"
            ),
            TABLE,
        )
    for mask in masks:
        leaks = seen_too_early(mask)
        if leaks:
            t, s = leaks[0]
            raise Failure(
                Text(
                    en=f"With T = {len(mask)}, {len(leaks)} entries let a position see its future: at [{t}, {s}] position {t} "
                    f"sees {s}.",
                    ja=f"T = {len(mask)} のとき、{len(leaks)} 個の要素で未来が見えています。たとえば [{t}, {s}] では位置 {t} から位置 "
                    f"{s} が見えます。",
                ),
                TABLE,
                (picture(mask, leaks),),
            )


@check(points=2, ja="自分自身とそれ以前はすべて見える")
def shows_the_past(student: Student, draw: Draw) -> None:
    """Every position may look at itself and at everything before it, however long the text."""
    masks = ask(student, sizes(draw))
    if masks[0].all():  # a mask that hides nothing shows the past too, and is worth nothing
        raise Failure(
            Text(en="The mask is all True and hides nothing.", ja="すべて True で、何も隠していません。"), TABLE
        )
    for mask in masks:
        gaps = hidden_in_vain(mask)
        if gaps:
            t, s = gaps[0]
            raise Failure(
                Text(
                    en=f"With T = {len(mask)}, {len(gaps)} entries hide what may be seen: at [{t}, {s}] position {t} cannot "
                    f"see {s}.",
                    ja=f"T = {len(mask)} のとき、{len(gaps)} 個の要素で、見てよいはずの場所が隠れています。たとえば [{t}, {s}] で、位置 {t} から"
                    f"位置 {s} が見えません。",
                ),
                TABLE,
                (picture(mask, gaps),),
            )


TABLE = Text(
    en="Draw the table for T = 4 on paper, (4, 4): row t is the position that looks, column s the one looked at. Row 0 has one True, "
    "row 3 has four; the diagonal is allowed. Then print yours.",
    ja="T = 4 の表 (4, 4) を紙に書いてみましょう。行 t が見る側、列 s が見られる側です。行 0 の True は 1 個、行 3 は 4 個で、対角線は見てよい側です。自分のものも"
    "表示して比べましょう。",
)


# These go by the student's own entries, so that no right mask is made anywhere: students have this file too.


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
    ja="スコアに足すための、0 と -inf のマスクになっています。PyTorch にもその流儀はありますが、ここで作るのは「見てよい」ところが True の真偽値のマスクです。",
)
one_row = misconception(
    edit("torch.ones(size, size, dtype=torch.bool)", "torch.ones(1, size, dtype=torch.bool)"),
    en="There is only one row. Every position has a past of its own, so the table has T rows and T columns.",
    ja="行が 1 つしかありません。見てよい範囲は位置ごとに違うので、T 行 T 列の表が必要です。",
)

remembers_the_first_mask = misconception(
    edit("def causal_mask(", "MASKS = []\n\n\ndef causal_mask("),
    edit(
        "return torch.ones(size, size, dtype=torch.bool).tril()",
        "MASKS.append(torch.ones(size, size, dtype=torch.bool).tril())\n    return MASKS[0][:size, :size]",
    ),
    en="The mask of the first call is kept and cut for later ones, so that a longer text gets a mask that is too small. Make it "
    "from `size` each time.",
    ja="最初に作ったマスクを取っておいて切り出しているので、それより長い文には小さすぎるマスクが返ります。毎回 `size` から作りましょう。",
)
table_of_fixed_size = misconception(
    edit(
        "torch.ones(size, size, dtype=torch.bool).tril()",
        "torch.ones(256, 256, dtype=torch.bool).tril()[:size, :size]",
    ),
    en="The mask is cut out of a table of fixed size, and a longer text gets a mask that is too small. Make it from `size`.",
    ja="決まった大きさの表から切り出しているので、それより長い文には小さすぎるマスクが返ります。`size` から作りましょう。",
)
mirrored = misconception(
    edit(".tril()", ".tril().flip(1)"),
    en="The triangle is mirrored, left and right: its slope is the other diagonal. Position t may see the columns 0 to t.",
    ja="三角形が左右逆で、もう一方の対角線に沿っています。位置 t から見てよいのは列 0 から t までです。",
)
only_itself_and_the_last = misconception(
    edit(".tril()", ".tril().triu(-1)"),
    en="Each position sees only itself and the one before it. The whole past is allowed: all columns from 0 to t.",
    ja="自分自身と 1 つ前しか見えません。見てよいのは過去の全部、列 0 から t までです。",
)
nothing_hidden = misconception(
    edit(".tril()", ""),
    en="Nothing is hidden: the mask is True everywhere, the future included. Keep the lower triangle.",
    ja="何も隠していません。未来も含めてすべて True です。下三角だけを残しましょう。",
)
without_the_first = misconception(
    edit(".tril()", ".tril().logical_and(torch.arange(size) > 0)"),
    en="The first position is hidden from all others, as if id 0 or place 0 were padding. It is a character like the others.",
    ja="先頭の位置が、パディングのように全員から隠れています。先頭も普通の文字です。",
)
