"""Scores to an LMS, against small servers that answer as the published API documents say."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner, Result

from grader.batch.gradebook.marking import give
from grader.batch.gradebook.queries import changes
from grader.batch.gradebook.store import open_book
from grader.cli import main
from grader.model import Outcome
from grader.push import web
from tests.batch.test_gradebook import enter

TOKEN = "secret-token"
STUDENTS = {"Ann Lee": "71", "Ben Ito": "72", "Cho Ray": "73", "Dee Fox": "74"}


@dataclass
class Lms:
    """grades: by user, what is there. puts: every write, in order. failures: answers with 503 before the next one works."""

    grades: dict[str, float | None] = field(default_factory=lambda: dict.fromkeys(STUDENTS.values()))
    excused: set[str] = field(default_factory=set)
    puts: list[tuple[str, float]] = field(default_factory=list)
    failures: int = 0
    dies_after: int = 99
    elsewhere: list[str] = field(default_factory=list)
    url: str = ""

    def put(self, user: str, score: float) -> None:
        self.grades[user] = score
        self.puts.append((user, score))


class Handler(BaseHTTPRequestHandler):
    lms: Lms

    def log_message(self, *_: Any) -> None:
        pass

    def said(self, content: Any, status: int = 200, **headers: str) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def handle_all(self) -> None:
        content, lms = self.body(), self.lms
        if lms.failures:
            lms.failures -= 1
            return self.said({"error": "busy"}, 503)
        if len(lms.puts) >= lms.dies_after:
            return self.said({"error": "gone"}, 403)
        parts = urlsplit(self.path)
        if "webservice" in parts.path:
            return self.moodle({k: v[0] for k, v in parse_qs(content.decode(), keep_blank_values=True).items()})
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            return self.said({"errors": "unauthorized"}, 401)
        if parts.path.startswith("/api/v1/"):
            return self.canvas(parts.path.removeprefix("/api/v1/courses/5/assignments/9"), parts.query, content)
        return self.lti(parts, content)

    do_GET = do_PUT = do_POST = handle_all

    def canvas(self, path: str, query: str, content: bytes) -> None:
        lms = self.lms
        if path == "":
            return self.said({"points_possible": 20.0})
        if self.command == "PUT":
            user = path.rsplit("/", 1)[1]
            lms.put(user, float(parse_qs(content.decode())["submission[posted_grade]"][0]))
            return self.said({"score": lms.grades[user]})
        page = int(parse_qs(query).get("page", ["1"])[0])
        users = sorted(lms.grades)
        rows = [
            {"user_id": int(u), "score": lms.grades[u], "excused": u in lms.excused,
             "user": {"name": next((n for n, i in STUDENTS.items() if i == u), "?")}} for u in users[2 * page - 2 : 2 * page]
        ]  # fmt: skip
        more = f"{lms.url}{self.path.split('?')[0]}?page={page + 1}"
        following = lms.elsewhere[0] if lms.elsewhere else more
        return self.said(rows, **({"Link": f'<{following}>; rel="next"'} if 2 * page < len(users) else {}))

    def moodle(self, given: dict[str, str]) -> None:
        lms = self.lms
        if given["wstoken"] != TOKEN:
            return self.said({"exception": "moodle_exception", "message": "Invalid token"})
        function = given["wsfunction"]
        if function == "mod_assign_get_assignments":
            return self.said({"courses": [{"assignments": [{"id": 9, "name": "A", "grade": 20}]}]})
        if function == "core_enrol_get_enrolled_users":
            return self.said([{"id": int(i), "fullname": n} for n, i in STUDENTS.items()])
        if function == "mod_assign_get_grades":
            rows = [{"userid": int(u), "grade": f"{-1 if g is None else g:.5f}"} for u, g in lms.grades.items()]
            return self.said({"assignments": [{"grades": rows}]})
        assert function == "mod_assign_save_grade" and given["assignmentid"] == "9" and given["attemptnumber"] == "-1"
        lms.put(given["userid"], float(given["grade"]))
        return self.said(None)

    def lti(self, parts: Any, content: bytes) -> None:
        lms = self.lms
        assert parts.query == "type_id=3"
        if parts.path == "/line/1/lineitem":
            return self.said({"scoreMaximum": 20})
        if parts.path == "/line/1/lineitem/results":
            has = {u: g for u, g in lms.grades.items() if g is not None}
            return self.said([{"userId": u, "resultScore": g * 2, "resultMaximum": 40} for u, g in has.items()])
        assert parts.path == "/line/1/lineitem/scores" and self.headers["Content-Type"].endswith("score+json")
        given = json.loads(content)
        assert given["scoreMaximum"] == 20 and given["gradingProgress"] == "FullyGraded" and given["timestamp"]
        lms.put(given["userId"], given["scoreGiven"])
        return self.said(None)


@pytest.fixture
def lms(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lms]:
    monkeypatch.setattr(web, "PAUSE", 0.01)
    monkeypatch.setenv("LMS_TOKEN", TOKEN)
    found = Lms()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Own", (Handler,), {"lms": found}))
    found.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield found
    server.shutdown()
    server.server_close()


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Ann has 4 of 4, Ben 2, Cho's awaits a person in part, Dee's could not be graded in part; all have ids."""
    path = tmp_path / "book.sqlite3"
    passed = Outcome.PASSED
    ends = {"Ann Lee": passed, "Ben Ito": Outcome.FAILED, "Cho Ray": Outcome.NEEDS_REVIEW, "Dee Fox": Outcome.BROKEN}
    with open_book(path) as opened:
        for student, ending in ends.items():
            enter(opened, student, passed, ending, sha=student)
            opened.identify(student, "roster", {"name": student, "id": STUDENTS[student]})
    return path


