"""The table of mutants: what was measured, of which state of answer and checks, and how what was not caught is explained."""

from __future__ import annotations

import ast
import hashlib
import importlib
import importlib.util
import itertools
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from grader import lessons
from grader.authoring import operators, replacements
from grader.lessons import source

HERE = Path(__file__).parent
OPERATORS = {Path(str(module.__file__)) for module in (operators, replacements)}
TABLE, EXPLAINED = HERE / "table.json", HERE / "explained.toml"
ENOUGH = 1000  # drawn exchanges in which an equivalent mutant gave what the reference gives


@dataclass(frozen=True)
class Row:
    """One mutant. by: the first check it failed; compared: exchanges that were the reference's; differs: one was not."""

    id: str
    verdict: str
    by: str = ""
    compared: int = 0
    differs: bool = False


@dataclass(frozen=True)
class Measured:
    """One exercise: its state, and the mutants in the order in which the operators make them."""

    digest: str
    rows: tuple[Row, ...]

    def count(self, verdict: str) -> int:
        return sum(row.verdict == verdict for row in self.rows)


@dataclass(frozen=True)
class Reason:
    """Why a mutant passes. kind: "equivalent" to the reference, "allowed" although it is not, or a "hole" in the checks."""

    kind: str
    why: str


def names() -> list[str]:
    """Every exercise that is answered by code of its own: the quiz is answered by a dict of letters."""
    return [e.id for lesson in lessons.catalogue() if not lesson.secret for e in lesson.exercises]


def digest(name: str) -> str:
    """Of what decides the verdicts: the answer, the exercise's checks, what its lesson shares, and the operators."""
    exercise = lessons.exercise(name)
    cells = source.answer_cells(exercise.answered_in, name)
    files = [
        without_words(path.read_text("utf-8"))
        for path in sorted(files_of(name), key=lambda path: (path in OPERATORS, path))
    ]
    return hashlib.sha256(b"\n".join([*map(str.encode, cells), *files])).hexdigest()[:16]


def without_words(text: str) -> bytes:
    """A source without docstrings and what is said to a student: `Text(en="...", ja="...")` decides nothing.

    It is cut out of the text, because no two versions of Python print a syntax tree alike.
    """
    raw = text.encode()
    starts = [0, *itertools.accumulate(len(line) for line in raw.splitlines(keepends=True))]
    spans = sorted(
        {(starts[n.lineno - 1] + n.col_offset, starts[n.end_lineno - 1] + n.end_col_offset) for n in words(text)}
    )
    kept, end = [], 0
    for first, last in spans:
        kept, end = [*kept, raw[end:first]], max(end, last)
    return b"".join([*kept, raw[end:]])


def words(text: str) -> Iterator[Any]:
    """The nodes of docstrings and of the arguments `en` and `ja`."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.keyword) and node.arg in ("en", "ja"):
            yield node.value
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None:
            yield node.body[0]


def files_of(name: str) -> set[Path]:
    """The module of an exercise and those of its lesson that it imports, directly or not; the operators of mutation."""
    package = f"grader.lessons.{lessons.exercise(name).lesson}"
    files, todo = set(OPERATORS), [f"{package}.{name}"]
    while todo:
        path = Path(str(importlib.import_module(todo.pop()).__file__))
        if path not in files:
            files.add(path)
            todo += imported(path.read_text("utf-8"), package)
    return files


def imported(text: str, package: str) -> list[str]:
    """The modules of a package that a source imports: `from PACKAGE import a, b`, `from PACKAGE.a import *`."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and f"{node.module}.".startswith(f"{package}."):
            names = [f"{node.module}.{alias.name}" for alias in node.names]  # of modules, or of what a module defines
            found += [str(node.module)] if node.module != package else []
            found += [name for name in names if is_module(name)]
    return found


def is_module(name: str) -> bool:
    owner = importlib.import_module(name.rpartition(".")[0])
    return hasattr(owner, "__path__") and importlib.util.find_spec(name) is not None


def read() -> dict[str, Measured]:
    if not TABLE.exists():
        return {}
    raw = json.loads(TABLE.read_text("utf-8"))
    return {name: Measured(said["digest"], tuple(row_of(row) for row in said["rows"])) for name, said in raw.items()}


def caught_by(name: str) -> dict[str, str]:
    """The check that each mutant of an exercise failed when it was measured last."""
    measured = read().get(name)
    return {row.id: row.by for row in measured.rows if row.verdict == "caught"} if measured else {}


def row_of(said: str | dict[str, object]) -> Row:
    """`"check | mutant"` is one that was caught, by that check; all others are written out."""
    if isinstance(said, str):
        by, _, name = said.partition(" | ")
        return Row(name, "caught", by)
    return Row(**said)  # type: ignore[arg-type]


