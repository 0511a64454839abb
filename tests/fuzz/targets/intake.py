"""What a class hands in: zips as bytes, and folders by the names in them, down to what is said about them.

An input is the bytes of a zip; or JSON, [[name, content], ...], the files of a folder and of a zip. A folder has only those whose
names a disk takes; name "fifo:x" makes a FIFO called x, "link:x" a link that leads out.
"""

from __future__ import annotations

import io
import os
import struct
import tempfile
import warnings
import zipfile
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any

from hypothesis import strategies as st

from grader.batch.intake import take_in
from grader.batch.intake.matching import ClassIntake
from grader.batch.intake.roster import Enrolled
from grader.batch.report_folder import file_name
from grader.errors import GraderError
from grader.grading import single
from grader.notebook import gather, unzip
from tests.fuzz.law import Target
from tests.fuzz.mutation import as_json
from tests.fuzz.targets.renderers import CONTROLS
from tests.fuzz.words import dumps, texts

MOST = 30  # files
ROSTER = (
    Enrolled("山田 太郎", {"name": "山田 太郎", "id": "s2100123"}),
    Enrolled("Ada", {"name": "Ada Lovelace", "email": "ada@example.org"}),
)


def target(data: bytes) -> None:
    """A zip and a folder are taken as one student's and as a class's; what is said of them can be printed."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as place:
        folder, archive = Path(place) / "class", Path(place) / "class.zip"
        folder.mkdir()
        files = as_json(data) if data[:1] == b"[" else None
        if isinstance(files, list):
            named = [(str(row[0]), str(row[1])) for row in files[:MOST] if isinstance(row, list) and len(row) == 2]
            fill(folder, named)
            archive.write_bytes(zipped(named))
            one_student(folder)
            a_class(folder)
        else:
            archive.write_bytes(data)
        with unzipped(archive) as inner:
            one_student(inner)
        a_class(archive)


def fill(folder: Path, files: list[tuple[str, str]]) -> None:
    """These files, as far as a disk takes them."""
    for name, content in files:
        kind, _, bare = name.rpartition(":")
        with suppress(OSError, ValueError):
            path = folder / os.fsdecode((bare or name).encode("utf-8", "surrogateescape")).lstrip("/").replace(
                "..", "_"
            )
            path.parent.mkdir(parents=True, exist_ok=True)
            if kind == "fifo":
                os.mkfifo(path)
            elif kind == "link":
                path.symlink_to("/etc/passwd")
            else:
                path.write_bytes(content.encode("utf-8", "surrogatepass"))


def zipped(files: list[tuple[str, str]]) -> bytes:
    made = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(made, "w") as archive:
        warnings.simplefilter("ignore")  # the same name twice
        for name, content in files:
            with suppress(ValueError, struct.error):
                archive.writestr(name.partition("\0")[0] or "x", content.encode("utf-8", "surrogatepass"))
    return made.getvalue()


class unzipped:
    """The folder that `grade FILE.zip` reads, for as long as the block runs."""

    def __init__(self, archive: Path) -> None:
        self.archive = archive

    def __enter__(self) -> Path | None:
        self.folder = tempfile.TemporaryDirectory(dir=self.archive.parent)
        try:
            unzip(self.archive, Path(self.folder.name))
        except GraderError as error:
            printable(error)
            return None
        return single(Path(self.folder.name))

    def __exit__(self, *_: object) -> None:
        self.folder.cleanup()


def one_student(folder: Path | None) -> None:
    if folder is None or not folder.is_dir():
        return
    try:
        submission = gather(folder, folder.name)
    except GraderError as error:
        printable(error)
        return
    for text in submission.remarks:
        (text.en + text.ja).encode()
    for cell in submission.cells:
        cell.file.encode()


def a_class(source: Path) -> None:
    try:
        with take_in(source) as taken:
            received = ClassIntake.of(taken, ROSTER)
            for note in taken.told():
                must_be_printable(note.en + note.ja)
            for one in (*taken.handed, *received.handed):
                must_be_printable(one.student)
                must_be_printable(one.file)
                for text in (*one.identity.values(), *(name for name, _ in one.beside)):
                    text.encode()
                assert PurePosixPath(file_name(one.student)).parts == (file_name(one.student),)
                one.path.read_bytes()
    except GraderError as error:
        printable(error)


def printable(error: GraderError) -> None:
    must_be_printable(str(error) + error.in_("ja"))


def must_be_printable(text: str) -> None:
    """No sign that would move a cursor or turn the text around: these sentences are printed."""
    text.encode()
    odd = [sign for sign in CONTROLS.findall(text) if sign != "\t"]
    assert not odd, f"{odd[:5]} would be printed"


# --- inputs ------------------------------------------------------------------------------------

parts = st.one_of(
    texts,
    st.sampled_from([
        "山田 太郎_123_assignsubmission_file_", "lovelaceada_12_34_x.ipynb", "Ada Lovelace - x.ipynb", "week1-ada", ".git", "x.ipynb",
        "a.py", "b.ipynb", "inner.zip", "fifo:p.ipynb", "link:l.ipynb", "s2100123", "data.csv", "__init__.py", "utils.py", "from a",
    ]),
)  # fmt: skip
names = st.lists(parts, min_size=1, max_size=3).map("/".join)
contents = st.one_of(
    st.sampled_from(['{"cells": []}', '{"cells": [{"cell_type": "code", "source": "import a"}]}', "import utils\n"]),
    texts,
)
inputs = st.one_of(dumps(st.lists(st.tuples(names, contents), max_size=6)), st.binary(max_size=100))
_: Target = target
_any: Any = None
