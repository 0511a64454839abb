"""The table of mutants: what was measured, of which state of answer and checks, and how what was not caught is explained."""

from __future__ import annotations

import hashlib
import inspect
import json
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from grader import lessons
from grader.lessons import source

HERE = Path(__file__).parent
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
    """Why a mutant may pass. kind: "equivalent" to the reference, or "allowed" although it is not."""

    kind: str
    why: str


def names() -> list[str]:
    """Every exercise that is answered by code of its own: the quiz is answered by a dict of letters."""
    return [e.id for lesson in lessons.catalogue() if lesson.id != "quiz" for e in lesson.exercises]


def digest(name: str) -> str:
    """Of what decides the verdicts: the answer, the exercise's checks, what its lesson shares, and the operators."""
    exercise = lessons.exercise(name)
    texts = [cell for cell in source.split(source.text_of(exercise.answered_in)) if source.is_answer(cell, name)]
    texts += [path.read_text("utf-8") for path in sorted(files_of(name))]
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]


def files_of(name: str) -> set[Path]:
    """The module of an exercise and those of its lesson that it imports, directly or not; the operators of mutation."""
    exercise = lessons.exercise(name)
    package = f"grader.lessons.{exercise.lesson}"
    modules, todo = set[str](), [f"{package}.{name}"]
    while todo:
        module = todo.pop()
        modules.add(module)
        todo += {inspect.getmodule(v).__name__ for v in own_of(module, package)} - modules - set(todo)  # type: ignore[union-attr]
    return {Path(str(sys.modules[module].__file__)) for module in modules} | {HERE / "operators.py"}


def own_of(module: str, package: str) -> Iterator[object]:
    """What a module of a lesson has from other modules of that lesson."""
    for value in vars(sys.modules[module]).values():
        if inspect.ismodule(value) or inspect.isfunction(value) or inspect.isclass(value):
            home = inspect.getmodule(value)
            if home is not None and home.__name__.startswith(f"{package}.") and home.__name__ != module:
                yield value


def read() -> dict[str, Measured]:
    if not TABLE.exists():
        return {}
    raw = json.loads(TABLE.read_text("utf-8"))
    return {name: Measured(said["digest"], tuple(row_of(row) for row in said["rows"])) for name, said in raw.items()}


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
        "Each reference answer is changed in one place, in every way that `tools/mutation/operators.py` knows (operators, operands,",
        "constants, order and omission of arguments, statements left out, doubled or swapped, modules used twice, names of another",
        "meaning), and each such mutant is put to the exercise's checks. Made by `make mutants`.",
        "",
        "| exercise | mutants | caught | equivalent | allowed | unexplained |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    order = [name for name in names() if name in measured]
    sums = [0] * 5
    for name in order:
        kinds = [reason_for(name, row, known) for row in measured[name].rows if row.verdict != "caught"]
        equivalent = sum(kind is not None and kind.kind == "equivalent" for kind in kinds)
        holes = sum(kind is None for kind in kinds)
        counts = [
            len(measured[name].rows),
            measured[name].count("caught"),
            equivalent,
            len(kinds) - equivalent - holes,
            holes,
        ]
        sums = [a + b for a, b in zip(sums, counts, strict=True)]
        lines.append(f"| {name} | " + " | ".join(map(str, counts)) + " |")
    lines += ["| **all** | " + " | ".join(map(str, sums)) + " |", "", "## What was not caught, and why", ""]
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
            f"{row.compared:,}"
            if row.verdict == "survived" and not row.differs
            else row.verdict
            if row.by
            else "differs"
        )
        yield f"| {code(old)} | {code(new)} | {same} | {why} |"
    yield ""


def code(text: str) -> str:
    return "`` " + text.replace("|", "\\|") + " ``" if text else "(left out)"
