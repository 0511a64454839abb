"""The parts of a batch that need no worker: intake, digests, seeds, the queue's bookkeeping, the outbox, the display."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from grader import lesson_folders
from grader.batch import cache_key as digests
from grader.batch import scratch
from grader.batch.batch_run import Settled
from grader.batch.cache_key import digest, seed_of
from grader.batch.gradebook.entries import Result, Standing, Status
from grader.batch.gradebook.queries import one
from grader.batch.gradebook.store import open_book
from grader.batch.intake import take_in
from grader.batch.intake.contents import contents, sha256_of
from grader.batch.progress import BatchWatch
from grader.batch.report_folder import ReportFolder, file_name
from grader.batch.workers import isolation
from grader.batch.workers.queue import LOST, Queue, Worker
from grader.batch.workers.tasks import Plan, Task
from grader.cli import main
from grader.errors import SandboxUnavailable, UsageError
from grader.model import Outcome, Score, Text
from grader.report.progress import BatchProgress, clock, render
from grader.report.rows import csv_text
from grader.report.terminal_text import text_of
from grader.sandbox.doctor import Doctor, Layer
from tests.batch.test_gradebook import enter

ROOT = Path(__file__).parents[2]


def test_a_folder_of_notebooks_and_of_folders(tmp_path: Path) -> None:
    """Files and folders give students; data files go along with a folder's notebooks; links and hidden files do not."""
    (tmp_path / "bob").mkdir()
    (tmp_path / "bob" / ".ipynb_checkpoints").mkdir()
    for name in ("ann.ipynb", "notes.txt", "bob/a.ipynb", "bob/data.csv", "bob/.hidden.ipynb"):
        (tmp_path / name).write_text(name)
    (tmp_path / "bob" / "passwd").symlink_to("/etc/passwd")
    with take_in(tmp_path) as taken:
        found = taken.handed
        assert [(h.student, h.file, [name for name, _ in h.beside]) for h in found] == [
            ("ann", "ann.ipynb", []),
            ("bob", "a.ipynb", ["data.csv"]),
        ]
        assert contents(found[1]) == (b"bob/a.ipynb", (("data.csv", b"bob/data.csv"),))
        before = sha256_of(found[1])
        (tmp_path / "bob" / "data.csv").write_text("other")
        assert sha256_of(found[1]) != before


def test_no_notebooks_is_said(tmp_path: Path) -> None:
    """An empty folder and none at all: a sentence that says what to put where."""
    for folder, words in ((tmp_path, "no notebooks"), (tmp_path / "no", "no folder")):
        with pytest.raises(UsageError, match=words), take_in(folder):
            pass


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], tuple[str, str, str]]]:
    """A copy of the sources; give it a file to change, and it returns the digests of two lessons and of the grader."""
    for name in ("grader", "solutions"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(digests, "PACKAGE", tmp_path / "grader")
    monkeypatch.setattr(lesson_folders, "OURS", tmp_path / "grader" / "lessons")

    def forget() -> None:
        for kept in (lesson_folders.found_in, digests.digest_at, digests.fingerprint_at):
            kept.cache_clear()

    def change(name: str) -> tuple[str, str, str]:
        if name:
            with (tmp_path / name).open("a") as file:
                file.write("\n# changed\n")
        forget()
        return digest("bert"), digest("transformer_lm"), digests.fingerprint()

    yield change
    forget()


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("grader/lessons/bert/heads.py", (True, False, True)),
        ("solutions/transformer_lm.py", (False, True, True)),
        ("grader/checks/properties/attention.py", (True, True, True)),
        ("grader/checks/declare.py", (True, True, True)),
        ("grader/report/html.py", (False, False, False)),
        ("grader/batch/gradebook/store.py", (False, False, False)),
    ],
)
def test_what_changed_judges_anew(checkout: Callable[[str], Any], name: str, changed: tuple[bool, ...]) -> None:
    """A lesson's checks or answer change that lesson's digest, what all share changes all, what only shows changes none."""
    before = checkout("")
    assert tuple(a != b for a, b in zip(before, checkout(name), strict=True)) == changed


