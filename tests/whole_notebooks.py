"""Whole right notebooks in other styles: each answer is the reference's, an accepted one, or one of tests/variants/right.

Which it is follows from the number of the style. The first styles walk through what is known of each exercise, so that
everything is used by somebody; the reference's own layers get other people's names.
"""

from __future__ import annotations

import ast
import random
from functools import cache

import nbformat

from grader import lessons
from grader.lessons import source
from grader.model import Exercise, Variant
from tests.naming_schemes import CLASSES, USUAL, renamed
from tests.notebooks import answer_cells, answered, without_demonstrations
from tests.variant_notebooks import AnswerVariant, put_over, read_variants

# Right, and of a form that a later answer in the contract's own form cannot build on: one axis more, one thing more.
APART = (
    ("positional_encoding", "accepted:batch_axis"),
    ("positional_encoding", "variant:right/positional_encoding__numpy_table"),
    ("causal_mask", "accepted:batch_axis"),
    ("causal_mask", "variant:right/causal_mask__rows_by_hand"),
    ("knock83", "accepted:with_lengths"),
)


@cache
def others(name: str) -> tuple[AnswerVariant, ...]:
    """The answers of tests/variants/right to an exercise."""
    return tuple(variant for variant in read_variants() if variant.right and variant.exercise == name)


def styles(lesson: str, number: int) -> dict[str, str]:
    """Which answer each exercise gets in a style: `accepted:ID`, `variant:ID`, or `reference:N` under the N-th names."""
    return {exercise.id: chosen(exercise, number) for exercise in lessons.lesson(lesson).exercises}


def chosen(exercise: Exercise, number: int) -> str:
    known = [f"accepted:{variant.id}" for variant in exercise.accepted if is_its_own(exercise, variant)]
    known += [f"variant:{variant.id}" for variant in others(exercise.id)]
    known = [answer for answer in known if (exercise.id, answer) not in APART]
    known += [f"reference:{number}"]
    random.Random(exercise.id).shuffle(known)
    return known[number % len(known)]


def is_its_own(exercise: Exercise, variant: Variant) -> bool:
    """Whether an accepted answer differs in the exercise's own cells, and not in an earlier answer that it is built on."""
    own = "".join(cell for cell in source.split(source.text_of(exercise.lesson)) if source.is_answer(cell, exercise.id))
    return all(edit.old in own for edit in variant.edits)


def in_style(lesson: str, number: int) -> nbformat.NotebookNode:
    """The notebook of a lesson in this style, without its demonstrations."""
    text, answers = source.text_of(lesson), styles(lesson, number)
    for exercise in lessons.lesson(lesson).exercises:
        kind, _, name = answers[exercise.id].partition(":")
        if kind == "accepted":
            edits = next(variant.edits for variant in exercise.accepted if variant.id == name)
            edited = source.apply(text, exercise.id, edits)
            assert edited is not None, (exercise.id, name)
            text = edited
    book = without_demonstrations(answered(lesson, text))
    for name, answer in answers.items():
        restyle(book, name, *answer.split(":", 1))
    return book


def restyle(book: nbformat.NotebookNode, name: str, kind: str, which: str) -> None:
    """Put another person's answer into its cell, or give the reference's layers other names."""
    cells = answer_cells(book, name)
    if kind == "variant":
        put_over(cells, next(v for v in others(name) if v.id == which))
    elif kind == "reference":
        for cell in cells:
            cell.source = with_other_names(cell.source, int(which))


def with_other_names(text: str, number: int) -> str:
    try:
        tree = ast.parse(text)
    except SyntaxError:  # %%check and other magics
        return text
    made = {node.name for node in tree.body if isinstance(node, ast.ClassDef)} & CLASSES.keys()
    words = {kind: USUAL[kind][number % len(USUAL[kind])].split() for kind in made}
    names = {kind: dict(zip(CLASSES[kind], new, strict=True)) for kind, new in words.items()}
    return ast.unparse(renamed(tree, names, order=number % 2)) if made else text
