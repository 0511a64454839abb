"""Problem 84 answered inside a model: a class that reads the vectors' file itself and fills its embedding, asked for that table."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from grader.matching.bind import bind, is_extra, parameters_of
from grader.matching.match import Argument, Match, plain
from grader.matching.payloads.embedding_table import table_inside
from grader.matching.source_index import Definition, SourceIndex
from grader.matching.trees import free_names
from grader.model import Text
from grader.sandbox.guest.codec import RemoteExpr
from grader.sandbox.payload import remote

SIZES = {"vocab_size": "size", "emb_size": "dim", "output_size": 4, "hidden_size": 6, "num_layers": 1, "padding_idx": 0}
LOADS = ("load_word2vec_format", "load", "KeyedVectors", "gensim")
NOTE = Text(
    en="the vectors are read inside `{own}`: it was given the judge's, and asked for its embedding",
    ja="単語ベクトルは `{own}` の中で読み込まれているので、採点用のベクトルを読ませて、その埋め込み行列を調べました",
)


def loads_itself(defined: Definition | None) -> bool:
    """Whether a class reads vectors from a file and has an embedding."""
    inside = defined.identifiers if defined is not None and defined.method("__init__") is not None else frozenset()
    return "Embedding" in inside and bool(inside & {"load_word2vec_format", "load"})


def as_table(
    base: Match, defined: Definition, row: dict[str, Any], holds: dict[str, str], written: SourceIndex
) -> Match:
    """The class as the function that gives the table. holds: what globals hold, see `tell_holdings`."""
    parameters = parameters_of(row.get("parameters"), next(iter(written.calls(defined.name, "")), None))
    bound = bind(parameters, tuple(SIZES))
    spec: list[tuple[str, Any]] = [(name, SIZES[role]) for name, role in bound.roles.items()]
    spec += [(p.name, 0.0 if "drop" in p.name else None) for p in bound.left if p.required and is_extra(p)]
    read = free_names(defined.node)
    loaders = [name for name in read if name in LOADS or "vec" in name.lower()]
    vocabularies = [name for name in read if holds.get(name) == "vocab"]
    note = Text(en=NOTE.en.format(own=defined.name), ja=NOTE.ja.format(own=defined.name))
    return replace(
        base,
        own=defined.name,
        target=remote(table_inside, RemoteExpr(name="globals()"), defined.name, spec, loaders, vocabularies),
        arguments=tuple(Argument(role, (role,), plain(role)) for role in base.roles),
        notes=(note,),
        lifted=True,
    )
