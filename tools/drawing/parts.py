"""What the figures have in common: labelled boxes, words, vectors, tables of numbers, steps of a network."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from tools.drawing.canvas import Canvas, measure
from tools.drawing.palette import INK, PADDING, PLAIN, SOFT, WHITE, WORD, Hue


def box(
    canvas: Canvas, x: float, y: float, words: str, hue: Hue = PLAIN, w: float = 0, h: float = 34, size: float = 15
) -> None:
    """A labelled box around its middle (x, y), as wide as its words need unless told."""
    w = w or measure(words, size) + 24
    canvas.rect(x - w / 2, y - h / 2, w, h, hue)
    lines = words.split("\n")
    first = y - (len(lines) - 1) * size * 0.65
    for i, line in enumerate(lines):
        canvas.text(x, first + i * size * 1.3, line, size)


def word(canvas: Canvas, x: float, y: float, words: str, w: float = 0, hue: Hue = WORD, size: float = 15) -> None:
    """A word of a sentence, as on a slip of paper."""
    w = w or measure(words, size) + 18
    canvas.rect(x - w / 2, y - 14, w, 28, hue, radius=5, width=1.1)
    canvas.text(x, y, words, size)


def heading(canvas: Canvas, x: float, y: float, words: str, fill: str = INK, size: float = 17) -> None:
    canvas.text(x, y, words, size, fill, anchor="start", bold=True)


def note(canvas: Canvas, x: float, y: float, words: str, fill: str = SOFT, size: float = 14) -> None:
    canvas.lines(x, y, words, size, fill)


def plus(canvas: Canvas, x: float, y: float, radius: float = 11) -> None:
    canvas.circle(x, y, radius, Hue(SOFT, WHITE))
    arm = radius * 0.5
    canvas.line([(x - arm, y), (x + arm, y)], INK, 1.6)
    canvas.line([(x, y - arm), (x, y + arm)], INK, 1.6)


def shade(hue: Hue, weight: float) -> str:
    """The colour between white and the hue's line, at a share of the way."""
    parts = [int(hue.line[i : i + 2], 16) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(255 + (part - 255) * weight):02X}" for part in parts)


def grid(
    canvas: Canvas,
    x: float,
    y: float,
    rows: int,
    columns: int,
    cell: float,
    colour: Callable[[int, int], str],
    line: str = WHITE,
    height: float = 0,
) -> None:
    """A table of coloured cells whose upper left corner is (x, y)."""
    height = height or cell
    places = [(row, column) for row in range(rows) for column in range(columns)]
    canvas.cells(line, 1, [(x + c * cell, y + r * height, cell, height, colour(r, c)) for r, c in places])


def vector(
    canvas: Canvas, x: float, y: float, count: int, hue: Hue, seed: int = 0, cell: float = 9, across: bool = False
) -> None:
    """A vector as a strip of shades around its middle; the shades only say that these are numbers."""
    made = []
    for i in range(count):
        shift = (i - count / 2) * cell
        left, top = (x + shift, y - cell / 2) if across else (x - cell / 2, y + shift)
        made.append((left, top, cell, cell, shade(hue, tint(seed, i))))
    canvas.cells(hue.line, 0.8, made)


def tint(seed: int, i: int) -> float:
    """A share between 0.1 and 0.7 that looks drawn at random and is the same every time."""
    return 0.1 + 0.6 * ((seed * 37 + i * 61 + seed * i * 17) % 97) / 96


def padded(canvas: Canvas, x: float, y: float, w: float, h: float = 28) -> None:
    """A place filled up with padding."""
    canvas.rect(x - w / 2, y - h / 2, w, h, PADDING, radius=5, width=1)


def dot(a: Sequence[float], b: Sequence[float]) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True))


def softmax(scores: Sequence[float]) -> list[float]:
    powers = [math.exp(score - max(scores)) for score in scores]
    return [power / sum(powers) for power in powers]
