"""Which earlier exercises an exercise builds on, read from its reference answer and the accepted ones: what of theirs these mention.

A package without solutions reads what `grade release` wrote down of it.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from grader import lesson_folders
from grader.lessons import lesson, source
from grader.model import Exercise

RECORD = source.RECORDED / "uses.json"


def uses(exercise: Exercise) -> tuple[Exercise, ...]:
    """The exercises whose answers this one calls, or that those call, in the order of the lesson."""
    if exercise.solution:  # another form of it stands alone
        return ()
    known = lesson(exercise.lesson).exercises
    wanted = reached([exercise.id], direct_of(exercise.lesson)) - {exercise.id}
    return tuple(other for other in known if other.id in wanted)


def reached(starts: Iterable[str], leads: Mapping[str, Iterable[str]]) -> set[str]:
    """These, what they lead to, what that leads to, and so on."""
    found = set(starts)
    waiting = [*found]
    while waiting:
        new = set(leads.get(waiting.pop(), ())) - found
        found |= new
        waiting += new
    return found


def direct_of(lesson_id: str) -> dict[str, tuple[str, ...]]:
    """For each exercise of a lesson, those of whose answers its reference, or an accepted answer, mentions something."""
    if not source.has_answers(lesson_id):
        return recorded().get(lesson_id, {})
    return direct_at(lesson_id, lesson_folders.state())


@cache
def direct_at(lesson_id: str, _state: lesson_folders.State) -> dict[str, tuple[str, ...]]:
    exercises = lesson(lesson_id).exercises
    trees = {e.id: [ast.parse(cell) for cell in source.answer_cells(lesson_id, e.id)] for e in exercises}
    defines = {name: set(defined(found)) for name, found in trees.items()}
    order = [e.id for e in exercises]
    reads = {e.id: mentioned(trees[e.id]) | words_of(e) for e in exercises}
    direct = {
        name: tuple(other for other in order[: order.index(name)] if reads[name] & (defines[other] - defines[name]))
        for name in order
    }
    return {name: found for name, found in direct.items() if found}


def names_read(exercise: Exercise) -> set[str]:
    """All names that the reference answers of an exercise and of those that it builds on read."""
    return mentioned([parsed(c) for e in (exercise, *uses(exercise)) for c in source.answer_cells(e.lesson, e.id)])


def reached_from(exercise: Exercise, names: set[str]) -> set[str]:
    """The ids of the exercises whose functions and classes our answer runs when it is asked for these names.

    `BertClassifier` calls nothing of an earlier exercise, though `fine_tune`, in the same one, does. Where a name is not
    one of our answer's, all that the exercise builds on.
    """
    cells, found = trees_of(exercise), names_run(exercise, names)
    return set(cells) if found is None else {name for name, trees in cells.items() if found & set(defined(trees))}


def names_run(exercise: Exercise, names: set[str]) -> set[str] | None:
    """The functions and classes that our answer runs when it is asked for these names; None where one of them is not our answer's."""
    parts = [node for trees in trees_of(exercise).values() for tree in trees for node in tree.body]
    reads = {node.name: mentioned([node]) for node in parts if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    return reached({*names, *words_of(exercise)}, reads) if names and names <= reads.keys() else None


@cache
def parsed(cell: str) -> ast.Module:
    """An answer's cell as a tree, which every failing check that builds on another asks for."""
    return ast.parse(cell)


def trees_of(exercise: Exercise) -> dict[str, list[ast.Module]]:
    """The reference answers of an exercise and of those that it builds on, by exercise."""
    return {e.id: [parsed(c) for c in source.answer_cells(e.lesson, e.id)] for e in (*uses(exercise), exercise)}


def words_of(exercise: Exercise) -> set[str]:
    """The words that accepted answers have and the reference has not."""
    return {word for variant in exercise.accepted for edit in variant.edits for word in re.findall(r"\w+", edit.new)}


def defined(trees: list[ast.Module]) -> Iterator[str]:
    """The functions and classes at the margin."""
    for node in (statement for tree in trees for statement in tree.body):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name


def mentioned(trees: list[ast.Module] | list[ast.FunctionDef | ast.ClassDef]) -> set[str]:
    """The names that are read."""
    nodes = (node for tree in trees for node in ast.walk(tree))
    return {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


def recorded() -> dict[str, dict[str, tuple[str, ...]]]:
    if not RECORD.is_file():
        return {}
    content: dict[str, dict[str, list[str]]] = json.loads(RECORD.read_text(encoding="utf-8"))
    return {name: {e: tuple(ids) for e, ids in direct.items()} for name, direct in content.items()}