def test_a_seed_depends_on_the_batch_and_the_file_alone() -> None:
    """The same two give the same seed in any process; another file or batch gives another."""
    code = "from grader.batch.cache_key import seed_of; print(seed_of(3, 'abc'))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(done.stdout) == seed_of(3, "abc") < 2**31
    assert len({seed_of(batch, sha) for batch in range(30) for sha in "abcdefghij"}) == 300


# -- the queue, over seats that are threads --------------------------------------------------------


class Crew:
    """Seats that do as the test says. A submission whose name is in `deadly` takes its seat with it each time."""

    def __init__(self, size: int, deadly: tuple[str, ...] = ()) -> None:
        self.deadly, self.deaths, self.most, self.flying = deadly, 0, 0, 0
        self.pool = ThreadPoolExecutor(size)
        self.there = [Worker(f"seat {n}", self.submit) for n in range(size)]

    def submit(self, function: Callable[..., Any], subject: Any) -> Future[Any]:
        if isinstance(subject, Plan):
            return self.pool.submit(lambda: "ready")
        self.flying += 1
        self.most = max(self.most, self.flying)
        return self.pool.submit(self.work, subject)

    def work(self, task: Task) -> Result:
        self.flying -= 1
        if task.student in self.deadly:
            raise BrokenProcessPool
        return Result(Status.GRADED, problem=Text(task.student, task.student))

    def seats(self) -> list[Worker]:
        return list(self.there)

    def lose(self, seat: Worker) -> None:
        self.deaths += 1
        self.there.remove(seat)
        self.there.append(Worker("new", self.submit))

    def refuse(self, seat: Worker, error: Exception) -> None:
        raise error

    def close(self) -> None:
        self.pool.shutdown()


def tasks(count: int) -> list[Task]:
    return [Task(n, str(n), "n", "", 1, b"", Plan("g")) for n in range(count)]


@pytest.mark.parametrize("size", [1, 3])
def test_each_result_comes_once_and_a_deadly_one_is_tried_twice(size: int) -> None:
    """Whoever dies, everybody else is graded; what kills twice is BROKEN and says so; never more in flight than seats."""
    crew = Crew(size, deadly=("4", "7"))
    found = list(Queue(crew, Plan("g")).run(tasks(10)))
    crew.close()
    assert sorted(task.submission for task, _ in found) == list(range(10))
    broken = {task.student for task, result in found if result.status is Status.BROKEN and result.problem == LOST}
    assert broken == {"4", "7"} and crew.deaths == 4 and crew.most <= size


def test_the_queue_asks_for_a_task_when_a_seat_is_free() -> None:
    """However many there are, no more are read than are being graded: memory does not grow with the class."""
    crew, asked, given = Crew(2), 0, 0

    def source() -> Any:
        nonlocal asked
        for task in tasks(200):
            asked += 1
            assert asked - given <= 4
            yield task

    for _ in Queue(crew, Plan("g")).run(source()):
        given += 1
    crew.close()
    assert given == 200


def test_no_workers_for_nothing() -> None:
    """An empty class ends at once."""
    crew = Crew(1)
    assert list(Queue(crew, Plan("g")).run([])) == []
    crew.close()


# -- walls, folders, words ---------------------------------------------------------------------------


