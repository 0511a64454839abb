"""The figures of the RNNs of problems 81, 83 and 85: unrolled, in both directions, and a batch with padding."""

from __future__ import annotations

from tools.drawing.canvas import Canvas
from tools.drawing.figure import Figure, Words
from tools.drawing.palette import DECODER, ENCODER, INK, PLAIN, SOFT, VALUE, WORD, Hue
from tools.drawing.parts import box, heading, padded, shade, vector, word

TITLE = ("Apple", "shares", "fall", "again")
STEPS = (104, 226, 348, 470)
CATEGORIES = ("b", "t", "e", "m")


def embedded(canvas: Canvas, y: float) -> None:
    """The words of a title, and above each its vector."""
    for i, (x, text) in enumerate(zip(STEPS, TITLE, strict=True)):
        word(canvas, x, y, text, w=86)
        canvas.arrow((x, y - 15), (x, y - 32))
        vector(canvas, x, y - 40, 6, WORD, seed=i + 1, cell=11, across=True)


def scores(canvas: Canvas, x: float, y: float) -> None:
    """The scores of the four categories; which one is largest is only drawn."""
    for i, (name, share) in enumerate(zip(CATEGORIES, (0.75, 0.3, 0.12, 0.2), strict=True)):
        level = y + 27 * (i - 1.5)
        canvas.text(x, level, name, 15)
        canvas.rect(x + 14, level - 8, 62 * share, 16, Hue(VALUE.line, shade(VALUE, 0.4)), radius=3, width=1)


def unrolled(canvas: Canvas) -> None:
    y = 62
    embedded(canvas, y + 120)
    canvas.text(0, y, "$h_0 = 0$", 15, SOFT, anchor="start")
    for i, x in enumerate(STEPS):
        canvas.arrow((x, y + 70), (x, y + 21))
        canvas.arrow((STEPS[i - 1] + 34 if i else 50, y), (x - 34, y))
        box(canvas, x, y, f"$h_{i + 1}$", ENCODER, w=66, h=40)
    readout(canvas, y, "$h_T$", STEPS[-1] + 34)
    canvas.text(
        287,
        y - 46,
        canvas.say("the same $W_{hx}$, $W_{hh}$ at every step", "どの時刻でも同じ $W_{hx}$ と $W_{hh}$ を使う"),
        15,
        SOFT,
    )
    canvas.text(0, y + 160, "(B, T) → emb (B, T, E) → $h_T$ (B, H) → $y$ (B, L)", 15, SOFT, anchor="start")


def readout(canvas: Canvas, y: float, state: str, start: float) -> None:
    """From the state that has read everything to the scores."""
    canvas.arrow((start, y), (572, y), colour=INK, width=2.2)
    canvas.text((start + 566) / 2, y - 18, state, 15)
    box(canvas, 610, y, "Linear", PLAIN, w=74, h=40)
    canvas.arrow((648, y), (670, y))
    scores(canvas, 684, y)
    canvas.text(716, y + 76, canvas.say("scores $y$", "得点 $y$"), 15, SOFT)


def bidirectional(canvas: Canvas) -> None:
    top, low = 60, 130
    embedded(canvas, 258)
    for i, x in enumerate(STEPS):
        canvas.arrow((x + 22, 206), (x + 22, low + 19))
        canvas.line([(x - 22, 206), (x - 22, top + 60)], SOFT, 1.6)
        canvas.arrow((x - 22, top + 60), (x - 22, top + 19))
        if i:
            canvas.arrow((STEPS[i - 1] + 47, low), (x - 3, low), colour=ENCODER.line, width=2)
            canvas.arrow((x - 47, top), (STEPS[i - 1] + 3, top), colour=DECODER.line, width=2)
    for i, x in enumerate(STEPS):
        state(canvas, x + 22, low, i + 1, ENCODER, forward=True)
        state(canvas, x - 22, top, i + 1, DECODER, forward=False)
    ends(canvas, top, low)


def state(canvas: Canvas, x: float, y: float, step: int, hue: Hue, forward: bool) -> None:
    """h with an arrow over it that says from which side the words were read."""
    box(canvas, x, y, "", hue, w=50, h=38)
    canvas.text(x, y + 4, f"$h_{step}$", 15)
    tail, tip = (x - 9, x + 7) if forward else (x + 7, x - 9)
    canvas.line([(tail, y - 10), (tip, y - 10)], INK, 1)
    canvas.arrowhead((tail, y - 10), (tip, y - 10), INK, 2.2)


