"""Evidence as inline SVG: heat maps and curves, made of nothing but numbers.

Blue is above zero and orange below, as see-through layers on whatever lies behind, so that one drawing fits a light
page, a dark page and a notebook of either kind without a style sheet. What the judge marked has an outline, never a
colour alone. No picture is wider than a phone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from markupsafe import Markup

from grader.model import Array, Evidence, Language
from grader.report import captions, words
from grader.report.svg import canvas, finished, n, number, write

WIDTH = 296.0  # the widest a picture may be, in CSS pixels: a phone of 390 less its margins
MOST = 24  # rows and columns of a heat map
READABLE = 36.0  # a cell at least this wide has its number written in it
ABOVE, BELOW, MARK = "#2563eb", "#d97706", "#e5484d"
CLOSE = 1e-3  # relative; what differs by less looks the same


@dataclass(frozen=True, slots=True)
class Panel:
    """One drawing and the words above it."""

    label: str
    svg: Markup


@dataclass(frozen=True, slots=True)
class Figure:
    """The drawings that belong to one piece of evidence, and what they show in words."""

    title: str
    panels: tuple[Panel, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A window of a matrix: the numbers row by row, the marked places, and the places that differ."""

    rows: int
    columns: int
    values: tuple[float, ...]
    marked: tuple[tuple[int, ...], ...]
    differing: frozenset[int] = frozenset()

    @property
    def side(self) -> float:
        return min(40.0, WIDTH / self.columns)

    @property
    def height(self) -> float:
        return min(self.side, 28.0)


def figure(evidence: Evidence, language: Language) -> Figure | None:
    """The picture of one piece of evidence; None for what has no numbers or contradicts its own shape."""
    arrays = [a for a in (evidence.actual, evidence.expected) if a is not None]
    if not all(drawable(array) for array in arrays):
        return None
    if evidence.kind == "series":
        return curves(evidence, language)
    return heat_maps(evidence, language)


def drawable(array: Array) -> bool:
    return 0 < len(array.values) == math.prod(array.shape) and len(array.shape) <= 2


def title_of(evidence: Evidence, language: Language) -> str:
    words_ = evidence.title.in_(language)
    return words_[:1].upper() + words_[1:]


# --- heat maps ---------------------------------------------------------------------------------


def heat_maps(evidence: Evidence, language: Language) -> Figure:
    """One map, or what should be beside what is, on one scale. Dots are for what differs and has no outline."""
    expected = evidence.expected
    shapes_agree = expected is not None and expected.shape == evidence.actual.shape
    marked = tuple(m for mark in evidence.marked if (m := within(mark, evidence.actual.shape)) is not None)
    differing = differences(evidence.actual, expected) if expected and shapes_agree else frozenset()
    differing -= {flat(mark, evidence.actual.shape) for mark in marked if len(mark) == len(evidence.actual.shape)}
    if 2 * len(differing) > len(evidence.actual.values):
        differing = frozenset()  # dots nearly everywhere would say nothing
    arrays = [(words.ACTUAL, evidence.actual, differing)]
    if expected is not None:
        arrays.insert(0, (words.EXPECTED, expected, frozenset()))
    top = max((abs(v) for _, array, _ in arrays for v in array.values if math.isfinite(v)), default=0.0)
    panels = []
    for label, array, different in arrays:
        name = label.in_(language) if expected is not None else ""
        shown = window(array, marked if array is evidence.actual or shapes_agree else (), different)
        title = f"{title_of(evidence, language)}: {name}" if name else title_of(evidence, language)
        panels.append(Panel(name, heat_map(shown, top or 1.0, f"{title} {summary(array, language)}")))
    return Figure(title_of(evidence, language), tuple(panels), notes(evidence, marked, differing, top, language))


def differences(actual: Array, expected: Array) -> frozenset[int]:
    """Which numbers differ by more than the eye forgives."""
    pairs = enumerate(zip(actual.values, expected.values, strict=True))
    return frozenset(i for i, (one, other) in pairs if not same(one, other))


def same(one: float, other: float) -> bool:
    if math.isnan(one) or math.isnan(other):
        return math.isnan(one) and math.isnan(other)
    return one == other or abs(one - other) <= CLOSE * (1 + abs(other))


def within(mark: tuple[int, ...], shape: tuple[int, ...]) -> tuple[int, ...] | None:
    """The mark in this matrix: (row,) for a whole row, (row, column), or None where it lies in another matrix."""
    extra, mark = mark[: max(0, len(mark) - len(shape))], mark[max(0, len(mark) - len(shape)) :]
    inside = all(0 <= i < size for i, size in zip(mark, shape, strict=False))
    return mark if inside and not any(extra) and mark else None


