"""The variable of a notebook in which one of its functions finds what the contract hands over."""

from __future__ import annotations

import ast
from itertools import pairwise

from grader.matching.match import Match
from grader.matching.source_index import SourceIndex
from grader.matching.trees import defaults


def global_for(match: Match | None, role: str, written: SourceIndex) -> str | None:
    """Its name; None where no trial has verified the match, or the function is handed something that has no name.

    It is read from outside, `return [word2id.get(w, 0) for w in words]`; is a default, `def to_ids(words, vocab=word2id)`;
    or is handed over in the notebook's own call, `to_ids(words, word2id)`, also to whatever makes that call later:
    `NewsDataset(titles, labels, to_ids, word2id)`.
    """
    if match is None or not match.verified:
        return None
    read = next((a.name for a in match.overrides if a.roles == (role,)), None)
    parameter = next((a.name for a in match.arguments if a.roles == (role,)), None)
    section = match.interface.exercise
    defined = written.definition(match.own, section)
    if read is not None or parameter is None or defined is None or not isinstance(defined.node, ast.FunctionDef):
        return read
    names = [argument.arg for argument in (*defined.node.args.posonlyargs, *defined.node.args.args)]
    handed = [defaults(defined.node).get(parameter)]
    for call in written.calls(match.own, section):
        place = names.index(parameter) if parameter in names else len(call.args)
        handed += [k.value for k in call.keywords if k.arg == parameter] + call.args[place : place + 1]
    handed += beside(match.own, written)
    return next((node.id for node in handed if isinstance(node, ast.Name)), None)


def beside(function: str, written: SourceIndex) -> list[ast.expr]:
    """What stands behind a function that is itself an argument of a call."""
    calls = [call.args for found in written.called.values() for _, call in found]
    return [
        after
        for args in calls
        for before, after in pairwise(args)
        if isinstance(before, ast.Name) and before.id == function
    ]
