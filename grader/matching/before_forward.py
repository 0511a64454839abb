"""The method that has to be called before `forward`, because it makes what `forward` only reads.

def init_hidden(self, batch_size): self.hidden = torch.zeros(1, batch_size, self.hidden_size)
def forward(self, x): out, self.hidden = self.rnn(self.emb(x), self.hidden)
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from grader.matching.source_index import Definition
from grader.matching.trees import all_arguments, dotted

MODULES = ("Module", "nn.Module", "torch.nn.Module")


def prepared_by(defined: Definition | None) -> tuple[str, bool] | None:
    """Its name, and whether it takes the size of the batch; None where `forward` finds all that it reads."""
    forward = defined.method("forward") if defined is not None else None
    if defined is None or forward is None or not isinstance(defined.node, ast.ClassDef):
        return None
    if not all(dotted(base) in MODULES for base in defined.node.bases):
        return None  # what it reads may be made by another class
    missing = read_before_made(forward) - at_hand(defined)
    own = [part for part in defined.node.body if isinstance(part, ast.FunctionDef)]
    for method in own:
        taken = all_arguments(method.args)[1:]
        called = any(dotted(part.func) == f"self.{method.name}" for part in calls(forward))
        if method.name not in ("forward", "__init__") and made(method.body) & missing and not called and len(taken) < 2:
            return method.name, bool(taken)
    return None


def calls(node: ast.AST) -> Iterable[ast.Call]:
    return (part for part in ast.walk(node) if isinstance(part, ast.Call))


def at_hand(defined: Definition) -> set[str]:
    """The attributes that an object has once it is built."""
    assert isinstance(defined.node, ast.ClassDef)
    init = defined.method("__init__")
    found = {part.name for part in defined.node.body if isinstance(part, ast.FunctionDef)} | {"training"}
    found |= {part.id for node in defined.node.body for part in ast.walk(node)
              if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(part, ast.Name)}  # fmt: skip
    if init is not None:
        found |= made(init.body)
        found |= {
            part.value for part in ast.walk(init) if isinstance(part, ast.Constant) and isinstance(part.value, str)
        }
    return found


def own_attributes(nodes: Iterable[ast.AST], context: type[ast.expr_context]) -> set[str]:
    """Those of `self` that are read, or given a value."""
    return {
        part.attr
        for node in nodes
        for part in ast.walk(node)
        if isinstance(part, ast.Attribute) and isinstance(part.ctx, context) and dotted(part.value) == "self"
    }


def made(body: Iterable[ast.AST]) -> set[str]:
    return own_attributes(body, ast.Store)


def read_before_made(forward: ast.FunctionDef) -> set[str]:
    """What `forward` reads of `self` in a statement before the first that makes it."""
    found: set[str] = set()
    there: set[str] = set()
    for statement in forward.body:
        found |= own_attributes([statement], ast.Load) - there
        there |= made([statement])
    return found
