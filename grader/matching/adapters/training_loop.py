"""A training loop that stands in no function, made one: the student's own statements, run again with the judge's data.

Many notebooks train at the top level, in a loop over globals: a model, a loader, an optimizer, tensors. The judge's side
(here) finds the loop in the section's text, lets it run the number of epochs that is asked for, and marks each number that
it prints, keeps or logs once an epoch. The sandbox's side (`run_training`, which is sent there) puts the judge's model and data in
the place of the globals that hold the student's, each in the form of what it stands in for, and runs those statements.
Nothing is read of how the student's data are made: what a global holds when the section has run says what it is.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from grader.matching.adapters.instrument import marked, marked_function, tables_in
from grader.matching.match import Argument, Match, plain
from grader.matching.payloads.classify import HELD_OUT
from grader.matching.payloads.metrics import run_shown
from grader.matching.payloads.training import run_training, tell_kinds
from grader.matching.source_index import Definition, SourceIndex
from grader.matching.trees import dotted, free_names, identifiers, top_level
from grader.model import Text
from grader.notebook.syntax import as_source, copied
from grader.sandbox.guest.codec import RemoteExpr
from grader.sandbox.payload import remote

NOTE = Text(
    en="the training loop stands in no function: it was run again as it is, with another model and other data, and read by "
    "what it prints or keeps once an epoch",
    ja="学習のループが関数の中にないため、モデルとデータを差し替えてそのまま実行し直し、エポックごとに表示・保存される値を読み取りました",
)
READ = Text(
    en="it returns nothing of what it measures, so it was read by what it prints once an epoch",
    ja="測った値を返さないため、エポックごとに表示する値を読み取りました",
)
ROLES = ("model", "tokenizer", "train_set", "valid_set", "epochs", "lr", "batch_size", "device")


OPTIMIZERS = ("SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "Adadelta", "NAdam", "RAdam", "Adamax")


@dataclass(frozen=True, slots=True)
class TrainingLoop:
    """A training loop's text, made ready to be run again, and the globals that it and what it calls read."""

    source: str
    names: tuple[str, ...]
    steps: bool  # whether it says .step(): else a model that stays as it was is its own doing
    tables: tuple[str, ...] = ()  # that it keeps its measurements in, by place
    setup: str = ""  # what stands before it in a function without arguments, such as main()


def loops(written: SourceIndex, section: str) -> Iterator[TrainingLoop]:
    """The training loops at the top level of a section, the last one first: an earlier one is mostly a trial.

    Then those in functions that take nothing and so hold all that a notebook holds at its top level: `main()`.
    """
    bodies = [tree.body for cell, tree in written.parsed if cell.serves(section) and not cell.pristine]
    found = [node for body in bodies for node in top_level(body)]
    for node in reversed([n for n in found if isinstance(n, ast.For) and learns(n, written, section)]):
        yield as_loop(node, written, section, "")
    for main in reversed([n for n in found if isinstance(n, ast.FunctionDef) and takes_nothing(n)]):
        before: list[ast.stmt] = []
        for statement in top_level(main.body):
            if isinstance(statement, ast.For) and learns(statement, written, section):
                yield as_loop(statement, written, section, "\n".join(map(ast.unparse, before)))
            if not isinstance(statement, ast.Return | ast.If | ast.With | ast.Try):
                before.append(statement)


def takes_nothing(node: ast.FunctionDef) -> bool:
    return not any((node.args.posonlyargs, node.args.args, node.args.kwonlyargs)) and "backward" in identifiers(node)


def as_loop(node: ast.For, written: SourceIndex, section: str, setup: str) -> TrainingLoop:
    whole = rated(epoch_loop(node, written, section))
    names = read_by(whole, written, section)
    steps = "step" in identifiers(whole) or any("step" in d.identifiers for d in reached(whole, written, section))
    source = "\n".join([*helpers(whole, written, section), as_source(marked(whole))])
    return TrainingLoop(source, names, steps, tables_in(whole), setup)


class Rated(ast.NodeTransformer):
    """A loop in which every optimizer that it makes learns at the rate that it is told: `optim.SGD(p, lr=0.1)` in each epoch."""

    def visit_Call(self, node: ast.Call) -> ast.AST:  # ast's name
        self.generic_visit(node)
        if dotted(node.func).rpartition(".")[2] in OPTIMIZERS:
            rate = ast.Name("__lr__", ast.Load())
            node.args[1:2] = [rate for _ in node.args[1:2]]
            node.keywords = [ast.keyword("lr", rate) if k.arg == "lr" else k for k in node.keywords]
        return node


def rated(node: ast.For) -> ast.For:
    made: ast.For = Rated().visit(copied(node))
    return ast.fix_missing_locations(made)


