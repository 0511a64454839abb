"""Names of mistakes that a check gives itself: each has to be a mistake of the exercise, or what fails has no name.

raise Failure(seen, help, misconception="input_changed")
recompute.untouched((x,), after, ("x",), {"x": "input_changed"})
recompute.steady(student, ask, what, kept="state_kept", random=None)
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from grader.model import Exercise, Text

KEYWORDS = ("misconception", "kept", "random")
BY_ARGUMENT = "untouched"  # takes a dict from arguments to names, the fourth


def unknown_names(exercise: Exercise, module: Path) -> Iterator[tuple[int, Text]]:
    """The line and a sentence for each name, written out in the module, that is no mistake of the exercise."""
    known = {variant.id for variant in exercise.misconceptions}
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        for line, name in names_given(node) if isinstance(node, ast.Call) else ():
            if name not in known:
                there = ", ".join(sorted(known)) or "-"
                yield (
                    line,
                    Text(
                        en=f"this gives the name {name}, and the exercise has no such mistake; there are: {there}.",
                        ja=f"ここで付けている名前 {name} の間違いは、この演習にありません。あるのは {there} です。",
                    ),
                )


def names_given(call: ast.Call) -> Iterator[tuple[int, str]]:
    said: list[ast.expr] = [keyword.value for keyword in call.keywords if keyword.arg in KEYWORDS]
    if (getattr(call.func, "attr", None) or getattr(call.func, "id", None)) == BY_ARGUMENT:
        tables = [*call.args[3:4], *(keyword.value for keyword in call.keywords if keyword.arg == "mistakes")]
        said += [value for table in tables if isinstance(table, ast.Dict) for value in table.values]
    yield from (
        (node.lineno, node.value) for node in said if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