def ends(canvas: Canvas, top: float, low: float) -> None:
    """The two states that have read all, side by side."""
    canvas.arrow(
        (STEPS[0] - 22, top - 18), (STEPS[0] - 22, 16), (566, 16), (566, top + 17), colour=DECODER.line, width=2.4
    )
    canvas.arrow((STEPS[-1] + 47, low), (566, low), (566, top + 54), colour=ENCODER.line, width=2.4)
    vector(canvas, 566, top + 26, 2, DECODER, seed=4, cell=9)
    vector(canvas, 566, top + 44, 2, ENCODER, seed=6, cell=9)
    canvas.arrow((574, top + 35), (590, top + 35), colour=INK, width=2.2)
    box(canvas, 626, top + 35, "Linear", PLAIN, w=70, h=40)
    canvas.arrow((662, top + 35), (676, top + 35))
    scores(canvas, 688, top + 35)
    words = canvas.say(
        "Each row ends with a state that has read the whole title: on the right from the left, on the left from the right.\n"
        "out[:, -1] is the last column, where the backward row has read one word only.",
        "どちらの列も、最後に題名を全部読み終えた状態に着く。左からの列では右端、右からの列では左端がそれにあたる。\n"
        "out[:, -1] は右端の 1 列なので、右から読む側はまだ 1 語しか読んでいない。",
    )
    canvas.lines(0, 302, words, 13.5, SOFT, anchor="start")


# --- padding -----------------------------------------------------------------------------------

TITLES = (
    ("Apple", "shares", "fall", "again"),
    ("New", "flu", "vaccine"),
    ("Oscars", "tonight"),
)
IDS = ((12, 31, 7, 95), (3, 208, 560), (871, 44))


def batch(canvas: Canvas) -> None:
    heading(canvas, 0, 8, canvas.say("titles of 4, 3 and 2 words", "長さが 4, 3, 2 の題名"))
    heading(canvas, 420, 8, canvas.say("one batch (B, Tmax) = (3, 4)", "1 つのバッチ (B, Tmax) = (3, 4)"))
    longest = max(map(len, TITLES))
    for row, (title, ids) in enumerate(zip(TITLES, IDS, strict=True)):
        y = 56 + 44 * row
        for i, text in enumerate(title):
            word(canvas, 40 + 88 * i, y, text, w=82)
        missing = longest - len(title)
        for i in range(longest):
            x = 455 + 74 * i
            if i < missing:
                padded(canvas, x, y, 68)
                canvas.text(x, y, "pad", 14, SOFT)
            else:
                word(canvas, x, y, str(ids[i - missing]), w=68)
    canvas.arrow((362, 100), (408, 100), width=2.4, colour=INK)
    told = canvas.say(
        "Padding in front: the RNN reads the title last, and its last state still holds it.",
        "前を埋めると、RNN は題名を最後に読むので、最後の状態に題名が残っている。",
    )
    canvas.text(0, 192, told, 15, SOFT, anchor="start")


FIGURES = (
    Figure(
        "rnn_unrolled",
        Words("The RNN of problem 81, unrolled", "81 の RNN を時間方向に広げた図"),
        Words(
            "Apple shares fall again is read from left to right; each word changes the state h. A linear layer makes the scores of "
            "the four categories of the last state.",
            "Apple shares fall again を左から 1 語ずつ読み、そのつど状態 h が変わる。最後の状態から線形層が 4 カテゴリの得点を作る。",
        ),
        230,
        unrolled,
    ),
    Figure(
        "bidirectional",
        Words("The bidirectional RNN of problem 85", "85 の双方向 RNN"),
        Words(
            "One row of states goes from left to right, another from right to left. The last state of the first and the first state "
            "of the second, side by side, go into the linear layer.",
            "左から右への状態の列と、右から左への状態の列がある。前者の最後の状態と後者の先頭の状態を並べて線形層に入れる。",
        ),
        326,
        bidirectional,
    ),
    Figure(
        "padding",
        Words("A batch with padding", "パディングを入れたバッチ"),
        Words(
            "Three titles of four, three and two words become a table of ids with three rows and four columns; the free places in "
            "front of the shorter titles are filled with the padding's id.",
            "長さ 4, 3, 2 の題名が 3 行 4 列の ID の表になる。短い題名の前の空きは、パディングの ID で埋める。",
        ),
        204,
        batch,
    ),
)
