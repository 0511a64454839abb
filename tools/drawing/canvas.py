"""A card to draw on: text with formulas in it, boxes, lines and arrows. It becomes one SVG, the same bytes every time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Literal

from tools.drawing.palette import CARD, EDGE, INK, SOFT, Hue

Language = Literal["en", "ja"]
Point = tuple[float, float]
SANS = "'Noto Sans CJK JP','Noto Sans JP','Hiragino Sans','Yu Gothic','Helvetica Neue',Arial,sans-serif"
SERIF = "'Noto Serif CJK JP','Noto Serif JP','Hiragino Mincho ProN','Yu Mincho','Times New Roman',serif"
FORMULA = re.compile(r"_\{([^}]*)\}|_(.)|\^\{([^}]*)\}|\^(.)|([A-Za-zα-ω]+)|([^_^A-Za-zα-ω]+)")
NO_WIDTH = "\u200b"  # carries the way back to the line behind an index
NARROW, BROAD = "ijl.,:;'|!()[]ft ", "mwMW"


@dataclass
class Canvas:
    """Width and height without the card's margin; (0, 0) is the corner inside it."""

    width: float
    height: float
    lang: Language
    parts: list[str] = field(default_factory=list)

    def say(self, en: str, ja: str) -> str:
        return en if self.lang == "en" else ja

    def text(
        self,
        x: float,
        y: float,
        words: str,
        size: float = 15,
        fill: str = INK,
        anchor: Literal["start", "middle", "end"] = "middle",
        bold: bool = False,
    ) -> None:
        """Words whose middle line is at y; what stands between two $ is a formula with _ and ^."""
        if not words:
            return
        weight = ' font-weight="700"' if bold else ""
        place = f'x="{number(x)}" y="{number(y + 0.36 * size)}"'
        style = f'font-size="{number(size)}" fill="{fill}" text-anchor="{anchor}"{weight}'
        self.parts.append(f"<text {place} {style}>{spans(words, size)}</text>")

    def lines(self, x: float, y: float, words: str, size: float = 14, fill: str = SOFT, **more: object) -> None:
        """Several lines, cut at \\n; y is the middle of the first."""
        for i, line in enumerate(words.split("\n")):
            self.text(x, y + i * size * 1.45, line, size, fill, **more)  # type: ignore[arg-type]

    def rect(self, x: float, y: float, w: float, h: float, hue: Hue, radius: float = 7, width: float = 1.4) -> None:
        place = f'x="{number(x)}" y="{number(y)}" width="{number(w)}" height="{number(h)}" rx="{number(radius)}"'
        self.parts.append(f'<rect {place} fill="{hue.fill}" stroke="{hue.line}" stroke-width="{number(width)}"/>')

    def cells(self, line: str, width: float, cells: Sequence[tuple[float, float, float, float, str]]) -> None:
        """Many small rectangles (x, y, width, height, colour) with lines of one kind."""
        made = "".join(
            f'<rect x="{number(x)}" y="{number(y)}" width="{number(w)}" height="{number(h)}" fill="{colour}"/>'
            for x, y, w, h, colour in cells
        )
        self.parts.append(f'<g stroke="{line}" stroke-width="{number(width)}">{made}</g>')

    def circle(self, x: float, y: float, radius: float, hue: Hue, width: float = 1.4) -> None:
        place = f'cx="{number(x)}" cy="{number(y)}" r="{number(radius)}"'
        self.parts.append(f'<circle {place} fill="{hue.fill}" stroke="{hue.line}" stroke-width="{number(width)}"/>')

    def line(
        self, points: Sequence[Point], colour: str = SOFT, width: float = 1.6, arrow: bool = False, dashed: bool = False
    ) -> None:
        """A line through points, its corners rounded off; with a head if it is an arrow."""
        self.stroke(rounded(shortened(points, 2.2 * head(width) if arrow else 0)), colour, width, dashed)
        if arrow:
            self.arrowhead(points[-2], points[-1], colour, head(width))

    def curve(self, start: Point, bend: Point, end: Point, colour: str, width: float = 1.6) -> None:
        """An arrow that is bent towards one point."""
        cut = shortened([bend, end], 2.2 * head(width))[-1]
        self.stroke(f"M{pair(start)} Q{pair(bend)} {pair(cut)}", colour, width)
        self.arrowhead(bend, end, colour, head(width))

    def arrow(self, *points: Point, colour: str = SOFT, width: float = 1.6, dashed: bool = False) -> None:
        self.line(points, colour, width, arrow=True, dashed=dashed)

    def stroke(self, path: str, colour: str, width: float, dashed: bool = False) -> None:
        dash = ' stroke-dasharray="5 4"' if dashed else ""
        style = f'fill="none" stroke="{colour}" stroke-width="{number(width)}" stroke-linecap="round"'
        self.parts.append(f'<path d="{path}" {style} stroke-linejoin="round"{dash}/>')

    def polygon(self, points: Sequence[Point], fill: str) -> None:
        self.parts.append(f'<path d="M{" L".join(map(pair, points))} Z" fill="{fill}"/>')

    def arrowhead(self, before: Point, tip: Point, colour: str, size: float) -> None:
        dx, dy = direction(before, tip)
        back = (tip[0] - 2.4 * size * dx, tip[1] - 2.4 * size * dy)
        sides = [(back[0] - size * dy, back[1] + size * dx), (back[0] + size * dy, back[1] - size * dx)]
        self.polygon([tip, *sides], colour)

    def svg(self, title: str, description: str) -> str:
        """The whole picture, on its own light card, so that it reads on a light page and on a dark one."""
        margin = 24
        w, h = self.width + 2 * margin, self.height + 2 * margin
        card = f'<rect x="0.5" y="0.5" width="{number(w - 1)}" height="{number(h - 1)}" rx="14" fill="{CARD}" stroke="{EDGE}"/>'
        size = f'width="{number(w)}" height="{number(h)}" viewBox="0 0 {number(w)} {number(h)}"'
        body = "\n".join(self.parts)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" lang="{self.lang}" font-family="{SANS}">\n'
            f"<title>{escape(title)}</title>\n<desc>{escape(description)}</desc>\n{card}\n"
            f'<g transform="translate({margin} {margin})">\n{body}\n</g>\n</svg>\n'
        )


