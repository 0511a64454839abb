"""Mutants of a source: every way to change one thing in it, as one who mistypes or misunderstands would.

An operator offers replacements for one node of the syntax tree (`replacements`), or changes a statement where it stands.
What is no code of the answer (imports, docstrings, annotations, what runs only as a script) is left alone.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from grader.authoring.replacements import (
    Replacement,
    change_constant,
    drop_argument,
    drop_call,
    drop_operand,
    force_condition,
    rename,
    shift_slice,
    swap_arguments,
    swap_operator,
)


@dataclass(frozen=True)
class Mutant:
    """One changed source. line: of the statement that was changed, from 1; old, new: that statement's first line."""

    operator: str
    line: int
    old: str
    new: str
    text: str

    @property
    def id(self) -> str:
        return f"{self.operator} | {self.old} | {self.new}"


def mutants(text: str) -> Iterator[Mutant]:
    """Every mutant of a source, each different from it and from the others, in the order in which they stand."""
    tree = ast.parse(text)
    seen = {ast.unparse(tree)}
    statements = [node for node in walk(tree) if isinstance(node, ast.stmt)]
    for index, statement in enumerate(statements):
        for operator, changed in changes(tree, statements, index):
            made = ast.unparse(ast.fix_missing_locations(changed.tree))
            if made not in seen and compiles(made):
                seen.add(made)
                new = first_line(changed.statement) if changed.statement else ""
                yield Mutant(operator, statement.lineno, first_line(statement), new, made)


@dataclass(frozen=True)
class Changed:
    tree: ast.Module
    statement: ast.stmt | None


def changes(tree: ast.Module, statements: list[ast.stmt], index: int) -> Iterator[tuple[str, Changed]]:
    """What the operators make of one statement and of the expressions that belong to it alone."""
    statement = statements[index]
    own = own_nodes(statement)
    for place, node in enumerate(own):
        for operator, replacement in (found for offer in EXPRESSIONS for found in offer(node)):
            again, target = copied(tree, index)
            assert replacement is not None
            replace_node(again, own_nodes(target)[place], replacement)
            yield operator, Changed(again, target)
    for operator, edit in STATEMENTS.items():
        again, target = copied(tree, index)
        body, at = body_of(again, target)
        left = edit(body, at)
        if left is not NOTHING:
            yield operator, Changed(again, left if isinstance(left, ast.stmt) else None)


def copied(tree: ast.Module, index: int) -> tuple[ast.Module, ast.stmt]:
    again = copy.deepcopy(tree)
    return again, [node for node in walk(again) if isinstance(node, ast.stmt)][index]


def walk(node: ast.AST) -> Iterator[ast.AST]:
    """Depth first, without imports, docstrings, annotations and `if __name__ == "__main__"`."""
    yield node
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list", "type_comment"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not left_alone(child):
                yield from walk(child)


def left_alone(node: ast.AST) -> bool:
    if isinstance(node, ast.Import | ast.ImportFrom | ast.expr_context):
        return True
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        return True
    return isinstance(node, ast.If) and "__name__" in ast.unparse(node.test)


def own_nodes(statement: ast.stmt) -> list[ast.AST]:
    """The expressions of a statement that stand in no statement inside it."""
    found: list[ast.AST] = []
    stack: list[ast.AST] = [statement]
    while stack:
        node = stack.pop(0)
        for field, value in ast.iter_fields(node):
            if field in ("annotation", "returns", "decorator_list", "type_comment"):
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST) and not isinstance(child, ast.stmt | ast.expr_context):
                    found.append(child)
                    stack.append(child)
    return found


def replace_node(tree: ast.AST, old: ast.AST, new: ast.AST) -> None:
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, field, new)
                return
            if isinstance(value, list) and any(item is old for item in value):
                setattr(parent, field, [new if item is old else item for item in value])
                return


