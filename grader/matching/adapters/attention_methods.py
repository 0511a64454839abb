"""Dot-product attention that is a method or a class: what is called for it, and with what the class is made.

class MultiHeadAttentionBlock(nn.Module):
    @staticmethod
    def attention(query, key, value, mask, dropout): ...
class ScaledDotProductAttention(nn.Module):
    def __init__(self, temperature, attn_dropout=0.1): ...
class MultiHeadAttention(nn.Module):
    def scaled_dot_product_attention(self, q, k, v, mask=None): ... / math.sqrt(self.d_k)
"""

from __future__ import annotations

import ast
from typing import Any

from grader.matching.adapter import Query
from grader.matching.extra_arguments import EXTRAS
from grader.matching.match import Match
from grader.matching.sizes import HEAD, SAME
from grader.matching.source_index import Definition
from grader.matching.trees import identifiers
from grader.matching.vocabulary import is_one_of, words
from grader.model import Probe
from grader.sandbox.guest.codec import RemoteExpr

ROOTS = words("temperature scale scaling scale_factor")
WIDTHS = (*HEAD, *SAME["d_model"], *words("d_model dim embed_dim emb_dim hidden_size hidden_dim embed_size size d"))
HEADS = words("n_heads num_heads heads n_head h nhead num_head")


def named_method(query: Query) -> ast.FunctionDef | None:
    """The method of a class that goes by a name of the attention and needs nothing of its object, or one that can be made."""
    if query.interface.probe is not Probe.ATTENTION or query.defined is None:
        return None
    called = (query.interface.name, *query.interface.called)
    body = query.defined.node.body if isinstance(query.defined.node, ast.ClassDef) else []
    methods = (node for node in body if isinstance(node, ast.FunctionDef) and is_one_of(node.name, called))
    attends = (node for node in methods if "softmax" in map(str.lower, identifiers(node)))
    return next((node for node in attends if stands_alone(node) or constructor_of(query)), None)


def stands_alone(method: ast.FunctionDef) -> bool:
    """Whether a method can be called without an object: it is static, or never reads its own."""
    if is_static(method):
        return True
    own = method.args.args[0].arg if method.args.args else ""
    return not any(isinstance(part, ast.Name) and part.id == own for body in method.body for part in ast.walk(body))


def is_static(method: ast.FunctionDef) -> bool:
    return any(isinstance(found, ast.Name) and found.id == "staticmethod" for found in method.decorator_list)


def as_function(query: Query, method: ast.FunctionDef) -> RemoteExpr:
    """What is called: the static method, or the plain one without an object; else what makes it, of the constructor's arguments."""
    if is_static(method):
        return RemoteExpr(name=f"{query.name}.{method.name}")
    if not stands_alone(method):
        return RemoteExpr(name=f"(lambda **sizes: {query.name}(**sizes).eval().{method.name})")
    return RemoteExpr(name=f"(lambda *given: {query.name}.{method.name}(None, *given))")


def method_meant(defined: Definition | None, match: Match) -> ast.FunctionDef | None:
    """The method that a match asks: `Block.attention`."""
    own = match.own.partition(".")[2]
    return defined.method(own) if defined is not None and own else None


def rows_of(method: ast.FunctionDef) -> list[Any]:
    """Its parameters as the sandbox describes those of functions: name, kind, whether it has a default."""
    names = [argument.arg for argument in method.args.args]
    first_default = len(names) - len(method.args.defaults)
    rows = [[name, "POSITIONAL_OR_KEYWORD", place >= first_default] for place, name in enumerate(names)]
    return rows if is_static(method) else rows[1:]


def constructor_of(query: Query) -> dict[str, str] | None:
    """What each required parameter of a class of attention is given; None where one of them says nothing."""
    if query.kind != "module":
        return {}
    found = {}
    for row in query.row.get("parameters") or []:
        name = str(row[0])
        if row[2] or "VAR_" in str(row[1]):
            continue
        kind = kind_of(name)
        if not kind:
            return None
        found[name] = kind
    return found


def kind_of(name: str) -> str:
    if is_one_of(name, ROOTS):
        return "root"
    if is_one_of(name, HEADS):
        return "heads"
    if is_one_of(name, WIDTHS):
        return "width"
    dropouts = next(extra for extra in EXTRAS if extra.piece == "drop")
    return "dropout" if is_one_of(name, dropouts.names) or dropouts.piece in name.lower() else ""
