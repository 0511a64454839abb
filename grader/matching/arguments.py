"""The arguments of functions: data in the student's form, and what the contract has but the student makes outside.

A training loop may be handed an optimizer, a loss, or batches ready made, where the contract hands over a learning rate
and data; a function may read from globals what the contract hands over. Both are made from the contract's arguments.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice, permutations
from typing import Any

from grader.matching.adapters.fine_tuning import SETS, Data, by_part, forms
from grader.matching.bind import Binding, SignatureParameter, bind, called, extra, is_beside, literal, role_of
from grader.matching.call_convention import data_keys, items
from grader.matching.match import Argument, Match, Values, given, here, plain
from grader.matching.overrides import NameOverrides
from grader.matching.payloads import arguments as payload
from grader.matching.source_index import Definition, SourceIndex
from grader.matching.trees import defaults, free_names, keys
from grader.model import Probe
from grader.sandbox.guest.codec import RemoteExpr
from grader.sandbox.payload import remote

DERIVED = (
    "criterion",
    "optimizer",
    "scheduler",
    "collate_fn",
    "train_loader",
    "valid_loader",
    "loaders",
    "set_sizes",
    "device",
)
MOST = 24
PAIRS = None
Shape = tuple[str, str] | Data | None  # names of ids and label in an item; titles for a tokenizer; or just pairs


def filled(
    base: Match,
    parameters: list[SignatureParameter],
    defined: Definition | None,
    written: SourceIndex,
    section: str,
    rows: list[dict[str, Any]],
    by_hand: NameOverrides,
) -> Iterator[Match]:
    """Ways of calling a function, likeliest first."""
    trains = "train_set" in base.roles
    roles = (*base.roles, *(d for d in DERIVED if d not in base.roles)) if trains else base.roles
    bound = bind(parameters, roles)
    bound.roles |= {p.name: by_hand.arguments[p.name] for p in parameters if p.name in by_hand.arguments}
    bound.roles |= measured_too(bound) if trains else {}
    reached = written.reach(base.own, section)
    shape = data_keys([*reached, *written.definitions] if trains or "batch" in base.roles else [])
    outside = stand_ins(bound, roles, reached, rows, written.imported) if defined else ()
    lists = looked_through(reached, {name for name, _ in outside}) if ("vocab" in dict(outside).values()) else ()
    folders = written.unknown_folders(reached)
    shapes: list[Shape] = [shape, PAIRS] if shape else [PAIRS]
    if base.probe is Probe.TUNING:
        shapes = list(forms(reached, written, rows, base.interface.exercise))
    for names in shapes:
        read = {role for _, role in outside}
        ways = list(orders(bound, [r for r in base.roles if r not in read])) if read else []
        for taken in [*ways, *orders(bound, base.roles)]:
            found = tuple(arguments(bound, taken, defined, names))
            globals_ = [outside_argument(n, r, names) for n, r in outside]
            tokenizers = names.tokenizers if isinstance(names, Data) else ()
            globals_ += [Argument(name, ("tokenizer",), plain("tokenizer")) for name in tokenizers]
            globals_ += [Argument(name, ("vocab",), words_of(name)) for name in lists]
            globals_ += here(folders)
            yield replace(base, arguments=found, overrides=tuple({a.name: a for a in globals_}.values()))


def measured_too(bound: Binding) -> dict[str, str]:
    """A further set that is only measured on, `test_dl` beside `val_dl`: it is handed what the validation data are."""
    held_out = next((role for role in bound.roles.values() if role in ("valid_loader", "valid_set")), None)
    further = [p.name for p in bound.left if p.required and "test" in p.name.lower()]
    return dict.fromkeys(further, held_out) if held_out is not None else {}


def orders(bound: Binding, roles: Sequence[str]) -> Iterator[dict[str, str]]:
    """Roles for the required parameters that no name tells."""
    left = [role for role in roles if role not in bound.roles.values()]
    open_ = [p for p in bound.left if p.required and not is_beside(p)]
    if len(open_) > len(left):
        yield {}
        return
    for order in islice(permutations(left, len(open_)), MOST):
        yield {p.name: role for p, role in zip(open_, order, strict=True)}


def arguments(bound: Binding, taken: dict[str, str], defined: Definition | None, names: Shape) -> Iterator[Argument]:
    for parameter in bound.parameters:
        role = bound.roles.get(parameter.name) or taken.get(parameter.name)
        if role is None:
            if parameter.required:
                yield extra(parameter)
            continue
        confident = parameter.name not in bound.guessed and parameter.name not in taken
        made = argument(parameter, role, defined, names)
        if made is not None:
            yield replace(made, confident=confident, by_place=parameter.by_place)


def argument(parameter: SignatureParameter, role: str, defined: Definition | None, names: Shape) -> Argument | None:
    """What a parameter is given for its role."""
    name = parameter.name
    if role == "titles" and defined is not None and keys(defined.node, name):
        column = keys(defined.node, name)[0]
        return Argument(name, ("titles",), lambda values: remote(payload.frame, column, values["titles"]))
    if role == "vocab":
        node = defined.node if defined else None
        default = defaults(node).get(name) if isinstance(node, ast.FunctionDef) else None
        value = like(default.id) if isinstance(default, ast.Name) else plain("vocab")
        return Argument(name, ("vocab",), value)
    if role == "collate_fn":
        return collating(parameter)
    return from_the_contract(name, role, names)


def from_the_contract(name: str, role: str, names: Shape) -> Argument:
    """What a parameter or a global of this name is given for its role: the contract's own, or what is made of it."""
    if role == "device":
        return Argument(name, (), given("cpu"), also=("device",))
    made = derived(role, names)
    return replace(made, name=name) if made is not None else Argument(name, (role,), plain(role))


