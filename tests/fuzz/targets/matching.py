"""What the sandbox says of its names, and what the source says of them: everything that looks for an answer by both.

An input is JSON: {"cells": [[section, source, output], ...], "rows": what the sandbox answers to `survey`, or "as written",
"replies": what it answers to everything else, in turn}. {"shape": [2, 3]} is a tensor, {"fault": [type, message]} an error.
"""

from __future__ import annotations

import ast
import math
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import torch
from hypothesis import strategies as st

from grader.lessons import catalogue
from grader.matching import Matching
from grader.matching.overrides import NameOverrides
from grader.model import Cell, Fault, Reply
from grader.notebook.placeholders import Blanks, blanks, decisive, definitions
from grader.sandbox.guest.codec import MAX_DEPTH, Handle
from tests.fuzz.mutation import as_json
from tests.fuzz.words import dumps, numbers, texts, values

EXERCISES = {e.id: e for lesson in catalogue() for e in lesson.exercises}
BY_NAME = {i.name: i for e in EXERCISES.values() for i in e.interfaces if i.called}
MOST = 3  # names that are looked for with one input
CUT = 20_000  # characters of a cell: what a whole notebook of code costs is measured elsewhere


@dataclass
class Room:
    """A branch in which every question has an answer ready."""

    rows: Any
    replies: list[Any]
    asked: int = 0
    left: float = field(default=60.0)

    def ask(self, request: dict[str, Any]) -> Reply:
        if request["op"] == "survey":
            return Reply(self.rows)
        self.asked += 1
        answer = self.replies[self.asked % len(self.replies)] if self.replies else None
        if isinstance(answer, dict) and isinstance(answer.get("fault"), list) and len(answer["fault"]) == 2:
            return Reply(None, Fault(str(answer["fault"][0])[:80], str(answer["fault"][1])[:500]))
        value = revived(answer)
        return Reply(
            value, None, {"handle": Handle(1), "weights": value, "kinds": value, "class": value, "training": value}
        )


def target(data: bytes) -> None:
    """Looking for a few names ends with a match or without one, and in words that can be written down."""
    value = as_json(data)
    if not isinstance(value, dict):
        return
    cells = cells_of(value.get("cells"))
    rows = written_rows(cells) if value.get("rows") == "as written" else revived(value.get("rows"))
    replies = value.get("replies")
    room = Room(rows, replies if isinstance(replies, list) else [])
    for name in wanted(data):
        exercise = EXERCISES[BY_NAME[name].exercise]
        matching = Matching.of(exercise, cells, NameOverrides())
        matching.look(name, room)  # type: ignore[arg-type]  # all of a branch that is asked for
        for text in (*matching.assumptions(), matching.unclear(name)):
            (text.en + text.ja if text else "").encode()
        matching.ranks_for_bert, matching.signed()
    decisive(Blanks(tuple(blanks(cells)), frozenset(definitions(cells))), ("RNN",))


def wanted(data: bytes) -> list[str]:
    """Which names are looked for: the input says so by its length."""
    names = sorted(name for name, wish in BY_NAME.items() if wish.exercise in EXERCISES)
    return [names[(len(data) * MOST + turn * 7) % len(names)] for turn in range(MOST)]


def cells_of(raw: Any) -> tuple[Cell, ...]:
    found = []
    for row in raw[:50] if isinstance(raw, list) else []:
        if isinstance(row, list) and len(row) == 3:
            section = row[0] if isinstance(row[0], str) else None
            source = str(row[1])[:CUT].encode("utf-8", "replace").decode()
            found.append(
                Cell(len(found), "code", source, section, output=str(row[2])[:CUT].encode("utf-8", "replace").decode())
            )
    return tuple(found)


def written_rows(cells: tuple[Cell, ...]) -> list[dict[str, Any]]:
    """What an honest room would say of these cells."""
    rows = []
    for cell in cells:
        with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            rows += [
                row_of(node, cell)
                for node in ast.parse(cell.source).body
                if isinstance(node, ast.FunctionDef | ast.ClassDef)
            ]
    return rows


