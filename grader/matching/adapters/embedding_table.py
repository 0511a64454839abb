"""Problem 84 answered by what reads the vectors' file itself: a class that fills its embedding, or a function that gives the table.

def make_weights(word2id, vocab_size, emb_size):
    vectors = KeyedVectors.load_word2vec_format("GoogleNews-vectors-negative300.bin.gz", binary=True)
"""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import Any

from grader.matching.adapter import Query
from grader.matching.bind import bind, is_extra, parameters_of
from grader.matching.function_trial import TITLES
from grader.matching.match import Argument, Match, here, picked, plain
from grader.matching.payloads.embedding_table import table_from, table_inside
from grader.matching.source_index import Definition, SourceIndex
from grader.matching.trees import free_names
from grader.model import Probe, Text
from grader.sandbox.guest.codec import RemoteExpr
from grader.sandbox.payload import remote

LOADERS = ("load_word2vec_format", "load_facebook_vectors")
SIZES = {
    "vocab": "vocab",
    "vocab_size": "size",
    "emb_size": "dim",
    "output_size": 4,
    "hidden_size": 6,
    "num_layers": 1,
    "padding_idx": 0,
}
ROLES = {"vocab": "vocab", "vocab_size": "size", "emb_size": "dim", "dim": "dim"}
LOADS = ("load_word2vec_format", "load", "KeyedVectors", "gensim")
NOTE = Text(
    en="the vectors are read inside `{own}`: it was given the judge's, and asked for its embedding",
    ja="単語ベクトルは `{own}` の中で読み込まれているので、採点用のベクトルを読ませて、その埋め込み行列を調べました",
)
NOTE_OF_FUNCTION = Text(
    en="the vectors are read inside `{own}`: it was given the judge's",
    ja="単語ベクトルは `{own}` の中で読み込まれているので、採点用のベクトルを読ませました",
)


def gives_table(defined: Definition) -> bool:
    """Whether a function reads vectors from a file and gives something back."""
    gives = any(isinstance(part, ast.Return) and part.value is not None for part in ast.walk(defined.node))
    return gives and isinstance(defined.node, ast.FunctionDef) and bool(defined.identifiers & set(LOADERS))


def loads_itself(defined: Definition | None) -> bool:
    """Whether a class reads vectors from a file and has an embedding."""
    inside = defined.identifiers if defined is not None and defined.method("__init__") is not None else frozenset()
    return "Embedding" in inside and bool(inside & {"load_word2vec_format", "load"})


def entry_at_zero(query: Query) -> str | None:
    """What stands at 0 in a vocabulary of the student's own in which places and ids are the same; None where they are not.

    {"<PAD>": 0, "<UNK>": 1, "red": 2}   # so `for i, word in enumerate(word2id)` is right, and with ids from 1 on it is not
    """
    made = query.other(Probe.VOCABULARY)
    if made is None or not made.verified:
        return None
    vocab = picked(made, query.runner.run(made, titles=list(TITLES)).value)
    if not isinstance(vocab, dict) or list(vocab.values()) != list(range(len(vocab))):
        return None
    first = next(iter(vocab), None)
    return first if isinstance(first, str) else None


def from_zero(match: Match, first: str | None) -> Match:
    """The match, handed vocabularies that have this entry at 0 before all others."""
    if first is None:
        return match

    def led(argument: Argument) -> Argument:
        if argument.roles != ("vocab",):
            return argument
        return replace(
            argument, value=lambda values: argument.value({**values, "vocab": {first: 0, **values["vocab"]}})
        )

    return replace(match, arguments=tuple(map(led, match.arguments)), overrides=tuple(map(led, match.overrides)))


def as_table(
    base: Match, defined: Definition, row: dict[str, Any], holds: dict[str, str], written: SourceIndex
) -> Match:
    """The class, or the function, as the function that the contract asks for. holds: what globals hold, see `tell_holdings`."""
    parameters = parameters_of(row.get("parameters"), next(iter(written.calls(defined.name, "")), None))
    function = isinstance(defined.node, ast.FunctionDef)
    sizes: dict[str, Any] = dict(ROLES) if function else dict(SIZES)
    bound = bind(parameters, tuple(sizes))
    spec: list[tuple[str, Any]] = [(name, sizes[role]) for name, role in bound.roles.items()]
    spec += [
        (p.name, 0.0 if "drop" in p.name else None) for p in bound.left if p.required and (function or is_extra(p))
    ]  # path, say
    read = free_names(defined.node)
    loaders = [name for name in read if name in LOADS or "vec" in name.lower()]
    vocabularies = [name for name in read if holds.get(name) == "vocab"]
    words = NOTE_OF_FUNCTION if function else NOTE
    note = Text(en=words.en.format(own=defined.name), ja=words.ja.format(own=defined.name))
    return replace(
        base,
        own=defined.name,
        target=remote(
            table_from if function else table_inside,
            RemoteExpr(name="globals()"),
            defined.name,
            spec,
            loaders,
            vocabularies,
        ),
        arguments=tuple(Argument(role, (role,), plain(role)) for role in base.roles),
        overrides=here(written.unknown_folders([defined])),
        notes=(note,),
        lifted=True,
    )