def collating(parameter: SignatureParameter) -> Argument | None:
    """The function or object that makes batches, as the notebook's own call has it; else its default."""
    if parameter.handed is not None:
        return Argument(parameter.name, (), given(literal(parameter.handed)))
    return Argument(parameter.name, (), given(None)) if parameter.required else None


def derived(role: str, names: Shape) -> Argument | None:
    """What is made of the contract's arguments because the student's function takes it ready made."""
    if isinstance(names, Data):
        return names.argument(role)
    if role == "optimizer":
        return Argument(role, ("model", "lr"), lambda v: remote(payload.sgd, v["model"], v["lr"]))
    if role == "criterion":
        return Argument(role, (), given(remote(payload.loss)))
    if role == "scheduler":
        return Argument(role, (), lambda values: remote(payload.unscheduled, values.get("lr", 0.0)), also=("lr",))
    if role in ("train_loader", "valid_loader"):
        source = "train_set" if role == "train_loader" else "valid_set"
        return Argument(role, (source,), loader(source, names), also=("batch_size",))
    if role == "loaders":
        return Argument(role, SETS, by_part(loader(SETS[0], names), loader(SETS[1], names)), also=("batch_size",))
    if role == "set_sizes":
        return Argument(role, SETS, by_part(size_of(SETS[0]), size_of(SETS[1])))
    if role in ("train_set", "valid_set", "batch"):
        return Argument(role, (role,), lambda values: items(values[role], names))
    return None


def size_of(source: str) -> Any:
    return lambda values: len(values[source])


def loader(source: str, names: tuple[str, str] | None) -> Any:
    def make(values: Values) -> RemoteExpr:
        return remote(
            payload.loader, items(values[source], names), values.get("batch_size", 1), source == "train_set", None
        )

    return make


def like(theirs: str) -> Any:
    """The vocabulary in the same kind of dict as the one that the notebook has under this name."""
    return lambda values: remote(payload.counts_like, RemoteExpr(name=theirs), values["vocab"])


def words_of(theirs: str) -> Any:
    """The words of the vocabulary in the place of a list or set of words that the notebook has under this name."""
    return lambda values: remote(payload.words_like, RemoteExpr(name=theirs), values["vocab"])


def looked_through(reached: Sequence[Definition], but: set[str]) -> list[str]:
    """The globals in which a function looks whether a word is there: `ids[w if w in words else "[UNK]"]`."""
    compared = (part for d in reached for part in ast.walk(d.node) if isinstance(part, ast.Compare))
    asked = [part.comparators[0] for part in compared if isinstance(part.ops[0], ast.In | ast.NotIn)]
    free = {name for d in reached for name in free_names(d.node)} - but
    return list(dict.fromkeys(node.id for node in asked if isinstance(node, ast.Name) and node.id in free))


def stand_ins(
    bound: Binding,
    roles: Sequence[str],
    reached: Sequence[Definition],
    rows: list[dict[str, Any]],
    imported: frozenset[str],
) -> list[tuple[str, str]]:
    """(global, role) for what a function reads from outside instead of taking it."""
    left = [role for role in roles if role not in bound.roles.values()]
    functions = {row["name"] for row in rows if row.get("kind") != "dict"}
    dicts = {row["name"] for row in rows if row.get("kind") == "dict"}
    found: list[tuple[str, str]] = []
    for name in dict.fromkeys(name for definition in reached for name in free_names(definition.node)):
        fitting = [role for role in left if called(role_of(role), name, surely=True)]
        if "vocab" in left and name in dicts:
            fitting = ["vocab"]
        if fitting and name not in functions | imported:
            found.append((name, fitting[0]))
            left.remove(fitting[0])
    return found


def outside_argument(name: str, role: str, names: Shape) -> Argument:
    return Argument(name, ("vocab",), like(name)) if role == "vocab" else from_the_contract(name, role, names)


def pretrained(base: Match, defined: Definition | None, written: SourceIndex) -> Match:
    """A class that loads its encoder itself gets the judge's one from the same call; and its states' width is read."""
    if "encoder" not in base.roles or defined is None:
        return base
    read = written.constants(free_names(defined.node))
    stated = [part.value for part in ast.walk(defined.node) if isinstance(part, ast.Constant)]
    numbers = [value for value in (*stated, *read) if type(value) is int and 64 <= value <= 4096]
    base = replace(base, width=numbers[0] if numbers else None)
    for part in ast.walk(defined.node):
        if isinstance(part, ast.Attribute) and part.attr == "from_pretrained":
            owner, root = part.value, part.value
            while isinstance(root, ast.Attribute):
                root = root.value
            if isinstance(root, ast.Name) and "Model" in ast.unparse(owner) and "For" not in ast.unparse(owner):
                value = ready_made(isinstance(owner, ast.Attribute))
                return replace(base, overrides=(Argument(root.id, ("encoder",), value),))
    return base


def ready_made(package: bool) -> Any:
    """The judge's encoder behind `from_pretrained`. package: the name is the library's, not the class's."""
    return lambda values: remote(payload.pretrained, values["encoder"], package)
