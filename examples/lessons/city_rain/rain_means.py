"""mean_rain(frame) -> series of means, the wettest first, with pandas."""

from typing import Any

from grader.checks import Column, Draw, Failure, Student, Table, Text, accepts, check, edit, misconception, normalise

TITLE = Text(en="One number for each city")
NAMES = ("mean_rain",)
HEADINGS = ("one number for each city",)
STARTERS = (
    Text(en='Print `frame.groupby("city")["rain"].mean()`. What are its labels, and in which order do they stand?'),
    Text(en="`sort_values` puts a series in order; look up how it begins with the largest."),
)
MEANS = Text(en="the means")
STEPS = Text(en="By hand for Oslo 3.5 and 1.5, Lima 0.1: two labels, Oslo 2.5 first, then Lima 0.1. Print your series for them.")
AS_DICT = normalise.by_label(MEANS)


def in_order(value: Any) -> list[tuple[str, float]]:
    """Labels with their means, in the order of the series."""
    return [*AS_DICT(value).items()]


def measured(draw: Draw) -> Table:
    """Rows of four cities, mixed, of each another number of days."""
    names = draw.words(4, 6)
    rows = [(name, draw.number(0, 300) / 10) for days, name in enumerate(names, 1) for _ in range(days)]
    rows = [rows[place] for place in draw.permutation(len(rows)).tolist()]
    return Table.of({"city": [city for city, _ in rows], "day": [f"2024-05-{n:02d}" for n in range(1, len(rows) + 1)], "rain": [rain for _, rain in rows]})


@check(points=1)
def a_label_for_each_city(student: Student, draw: Draw) -> None:
    """There is one number for each city, labelled by it."""
    given = measured(draw)
    found = student.call("mean_rain", given, view=AS_DICT)
    if {*found} != {*given["city"]}:
        raise Failure(Text(en=f"The labels should be the cities {sorted({*given['city']})}, but are {[*found][:10]}."), STEPS)


@check(points=2, after=a_label_for_each_city)
def the_right_means(student: Student, draw: Draw) -> None:
    """Each number is the mean over the days of that city."""
    student.call("mean_rain", measured(draw), view=AS_DICT)
    student.must_agree(MEANS, help=STEPS)


@check(points=1, after=the_right_means)
def the_wettest_first(student: Student, draw: Draw) -> None:
    """The series begins with the wettest city and ends with the driest."""
    for _ in range(3):
        student.call("mean_rain", measured(draw), view=in_order)
        student.must_agree(Text(en="the order of the cities"), help=Text(en="Print the series, and look at the numbers only: do they fall?"))


by_pivot = accepts(edit('frame.groupby("city")["rain"].mean()', 'frame.pivot_table(index="city", values="rain", aggfunc="mean")["rain"]'))
turned_round = accepts(edit("means.sort_values(ascending=False)", "means.sort_values()[::-1]"))
by_hand = accepts(
    edit('frame.groupby("city")["rain"].mean()', 'pd.Series({city: part["rain"].sum() / len(part) for city, part in frame.groupby("city")})')
)

summed = misconception(
    edit('["rain"].mean()', '["rain"].sum()'),
    en="The rain is added up. A city with more days then looks wetter; take the mean.",
)
median = misconception(
    edit('["rain"].mean()', '["rain"].median()'),
    en="It is the median of each city. The mean is asked for.",
)
in_order_of_names = misconception(
    edit("means.sort_values(ascending=False)", "means.sort_index()"),
    en="The cities are in the order of their names. Sort by the values.",
)
driest_first = misconception(
    edit("(ascending=False)", "()"),
    en="The driest city comes first. `ascending=False` begins with the largest.",
)
over_all_days = misconception(
    edit('frame.groupby("city")["rain"].mean()', 'frame.groupby("city")["rain"].sum() / len(frame)'),
    en="The sum of each city is divided by the days of all cities. Divide by its own.",
)
by_day = misconception(
    edit('groupby("city")', 'groupby("day")'),
    en="The heaps are days, not cities. Group by city.",
)
