"""The figure of the primer: what happens to the shapes when rows are picked and averaged, and when matrices are multiplied."""

from __future__ import annotations

from functools import partial

from tools.drawing.canvas import Canvas
from tools.drawing.figure import Figure, Words
from tools.drawing.palette import HEADS, INK, SOFT, VALUE, WORD, Hue
from tools.drawing.parts import grid, heading, shade, tint

CELL, ROW = 22, 24
WIDTH = 4  # of a word vector
TABLE_ROWS, PICKED = 6, (4, 1, 2)
SENTENCES, CATEGORIES = 3, 2
MARK = HEADS[1]


def shapes(canvas: Canvas) -> None:
    picking(canvas, 34)
    multiplying(canvas, 288)


def word_colour(row: int, column: int) -> str:
    return shade(WORD, 0.2 + tint(row, column))


def picking(canvas: Canvas, top: float) -> None:
    """Rows of the table, by their numbers, and their mean."""
    heading(canvas, 0, top - 24, "table[ids].mean(dim=0)", size=16)
    x, y = 30, top + 32
    canvas.text(x + WIDTH * CELL / 2, y - 14, "table (V, E)", 14, SOFT)
    for row in range(TABLE_ROWS):
        canvas.text(x - 14, y + ROW * (row + 0.5), str(row), 14, MARK.line if row in PICKED else SOFT)
    grid(canvas, x, y, TABLE_ROWS, WIDTH, CELL, word_colour, height=ROW)
    for row in PICKED:
        canvas.rect(x - 1, y + ROW * row, WIDTH * CELL + 2, ROW, Hue(MARK.line, "none"), radius=3, width=2)
    middle = y + ROW * 2.5
    canvas.arrow((x + WIDTH * CELL + 14, middle), (x + WIDTH * CELL + 128, middle), colour=MARK.line, width=2)
    canvas.text(x + WIDTH * CELL + 66, middle - 32, f"ids = {list(PICKED)}", 14, MARK.line)
    canvas.text(x + WIDTH * CELL + 66, middle - 14, "(T,)", 14, SOFT)
    second = 274
    first_row = middle - 1.5 * ROW
    canvas.text(second + WIDTH * CELL / 2, first_row - 14, "(T, E)", 14, SOFT)
    for at, row in enumerate(PICKED):
        canvas.text(second - 14, first_row + ROW * (at + 0.5), str(row), 14, MARK.line)
    grid(canvas, second, first_row, 3, WIDTH, CELL, lambda at, column: word_colour(PICKED[at], column), height=ROW)
    canvas.arrow((second + WIDTH * CELL + 14, middle), (second + WIDTH * CELL + 128, middle), width=2)
    canvas.text(second + WIDTH * CELL + 66, middle - 16, canvas.say("mean along axis 0", "軸 0 に沿った平均"), 14)
    canvas.text(
        second + WIDTH * CELL + 66, middle + 20, canvas.say("the axis T is gone", "軸 T は消える"), 14, MARK.line
    )
    third = 506
    canvas.text(third + WIDTH * CELL / 2, middle - ROW / 2 - 14, "(E,)", 14, SOFT)
    grid(canvas, third, middle - ROW / 2, 1, WIDTH, CELL, lambda _, column: shade(VALUE, mean_of(column)), height=ROW)


def mean_of(column: int) -> float:
    return 0.1 + sum(tint(row, column) for row in PICKED) / len(PICKED)


def multiplying(canvas: Canvas, top: float) -> None:
    """(B, E) times (E, L) plus (L,): the inner axes are equally long, and go."""
    heading(canvas, 0, top - 24, "x @ weight.T + bias", size=16)
    y = top + 46
    blocks = (
        (30, SENTENCES, WIDTH, "x (B, E)", WORD),
        (184, WIDTH, CATEGORIES, "weight.T (E, L)", HEADS[0]),
        (336, 1, CATEGORIES, "bias (L,)", HEADS[2]),
        (474, SENTENCES, CATEGORIES, canvas.say("scores (B, L)", "得点 (B, L)"), VALUE),
    )
    middle = y + 1.5 * ROW
    for number, (x, rows, columns, words, hue) in enumerate(blocks):
        above = middle - rows * ROW / 2
        canvas.text(x + columns * CELL / 2, above - 14, words, 14, SOFT)
        grid(canvas, x, above, rows, columns, CELL, partial(cell_colour, hue, number), height=ROW)
    for x, sign in ((150, "@"), (282, "+"), (426, "=")):
        canvas.text(x, middle, sign, 19, INK)
    canvas.rect(30, middle - ROW / 2, WIDTH * CELL, ROW, Hue(MARK.line, "none"), radius=3, width=2)
    canvas.rect(184, middle - 2 * ROW, CELL, 4 * ROW, Hue(MARK.line, "none"), radius=3, width=2)
    canvas.rect(474, middle - ROW / 2, CELL, ROW, Hue(MARK.line, "none"), radius=3, width=2)
    words = canvas.say(
        "A row times a column, added\nup over E, is one score. The\nsame bias for every row.",
        "x の 1 行と weight.T の 1 列を\n掛けて足すと、得点が 1 つ。\nbias はどの行にも同じ。",
    )
    canvas.lines(546, middle - 20, words, 14, SOFT, anchor="start")


def cell_colour(hue: Hue, number: int, row: int, column: int) -> str:
    return shade(hue, 0.15 + tint(row + 3 * number, column + number))


FIGURES = (
    Figure(
        "shapes",
        Words("What happens to the shapes", "形の変わり方"),
        Words(
            "Above, the ids 4, 1, 2 pick three rows of a table (V, E), which gives (T, E); their mean along axis 0 is (E,). Below, x (B, E) times the "
            "turned weight (E, L) plus the bias (L,) gives scores (B, L): each score is a row times a column.",
            "上では、ID 4, 1, 2 が表 (V, E) から 3 行を取り出して (T, E) になり、軸 0 に沿った平均が (E,) になる。下では、x (B, E) と転置した重み (E, L) の積に"
            "バイアス (L,) を足して得点 (B, L) になる。得点 1 つは、行と列を掛けて足したもの。",
        ),
        420,
        shapes,
    ),
)
