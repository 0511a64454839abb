"""A class that awaits a person, with its real notebooks, and `grade review --web` as people start it."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from grader.batch.batch_run import sha256_of
from grader.batch.gradebook.entries import Batch, Result, Status
from grader.batch.gradebook.store import open_book
from grader.batch.intake import take_in
from grader.lessons import lesson
from grader.model import ExerciseReport, Outcome, Place, Report, Text, total
from grader.report import json as report_json
from tests.batch.a_class import LESSON, notes_of, report

ROOT = Path(__file__).parents[2]
TRAP = "<script>window.caught = 1</script><img src=x onerror='window.caught = 2'>"
NOTES = (
    "## Shapes\n\nIds `(B, T)` become `(B, T, D)`; **Q** asks, **K** answers.\n\n| log | ppl |\n|:-:|---|\n| LSTM | 142 |",
    f"{TRAP} [x](javascript:window.caught=3) ![p](http://127.0.0.1:9/p.png) <http://example.org>\n\n<div onclick=1>\n\nperplexity falls",
    "形は (B, T) から (B, T, V) に変わる。perplexity は 97 まで下がった。",
)
MASK = '''def causal_mask(T, device=None):
    """True where nobody may look. </code><script>window.caught = 4</script>"""
    index = torch.arange(T)
    return (index[None, :] > index[:, None]).float()'''
DOUBT = Text(
    en="The result is of floats: it may be an additive mask or a boolean one.",
    ja="結果が float なので、加算マスクとも真偽マスクとも読めます。",
)
FAMILY = ("佐藤", "鈴木", "Nowak", "Okafor", "Dietz", "Ivanov", "高橋", "O'Neil")


@dataclass(frozen=True)
class Class:
    """book: the gradebook. subs: the folder that was graded. students: in the order of their names."""

    book: Path
    subs: Path
    students: tuple[str, ...]


def a_class(folder: Path, size: int = 8, language: str = "en") -> Class:
    """Everybody's notes await a person, and the mask of every second hand-in."""
    subs = folder / "subs"
    subs.mkdir(parents=True)
    names = [f"{FAMILY[i % len(FAMILY)]} {i:02}" for i in range(size)]
    given = json.loads((ROOT / "exercises" / language / f"{LESSON}.ipynb").read_text(encoding="utf-8"))
    for i, name in enumerate(names):
        (subs / f"{name}.ipynb").write_text(json.dumps(written(given, i, name)), encoding="utf-8")
    book = folder / "gradebook.sqlite3"
    with open_book(book) as opened, take_in(subs) as taken:
        batch = opened.begin(Batch(7, "", str(subs), "0.1", "sensei"))
        for i, handed in enumerate(sorted(taken.handed, key=lambda one: one.student)):
            sha256 = sha256_of(handed)
            (number,) = opened.hand_in(batch, [(handed.student, handed.file, sha256, None)])
            text = report_json.render(doubted(report(handed.student, sha256, "mistaken", LESSON, random.Random(i)), i))
            opened.record(batch, number, "c", 7, Result(Status.GRADED, LESSON, text.encode()), "grader 0.1")
        opened.end(batch)
    return Class(book, subs, tuple(sorted(names)))


def written(given: dict, number: int, name: str) -> dict:  # type: ignore[type-arg]  # a notebook
    """The notebook with notes and a mask, and the student's name below the notes."""
    made = json.loads(json.dumps(given))
    for cell in made["cells"]:
        if cell["metadata"].get("grader", {}).get("role") == "notes":
            cell["source"] = f"{NOTES[number % len(NOTES)]}\n\n{name}"
        if "def causal_mask" in "".join(cell["source"]):
            cell["source"] = MASK
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "tensor([[0., 1.]]) <b>\n"}]
    return made


def doubted(made: Report, number: int) -> Report:
    exercises = tuple(in_doubt(one) if one.id == "causal_mask" and number % 2 == 0 else one for one in made.exercises)
    notes = lesson(LESSON).notes
    assert notes is not None
    exercises = tuple(notes_of(notes, "n", "right") if one.id == "notes" else one for one in exercises)
    return replace(made, exercises=exercises, score=total(tuple(f for e in exercises for f in e.findings)))


def in_doubt(exercise: ExerciseReport) -> ExerciseReport:
    """Two of its checks await a person."""
    place = Place("return (index[None, :] > index[:, None]).float()", 4, "causal_mask")
    findings = tuple(
        replace(f, outcome=Outcome.NEEDS_REVIEW, misconception=None, rationale=DOUBT, place=place) if i < 2 else f
        for i, f in enumerate(exercise.findings)
    )
    return replace(exercise, findings=findings, score=total(findings))


@dataclass
class Serving:
    """addresses: of each reviewer. process: the command."""

    addresses: dict[str, str]
    process: subprocess.Popen[str]

    @property
    def port(self) -> int:
        return int(next(iter(self.addresses.values())).split(":")[2].split("/")[0])


@contextmanager
def serving(book: Path, *more: str, by: tuple[str, ...] = ("ann", "ben"), language: str = "en") -> Iterator[Serving]:
    """`grade review --web`, ended with Ctrl-C as people do, if it is not gone by then."""
    names = [part for name in by for part in ("--by", name)]
    command = [
        sys.executable,
        "-m",
        "grader",
        "review",
        "--web",
        "--book",
        str(book),
        "--lang",
        language,
        *names,
        *more,
    ]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )
    try:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in by]
        assert all(": http" in line for line in lines), process.communicate()
        yield Serving(dict(line.strip().split(": ", 1) for line in lines), process)  # type: ignore[arg-type]
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
