"""A class in a gradebook without any notebook: reports made of the catalogue's checks and mistakes, by a seed.

Of forty students eighteen have everything, three handed in the untouched stub, two a file that cannot be read, one a report in which
the grader failed, and the rest made a known mistake or have code that stops. Everybody's notes await a person, until
marked. The last three of the forty handed in three times without a gain.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from grader.batch.gradebook.entries import Batch, Result, Status
from grader.batch.gradebook.store import Gradebook, open_book
from grader.judge.judging import read_notes
from grader.lessons import lesson
from grader.model import (
    Cell,
    Exercise,
    ExerciseReport,
    Finding,
    Named,
    Notes,
    Outcome,
    Provenance,
    Report,
    Run,
    Submission,
    Text,
    total,
)
from grader.report import json

LESSON = "transformer_lm"
FAMILY = ("佐藤", "鈴木", "高橋", "田中", "伊藤", "Watanabe", "山本", "Nakamura", "小林", "加藤")
GIVEN = ("葵", "蓮", "Haruto", "陽菜", "湊", "Yui", "樹", "芽依")
SEEN = Text(en="Seen.", ja="結果")
HOW = (
    ("right",) * 18
    + ("mistaken",) * 11
    + ("stopped",) * 3
    + ("stub",) * 3
    + ("unreadable",) * 2
    + ("broken", "again", "again")
)


def named(i: int) -> str:
    return f"{FAMILY[i % 10]} {GIVEN[i // 10 % 8]}" + (f" {i // 80}" if i >= 80 else "")


@contextmanager
def class_of(size: int, path: Path, name: str = LESSON, called: dict[int, str] | None = None) -> Iterator[Gradebook]:
    """A gradebook with so many students. called: names of single students, by number."""
    names = {i: (called or {}).get(i, named(i)) for i in range(size)}
    with open_book(path) as book:
        batch = book.begin(Batch(7, "", "class", "0.1", "sensei"))
        for i in range(size):
            how = HOW[i * 7 % 40]
            for attempt in range(3 if how == "again" else 1):
                hand_in(book, batch, names[i], f"{i:032x}{attempt:032x}", how, name, random.Random(i))
        book.end(batch)
        yield book


def hand_in(book: Gradebook, batch: int, student: str, sha256: str, how: str, name: str, chance: random.Random) -> None:
    (number,) = book.hand_in(batch, [(student, f"{name}.ipynb", sha256, None)])
    if how == "unreadable":
        page = "<!doctype html>"
        why = Text(
            en=f"homework.ipynb is not a notebook: it begins with {page}.",
            ja=f"homework.ipynb はノートブックではなく、{page} で始まっています。",
        )
        result = Result(Status.UNREADABLE, name, problem=why)
    else:
        text = json.render(report(student, sha256, how, name, chance))
        result = Result(Status.GRADED, name, text.encode(), seconds=1.0)
    book.record(batch, number, "checks", 7, result, "grader 0.1")


def report(student: str, sha256: str, how: str, name: str, chance: random.Random) -> Report:
    found = lesson(name)
    exercises = [exercise_report(exercise, how, chance) for exercise in found.exercises]
    if found.notes:
        exercises.append(notes_of(found.notes, student, how))
    score = total(tuple(f for e in exercises for f in e.findings))
    made = Provenance(7, "jail", "0.1", "3.11", "2.6")
    return Report(student, sha256, name, found.title, score, tuple(exercises), Run((), 1.0), made)


def notes_of(notes: Notes, student: str, how: str) -> ExerciseReport:
    written = (
        ()
        if how == "stub"
        else (Cell(0, "markdown", f"{student}: Q は問い合わせ。 The shape is (B, T, D).", role="notes"),)
    )
    return read_notes(notes, Submission("n", "0", "ja", None, written))


def exercise_report(exercise: Exercise, how: str, chance: random.Random) -> ExerciseReport:
    findings = [Finding(c.id, c.text, Outcome.PASSED, c.points, seconds=0.1) for c in exercise.checks]
    if how == "stub":
        findings = [replace(f, outcome=Outcome.MISSING) for f in findings]
    elif how in ("stopped", "again"):
        ends = Outcome.CRASHED if chance.random() < 0.8 else Outcome.TIMED_OUT
        findings = [replace(f, outcome=Outcome.SKIPPED if i else ends, rationale=SEEN) for i, f in enumerate(findings)]
    elif how == "broken" and exercise.id == "causal_mask":
        findings[0] = replace(findings[0], outcome=Outcome.BROKEN, rationale=SEEN)
    elif how == "mistaken" and chance.random() < 0.7:
        variant = exercise.misconceptions[min(int(chance.expovariate(0.9)), len(exercise.misconceptions) - 1)]
        assert variant.explanation is not None
        known = Named(variant.id, variant.explanation)
        for i in range(chance.randrange(len(findings)), len(findings)):
            findings[i] = replace(findings[i], outcome=Outcome.FAILED, rationale=SEEN, misconception=known)
    return ExerciseReport(exercise.id, exercise.title, total(tuple(findings)), tuple(findings))
