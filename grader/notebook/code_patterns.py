"""What an answer looks like: which exercise a cell answers where no heading says so, and which lesson a notebook is.

The signs and cues stand in the lessons. A sign says which exercise somebody was working on, never how well.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from pathlib import PurePath

from grader.model import Cell, Exercise, Lesson, Trait
from grader.notebook.headings import exercises_of_file
from grader.notebook.syntax import parse_python, without_magics

ENOUGH = 2  # of weight, for a lesson to be guessed
NEARLY = 0.5  # of the weight of the likeliest: another lesson that may be meant
SEVERAL = 2  # traces of a lesson's exercises: one alone is met in anything
SAVES = ("savefig", "write_image")
# fig87.png, 87_loss.png, knock87-accuracy.pdf; not epoch_80.png
OF_FIGURE = re.compile(
    r"(?:fig(?:ure)?|plot|graph|knock|nlp|q|no|ex|problem|ans(?:wer)?)?[ _.-]?\d{2}(?!\d)", re.IGNORECASE
)
IMPORTS = re.compile(r"^(?:import|from)\b.*$", re.MULTILINE)  # from torch.nn.utils.rnn import pad_sequence
DEFINED = re.compile(r"^(?:def|class)\s+(\w+)", re.MULTILINE)
METHOD = re.compile(r"^    def\s+(\w+)", re.MULTILINE)  # `    def attention(query, key, value, mask):`


def recognised(cell: Cell, lessons: Iterable[Lesson], met: Sequence[str]) -> str | None:
    """The exercise this code cell answers, to judge by what it defines; `met` are the exercises before it.

    An exercise begins once: what looks like it again (another `class RNN` for a later problem) goes on with the section
    it stands in.
    """
    signs = [(sign, exercise.id) for lesson in lessons for exercise in lesson.exercises for sign in exercise.signs]
    code = IMPORTS.sub("", without_comments(cell.source))  # what is imported at the top is meant for all of them
    for sign, exercise in sorted(signs, key=lambda found: found[0].rank):
        if (not sign.after or sign.after in met) and sign.pattern.search(code):
            return None if exercise in met else exercise
    return None


def saved_for(cell: Cell, lessons: Sequence[Lesson], met: Sequence[str]) -> str | None:
    """The exercise, not met before, after whose number this cell calls the figure that it saves: `plt.savefig("fig87.png")`.

    A model's file may have any number in its name: `torch.save(model, "rnn_acc85.pt")`.
    """
    tree = parse_python(without_magics(cell.source))
    names = {
        part.value
        for node in (ast.walk(tree) if tree is not None else ())
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in SAVES
        for argument in (*node.args, *(keyword.value for keyword in node.keywords))
        for part in ast.walk(argument)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    }
    stems = [PurePath(name).stem for name in names]
    told = {exercise for stem in stems if OF_FIGURE.match(stem) for exercise in exercises_of_file(stem, lessons)}
    return next(iter(told)) if len(told) == 1 and not told & set(met) else None


def lesson_of_contents(cells: Iterable[Cell], lessons: Iterable[Lesson]) -> str | None:
    """The lesson that a notebook's contents speak for most, or None where they speak for none."""
    weights = weigh_lessons(cells, lessons)
    best = max(weights, key=lambda name: weights[name], default=None)
    return best if best and weights[best] >= ENOUGH else None


def near_lessons(lesson: str, cells: Iterable[Cell], lessons: Iterable[Lesson]) -> tuple[str, ...]:
    """The other lessons that the contents speak for nearly as much, likeliest first."""
    weights = weigh_lessons(cells, lessons)
    near = [name for name in weights if name != lesson and weights[name] >= max(ENOUGH, NEARLY * weights[lesson])]
    return tuple(sorted(near, key=lambda name: -weights[name]))


def lessons_beside(lesson: str, cells: Iterable[Cell], lessons: Iterable[Lesson]) -> tuple[str, ...]:
    """The other lessons of which an exercise is shown or several leave a trace, those first that the contents speak for most."""
    cells, lessons = tuple(cells), tuple(lessons)
    weights = weigh_lessons(cells, lessons)
    others = [other for other in lessons if other.id != lesson and not all(e.series for e in other.exercises)]
    found = [o.id for o in others if shown_exercises(o, cells) or len(traced_exercises(o, cells)) >= SEVERAL]
    return tuple(sorted(found, key=lambda name: -weights[name]))


