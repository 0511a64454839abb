"""Syntax trees of students, read: what names a piece of code uses and makes."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Sequence
from functools import cache

from torch import Tensor, nn
from torch.nn import functional

from grader.notebook.syntax import parse_python, without_magics

Defined = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
# softmax: Softmax, log_softmax: LogSoftmax, conv1d: Conv1d
LAYERS = {
    name: [layer for layer in vars(nn) if layer.lower() == name.replace("_", "")]
    for name in vars(functional)
    if name.islower()
}
TENSORS = """
shape size T device dtype dim long float int to permute transpose view reshape unsqueeze squeeze ndim numel cuda cpu flatten
contiguous clone detach new_zeros ne eq t data type is_cuda tolist numpy max min sum any all mT expand repeat requires_grad
split chunk unbind flip item index_select gather ndimension
"""


def parse(source: str) -> ast.Module | None:
    return parse_python(without_magics(source))


def top_level(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements outside functions and classes; those of `if` and `with` and `try` blocks too."""
    for node in body:
        yield node
        for part in ("body", "orelse", "finalbody"):
            if isinstance(node, ast.If | ast.With | ast.Try):
                yield from top_level(getattr(node, part, []))


def does_something(node: ast.stmt) -> bool:
    """False for imports, bare constants (`...`, a docstring) and functions that only refuse."""
    if isinstance(node, ast.Import | ast.ImportFrom | ast.Pass):
        return False
    if isinstance(node, ast.Expr):
        return not isinstance(node.value, ast.Constant)
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return any(map(does_something, node.body))
    if isinstance(node, ast.Raise):
        return "NotImplementedError" not in identifiers(node)
    return True


def identifiers(node: ast.AST) -> frozenset[str]:
    """Every name and attribute in it, and names given as arguments by keyword."""
    found = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            found.add(part.id)
        elif isinstance(part, ast.Attribute):
            found.add(part.attr)
        elif isinstance(part, ast.keyword) and part.arg:
            found.add(part.arg)
    return frozenset(found)


@cache
def with_layers(names: tuple[str, ...]) -> frozenset[str]:
    """The names, and beside a function of PyTorch's the layer that does the same: nn.Tanh() for torch.tanh."""
    return frozenset(form for name in names for form in (name, *LAYERS.get(name, ())))


def dotted(node: ast.AST) -> str:
    """`a.b.c` of a chain of attributes, else the empty string."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


def targets_of(node: ast.Assign | ast.AugAssign | ast.AnnAssign) -> list[ast.expr]:
    """What an assignment gives a value."""
    return node.targets if isinstance(node, ast.Assign) else [node.target]


def names_in(node: ast.AST) -> set[str]:
    """Every name that stands in it."""
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def keys(node: ast.AST, of: str = "") -> list[str]:
    """Words in square brackets behind a name, `batch["ids"]`; behind any name if `of` is empty. In order."""
    found = [
        part.slice.value
        for part in ast.walk(node)
        if isinstance(part, ast.Subscript)
        and isinstance(part.slice, ast.Constant)
        and isinstance(part.slice.value, str)
        and (not of or dotted(part.value) == of)
    ]
    return list(dict.fromkeys(found))


def attributes(node: ast.AST, of: str) -> list[str]:
    """Attributes of a name that no tensor has, `batch.text`, in order; `ids.clamp(max=9)` is a tensor's own."""
    parts = list(ast.walk(node))
    found = [part.attr for part in parts if isinstance(part, ast.Attribute) and dotted(part.value) == of]
    called = {part.func.attr for part in parts if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute)}
    own = {name for name in called if hasattr(Tensor, name)}
    return [name for name in dict.fromkeys(found) if name not in TENSORS.split() and name not in own]


def unpacked(node: ast.AST, of: str) -> list[str]:
    """The names that `a, b = of` takes a parameter apart into."""
    for part in ast.walk(node):
        if isinstance(part, ast.Assign) and dotted(part.value) == of and isinstance(part.targets[0], ast.Tuple):
            return [dotted(item) for item in part.targets[0].elts]
    return []


def free_names(node: Defined) -> list[str]:
    """Names that a function reads and does not make: globals, in order of their first appearance."""
    bound = {arg.arg for part in ast.walk(node) if isinstance(part, ast.arguments) for arg in all_arguments(part)}
    bound |= {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load)}
    bound -= {name for part in ast.walk(node) if isinstance(part, ast.Global) for name in part.names}
    body = [part for statement in node.body for part in ast.walk(statement)]
    read = [part.id for part in body if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)]
    return [name for name in dict.fromkeys(read) if name not in bound and not hasattr(builtins, name)]


