"""softmax(scores) -> probabilities (B, L), in NumPy."""

from grader.checks import Draw, Student, Text, accepts, check, edit, misconception, normalise, properties

TITLE = Text(en="From scores to probabilities")
NAMES = ("softmax",)
HEADINGS = ("from scores to probabilities",)
STARTERS = (
    Text(en="Take one row, [0, 1], on paper: the two exponentials are 1 and 2.72. By what do you divide them?"),
    Text(en="Print the shape of the sums with and without `keepdims=True`. Which of them can (B, L) be divided by?"),
    Text(en="Print `np.exp(1000.0)`. What is the largest score after the largest was taken away?"),
)
PROBABILITIES = Text(en="the probabilities")
STEPS = Text(
    en="Write it out for the row [0, 1]: exponentials 1 and 2.72, their sum 3.72, quotients 0.27 and 0.73. Print the same three steps, "
    "with their shapes (B, L), (B, 1), (B, L)."
)
LARGE = Text(en="Print np.exp of your scores. Which number may be taken away from a whole row without changing its softmax?")


@check(points=1)
def rows_are_distributions(student: Student, draw: Draw) -> None:
    """The probabilities are (B, L), none is negative, and each row sums to one."""
    batch, classes = draw.sizes(2)
    view = normalise.numbers(batch, classes, what=PROBABILITIES, letters="(B, L)")
    properties.distribution(student.call("softmax", draw.array(batch, classes), view=view), what=PROBABILITIES)


@check(points=2, after=rows_are_distributions)
def the_right_probabilities(student: Student, draw: Draw) -> None:
    """They are the exponentials of the scores, divided by their sum."""
    batch, classes = draw.sizes(2)
    view = normalise.numbers(batch, classes, what=PROBABILITIES, letters="(B, L)")
    student.call("softmax", draw.array(batch, classes, scale=2.0), view=view)
    student.must_agree(PROBABILITIES, help=STEPS)


@check(points=1, after=rows_are_distributions)
def large_scores_are_fine(student: Student, draw: Draw) -> None:
    """Scores in the thousands give probabilities too, whichever row they stand in."""
    batch, classes = draw.sizes(2)
    scores = draw.array(batch, classes)
    scores[-1] += 3000.0
    scores[0] *= 2000.0
    view = normalise.numbers(batch, classes, what=PROBABILITIES, letters="(B, L)")
    properties.finite(student.call("softmax", scores, view=view), PROBABILITIES)
    student.must_agree(PROBABILITIES, help=LARGE)


by_rows = accepts(
    edit("scores.max(axis=1, keepdims=True)", "np.max(scores, axis=-1)[:, None]"),
    edit("powers.sum(axis=1, keepdims=True)", "powers.sum(-1).reshape(-1, 1)"),
)
by_logarithms = accepts(
    edit("powers / powers.sum(axis=1, keepdims=True)", "np.exp(shifted - np.log(powers.sum(axis=1, keepdims=True)))"),
)
one_loop = accepts(
    edit("powers / powers.sum(axis=1, keepdims=True)", "np.stack([row / row.sum() for row in powers])"),
)

overflows = misconception(
    edit("scores - scores.max(axis=1, keepdims=True)", "scores"),
    en="Large scores overflow: exp of a few hundred is infinite, and infinity divided by infinity is no number. Take the largest score of "
    "each row away first.",
)
over_the_batch = misconception(
    edit("powers.sum(axis=1, keepdims=True)", "powers.sum(axis=0, keepdims=True)"),
    en="The sum runs over the examples, not over the classes. Each row is one example: sum along axis 1.",
)
over_everything = misconception(
    edit("powers.sum(axis=1, keepdims=True)", "powers.sum()"),
    en="All scores together sum to one, not those of each example. Sum along axis 1, with keepdims=True.",
)
one_maximum_for_all = misconception(
    edit("scores.max(axis=1, keepdims=True)", "scores.max()"),
    en="The largest score of the whole batch is taken away from every row, so rows of smaller scores become 0 / 0. Take the largest of each row.",
)
without_exponential = misconception(
    edit("np.exp(shifted)", "shifted - shifted.min(axis=1, keepdims=True)"),
    en="The scores themselves are divided by their sum, without the exponential. Softmax divides exponentials by their sum.",
)
