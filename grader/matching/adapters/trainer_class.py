"""A training that is a method: `Trainer(model, optimizer, loader, ...).train(epochs)`, asked as the function of the contract.

What the constructor and the method take together is what a function would take. The sandbox makes the object and calls the
method; what it returns is the history, or what it keeps in itself, or what it prints.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from grader.matching.adapter import Query
from grader.matching.adapters.instrument import marked_function
from grader.matching.adapters.training_loop import epoch_loop, learns
from grader.matching.arguments import filled
from grader.matching.bind import SignatureParameter, parameters_of
from grader.matching.match import Match
from grader.matching.payloads.metrics import run_trainer
from grader.matching.source_index import Definition, SourceIndex
from grader.matching.trees import all_arguments, defaults
from grader.model import Interface, Text
from grader.notebook.syntax import as_source, copied
from grader.sandbox.guest.codec import RemoteExpr
from grader.sandbox.payload import remote

METHODS = ("fit", "train", "run", "train_model", "learn", "training", "execute", "start", "__call__")
NOTE = Text(
    en="the training is a method: `{own}` was made and its `{method}` called",
    ja="学習がメソッドになっているので、`{own}` を作って `{method}` を呼び出しました",
)


class TrainerClass:
    """`Trainer(model, optimizer, loader).train(epochs)`"""

    def serves(self, interface: Interface) -> bool:
        return interface.trains

    def reads(self, query: Query) -> bool:
        section = query.section if query.named else query.interface.exercise
        defined = query.written.definition(query.name, section)
        return query.kind == "class" and method_of(defined, query.written, query.section) is not None

    def propose(self, query: Query) -> Iterator[Match]:
        """The constructor and the method as one function."""
        defined, written, section = query.defined, query.written, query.section
        method = method_of(defined, written, section)
        if defined is not None and method is not None:
            taken = parameters(query.row, method, query.call)
            made = as_function(query.base, defined, method, query.row, written, section)
            yield from filled(made, taken, defined, written, section, query.rows, query.by_hand)


def method_of(defined: Definition | None, written: SourceIndex, section: str) -> ast.FunctionDef | None:
    """The method that trains for several epochs, itself or with others of its class; None where there is none."""
    if defined is None or not isinstance(defined.node, ast.ClassDef) or defined.method("forward") is not None:
        return None
    methods = [part for part in defined.node.body if isinstance(part, ast.FunctionDef)]
    steps = {m.name for m in methods if learns(m, written, section)}
    for method in sorted(methods, key=lambda m: METHODS.index(m.name) if m.name in METHODS else len(METHODS)):
        loops = [part for part in ast.walk(method) if isinstance(part, ast.For)]
        if any(learns(loop, written, section) or own_calls(loop) & steps for loop in loops) and nested(method, steps):
            return method
    return None


def own_calls(node: ast.AST) -> set[str]:
    """The methods of its own object that are called: self.step(...)."""
    calls = [
        part.func for part in ast.walk(node) if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute)
    ]
    return {call.attr for call in calls if isinstance(call.value, ast.Name) and call.value.id == "self"}


def nested(method: ast.FunctionDef, steps: set[str]) -> bool:
    """Whether there is a loop over epochs: one around the loop over data, or around a method that has it."""
    for loop in (part for part in ast.walk(method) if isinstance(part, ast.For)):
        inner = any(isinstance(part, ast.For) for statement in loop.body for part in ast.walk(statement))
        if inner or own_calls(loop) & (steps - {method.name}):
            return True
    return False


def parameters(row: dict[str, Any], method: ast.FunctionDef, call: ast.Call | None) -> list[SignatureParameter]:
    """Those of the constructor, and those of the method."""
    found = parameters_of(row.get("parameters"), call)
    given = defaults(method)
    names = [a.arg for a in all_arguments(method.args)[1:] if a not in (method.args.vararg, method.args.kwarg)]
    return [
        *found,
        *(
            SignatureParameter(name, False, name not in given, "", "")
            for name in names
            if name not in [p.name for p in found]
        ),
    ]


def as_function(
    base: Match, defined: Definition, method: ast.FunctionDef, row: dict[str, Any], written: SourceIndex, section: str
) -> Match:
    """The class and its method as one function of all that they take."""
    loops = [part for part in ast.walk(method) if isinstance(part, ast.For)]
    named = [loop for loop in loops if "epoch" in ast.unparse(loop.target).lower() + ast.unparse(loop.iter).lower()]
    whole = (named or loops)[0]
    told = row.get("parameters")
    init = [str(p[0]) for p in told or [] if isinstance(p, list | tuple) and p]
    body = as_source(
        marked_class(
            defined, method, whole if not learns(whole, written, section) else epoch_loop(whole, written, section)
        )
    )
    target = remote(run_trainer, RemoteExpr(name="globals()"), body, defined.name, method.name, init)
    words = {"own": defined.name, "method": method.name}
    note = Text(en=NOTE.en.format(**words), ja=NOTE.ja.format(**words))
    return replace(base, target=target, notes=(*base.notes, note), lifted=True)


def marked_class(defined: Definition, method: ast.FunctionDef, loop: ast.For) -> ast.ClassDef:
    copy = copied(defined.node)
    assert isinstance(copy, ast.ClassDef)  # whose method it is
    for place, part in enumerate(copy.body):
        if isinstance(part, ast.FunctionDef) and part.name == method.name:
            copy.body[place] = marked_function(part, loop)
        elif isinstance(part, ast.FunctionDef) and "print" in ast.unparse(part) and "backward" not in ast.unparse(part):
            copy.body[place] = marked_function(part)
    return copy
