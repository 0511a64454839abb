"""Reports for students, in a folder: each file whole or not there at all."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from grader.batch.entries import Standing
from grader.batch.gradebook import Gradebook
from grader.batch.standings import report_text
from grader.errors import UsageError
from grader.model import Language
from grader.report import html, json

LONGEST = 50  # characters of a file name, of four bytes at most; there may be 255
RESERVED = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$")


@dataclass(frozen=True)
class Outbox:
    """Where the reports go: FOLDER/STUDENT/LESSON.json and .html, or .txt where nothing could be graded."""

    folder: Path
    language: Language

    def publish(self, book: Gradebook, standing: Standing) -> None:
        """Write a student's latest report, unless it is there already. Raises UsageError for a folder that takes no files.

        The JSON is written last and compared first: where it is there and the same, everything is.
        """
        text = report_text(book, standing.run)
        base = self.folder / file_name(standing.student) / file_name(standing.lesson or Path(standing.file).stem)
        if text is None:
            text, last = f"{standing.problem}\n", base.with_name(f"{base.name}.txt")
        else:
            last = base.with_name(f"{base.name}.json")
        if last.is_file() and last.read_bytes() == text.encode():
            return
        try:
            base.parent.mkdir(parents=True, exist_ok=True)
            if last.suffix == ".json":
                write(base.with_name(f"{base.name}.html"), html.render(json.read(text), self.language))
            write(last, text)
        except OSError as error:
            raise UsageError(
                f"The reports cannot be written to {self.folder}: {error.strerror}. The results are in the gradebook; "
                "make room there, or name another folder with --out, and run the same again: nothing is graded twice."
            ) from error


def write(path: Path, text: str) -> None:
    part = path.with_name(f"{path.name}.part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)


def file_name(name: str) -> str:
    """A name that every file system takes; two names that differ in more than capitals stay different."""
    safe = re.sub(r'[\x00-\x1f\x7f/\\:*?"<>|]', "_", name).strip(" .")[:LONGEST]
    if name and safe == name and not RESERVED.match(name):
        return name
    return f"{safe or '_'}-{hashlib.sha256(name.encode()).hexdigest()[:6]}"
