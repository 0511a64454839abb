"""Downloads: whole or not at all, against a real server on this machine that can break off."""

from __future__ import annotations

import hashlib
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from grader.data import cache, news, newscorpora, write_uci
from grader.errors import DataError

pytest.importorskip("pooch", reason="downloads need the extra `download`")


class Handler(BaseHTTPRequestHandler):
    """/whole sends everything, /broken announces everything and hangs up halfway, all else is 404."""

    content = b""

    def do_GET(self) -> None:
        if self.path not in ("/whole", "/broken"):
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.content)))
        self.end_headers()
        self.wfile.write(self.content if self.path == "/whole" else self.content[: len(self.content) // 2])

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: pytest's output is for results."""


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a server that holds a zip as UCI's, of synthetic rows."""
    rows = write_uci(tmp_path / "rows.csv", 300)
    with zipfile.ZipFile(tmp_path / "made.zip", "w") as archive:
        archive.write(rows, "newsCorpora.csv")
    monkeypatch.setattr(Handler, "content", (tmp_path / "made.zip").read_bytes())
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as served:
        thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{served.server_port}"
        served.shutdown()
        thread.join()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of this test's own, and no proxy between the test and its server."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    kept = tmp_path / "cache"
    kept.mkdir()
    monkeypatch.setattr(cache, "cache_folder", lambda: kept)
    return kept


def digest(folder: Path, name: str) -> str:
    return "sha256:" + hashlib.sha256((folder / name).read_bytes()).hexdigest()


def test_a_whole_download_is_kept_and_not_repeated(
    server: str, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file arrives with its checksum checked and its progress shown; the second call asks no server."""
    path = cache.fetch(f"{server}/whole", "news.zip", digest(tmp_path, "made.zip"))
    assert path.read_bytes() == (tmp_path / "made.zip").read_bytes()
    assert "100%" in capsys.readouterr().err
    assert cache.fetch("http://127.0.0.1:9/nobody", "news.zip", None) == path
    assert [entry.name for entry in folder.iterdir()] == ["news.zip"]


@pytest.mark.parametrize("page", ["broken", "missing"])
def test_a_broken_download_leaves_nothing(server: str, folder: Path, page: str) -> None:
    """A server that hangs up halfway, or has no such file, leaves the cache as it was and says what to do."""
    with pytest.raises(DataError, match=f"/{page} broke off .*; nothing was kept: try again"):
        cache.fetch(f"{server}/{page}", "news.zip", None)
    assert list(folder.iterdir()) == []


def test_nobody_at_the_other_end(folder: Path) -> None:
    """Without a network the sentence is the same, and nothing is left."""
    with pytest.raises(DataError, match="nothing was kept"):
        cache.fetch("http://127.0.0.1:9/news.zip", "news.zip", None)
    assert list(folder.iterdir()) == []


def test_a_wrong_checksum_is_refused(server: str, folder: Path) -> None:
    """Another file than the one expected is not kept, however complete it is."""
    with pytest.raises(DataError, match="another checksum than sha256:0000"):
        cache.fetch(f"{server}/whole", "news.zip", "sha256:" + "0" * 64)
    assert list(folder.iterdir()) == []


def test_news_downloads_and_reads(server: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """news(download=True) fetches the zip, keeps it in the cache, and reads it there."""
    monkeypatch.setattr(newscorpora, "UCI_URL", f"{server}/whole")
    data = news(download=True)
    assert len(data.train) == 240 and "NewsAggregatorDataset.zip" in data.source
    assert [entry.name for entry in folder.iterdir()] == ["NewsAggregatorDataset.zip"]


@pytest.mark.parametrize("content", [b"1\tcut in the mid", None])
def test_a_complete_download_of_rubbish_is_refused(
    server: str, folder: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None
) -> None:
    """A zip whose csv is cut short, and a web page in place of the zip, never get into the cache."""
    made = folder.parent / "other.zip"
    if content is None:
        made.write_bytes(b"<html>sign in first</html>")
    else:
        with zipfile.ZipFile(made, "w") as archive:
            archive.writestr("newsCorpora.csv", content)
    monkeypatch.setattr(Handler, "content", made.read_bytes())
    monkeypatch.setattr(newscorpora, "UCI_URL", f"{server}/whole")
    with pytest.raises(DataError, match=r"/whole sent cannot be used, nothing was kept: .*the download"):
        news(download=True)
    assert list(folder.iterdir()) == []


def test_a_block_that_fails_keeps_the_old_file(tmp_path: Path) -> None:
    """Writing a file anew either replaces it whole or leaves what was there."""
    target = tmp_path / "kept.txt"
    target.write_text("old")
    with pytest.raises(RuntimeError), cache.whole_file(target) as draft:  # noqa: PT012 (the block is what is tested)
        draft.write_text("half of the ne")
        raise RuntimeError
    assert target.read_text() == "old" and [entry.name for entry in tmp_path.iterdir()] == ["kept.txt"]
    with cache.whole_file(target) as draft:
        draft.write_text("new")
    assert target.read_text() == "new"