def test_without_a_jail_nothing_is_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Every missing layer is named with its remedy; what the jail can do without is not; --no-sandbox is the way around."""
    monkeypatch.setattr(
        isolation, "examine", lambda: Doctor(frozenset({Layer.FORK, Layer.UNPRIVILEGED, Layer.SECCOMP}))
    )
    with pytest.raises(SandboxUnavailable) as error:
        isolation.isolation(True)
    said = str(error.value)
    assert "bubblewrap" in said and "userns" in said and "--no-sandbox" in said and "Landlock" not in said
    assert isolation.isolation(False) == "warm"
    monkeypatch.setattr(isolation, "examine", lambda: Doctor(frozenset()))
    assert isolation.isolation(False) == "cold"
    (tmp_path / "a.ipynb").write_text("{}")
    book = tmp_path / "book"
    result = CliRunner().invoke(main, ["batch", str(tmp_path), "--book", str(book), "--lang", "en"])
    assert result.exit_code == 3 and "not run here" in result.output and not book.exists()


def test_names_of_files_are_safe_and_different() -> None:
    """A student's name never leaves the folder, and two names never share one."""
    assert file_name("山田 太郎") == "山田 太郎" and file_name("o'hara") == "o'hara"
    odd = ["../x", "a/b", "a:b", "a?b", "..", "", "con", "x" * 300, "nul.txt", " a", "a\nb", "a_b"]
    made = [file_name(name) for name in odd]
    assert len(set(made)) == len(odd)
    assert all("/" not in name and name not in ("", ".", "..") and len(name) <= 110 for name in made)


def test_a_folder_that_takes_no_reports_is_said(tmp_path: Path) -> None:
    """The sentence says that the results are safe, and the same again writes what is missing."""
    with open_book(tmp_path / "book") as book:
        enter(book, "ann", Outcome.PASSED)
        standing = one(book, "ann")
        (tmp_path / "out").write_text("a file where a folder should be")
        with pytest.raises(UsageError, match="results are in the gradebook"):
            ReportFolder(tmp_path / "out", "en").publish(book, standing)
        (tmp_path / "out").unlink()
        ReportFolder(tmp_path / "out", "en").publish(book, standing)
    assert sorted(p.name for p in (tmp_path / "out" / "ann").iterdir()) == ["lesson.html", "lesson.json"]


def test_a_killed_worker_leaves_no_folder_for_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next one takes away what nobody holds, and leaves alone what somebody does."""
    monkeypatch.setattr(scratch, "base", lambda: tmp_path)
    code = (
        f"from pathlib import Path\nfrom grader.batch import scratch\nscratch.base = lambda: Path({str(tmp_path)!r})\n"
        "with scratch.scratch() as f: print(f, flush=True); input()"
    )
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, **pipes) as other:
        left = Path(other.stdout.readline().strip())
        with scratch.scratch() as mine:
            assert left.is_dir() and mine.is_dir() and mine != left
        other.kill()
    with scratch.scratch():
        assert not left.exists()
    assert not mine.exists()


def test_several_that_sweep_at_once_leave_each_other_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has a folder keeps it, and nobody fails because another's is gone by the time it is looked at."""
    monkeypatch.setattr(scratch, "base", lambda: tmp_path)

    def come_and_go(_: int) -> bool:
        with scratch.scratch() as mine:
            return (mine / scratch.LOCK).is_file()

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(come_and_go, range(1500)))
    assert not list(tmp_path.iterdir())


def test_a_table_is_no_program() -> None:
    """What a spreadsheet would run is text, quotes and commas survive, numbers stay numbers."""
    assert csv_text(["a", "b"], [["=1+1", 2.5], ['say "hi", then', None], ["@x", -1]]) == (
        '"a","b"\n"\'=1+1",2.5\n"say ""hi"", then",""\n"\'@x",-1\n'
    )


def test_the_display_tells_what_is_going_on() -> None:
    """How far, how fast, how long, who is running and who was slow, in both languages; names are no markup."""
    progress = BatchProgress(
        total=300, unchanged=100, right=130, wrong=10, broken=1, reduced=4, running=(("[red]ann", 65.0),), slow=(("bob", 400.0),),
        workers=2, seconds=60.0,
    )  # fmt: skip
    english, japanese = (text_of([render(progress, language)], 100, colour=False) for language in ("en", "ja"))
    for words in (
        "141 / 300",
        "41.0 a minute",
        "3:53 left",
        "full marks 130",
        "of these unchanged 100",
        "late with points off 4",
        "our fault 1",
        "[red]ann",
        "1:05",
        "6:40",
    ):
        assert words in english, words
    assert "満点 130" in japanese and "残り 3:53" in japanese and "unreadable" not in english
    assert clock(3725) == "1:02:05"


