"""A small class graded for good: real notebooks, real workers in jails, real kills."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import psutil
import pytest

from grader.batch import scratch
from grader.batch.gradebook import queries
from grader.batch.gradebook.store import open_book
from grader.report import json as report_json
from grader.sandbox.doctor import examine
from tests.batch.class_of_300 import FULL, TARGET, Member, make

ROOT = Path(__file__).parents[2]
GRADE = (sys.executable, "-c", "from grader.cli import main; main()")
SIZE = 8  # of each kind at least one, so there are a few more
pytestmark = pytest.mark.skipif(
    not examine().safe, reason=f"no jail here: {[layer.value for layer in examine().missing]}"
)


@dataclass
class Evening:
    """One `grade batch` as typed. lines: what it announced, as far as it was read."""

    process: subprocess.Popen[str]
    lines: list[dict[str, Any]] = field(default_factory=list)

    def until(self, announced: int) -> None:
        assert self.process.stdout is not None
        while len(self.lines) < announced and (line := self.process.stdout.readline()):
            self.lines.append(json.loads(line))

    def end(self) -> int:
        """Read what is left; the exit code."""
        self.until(1 << 30)
        with self.process:
            return self.process.wait()


def start(folder: Path, book: Path, *more: str) -> Evening:
    command = [*GRADE, "batch", str(folder), "--book", str(book), "--only", TARGET]
    options = ["--seed", "11", "--cell-time", "4", "--workers", "2", "--quiet", "--lang", "en", *more]
    return Evening(subprocess.Popen([*command, *options], cwd=ROOT, stdout=subprocess.PIPE, text=True))


def held(book: Path) -> dict[str, Any]:
    """What a gradebook holds, without times and worker names."""
    with open_book(book, write=False) as opened:
        found = [(f.student, f.check, f.outcome, f.earned, f.misconception) for f in queries.findings(opened)]
        scores = [
            (s.student, s.lesson, s.sha256, s.status, s.score, s.problem, s.batch) for s in queries.standings(opened)
        ]
        reports = {s.student: stripped(queries.report_text(opened, s)) for s in queries.standings(opened)}
        changes = sorted((c.student, c.by, c.what, c.before, c.after) for c in queries.changes(opened))
        return {"findings": found, "scores": scores, "reports": reports, "changes": changes}


def differing(one: dict[str, Any], other: dict[str, Any]) -> list[Any]:
    """What only one of two gradebooks holds, shown as far as one line of a report needs."""
    one_rows, other_rows = (
        dict.fromkeys(
            f"{kind} {row}" for kind, rows in book.items() for row in (rows.items() if isinstance(rows, dict) else rows)
        )
        for book in (one, other)
    )
    return [row[:400] for row in (*one_rows, *other_rows) if (row in one_rows) != (row in other_rows)]


def stripped(text: str | None) -> Any:
    """A report without its times."""

    def strip(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: strip(inner) for key, inner in value.items() if key != "seconds"}
        return [strip(inner) for inner in value] if isinstance(value, list) else value

    return None if text is None else strip(json.loads(text))


@dataclass(frozen=True)
class Graded:
    """A class that was graded once, undisturbed."""

    folder: Path
    members: list[Member]
    book: Path
    out: Path
    lines: list[dict[str, Any]]
    code: int


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Graded:
    base = tmp_path_factory.mktemp("evening")
    members = make(base / "class", SIZE)
    evening = start(base / "class", base / "book", "--out", str(base / "out"))
    code = evening.end()
    return Graded(base / "class", members, base / "book", base / "out", evening.lines, code)


@pytest.fixture
def copy(graded: Graded, tmp_path: Path) -> Callable[[], Path]:
    """The graded gradebook, to be changed."""

    def made() -> Path:
        return Path(shutil.copy(graded.book, tmp_path / "book"))

    return made


def test_every_submission_gets_what_it_deserves(graded: Graded) -> None:
    """Right, wrong with its mistake named, broken, hostile, double: each as the class says, announced once, exit code 3."""
    lines = {line["student"]: line for line in graded.lines if not line["superseded"]}
    assert {name: line["outcome"] for name, line in lines.items()} == {m.student: m.outcome for m in graded.members}
    assert all(line["earned"] == FULL for line in lines.values() if line["outcome"] == "right")
    assert len(graded.lines) == len({(line["student"], line["file"]) for line in graded.lines}) == len(lines) + 1
    assert graded.code == 3
    with open_book(graded.book, write=False) as book:
        named = {f.student: set() for f in queries.findings(book)}  # type: ignore[var-annotated]
        for finding in queries.findings(book):
            named[finding.student].add(finding.misconception)
    assert all(m.mistake in named[m.student] for m in graded.members if m.mistake)


def test_everybody_gets_a_report(graded: Graded) -> None:
    """JSON and a page for what was graded, a sentence for what was not; nothing half-written, nothing else."""
    for member in graded.members:
        files = {path.suffix for path in (graded.out / member.student).iterdir()}
        assert files == ({".txt"} if member.outcome == "unreadable" else {".json", ".html"}), member
    page = (graded.out / "index.html").read_text(encoding="utf-8")
    links = {unquote(link) for link in re.findall(r'href="([^"#:]+)"', page)}
    assert len(links) == len(graded.members) and all((graded.out / link).is_file() for link in links)
    right = next(m.student for m in graded.members if m.kind == "right")
    report = report_json.read((graded.out / right / "transformer_lm.json").read_bytes())
    assert report.provenance.isolation.startswith("jail") and report.score.earned == FULL


def test_nothing_changed_and_nothing_is_run(graded: Graded) -> None:
    """The second time everything is unchanged, no worker starts, and a report that was lost is written again."""
    before, lost = held(graded.book), next(graded.out.glob("*/*.json"))
    text = lost.read_bytes()
    lost.unlink()
    evening = start(graded.folder, graded.book, "--out", str(graded.out))
    seen: set[int] = set()
    while evening.process.poll() is None and len(evening.lines) < 5:
        evening.until(len(evening.lines) + 1)
        seen |= {child.pid for child in psutil.Process(evening.process.pid).children(recursive=True)}
    assert evening.end() == graded.code and not seen
    assert all(line["unchanged"] for line in evening.lines) and len(evening.lines) == len(graded.lines)
    assert held(graded.book) == before and lost.read_bytes() == text


@pytest.mark.slow
def test_one_changed_file_is_run_alone(graded: Graded, copy: Callable[[], Path], tmp_path: Path) -> None:
    """A student hands in anew: that one is graded, the others are not."""
    folder = Path(shutil.copytree(graded.folder, tmp_path / "class"))
    wrong = next(m.student for m in graded.members if m.kind == "untouched")
    right = next(m.student for m in graded.members if m.kind == "right")
    shutil.copyfile(folder / f"{right}.ipynb", folder / f"{wrong}.ipynb")
    book = copy()
    evening = start(folder, book)
    evening.end()
    assert [(line["student"], line["earned"]) for line in evening.lines if not line["unchanged"]] == [(wrong, FULL)]


@pytest.mark.slow
def test_killed_in_the_middle_and_run_again(graded: Graded, tmp_path: Path) -> None:
    """SIGKILL after two results: both are kept, no process is left, and in the end the gradebook is the undisturbed one."""
    evening = start(graded.folder, tmp_path / "book")
    evening.until(2)
    family = psutil.Process(evening.process.pid).children(recursive=True)
    evening.process.send_signal(signal.SIGKILL)
    evening.end()
    gone(family)
    with open_book(tmp_path / "book") as book:
        kept = {s.student for s in queries.standings(book)}
        assert {line["student"] for line in evening.lines} <= kept
    again = start(graded.folder, tmp_path / "book")
    again.end()
    unchanged = {line["student"] for line in again.lines if line["unchanged"]}
    assert kept <= unchanged
    assert held(tmp_path / "book") == held(graded.book)
    assert not held_by_nobody()


@pytest.mark.slow
def test_a_killed_worker_costs_nobody_anything(graded: Graded, tmp_path: Path) -> None:
    """One of the two workers is killed while it grades: it is replaced, its submission graded again, the result the same."""
    evening = start(graded.folder, tmp_path / "book")
    evening.until(1)
    workers = [p for p in psutil.Process(evening.process.pid).children() if "spawn_main" in " ".join(p.cmdline())]
    workers[0].kill()
    assert evening.end() == graded.code
    assert held(tmp_path / "book") == held(graded.book)


def held_by_nobody() -> list[Path]:
    """Folders that a worker left in the place for temporary files."""
    folders = [folder for folder in scratch.base().glob("gb-*") if (folder / "lock").is_file()]
    return [folder for folder in folders if free(folder / "lock")]


def free(lock: Path) -> bool:
    with lock.open("rb") as file:
        return scratch.lock(file.fileno()) is scratch.Hold.OURS


def gone(family: list[psutil.Process]) -> None:
    """All of them end by themselves, soon."""
    _, alive = psutil.wait_procs(family, timeout=20)
    assert not alive, [process.cmdline() for process in alive if process.is_running()]


@pytest.mark.slow
def test_ctrl_c_ends_with_a_sentence(graded: Graded, tmp_path: Path) -> None:
    """Interrupted, it says how to go on, leaves no process, and ends with 130."""
    # a suite that was started with & has its children ignore SIGINT
    heard = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    grade = [sys.executable, "-c", f"{heard}; from grader.cli import main; main()"]
    command = [*grade, "batch", str(graded.folder), "--book", str(tmp_path / "book"), "--only", TARGET]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen([*command, "--quiet", "--lang", "en"], cwd=ROOT, **pipes) as process:
        assert process.stdout.readline()
        family = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130 and "run the same again to go on" in errors and "Traceback" not in errors
    gone(family)


@pytest.mark.slow
def test_a_submission_that_ends_no_worker_waits_for(graded: Graded, tmp_path: Path) -> None:
    """A worker that cannot come to an end gives itself up; after the second time the submission is BROKEN, the rest is graded."""
    from grader.batch.cache_key import fingerprint
    from grader.batch.gradebook.entries import Status
    from grader.batch.intake import take_in
    from grader.batch.intake.contents import contents
    from grader.batch.workers.local import LocalPool
    from grader.batch.workers.queue import LOST, Queue
    from grader.batch.workers.tasks import Plan, Task
    from grader.model import Limits

    right = next(m.student for m in graded.members if m.kind == "right")
    with take_in(graded.folder) as taken:
        notebook, _ = contents(next(one for one in taken.handed if one.student == right))
    slow = json.loads(notebook)
    slow["cells"].append(
        {
            "cell_type": "code",
            "id": "s",
            "metadata": {},
            "source": "import time; time.sleep(100)",
            "outputs": [],
            "execution_count": None,
        }
    )
    plan = Plan(fingerprint(), "jail", only=(TARGET,), limits=Limits(), overstay=8.0)
    tasks = [
        Task(n, str(n), "n.ipynb", "", 1, content, plan)
        for n, content in enumerate((json.dumps(slow).encode(), notebook))
    ]
    crew = LocalPool(1)
    began = time.monotonic()
    try:
        found = {task.submission: result for task, result in Queue(crew, plan).run(tasks)}
    finally:
        crew.close()
    assert found[0].status is Status.BROKEN and found[0].problem == LOST and found[1].status is Status.GRADED
    assert time.monotonic() - began < 90 and not held_by_nobody()