def shown_exercises(lesson: Lesson, cells: Iterable[Cell]) -> tuple[str, ...]:
    """The exercises of which something stands in the code: a sign, or a definition by a name that is usual for an answer.

    None of a series, which are told by their numbers alone: any text has its `def train`.
    """
    code = answers_of(cells)
    defined = {squeezed(name) for name in (*DEFINED.findall(code), *METHOD.findall(code))}
    return tuple(e.id for e in lesson.exercises if not e.series and is_shown(e, code, defined))


def signed_exercises(lesson: Lesson, cells: Iterable[Cell]) -> frozenset[str]:
    """Those of which a clear sign stands in the code."""
    code = answers_of(cells)
    return frozenset(e.id for e in lesson.exercises if not e.series and is_signed(e, code))


def traced_exercises(lesson: Lesson, cells: Iterable[Cell]) -> frozenset[str]:
    """Those that may be answered inside something else."""
    code = answers_of(cells)
    return frozenset(e.id for e in lesson.exercises if any(t.pattern.search(code) for t in e.traces if not t.of))


def askable_exercises(lesson: Lesson, cells: Iterable[Cell], shown: Iterable[str]) -> tuple[str, ...]:
    """Those of the shown ones that can be asked at all: in forms of people's own, or by all of the contract's names."""
    defined = set(DEFINED.findall(answers_of(cells)))
    known = {exercise.id: exercise for exercise in lesson.exercises}
    return tuple(name for name in shown if has_forms(known[name]) or set(known[name].names) <= defined)


def has_forms(exercise: Exercise) -> bool:
    """Whether answers under other names than the contract's are understood."""
    return any(interface.called for interface in exercise.interfaces if interface.exercise == exercise.id)


def is_shown(exercise: Exercise, code: str, defined: set[str]) -> bool:
    own = [i for i in exercise.interfaces if i.exercise == exercise.id]
    telling = {i.name for i in own if Trait.COMMON_NAME not in i.traits} | {name for i in own for name in i.called}
    usual = set(map(squeezed, telling))
    return bool(defined & usual) or is_signed(exercise, code)


def is_signed(exercise: Exercise, code: str) -> bool:
    """Whether a sign of the exercise that says enough in any notebook stands in the code, or as clear a trace."""
    clear = [sign.pattern for sign in exercise.signs if not (sign.after or sign.within)]
    return any(found.search(code) for found in (*clear, *(trace.pattern for trace in exercise.traces if trace.alone)))


def answers_of(cells: Iterable[Cell]) -> str:
    """The student's code, without its comments."""
    return "\n".join(without_comments(cell.source) for cell in cells if cell.kind == "code" and not cell.pristine)


def squeezed(name: str) -> str:
    """The name without capitals and underscores."""
    return name.replace("_", "").lower()


def weigh_lessons(cells: Iterable[Cell], lessons: Iterable[Lesson]) -> dict[str, int]:
    """How much speaks for each lesson: a cue, a sign of an exercise, and a definition by the name that one asks for."""
    cells = [cell for cell in cells if cell.kind != "raw"]
    text = "\n".join(cell.source for cell in cells)
    code = "\n".join(without_comments(cell.source) for cell in cells if cell.kind == "code")
    defined = set(DEFINED.findall(code))
    return {lesson.id: weight_of(lesson, text, code, defined) for lesson in lessons}


def weight_of(lesson: Lesson, text: str, code: str, defined: set[str]) -> int:
    cues = sum(bool(re.search(cue, text, re.MULTILINE)) for cue in lesson.cues)
    signs = sum(any(sign.pattern.search(code) for sign in e.signs if not sign.after) for e in lesson.exercises)
    return 2 * cues + signs + sum(bool(defined & set(e.names)) for e in lesson.exercises)


def without_comments(source: str) -> str:
    """Lines that only say something. A `#` behind code stays: the code before it counts."""
    return "\n".join(line for line in source.split("\n") if not line.lstrip().startswith("#"))
