"""Figures as plain data: what a matplotlib figure shows, its words and the numbers that were drawn.

It stands alone, as the codec does. Pictures are never compared: two right plots differ in every pixel.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .tables import kinds

Numbers = np.ndarray[Any, Any]
KINDS = ("line", "points", "bars", "wedges", "image")
WORDS = ("title", "x_label", "y_label", "x_scale", "y_scale")
LONGEST = 2_000  # characters of a title


@dataclass(frozen=True)
class Mark:
    """One thing that was drawn.

    kind: one of KINDS. x, y: places and heights, whichever way the bars lie; a wedge's share is its y, an image's y is the image.
    names: the words at the places, where the axis has words; label: its own in the legend.
    """

    kind: str
    x: Numbers
    y: Numbers
    names: tuple[str, ...] = ()
    label: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS or any(one.dtype.kind not in "biuf" for one in (self.x, self.y)):
            raise ValueError("a mark has a kind and numbers")
        if self.kind != "image" and (self.x.ndim != 1 or self.x.shape != self.y.shape):
            raise ValueError("a mark has a height for each place")

    def named(self) -> dict[Any, float]:
        """Heights by the word at their place, or by the place where there is none; a word that is a number is that number."""
        words: tuple[Any, ...] = self.names if len(self.names) == len(self.x) else tuple(self.x.tolist())
        return {as_number(word): height for word, height in zip(words, self.y.tolist(), strict=True)}


def as_number(word: Any) -> Any:
    """A frame's bars for the years stand at 0, 1, 2 with the words "1990", "1991"; a figure's own stand at 1990.0."""
    try:
        return float(word)
    except ValueError:
        return word


@dataclass(frozen=True)
class Axes:
    """One coordinate system: its words, its scales ("linear", "log") and what was drawn in it. legend: its lines."""

    title: str = ""
    x_label: str = ""
    y_label: str = ""
    x_scale: str = "linear"
    y_scale: str = "linear"
    legend: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()

    def drawn(self, *kinds: str) -> tuple[Mark, ...]:
        """What was drawn in them, of these kinds."""
        return tuple(mark for mark in self.marks if mark.kind in (kinds or KINDS))


@dataclass(frozen=True)
class Figure:
    """A figure: its own title and its axes, without those that stayed empty."""

    title: str = ""
    axes: tuple[Axes, ...] = field(default_factory=tuple)

    def drawn(self, *kinds: str) -> tuple[Mark, ...]:
        """Everything that was drawn in any of the axes, of these kinds."""
        return tuple(mark for axes in self.axes for mark in axes.drawn(*kinds))


def as_tree(figure: Figure) -> dict[str, Any]:
    """As plain dicts and lists, for the way across the wall."""
    return {"title": figure.title, "axes": [{**vars(axes), "marks": [vars(mark) for mark in axes.marks]} for axes in figure.axes]}  # fmt: skip


def from_tree(tree: Any) -> Figure:
    """The figure of such a tree, which may be any: raises ValueError, KeyError, TypeError or AttributeError."""
    return Figure(text(tree["title"]), tuple(map(axes_from, tree["axes"])))


def axes_from(tree: Any) -> Axes:
    marks = tuple(
        Mark(text(one["kind"]), array(one["x"]), array(one["y"]), texts(one["names"]), text(one["label"]))
        for one in tree["marks"]
    )
    words = {word: text(tree[word]) for word in WORDS}
    return Axes(**words, legend=texts(tree["legend"]), marks=marks)


def array(value: Any) -> Numbers:
    if not isinstance(value, np.ndarray):
        raise TypeError("numbers come as an array")
    return value


def texts(values: Any) -> tuple[str, ...]:
    return tuple(map(text, values))


def text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("words come as text")
    return value[:LONGEST]


# -- in the sandbox ------------------------------------------------------------------------------


@contextlib.contextmanager
def watched() -> Iterator[list[Any]]:
    """The figures that are made while the block runs, also those that `plt.show()` or `plt.close()` puts away.

    pyplot knows of no earlier figure meanwhile: `plt.plot(x)` would go on drawing on it.
    """
    import matplotlib.figure
    from matplotlib._pylab_helpers import Gcf

    made: list[Any] = []
    earlier = [*Gcf.figs.items()]
    Gcf.figs.clear()
    kind: Any = matplotlib.figure.Figure
    before = kind.__init__

    def begin(self: Any, *args: Any, **kwargs: Any) -> None:
        made.append(self)
        before(self, *args, **kwargs)

    kind.__init__ = begin
    try:
        yield made
    finally:
        kind.__init__ = before
        Gcf.figs.clear()
        Gcf.figs.update(earlier)


def figure_of(value: Any, made: list[Any], given: Any = ()) -> Any:
    """The figure that a call drew: the one it returned, else the last that it made, else the one whose axes it was given."""
    for one in (*parts(value), *reversed(made), *parts(given)):
        found = plain_figure(one)
        if found is not None and found.axes:
            return found
    return plain_figure(made[-1]) if made else None


def parts(value: Any) -> list[Any]:
    """What `return fig, axes` holds, the axes of `plt.subplots(2, 2)` included."""
    if isinstance(value, np.ndarray) and value.dtype == object:
        return list(value.flat)
    if isinstance(value, list | tuple):
        return [one for part in value for one in (parts(part) if isinstance(part, np.ndarray) else [part])]
    return [value]


def plain_figure(value: Any) -> Figure | None:
    """The figure of a matplotlib figure, or of one of its axes; None for anything else."""
    if isinstance(value, kinds("matplotlib.axes", "Axes")):
        value = value.figure
    if not isinstance(value, kinds("matplotlib.figure", "FigureBase")):
        return None
    drawn: Any = value
    found = [plain_axes(one) for one in drawn.axes]
    title = drawn.get_suptitle()
    return Figure(str(title), tuple(one for one in found if one.marks or one.title or one.x_label or one.y_label))


def plain_axes(axes: Any) -> Axes:
    legend = axes.get_legend()
    titles = (axes.get_title(loc=place) for place in ("center", "left", "right"))
    return Axes(
        next((title for title in titles if title), ""),
        axes.get_xlabel(),
        axes.get_ylabel(),
        axes.get_xscale(),
        axes.get_yscale(),
        tuple(line.get_text() for line in legend.get_texts()) if legend else (),
        (*lines(axes), *points(axes), *bars(axes), *wedges(axes), *images(axes)),
    )


def lines(axes: Any) -> Iterator[Mark]:
    for line in axes.lines:  # axes.plot(x, y, label="loss")
        x, y = (numbers(line.get_xdata(orig=False)), numbers(line.get_ydata(orig=False)))
        yield Mark("line", x, y, names_at(axes.xaxis, x), shown(line))


def points(axes: Any) -> Iterator[Mark]:
    for cloud in axes.collections:  # axes.scatter(x, y)
        if type(cloud).__name__ == "PathCollection":
            places: Numbers = np.asarray(np.ma.filled(np.ma.asarray(cloud.get_offsets(), dtype=float), np.nan))
            yield Mark("points", places[:, 0], places[:, 1], names_at(axes.xaxis, places[:, 0]), shown(cloud))


def bars(axes: Any) -> Iterator[Mark]:
    for group in axes.containers:  # axes.bar(names, heights), axes.barh(names, widths), axes.hist(values)
        patches = getattr(group, "patches", None)
        if not patches or not hasattr(patches[0], "get_height"):
            continue
        flat = getattr(group, "orientation", "vertical") == "horizontal"
        ends = [(p.get_y() + p.get_height() / 2, p.get_width()) if flat else (p.get_x() + p.get_width() / 2, p.get_height()) for p in patches]  # fmt: skip
        x = numbers([place for place, _ in ends])
        yield Mark(
            "bars", x, numbers([end for _, end in ends]), names_at(axes.yaxis if flat else axes.xaxis, x), shown(group)
        )


def wedges(axes: Any) -> Iterator[Mark]:
    found = [patch for patch in axes.patches if type(patch).__name__ == "Wedge"]  # axes.pie(values, labels=names)
    if found:
        shares = numbers([abs(wedge.theta2 - wedge.theta1) / 360 for wedge in found])
        names = tuple(wedge.get_label() for wedge in found)
        yield Mark("wedges", numbers(range(len(found))), shares, names if all(map(str, names)) else ())


def images(axes: Any) -> Iterator[Mark]:
    for image in axes.images:  # axes.imshow(matrix)
        seen: Numbers = np.ma.filled(np.ma.asarray(image.get_array(), dtype=float), np.nan)
        yield Mark("image", numbers(range(len(seen))), np.asarray(seen))


def numbers(values: Any) -> Numbers:
    return np.atleast_1d(np.ma.filled(np.ma.asarray(values, dtype=float), np.nan))


def shown(artist: Any) -> str:
    """Its label in the legend; matplotlib's own begin with "_"."""
    label = str(artist.get_label() or "")
    return "" if label.startswith("_") else label


def names_at(axis: Any, places: Numbers) -> tuple[str, ...]:
    """The words at these places, where the axis has words: `bar(["a", "b"], ...)`, `set_xticks(places, words)`, `frame.plot.bar()`."""
    formatter, locator = (type(one).__name__ for one in (axis.get_major_formatter(), axis.get_major_locator()))
    if formatter != "StrCategoryFormatter" and (locator != "FixedLocator" or formatter == "ScalarFormatter"):
        return ()
    ticks = np.asarray(axis.get_majorticklocs(), dtype=float)
    said = axis.get_major_formatter().format_ticks(ticks)
    words = dict(zip(ticks.round(6).tolist(), said, strict=False))
    found = tuple(str(words.get(place, "")) for place in places.round(6).tolist())
    return found if all(found) else ()
