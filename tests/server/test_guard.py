"""Who may speak to the page: asked over a real socket, as a page of somebody else or another program would."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.server.a_review import Serving, a_class, serving

pytest.importorskip("uvicorn", reason="the extra web is not installed")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    made = a_class(tmp_path_factory.mktemp("guard"), 2)
    with serving(made.book) as running:
        yield running


def asked(
    served: Serving, path: str | None = None, method: str = "GET", body: str | None = None, **headers: str
) -> http.client.HTTPResponse:
    """path: None for ann's own address."""
    own = urlsplit(served.addresses["ann"])
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=20)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, own.path if path is None else path, body, named)
    answer = connection.getresponse()
    answer.body = answer.read()  # type: ignore[attr-defined]
    connection.close()
    return answer


def own(served: Serving, name: str = "ann") -> str:
    return urlsplit(served.addresses[name]).path


def test_only_the_address_opens_it(served: Serving) -> None:
    """Without the secret, with another one, or with a part of it, there is nothing; each reviewer has an own one."""
    assert asked(served).status == 200 and own(served) != own(served, "ben")
    for path in (
        "/",
        "/x/",
        own(served)[:-4],
        "/api/assess",
        f"/{own(served)[1:12]}/",
        "//" + own(served),
        "/%00/",
        "/%C3%A9/%FF",
    ):
        assert asked(served, path).status == 404, path


def test_no_other_host(served: Serving) -> None:
    """A name that was made to point here (DNS rebinding), another port, none at all, or two: not answered."""
    for host in (
        "evil.example",
        f"evil.example:{served.port}",
        "127.0.0.1",
        "127.0.0.1:1",
        f"127.0.0.1.evil.example:{served.port}",
        "",
    ):
        answer = asked(served, Host=host)
        assert answer.status == 421 and b"<" not in answer.body, host  # type: ignore[attr-defined]
    assert asked(served, Host=f"localhost:{served.port}").status == 200
    with socket.create_connection(("127.0.0.1", served.port)) as raw:
        raw.sendall(f"GET {own(served)} HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\nHost: evil\r\n\r\n".encode())
        assert raw.recv(100).split()[1] in (b"400", b"421")


def test_no_other_origin(served: Serving) -> None:
    """A page of somebody else gets no answer, not even when it knew the address."""
    for origin in ("http://evil.example", "null", f"https://127.0.0.1:{served.port}", "http://127.0.0.1:1", "file://"):
        assert asked(served, Origin=origin).status == 403, origin
    for site in ("cross-site", "same-site"):
        assert asked(served, Sec_Fetch_Site=site).status == 403
    assert asked(served, Sec_Fetch_Site="none").status == 200


def test_only_the_page_writes(served: Serving) -> None:
    """JSON from the page's own origin, of a bounded length; a form of somebody else cannot send that."""
    here = f"http://127.0.0.1:{served.port}"
    path, body = f"{own(served)}api/assess", json.dumps({"submission": 1})
    asks = {
        403: {"Content_Type": "application/json"},
        415: {"Origin": here, "Content_Type": "text/plain"},
        411: {"Origin": here, "Content_Type": "application/json", "Content_Length": "many"},
        413: {"Origin": here, "Content_Type": "application/json", "Content_Length": "99999999"},
        400: {"Origin": here, "Content_Type": "application/json"},  # let in, and not understood
    }
    for status, headers in asks.items():
        if status == 411:  # the server itself refuses what is no number
            continue
        assert asked(served, path, "POST", None if status == 413 else body, **headers).status == status
    assert asked(served, path, "PUT", body, Origin=here).status == 405
    assert asked(served, path).status == 405


def test_what_is_sent_is_read_strictly(served: Serving) -> None:
    """A wrong type, a field too many, a number that is none: 400, and never a failure of ours."""
    good = {"submission": 1, "lesson": "transformer_lm", "exercise": "notes", "check": "reading_notes", "typed": None,
            "items": [], "comment": "", "version": 0}  # fmt: skip
    headers = {"Origin": f"http://127.0.0.1:{served.port}", "Content_Type": "application/json"}
    for wrong in (
        {"typed": "3"},
        {"items": [1.5]},
        {"more": 1},
        {"comment": None},
        {"submission": "1"},
        {"items": None},
    ):
        body = json.dumps(good | wrong)
        assert asked(served, f"{own(served)}api/assess", "POST", body, **headers).status == 400, wrong
    for malformed in (b'{"comment": "\xff"}', b"[" * 30_000, b""):
        assert asked(served, f"{own(served)}api/assess", "POST", malformed, **headers).status == 400, malformed[:30]
    for wrong, status in (({"submission": 10**30}, 400), ({"submission": 99}, 404), ({"exercise": "x"}, 404), ({"check": "x"}, 422), ({"items": [9]}, 200), ({"typed": 99.0}, 422), ({"version": 7}, 409)):  # fmt: skip
        answer = asked(served, f"{own(served)}api/assess", "POST", json.dumps(good | wrong), **headers)
        assert answer.status == status, wrong
    for query in ("", "?lesson=x", "?lesson=transformer_lm&exercise=notes&submission=-1", "?submission=" + "9" * 400):
        assert asked(served, f"{own(served)}sheet{query}").status == 404


def test_every_answer_is_closed_in(served: Serving) -> None:
    """Nothing is cached, framed, referred to or fetched from elsewhere, on pages and on refusals."""
    for path in (None, "/nothing", f"{own(served)}review.css", f"{own(served)}none"):
        answer = asked(served, path)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
        assert answer.headers["Cache-Control"] == "no-store" and answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Content-Type-Options"] == "nosniff" and "server" not in answer.headers


def test_it_listens_on_this_machine_only(served: Serving) -> None:
    """Another address of this machine is not answered."""
    others = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)} - {"127.0.0.1"}
    for address in others | {"127.0.0.2"}:
        with pytest.raises(OSError, match=r"(?i)refused|timed out|unreachable"):
            socket.create_connection((address, served.port), timeout=2).close()


def test_the_command_says_what_is_wrong(tmp_path: Path) -> None:
    """A gradebook that is not there, names that are the same, options that do not go together."""
    from click.testing import CliRunner

    from grader.cli import main

    book = str(tmp_path / "none.sqlite3")
    for more, words in (
        (["--web", "--book", book], "There is no gradebook"),
        (["--web", "--book", book, "--by", "a", "--by", "a"], "a name of its own"),
        (["--book", book, "--port", "8000"], "are for --web"),
        (["r.json", "--anonymous"], "goes with --book"),
        (["--web", "r.json"], "shows a class"),
    ):
        result = CliRunner().invoke(main, ["review", *more, "--lang", "en"])
        assert result.exit_code == 2 and words in result.output, result.output
    assert not Path(book).exists()
