"""A `Dataset` that makes ids and mask of titles as it is read, or a function that makes one, asked as the function `encode`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from grader.matching.adapter import Query
from grader.matching.bind import BY_NAME, SignatureParameter, called, literal
from grader.matching.call_convention import LABELS
from grader.matching.match import Argument, Match, plain
from grader.matching.payloads.datasets import encode_by
from grader.matching.source_index import Definition
from grader.matching.trees import dotted, free_names
from grader.model import Interface, Probe
from grader.sandbox.guest.codec import RemoteExpr
from grader.sandbox.payload import remote

LONGEST = 32


class DatasetEncode:
    """`class NewsDataset(Dataset)` whose `__getitem__` calls a tokenizer, or `def make_dataset(X, y)` that gives a TensorDataset."""

    def serves(self, interface: Interface) -> bool:
        return interface.probe is Probe.ENCODING

    def reads(self, query: Query) -> bool:
        defined = query.written.definition(query.name, query.interface.exercise)
        if query.kind == "function":
            return fills_dataset(defined)
        return query.kind == "class" and (encodes(defined) or (query.named and query.defined is not None))

    def propose(self, query: Query) -> Iterator[Match]:
        if query.defined is not None:
            yield as_encode(query.base, query.defined, query.parameters)


def encodes(defined: Definition | None) -> bool:
    """Whether a class is a Dataset whose items are made by a tokenizer."""
    return defined is not None and defined.method("__getitem__") is not None and names_tokenizer(defined)


def fills_dataset(defined: Definition | None) -> bool:
    """Whether a function makes a data set of titles with a tokenizer: `return TensorDataset(ids, masks, y)`."""
    if defined is None or not isinstance(defined.node, ast.FunctionDef):
        return False
    made = {
        dotted(part.value.func).rpartition(".")[2]
        for part in ast.walk(defined.node)
        if isinstance(part, ast.Return) and isinstance(part.value, ast.Call)
    }
    return "TensorDataset" in made and names_tokenizer(defined)


def names_tokenizer(defined: Definition) -> bool:
    return any("token" in word.lower() for word in defined.identifiers)


def as_encode(base: Match, defined: Definition, parameters: list[SignatureParameter]) -> Match:
    """The class as a function of tokenizer and titles. parameters: of its constructor."""
    spec = specified(parameters)
    inside = any(what == "tokenizer" for _, what in spec)
    outside = [] if inside else [name for name in free_names(defined.node) if called(BY_NAME["tokenizer"], name, True)]
    return replace(
        base,
        target=remote(encode_by, RemoteExpr(name=base.own), spec),
        arguments=(
            Argument("tokenizer", ("tokenizer",), plain("tokenizer")),
            Argument("titles", ("titles",), plain("titles")),
        ),
        overrides=tuple(Argument(name, ("tokenizer",), plain("tokenizer")) for name in outside[:1]),
    )


def specified(parameters: list[SignatureParameter]) -> list[tuple[str, Any]]:
    """What each parameter of a Dataset's constructor is given, see `meaning`."""
    return [(p.name, what) for p in parameters for what in [meaning(p, parameters)] if what is not None]


def meaning(parameter: SignatureParameter, all_: list[SignatureParameter]) -> Any:
    """What a parameter of a Dataset is given: a word of what is known, a value, or None where its default does."""
    what = said(parameter)
    if what not in ("", "device"):
        return LONGEST if what == "length" else what
    if parameter.name == next((p.name for p in all_ if not said(p)), None):
        return "titles"
    if not parameter.required:
        return None
    return literal(parameter.handed) if isinstance(parameter.handed, ast.Constant) else "cpu" if what else 0


def said(parameter: SignatureParameter) -> str:
    """What the name alone says: tokenizer, labels, length, device; "" where it says nothing."""
    low = parameter.name.lower()
    if called(BY_NAME["tokenizer"], parameter.name, True):
        return "tokenizer"
    if parameter.name in LABELS or any(piece in low for piece in ("label", "target", "categ")) or low.startswith("y"):
        return "labels"
    if "max" in low or "len" in low:
        return "length"
    return "device" if "dev" in low else ""