def test_the_book_as_typed(tmp_path: Path) -> None:
    """list, show, mark, compare and export say what the gradebook holds; what does not exist gets a sentence."""
    path = tmp_path / "book"
    with open_book(path) as book:
        enter(book, "ann", Outcome.FAILED, Outcome.NEEDS_REVIEW)
        enter(book, "ann", Outcome.PASSED, Outcome.NEEDS_REVIEW, checks="two")

    def run(*args: str) -> tuple[int, str]:
        result = CliRunner(env={"LANG": "en_US.UTF-8", "COLUMNS": "120"}).invoke(
            main, ["book", *args, "--book", str(path)]
        )
        return result.exit_code, result.output

    assert "2/4 (+2?)" in run("list", "--lang", "en")[1] and "policy" not in run("list", "--batches")[1]
    assert run("mark", "ann", "1.5", "--check", "ex.c1", "--by", "mia") == (0, "ann (lesson): 3.5\n")
    shown = run("show", "ann", "--lang", "en")[1]
    assert "3.5 / 4" in shown and "mia" in shown and "marked ex.c1" in shown
    assert "passed (2)" in run("compare", "1", "2", "--lang", "en")[1]
    assert (
        '"ann","lesson","ann.ipynb"' in run("export")[1]
        and '"what": "marked ex.c1"' in run("export", "--format", "json")[1]
    )
    assert run("mark", "ann")[0] == 2 and run("mark", "eve", "1")[0] == 2 and run("show", "eve")[0] == 2
    assert run("compare", "1", "7")[0] == 2


def settled(status: Status, earned: float, superseded: bool) -> Settled:
    score = Score(earned, 10.0) if status is Status.GRADED else None
    own = Standing(1, 1, "anna", "bert", "a.ipynb", "0" * 64, None, "", 1, status, score, None, 0.0, 0, False)
    return Settled(own, unchanged=False, superseded=superseded)


@pytest.mark.parametrize(
    ("news", "code"),
    [
        ([(Status.GRADED, 10.0, False), (Status.UNREADABLE, 0.0, True)], 0),
        ([(Status.GRADED, 10.0, False), (Status.GRADED, 3.0, True)], 0),
        ([(Status.GRADED, 3.0, False), (Status.GRADED, 10.0, True)], 1),
        ([(Status.UNREADABLE, 0.0, False), (Status.GRADED, 10.0, True)], 3),
    ],
)
def test_only_submissions_that_count_decide_the_exit_code(news: list[tuple[Status, float, bool]], code: int) -> None:
    """An earlier attempt that was broken or wrong says nothing about the class."""
    watch = BatchWatch(len(news))
    for one_of_them in news:
        watch.hear(settled(*one_of_them))
    assert watch.exit_code == code


def test_full_marks_are_those_that_count_in_the_end() -> None:
    """Who loses points for lateness has less than full, and a file in whose place another counts is none of these."""
    watch = BatchWatch(3)
    in_time, old = (settled(Status.GRADED, 10.0, superseded) for superseded in (False, True))
    late = replace(in_time, standing=replace(in_time.standing, student="ben", late=60.0, rate=0.1))
    for news in (in_time, late, old):
        watch.hear(news)
    found = watch.progress()
    assert (found.right, found.wrong, found.reduced, found.earlier, found.settled) == (1, 1, 1, 1, 3)
    assert watch.exit_code == 0  # which speaks of the work


def test_where_the_best_counts_one_takes_the_place_of_another() -> None:
    """The last hand-in is heard first, and counts until a better one of the same student comes."""
    watch = BatchWatch(2)
    for earned in (3.0, 10.0):
        watch.hear(settled(Status.GRADED, earned, superseded=False))
    assert (watch.progress().right, watch.progress().wrong, watch.progress().earlier, watch.exit_code) == (1, 0, 1, 0)
