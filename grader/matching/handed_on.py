"""What a call inside a function hands over: what the function itself is called with, where it only hands it on.

def run(lr, activation):
    model = RNN(activation)      # "tanh"
...
run(lr=0.5, activation="tanh")
"""

from __future__ import annotations

import ast
from copy import deepcopy

from grader.matching.source_index import SourceIndex
from grader.matching.trees import all_arguments, defaults

DEEPEST = 3  # functions that hand on what they were handed


def as_made(call: ast.Call, written: SourceIndex, section: str, deepest: int = DEEPEST) -> ast.Call:
    """The call with what its function is handed in place of the function's own parameters, as far as that is written out."""
    around = written.functions_around.get(id(call))
    handed = handed_to(around, written, section, deepest) if around is not None and deepest else {}
    return HandedOn(handed).visit(deepcopy(call)) if handed else call


def handed_to(function: ast.FunctionDef, written: SourceIndex, section: str, deepest: int) -> dict[str, ast.expr]:
    """What the first call of a function hands to each of its parameters, or the parameter's default."""
    names = [argument.arg for argument in all_arguments(function.args) if argument.arg != "self"]
    handed = {name: value for name, value in defaults(function).items() if name in names}
    for call in written.calls(function.name, section)[:1]:
        made = as_made(call, written, section, deepest - 1)
        if not any(isinstance(part, ast.Starred) for part in made.args):
            handed |= dict(zip(names, made.args, strict=False))
        handed |= {keyword.arg: keyword.value for keyword in made.keywords if keyword.arg in names}
    changed = {part.id for part in ast.walk(function) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
    return {name: value for name, value in handed.items() if name not in changed}


class HandedOn(ast.NodeTransformer):
    """Puts what was handed over in the place of a parameter."""

    def __init__(self, handed: dict[str, ast.expr]) -> None:
        self.handed = handed

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.handed.get(node.id, node)
