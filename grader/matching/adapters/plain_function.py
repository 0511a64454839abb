"""A function that takes its arguments in an order, under names and with further arguments of its own; or an object called like one.

def train(train_ds, net, n_epoch, lr=0.1, val_ds=None): ...
class Padsequence:
    def __init__(self, padding_idx): ...
    def __call__(self, batch): ...
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from grader.matching.adapter import Query, Row
from grader.matching.adapters.attention_methods import as_function, constructor_of, named_method
from grader.matching.adapters.embedding_table import entry_at_zero, from_zero
from grader.matching.adapters.positional_encoding import table_methods
from grader.matching.arguments import filled
from grader.matching.bind import bind, parameters_of
from grader.matching.match import Argument, Match, plain
from grader.matching.payloads.arguments import batches_padded
from grader.matching.sizes import HEAD, GlobalsToSet, said, widths_among
from grader.matching.trees import free_names
from grader.matching.vocabulary import is_one_of
from grader.model import Interface, Probe, Text
from grader.sandbox.guest.codec import RemoteExpr
from grader.sandbox.payload import remote

UNUSED = 99_999  # an id that no word has
SETTLED_BY_TRIAL = (Probe.POSITIONS, Probe.MASK, Probe.ATTENTION)


class PlainFunction:
    def serves(self, interface: Interface) -> bool:
        return interface.kind == "function" and interface.probe not in SETTLED_BY_TRIAL

    def reads(self, query: Query) -> bool:
        return query.kind == "function" or (query.named and query.kind != "class")

    def propose(self, query: Query) -> Iterator[Match]:
        yield from ways(query, query.base, query.row.get("parameters"), query.call)


class CallableObject:
    def serves(self, interface: Interface) -> bool:
        return PlainFunction().serves(interface)

    def reads(self, query: Query) -> bool:
        callable_ = query.kind == "class" and bool(query.row.get("forward"))
        return callable_ and (query.named or query.interface.probe is Probe.BATCH)

    def propose(self, query: Query) -> Iterator[Match]:
        base = replace(query.base, target=instance(query.row, query.call))
        yield from ways(query, base, query.row.get("forward"), None)


class PaddingFunction:
    """A function that only fills lists up, taken for one that makes batches: `def padding(id_list, max_len): ...`"""

    def serves(self, interface: Interface) -> bool:
        return interface.probe is Probe.BATCH

    def reads(self, query: Query) -> bool:
        return query.kind == "function" and bool(query.parameters)

    def propose(self, query: Query) -> Iterator[Match]:
        further = [p.name for p in query.parameters[1:] if p.required or "len" in p.name.lower()]
        note = Text(
            en=f"`{query.name}` fills up the ids; the labels were kept beside it",
            ja=f"`{query.name}` は ID の列の長さをそろえる関数なので、ラベルはそのまま添えました",
        )
        target = remote(batches_padded, RemoteExpr(name=query.name), further)
        arguments = (Argument("batch", ("batch",), plain("batch")),)
        yield replace(query.base, target=target, arguments=arguments, notes=(note,))


class SettledByTrial:
    """A table, a mask or an attention, in a form that its own trial finds out."""

    def serves(self, interface: Interface) -> bool:
        return interface.kind == "function" and interface.probe in SETTLED_BY_TRIAL

    def reads(self, query: Query) -> bool:
        if query.kind == "module" and query.interface.probe is Probe.ATTENTION:
            return query.named or constructor_of(query) is not None or named_method(query) is not None
        told = query.kind == "module" or (query.kind == "class" and table_methods(query.defined))
        table = query.interface.probe is Probe.POSITIONS and bool(told)
        return query.kind == "function" or table or query.named

    def propose(self, query: Query) -> Iterator[Match]:
        outside = widths_outside(query)
        base = replace(query.base, overrides=outside, notes=(said(a.name for a in outside),) if outside else ())
        method = named_method(query) if query.kind in ("class", "module") else None
        if method is not None:
            yield replace(base, own=f"{query.name}.{method.name}", target=as_function(query, method))
            return
        object_ = instance(query.row, query.call) if query.kind == "class" else None
        yield replace(base, target=object_)


def widths_outside(query: Query) -> tuple[Argument, ...]:
    """The globals that hold the width of queries or values: scores = Q @ K.transpose(-1, -2) / np.sqrt(d_k)."""
    if query.interface.probe is not Probe.ATTENTION or query.defined is None:
        return ()
    found = widths_among(free_names(query.defined.node))
    held = query.runner.ask("call", GlobalsToSet(found, {}).question).value if found else ()
    return tuple(argument for name, argument in found.items() if is_one_of(name, HEAD) or name in (held or ()))


def ways(query: Query, base: Match, asked: object, call: ast.Call | None) -> Iterator[Match]:
    parameters = parameters_of(asked, call)
    first = entry_at_zero(query) if query.interface.probe is Probe.TABLE else None
    for match in filled(base, parameters, query.defined, query.written, query.section, query.rows, query.by_hand):
        yield from_zero(match, first)


def instance(row: Row, call: ast.Call | None) -> RemoteExpr:
    """The object that is called, as the notebook makes it; else with a padding id that is no word's."""
    if call is not None:
        return RemoteExpr(name=ast.unparse(call))
    required = [p for p in parameters_of(row.get("parameters"), None) if p.required]
    bound = bind(required, ("padding_idx",))
    values = ", ".join(f"{p.name}={UNUSED if p.name in bound.roles else None}" for p in required)
    return RemoteExpr(name=f"{row['name']}({values})")
