"""plot_rain(means) -> figure, with matplotlib."""

from typing import Any

from grader.checks import Column, Draw, Failure, Figure, Student, Text, accepts, check, edit, misconception, normalise

TITLE = Text(en="A picture that needs no explanation")
NAMES = ("plot_rain",)
HEADINGS = ("a picture that needs no explanation",)
STARTERS = (
    Text(en="`figure, axes = plt.subplots()` makes a figure and its axes. `axes.bar(names, heights)` draws the bars."),
    Text(en="Show the plot to somebody without a word. What do they ask? Write the answer on it with `set_title` and `set_ylabel`."),
)
FIGURE = Text(en="the plot")
BARS = Text(en="the bars")
STEPS = Text(en='Try it with `pd.Series([2.5, 0.1], index=["Oslo", "Lima"])`: two bars, 2.5 above "Oslo" and 0.1 above "Lima".')
UNIT = ("mm", "millimet")


def means(draw: Draw) -> Column:
    """Different amounts, the highest first; the names are never in the order of the alphabet, so sorting them always shows."""
    words = sorted(draw.words(4, 6))
    names = [words[place].capitalize() for place in draw.permutation(4).tolist()]
    return Column("rain", sorted((tenths / 10 for tenths in draw.sample(range(1, 300), 4)), reverse=True), names)


def bars(value: Any) -> list[tuple[Any, float]]:
    """What stands at each bar, and its height, from left to right."""
    marks = normalise.drawn("bars", what=FIGURE)(value)
    return [pair for mark in marks for pair in mark.named().items()]


def shown(student: Student, draw: Draw) -> Figure:
    def view(value: Any) -> Figure:
        normalise.drawn(what=FIGURE)(value)
        return value

    return student.figure("plot_rain", means(draw), view=view)


@check(points=2)
def a_bar_for_each_city(student: Student, draw: Draw) -> None:
    """There is a bar for each city, as high as its mean, with the city's name."""
    student.figure("plot_rain", means(draw), view=bars)
    student.must_agree(BARS, help=STEPS)


@check(points=1)
def it_has_a_title(student: Student, draw: Draw) -> None:
    """The figure has a title."""
    figure = shown(student, draw)
    if not any([figure.title.strip(), *(axes.title.strip() for axes in figure.axes)]):
        raise Failure(Text(en="The plot has no title."), Text(en='`axes.set_title("...")` says what is to be seen.'), misconception="no_title")


@check(points=1)
def it_names_the_unit(student: Student, draw: Draw) -> None:
    """The axis of amounts says what is drawn there, and that the unit is mm."""
    labels = [label for axes in shown(student, draw).axes for label in (axes.x_label, axes.y_label)]
    if not any(unit in label.lower() for label in labels for unit in UNIT):
        said = [label for label in labels if label] or "nothing"
        wrong = "no_label" if said == "nothing" else "no_unit"
        raise Failure(Text(en=f"No axis says that the unit is mm; the labels say {said}."), Text(en='`axes.set_ylabel("rain (mm)")`'), misconception=wrong)


by_frame = accepts(
    edit("    axes.bar(means.index, means.values)\n", '    means.plot(kind="bar", ax=axes)\n'),
)
with_pyplot = accepts(
    edit("    figure, axes = plt.subplots()\n    axes.bar(means.index, means.values)\n", "    figure = plt.figure()\n    plt.bar(list(means.index), list(means))\n    axes = plt.gca()\n"),
)
lying = accepts(
    edit("axes.bar(means.index, means.values)", "axes.barh(means.index, means.values)"),
    edit("axes.set_ylabel", "axes.set_xlabel"),
)
title_of_the_figure = accepts(edit("axes.set_title", "figure.suptitle"))
returns_the_axes = accepts(edit("    return figure\n", "    return axes\n"))

drawn_as_a_line = misconception(
    edit("axes.bar(means.index, means.values)", "axes.plot(means.index, means.values)"),
    en="The amounts are drawn as a line. A line between Oslo and Lima says that there is something between them; draw bars.",
)
without_names = misconception(
    edit("axes.bar(means.index, means.values)", "axes.bar(range(len(means)), means.values)"),
    en="The bars have numbers in the place of names. Give `bar` the names as its first argument.",
)
counted = misconception(
    edit("axes.bar(means.index, means.values)", "axes.hist(means.values)"),
    en="It is a histogram: it counts how many cities have about as much rain. Draw a bar for each city.",
)
other_order = misconception(
    edit("axes.bar(means.index, means.values)", "axes.bar(sorted(means.index), means.values)"),
    en="Names and heights do not belong together: the names were sorted, the heights were not.",
)
no_title = misconception(
    edit('    axes.set_title("Mean rain on a day")\n', ""),
    en="The plot has no title. Say in a few words what is to be seen.",
)
no_label = misconception(
    edit('    axes.set_ylabel("rain (mm)")\n', ""),
    en="The axis of amounts has no label. Say what is drawn there and in which unit.",
)
no_unit = misconception(
    edit('"rain (mm)"', '"rain"'),
    en="The label does not name the unit. Is it millimetres, inches, or litres? Write it: rain (mm).",
)
