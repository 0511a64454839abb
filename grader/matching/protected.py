"""Whether a definition is protected by what stands around it from questions that it cannot answer by itself.

def words2ids(words, table):                                  # raises KeyError for an unknown word
    return [table[w] for w in words]

words = [w if w in table else "<unk>" for w in title.split()]  # and never gets one
ids = words2ids(words, table)
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.matching.source_index import SourceIndex


def is_protected(written: SourceIndex, own: str, section: str) -> bool:
    """Whether another function of the section calls it, or what it is handed there was chosen before."""
    name = own.rpartition(".")[2]
    found = [pair for called, pairs in written.called.items() if called.rpartition(".")[2] == name for pair in pairs]
    calls = [call for where, call in found if where == section]
    around = {function.name for call in calls if (function := written.functions_around.get(id(call))) is not None}
    return bool(around - {name}) or any(chooses(value) for call in calls for value in handed(written, call, section))


def handed(written: SourceIndex, call: ast.Call, section: str) -> Iterator[ast.expr]:
    """What a call hands over first, and what the section puts under the names in it."""
    yield from call.args[:1]
    names = {part.id for arg in call.args[:1] for part in ast.walk(arg) if isinstance(part, ast.Name)}
    for tree in (tree for cell, tree in written.parsed if cell.exercise == section):
        for part in ast.walk(tree):
            if isinstance(part, ast.Assign) and names & {t.id for t in part.targets if isinstance(t, ast.Name)}:
                yield part.value


def chooses(node: ast.AST) -> bool:
    """Whether an expression leaves something out or puts something else in its place."""
    return any(isinstance(p, ast.IfExp) or (isinstance(p, ast.comprehension) and bool(p.ifs)) for p in ast.walk(node))
