"""Write down every finding on a fixed body of hand-ins, and compare two such files: what did a change of the grader change?

    python tools/findings.py record before.jsonl [--match 'corpus/*' ...] [--more FOLDER ...] [--jobs 2] [--seed 7]
    python tools/findings.py compare before.jsonl after.jsonl [--words]

The body is that of tests/hand_ins.py; --more adds folders of notebooks, scripts and folders, or of variants. A file has
one line a hand-in, by id. `compare` exits with 1 where something is worse: a right answer that lost points or waits for
a person, a wrong one that earns more, a name that is lost, a hand-in that ended in an error.
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import os
import signal
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
os.environ.update(OMP_NUM_THREADS="1", OMP_WAIT_POLICY="PASSIVE")

LONGEST = 900  # seconds for one hand-in
# The same question asked of both files: what one finding says, without seconds.
FIELDS = ("outcome", "earned", "points", "name", "rationale", "help", "line")

Record = dict[str, Any]


# --- recording ---------------------------------------------------------------------------------


@dataclass
class Recorder:
    """What one worker process has at hand."""

    hand_ins: dict[str, Any]
    open_host: Any  # the context that the host lives in, as long as somebody holds it
    host: Any
    seed: int


WORKER: list[Recorder] = []


def start(more: tuple[str, ...], seed: int) -> None:
    """Open a warm process and read the body, once in each worker."""
    import torch

    from tests.hand_ins import hand_ins, warm_host

    torch.set_num_threads(1)
    opened = warm_host()
    WORKER.append(Recorder({h.id: h for h in hand_ins(tuple(map(Path, more)))}, opened, opened.__enter__(), seed))


def record_one(name: str) -> Record:
    """The findings on one hand-in, or the error it ended in."""
    worker = WORKER[0]
    hand_in = worker.hand_ins[name]
    began = time.process_time()
    found: Record = {"id": name, "right": hand_in.right, "names": sorted(hand_in.names)}
    try:
        with at_most(LONGEST):
            report = hand_in.graded(worker.seed, worker.host)
    except Exception as error:
        found["error"] = f"{type(error).__name__}: {error}"
    else:
        found |= {
            "lesson": report.lesson,
            "remarks": [remark.en for remark in report.remarks],
            "exercises": {e.id: [finding_of(f) for f in e.findings] for e in report.exercises},
            "assumptions": {e.id: [a.en for a in e.assumptions] for e in report.exercises if e.assumptions},
        }
    return found | {"cpu": round(time.process_time() - began, 2)}


@contextmanager
def at_most(seconds: int) -> Iterator[None]:
    """Raise TimeoutError in the block after this time. Main thread only."""

    def stop(*_: object) -> None:
        raise TimeoutError(f"no end within {seconds} s")

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)


def finding_of(finding: Any) -> Record:
    return {
        "check": finding.check,
        "outcome": finding.outcome.value,
        "earned": finding.earned,
        "points": finding.points,
        "name": finding.misconception.id if finding.misconception else None,
        "rationale": finding.rationale.en if finding.rationale else None,
        "help": finding.help.en if finding.help else None,
        "line": finding.place.source if finding.place else None,
        "advice": [advice.en for advice in finding.advice],
    }


def record(out: Path, patterns: list[str], more: tuple[str, ...], jobs: int, seed: int) -> int:
    from tests.hand_ins import hand_ins

    names = [h.id for h in hand_ins(tuple(map(Path, more)))]
    names = [name for name in names if any(fnmatch.fnmatch(name, pattern) for pattern in patterns)]
    pool = ProcessPoolExecutor(jobs, get_context("spawn"), start, (more, seed))
    with pool, out.open("w", encoding="utf-8") as sheet:
        for number, found in enumerate(pool.map(record_one, names), 1):
            sheet.write(json.dumps(found) + "\n")  # in ASCII: a lone surrogate of a student goes through
            sheet.flush()
            print(f"{number}/{len(names)} {found['cpu']:7.2f} s  {found['id']}  {found.get('error', '')}", flush=True)
    return 0


# --- comparing ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """One difference between two files. worse: whether it is one that nobody wants, None where that takes a reader."""

    place: str
    worse: bool | None
    text: str


def compare(before: dict[str, Record], after: dict[str, Record], words: bool) -> list[Change]:
    changes = [Change(name, None, "no longer there") for name in before.keys() - after.keys()]
    changes += [Change(name, None, "new") for name in after.keys() - before.keys()]
    for name in before.keys() & after.keys():
        changes += changes_of(before[name], after[name], words)
    return sorted(changes, key=lambda change: (change.worse is not True, change.worse is not None, change.place))


def changes_of(old: Record, new: Record, words: bool) -> Iterator[Change]:
    """What differs in one hand-in."""
    if "error" in old or "error" in new:
        if old.get("error") != new.get("error"):
            text = f"{old.get('error', 'graded')} -> {new.get('error', 'graded')}"
            yield Change(old["id"], "error" in new, text)
        return
    if old["lesson"] != new["lesson"]:
        yield Change(old["id"], None, f"taken for {old['lesson']} -> {new['lesson']}")
    for exercise in dict.fromkeys((*old["exercises"], *new["exercises"])):
        one, other = (checks_of(found["exercises"].get(exercise, [])) for found in (old, new))
        for check in dict.fromkeys((*one, *other)):
            yield from change_of(f"{old['id']} {exercise} {check}", one.get(check), other.get(check), new, words)


def checks_of(findings: Iterable[Record]) -> dict[str, Record]:
    return {finding["check"]: finding for finding in findings}


def change_of(place: str, old: Record | None, new: Record | None, hand_in: Record, words: bool) -> Iterator[Change]:
    """What differs in one finding."""
    if old is None or new is None:
        yield Change(place, None, "a check that was not there" if old is None else "this check is gone")
        return
    asked = FIELDS if words else ("outcome", "earned", "points", "name")
    if any(old[key] != new[key] for key in asked):
        yield Change(place, is_worse(old, new, hand_in), f"{shown(old)} -> {shown(new)}" + shown_words(old, new, words))


def is_worse(old: Record, new: Record, hand_in: Record) -> bool | None:
    """By what is known of the hand-in: right ones earn, wrong ones do not, and a right name is kept."""
    if hand_in["right"] is None or old["points"] != new["points"]:
        return None
    if old["earned"] != new["earned"]:
        return bool(hand_in["right"]) == (new["earned"] < old["earned"])
    if old["name"] != new["name"] and not hand_in["right"]:
        return new["name"] not in hand_in["names"] if old["name"] in hand_in["names"] or new["name"] else True
    return None


def shown(finding: Record) -> str:
    name = f" {finding['name']}" if finding["name"] else ""
    return f"{finding['outcome']} {finding['earned']:g}/{finding['points']:g}{name}"


def shown_words(old: Record, new: Record, words: bool) -> str:
    asked = [key for key in ("rationale", "help", "line") if words and old[key] != new[key]]
    return "".join(f"\n    {key}: {old[key]}\n      -> {new[key]}" for key in asked)


def read(path: Path) -> dict[str, Record]:
    rows = map(json.loads, path.read_text("utf-8").splitlines())
    return {row["id"]: row for row in rows}


def print_comparison(before: dict[str, Record], after: dict[str, Record], words: bool) -> int:
    changes = compare(before, after, words)
    for change in changes:
        mark = {True: "WORSE ", False: "better", None: "other "}[change.worse]
        print(f"{mark} {change.place}: {change.text}")
    worse = sum(change.worse is True for change in changes)
    both = before.keys() & after.keys()
    cpu = [sum(found[name]["cpu"] for name in both) for found in (before, after)]
    print(
        f"{len(both)} hand-ins in both, {len(changes)} changes, {worse} worse; CPU of the judge {cpu[0]:.0f} -> {cpu[1]:.0f} s"
    )
    return 1 if worse else 0


def main() -> int:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = ask.add_subparsers(dest="command", required=True)
    recording = commands.add_parser("record")
    recording.add_argument("out", type=Path)
    recording.add_argument("--match", nargs="+", default=["*"])
    recording.add_argument("--more", nargs="+", default=[])
    recording.add_argument("--jobs", type=int, default=2)
    recording.add_argument("--seed", type=int, default=7)
    comparing = commands.add_parser("compare")
    comparing.add_argument("before", type=Path)
    comparing.add_argument("after", type=Path)
    comparing.add_argument(
        "--words", action="store_true", help="also what is said, not only outcomes, points and names"
    )
    said = ask.parse_args()
    if said.command == "record":
        return record(said.out, said.match, tuple(said.more), said.jobs, said.seed)
    return print_comparison(read(said.before), read(said.after), said.words)


if __name__ == "__main__":
    raise SystemExit(main())
