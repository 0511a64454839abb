"""Whether a notebook's models read the batch first or the time first, as far as its source says so.

Where it says nothing, both are asked for, and the one that gives scores for each title is taken: a model that reads (T, B)
gives one row of scores for each word when it is asked with (B, T), and the other way round.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from grader.matching.source_index import SourceIndex

TIME_FIRST = re.compile(
    r"\(\s*(?:T|seq_len|seq|time|sent_len|length|L|系列長|単語数)\s*,\s*(?:B|batch_?size|batch|N|バッチ)|batch_first\s*=\s*False"
    # embedded = [src len, batch size, emb dim]
    r"|\[\s*(?:sent|seq|src|trg|tgt|text|title|doc)_? ?len(?:gth)?\s*,\s*batch",
    re.IGNORECASE,
)

BATCH_FIRST = re.compile(r"batch_first\s*=\s*True")


def says_time_first(written: SourceIndex, own: str, section: str) -> bool:
    """Whether a class declares it, in a comment or by an argument."""
    defined = written.definition(own, section)
    if defined is None:
        return False
    cell = next((c for c in written.cells if c.index == defined.cell), None)
    lines = cell.source.split("\n") if cell else []
    own = "\n".join(lines[defined.node.lineno - 1 : defined.node.end_lineno])
    return bool(TIME_FIRST.search(own)) and not BATCH_FIRST.search(own)


def feeds_batch_first(written: SourceIndex, own: str, section: str) -> bool:
    """Whether the code around a class makes batches of it that have the batch first."""
    meant = written.definition(own, section)
    where = [tree for cell, tree in written.parsed if written.definition(own, cell.exercise or section) is meant]
    return any(map(is_batch_first, (node for tree in where for node in outside_classes(tree))))


def outside_classes(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.ClassDef):
            yield child
            yield from outside_classes(child)


def is_batch_first(node: ast.AST) -> bool:
    """pad_sequence(ids, batch_first=True), model(ids.unsqueeze(0)), model(ids[None, :])."""
    if not isinstance(node, ast.Call):
        return False
    if any(
        k.arg == "batch_first" and isinstance(k.value, ast.Constant) and k.value.value is True for k in node.keywords
    ):
        return True
    first = node.args[0] if node.args else None
    if isinstance(first, ast.Call) and isinstance(first.func, ast.Attribute) and first.func.attr == "unsqueeze":
        return len(first.args) == 1 and isinstance(first.args[0], ast.Constant) and first.args[0].value == 0
    index = first.slice if isinstance(first, ast.Subscript) else None
    index = index.elts[0] if isinstance(index, ast.Tuple) and index.elts else index
    return isinstance(index, ast.Constant) and index.value is None
