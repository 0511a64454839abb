"""Syntax trees that `ast.unparse` can write down again, whatever their source looked like.

Statements of a student are copied and changed by way of their text. Three things parse and cannot be written, and are
spelled in another way that means the same.
"""

from __future__ import annotations

import ast
import keyword
from typing import TypeVar

Tree = TypeVar("Tree", bound=ast.AST)

WRITABLE_BITS = 14_000  # Python writes an integer of 4,300 digits, which is 14,284 bits, and no longer one
BOLD = {ord("A"): 0x1D400, ord("a"): 0x1D41A}  # mathematical letters, which Python reads as the plain ones


def is_writable(tree: ast.AST) -> bool:
    return not any(map(is_unwritable, ast.walk(tree)))


def respelled(tree: Tree) -> Tree:
    """The tree with all that cannot be written in another spelling; it is changed in place."""
    Respelled().visit(tree)
    return ast.fix_missing_locations(tree)


def is_unwritable(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant):
        return type(node.value) is int and node.value.bit_length() > WRITABLE_BITS
    if isinstance(node, ast.JoinedStr):
        return has_text_within(node) and not is_written(node)
    return any(keyword.iskeyword(name) for name in names_of(node))


def has_text_within(node: ast.JoinedStr) -> bool:
    """`f"{row['a']}"`: quotes within quotes."""
    values = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
    return any(isinstance(p, ast.JoinedStr) or is_text(p) for value in values for p in ast.walk(value))


def is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)


def is_written(node: ast.JoinedStr) -> bool:
    try:
        ast.unparse(node)
    except (ValueError, RecursionError):
        # f'''{row["a"]} {row['b']} "" ''' and a backslash within, before Python 3.12; after it, texts within texts within texts
        return False
    return True


def names_of(node: ast.AST) -> list[str]:
    """What is written there as a name: fields that hold one, or several."""
    if isinstance(node, ast.Constant):
        return []
    values = [value for _, value in ast.iter_fields(node)]
    return [name for value in values for name in (value if isinstance(value, list) else [value]) if type(name) is str]


class Respelled(ast.NodeTransformer):
    """The same statements in a spelling that can be written."""

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.Constant):
            return in_pieces(node.value) if type(node.value) is int else node
        self.generic_visit(node)
        if isinstance(node, ast.JoinedStr):
            return as_format_call(node) if is_unwritable(node) else node
        for field, value in ast.iter_fields(node):
            if type(value) is str:
                setattr(node, field, unlike_keyword(value))
            elif isinstance(value, list):
                setattr(node, field, [unlike_keyword(v) if type(v) is str else v for v in value])
        return node


def unlike_keyword(name: str) -> str:
    """A variable called `if`, which only somebody who writes it in mathematical letters can have: in those letters."""
    return "".join(map(bold, name)) if keyword.iskeyword(name) else name


def bold(letter: str) -> str:
    first = ord("A") if letter.isupper() else ord("a")
    return chr(BOLD[first] + ord(letter) - first)


def in_pieces(value: int) -> ast.expr:
    """0xFFFF... of thousands of digits as `(high << bits) | low`."""
    bits = value.bit_length() // 2
    if value.bit_length() <= WRITABLE_BITS:
        return ast.Constant(value)
    high = ast.BinOp(in_pieces(value >> bits), ast.LShift(), ast.Constant(bits))
    return ast.BinOp(high, ast.BitOr(), in_pieces(value & ((1 << bits) - 1)))


def as_format_call(node: ast.JoinedStr) -> ast.expr:
    """`f"loss {row['loss']:.3f}"` as `"loss {:.3f}".format(row["loss"])`."""
    template, values = template_of(node)
    return ast.Call(ast.Attribute(ast.Constant(template), "format", ast.Load()), values, [])


def template_of(node: ast.JoinedStr) -> tuple[str, list[ast.expr]]:
    """The text with a place for each value, and the values in the order of their places."""
    text, values = "", []
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            spec, further = template_of(part.format_spec) if isinstance(part.format_spec, ast.JoinedStr) else ("", [])
            text += "{" + (f"!{chr(part.conversion)}" if part.conversion > 0 else "") + (spec and f":{spec}") + "}"
            values += [part.value, *further]
        elif isinstance(part, ast.Constant):
            text += str(part.value).replace("{", "{{").replace("}", "}}")
    return text, values
