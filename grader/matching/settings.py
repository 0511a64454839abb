"""The one parameter of a class that holds all of its settings, as an object or a dict with the judge's sizes in it.

class Block(nn.Module):
    def __init__(self, config: GPTConfig, layer_idx: int): ... config.n_embd ... self.cfg.d_model ... cfg["emb_dim"] ... cfg.get("dropout", 0.1)
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from grader.matching.bind import LONGEST, SignatureParameter, bind, usual
from grader.matching.match import Argument
from grader.matching.payloads import arguments as payload
from grader.matching.sizes import derived, head_width
from grader.matching.source_index import Definition, SourceIndex
from grader.matching.trees import attributes, dotted, keys
from grader.matching.vocabulary import is_settings
from grader.sandbox.guest.codec import RemoteExpr
from grader.sandbox.payload import remote


def settings(
    defined: Definition | None, parameters: list[SignatureParameter], roles: Sequence[str], written: SourceIndex
) -> Argument | None:
    """The parameter that holds them, where the class has one."""
    init = defined.method("__init__") if defined is not None else None
    if defined is None or init is None:
        return None
    alone = len([p for p in parameters if p.required]) == 1
    for parameter in parameters:
        said = any(map(is_settings, (parameter.name, parameter.annotation)))
        if not (said or (alone and parameter.required)):
            continue
        held = reads(defined.node, parameter.name, said)
        if not held and not said:
            continue
        made = holding(parameter, held, roles, written, said)
        if made is not None:
            return made
    return None


@dataclass(frozen=True, slots=True)
class Reads:
    """What code reads of its settings. as_dict: by words in brackets."""

    names: tuple[str, ...] = ()
    as_dict: bool = False

    def __bool__(self) -> bool:
        return bool(self.names)


def reads(node: ast.AST, name: str, surely: bool) -> Reads:
    """What a class reads of the parameter, or of the attribute in which it keeps it: `self.cfg.d_model`.

    surely: it holds settings, so `args.dim` is none of a tensor's methods.
    """
    read = fields if surely else attributes
    owners = (name, f"self.{name}")
    words = [word for owner in owners for word in (*keys(node, owner), *got(node, owner))]
    if words:
        return Reads(tuple(dict.fromkeys(words)), as_dict=True)
    return Reads(tuple(dict.fromkeys(attribute for owner in owners for attribute in read(node, owner))))


def fields(node: ast.AST, of: str) -> list[str]:
    """Every attribute that is read and not called."""
    called = {id(part.func) for part in ast.walk(node) if isinstance(part, ast.Call)}
    read = (part for part in ast.walk(node) if isinstance(part, ast.Attribute) and id(part) not in called)
    return [part.attr for part in read if dotted(part.value) == of]


def got(node: ast.AST, of: str) -> list[str]:
    """The words that are asked for with a default: `cfg.get("dropout", 0.1)`."""
    return [
        str(part.args[0].value)
        for part in ast.walk(node)
        if isinstance(part, ast.Call) and dotted(part.func) == f"{of}.get"
        if part.args and isinstance(part.args[0], ast.Constant) and isinstance(part.args[0].value, str)
    ]


def holding(
    parameter: SignatureParameter, own: Reads, roles: Sequence[str], written: SourceIndex, said: bool
) -> Argument | None:
    """The settings with all that any class of the notebook reads of a parameter of this name, which it may be handed on as."""
    name = parameter.name
    found = [reads(d.node, name, said) for d in written.definitions if takes(d, name)]
    as_dict = own.as_dict if own else any(part.as_dict for part in found)
    read = list(dict.fromkeys(n for part in (own, *found) if as_dict or not part.as_dict for n in part.names))
    same = {n: made for n in read if (made := derived(n, roles)) is not None}
    widths = {n: made for n, made in same.items() if made.value is head_width or made.roles in ((), ("num_layers",))}
    bound = bind([SignatureParameter(n, False, True, "", "") for n in read if n not in widths], roles, left_over=False)
    if not read or (not bound.roles and len(roles) > 1 and not said):
        return None
    extras = {n: usual(n) for n in read}
    others = {n: e.value if e is not None else written.settled.get(n) for n, e in extras.items()}
    longest = {n: LONGEST.value for n, e in extras.items() if e is LONGEST}
    known = dict(bound.roles)
    theirs = own_settings(parameter, read, written, as_dict)

    def make(values: dict[str, Any]) -> RemoteExpr:
        held = longest | {n: values[role] for n, role in known.items() if role in values}
        held |= {n: made.value(values) for n, made in widths.items() if set(made.roles) <= set(values)}
        kind = payload.settings_dict if as_dict else payload.settings
        return remote(kind, RemoteExpr(name=theirs) if theirs else None, held, others)

    needed = (*known.values(), *(role for made in widths.values() for role in made.roles))
    return Argument(name, tuple(dict.fromkeys(needed)), make, True)


def takes(definition: Definition, name: str) -> bool:
    init = definition.method("__init__")
    return init is not None and name in [argument.arg for argument in init.args.args]


def own_settings(parameter: SignatureParameter, read: list[str], written: SourceIndex, as_dict: bool) -> str | None:
    """The notebook's own settings: the class that the annotation names or that is called so, the dict with these keys; else the global
    that its own call hands over: `model = GPT(args)`.
    """
    handed = parameter.handed
    passed = handed.id if isinstance(handed, ast.Name) and handed.id in written.globals else None
    if as_dict:
        return written.dict_with(read) or passed
    own = [d.name for d in written.definitions if isinstance(d.node, ast.ClassDef) and not d.method("forward")]
    said = parameter.annotation.strip("'\"").rpartition(".")[2]
    return next((n for n in own if n == said), None) or next((n for n in own if is_settings(n)), None) or passed
