"""cross_entropy(scores, labels) -> the mean loss, in NumPy."""

from grader.checks import Draw, Student, Text, accepts, check, edit, misconception, normalise, properties

TITLE = Text(en="How surprised the model is")
NAMES = ("cross_entropy",)
HEADINGS = ("how surprised the model is",)
STARTERS = (
    Text(en="Two classes with the scores [0, 0]: both are as likely. What is minus the logarithm of a half?"),
    Text(en="Compute the whole table of log p, (B, L), first. Then pick one number of each row with `log_p[np.arange(B), labels]`."),
)
LOSS = Text(en="the loss")
STEPS = Text(
    en="Write it out for the scores [[0, 1], [2, 0]] and the labels [1, 0]: log p is [[-1.31, -0.31], [-0.13, -2.13]], the right ones are -0.31 "
    "and -0.13, and the loss is 0.22. Print the same three."
)
LARGE = Text(en="Print the smallest probability here, and its logarithm. Which formula has no logarithm of a softmax in it?")


@check(points=1)
def one_number(student: Student, draw: Draw) -> None:
    """The loss of a batch is one number."""
    batch, classes = draw.sizes(2)
    properties.finite(ask(student, draw, batch, classes, 1.0), LOSS)


@check(points=2, after=one_number)
def the_right_loss(student: Student, draw: Draw) -> None:
    """It is the mean of minus log p of the right classes."""
    batch, classes = draw.sizes(2)
    for size in (batch, 1):
        ask(student, draw, size, classes, 2.0)
        student.must_agree(LOSS, help=STEPS)


@check(points=1, after=the_right_loss)
def sure_and_wrong_is_finite(student: Student, draw: Draw) -> None:
    """A model that is very sure and wrong has a large loss, not an infinite one."""
    batch, classes = draw.sizes(2)
    properties.finite(ask(student, draw, batch, classes, 2000.0), LOSS)
    student.must_agree(LOSS, help=LARGE)


def ask(student: Student, draw: Draw, batch: int, classes: int, scale: float):
    labels = draw.integers(0, classes, batch).numpy()
    return student.call("cross_entropy", draw.array(batch, classes, scale=scale), labels, view=normalise.numbers(what=LOSS))


by_sum = accepts(edit("-right.mean()", "-np.sum(right) / len(right)"))
by_one_hot = accepts(
    edit("log_p[np.arange(len(labels)), labels]", "(log_p * np.eye(scores.shape[1])[labels]).sum(axis=1)")
)

one_for_each = misconception(
    edit("-right.mean()", "-right"),
    en="There is a loss for each example. The loss of a batch is one number: their mean.",
)
summed = misconception(
    edit("-right.mean()", "-right.sum()"),
    en="The losses are added up but not divided. The loss of a batch is the mean over its examples.",
)
without_minus = misconception(
    edit("-right.mean()", "right.mean()"),
    en="The sign is wrong: the logarithm of a probability is negative, and the loss is minus it.",
)
over_all_classes = misconception(
    edit("log_p[np.arange(len(labels)), labels]", "log_p"),
    en="All classes are averaged, not only the right ones. Pick log p of the right class of each row.",
)
columns_for_rows = misconception(
    edit("log_p[np.arange(len(labels)), labels]", "log_p[:, labels]"),
    en="`log_p[:, labels]` takes whole columns for every row. Give a row number with each label: `log_p[np.arange(B), labels]`.",
)
log_of_softmax = misconception(
    edit("log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))", "p = np.exp(shifted)\n    log_p = np.log(p / p.sum(axis=1, keepdims=True))"),
    en="The logarithm is taken of a probability that may have been rounded to 0. Subtract the logarithm of the sum from the scores.",
)
in_bits = misconception(
    edit("-right.mean()", "-right.mean() / np.log(2)"),
    en="The logarithm is that of base 2. Use the natural one, np.log.",
)
