"""gradients(x, labels, weight, bias) -> (D, L), (L,), in NumPy."""

from typing import Any

from grader.checks import Draw, Failure, Student, Text, accepts, check, edit, misconception, normalise, recompute

TITLE = Text(en="Which way is downhill")
NAMES = ("gradients",)
HEADINGS = ("which way is downhill",)
STARTERS = (
    Text(en="Begin with the probabilities (B, L). What has to be taken away from them in the column of the right class?"),
    Text(en="Write the shapes side by side: x is (B, D), g is (B, L), the gradient of the weight is (D, L). Which product gives that?"),
)
GRADIENTS = Text(en="the gradients")
STEPS = Text(
    en="Print g, (B, L): each row sums to 0, and only the right class is negative. Then x.T @ g is (D, L), and the sum of g over the examples is (L,)."
)


def problem(draw: Draw) -> tuple[Any, ...]:
    batch, width, classes = draw.sizes(3)
    labels = draw.integers(0, classes, batch).numpy()
    return draw.array(batch, width), labels, draw.array(width, classes), draw.array(classes)


def pair(width: int, classes: int):
    """The two gradients, as tensors."""

    def view(value: Any) -> tuple[Any, Any]:
        if not isinstance(value, list | tuple) or len(value) != 2:
            kind = f"{len(value)} values" if isinstance(value, list | tuple) else f"a {type(value).__name__}"
            raise Failure(Text(en=f"Two gradients should come back, that of the weight and that of the bias, but it is {kind}."))
        weight = normalise.numbers(width, classes, what=Text(en="the gradient of the weight"), letters="(D, L)")(value[0])
        return weight, normalise.numbers(classes, what=Text(en="the gradient of the bias"), letters="(L,)")(value[1])

    return view


@check(points=1)
def shaped_as_what_they_belong_to(student: Student, draw: Draw) -> None:
    """The gradients are (D, L) and (L,), as weight and bias are."""
    given = problem(draw)
    student.call("gradients", *given, view=pair(*given[2].shape))


@check(points=3, after=shaped_as_what_they_belong_to)
def the_right_gradients(student: Student, draw: Draw) -> None:
    """They are those of the mean cross-entropy."""
    given = problem(draw)
    student.call("gradients", *given, view=pair(*given[2].shape))
    student.must_agree(GRADIENTS, help=STEPS)


@check(points=1, after=shaped_as_what_they_belong_to)
def arguments_are_left_alone(student: Student, draw: Draw) -> None:
    """None of the arrays that were passed in is another one afterwards."""
    given = problem(draw)
    _, after = student.call_and_inputs("gradients", *given, view=pair(*given[2].shape))
    recompute.untouched(given, after, ("x", "labels", "weight", "bias"), {"weight": "changes_the_weight"})


one_hot = accepts(
    edit("    g[np.arange(len(labels)), labels] -= 1\n    g = g / len(labels)\n", "    g = (g - np.eye(g.shape[1])[labels]) / g.shape[0]\n")
)
by_einsum = accepts(edit("x.T @ g", 'np.einsum("bd,bl->dl", x, g)'))
bias_by_ones = accepts(edit("g.sum(axis=0)", "np.ones(len(x)) @ g"))

turned_over = misconception(
    edit("x.T @ g", "g.T @ x"),
    en="The gradient of the weight is turned over, (L, D). It has the shape of the weight: x.T @ g is (D, L).",
)
not_divided = misconception(
    edit("g = g / len(labels)", "g = g * 1.0"),
    en="The gradient is that of the sum of the losses. The loss is a mean, so divide by the number of examples.",
)
nothing_subtracted = misconception(
    edit("    g[np.arange(len(labels)), labels] -= 1\n", ""),
    en="The right answers are not used: take 1 away from the probability of the right class of each row.",
)
wrong_way_round = misconception(
    edit("labels] -= 1\n    g = g / len(labels)", "labels] -= 1\n    g = -g / len(labels)"),
    en="The sign is wrong: it is what the model said minus what was right. With the other sign each step goes uphill.",
)
bias_by_mean = misconception(
    edit("g.sum(axis=0)", "g.mean(axis=0)"),
    en="The gradient of the bias is divided by the number of examples twice. g has its share of 1/B already: sum it over the examples.",
)
whole_columns = misconception(
    edit("g[np.arange(len(labels)), labels] -= 1", "g[:, labels] -= 1"),
    en="`g[:, labels] -= 1` takes 1 away in every row. Give a row number with each label: `g[np.arange(B), labels]`.",
)
divided_by_classes = misconception(
    edit("g = g / len(labels)", "g = g / g.shape[1]"),
    en="The gradient is divided by the number of classes. The mean is over the examples: divide by B.",
)
changes_the_weight = misconception(
    edit("    return x.T @ g, g.sum(axis=0)\n", "    gradient = x.T @ g\n    weight -= 0.1 * gradient\n    return gradient, g.sum(axis=0)\n"),
    en="The weight is changed in here. Return the gradient only; whoever called takes the step.",
)
