"""The figures of the lesson on the Transformer: heads as coloured strips, the residual stream."""

from __future__ import annotations

from collections.abc import Callable

from tools.drawing.canvas import Canvas
from tools.drawing.figure import Figure, Words
from tools.drawing.palette import FAINT, HEADS, INK, KEY, NORM, PLAIN, QUERY, SOFT, VALUE, WEIGHT, Hue
from tools.drawing.parts import box, grid, heading, note, plus, shade, softmax, tint

LENGTH, WIDTH = 3, 8  # T and D of the drawing
EACH = WIDTH // len(HEADS)
CELL = 13


# --- heads as coloured strips ------------------------------------------------------------------


def by_head(row: int, column: int) -> str:
    """The colour of a column is that of the head it belongs to."""
    return shade(HEADS[column // EACH], 0.35 + 0.5 * tint(row + 1, column))


def plain(row: int, column: int) -> str:
    return shade(PLAIN, 0.3 + 0.9 * tint(row + 3, column))


def strips(canvas: Canvas) -> None:
    middle = 156
    steps(canvas)
    table(canvas, 2, middle, "$X$", plain)
    for i, (name, hue) in enumerate((("$Q$", QUERY), ("$K$", KEY), ("$V$", VALUE))):
        y = middle + 88 * (i - 1)
        canvas.arrow((112, middle + 8 * (i - 1)), (170, y), colour=hue.line)
        table(canvas, 176, y, name, by_head, hue)
        canvas.line([(284, y), (292, y)], SOFT)
    canvas.line([(292, middle - 88), (292, middle + 88)], SOFT)
    for head, hue in enumerate(HEADS):
        y = 58 + 66 * head
        canvas.arrow((292, middle + 12 * (head - 1.5)), (338, y), colour=hue.line)
        one_head(canvas, 346, y, head)
        canvas.arrow((592, y), (640, middle - 60 + 10 * (head - 1.5)), colour=hue.line)
    after(canvas, 648, middle)
    words = canvas.say(
        "Each head looks with its own 2 of the 8 columns, and has its own table of weights (T, T).",
        "各ヘッドは 8 列のうち自分の 2 列だけを使い、自分の重みの表 (T, T) を持つ。",
    )
    note(canvas, 380, 324, words, size=15)


def after(canvas: Canvas, x: float, middle: float) -> None:
    """The heads side by side again, and W_O."""
    centre = x + WIDTH * CELL / 2
    table(canvas, x, middle - 60, canvas.say("merged", "つなぐ"), by_head)
    box(canvas, centre, middle + 8, "$W_O$", PLAIN, w=62, h=32)
    canvas.arrow((centre, middle - 36), (centre, middle - 9))
    canvas.arrow((centre, middle + 25), (centre, middle + 58))
    table(canvas, x, middle + 82, "", plain)
    canvas.text(centre, middle + 118, canvas.say("output", "出力"), 15)


def steps(canvas: Canvas) -> None:
    for x, en, ja in (
        (141, "project", "射影する"),
        (315, "split", "分ける"),
        (470, "attend", "見る"),
        (700, "merge", "まとめる"),
    ):
        canvas.text(x, 8, canvas.say(en, ja), 15, SOFT, bold=True)


def table(
    canvas: Canvas, x: float, y: float, name: str, colour: Callable[[int, int], str], hue: Hue | None = None
) -> None:
    """A row for each word, D columns, around height y; its name above."""
    top = y - LENGTH * CELL / 2
    grid(canvas, x, top, LENGTH, WIDTH, CELL, colour)
    canvas.rect(x - 2, top - 2, WIDTH * CELL + 4, LENGTH * CELL + 4, Hue((hue or PLAIN).line, "none"), radius=3)
    canvas.text(x + WIDTH * CELL / 2, top - 15, name, 15, hue.line if hue else INK)


def one_head(canvas: Canvas, x: float, y: float, head: int) -> None:
    """Its columns of Q, K and V, its weights, and what comes out."""
    top = y - LENGTH * CELL / 2
    for i, hue in enumerate((QUERY, KEY, VALUE)):
        columns(canvas, x + 36 * i, top, head, hue)
    canvas.arrow((x + 104, y), (x + 128, y))
    grid(canvas, x + 136, top, LENGTH, LENGTH, CELL, lambda row, column: shade(WEIGHT, weights(head, row)[column]))
    canvas.rect(x + 134, top - 2, LENGTH * CELL + 4, LENGTH * CELL + 4, Hue(WEIGHT.line, "none"), radius=3)
    canvas.arrow((x + 180, y), (x + 204, y))
    columns(canvas, x + 212, top, head, PLAIN)


def columns(canvas: Canvas, x: float, top: float, head: int, hue: Hue) -> None:
    grid(canvas, x, top, LENGTH, EACH, CELL, lambda row, column: by_head(row, head * EACH + column))
    canvas.rect(x - 2, top - 2, EACH * CELL + 4, LENGTH * CELL + 4, Hue(hue.line, "none"), radius=3)


def weights(head: int, row: int) -> list[float]:
    """A row of weights that sums to 1, different in each head."""
    return softmax([4 * tint(head * 5 + row + 2, column + head) for column in range(LENGTH)])


# --- the residual stream -----------------------------------------------------------------------


def residual(canvas: Canvas) -> None:
    heading(canvas, 0, 8, canvas.say("pre-norm: normalise what the stage reads", "pre-norm: 段の入口で正規化する"))
    stream(canvas, 150, before=True)
    canvas.line([(0, 212), (760, 212)], FAINT, 1, dashed=True)
    heading(
        canvas,
        0,
        244,
        canvas.say("post-norm (the paper): normalise the sum", "post-norm（論文）: 足した後で正規化する"),
    )
    stream(canvas, 386, before=False)


def stream(canvas: Canvas, y: float, before: bool) -> None:
    """The stream from left to right; each stage branches off above it and is added back."""
    canvas.line([(44, y), (716, y)], "#C9D3DF", 12)
    canvas.text(20, y, "$x$", 18)
    canvas.polygon([(714, y - 14), (740, y), (714, y + 14)], "#C9D3DF")
    stage(canvas, 70, y, canvas.say("attention", "Attention"), WEIGHT, before)
    stage(canvas, 400, y, canvas.say("feed-forward", "全結合"), Hue(SOFT, "#E4E7EC"), before)
    looks, thinks = (
        canvas.say("looks at the other words", "ほかの語を見る"),
        canvas.say("thinks, word by word", "1 語ずつ考える"),
    )
    canvas.text(210, y - 98, looks, 14, SOFT)
    canvas.text(540, y - 98, thinks, 14, SOFT)
    if before:
        told = canvas.say(
            "the direct path: values and gradients pass unchanged", "まっすぐな通り道: 値も勾配もそのまま通る"
        )
    else:
        told = canvas.say("every sum is normalised on the path itself", "通り道の上で、足すたびに正規化する")
    canvas.text(380, y + 34, told, 14, SOFT)


def stage(canvas: Canvas, x: float, y: float, name: str, hue: Hue, before: bool) -> None:
    """One branch that begins at x: normalisation before it or after the sum."""
    top, back = y - 62, x + 216
    middle = x + (150 if before else 108)
    if before:
        canvas.arrow((x, y), (x, top), (x + 22, top))
        box(canvas, x + 48, top, "LN", NORM, w=50, h=36)
        canvas.arrow((x + 74, top), (middle - 58, top))
    else:
        canvas.arrow((x, y), (x, top), (middle - 58, top))
    box(canvas, middle, top, name, hue, w=114, h=40)
    canvas.arrow((middle + 58, top), (back, top), (back, y - 12))
    plus(canvas, back, y)
    if not before:
        box(canvas, back + 56, y, "LN", NORM, w=50, h=36)


FIGURES = (
    Figure(
        "heads",
        Words("Heads as coloured strips", "色分けしたヘッド"),
        Words(
            "The input is projected to Q, K and V. Each is split by columns into four heads, drawn in four colours. Each head computes "
            "its own table of weights and output. The outputs are put side by side again and multiplied by W_O.",
            "入力を Q, K, V に射影し、それぞれを列ごとに 4 つのヘッド（4 色）に分ける。各ヘッドは自分の重みの表と出力を計算し、"
            "出力をもとどおり横につないで W_O を掛ける。",
        ),
        338,
        strips,
    ),
    Figure(
        "residual_stream",
        Words("The residual stream", "残差の流れ"),
        Words(
            "A stream goes from left to right. Attention and the feed-forward network each branch off it and are added back. With "
            "pre-norm the normalisation stands in the branch, with post-norm on the stream after each sum.",
            "左から右へ流れがあり、Attention と全結合がそこから枝分かれして、また足し戻される。pre-norm では正規化が枝の中に、"
            "post-norm では足した後の流れの上にある。",
        ),
        430,
        residual,
    ),
)
