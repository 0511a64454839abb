"""A causal mask that a class makes for itself, by a method: asked without the rest of the class.

class Transformer(nn.Module):
    def make_trg_mask(self, trg):              # (B, 1, T, T): padding and future
    def generate_mask(self, src, tgt):         # a pair of masks, that of the target the later one

The method gets words without padding, on an object that was never initialised and has what the method reads of its own: no word
is padding, everything is on the CPU.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from grader.matching.adapter import Query
from grader.matching.adapters.attention_methods import is_static
from grader.matching.adapters.positional_encoding import LENGTH, READ, fits
from grader.matching.match import Argument, Match, plain
from grader.matching.payloads.mask_method import of_method
from grader.matching.payloads.positional_encoding import allowed_by
from grader.matching.settings import fields
from grader.matching.source_index import Definition
from grader.matching.trees import identifiers
from grader.matching.vocabulary import is_settings, squeezed, words
from grader.model import Probe, Text
from grader.sandbox.guest.codec import RemoteExpr
from grader.sandbox.payload import remote

TRIANGLE = set(words("tril triu tri subsequent_mask generate_square_subsequent_mask"))
SIZES = words("sz size length len n t seq_len seq_length tgt_len trg_len max_len")


def found_method(query: Query) -> Iterator[Match]:
    """The first method that makes a mask with a triangle in it and answers."""
    if query.matching.handed_out:
        return
    for defined, method in methods(query):
        match = asked(query, defined, method)
        reply = query.runner.run(match, size=LENGTH) if match is not None else None
        if match is not None and reply is not None and reply.fault is None and fits(Probe.MASK, reply.value):
            yield match
            return


def methods(query: Query) -> Iterator[tuple[Definition, ast.FunctionDef]]:
    for defined in query.written.definitions:
        body = defined.node.body if isinstance(defined.node, ast.ClassDef) and not defined.pristine else []
        for node in body:
            if (
                isinstance(node, ast.FunctionDef)
                and "mask" in squeezed(node.name)
                and TRIANGLE & set(identifiers(node))
            ):
                yield defined, node


def asked(query: Query, defined: Definition, method: ast.FunctionDef) -> Match | None:
    """The method as a function of a size; None where it reads something of its object that nobody can say."""
    static = is_static(method)
    names = [argument.arg for argument in method.args.args]
    own, given = ("", names) if static else (names[0], names[1:])
    required = given[: len(given) - len(method.args.defaults)]
    held = {name: of_object(name) for name in fields(method, own)} if own else {}
    if not required or None in held.values():
        return None
    target = remote(
        of_method, RemoteExpr(name=defined.name), method.name, held, [kind_of(name) for name in required], static
    )
    return replace(
        query.base,
        own=defined.name,
        target=remote(allowed_by, target, {}, [], True),
        arguments=(Argument("size", ("size",), plain("size")),),
        notes=(told(f"{defined.name}.{method.name}"), READ),
    )


def of_object(name: str) -> object:
    """What an attribute of this name holds for an object that knows of no padding; None where nobody can say."""
    low = squeezed(name)
    if "pad" in low or low.endswith(("idx", "id")):
        return -1
    return "cpu" if low.startswith("dev") else 1 if "head" in low else "settings" if is_settings(name) else None


def kind_of(name: str) -> str:
    """What a parameter of the method is given."""
    low = squeezed(name)
    if low.startswith("dev"):
        return "device"
    return "padding" if "pad" in low else "size" if low in map(squeezed, SIZES) else "words"


def told(own: str) -> Text:
    return Text(
        en=f"`{own}` was asked by itself, with words of which none is padding",
        ja=f"`{own}` だけを呼び出しました（パディングのない単語列を渡しました）",
    )
