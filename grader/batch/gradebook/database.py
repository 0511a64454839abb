"""The file of a gradebook: opened, brought to this version, locked while somebody grades, and its errors put into sentences.

What SQLite says is turned into a sentence here and nowhere else.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Self

from grader.batch.gradebook.migrations import MIGRATIONS
from grader.errors import GradebookError

APPLICATION = 0x6772616B  # in the file's header: this is a gradebook, and not just any database
PATIENCE = 10.0  # seconds to wait for somebody else's transaction
SENTENCES = {
    "SQLITE_FULL": (
        "The disk with {path} is full: nothing recorded so far is lost; make room and run the same again.",
        "{path} のあるディスクがいっぱいです。ここまでの記録は失われていません。空きを作って、同じコマンドをもう一度実行してください。",
    ),
    "SQLITE_READONLY": (
        "{path} cannot be written: the file or its folder is read-only; make it writable or name another with --book.",
        "{path} に書き込めません（ファイルかフォルダが読み取り専用です）。書き込めるようにするか、--book で別の採点簿を指定してください。",
    ),
    "SQLITE_BUSY": (
        "{path} is locked by another program; close what has it open (a database browser, a backup) and run again.",
        "{path} はほかのプログラムが使用中です。開いているもの（データベースの閲覧ソフトやバックアップなど）を閉じて、もう一度実行してください。",
    ),
    "SQLITE_LOCKED": (
        "{path} is locked by another program; close what has it open (a database browser, a backup) and run again.",
        "{path} はほかのプログラムが使用中です。開いているもの（データベースの閲覧ソフトやバックアップなど）を閉じて、もう一度実行してください。",
    ),
    "SQLITE_CANTOPEN": (
        "{path} cannot be opened: there is no such file or folder, or it may not be read or written.",
        "{path} を開けません。ファイルやフォルダがないか、読み書きが許可されていません。",
    ),
    "SQLITE_NOTADB": (
        "{path} is not a gradebook; name another file with --book.",
        "{path} は採点簿ではありません。--book で別のファイルを指定してください。",
    ),
    "SQLITE_CORRUPT": (
        "{path} is damaged; restore a backup, and run the same batch again for what is missing.",
        "{path} は壊れています。バックアップに戻し、足りない分は同じ採点をもう一度実行してください。",
    ),
    "SQLITE_IOERR": (
        "{path} cannot be read or written: the disk reports an error, or is full.",
        "{path} を読み書きできません。ディスクの異常か、容量不足です。",
    ),
}


@contextmanager
def told(path: Path) -> Iterator[None]:
    """What SQLite says, as a sentence for a person."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        name = getattr(error, "sqlite_errorname", "")
        sentence = next((words for code, words in SENTENCES.items() if name.startswith(code)), None)
        if sentence is None:
            raise
        raise GradebookError(*(words.format(path=path) for words in sentence)) from error


def connect(path: Path, mode: str) -> sqlite3.Connection:
    db = sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=PATIENCE, isolation_level=None)
    db.row_factory = sqlite3.Row
    db.execute("PRAGMA foreign_keys = ON")
    return db


class Database:
    """An open file. All that is written goes through `transaction`."""

    def __init__(self, db: sqlite3.Connection, path: Path) -> None:
        self.db = db
        self.path = path

    def version(self) -> int:
        """Raises GradebookError for a file that is something else, or newer than we are."""
        (version,), (application,) = (
            self.db.execute(f"PRAGMA {p}").fetchone() for p in ("user_version", "application_id")
        )
        (tables,) = self.db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if tables and application != APPLICATION:
            raise GradebookError(*(words.format(path=self.path) for words in SENTENCES["SQLITE_NOTADB"]))
        if version > len(MIGRATIONS):
            raise GradebookError(
                f"{self.path} was written by a newer grader (gradebook version {version}, known here up to "
                f"{len(MIGRATIONS)}); update the grader with: pip install -U notebook-grader",
                ja=f"{self.path} は新しい版の採点プログラム（採点簿の版 {version}、ここで分かるのは {len(MIGRATIONS)} まで）が"
                "書いたものです。更新してください: pip install -U notebook-grader",
            )
        return int(version)

    def migrate(self) -> None:
        """Bring the file to this version; what it was before stays beside it."""
        before = self.version()
        if 0 < before < len(MIGRATIONS):
            with closing(sqlite3.connect(self.path.with_name(f"{self.path.name}.v{before}"))) as copy:
                self.db.backup(copy)
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute("PRAGMA synchronous = FULL")
        for number, step in enumerate(MIGRATIONS[before:], before + 1):
            with self.transaction():
                step(self.db)
                self.db.execute(f"PRAGMA application_id = {APPLICATION}")
                self.db.execute(f"PRAGMA user_version = {number}")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or nothing, and on the disk when it is left."""
        with told(self.path):
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.db.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.OperationalError):  # a full disk has rolled back already
                    self.db.execute("ROLLBACK")
                raise

    @contextmanager
    def copy(self) -> Iterator[Self]:
        """The same in memory, to try something that is not to be kept."""
        with told(self.path), closing(sqlite3.connect(":memory:", isolation_level=None)) as memory:
            self.db.backup(memory)
            memory.row_factory = sqlite3.Row
            yield type(self)(memory, self.path)

    def rows(self, sql: str, *values: Any) -> Iterator[sqlite3.Row]:
        """What is asked, row by row. values: for each `?`, or one dict for the names."""
        with told(self.path):
            yield from self.db.execute(sql, values[0] if values and isinstance(values[0], dict) else values)

    @contextmanager
    def grading(self) -> Iterator[None]:
        """Nobody else grades into this file meanwhile. Raises GradebookError where somebody does."""
        with told(self.path), closing(connect(self.path.with_name(f"{self.path.name}-grading"), "rwc")) as lock:
            lock.execute("PRAGMA busy_timeout = 500")
            try:
                lock.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError as error:
                if not error.sqlite_errorname.startswith("SQLITE_BUSY"):
                    raise
                raise GradebookError(
                    f"Another `grade batch` is grading into {self.path}; wait for it, or name another gradebook with --book.",
                    ja=f"別の grade batch が {self.path} に採点中です。終わるのを待つか、--book で別の採点簿を指定してください。",
                ) from error
            yield