def read_first(node: ast.stmt) -> list[str]:
    """Names that a statement reads before it makes them, in the order in which it runs: what it needs from elsewhere.

    with open("train.txt") as f:
        lines = f.readlines()        # `lines` is its own, whatever a global of that name held before
    """
    found: dict[str, None] = {}
    made = set[str]()
    for name, stored in in_order(node):
        if stored:
            made.add(name)
        elif name not in made:
            found[name] = None
    return list(found)


def in_order(node: ast.AST) -> Iterator[tuple[str, bool]]:
    """Every name as it is met when the code runs once, and whether it is made there."""
    if isinstance(node, ast.Name):
        yield node.id, isinstance(node.ctx, ast.Store)
        return
    if isinstance(node, ast.AugAssign):
        yield from ((part.id, False) for part in [node.target] if isinstance(part, ast.Name))
    own = names_of_its_own(node)
    for child in sorted(ast.iter_child_nodes(node), key=lambda child: is_target(child, node)):
        yield from ((name, stored) for name, stored in in_order(child) if name not in own)


def names_of_its_own(node: ast.AST) -> set[str]:
    """The names that a comprehension or a lambda binds for itself alone."""
    if isinstance(node, ast.Lambda):
        return {argument.arg for argument in all_arguments(node.args)}
    loops = node.generators if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) else []
    return {part.id for loop in loops for part in ast.walk(loop.target) if isinstance(part, ast.Name)}


def is_target(child: ast.AST, node: ast.AST) -> int:
    """Where a part of a statement stands in the order in which it runs: what is assigned comes after the value, a body behind both."""
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
        return int(child is not node.value)
    if isinstance(node, ast.For):
        return 0 if child is node.iter else 1 if child is node.target else 2
    return 0


def all_arguments(node: ast.arguments) -> list[ast.arg]:
    extra = [arg for arg in (node.vararg, node.kwarg) if arg is not None]
    return [*node.posonlyargs, *node.args, *node.kwonlyargs, *extra]


def defaults(node: ast.FunctionDef | ast.AsyncFunctionDef) -> dict[str, ast.expr]:
    """The expression of each parameter's default."""
    plain = [*node.args.posonlyargs, *node.args.args]
    with_default = plain[len(plain) - len(node.args.defaults) :]
    found = {arg.arg: value for arg, value in zip(with_default, node.args.defaults, strict=True)}
    only = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
    return found | {arg.arg: value for arg, value in only if value is not None}


def made_repeatedly(node: ast.AST) -> set[str]:
    """The names that are called in a loop of any kind, or copied over and over.

    [Layer(d) for _ in range(n)]; for i in range(n): self.layers.append(Layer(d)); clones(Layer(d), n); [copy.deepcopy(layer) ...]
    """
    loops = [part for part in ast.walk(node) if isinstance(part, ast.ListComp | ast.GeneratorExp | ast.For)]
    copies = [part for part in ast.walk(node) if isinstance(part, ast.Call) and "clone" in dotted(part.func).lower()]
    calls = (part for loop in (*loops, *copies) for part in ast.walk(loop) if isinstance(part, ast.Call))
    return {dotted(call.func) for call in calls}


def settled_by(node: ast.AST) -> list[tuple[str, ast.expr | None]]:
    """The names that a node of the tree gives a value, as attributes of settings get theirs."""
    if isinstance(node, ast.Assign):
        return [(part.attr, node.value) for part in node.targets if isinstance(part, ast.Attribute)]
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return [(node.target.id, node.value)]
    if isinstance(node, ast.Dict):
        keys = [
            (key.value, value)
            for key, value in zip(node.keys, node.values, strict=True)
            if isinstance(key, ast.Constant)
        ]
        return [(key, value) for key, value in keys if isinstance(key, str)]
    if isinstance(node, ast.Call) and dotted(node.func).endswith("add_argument"):
        named = [
            part.value.lstrip("-")
            for part in node.args
            if isinstance(part, ast.Constant) and isinstance(part.value, str)
        ]
        return [(name, part.value) for name in named for part in node.keywords if part.arg == "default"]
    if isinstance(node, ast.Call):
        return [(part.arg, part.value) for part in node.keywords if part.arg]
    return []
