"""Hold the findings on anybody's hand-ins against the truth that a reader wrote, and print the matrix.

    python tools/findings.py record found.jsonl --match 'people/*' --more FOLDER/people
    python tools/matrix.py found.jsonl truth.csv [--list]

truth.csv has a row for each exercise of each hand-in: person (the entry's name in the folder), exercise, truth, and
beside them, where wanted, lesson, confidence, note. Truths: `right`, `wrong`, `partly` (some of it is wrong), `blank`
(nothing stands there), `elsewhere` (something that these exercises do not ask for). It holds no code of anybody.

    right verdict   right and nothing lost, wrong and something lost, blank and called missing, elsewhere and nothing lost
    half verdict    right, nothing lost, some points earned, the rest waits for a person
    false fail      right, blank or elsewhere, and a point is lost
    false missing   answered, and told "not attempted yet"
    false pass      wrong, and every point is given
    none            all of it waits for a person
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TRUTHS = ("right", "partly", "wrong", "blank", "elsewhere")
VERDICTS = ("right verdict", "half verdict", "false fail", "false missing", "false pass", "none")
ANSWERED = frozenset({"right", "partly", "wrong"})
HARM = ("false fail", "false missing")
# Outcomes that cost a point. "missing" costs too, and is a claim of its own.
LOST = frozenset({"failed", "crashed", "timed_out", "out_of_memory", "skipped"})


@dataclass(frozen=True)
class Truth:
    """What a reader says of one exercise of one hand-in."""

    person: str
    exercise: str
    truth: str
    note: str = ""


@dataclass(frozen=True)
class Judged:
    """A truth beside what the grader said. said: the first reason for what is not earned; names: of mistakes."""

    truth: Truth
    verdict: str
    earned: float = 0.0
    points: float = 0.0
    names: tuple[str, ...] = ()
    said: str = ""


def read_truth(path: Path) -> list[Truth]:
    """Raises SystemExit with the line of a row that is none."""
    with path.open(encoding="utf-8-sig", newline="") as sheet:
        rows = csv.DictReader(sheet)
        return [truth_of_row(row, path, rows.line_num) for row in rows]


def truth_of_row(row: dict[str, str | None], path: Path, line: int) -> Truth:
    person, exercise, truth = ((row.get(key) or "").strip() for key in ("person", "exercise", "truth"))
    if not person or not exercise or truth not in TRUTHS:
        sys.exit(f"{path}, line {line}: needs person, exercise and a truth, which is one of {', '.join(TRUTHS)}")
    return Truth(person, exercise, truth, row.get("note") or "")


def judged(truths: list[Truth], found: dict[str, dict[str, Any]]) -> Iterator[Judged]:
    """Each truth with its verdict; a hand-in that was not recorded is left out, one that ended in an error has none."""
    for truth in truths:
        if (record := found.get(truth.person)) is not None:
            yield judged_by(truth, record)


def judged_by(truth: Truth, record: dict[str, Any]) -> Judged:
    findings = record.get("exercises", {}).get(truth.exercise, [])
    said = record.get("error") or next((f["rationale"] for f in findings if f["rationale"]), None) or ""
    names = tuple(dict.fromkeys(f["name"] for f in findings if f["name"]))
    earned, points = (sum(f[key] for f in findings) for key in ("earned", "points"))
    return Judged(truth, verdict_on(truth.truth, findings, "error" in record), earned, points, names, said)


def verdict_on(truth: str, findings: list[dict[str, Any]], broke: bool = False) -> str:
    """One of VERDICTS. An exercise that the report does not have was called missing: it belongs to another lesson there."""
    if broke:
        return "none"
    outcomes = {finding["outcome"] for finding in findings} or {"missing"}
    if truth not in ANSWERED:
        return "false fail" if outcomes & LOST else "right verdict"
    if outcomes == {"missing"}:
        return "false missing"
    if truth == "right":
        return verdict_on_right(findings, outcomes)
    if outcomes & (LOST | {"missing"}):
        return "right verdict"
    return "false pass" if all(f["earned"] == f["points"] for f in findings) else "none"


def verdict_on_right(findings: list[dict[str, Any]], outcomes: set[str]) -> str:
    if outcomes & LOST:
        return "false fail"
    if "missing" in outcomes:
        return "false missing"
    if all(finding["earned"] == finding["points"] for finding in findings):
        return "right verdict"
    return "half verdict" if any(finding["earned"] for finding in findings) else "none"


def print_matrix(cases: list[Judged], with_list: bool) -> None:
    counts = Counter((case.truth.truth, case.verdict) for case in cases)
    print(f"{'':12}" + "".join(f"{verdict:>15}" for verdict in VERDICTS) + f"{'all':>8}")
    for truth in TRUTHS:
        row = [counts[truth, verdict] for verdict in VERDICTS]
        print(f"{truth:12}" + "".join(f"{number:15}" for number in row) + f"{sum(row):8}")
    answered = [case for case in cases if case.truth.truth in ANSWERED]
    print(f"\n{len({case.truth.person for case in cases})} hand-ins, {len(answered)} answered exercises")
    for verdict in VERDICTS:
        number = sum(case.verdict == verdict for case in answered)
        print(f"  {verdict:14} {number:4}  {number / max(1, len(answered)):6.1%}")
    harm = sum(case.verdict in HARM for case in answered)
    print(f"  false fails and false missing together: {harm / max(1, len(answered)):.1%}")
    if with_list:
        print_list(cases)


def print_list(cases: list[Judged]) -> None:
    """Every case but those that nobody has to look at; and every name, which only a reader can hold against the note."""
    for case in sorted(cases, key=lambda case: (VERDICTS.index(case.verdict), case.truth.person)):
        if case.verdict != "right verdict" or case.names:
            about = f"{case.truth.truth}, {case.verdict}, {case.earned:g}/{case.points:g}"
            print(f"\n{case.truth.person} {case.truth.exercise}: {about} {' '.join(case.names)}")
            print(f"    reader: {case.truth.note}\n    grader: {case.said[:300]}")


def read_findings(path: Path) -> dict[str, dict[str, Any]]:
    """The records by the last part of their id, which is the entry's name in the folder that was recorded."""
    rows = map(json.loads, path.read_text("utf-8").splitlines())
    return {row["id"].rpartition("/")[2]: row for row in rows}


def main() -> int:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("findings", type=Path)
    ask.add_argument("truth", type=Path)
    ask.add_argument("--list", action="store_true", help="also each case that was not judged right, and each name")
    said = ask.parse_args()
    print_matrix(list(judged(read_truth(said.truth), read_findings(said.findings))), said.list)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