def measure(words: str, size: float = 15) -> float:
    """About how wide words are: no font can be asked here, so boxes leave some room."""
    bare = re.sub(r"[$_^{}]", "", words)
    return size * sum(glyph(letter) for letter in bare)


def glyph(letter: str) -> float:
    if letter == NO_WIDTH:
        return 0.0
    if ord(letter) > 0x2E80:
        return 1.0
    if letter in NARROW:
        return 0.32
    if letter in BROAD:
        return 0.86
    return 0.64 if letter.isupper() else 0.55


def spans(words: str, size: float) -> str:
    """The inside of a <text>: plain words, and formulas with italic letters and small indices."""
    made = []
    for i, part in enumerate(words.split("$")):
        made.append(formula(part, size) if i % 2 else escape(part, quote=False))
    return "".join(made)


def formula(part: str, size: float) -> str:
    made, lift = [], 0.0
    for low, low1, high, high1, letters, rest in FORMULA.findall(part):
        index, wanted = (low or low1 or high or high1), 0.0
        if index:
            wanted = 0.22 * size if low or low1 else -0.34 * size
        moved = f' dy="{number(wanted - lift)}"' if wanted != lift else ""
        small = f' font-size="{number(0.72 * size)}"' if index else ""
        slant = ' font-style="italic"' if letters or (index and index.isalpha() and len(index) == 1) else ""
        made.append(f"<tspan{moved}{small}{slant}>{escape(index or letters or rest, quote=False)}</tspan>")
        lift = wanted
    if lift:
        made.append(f'<tspan dy="{number(-lift)}">{NO_WIDTH}</tspan>')
    return f'<tspan font-family="{SERIF}">{"".join(made)}</tspan>'


def number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def pair(point: Point) -> str:
    return f"{number(point[0])} {number(point[1])}"


def head(width: float) -> float:
    return 2.6 + 0.9 * width


def direction(start: Point, end: Point) -> Point:
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = (dx * dx + dy * dy) ** 0.5 or 1.0
    return dx / length, dy / length


def shortened(points: Sequence[Point], by: float) -> list[Point]:
    """The points, the last one drawn back a little, so that a line ends inside its arrowhead."""
    dx, dy = direction(points[-2], points[-1])
    return [*points[:-1], (points[-1][0] - by * dx, points[-1][1] - by * dy)]


def rounded(points: Sequence[Point], radius: float = 7) -> str:
    """A path through the points with rounded corners."""
    path = f"M{pair(points[0])}"
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        (ax, ay), (bx, by) = direction(corner, before), direction(corner, after)
        path += f" L{pair((corner[0] + radius * ax, corner[1] + radius * ay))}"
        path += f" Q{pair(corner)} {pair((corner[0] + radius * bx, corner[1] + radius * by))}"
    return f"{path} L{pair(points[-1])}"
