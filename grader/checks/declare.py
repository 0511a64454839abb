"""The words a lesson file is written in: `check`, `misconception`, `accepts`, `edit`.

A lesson is a package of the same name as its solution file; an exercise is a module of it:

    TITLE = Text(en="The causal mask", ja="因果マスク")
    NAMES = ("causal_mask",)
    HEADINGS = ("causal mask", "因果マスク")  # what a heading of it may say
    SIGNS = (sign(r"^def\\s+\\w*causal\\w*mask", "a mask of the future", "未来を隠すマスク"),)  # what it looks like without one
    TRACES = (trace(r"\\b(?:tril|triu)\\b"),)  # what work of its kind has, inside whatever else it stands
    STARTERS = (Text(en="Draw the table for T = 4 ...", ja="T = 4 の表を ..."), ...)  # hints before the first attempt

    @check(points=2, ja="(T, T) の真偽値である")
    def shape_and_dtype(student, draw):
        \"\"\"The mask is a boolean (T, T).\"\"\"
        ...

    strictly_lower = misconception(
        edit(old=".tril()", new=".tril(-1)"),
        en="The diagonal is left out. ...", ja="対角線が抜けています。...",
    )

The names are the ids. `gather` finds them in the order in which they stand, so nothing can be forgotten in a list. Where the
known answers are many, they stand in modules of their own, and KNOWN_ANSWERS is that module or a tuple of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import ModuleType

from grader.errors import AuthoringError
from grader.model import Check, Edit, Edition, Exercise, Text, Variant

CheckFunction = Callable[..., Text | None]


def check(
    points: float, ja: str = "", after: tuple[Check, ...] | Check = (), forgeable: bool = False
) -> Callable[[CheckFunction], Check]:
    """Make a check of a function `(student, draw)`. Its docstring and `ja` say what holds, in the affirmative; one language is enough.

    after: checks that must have passed, or this one is skipped. forgeable: it believes what the student's own process says of
    itself, as with `run_tests`.
    """
    needed = (after,) if isinstance(after, Check) else after

    def declare(function: CheckFunction) -> Check:
        if not function.__doc__:
            code = function.__code__
            raise AuthoringError(
                f"{code.co_filename}, line {code.co_firstlineno}: the check {function.__name__} has no docstring for the learner "
                "to read; say in it what must hold.",
                ja=f"{code.co_filename} の {code.co_firstlineno} 行目: チェック {function.__name__} に docstring がありません。"
                "何が成り立つべきかを書いてください。",
            )
        if isinstance(points, bool) or not isinstance(points, int | float) or not 0 <= points < float("inf"):
            code = function.__code__
            raise AuthoringError(
                f"{code.co_filename}, line {code.co_firstlineno}: the check {function.__name__} has points={points!r}; write a number such as points=2.",
                ja=f"{code.co_filename} の {code.co_firstlineno} 行目: チェック {function.__name__} が points={points!r} になっています。points=2 のように数を書いてください。",
            )
        text = Text(en=" ".join(function.__doc__.split()), ja=ja)
        return Check(function.__name__, text, points, tuple(c.id for c in needed), function, forgeable)

    return declare


def edit(old: str, new: str) -> Edit:
    """Replace `old`, which stands exactly once in the answer cells of the exercise, by `new`.

    Keep `old` as short as may be: then the edit also fits into the other accepted answers (a GRU without
    batch_first), and the mistake is recognised there too.
    """
    return Edit(old, new)


def misconception(*edits: Edit, en: str = "", ja: str = "", narrows: str = "", elsewhere: bool = False) -> Variant:
    """A mistake people make, as edits of the reference answer. The first sentence names it, the rest says what to
    change; one language is enough.

    narrows: the id of the mistake of which this is a special case. Where what is asked tells the two apart by nothing, it is that one.
    elsewhere: it leaves out a piece that may stand in other code; who was not handed the contract is not charged for it.
    """
    return Variant("", edits, Text(en=en, ja=ja), narrows, elsewhere=elsewhere)


def accepts(*edits: Edit, other_values: str = "") -> Variant:
    """Another right answer, as edits of the reference answer.

    other_values: why it is right though its values are not the reference's ("an LSTM in the place of an RNN"). Without that it has to
    agree with the reference: among the right answers it would agree with itself, however wrong it is.
    """
    return Variant("", edits, other_values=other_values)


def gather(module: ModuleType) -> Exercise:
    """The exercise that a lesson module declares, with its FORMS: modules that declare it again, in another form."""
    lesson, exercise = module.__name__.split(".")[-2:]
    declared = gather_checks(module, lesson, exercise)
    forms = tuple(gather_form(form, declared) for form in getattr(module, "FORMS", ()))
    return replace(declared, forms=forms)


def gather_form(module: ModuleType, exercise: Exercise) -> Edition:
    """A form of an exercise. Its module has FORM (an id), TITLE, NAMES, SIGNATURES and SOLUTION besides the checks.

    Raises AuthoringError when it is not worth exactly as much as the exercise.
    """
    asks = gather_checks(module, exercise.lesson, exercise.id)
    if asks.points != exercise.points:
        raise AuthoringError(
            f"{exercise.id} is worth {exercise.points:g}, but {asks.points:g} in the form {module.FORM}"
        )
    asks = replace(asks, title=exercise.title, solution=module.SOLUTION)
    time_first, unless = getattr(module, "TIME_IS_FIRST", ("", None))
    return Edition(module.FORM, module.TITLE, module.SIGNATURES, asks, time_first, unless)


def answers_of(module: ModuleType) -> tuple[ModuleType, ...]:
    """The modules in which an exercise's known answers stand, its own last."""
    found: ModuleType | tuple[ModuleType, ...] = getattr(module, "KNOWN_ANSWERS", ())
    return (*(found if isinstance(found, tuple) else (found,)), module)


def gather_checks(module: ModuleType, lesson: str, exercise: str) -> Exercise:
    """The exercise that a module declares, with everything in the order in which it stands there."""
    checks = tuple(
        v for v in vars(module).values() if isinstance(v, Check) and v.function.__module__ == module.__name__
    )
    variants = {k: v for each in answers_of(module) for k, v in vars(each).items() if isinstance(v, Variant)}
    named = [replace(v, id=name) for name, v in variants.items()]
    return Exercise(
        id=exercise,
        lesson=lesson,
        title=module.TITLE,
        names=module.NAMES,
        checks=checks,
        misconceptions=tuple(v for v in named if v.explanation is not None),
        accepted=tuple(v for v in named if v.explanation is None),
        starters=getattr(module, "STARTERS", ()),
        headings=getattr(module, "HEADINGS", ()),
        signs=getattr(module, "SIGNS", ()),
        traces=getattr(module, "TRACES", ()),
        interfaces=tuple(replace(i, exercise=exercise) for i in getattr(module, "INTERFACES", ())),
    )
