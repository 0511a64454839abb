"""Gaps that are made in one sentence after the other: `random_word(self, sentence)` of a Dataset, or `random_word(tokens, tokenizer)`.

    for i, token in enumerate(tokens):
        prob = random.random()
        if prob < 0.15:
            ...
            output_label.append(self.vocab.stoi[token])
        else:
            output_label.append(0)

It gets the words alone, without special tokens, on an object that was never initialised and has what the method reads of its own.
Which form of a sentence it takes is found by trial.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from grader.matching.adapter import Query
from grader.matching.adapters.token_masking import kind_of, tried
from grader.matching.match import Argument, Match, plain
from grader.matching.payloads.masked_sentence import FORMS, wrap_sentence
from grader.matching.source_index import Definition
from grader.matching.trees import all_arguments, attributes, defaults, free_names
from grader.matching.vocabulary import is_one_of, words
from grader.model import Text
from grader.sandbox.guest.codec import RemoteExpr
from grader.sandbox.payload import remote

CHANCE = set(words("random rand randint randrange choice uniform bernoulli sample"))
VOCABULARIES = words("vocab vocabulary word2id word2idx stoi token2id token_to_id w2i word_to_id")
NOTE = Text(
    en="`{own}` makes gaps in one sentence: it was given the words between the special tokens, sentence by sentence",
    ja="`{own}` は 1 文ずつ穴をあけるので、特別なトークンを除いた単語を 1 文ずつ渡しました",
)


def found_for_sentences(query: Query) -> Iterator[Match]:
    """The first function or method of this kind that answers."""
    if query.matching.handed_out:
        return
    for defined, node in makers(query):
        for match in asked(query, defined, node):
            if tried(query.runner, match):
                yield match
                return


def makers(query: Query) -> Iterator[tuple[Definition, ast.FunctionDef]]:
    """Functions and methods with a loop, chance and a mask."""
    for defined in query.written.definitions:
        inside = defined.node.body if isinstance(defined.node, ast.ClassDef) else [defined.node]
        for node in inside if not defined.pristine else ():
            if isinstance(node, ast.FunctionDef) and makes_gaps(node):
                yield defined, node


def makes_gaps(node: ast.FunctionDef) -> bool:
    loops = any(isinstance(part, ast.For) for part in ast.walk(node))
    return loops and bool(CHANCE & parts(node)) and "mask" in ast.unparse(node).lower()


def parts(node: ast.AST) -> set[str]:
    """Names and attributes."""
    found = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    return found | {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)}


def asked(query: Query, defined: Definition, node: ast.FunctionDef) -> Iterator[Match]:
    """The ways to ask it, one for each form of a sentence; none where it needs what nobody knows."""
    method = isinstance(defined.node, ast.ClassDef)
    known, optional = [a.arg for a in all_arguments(node.args)], defaults(node)
    taken = known[1:] if method else known
    sentence = next((name for name in taken if meaning(name) in ("", "ids")), None)
    given = {name: meaning(name) for name in taken if name != sentence and name not in optional}
    own = {name: meaning(name) for name in read_of_itself(defined, node)} if method and known else {}
    outside = {name: kind for name in free_names(node) if (kind := meaning(name)) not in ("", "ids")}
    if (
        sentence is None
        or not all(given.values())
        or not all(own.values())
        or "ids" in (*given.values(), *own.values())
    ):
        return
    base = replace(query.base, own=f"{defined.name}.{node.name}" if method else defined.name)
    note = Text(en=NOTE.en.format(own=base.own), ja=NOTE.ja.format(own=base.own))
    for form in FORMS:
        spec = {"sentence": sentence, "form": form, "given": given, "own": own, "globals": outside}
        spec["method"] = node.name if method else ""
        yield replace(
            base,
            target=remote(wrap_sentence, RemoteExpr(name=defined.name), spec, RemoteExpr(name="globals()")),
            arguments=tuple(Argument(role, (role,), plain(role), by_place=True) for role in base.roles),
            notes=(note,),
        )


def read_of_itself(defined: Definition, method: ast.FunctionDef) -> list[str]:
    """The attributes that a method and the methods it calls read of their object, other than methods."""
    found: dict[str, None] = {}
    waiting, seen = [method], set[str]()
    while waiting:
        current = waiting.pop()
        seen.add(current.name)
        for name in attributes(current, "self"):
            called = defined.method(name)
            if called is None:
                found[name] = None
            elif name not in seen:
                waiting.append(called)
    return list(found)


def meaning(name: str) -> str:
    """What a parameter, an attribute or a global of this name holds; "" where that is not known."""
    return "vocab" if is_one_of(name, VOCABULARIES) else kind_of(name)
