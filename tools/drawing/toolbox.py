"""The figures of the extras: positions as rotations, and what a KV cache leaves to compute."""

from __future__ import annotations

import math

from tools.drawing.canvas import Canvas
from tools.drawing.figure import Figure, Words
from tools.drawing.palette import FAINT, INK, KEY, PLAIN, QUERY, SOFT, VALUE, WEIGHT, WHITE, Hue
from tools.drawing.parts import box, grid, heading, shade, tint, vector

# --- positions as rotations ----------------------------------------------------------------------

SPEED = 16  # degrees a position, of the pair that is drawn
QUERY_AT_0, KEY_AT_0 = 0, -20  # where the two hands point before they are turned
SCENES = ((3, 0), (8, 5), (8, 0))  # positions of the query and of the key
RADIUS = 74


def rotation(canvas: Canvas) -> None:
    for i, (query, key) in enumerate(SCENES):
        clock(canvas, 118 + 262 * i, 118, query, key)
    same = canvas.say(
        "Both go on by 5: the angle between\nthem, and so the product, stays.",
        "2 本とも 5 つ進んだ。間の角度は\n同じなので、内積も変わらない。",
    )
    other = canvas.say("Another distance:\nanother product.", "距離が違えば、\n内積も違う。")
    canvas.arrow((208, 118), (290, 118), colour=FAINT, width=2)
    canvas.lines(249, 262, same, 14, SOFT)
    canvas.lines(642, 262, other, 14, SOFT)


def clock(canvas: Canvas, x: float, y: float, query: int, key: int) -> None:
    """A circle with two hands; the arc between them is what decides their product."""
    canvas.circle(x, y, RADIUS, Hue(FAINT, WHITE))
    angles = QUERY_AT_0 + SPEED * query, KEY_AT_0 + SPEED * key
    arc(canvas, x, y, 30, angles[1], angles[0])
    for angle, hue, name, at in ((angles[0], QUERY, "q", query), (angles[1], KEY, "k", key)):
        tip = on_circle(x, y, RADIUS - 4, angle)
        canvas.arrow((x, y), tip, colour=hue.line, width=2.6)
        place = on_circle(x, y, RADIUS + 20, angle)
        canvas.text(place[0], place[1], f"${name}_{{{at}}}$", 17, hue.line)
    canvas.circle(x, y, 3, Hue(INK, INK))
    distance = query - key
    words = canvas.say(f"positions {query} and {key}: distance {distance}", f"位置 {query} と {key}：距離 {distance}")
    canvas.text(x, y + RADIUS + 44, words, 14, INK)


def on_circle(x: float, y: float, radius: float, degrees: float) -> tuple[float, float]:
    """Counted like the angles of mathematics: from the right, against the clock."""
    return x + radius * math.cos(math.radians(degrees)), y - radius * math.sin(math.radians(degrees))


def arc(canvas: Canvas, x: float, y: float, radius: float, first: float, last: float) -> None:
    points = [on_circle(x, y, radius, first + (last - first) * i / 24) for i in range(25)]
    canvas.line(points, WEIGHT.line, 3)


# --- the KV cache --------------------------------------------------------------------------------

TEXT = ("雨", "が", "激", "し", "く")
LATIN = ("h", "e", "l", "l", "o")
CELL = 30


def kv_cache(canvas: Canvas) -> None:
    letters = LATIN if canvas.lang == "en" else TEXT
    without = canvas.say("Without a cache: everything anew", "キャッシュなし: 全部を計算し直す")
    kept = canvas.say("With a cache: the new row only", "キャッシュあり: 新しい 1 行だけ")
    scores(canvas, 40, 40, letters, without, new_only=False)
    scores(canvas, 420, 40, letters, kept, new_only=True)


def scores(canvas: Canvas, x: float, y: float, letters: tuple[str, ...], title: str, new_only: bool) -> None:
    """The triangle of scores, a key and a value below each column; grey is what is taken from the cache or never made."""
    count = len(letters)
    heading(canvas, x - 40, y - 24, title, size=16)
    left, top = x + 40, y + 46
    canvas.text(left + count * CELL / 2, y + 10, canvas.say("keys", "Key"), 14, KEY.line)
    canvas.text(left - 8, top - 14, canvas.say("queries", "Query"), 14, QUERY.line, anchor="end")
    for i, letter in enumerate(letters):
        canvas.text(left + CELL * (i + 0.5), top - 14, letter, 15)
        live = not new_only or i == count - 1
        canvas.text(left - 14, top + CELL * (i + 0.5), letter, 15, INK if live else SOFT)

    def colour(row: int, column: int) -> str:
        if column > row:
            return WHITE
        if new_only and row < count - 1:
            return PLAIN.fill
        return shade(WEIGHT, 0.2 + tint(row, column))

    grid(canvas, left, top, count, count, CELL, colour, line="#DDD8CC")
    rows = ((KEY, "K", top + CELL * count + 36), (VALUE, "V", top + CELL * count + 84))
    for hue, name, level in rows:
        canvas.text(left - 14, level, f"${name}$", 16, hue.line)
        for i in range(count):
            from_cache = new_only and i < count - 1
            vector(canvas, left + CELL * (i + 0.5), level, 4, PLAIN if from_cache else hue, seed=i, cell=9)
    if new_only:
        bottom = rows[1][2] + 24
        canvas.rect(
            left - 2, rows[0][2] - 23, CELL * (count - 1) + 2, bottom - rows[0][2] + 25, Hue(FAINT, "none"), radius=5
        )
        canvas.text(left + CELL * 2, bottom + 16, canvas.say("from the cache", "キャッシュから"), 14, SOFT)
        canvas.text(left + CELL * 4.5, bottom + 16, canvas.say("new", "新しい"), 14, INK)
    done = count * (count + 1) // 2
    words = canvas.say(
        f"{count} scores" if new_only else f"{done} scores", f"スコア {count} 個" if new_only else f"スコア {done} 個"
    )
    box(canvas, left + CELL * count + 74, top + CELL * count / 2, words, WEIGHT, w=104)


FIGURES = (
    Figure(
        "rotation",
        Words("Positions as rotations", "位置を回転で表す"),
        Words(
            "Three circles, each with a hand for the query q and one for the key k. At the positions 3 and 0, and again at 8 and 5, the "
            "angle between the hands is the same; at 8 and 0 it is another.",
            "円が 3 つあり、それぞれに Query q の針と Key k の針がある。位置 3 と 0、位置 8 と 5 では針の間の角度が同じで、位置 8 と 0 では違う。",
        ),
        296,
        rotation,
    ),
    Figure(
        "kv_cache",
        Words("What a KV cache leaves to compute", "KV キャッシュで残る計算"),
        Words(
            "For a text of five characters, left, without a cache, all five keys and values and all 15 scores of the triangle are computed; right, with a "
            "cache, four keys and values are kept, one of each is new, and the last row of five scores is all that is computed.",
            "5 文字の文。左のキャッシュなしでは、Key と Value 5 つずつと、三角形のスコア 15 個をすべて計算する。右のキャッシュありでは、Key と Value は 4 つずつが"
            "取ってあり、新しいのは 1 つずつで、計算するのは最後の行のスコア 5 個だけ。",
        ),
        362,
        kv_cache,
    ),
)
