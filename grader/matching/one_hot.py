"""Whether a model reads words as one-hot vectors (B, T, V), as the problem's text writes them, and not as ids (B, T).

def forward(self, x): return self.out(self.rnn(self.emb(x.argmax(dim=2)))[1][-1])
def forward(self, X): e = self.emb(self.to_ids(X));  def to_ids(self, X): return torch.tensor([[v.argmax() for v in x] for x in X])
"""

from __future__ import annotations

import ast

import torch
from torch import Tensor

from grader.matching.source_index import Definition, SourceIndex
from grader.matching.trees import all_arguments, dotted


def reads_one_hot(defined: Definition | None, written: SourceIndex, section: str) -> bool:
    """Whether `forward` takes the place of the largest entry of what it is handed, itself or in a method of its class."""
    forward = defined.method("forward") if defined is not None else None
    if defined is None or forward is None or len(all_arguments(forward.args)) < 2:
        return False
    given = all_arguments(forward.args)[1].arg
    if takes_largest(forward, given):
        return True
    for call in (part for part in ast.walk(forward) if isinstance(part, ast.Call)):
        method = method_of(defined, dotted(call.func).removeprefix("self."), written, section)
        taken = all_arguments(method.args)[1:] if method is not None else []
        handed = bool(taken and call.args) and is_one_of_these(call.args[0], {given})
        if method is not None and handed and takes_largest(method, taken[0].arg):
            return True
    return False


def method_of(defined: Definition, name: str, written: SourceIndex, section: str) -> ast.FunctionDef | None:
    """A method of a class, or of the class of the notebook's that it inherits from: `class Packed(Plain)`."""
    bases = defined.node.bases if isinstance(defined.node, ast.ClassDef) else []
    parents = [written.definition(dotted(base), section) for base in bases if dotted(base) != defined.name]
    found = (owner.method(name) for owner in (defined, *parents) if owner is not None)
    return next((method for method in found if method is not None), None)


def takes_largest(function: ast.FunctionDef, name: str) -> bool:
    """x.argmax(-1), torch.argmax(x, dim=2), [[torch.argmax(v) for v in row] for row in x]"""
    names = {name}
    for part in ast.walk(function):  # the outer rows come first
        if isinstance(part, ast.comprehension) and is_one_of_these(part.iter, names):
            names |= {n.id for n in ast.walk(part.target) if isinstance(n, ast.Name)}
    wholes = filter(None, map(largest_of, ast.walk(function)))
    return any(is_one_of_these(whole, names) for whole in wholes)


def largest_of(node: ast.AST) -> ast.expr | None:
    """What the largest entry is taken of."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr != "argmax":
        return None
    if dotted(node.func.value) in ("torch", "np", "numpy"):
        return node.args[0] if node.args else None
    return node.func.value


def is_one_of_these(node: ast.expr, names: set[str]) -> bool:
    return isinstance(node, ast.Name) and node.id in names


def one_hot(ids: Tensor, weights: dict[str, Tensor]) -> Tensor:
    """Ids (..., T) as vectors (..., T, V), V being the words that the model knows: the rows of its table of vectors."""
    tables = {name: w for name, w in weights.items() if w.dim() == 2}
    named = [w for name, w in tables.items() if "emb" in name.lower()] or list(tables.values())
    known = len(named[0]) if named else 0
    return torch.nn.functional.one_hot(ids, max(known, 1 + int(ids.max()))).float() if ids.numel() else ids
