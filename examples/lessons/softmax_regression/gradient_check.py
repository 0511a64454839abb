"""numerical_gradient(f, x, eps) -> the gradient, measured from both sides, in NumPy."""

from typing import Any

from grader.checks import Draw, Student, Text, accepts, check, edit, misconception, normalise, recompute

TITLE = Text(en="Do not trust the formula, measure")
NAMES = ("numerical_gradient",)
HEADINGS = ("do not trust the formula",)
STARTERS = (
    Text(en="Begin with one number: for f(x) = x ** 3 at 2, compute (f(2.001) - f(1.999)) / 0.002 by hand. It is close to 12."),
    Text(en="For an array, move one entry at a time and leave all others where they are. `np.ndindex(x.shape)` names the places."),
)
GRADIENT = Text(en="the measured gradient")
STEPS = Text(
    en="Try it with f = lambda x: (x ** 2).sum(): the gradient is 2 x at every place. Print above, below and their difference for the first entry."
)
# What is measured: a curve, so that one side differs from both; the square of the sum shows an entry that was not put back.
CURVE = "def make(slopes):\n    return lambda x: float((slopes * x + x**3).sum() + 0.2 * x.sum() ** 2)\n"


def measured(student: Student, draw: Draw, *shape: int, **more: Any):
    f = student.lend(CURVE, draw.array(*shape))
    view = normalise.numbers(*shape, what=GRADIENT, letters="like x")
    return student.call("numerical_gradient", f, draw.array(*shape), view=view, **more)


@check(points=1)
def shaped_like_the_array(student: Student, draw: Draw) -> None:
    """The gradient has the shape of x, whatever that is."""
    rows, columns = draw.sizes(2)
    for shape in ((columns,), (rows, columns), (2, rows, 3)):
        measured(student, draw, *shape)


@check(points=2, after=shaped_like_the_array)
def measured_from_both_sides(student: Student, draw: Draw) -> None:
    """Each entry is moved alone, to both sides, and the difference is divided by the whole way."""
    rows, columns = draw.sizes(2)
    for eps in (0.1, 0.25):  # so large that one sees whether eps is used, and on which sides
        measured(student, draw, rows, columns, eps=eps)
        student.must_agree(GRADIENT, help=STEPS)


@check(points=1, after=shaped_like_the_array)
def the_array_is_left_alone(student: Student, draw: Draw) -> None:
    """The x that was passed in is the same afterwards, to the last digit."""
    rows, columns = draw.sizes(2)
    x, view = draw.array(rows, columns), normalise.numbers(rows, columns, what=GRADIENT, letters="like x")
    f = student.lend(CURVE, draw.array(rows, columns))
    _, after = student.call_and_inputs("numerical_gradient", f, x, 0.1, view=view)
    recompute.untouched((x,), after[1:], ("x",), {"x": "works_on_x_itself"})


flat = accepts(
    edit("    gradient = np.zeros_like(x)\n    for place in np.ndindex(x.shape):\n", "    gradient = np.empty(x.shape)\n    for place, _ in np.ndenumerate(x):\n")
)
two_copies = accepts(
    edit(
        "        before = moved[place]\n        moved[place] = before + eps\n        above = f(moved)\n        moved[place] = before - eps\n"
        "        below = f(moved)\n        moved[place] = before\n",
        "        step = np.zeros_like(x)\n        step[place] = eps\n        above, below = f(moved + step), f(moved - step)\n",
    )
)

comes_back_flat = misconception(
    edit("    return gradient\n", "    return gradient.ravel()\n"),
    en="The gradient comes back as one long row. It has the shape of x, so that it can be compared with a formula.",
)
one_side = misconception(
    edit("moved[place] = before - eps", "moved[place] = before"),
    edit("/ (2 * eps)", "/ eps"),
    en="The gradient is measured from one side only. Go eps to either side, and divide by 2 eps: the error is then far smaller.",
)
half_the_way = misconception(
    edit("/ (2 * eps)", "/ eps"),
    en="The difference is divided by eps, but the two places are 2 eps apart.",
)
precedence = misconception(
    edit("/ (2 * eps)", "/ 2 * eps"),
    en="`/ 2 * eps` divides by 2 and multiplies by eps. Put 2 * eps in brackets.",
)
never_put_back = misconception(
    edit("        moved[place] = before\n", ""),
    en="A number that was moved is not put back, so later entries are measured at another place.",
)
works_on_x_itself = misconception(
    edit("moved = x.copy()", "moved = x"),
    edit("moved[place] = before + eps", "moved[place] += eps"),
    edit("moved[place] = before - eps", "moved[place] -= 2 * eps"),
    edit("        moved[place] = before\n", "        moved[place] += eps\n"),
    en="The x that was passed in is changed, and there and back does not lead to the same last digit. Work on x.copy().",
)
eps_ignored = misconception(
    edit("    moved = x.copy()\n", "    eps = 1e-4\n    moved = x.copy()\n"),
    en="The argument eps is not used. Move by the eps that was passed in.",
)
