"""Right answers whose parameters stand in another order: the contract's definition is changed, and all calls of it with it."""

from __future__ import annotations

import ast
from typing import Literal

import nbformat

from tests.notebooks import answer_cells, solved, without_demonstrations

Order = Literal["reversed", "by name alone"]


def notebook_in_order(lesson: str, exercise: str, name: str, order: Order) -> nbformat.NotebookNode | None:
    """The solved lesson, with the parameters of this function, or of what builds this class, in another order; None where it has fewer than two."""
    book = without_demonstrations(solved(lesson))
    names: list[str] = []
    for cell in answer_cells(book, exercise):
        tree = ast.parse(cell.source)
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name == name:
                names = put_in_order(node.args, 0, order)
            if isinstance(node, ast.ClassDef) and node.name == name:
                built = [f for f in node.body if isinstance(f, ast.FunctionDef) and f.name == "__init__"]
                names = put_in_order(built[0].args, 1, order) if built else []
        cell.source = ast.unparse(tree)
    if len(names) < 2:
        return None
    for cell in book.cells:
        if cell.cell_type == "code" and name in cell.source:
            cell.source = ast.unparse(CallsByName(name, names).visit(ast.parse(cell.source)))
    return book


def put_in_order(parameters: ast.arguments, first: int, order: Order) -> list[str]:
    """Put the parameters from the one with this number on in this order, and give their names as they stood."""
    stay, moved = parameters.args[:first], parameters.args[first:]
    defaults: list[ast.expr | None] = [None] * (len(moved) - len(parameters.defaults))
    pairs = list(zip(moved, [*defaults, *parameters.defaults], strict=True))[::-1]
    if order == "by name alone":
        parameters.args, parameters.defaults = stay, []
        parameters.kwonlyargs[:0] = [argument for argument, _ in pairs]
        parameters.kw_defaults[:0] = [default for _, default in pairs]
    else:
        pairs.sort(key=lambda pair: pair[1] is not None)
        parameters.args = stay + [argument for argument, _ in pairs]
        parameters.defaults = [default for _, default in pairs if default is not None]
    return [argument.arg for argument in moved]


class CallsByName(ast.NodeTransformer):
    """Calls of one function, with what they hand over by place handed over by name."""

    def __init__(self, name: str, names: list[str]) -> None:
        self.name, self.names = name, names

    def visit_Call(self, node: ast.Call) -> ast.Call:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == self.name:
            given = [ast.keyword(name, value) for name, value in zip(self.names, node.args, strict=False)]
            node.args, node.keywords = [], given + node.keywords
        return node