def write(measured: Mapping[str, Measured]) -> None:
    made = {
        name: {
            "digest": found.digest,
            "rows": [f"{row.by} | {row.id}" if row.verdict == "caught" else asdict(row) for row in found.rows],
        }
        for name, found in sorted(measured.items())
    }
    TABLE.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", "utf-8")


def reasons() -> dict[str, dict[str, Reason]]:
    """For each exercise, the reason by the mutant's id.

    The file has entries `[[knock80]]` with `old` (the statement's first line), `new` (a list of what became of it), `kind`
    and `why`.
    """
    found: dict[str, dict[str, Reason]] = {}
    for name, entries in tomllib.loads(EXPLAINED.read_text("utf-8") if EXPLAINED.exists() else "").items():
        for entry in entries:
            for new in entry["new"]:
                found.setdefault(name, {})[f"{entry['old']} | {new}"] = Reason(entry["kind"], entry["why"])
    return found


# What these operators make is mostly the same function; where it is proved to be, this is why.
USUAL = {
    "statements swapped": "neither of the two statements reads what the other makes",
    "statement twice": "once more changes nothing",
}


def reason_for(name: str, row: Row, known: Mapping[str, Mapping[str, Reason]]) -> Reason | None:
    """The reason where it holds: what is said to be equivalent must have been compared often enough."""
    operator, _, change = row.id.partition(" | ")
    reason = known.get(name, {}).get(change)
    if reason is None and operator in USUAL:
        reason = Reason("equivalent", USUAL[operator])
    proved = row.verdict == "survived" and row.compared >= ENOUGH and not row.differs
    return None if reason is not None and reason.kind == "equivalent" and not proved else reason


def must_be_equal(name: str, mutant: str) -> bool:
    """Whether it matters that a mutant which is not caught is the reference's function: not where it may be another."""
    reason = reasons().get(name, {}).get(mutant.partition(" | ")[2])
    return reason is None or reason.kind == "equivalent"


def unexplained(measured: Mapping[str, Measured]) -> list[tuple[str, Row]]:
    known = reasons()
    return [
        (name, row)
        for name, found in measured.items()
        for row in found.rows
        if row.verdict != "caught" and reason_for(name, row, known) is None
    ]


def render(measured: Mapping[str, Measured]) -> str:
    """The table as a page."""
    known = reasons()
    lines = [
        "# How strong the checks are",
        "",
        "Each reference answer is changed in one place, in every way that `grader/authoring/operators.py` knows (operators, operands,",
        "constants, order and omission of arguments, statements left out, doubled or swapped, modules used twice, names of another",
        "meaning), and each such mutant is put to the exercise's checks. Made by `make mutants`.",
        "",
        "| exercise | mutants | caught | equivalent | allowed | holes |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    order = [name for name in names() if name in measured]
    sums = [0] * 5
    for name in order:
        kinds = [reason_for(name, row, known) for row in measured[name].rows if row.verdict != "caught"]
        told = [kind.kind if kind else "hole" for kind in kinds]
        by_kind = (told.count(kind) for kind in ("equivalent", "allowed", "hole"))
        counts = [len(measured[name].rows), measured[name].count("caught"), *by_kind]
        sums = [a + b for a, b in zip(sums, counts, strict=True)]
        lines.append(f"| {name} | " + " | ".join(map(str, counts)) + " |")
    lines += ["| **all** | " + " | ".join(map(str, sums)) + " |", ""]
    left = [name for name in names() if name not in measured]
    lines += [f"Not measured yet: {', '.join(left)}.", ""] if left else []
    lines += ["## What was not caught, and why", ""]
    for name in order:
        lines += list(section(name, measured[name], known))
    return "\n".join(lines).rstrip() + "\n"


def section(name: str, found: Measured, known: Mapping[str, Mapping[str, Reason]]) -> Iterator[str]:
    left = [row for row in found.rows if row.verdict != "caught"]
    if not left:
        return
    yield from (f"### {name}", "", "| changed | into | same in | why |", "|---|---|---:|---|")
    for row in left:
        _, old, new = row.id.split(" | ", 2)
        reason = reason_for(name, row, known)
        why = f"{reason.kind}: {reason.why}" if reason else "**unexplained**"
        same = (
            row.verdict
            if row.by
            else "differs"
            if row.differs
            else f"{row.compared:,}"
            if row.compared
            else "not asked"
        )
        yield f"| {code(old)} | {code(new)} | {same} | {why} |"
    yield ""


def code(text: str) -> str:
    return "`` " + text.replace("|", "\\|") + " ``" if text else "(left out)"