def helpers(node: ast.AST, written: SourceIndex, section: str, but: str = "") -> list[str]:
    """The notebook's own functions that a loop calls and that print, with their numbers marked."""
    found = [d for d in reached(node, written, section) if isinstance(d.node, ast.FunctionDef) and d.name != but]
    return [
        as_source(marked_function(d.node))
        for d in found
        if "print" in d.identifiers and not learns(d.node, written, section)
    ]


def shown(match: Match, written: SourceIndex, section: str) -> Match:
    """A training function that returns nothing of what it shows, read by that; any other as it is."""
    defined = written.definition(match.own, section)
    if defined is None or match.lifted or match.target is not None or not is_silent(defined, written, section):
        return match
    loop = next(
        (part for part in ast.walk(defined.node) if isinstance(part, ast.For) and learns(part, written, section)), None
    )
    if loop is None:
        return match
    whole = epoch_loop(loop, written, section)
    body = [*helpers(whole, written, section, but=match.own), as_source(marked_function(defined.node, whole))]  # type: ignore[arg-type]
    target = remote(run_shown, RemoteExpr(name="globals()"), "\n".join(body), match.own)
    return replace(match, target=target, notes=(*match.notes, READ), lifted=True)


def is_silent(defined: Definition, written: SourceIndex, section: str) -> bool:
    """Whether a function prints, itself or in what it calls, and returns nothing, or only the model."""
    prints = any("print" in d.identifiers for d in written.reach(defined.name, section))
    if not isinstance(defined.node, ast.FunctionDef) or not prints:
        return False
    inner = {
        id(part)
        for f in ast.walk(defined.node)
        if isinstance(f, ast.FunctionDef | ast.Lambda) and f is not defined.node
        for part in ast.walk(f)
    }
    values = [part.value for part in ast.walk(defined.node) if isinstance(part, ast.Return) and id(part) not in inner]
    return all(
        value is None or (isinstance(value, ast.Name) and value.id in ("model", "net", "rnn", "cnn"))
        for value in values
    )


def learns(node: ast.AST, written: SourceIndex, section: str) -> bool:
    """Whether backward() is called in it, or in a function of the notebook's that it calls."""
    return "backward" in identifiers(node) or any("backward" in d.identifiers for d in reached(node, written, section))


def reached(node: ast.AST, written: SourceIndex, section: str) -> list[Any]:
    called = {part.func.id for part in ast.walk(node) if isinstance(part, ast.Call) and isinstance(part.func, ast.Name)}
    return [d for name in sorted(called) for d in written.reach(name, section)]


def epoch_loop(node: ast.For, written: SourceIndex, section: str) -> ast.For:
    """The loop whose turns are epochs: by what it is called, else the outermost one."""
    inner = [part for part in ast.walk(node) if isinstance(part, ast.For) and learns(part, written, section)]
    named = [part for part in inner if "epoch" in ast.unparse(part.target).lower() + ast.unparse(part.iter).lower()]
    return (named or inner)[0]


def read_by(node: ast.For, written: SourceIndex, section: str) -> tuple[str, ...]:
    """The globals that the loop reads, itself and in the notebook's functions that it calls."""
    own = [part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)]
    further = [name for d in reached(node, written, section) for name in free_names(d.node)]
    return tuple(dict.fromkeys([*own, *further]))


def takes_batches(held: dict[str, Any]) -> bool:
    """Whether the loader that is learnt from gives more than one title at a time. held: name -> kind."""
    loaders = {name: str(kind) for name, kind in held.items() if str(kind).startswith("loader")}
    learnt = [kind for name, kind in loaders.items() if not HELD_OUT.search(name)] or list(loaders.values())
    return any(kind != "loader 1" for kind in learnt)


def lifted(base: Match, loop: TrainingLoop, batches: bool) -> Match:
    """The loop as the function that the contract asks for. batches: whether the size of a batch can be chosen."""
    roles = tuple(role for role in ROLES if role in base.roles and (role != "batch_size" or batches))
    return replace(
        base,
        own=base.wanted,
        target=remote(
            run_training,
            RemoteExpr(name="globals()"),
            loop.source,
            loop.names,
            loop.tables,
            not batches,
            loop.setup,
        ),
        arguments=tuple(Argument(role, (role,), plain(role)) for role in roles),
        notes=(NOTE,),
        lifted=True,
    )


def kinds(loop: TrainingLoop) -> RemoteExpr:
    """What is sent to learn what the names hold that a loop reads: `{name: kind}`."""
    return remote(tell_kinds, RemoteExpr(name="globals()"), loop.names, loop.setup)
