"""Right notebooks in which every module keeps a layer of a first try that nothing uses any more."""

from __future__ import annotations

import ast
import copy
from typing import Literal

import nbformat

from tests.notebooks import solved, without_demonstrations

Place = Literal["first", "last"]


def notebook_with_left_layers(lesson: str, place: Place) -> nbformat.NotebookNode:
    """The solved lesson; each module that builds layers has a twin of one of them, declared before all others or after them."""
    return with_left_layers(without_demonstrations(solved(lesson)), place)


def with_left_layers(book: nbformat.NotebookNode, place: Place) -> nbformat.NotebookNode:
    for cell in book.cells:
        if cell.cell_type == "code" and "nn.Module" in cell.source:
            tree = ast.parse(cell.source)
            for node in tree.body:
                if isinstance(node, ast.ClassDef):
                    leave_layer(node, place)
            cell.source = ast.unparse(tree)
    return book


def leave_layer(module: ast.ClassDef, place: Place) -> None:
    """Put `self.first_try = nn.Linear(...)` into what builds the module, beside the `self.x = nn.Linear(...)` it is like."""
    for method in module.body:
        if isinstance(method, ast.FunctionDef) and method.name == "__init__":
            layers = [line for line in method.body if is_layer(line)]
            for layer in layers[:1] if place == "first" else layers[-1:]:
                twin = copy.deepcopy(layer)
                assert isinstance(twin, ast.Assign) and isinstance(twin.targets[0], ast.Attribute)
                twin.targets[0].attr = "first_try"
                method.body.insert(method.body.index(layers[0]) if place == "first" else len(method.body), twin)


def is_layer(line: ast.stmt) -> bool:
    # self.w_q = nn.Linear(d_model, d_model)
    return (
        isinstance(line, ast.Assign)
        and isinstance(line.targets[0], ast.Attribute)
        and isinstance(line.value, ast.Call)
        and ast.unparse(line.value.func).startswith("nn.")
    )