def row_of(node: ast.FunctionDef | ast.ClassDef, cell: Cell) -> dict[str, Any]:
    methods = {part.name: part for part in node.body if isinstance(part, ast.FunctionDef)}
    kind = "function" if isinstance(node, ast.FunctionDef) else "module" if node.bases else "class"
    made = node if isinstance(node, ast.FunctionDef) else methods.get("__init__")
    called = methods.get("forward") or methods.get("__call__")
    return {
        "name": node.name, "kind": kind, "own": True, "sections": [cell.exercise] if cell.exercise else [],
        "parameters": parameters(made)[kind != "function" :] if made else [],
        "forward": parameters(called)[1:] if called and kind != "function" else None, "bases": [],
    }  # fmt: skip


def parameters(node: ast.FunctionDef) -> list[list[Any]]:
    plain = len(node.args.args) - len(node.args.defaults)
    return [[a.arg, "POSITIONAL_OR_KEYWORD", place >= plain, "", ""] for place, a in enumerate(node.args.args)]


def revived(value: Any, depth: int = 0) -> Any:
    """The value with tensors for what says a shape. No reply is nested deeper than this."""
    if depth > MAX_DEPTH:
        return None
    if isinstance(value, dict):
        shape = value.get("shape")
        if (
            isinstance(shape, list)
            and all(type(n) is int and 0 <= n < 100 for n in shape)
            and math.prod(shape) < 10_000
        ):
            return torch.zeros(shape)
        return {key: revived(item, depth + 1) for key, item in value.items()}
    return [revived(item, depth + 1) for item in value] if isinstance(value, list) else value


# --- inputs ------------------------------------------------------------------------------------

sections = st.sampled_from([None, *sorted(EXERCISES)])
kinds = st.sampled_from(["module", "class", "function", "dict"])
rows_ = st.lists(
    st.tuples(
        texts, st.sampled_from(["POSITIONAL_OR_KEYWORD", "VAR_POSITIONAL", "KEYWORD_ONLY"]), st.booleans(), texts, texts
    ),
    max_size=4,
)
rows = st.fixed_dictionaries(
    {"name": st.one_of(st.sampled_from(sorted(BY_NAME)), texts), "kind": kinds},
    optional={"own": values, "sections": st.lists(texts, max_size=2), "parameters": st.one_of(rows_, values),
              "forward": st.one_of(rows_, values), "bases": st.lists(texts, max_size=2), "size": numbers, "type": texts},
)  # fmt: skip
answers = st.one_of(
    values,
    st.fixed_dictionaries({"shape": st.lists(st.integers(0, 5), max_size=3)}),
    st.fixed_dictionaries({"fault": st.tuples(st.sampled_from(["TypeError", "LookupError", "RuntimeError"]), texts)}),
    st.dictionaries(texts, st.fixed_dictionaries({"shape": st.lists(st.integers(1, 5), max_size=2)}), max_size=3),
)
PIECES = (
    "class RNN(nn.Module):", "    def __init__(self, vocab_size, emb_size=300, **kw):", "        super().__init__()",
    "        self.emb = nn.Embedding(vocab_size, emb_size)", "    def forward(self, x, mask=None):", "        return self.emb(x), x",
    "def train(model, train_set, epochs):", "    for epoch in range(epochs):", "        loss.backward()", "        print(f'loss {loss}')",
    "for epoch in range(3):", "    optimizer.step(); losses.append(loss.item())", "word2id = {w: i for i, w in enumerate(words)}",
    "def to_ids(text): return [word2id.get(w, 0) for w in text.split()]", "x = RNN(10, 3)", "    ...", "    pass", "    ____ = ????",
    "import torch.nn as nn", "from transformers import BertModel", "tokenizer = BertTokenizer.from_pretrained('x')", "%timeit x", "!ls",
    "if __name__ == '__main__':", "    main()", "def main():", "with open('train.txt') as f:", "    lines = f.read()", "lambda x: x", "]", "'''",
    "for epoch in range(3): loss.backward(); print(f'{rows[\"a\"]}\\n', x)", "        print(f'\\'{f\"{loss}\"}')", "    for 𝐢𝐟 in 𝐢𝐟:",
    "x = 0x" + "f" * 4_000, "match x:", "    case {'a': [1, *rest], **more} if x:", "    async with a as b, c: return await x",
)  # fmt: skip
sources = st.lists(st.one_of(st.sampled_from(PIECES), texts), max_size=12).map("\n".join)
inputs = dumps(
    st.fixed_dictionaries(
        {"cells": st.lists(st.tuples(sections, sources, texts), max_size=4)},
        optional={
            "rows": st.one_of(st.just("as written"), st.lists(st.one_of(rows, values), max_size=4), values),
            "replies": st.lists(answers, max_size=4),
        },
    )
)
