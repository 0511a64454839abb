"""A whole class, killed at random moments and graded on a cluster, always with the same gradebook in the end.

The class is that of `class_of_300`, 300 submissions or as many as CLASS_SIZE says.
"""

from __future__ import annotations

import os
import random
import signal
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil
import pytest

from grader.batch.gradebook import queries
from grader.batch.gradebook.analysis import distribution, items
from grader.batch.gradebook.store import open_book
from grader.sandbox.doctor import examine
from tests.batch.class_of_300 import DUE, FULL, LESSON, Member, make
from tests.batch.test_cluster import Cluster
from tests.batch.test_evening import differing, held, start

SIZE = int(os.environ.get("CLASS_SIZE", "300"))
KILLS = 10
GROWTH = 24 << 20  # bytes that the coordinating process may be larger at the end than a quarter of the way in
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not examine().safe, reason="no jail here")]


class Whole:
    """The class, graded once undisturbed; what the coordinating process weighed after each announcement."""

    def __init__(self, base: Path) -> None:
        self.folder, self.book = base / "class", base / "book"
        self.members: list[Member] = make(self.folder, SIZE)
        evening = start(self.folder, self.book, "--out", str(base / "out"))
        self.weights: list[int] = []
        while (before := len(evening.lines)) is not None and evening.process.poll() is None:
            evening.until(before + 1)
            if len(evening.lines) > before and evening.process.poll() is None:
                self.weights.append(psutil.Process(evening.process.pid).memory_info().rss)
        self.code = evening.end()
        self.lines: list[dict[str, Any]] = evening.lines
        self.held = held(self.book)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    return Whole(tmp_path_factory.mktemp("class"))


def test_everybody_gets_what_they_deserve(whole: Whole) -> None:
    """Every outcome is as the class says, every planted mistake is named, late ones are late, the later of two counts."""
    counted = {line["student"]: line for line in whole.lines if not line["superseded"]}
    assert {name: line["outcome"] for name, line in counted.items()} == {m.student: m.outcome for m in whole.members}
    assert all((line["earned"] == FULL) == (line["outcome"] == "right") for line in counted.values())
    with open_book(whole.book, write=False) as book:
        named = {(f.student, f.misconception) for f in queries.findings(book)}
        rows = {s.student: s for s in queries.standings(book)}
    assert not [m for m in whole.members if m.mistake and (m.student, m.mistake) not in named]
    late = {name for name, row in rows.items() if row.handed_in and datetime.fromisoformat(row.handed_in) > DUE}
    assert late == {m.student for m in whole.members if m.kind == "late"}
    assert {rows[m.student].file for m in whole.members if m.kind == "double"} == {"a really final.ipynb"}


def test_the_coordinating_process_does_not_grow(whole: Whole) -> None:
    """What it holds at the end of the class is what it held after a quarter of it."""
    quarter = whole.weights[len(whole.weights) // 4]
    assert max(whole.weights[len(whole.weights) // 4 :]) - quarter < GROWTH, [w >> 20 for w in whole.weights]


def test_the_analysis_of_the_class(whole: Whole) -> None:
    """Rates lie where the class was made to lie, every check tells good from bad, the planted mistakes lead."""
    with open_book(whole.book, write=False) as book:
        found = items(queries.findings(book, LESSON))
        scores = [s.score.earned for s in queries.standings(book, LESSON) if s.score and s.score.earned is not None]
    passing = sum(m.outcome == "right" for m in whole.members) / sum(m.outcome != "unreadable" for m in whole.members)
    assert all(item.pass_rate is not None and item.pass_rate >= passing for item in found)
    assert all((item.upper_lower or 0) > 0.3 and (item.biserial or 0) > 0.2 for item in found)
    planted = {m.mistake for m in whole.members if m.mistake}
    assert {name for item in found for name, _ in item.misconceptions} >= planted
    spread = distribution(scores, FULL)
    assert spread is not None and spread.count == len(scores) and spread.counts[-1] >= spread.counts[-2]


def test_killed_ten_times(whole: Whole, tmp_path: Path) -> None:
    """SIGKILL at random moments, in the warm-up, in the middle, between two results: the same gradebook as undisturbed."""
    chance = random.Random(20261123)
    usual = sum(line["seconds"] for line in whole.lines) / 2 / KILLS
    kept = 0
    for _ in range(KILLS):
        evening = start(whole.folder, tmp_path / "book")
        time.sleep(chance.uniform(0.5, 12.0 + usual))
        evening.process.send_signal(signal.SIGKILL)
        evening.end()
        if not (tmp_path / "book").exists():
            continue
        with open_book(tmp_path / "book") as book:
            (rows,) = next(book.rows("SELECT count(*) FROM runs"))
            announced = {line["student"] for line in evening.lines}
            assert announced <= {s.student for s in queries.standings(book)}
        assert rows >= kept
        kept = rows
    assert start(whole.folder, tmp_path / "book").end() == whole.code
    graded = held(tmp_path / "book")
    assert graded == whole.held, differing(graded, whole.held)


def test_the_class_on_a_cluster(whole: Whole, tmp_path: Path) -> None:
    """Scheduler and three workers, one killed in the middle, one joining late: the same gradebook."""
    pytest.importorskip("distributed")
    cluster = Cluster(tmp_path)
    with cluster.stack:
        first = cluster.worker()
        cluster.worker()
        evening = start(whole.folder, tmp_path / "book", "--scheduler", cluster.address)
        evening.until(len(whole.lines) // 3)
        first.kill()
        evening.until(len(whole.lines) // 2)
        cluster.worker()
        assert evening.end() == whole.code
    graded = held(tmp_path / "book")
    assert graded == whole.held, differing(graded, whole.held)
