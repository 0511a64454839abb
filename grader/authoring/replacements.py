"""Operators of mutation that look at one node of the syntax tree and offer others for it."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator

SWAPPED_OPERATORS: dict[type[ast.AST], tuple[type[ast.AST], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Mult,),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
}


SWAPPED_NAMES = {
    "sin": ("cos",), "cos": ("sin",), "tril": ("triu",), "triu": ("tril",), "softmax": ("log_softmax", "sigmoid"),
    "log_softmax": ("softmax",), "argmax": ("argmin",), "max": ("min", "mean"), "min": ("max",), "amax": ("amin", "mean"),
    "sum": ("mean",), "mean": ("sum",), "train": ("eval",), "eval": ("train",), "exp": ("expm1",), "log": ("log1p",),
    "sqrt": ("square",), "relu": ("tanh",), "tanh": ("relu",), "ones": ("zeros",), "zeros": ("ones",), "var": ("std",),
    "extend": ("append",), "any": ("all",), "all": ("any",), "sorted": ("list",), "most_common": ("keys",),
    "flatten": ("squeeze",), "unsqueeze": ("squeeze",), "squeeze": ("unsqueeze",), "randint": ("zeros",),
}  # fmt: skip


Replacement = tuple[str, ast.AST | None]


def swap_operator(node: ast.AST) -> Iterator[Replacement]:
    for new in SWAPPED_OPERATORS.get(type(node), ()):
        yield "operator", new()


def drop_operand(node: ast.AST) -> Iterator[Replacement]:
    """`a + b` becomes `a`, and `b`."""
    if isinstance(node, ast.BinOp):
        yield "operand", copy.deepcopy(node.left)
        yield "operand", copy.deepcopy(node.right)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.Invert | ast.USub):
        yield "negation", copy.deepcopy(node.operand)


def change_constant(node: ast.AST) -> Iterator[Replacement]:
    if not isinstance(node, ast.Constant):
        return
    value = node.value
    if isinstance(value, bool):
        yield "constant", ast.Constant(not value)
    elif isinstance(value, int):
        yield "constant", ast.Constant(value + 1)
        if value > 0:
            yield "constant", ast.Constant(value - 1)
        else:
            yield "constant", ast.UnaryOp(ast.USub(), ast.Constant(1))
    elif isinstance(value, float) and value:
        yield "constant", ast.Constant(value * 2)
        yield "constant", ast.Constant(value / 2)


def swap_arguments(node: ast.AST) -> Iterator[Replacement]:
    """Two neighbours of a call, a tuple or the two bounds of a slice change places."""
    if isinstance(node, ast.Call):
        for at in range(len(node.args) - 1):
            again = copy.deepcopy(node)
            again.args[at], again.args[at + 1] = again.args[at + 1], again.args[at]
            yield "arguments", again
    if isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Load):
        for at in range(len(node.elts) - 1):
            changed = copy.deepcopy(node)
            changed.elts[at], changed.elts[at + 1] = changed.elts[at + 1], changed.elts[at]
            yield "arguments", changed


def drop_argument(node: ast.AST) -> Iterator[Replacement]:
    if isinstance(node, ast.Call):
        for at in range(len(node.keywords)):
            again = copy.deepcopy(node)
            del again.keywords[at]
            yield "argument left out", again
        if len(node.args) > 1:
            short = copy.deepcopy(node)
            del short.args[-1]
            yield "argument left out", short


def rename(node: ast.AST) -> Iterator[Replacement]:
    """A function or method of another meaning."""
    if isinstance(node, ast.Attribute):
        for name in SWAPPED_NAMES.get(node.attr, ()):
            again = copy.deepcopy(node)
            again.attr = name
            yield "name", again
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        for name in SWAPPED_NAMES.get(node.id, ()):
            yield "name", ast.Name(name, ast.Load())


def drop_call(node: ast.AST) -> Iterator[Replacement]:
    """`f(x)` becomes `x`, `x.f(...)` becomes `x`: one step of a chain is forgotten."""
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute) and not isinstance(node.func.value, ast.Name | ast.Constant):
            yield "call left out", copy.deepcopy(node.func.value)
        elif isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
            yield from ((("call left out", copy.deepcopy(node.func.value)),) if not is_module(node.func.value) else ())
        if node.args and not isinstance(node.args[0], ast.Starred):
            yield "call left out", copy.deepcopy(node.args[0])


def is_module(name: ast.Name) -> bool:
    """`torch.cat(...)` is no step of a chain on `torch`; neither is what `self` or `nn` makes."""
    return name.id in ("torch", "nn", "F", "math", "self", "random", "super", "np")


def shift_slice(node: ast.AST) -> Iterator[Replacement]:
    """`x[1:]` becomes `x`, a bound is left out."""
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        yield "index left out", copy.deepcopy(node.value)
    if isinstance(node, ast.Slice):
        for part in ("lower", "upper", "step"):
            if getattr(node, part) is not None:
                again = copy.deepcopy(node)
                setattr(again, part, None)
                yield "bound left out", again


def force_condition(node: ast.AST) -> Iterator[Replacement]:
    if isinstance(node, ast.IfExp):
        yield "branch", copy.deepcopy(node.body)
        yield "branch", copy.deepcopy(node.orelse)
