"""The figure of problem 86: a kernel that slides over one title, and the maximum over time."""

from __future__ import annotations

from functools import partial

from tools.drawing.canvas import Canvas
from tools.drawing.figure import Figure, Words
from tools.drawing.palette import HEADS, INK, PADDING, PLAIN, SOFT, VALUE, WHITE, WORD, Hue
from tools.drawing.parts import box, grid, shade, tint

TITLE = ("Apple", "shares", "fall", "after", "weak", "sales")
EMBEDDING, KERNELS, CELL, ROW = 8, 6, 15, 26
AT = 2  # the window that is drawn: shares fall after
MARK = HEADS[1]


def responses() -> list[list[float]]:
    """What each kernel answers at each time, as shares of the strongest: drawn, not computed."""
    return [[tint(3 * t + 2, 5 * k + 1) / 0.7 for k in range(KERNELS)] for t in range(len(TITLE))]


def sliding_kernel(canvas: Canvas) -> None:
    top = 40
    title(canvas, top)
    window = top + ROW * AT
    kernels(canvas, 350, window + 1.5 * ROW)
    right = 72 + EMBEDDING * CELL
    canvas.arrow((right + 8, window + 1.5 * ROW), (318, window + 1.5 * ROW), colour=MARK.line, width=2)
    table = responses()
    answers(canvas, 560, top + ROW, table)
    canvas.arrow((512, window + 1.5 * ROW), (548, window + 1.5 * ROW), colour=MARK.line, width=2)
    words = canvas.say(
        "A zero row at each end (padding=1) lets\nevery word be the middle of a window.",
        "両端の 0 の行（padding=1）のおかげで、\nどの語も窓の真ん中になれる。",
    )
    canvas.lines(0, 292, words, 15, SOFT, anchor="start")
    pooled(canvas, 560, top + ROW * (len(TITLE) + 2) + 18, table)


def title(canvas: Canvas, top: float) -> None:
    """A row for each word, a zero row before and behind, and the window of three rows."""
    x = 72
    canvas.text(x + EMBEDDING * CELL / 2, top - 22, canvas.say("title (T, E)", "題名 (T, E)"), 15)
    for i, text in enumerate(("0", *TITLE, "0")):
        edge = i in (0, len(TITLE) + 1)
        canvas.text(x - 12, top + ROW * (i + 0.5), text, 15, SOFT if edge else INK, anchor="end")

    def colour(row: int, column: int) -> str:
        outside = row in (0, len(TITLE) + 1)
        return PADDING.fill if outside else shade(WORD, 0.2 + tint(row, column))

    grid(canvas, x, top, len(TITLE) + 2, EMBEDDING, CELL, colour, height=ROW)
    canvas.rect(x - 3, top + ROW * AT - 2, EMBEDDING * CELL + 6, 3 * ROW + 4, Hue(MARK.line, "none"), radius=4, width=3)
    side = x + EMBEDDING * CELL + 22
    canvas.arrow((side, top + ROW * 5.4), (side, top + ROW * 7), colour=MARK.line, width=2)
    canvas.text(side + 10, top + ROW * 6.2, canvas.say("slides", "ずらす"), 14, MARK.line, anchor="start")


def kernel_colour(k: int, row: int, column: int) -> str:
    return shade(HEADS[k], 0.15 + tint(row + k, column))


def kernels(canvas: Canvas, x: float, y: float) -> None:
    """A stack of kernels, each as large as the window."""
    w, h = EMBEDDING * CELL, 3 * ROW
    for k in (3, 2, 1, 0):
        left, top = x - 24 + 9 * k, y - h / 2 - 9 * k
        grid(canvas, left, top, 3, EMBEDDING, CELL, partial(kernel_colour, k), height=ROW)
        canvas.rect(left - 1, top - 1, w + 2, h + 2, Hue(HEADS[k].line, "none"), radius=2)
    words = canvas.say("256 kernels, each 3 × E:\nmultiply, sum, ReLU", "カーネル 256 個、各 3 × E:\n掛けて足して ReLU")
    canvas.lines(x + w / 2 - 12, y + h / 2 + 24, words, 15)


def answers(canvas: Canvas, x: float, top: float, table: list[list[float]]) -> None:
    """A row for each time, a column for each kernel."""
    canvas.text(x + 84, top - ROW - 22, canvas.say("responses (T, 256)", "反応 (T, 256)"), 15)
    for k in range(KERNELS):
        shares = [row[k] for row in table]
        for t, share in enumerate(shares):
            canvas.rect(x + column(k), top + ROW * t, 22, ROW, Hue(WHITE, response(share)), radius=2, width=1)
        best = shares.index(max(shares))
        canvas.rect(x + column(k), top + ROW * best, 22, ROW, Hue(INK, response(shares[best])), radius=2, width=1.8)
    canvas.text(x + column(4) - 14, top + ROW * len(TITLE) / 2, "…", 16, SOFT)


def response(share: float) -> str:
    return shade(VALUE, 0.08 + 0.8 * share)


def column(k: int) -> float:
    return 24 * k + (28 if k >= 4 else 0)


def pooled(canvas: Canvas, x: float, y: float, table: list[list[float]]) -> None:
    """The strongest response of each kernel, and the scores made of them."""
    for k in range(KERNELS):
        strongest = max(row[k] for row in table)
        canvas.arrow((x + column(k) + 11, y - 46), (x + column(k) + 11, y - 4))
        canvas.rect(x + column(k), y, 22, ROW, Hue(INK, response(strongest)), radius=2, width=1.8)
    canvas.text(x + column(4) - 14, y + ROW / 2, "…", 16, SOFT)
    canvas.text(x - 14, y - 25, canvas.say("maximum over time", "時間方向の最大値"), 15, SOFT, anchor="end")
    canvas.text(x - 14, y + ROW / 2, "$c$ (256)", 15, anchor="end")
    canvas.arrow((x + 84, y + ROW + 4), (x + 84, y + ROW + 26))
    box(canvas, x + 84, y + ROW + 46, canvas.say("Linear: 4 scores", "Linear: 4 つの得点"), PLAIN, w=170)


FIGURES = (
    Figure(
        "sliding_kernel",
        Words("The sliding kernel of problem 86", "86 の畳み込みカーネル"),
        Words(
            "One title as a table of word vectors with a zero row before and behind. A window of three rows slides over it; 256 kernels of "
            "size 3 times E each give one number there. Of each kernel the largest number over time is kept, and a linear layer makes four scores.",
            "1 つの題名を単語ベクトルの表にし、前後に 0 の行を足す。3 行の窓をずらしながら、3 × E のカーネル 256 個がそれぞれ 1 つの数を出す。"
            "カーネルごとに時間方向の最大値だけを残し、線形層が 4 つの得点にする。",
        ),
        366,
        sliding_kernel,
    ),
)