def flat(mark: tuple[int, ...], shape: tuple[int, ...]) -> int:
    """The place of a full mark among the values."""
    return mark[0] * shape[1] + mark[1] if len(shape) == 2 else mark[0]


def window(array: Array, marked: tuple[tuple[int, ...], ...], differing: frozenset[int]) -> Grid:
    """At most MOST rows and columns, around the first mark."""
    rows, columns = array.shape if len(array.shape) == 2 else (1, math.prod(array.shape))
    marks = tuple((0, *m) for m in marked) if len(array.shape) < 2 else marked
    first = marks[0] if marks else (0, 0)
    top = max(0, min(first[0] - MOST // 2, rows - MOST))
    left = max(0, min((first[1] if len(first) > 1 else 0) - MOST // 2, columns - MOST))
    height, width = min(rows, MOST), min(columns, MOST)
    places = [(top + r) * columns + left + c for r in range(height) for c in range(width)]
    return Grid(
        height,
        width,
        tuple(array.values[p] for p in places),
        tuple((m[0] - top, *(c - left for c in m[1:])) for m in marks),
        frozenset(i for i, p in enumerate(places) if p in differing),
    )


def heat_map(grid: Grid, top: float, title: str) -> Markup:
    """Coloured cells; a number in each where there is room, else on hovering."""
    side, height = grid.side, grid.height
    svg = canvas(side * grid.columns + 2, height * grid.rows + 2, title)
    body = ET.SubElement(svg, "g", transform="translate(1 1)")
    written = side >= READABLE
    for i, value in enumerate(grid.values):
        x, y = (i % grid.columns) * side, (i // grid.columns) * height
        cell = ET.SubElement(body, "rect", x=n(x), y=n(y), width=n(side), height=n(height))
        cell.attrib |= paint(value, top, 0.55 if written else 0.92)
        if not written:
            ET.SubElement(cell, "title").text = number(value)
        if not math.isfinite(value):
            cross(body, x, y, side, height)
        if written and math.isfinite(value):
            write(body, x + side / 2, y + height / 2 + 4, number(value), 12)
        if i in grid.differing:
            ET.SubElement(body, "circle", cx=n(x + side - 3.5), cy=n(y + 3.5), r="1.8", fill=MARK)
    for mark in grid.marked:
        outline(body, mark, grid)
    return finished(svg)


def paint(value: float, top: float, strongest: float) -> dict[str, str]:
    """The colour of a cell: blue above zero, orange below, the fainter the smaller."""
    edge = {"stroke": "currentColor", "stroke-opacity": ".18", "stroke-width": ".6"}
    if math.isnan(value):
        return edge | {"fill": "none"}
    strength = min(1.0, abs(value) / top) * strongest
    return edge | {"fill": ABOVE if value >= 0 else BELOW, "fill-opacity": n(strength)}


def cross(body: ET.Element, x: float, y: float, side: float, height: float) -> None:
    """What is not a number, or is infinite."""
    line = f"M{n(x + 3)} {n(y + 3)}L{n(x + side - 3)} {n(y + height - 3)}M{n(x + side - 3)} {n(y + 3)}L{n(x + 3)} {n(y + height - 3)}"
    ET.SubElement(body, "path", {"d": line, "stroke": MARK, "stroke-width": "1.5", "fill": "none"})


def outline(body: ET.Element, mark: tuple[int, ...], grid: Grid) -> None:
    """A frame around a cell, or around a row."""
    row, column = mark[0], mark[1] if len(mark) > 1 else 0
    if not (0 <= row < grid.rows and 0 <= column < grid.columns):
        return
    wide = grid.side if len(mark) > 1 else grid.side * grid.columns
    frame = {"x": n(column * grid.side), "y": n(row * grid.height), "width": n(wide), "height": n(grid.height)}
    ET.SubElement(body, "rect", frame | {"fill": "none", "stroke": MARK, "stroke-width": "2.5", "rx": "1.5"})


def summary(array: Array, language: Language) -> str:
    finite = [v for v in array.values if math.isfinite(v)]
    size = " × ".join(str(s) for s in array.shape) or "1"
    if not finite:
        return captions.NO_NUMBERS.in_(language).format(size=size)
    return captions.MATRIX.in_(language).format(size=size, low=number(min(finite)), high=number(max(finite)))


def notes(
    evidence: Evidence, marked: tuple[tuple[int, ...], ...], differing: frozenset[int], top: float, language: Language
) -> tuple[str, ...]:
    """The picture in words: what is outlined, what the dots and the colours mean."""
    said = []
    whole = [mark for mark in marked if len(mark) == len(evidence.actual.shape)]
    if whole:
        place = flat(whole[0], evidence.actual.shape)
        values = {"actual": number(evidence.actual.values[place])}
        sentence = captions.OUTLINED
        if evidence.expected is not None and evidence.expected.shape == evidence.actual.shape:
            values["expected"] = number(evidence.expected.values[place])
            sentence = captions.OUTLINED_BOTH
        said.append(sentence.in_(language).format(**values))
    elif marked:
        said.append(captions.OUTLINED_ROW.in_(language))
    if differing:
        said.append(captions.DOTS.in_(language))
    arrays = [a for a in (evidence.actual, evidence.expected) if a is not None]
    negative = any(v < 0 for array in arrays for v in array.values)
    colours = captions.COLOURS_BOTH if negative else captions.COLOURS
    return (*said, colours.in_(language).format(top=number(top)))


# --- curves ------------------------------------------------------------------------------------

LEFT, RIGHT, TOP, BOTTOM, TALL = 46.0, 10.0, 12.0, 22.0, 170.0


@dataclass(frozen=True, slots=True)
class Axes:
    """From steps and values to places on the drawing."""

    steps: int
    low: float
    high: float

    def x(self, step: int) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (step / (self.steps - 1) if self.steps > 1 else 0.5)

    def y(self, value: float) -> float:
        return TALL - BOTTOM - (TALL - TOP - BOTTOM) * (value - self.low) / (self.high - self.low)


def curves(evidence: Evidence, language: Language) -> Figure:
    """What is, as a line; what should be, dashed. Where less is known of what should be, it is known of the last steps."""
    lines = [evidence.actual.values] + ([evidence.expected.values] if evidence.expected else [])
    finite = [v for line in lines for v in line if math.isfinite(v)] or [0.0]
    room = (max(finite) - min(finite)) * 0.08 or abs(max(finite)) * 0.1 or 1.0
    axes = Axes(max(len(line) for line in lines), min(finite) - room, max(finite) + room)
    title = title_of(evidence, language)
    svg = canvas(WIDTH, TALL, f"{title} {summary(evidence.actual, language)}")
    rule(svg, axes, min(finite), max(finite))
    if evidence.expected:
        dashed = {"stroke": BELOW, "stroke-dasharray": "5 4"}
        trace(svg, axes, evidence.expected.values, dashed, axes.steps - len(evidence.expected.values))
    trace(svg, axes, evidence.actual.values, {"stroke": ABOVE})
    for mark in evidence.marked:
        if len(mark) == 1 and 0 <= mark[0] < len(lines[0]) and math.isfinite(lines[0][mark[0]]):
            place = {"cx": n(axes.x(mark[0])), "cy": n(axes.y(lines[0][mark[0]]))}
            ET.SubElement(svg, "circle", place | {"r": "6", "fill": "none", "stroke": MARK, "stroke-width": "2.5"})
    said = [captions.CURVE_BOTH if evidence.expected else captions.CURVE]
    return Figure(title, (Panel("", finished(svg)),), tuple(text.in_(language) for text in said))


def rule(svg: ET.Element, axes: Axes, low: float, high: float) -> None:
    """Two lines across at the lowest and the highest value, and the first and last step below."""
    for value in dict.fromkeys((low, high)):
        y = n(axes.y(value))
        line = {"x1": n(LEFT), "x2": n(WIDTH - RIGHT), "y1": y, "y2": y, "stroke": "currentColor"}
        ET.SubElement(svg, "line", line | {"stroke-opacity": ".25"})
        write(svg, LEFT - 6, axes.y(value) + 4, number(value), 11, "end")
    for step in dict.fromkeys((0, axes.steps - 1)):
        write(svg, axes.x(step), TALL - 6, str(step + 1), 11)


def trace(svg: ET.Element, axes: Axes, values: tuple[float, ...], style: dict[str, str], first: int = 0) -> None:
    """A line through the finite values, with a dot on each while they are few. first: the step of the first value."""
    places = [(axes.x(i), axes.y(v)) for i, v in enumerate(values, first) if math.isfinite(v)]
    points = " ".join(f"{n(x)},{n(y)}" for x, y in places)
    ET.SubElement(svg, "polyline", {"points": points, "fill": "none", "stroke-width": "2"} | style)
    if len(places) <= 30:
        for x, y in places:
            ET.SubElement(svg, "circle", {"cx": n(x), "cy": n(y), "r": "3", "fill": style["stroke"]})
