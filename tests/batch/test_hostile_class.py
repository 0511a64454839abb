"""A class of forty of which thirty are hostile: the ten others get what they would get alone, and everything is written."""

from __future__ import annotations

import csv
import pwd
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import psutil
import pytest

from grader.batch.gradebook import queries
from grader.batch.gradebook.store import open_book
from grader.sandbox.doctor import examine
from tests.batch import hostile_class
from tests.batch.test_evening import GRADE, ROOT, start

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not examine().safe, reason="no jail here")]
FORMATS = ("csv", "json", "nbgrader", "lti", "feedback", "canvas", "moodle")
MEMORY = ("--memory", "1", "--total-time", "60")


@pytest.fixture
def scratch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where this batch keeps its temporary files; short, for the path of a socket is."""
    with tempfile.TemporaryDirectory(prefix="hc-") as folder:
        Path(folder).chmod(0o711)  # the jail lives in it under an account of its own
        monkeypatch.setenv("TMPDIR", folder)
        yield Path(folder)


def strangers(scratch: Path) -> set[int]:
    """The processes of users that are no account, which see this folder: what lives behind the walls of this batch."""
    known = {entry.pw_uid for entry in pwd.getpwall()}
    found = set()
    for process in psutil.process_iter():
        try:
            if process.uids().real not in known and process.status() != psutil.STATUS_ZOMBIE:
                seen = Path(f"/proc/{process.pid}/mountinfo").read_text(encoding="utf-8", errors="replace")
                found |= {process.pid} if scratch.name in seen else set()
        except (psutil.NoSuchProcess, OSError):  # it ended meanwhile
            continue
    return found


def scores(book: Path) -> dict[str, tuple[float | None, str]]:
    with open_book(book, write=False) as opened:
        return {s.student: (s.score.earned if s.score else None, s.status) for s in queries.standings(opened)}


def worksheet(format_: str, students: Iterable[str], folder: Path) -> Path:
    """What a teacher would have downloaded from the LMS."""
    path = folder / f"{format_}_worksheet.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        if format_ == "canvas":
            rows.writerow(["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Homework (1)"])
            rows.writerow(["    Points Possible", "", "", "", "", "5"])
            rows.writerows([name, 100 + n, "", "", "A", ""] for n, name in enumerate(students))
        else:
            rows.writerow(["Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade", "Grade can be changed",
                           "Last modified (submission)", "Last modified (grade)", "Feedback comments"])  # fmt: skip
            rows.writerows(
                [f"Participant {n}", name, "", "", "", "5", "Yes", "-", "-", ""] for n, name in enumerate(students)
            )
    return path


def test_thirty_hostile_hand_ins_cost_ten_honest_ones_nothing(
    tmp_path: Path, scratch: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The same scores as without them; the page and every export; no traceback; no process and no file left."""
    honest = hostile_class.make(tmp_path / "alone", hostile=False)
    hostile_class.make(tmp_path / "class", hostile=True)
    assert start(tmp_path / "alone", tmp_path / "alone.book", *MEMORY).end() in (0, 1, 4)
    evening = start(tmp_path / "class", tmp_path / "book", "--out", str(tmp_path / "out"), *MEMORY)
    assert evening.end() in (0, 1, 3, 4)
    said = capfd.readouterr().err
    assert "Traceback" not in said and "\x1b" not in said, said[-2000:]
    alone, together = scores(tmp_path / "alone.book"), scores(tmp_path / "book")
    assert len(together) == 40
    assert {name: together[name] for name in honest} == alone
    flipped = alone["honest4"][0]
    assert flipped is not None
    gained = {
        name: got for name, (got, _) in together.items() if name not in honest and got is not None and got > flipped
    }
    assert not gained, gained
    broken = {name for name, (_, status) in together.items() if status == "broken"}
    assert not broken, broken
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert "window.caught=1</script>" not in page.replace("&lt;", "")
    for name in honest:
        assert (tmp_path / "out" / name).is_dir()
    for format_ in FORMATS:
        more = ["--worksheet", str(worksheet(format_, together, tmp_path))] if format_ in ("canvas", "moodle") else []
        target = tmp_path / f"export.{format_}"
        command = [
            *GRADE,
            "book",
            "export",
            "--book",
            str(tmp_path / "book"),
            "--format",
            format_,
            "-o",
            str(target),
            *more,
        ]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0 and target.stat().st_size, done.stderr
        assert "\x1b" not in done.stdout + done.stderr
    for _ in range(100):
        if not strangers(scratch):
            break
        time.sleep(0.1)
    assert not strangers(scratch)
    assert not list(scratch.iterdir())
    assert not list(Path("/tmp").glob("CANARY*"))
    assert not list(tmp_path.glob("**/escaped.py"))
