"""Positional encodings and causal masks in whatever form people have them, asked as the contract's functions.

A table of positions may be a function of length and width in either order, a module that adds it to what it is given, or a plain
class that is made with the width and told the length; a mask may be True or 1 where attention is allowed, or where it is not, or 0 and
-inf to be added. `table_added`, `table_told` and `allowed_by` are sent into the sandbox and give the contract's form of it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from grader.matching.adapters.attention_methods import rows_of
from grader.matching.bind import SignatureParameter, argument_choices, bind, parameters_of
from grader.matching.match import Argument, Match, plain
from grader.matching.payloads.positional_encoding import allowed_by, table_added, table_told
from grader.matching.source_index import Definition
from grader.matching.trees import identifiers
from grader.matching.trial import Trial, TrialRunner
from grader.matching.vocabulary import is_settings, squeezed, words
from grader.model import Fault, Probe, Text
from grader.sandbox.guest.codec import RemoteExpr
from grader.sandbox.payload import remote

LENGTH, WIDTH = 9, 6

BATCH_FIRST = Text(en="asked for what it adds to zeros (1, T, D)", ja="0 の入力 (1, T, D) に足される値を調べました")
TIME_FIRST = Text(en="asked for what it adds to zeros (T, 1, D)", ja="0 の入力 (T, 1, D) に足される値を調べました")
FOR_IDS = Text(
    en="asked for the rows that it has for words (1, T), of which it takes only the number",
    ja="単語の ID (1, T) を渡して、返ってくる値を調べました（使われるのは長さだけです）",
)
FOR_PLACES = Text(
    en="asked for the rows that it has for the places 0, 1, ... (T,)",
    ja="位置 0, 1, … (T,) を渡して、返ってくる値を調べました",
)
OF_IDS = Text(
    en="it was given words (1, T), of which it takes only the number",
    ja="単語の ID (1, T) を渡しました（使われるのは長さだけです）",
)
READ = Text(
    en="your mask was read as what it means for attention (True, 1 or 0 to be added: allowed)",
    ja="マスクは Attention での意味に読みかえました（見てよい場所が True）",
)


# __call__, encode, build_table, get_angles; not reversed, plot
TELLS = words("call enc pos table build get make forward gener create comput embed angle")


def tried(
    runner: TrialRunner,
    match: Match,
    row: dict[str, Any],
    parameters: list[SignatureParameter],
    config: Argument | None,
) -> Trial:
    """The first way of asking that gives a table or a mask of the right shape. config: what holds all its settings."""
    fault, fitting = None, list[tuple[Match, Tensor]]()
    methods = table_methods(runner.written.definition(match.own, runner.section)) if row.get("kind") == "class" else []
    asked = positions(match, row, parameters, config, methods)
    for found in masks(match, parameters) if match.probe is Probe.MASK else asked:
        values = {"size": LENGTH} if match.probe is Probe.MASK else {"max_len": LENGTH, "d_model": WIDTH}
        reply = runner.run(found, **values)
        if reply.fault is None and fits(match.probe, reply.value):
            if methods in ([], ["__call__"]):
                return Trial(2, found)
            fitting.append((found, torch.as_tensor(reply.value).reshape(LENGTH, WIDTH)))
        fault = fault or reply.fault
    return the_table(match, fitting, fault)


def the_table(match: Match, fitting: list[tuple[Match, Tensor]], fault: Fault | None) -> Trial:
    """Of the methods of a class that give (T, D), the one whose rows are sines and cosines: `angles(T)` and `reversed(T)` fit, too.

    Where none is, or two that differ, nobody knows which is meant.
    """
    waves = [(match, table) for match, table in fitting if is_wave(table)]
    alike = all(torch.allclose(table, waves[0][1], atol=1e-4) for _, table in waves)
    return Trial(2, waves[0][0]) if waves and alike else Trial(0, match, fault)


def is_wave(table: Tensor) -> bool:
    """Whether it holds pairs of a sine and a cosine, side by side or in two halves. Of which angles is for the checks to say."""
    halves = table.chunk(2, dim=1)
    pairs = ((table[:, 0::2], table[:, 1::2]), (halves[0], halves[1]))
    ones = torch.ones(LENGTH, WIDTH // 2, dtype=table.dtype)
    return any(torch.allclose(one.square() + other.square(), ones, atol=1e-3) for one, other in pairs)


def fits(probe: Probe, value: Any) -> bool:
    value = torch.as_tensor(value) if isinstance(value, np.ndarray) else value
    if not isinstance(value, Tensor):
        return False
    shape = [n for n in value.shape if n != 1]
    if probe is Probe.MASK:
        return shape == [LENGTH, LENGTH] and len(value) == LENGTH
    if shape != [LENGTH, WIDTH] or not value.is_floating_point():
        return False
    rows = value.reshape(LENGTH, WIDTH)
    return bool(torch.isfinite(rows).all()) and not torch.equal(rows[1], rows[2])


def masks(match: Match, parameters: list[SignatureParameter]) -> Iterator[Match]:
    """The size, or as many words, goes to the first parameter; what else is required gets what is usual.

    def nopeak_mask(size, opt);  def get_attn_subsequent_mask(seq)
    """
    if parameters:
        more = [p.name for p in parameters[1:] if p.required]
        settings = [name for name in more if is_settings(name)]
        rest = {name: "cpu" if "dev" in name.lower() else 0 for name in more if name not in settings}
        for of_ids in (False, True):
            yield replace(
                match,
                target=remote(allowed_by, RemoteExpr(name=match.own), rest, settings, of_ids),
                arguments=(Argument("size", ("size",), plain("size")),),
                notes=(READ, OF_IDS) if of_ids else (READ,),
            )


def positions(
    match: Match,
    row: dict[str, Any],
    parameters: list[SignatureParameter],
    config: Argument | None,
    methods: list[str],
) -> Iterator[Match]:
    """methods: of a plain class, those that may give the table."""
    whole = () if config is None else (config,)
    left = [role for role in match.roles if not any(role in argument.roles for argument in whole)]
    bound = bind([p for p in parameters if config is None or p.name != config.name], left)
    for arguments in ((*a, *whole) for a in argument_choices(bound, left, {})):
        if row.get("kind") == "function":
            yield replace(match, arguments=arguments)
            continue
        made_with = [a for a in arguments if not is_base(a, parameters)]
        for method in methods:
            length = Argument("__length__", ("max_len",), plain("max_len"), note=told(match.own, method))
            target = remote(table_told, RemoteExpr(name=match.own), method)
            yield replace(match, target=target, arguments=(length, *made_with))
        if row.get("kind") == "class":
            continue
        known = (
            Argument("__length__", ("max_len",), plain("max_len")),
            Argument("__width__", ("d_model",), plain("d_model")),
        )
        for layout, note in (
            ("batch", BATCH_FIRST),
            ("time", TIME_FIRST),
            ("ids", FOR_IDS),
            ("places", FOR_PLACES),
        ):
            target = remote(table_added, RemoteExpr(name=match.own), layout)
            yield replace(match, target=target, arguments=(*known, *made_with), notes=(note,))


def is_base(argument: Argument, parameters: list[SignatureParameter]) -> bool:
    """Whether it only looks like the length, which a class is told later: `n=10000`."""
    optional = any(p.name == argument.name and not p.required for p in parameters)
    return argument.roles == ("max_len",) and optional and not argument.confident


def table_methods(defined: Definition | None) -> list[str]:
    """The methods of a class that return something and need one argument, likeliest first: `__call__`, then what no other one uses.

    class PositionalEncoder:
        def __init__(self, embed_size, n=10000): ...
        def angles(self, length): ...        # (T, D) too, before their sines are taken
        def encode(self, length): ...
    """
    body = defined.node.body if defined is not None and isinstance(defined.node, ast.ClassDef) else []
    methods = [node for node in body if isinstance(node, ast.FunctionDef)]
    telling = [node for node in methods if node.name == "__call__" or not node.name.startswith("__")]
    named = [node for node in telling if any(piece in squeezed(node.name) for piece in TELLS)]
    fitting = [node for node in named if gives_something(node) and takes_one(node)]

    def used(node: ast.FunctionDef) -> bool:
        return any(node.name in identifiers(other) for other in methods if other is not node)

    return [node.name for node in sorted(fitting, key=lambda node: (node.name != "__call__", used(node)))]


def gives_something(method: ast.FunctionDef) -> bool:
    return any(isinstance(part, ast.Return) and part.value is not None for part in ast.walk(method))


def takes_one(method: ast.FunctionDef) -> bool:
    return sum(parameter.required for parameter in parameters_of(rows_of(method), None)) == 1


def told(own: str, method: str) -> Text:
    call = f"{own}(...)(T)" if method == "__call__" else f"{own}(...).{method}(T)"
    return Text(en=f"asked as `{call}`, with the length T", ja=f"長さ T を渡して `{call}` を呼び出しました")