def body_of(tree: ast.AST, statement: ast.stmt) -> tuple[list[ast.stmt], int]:
    for parent in ast.walk(tree):
        for _, value in ast.iter_fields(parent):
            if isinstance(value, list):
                for at, item in enumerate(value):
                    if item is statement:
                        return value, at
    raise AssertionError("a statement stands in some body")


def first_line(statement: ast.stmt) -> str:
    return ast.unparse(statement).partition("\n")[0]


def compiles(text: str) -> bool:
    try:
        compile(text, "<mutant>", "exec")
    except (SyntaxError, ValueError):
        return False
    return True


EXPRESSIONS: tuple[Callable[[ast.AST], Iterator[Replacement]], ...] = (
    swap_operator, drop_operand, change_constant, swap_arguments, drop_argument, rename, drop_call, shift_slice,
    force_condition,
)  # fmt: skip

# --- statements --------------------------------------------------------------------------------

NOTHING = object()
SIMPLE = (
    ast.Expr,
    ast.Assign,
    ast.AugAssign,
    ast.AnnAssign,
    ast.Delete,
    ast.Raise,
    ast.Assert,
    ast.Continue,
    ast.Break,
)


def drop_statement(body: list[ast.stmt], at: int) -> object:
    if not isinstance(body[at], SIMPLE):
        return NOTHING
    body[at] = ast.Pass()
    return None


def double_statement(body: list[ast.stmt], at: int) -> object:
    """What is idempotent (x = 1) is left alone: an assignment that does not read its target."""
    node = body[at]
    if isinstance(node, ast.Assign):
        targets = {ast.unparse(target) for target in node.targets}
        if not any(ast.unparse(n) in targets for n in ast.walk(node.value) if isinstance(n, ast.Name | ast.Attribute)):
            return NOTHING
    if not isinstance(node, ast.Assign | ast.AugAssign | ast.Expr):
        return NOTHING
    body.insert(at, copy.deepcopy(node))
    return node


def swap_statements(body: list[ast.stmt], at: int) -> object:
    if at + 1 >= len(body) or not isinstance(body[at], SIMPLE) or not isinstance(body[at + 1], SIMPLE):
        return NOTHING
    body[at], body[at + 1] = body[at + 1], body[at]
    return body[at]


def unwrap(body: list[ast.stmt], at: int) -> object:
    """The body of an `if` or a `with` without its head, and the body of a loop left after the first time."""
    node = body[at]
    if isinstance(node, ast.If | ast.With):
        body[at : at + 1] = node.body
        return node.body[0]
    if isinstance(node, ast.For | ast.While):
        node.body = [*node.body, ast.Break()]
        return node
    return NOTHING


def skip_branch(body: list[ast.stmt], at: int) -> object:
    node = body[at]
    if not isinstance(node, ast.If):
        return NOTHING
    body[at : at + 1] = node.orelse or [ast.Pass()]
    return body[at]


def reuse_module(body: list[ast.stmt], at: int) -> object:
    """`self.b = nn.Linear(...)` becomes `self.b = self.a`, the module that was made just before."""
    node, before = body[at], body[at - 1] if at else None
    for statement in (node, before):
        if not (
            isinstance(statement, ast.Assign)
            and isinstance(statement.targets[0], ast.Attribute)
            and isinstance(statement.value, ast.Call)
        ):
            return NOTHING
    assert isinstance(node, ast.Assign) and isinstance(before, ast.Assign)
    target = before.targets[0]
    assert isinstance(target, ast.Attribute)
    node.value = ast.Attribute(copy.deepcopy(target.value), target.attr, ast.Load())
    return node


STATEMENTS: dict[str, Callable[[list[ast.stmt], int], object]] = {
    "statement left out": drop_statement,
    "statement twice": double_statement,
    "statements swapped": swap_statements,
    "condition left out": unwrap,
    "branch never taken": skip_branch,
    "module used twice": reuse_module,
}