ASKS = {
    "canvas": ("--course", "5", "--assignment", "9"),
    "moodle": ("--course", "5", "--assignment", "9"),
    "lti": (),
}
KINDS = pytest.mark.parametrize("to", list(ASKS))


def push(book: Path, lms: Lms, to: str, *more: str) -> Result:
    url = f"{lms.url}/line/1/lineitem?type_id=3" if to == "lti" else lms.url
    return CliRunner().invoke(
        main, ["book", "push", "--book", str(book), "--to", to, "--url", url, *ASKS[to], "--lang", "en", *more]
    )


@KINDS
def test_nothing_is_sent_unless_it_is_said(book: Path, lms: Lms, to: str) -> None:
    """Without --send the plan is told, and nothing is written; with it each has one grade, of the points there."""
    dry = push(book, lms, to)
    assert dry.exit_code == 0 and lms.puts == [] and "--send sends 2" in dry.output, dry.output
    assert "Cho Ray: - -> 10  points still await" in dry.output and "Dee Fox: - -> -  no score" in dry.output
    sent = push(book, lms, to, "--send")
    assert sent.exit_code == 0 and "2 sent" in sent.output and sorted(lms.puts) == [("71", 20.0), ("72", 10.0)]
    with open_book(book, write=False) as opened:
        assert [(c.student, c.after) for c in changes(opened) if c.what == f"pushed to {to}"] == [
            ("Ann Lee", "20"),
            ("Ben Ito", "10"),
        ]
    again = push(book, lms, to, "--send")
    assert "0 sent" in again.output and "has it already" in again.output and len(lms.puts) == 2


@KINDS
def test_a_grade_that_is_there_is_kept(book: Path, lms: Lms, to: str) -> None:
    """What a teacher typed is replaced only where that is said; a mark by hand is a new score."""
    lms.grades["72"] = 17.5
    kept = push(book, lms, to, "--send")
    assert "Ben Ito: 17.5 -> 10  has another grade, kept" in kept.output and lms.grades["72"] == 17.5
    with open_book(book) as opened:
        give(opened, "Ben Ito", None, None, 3, "ta", "")
    push(book, lms, to, "--send", "--overwrite", "--pending")
    assert lms.grades == {"71": 20.0, "72": 15.0, "73": 10.0, "74": None}


@KINDS
def test_a_failure_in_the_middle_costs_nothing(book: Path, lms: Lms, to: str) -> None:
    """Busy for a moment: tried again. Refused after the first: said in a sentence, and the next run sends what is left, once."""
    lms.failures, lms.dies_after = 2, 1
    stopped = push(book, lms, to, "--send")
    assert stopped.exit_code == 3 and "403" in stopped.output and len(lms.puts) == 1 and TOKEN not in stopped.output
    lms.dies_after = 99
    assert push(book, lms, to, "--send").exit_code == 0
    assert sorted(lms.puts) == [("71", 20.0), ("72", 10.0)]


@KINDS
def test_an_lms_that_is_not_there_is_said(book: Path, lms: Lms, to: str) -> None:
    """Nothing answered, so no answer is told: the cause stands in words."""
    lms.url = "http://127.0.0.1:9"
    stopped = push(book, lms, to)
    assert stopped.exit_code == 3 and "cannot be reached: Connection refused" in stopped.output, stopped.output


@KINDS
def test_nobody_gets_two_lines(book: Path, lms: Lms, to: str) -> None:
    """Two of the gradebook who would be the same student there: neither is guessed."""
    with open_book(book) as opened:
        opened.identify("Ben Ito", "roster", {"id": "71", "name": "Ann Lee"}, 9)
    push(book, lms, to, "--send", "--overwrite")
    assert len({user for user, _ in lms.puts}) == len(lms.puts) and ("71", 20.0) not in lms.puts


@KINDS
def test_a_wrong_token_is_said(book: Path, lms: Lms, to: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one sentence without the token; without any, before the LMS is asked."""
    monkeypatch.setenv("LMS_TOKEN", "wrong")
    refused = push(book, lms, to)
    assert refused.exit_code == 3 and ("401" in refused.output or "Invalid token" in refused.output)
    monkeypatch.delenv("LMS_TOKEN")
    assert push(book, lms, to).exit_code == 2


def test_the_token_goes_nowhere_else(book: Path, lms: Lms) -> None:
    """Not over plain HTTP, and not to where a next page is said to lie."""
    plain = CliRunner().invoke(main, ["book", "push", "--book", str(book), "--to", "canvas", "--url", "http://lms.example", *ASKS["canvas"], "--lang", "en"])  # fmt: skip
    assert plain.exit_code == 2 and "https" in plain.output
    lms.elsewhere = ["https://evil.example/page"]
    away = push(book, lms, "canvas")
    assert away.exit_code == 3 and "elsewhere" in away.output


def test_the_excused_are_left_alone(book: Path, lms: Lms) -> None:
    """Canvas' EX is not turned into points."""
    lms.excused = {"71"}
    assert "Ann Lee: - -> 20  excused" in push(book, lms, "canvas", "--send", "--overwrite").output
    assert lms.puts == [("72", 10.0)]
