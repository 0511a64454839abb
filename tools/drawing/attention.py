"""The figures of attention itself: the soft dictionary, the weights of "It rains heavily", the causal triangle."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tools.drawing.canvas import Canvas
from tools.drawing.figure import Figure, Words
from tools.drawing.palette import EDGE, FAINT, INK, KEY, PADDING, QUERY, SOFT, VALUE, WEIGHT, WHITE, Hue
from tools.drawing.parts import dot, heading, shade, softmax, vector, word

SOURCE = ("It", "rains", "heavily")
# The keys, values and queries that the lesson's demonstration prints, too.
KEYS = ((1.0, 0.0, 0.0), (0.0, 2.0, 0.5), (0.0, 1.0, 2.0))
VALUES = (0.0, 1.0, 2.0)
QUERIES = {"雨": (0.0, 3.0, 0.0), "激しく": (0.0, 0.0, 3.0)}


def scores_of(query: Sequence[float]) -> list[float]:
    return [dot(query, key) / math.sqrt(len(query)) for key in KEYS]


def shown(numbers: Sequence[float]) -> str:
    return "(" + ", ".join(f"{value:g}" for value in numbers) + ")"


# --- weight by weight --------------------------------------------------------------------------


def weight_by_weight(canvas: Canvas) -> None:
    for row, (target, query) in enumerate(QUERIES.items()):
        one_query(canvas, 30 + 262 * row, target, query)
    canvas.line([(0, 244), (760, 244)], FAINT, 1, dashed=True)


COLUMNS = (48, 170, 350, 540, 700)  # the middles of word, key, score, weight, value


def one_query(canvas: Canvas, y: float, target: str, query: Sequence[float]) -> None:
    """All steps of one query, from left to right; a row for each word of the source."""
    word(canvas, 48, y, target, w=76, hue=QUERY, size=16)
    asks = canvas.say(
        f"writing {target}, the decoder asks with $q$ = {shown(query)}",
        f"「{target}」を書くときの query: $q$ = {shown(query)}",
    )
    canvas.text(100, y, asks, 15, QUERY.line, anchor="start")
    names = (
        "",
        "key $k$",
        canvas.say("score $q·k/√d$", "スコア $q·k/√d$"),
        canvas.say("weight $α$ (softmax)", "重み $α$（softmax）"),
        "value $v$",
    )
    for x, name, colour in zip(COLUMNS, names, (INK, KEY.line, SOFT, WEIGHT.line, VALUE.line), strict=True):
        canvas.text(x, y + 40, name, 14, colour)
    scores = scores_of(query)
    weights = softmax(scores)
    for i, text in enumerate(SOURCE):
        source_row(canvas, y + 74 + 36 * i, text, i, scores[i], weights[i])
    total = sum(weight * value for weight, value in zip(weights, VALUES, strict=True))
    terms = " + ".join(f"{weight:.3f} × {value:g}" for weight, value in zip(weights, VALUES, strict=True))
    canvas.text(760, y + 186, f"$o$ = {terms} ≈ {total:.2f}", 15, VALUE.line, anchor="end", bold=True)


def source_row(canvas: Canvas, y: float, text: str, i: int, score: float, weight: float) -> None:
    word(canvas, COLUMNS[0], y, text, w=76)
    canvas.text(COLUMNS[1], y, shown(KEYS[i]), 15, KEY.line)
    bar(canvas, 290, y, 80, score / 4, Hue(SOFT, "#D5D9DF"), f"{score:.2f}")
    bar(canvas, 465, y, 100, weight, Hue(WEIGHT.line, shade(WEIGHT, 0.45)), f"{weight:.3f}")
    canvas.rect(COLUMNS[4] - 22, y - 13, 44, 26, VALUE, radius=4)
    canvas.text(COLUMNS[4], y, f"{VALUES[i]:g}", 15)


def bar(canvas: Canvas, x: float, y: float, full: float, share: float, hue: Hue, words: str) -> None:
    """A bar that begins at x, and its number behind the place of the longest bar."""
    canvas.rect(x, y - 9, full, 18, Hue(EDGE, WHITE), radius=3, width=1)
    if share > 0.005:
        canvas.rect(x, y - 9, full * share, 18, hue, radius=3, width=1)
    canvas.text(x + full + 50, y, words, 15, anchor="end")


# --- the soft dictionary -----------------------------------------------------------------------

MEANINGS = ("それ", "雨が降る", "激しく")


def soft_dictionary(canvas: Canvas) -> None:
    heading(canvas, 0, 10, canvas.say("a dictionary", "ふつうの辞書"))
    heading(canvas, 400, 10, canvas.say("attention", "Attention"))
    canvas.line([(372, 0), (372, 300)], FAINT, 1, dashed=True)
    one_hit(canvas, 0)
    many_hits(canvas, 400)


def entries(canvas: Canvas, x: float, y: float) -> None:
    canvas.text(x + 60, y - 34, "key", 15, KEY.line)
    for i, text in enumerate(SOURCE):
        word(canvas, x + 60, y + 50 * i, text, w=84, hue=KEY)


def one_hit(canvas: Canvas, x: float) -> None:
    y = 86
    word(canvas, x + 40, y + 50, "rains", w=72, hue=QUERY)
    canvas.text(x + 40, y + 16, "query", 15, QUERY.line)
    entries(canvas, x + 76, y)
    canvas.arrow((x + 77, y + 50), (x + 93, y + 50), colour=QUERY.line)
    canvas.text(x + 280, y - 34, "value", 15, VALUE.line)
    for i, text in enumerate(MEANINGS):
        word(canvas, x + 280, y + 50 * i, text, w=96, hue=VALUE if i == 1 else Hue(FAINT, WHITE))
    canvas.arrow((x + 179, y + 50), (x + 230, y + 50), colour=VALUE.line, width=2.4)
    words = canvas.say(
        "one key matches: its value comes back,\nthe others are not used",
        "一致する key の value だけが返り、\nほかは使われない",
    )
    canvas.lines(x + 170, y + 176, words, 15)


def many_hits(canvas: Canvas, x: float) -> None:
    """Every key answers, as strongly as it fits: the weights are those of 雨 in the figure of weights."""
    y, weights = 86, softmax(scores_of(QUERIES["雨"]))
    vector(canvas, x + 18, y + 50, 5, QUERY, seed=2, cell=12)
    canvas.text(x + 18, y - 2, "query", 15, QUERY.line)
    entries(canvas, x + 54, y)
    canvas.text(x + 262, y - 34, "value", 15, VALUE.line)
    for i, weight in enumerate(weights):
        level = y + 50 * i
        canvas.arrow((x + 28, y + 50 + 8 * (i - 1)), (x + 70, level), colour=QUERY.line, width=1.2)
        canvas.line([(x + 158, level), (x + 232, level)], VALUE.line, 1 + 7 * weight)
        canvas.text(x + 194, level - 15, f"× {weight:.3f}", 14, WEIGHT.line)
        vector(canvas, x + 262, level, 4, VALUE, seed=5 + 3 * i, cell=12, across=True)
        canvas.arrow((x + 290, level), (x + 326, y + 50 + 9 * (i - 1)), colour=VALUE.line, width=1.2)
    vector(canvas, x + 340, y + 50, 4, VALUE, seed=9, cell=12)
    canvas.text(x + 340, y + 8, canvas.say("output", "出力"), 15, VALUE.line)
    words = canvas.say(
        "every key fits a little or a lot:\nthe values are mixed by these weights",
        "どの key にも合いぐあいに応じた\n重みが付き、value を混ぜて返す",
    )
    canvas.lines(x + 180, y + 176, words, 15)


# --- the causal triangle -----------------------------------------------------------------------


def sentence(canvas: Canvas) -> tuple[str, ...]:
    return ("the", "rain", "falls", "hard", "today") if canvas.lang == "en" else ("今日", "雨", "が", "激しく", "降る")


def causal_triangle(canvas: Canvas) -> None:
    words = sentence(canvas)
    x, y, cell = 136, 92, 52
    canvas.text(x + 2.5 * cell, 12, canvas.say("looked at: position $s$", "見られる側: 位置 $s$"), 15, KEY.line)
    canvas.lines(34, y + 2.2 * cell, canvas.say("looking:\nposition $t$", "見る側:\n位置 $t$"), 15, QUERY.line)
    for t, text in enumerate(words):
        canvas.text(x + (t + 0.5) * cell, y - 30, text, 15)
        canvas.text(x - 14, y + (t + 0.5) * cell, text, 15, anchor="end")
        for s in range(len(words)):
            triangle_cell(canvas, x + s * cell, y + t * cell, cell, allowed=s <= t)
    next_words(canvas, x + 5 * cell, y, cell, words)


def triangle_cell(canvas: Canvas, x: float, y: float, cell: float, allowed: bool) -> None:
    hue = Hue(WHITE, shade(WEIGHT, 0.38)) if allowed else Hue(WHITE, PADDING.fill)
    canvas.rect(x, y, cell, cell, hue, radius=4, width=2)
    canvas.text(x + cell / 2, y + cell / 2, "1" if allowed else "0", 15, INK if allowed else SOFT)


def next_words(canvas: Canvas, x: float, y: float, cell: float, words: Sequence[str]) -> None:
    """What each row has read, and what it has to guess."""
    canvas.text(x + 40, y - 30, canvas.say("then guesses", "次に当てる語"), 15, VALUE.line, anchor="start")
    for t in range(len(words)):
        level = y + (t + 0.5) * cell
        canvas.arrow((x + 10, level), (x + 40, level), colour=VALUE.line)
        following = words[t + 1] if t + 1 < len(words) else "<eos>"
        word(canvas, x + 84, level, following, w=78, hue=VALUE)
    told = canvas.say(
        "Row $t$ may look\nwhere it has a 1:\nat itself and before.\n\nThe word that it\nguesses is in the\nfuture, so it cannot\ncopy it.",
        "$t$ 行目は 1 の所、つまり\n自分とそれより前だけを\n見てよい。\n\n当てる語は 1 つ先にあり、\n見えないので、\n写すことはできない。",
    )
    canvas.lines(x + 148, y + 20, told, 15, SOFT, anchor="start")


FIGURES = (
    Figure(
        "soft_dictionary",
        Words("Query, key and value: a soft dictionary", "Query・Key・Value: やわらかい辞書引き"),
        Words(
            "Left, a dictionary: the query equals one key, whose value comes back. Right, attention: every key gets a weight by how "
            "well it fits, and the output is the values mixed by these weights.",
            "左はふつうの辞書で、query と一致する key の value だけが返る。右は Attention で、どの key にも合いぐあいに応じた重みが付き、"
            "その重みで value を混ぜたものが返る。",
        ),
        296,
        soft_dictionary,
    ),
    Figure(
        "weight_by_weight",
        Words("It rains heavily, weight by weight", "It rains heavily の重みを 1 つずつ"),
        Words(
            "For 雨 and for 激しく: the query times each key over root d gives a score, the softmax of the scores the weights, and "
            "the weighted sum of the values the output. 雨 looks mostly at rains, 激しく at heavily.",
            "「雨」と「激しく」について、query と各 key の内積を √d で割ったスコア、softmax による重み、value の重みつきの和を順に示す。"
            "「雨」は主に rains を、「激しく」は heavily を見る。",
        ),
        490,
        weight_by_weight,
    ),
    Figure(
        "causal_triangle",
        Words("The causal mask", "因果マスク"),
        Words(
            "A table with a row for each looking position and a column for each position looked at. It holds 1 on and below the "
            "diagonal and 0 above. Each row guesses the next word.",
            "行が見る側、列が見られる側の表。対角線とその下が 1、上が 0 の三角形で、各行は次の語を当てる。",
        ),
        356,
        causal_triangle,
    ),
)
