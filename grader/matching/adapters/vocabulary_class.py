"""A class that keeps the vocabulary of the titles it is given, and gives the ids of a title by a method.

class ID:
    def __init__(self, data):                    # titles; or nothing, and they come by a method: vocab.fit(titles)
        ...
        self.id_dict = dict(self.id_list)        # from word to id
    def return_id(self, line): ...               # the ids of one title

The dictionary is what `build_vocab` should return; for `to_ids` an object is made of titles, and keeps the vocabulary that is asked with.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from grader.matching.adapter import Query
from grader.matching.adapters.attention_methods import rows_of
from grader.matching.adapters.positional_encoding import gives_something, takes_one
from grader.matching.bind import BY_NAME, called, parameters_of
from grader.matching.match import Argument, Match, plain
from grader.matching.payloads.vocabulary_class import ids_by, vocabulary_by
from grader.matching.trees import dotted, identifiers
from grader.matching.vocabulary import squeezed
from grader.model import Interface, Probe, Text
from grader.sandbox.guest.codec import RemoteExpr
from grader.sandbox.payload import remote

MOST = 3  # dictionaries, and methods, that are tried
OF_IDS = ("id", "stoi", "2i", "index", "vocab", "dic")
OF_COUNTS = ("count", "freq", "cnt", "num")


class VocabularyClass:
    def serves(self, interface: Interface) -> bool:
        return interface.probe in (Probe.VOCABULARY, Probe.IDS)

    def reads(self, query: Query) -> bool:
        return query.kind == "class" and bool(kept(query)) and any(True for _ in builders(query))

    def propose(self, query: Query) -> Iterator[Match]:
        for builder in builders(query):
            for attribute in kept(query)[:MOST]:
                if query.interface.probe is Probe.VOCABULARY:
                    yield as_function(query, f"{query.name}.{attribute}", vocabulary_by, [builder, attribute], "titles")
                    continue
                for method in tellers(query, builder):
                    own = f"{query.name}.{method}"
                    yield as_function(query, own, ids_by, [builder, attribute, method], "words", "vocab")


def as_function(query: Query, own: str, payload: object, given: list[str], *roles: str) -> Match:
    target = remote(payload, RemoteExpr(name=query.name), *given)  # type: ignore[arg-type]
    arguments = tuple(Argument(role, (role,), plain(role)) for role in roles)
    return replace(query.base, own=own, kind="function", target=target, arguments=arguments, notes=(told(own),))


def methods(query: Query) -> list[ast.FunctionDef]:
    defined = query.defined
    body = defined.node.body if defined is not None and isinstance(defined.node, ast.ClassDef) else []
    return [node for node in body if isinstance(node, ast.FunctionDef)]


def kept(query: Query) -> list[str]:
    """The attributes that may be the dictionary, likeliest first: `self.word2id = {}` rather than `self.train_dict`, and never a count."""
    stored = {
        target.attr
        for method in methods(query)
        for part in ast.walk(method)
        if isinstance(part, ast.Assign | ast.AnnAssign)
        for target in (part.targets if isinstance(part, ast.Assign) else [part.target])
        if isinstance(target, ast.Attribute) and dotted(target.value) == "self"
    }
    fitting = [name for name in sorted(stored) if not any(word in squeezed(name) for word in OF_COUNTS)]
    return sorted(fitting, key=lambda name: min((n for n, w in enumerate(OF_IDS) if w in squeezed(name)), default=99))


def builders(query: Query) -> Iterator[str]:
    """Where the titles go: "" for the constructor, else a method that is given them alone."""
    required = [p for p in query.parameters if p.required]
    if len(required) == 1 and called(BY_NAME["titles"], required[0].name, False):
        yield ""
    if not required:
        yield from (m.name for m in methods(query) if takes(m, "titles"))


def tellers(query: Query, builder: str) -> list[str]:
    """The methods that are given a title and return something: those that no other one uses first, and that speak of ids."""
    fitting = [
        m.name
        for m in methods(query)
        if m.name != builder
        and (not m.name.startswith("__") or m.name == "__call__")
        and gives_something(m)
        and takes_one(m)
    ]
    used = {name for m in methods(query) for name in identifiers(m) if name != m.name}
    return sorted(fitting, key=lambda name: (name in used, "id" not in squeezed(name)))[:MOST]


def takes(method: ast.FunctionDef, role: str) -> bool:
    required = [p for p in parameters_of(rows_of(method), None) if p.required]
    return len(required) == 1 and called(BY_NAME[role], required[0].name, False)


def told(own: str) -> Text:
    return Text(
        en=f"asked as `{own}` of an object that was made of the titles",
        ja=f"題名から作ったオブジェクトの `{own}` を使いました",
    )
