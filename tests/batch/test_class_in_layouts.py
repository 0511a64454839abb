"""300 hand-ins in every layout: each mark is as it must be, though the batch is killed ten times, and on a cluster too.

CLASS_SIZE says how many; the layouts share them.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.batch.gradebook import attendance, queries
from grader.batch.gradebook.store import open_book
from grader.batch.intake import ClassIntake, take_in
from grader.batch.intake.late import zone
from grader.batch.intake.roster import load
from grader.sandbox.doctor import examine
from tests.batch.class_in_layouts import CLASSES, KINDS, ClassOfOneLayout, make
from tests.batch.test_cluster import Cluster
from tests.batch.test_evening import Evening, start

SHARE = max(len(KINDS), int(os.environ.get("CLASS_SIZE", "300")) // len(CLASSES))
KILLS = 10
IN_JAIL = pytest.mark.skipif(not examine().safe, reason="no jail here")


@pytest.mark.parametrize("name", CLASSES)
def test_everybody_is_known_in_every_layout(name: str, tmp_path: Path) -> None:
    """The students of the roster and nobody else, in each encoding; who handed in a PDF has nothing to grade."""
    made = make(tmp_path, name, len(KINDS))
    given = dict(zip(made.options[::2], made.options[1::2], strict=True))
    with take_in(made.source, made.layout, zone=zone(given["--zone"])) as taken:
        people = (
            load(Path(given["--roster"]), taken.names(), given.get("--encoding")).people
            if "--roster" in given
            else None
        )
        found = ClassIntake.of(taken, people)
    assert {one.student for one in found.handed} == set(made.marks) and not found.unknown


@pytest.mark.slow
@IN_JAIL
@pytest.mark.parametrize("name", CLASSES)
def test_every_mark_is_right_though_it_is_killed(name: str, tmp_path: Path) -> None:
    """SIGKILL after some results, in each layout, ten times in all: then all marks, who is late and who is missing."""
    made, book = make(tmp_path, name, SHARE), tmp_path / "book"
    chance = random.Random(name)
    for _ in range(kills_of(name)):
        evening = grading(made, book)
        evening.until(chance.randrange(1, SHARE // 2))
        evening.process.kill()
        evening.end()
    grading(made, book).end()
    must_hold(made, book)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """One for all layouts, as a course has it: its workers are warm after the first."""
    pytest.importorskip("distributed")
    made = Cluster(tmp_path_factory.mktemp("cluster"))
    with made.stack:
        made.worker()
        made.worker()
        yield made


@pytest.mark.slow
@IN_JAIL
@pytest.mark.parametrize("name", CLASSES)
def test_every_mark_is_right_on_two_workers_of_a_cluster(name: str, tmp_path: Path, cluster: Cluster) -> None:
    """The same marks from two Dask workers."""
    made, book = make(tmp_path, name, SHARE), tmp_path / "book"
    grading(made, book, "--scheduler", cluster.address).end()
    must_hold(made, book)


def kills_of(name: str) -> int:
    return KILLS // len(CLASSES) + (list(CLASSES).index(name) < KILLS % len(CLASSES))


def grading(made: ClassOfOneLayout, book: Path, *more: str) -> Evening:
    return start(made.source, book, "--only", "positional_encoding", *made.options, *more)


def must_hold(made: ClassOfOneLayout, path: Path) -> None:
    with open_book(path, write=False) as book:
        standings = list(queries.standings(book))
        missing = {student for student, _ in attendance.missing(book)}
    assert {place.student: place.final for place in standings} == pytest.approx(made.marks)
    assert len(standings) == len(made.marks)
    assert {place.student for place in standings if place.late is not None} == made.late
    assert missing == made.missing
