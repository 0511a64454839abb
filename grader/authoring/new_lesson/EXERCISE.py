"""moving_average(values, width) -> list of floats: the mean of each value and those before it. An exercise is one such module."""

from grader.checks import Draw, Failure, Student, Text, accepts, check, edit, misconception

TITLE = Text(en="A moving average")
NAMES = ("moving_average",)  # what the learner writes
# Shown by hint("EXERCISE") before the first attempt: which steps, never the answer.
STARTERS = (
    Text(en="Take the list [1, 2, 6] and a width of 2, and write down by hand which numbers each mean is of."),
    Text(en="How many numbers are there before the first one? Cut the window so that it never begins before 0."),
)
AVERAGES = Text(en="the list of averages")
HELP = Text(
    en="Print the window of each place for [1, 2, 6] and width 2: [1], [1, 2], [2, 6]. Then divide by how many there are."
)


def drawn(draw: Draw) -> tuple[list[float], int]:
    """Values and a width. They are drawn anew each time, so nobody can write the answer down."""
    length, width = draw.sizes(2)
    return [round(value, 3) for value in draw.normal(length + 2 * width).tolist()], width


# A check asks the learner's own function and looks at what comes back. It never sees the code, and the code never sees it.
# The docstring is what the learner reads: say what holds, in the affirmative.
@check(points=1)
def as_long_as_the_values(student: Student, draw: Draw) -> None:
    """There is one average for each value."""
    values, width = drawn(draw)
    averages = student.call("moving_average", values, width)
    if not isinstance(averages, list) or len(averages) != len(values):
        size = f"{len(averages)} averages" if isinstance(averages, list) else f"a {type(averages).__name__}"
        raise Failure(
            Text(en=f"For {len(values)} values there should be {len(values)} averages, but there is {size}."), HELP
        )


@check(points=2, after=as_long_as_the_values)
def the_right_averages(student: Student, draw: Draw) -> None:
    """Each average is the mean of the value and of those before it, within the width."""
    student.call("moving_average", *drawn(draw))
    student.must_agree(AVERAGES, help=HELP)  # with the solution, or with one of the other right answers below


# Another right answer: the solution with one small edit. It must pass every check.
with_mean = accepts(
    edit("sum(window) / len(window)", "statistics.mean(window)"),
    edit("averages = []", "import statistics\n\n    averages = []"),
)

# A mistake that people make: the solution with one small edit. It must fail a check, and is then called by its name.
# The first sentence names it, the rest says what to change.
divided_by_the_width = misconception(
    edit("/ len(window)", "/ width"),
    en="The sum is always divided by the width. The first windows hold fewer values than that; divide by how many there are.",
)
one_too_few = misconception(
    edit("[-width:]", "[1 - width :]"),
    en="The window is one value too short. With a width of 2 it holds the value and the one before it.",
)
one_too_many = misconception(
    edit("[-width:]", "[-width - 1 :]"),
    en="The window is one value too long. With a width of 2 it holds the value and the one before it, not two before it.",
)
without_the_first = misconception(
    edit("range(len(values))", "range(1, len(values))"),
    en="The first value has no average. It stands alone in its window, so its average is the value itself.",
)
