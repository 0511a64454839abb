"""The edition in which an exercise was answered: the contract's, or that of another notebook which asks for the same.

The contract's names with arguments that fit them come first. Else a form is taken whose signatures are all there. Where
neither is, the contract is asked for, by whatever names the matching finds.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import torch

from grader.lessons import source
from grader.model import Edition, Exercise, Signature, Text
from grader.sandbox import Branch
from grader.sandbox.local import LocalSandbox

MOST = 60  # parameters: the patterns of a form's signatures are for a line, not for a book
FORMED = ("VAR_POSITIONAL", "VAR_KEYWORD")


def find_edition(exercise: Exercise, branch: Branch) -> Edition | None:
    """The form that the student's definitions have, or None for the contract. Raises ReplyRefused or SandboxDied."""
    if not exercise.forms or is_contract(exercise, branch):
        return None
    return next((form for form in exercise.forms if has_edition(form, exercise.id, branch)), None)


def is_contract(exercise: Exercise, branch: Branch) -> bool:
    """Whether all names of the contract are there and take the reference answer's parameters, by name."""
    contract = describe_contract(exercise)
    for name in exercise.names:
        found = describe_parameters(branch, exercise.id, name)
        if found is None:
            return False
        wanted, own = {p[0] for p in contract[name] if not p[2]}, {p[0] for p in found}
        if not wanted <= own and not any(p[1] == "VAR_KEYWORD" for p in found):
            return False
    return True


@lru_cache(maxsize=64)
def describe_contract(exercise: Exercise) -> dict[str, list[Any]]:
    """The parameters of the contract's names in the reference answer."""
    with LocalSandbox(source.namespace(exercise.answered_in)) as sandbox, sandbox.branch() as branch:
        return {name: describe_parameters(branch, exercise.id, name) or [] for name in exercise.names}


def has_edition(form: Edition, section: str, branch: Branch) -> bool:
    if not all(fits_signature(signature, section, branch) for signature in form.signatures):
        return False
    if not form.time_first or (form.unless is not None and fits_signature(form.unless, section, branch)):
        return True
    return not is_batch_first(form.time_first, section, branch)


def is_batch_first(name: str, section: str, branch: Branch) -> bool:
    """Whether a class adds its positions along the second axis of x: zeros in, and the rows that come out tell."""
    usual = {"dim": 6, "d_model": 6, "ninp": 6, "emb": 6, "drop": 0.0, "max": 16}
    rows = describe_parameters(branch, section, name) or []
    given = {
        row: next((v for k, v in usual.items() if row.startswith(k)), None) for row, _, default in rows if not default
    }
    asked = {"section": section, "kwargs": {}, "seed": 1}
    built = branch.ask({**asked, "op": "call", "target": name, "args": (), "kwargs": given, "keep": True})
    handle = built.extras.get("handle")
    if handle is None:
        return False
    branch.ask({**asked, "op": "mode", "target": handle, "args": (), "training": False})
    found = branch.ask({**asked, "op": "call", "target": handle, "args": (torch.zeros(5, 4, 6),)}).value
    if not isinstance(found, torch.Tensor) or found.shape != (5, 4, 6):
        return False
    along_first, along_second = bool((found[0] != found[1]).any()), bool((found[:, 0] != found[:, 1]).any())
    return along_second and not along_first


def fits_signature(signature: Signature, section: str, branch: Branch) -> bool:
    found = describe_parameters(branch, section, signature.name)
    if found is None or re.fullmatch(signature.parameters, write_parameters(found)) is None:
        return False
    if not signature.forward:
        return True
    forward = describe_parameters(branch, section, signature.name, method="forward")
    return forward is not None and re.fullmatch(signature.forward, write_parameters(forward)) is not None


def describe_parameters(branch: Branch, section: str, name: str, method: str = "") -> list[Any] | None:
    """The parameters of a class, function or method as (name, kind, has a default); None where there is none."""
    asked = {"op": "describe", "section": section, "target": name}
    reply = branch.ask(asked | ({"method": method} if method else {}))
    value = reply.value if reply.fault is None else None
    if not isinstance(value, dict) or value.get("kind") not in ("class", "function"):
        return None
    rows = value.get("parameters")
    if (
        not isinstance(rows, list)
        or len(rows) > MOST
        or not all(isinstance(p, list | tuple) and len(p) == 3 for p in rows)
    ):
        return None
    return [(str(p[0])[:80], str(p[1]), bool(p[2])) for p in rows]


def write_parameters(parameters: list[Any]) -> str:
    """`d_model,dropout=,max_len=`: the names in order, with a sign where there is a default."""
    return ",".join(name + "=" * optional for name, kind, optional in parameters if kind not in FORMED)


def remark_on_edition(form: Edition) -> Text:
    """The sentence about it in the report."""
    return Text(en=f"Graded in the form of {form.title.en}.", ja=f"{form.title.ja}の形の答案として採点しました。")
