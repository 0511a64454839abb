"""A class whose constructor takes the sizes in an order, under names and with further arguments of its own.

class Model(nn.Module):
    def __init__(self, hid, v, labels, device="cpu", emb=100): ...
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace

from grader.matching.adapter import Query, Row
from grader.matching.adapters.injected_modules import InjectedModule, normalises, parts, tables
from grader.matching.arguments import pretrained
from grader.matching.bind import Binding, SignatureParameter, argument_choices, as_called, bind
from grader.matching.chosen_words import chosen
from grader.matching.match import Argument, Match
from grader.matching.payloads.masked_sentence import some_words
from grader.matching.settings import settings
from grader.matching.sizes import TRANSLATES, halved, housed, read_outside, set_aside, used_by
from grader.matching.source_index import Definition
from grader.matching.trees import dotted
from grader.model import Interface, Probe, Trait
from grader.sandbox.payload import remote

# What a model has behind its embedding: self.attn, F.softmax, self.blocks, nn.LSTM, self.layers
DEEPER = re.compile(r"att(?!r)|softmax|heads?$|block|layers?$|transformer|lstm|gru|rnn")

VOCABULARIES = (("vocab_size",), ("src_vocab",), ("tgt_vocab",))

# What a decoder is handed of a source that was read already: forward(self, x, encoder_output, ...), forward(self, trg, enc_src, ...)
READ = re.compile(r"^(?!.*mask)(?:.*memory|enc\w*_?(?:out|src|state|hid)|context)")


class ModuleClass:
    def serves(self, interface: Interface) -> bool:
        return interface.kind == "module"

    def reads(self, query: Query) -> bool:
        if query.named:
            return True
        if query.interface.probe is Probe.NORM:
            return query.kind == "module" and normalises(query.row)
        if query.interface.probe in (Probe.LANGUAGE_MODEL, Probe.ONE_TEXT) and (
            reads_two_texts(query.row) or only_embeds(query)
        ):
            return False
        if query.interface.probe is Probe.TWO_TEXTS and query.kind == "module":
            if in_halves(query.defined):
                return True
            return reads_two_texts(query.row) and not any(READ.match(name) for name in required_of(query.row))
        # A function may stand for a class: `def RNN(...): return nn.Sequential(...)`
        return query.kind == "module" or (query.kind == "function" and query.name in stands_for(query.interface))

    def propose(self, query: Query) -> Iterator[Match]:
        """Every way of building it; with globals that hold sizes, where there are any, first."""
        wanted, parameters, base = (
            query.interface,
            query.parameters,
            pretrained(query.base, query.defined, query.written),
        )
        takes = Trait.HANDED_PARTS in wanted.traits
        made = parts(parameters, query.defined, query.rows, query.written, query.section, wanted.probe) if takes else {}
        house, outside = with_globals(query, base, [base.own, *(part.own for part in made.values())])
        if outside:
            yield from built(query, house, parameters, made, outside)
        yield from built(query, base, parameters, made, ())


def stands_for(interface: Interface) -> tuple[str, ...]:
    """The names of functions that may make the module: that of a whole model is made by many, `make_model(src_vocab, tgt_vocab, N=6, ...)`."""
    return (interface.name, *(interface.called if interface.probe is Probe.TWO_TEXTS else ()))


def in_halves(defined: Definition | None) -> bool:
    """Whether a class encodes and decodes, and leaves it to its training to put these together: it has no `forward`."""
    methods = [name for name in ("encode", "decode", "forward") if defined is not None and defined.method(name)]
    return methods == ["encode", "decode"]


def reads_two_texts(row: Row) -> bool:
    """Whether `forward` cannot do without a source beside the target: `forward(self, src, trg)`, `forward(self, trg, enc_src, mask)`.

    Such a model translates, and a language model has no first text.
    """
    required = required_of(row)
    sources = [n for n in required if n.startswith(("src", "source", "enc", "memory")) and "mask" not in n]
    targets = [n for n in required if n.startswith(("tgt", "trg", "target", "dec", "x", "y")) and "mask" not in n]
    return bool(sources and targets)


def required_of(row: Row) -> list[str]:
    """The parameters without which `forward` cannot be called, in small letters."""
    return [str(p[0]).lower() for p in row.get("forward") or [] if not p[2] and "VAR_" not in str(p[1])]


def only_embeds(query: Query) -> bool:
    """Whether a class looks words up and does nothing else that a model of the language does: `class TokenEmbedding(nn.Embedding)`.

    Built as wide as there are words, it would answer in the shape of scores.
    """
    reached = query.written.reach(query.name, query.section)
    words = {word.lower() for d in reached for word in query.written.words_of(d) if word != d.name}
    return bool(reached) and not any(DEEPER.search(word) for word in words if "embed" not in word)


def built(
    query: Query,
    base: Match,
    parameters: list[SignatureParameter],
    made: dict[str, InjectedModule],
    outside: tuple[Argument, ...],
) -> Iterator[Match]:
    """Every way of building it with these parts, and with globals that hold what the arguments `outside` say."""
    wanted, defined = query.interface, query.defined
    whole_config = settings(defined, parameters, wanted.roles, query.written)
    if whole_config is not None and not made:
        left = [role for role in wanted.roles if role not in whole_config.roles]
        rest = bind([p for p in parameters if p.name != whole_config.name], left)
        for arguments in with_words(query, argument_choices(rest, left, dict(wanted.fixed))):
            yield replace(base, arguments=(*arguments, whole_config))
        return
    aside = set_aside(parameters, wanted.roles) | {name: part.argument for name, part in made.items()}
    aside |= tables(parameters, defined) if set(wanted.roles) >= TRANSLATES else {}
    others = [p for p in parameters if p.name not in aside]
    aside |= chosen(others, defined, query.written, query.section, wanted.probe)
    covered = {role for argument in outside for role in argument.roles}
    roles = sorted(wanted.roles, key=lambda role: role in covered)  # a role that no global says is likelier handed over
    bound = bind([p for p in parameters if p.name not in aside], roles)
    for parameter, role in query.by_hand.arguments.items():
        if any(p.name == parameter for p in parameters):
            bound.roles = {p: r for p, r in bound.roles.items() if r != role} | {parameter: role}
            bound.guessed.discard(parameter)
    bound.parameters = [p if query.written.readable(p.handed) else replace(p, handed=None) for p in bound.parameters]
    for arguments in with_words(query, argument_choices(bound, roles, dict(wanted.fixed))):
        yield replace(base, arguments=tuple(halved(a, defined) for a in (*arguments, *aside.values())))
    whole = as_called(bound.parameters) if not aside else None
    if whole is not None:
        yield replace(base, arguments=whole)
    if aside or set(wanted.roles) - {role for role, _ in wanted.defaults} <= {p.name for p in parameters}:
        return  # the contract's own names mean what the contract says
    for arguments in argument_choices(Binding(bound.parameters), roles, dict(wanted.fixed)):  # names may mislead
        yield replace(base, arguments=arguments)


def with_words(query: Query, choices: Iterator[tuple[Argument, ...]]) -> Iterator[tuple[Argument, ...]]:
    """The choices; of a class that asks its vocabulary for more than a number, each with as many words as well.

    class Net(nn.Module):
        def __init__(self, config, vocab):
            self.embed = nn.Embedding(len(vocab), config.d_model, padding_idx=vocab.stoi["<pad>"])
    """
    makers = [d.method("__init__") for d in query.written.reach(query.name, query.section)]
    asked = {p for node in makers if node is not None for p in (a.arg for a in node.args.args) if asks_words(node, p)}
    for arguments in choices:
        yield arguments
        if any(a.roles in VOCABULARIES and a.name in asked for a in arguments):
            yield tuple(in_words(a) if a.roles in VOCABULARIES and a.name in asked else a for a in arguments)


def in_words(argument: Argument) -> Argument:
    (role,) = argument.roles
    return replace(argument, value=lambda values: remote(some_words, values[role], values.get("padding_idx", 0)))


def asks_words(node: ast.AST, name: str) -> bool:
    """Whether a constructor takes the length of what has this name, an entry or an attribute; one letter may be any size."""
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute | ast.Subscript) and dotted(part.value) == name and len(name) > 1:
            return True
        if isinstance(part, ast.Call) and dotted(part.func) == "len" and part.args and dotted(part.args[0]) == name:
            return True
    return False


def with_globals(query: Query, base: Match, names: list[str]) -> tuple[Match, tuple[Argument, ...]]:
    """The match with the globals that hold sizes for it, where it is a Transformer's; and these."""
    if Trait.READS_GLOBALS not in query.interface.traits or base.overrides:
        return base, ()
    may = read_outside(used_by(names, query.written, query.section), query.interface.roles)
    outside = may.among(query.runner.ask("call", may.question).value) if may.numbers or may.settings else {}
    return housed(base, outside), tuple(outside.values())
