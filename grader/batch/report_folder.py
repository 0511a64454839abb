"""Reports for students, in a folder: each file whole or not there at all."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from grader.batch.class_page import classroom
from grader.batch.gradebook.entries import Standing
from grader.batch.gradebook.queries import report_text, standings
from grader.batch.gradebook.store import Gradebook
from grader.batch.names import listed, said
from grader.batch.report_visibility import shown
from grader.errors import UsageError
from grader.model import Language, Text
from grader.report import class_page, html, json, words
from grader.report.classroom import SimilarPair

LONGEST = 50  # characters of a file name, of four bytes at most; there may be 255
RESERVED = re.compile(
    r"(?i)^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$|^index\.html$"
)  # of Windows; and the class page is ours


@dataclass(frozen=True)
class ReportFolder:
    """Where the reports go: FOLDER/STUDENT/LESSON.json and .html, or .txt where nothing could be graded; and the class page."""

    folder: Path
    language: Language
    page: Path | None = None  # the folder of a class page that lies elsewhere
    asks: bool = False  # the reports carry a form to ask about a mark

    def publish(self, book: Gradebook, standing: Standing) -> None:
        """Write a student's latest report, unless it is there already. Raises UsageError for a folder that takes no files.

        The JSON is written last and compared first: where it is there and the same, everything is.
        """
        text = self.text(book, standing)
        base = self.base(standing)
        if text is None:
            why = standing.problem or words.NO_SCORE
            text, last = f"{why.in_(self.language)}\n", base.with_name(f"{base.name}.txt")
        else:
            last = base.with_name(f"{base.name}.json")
        page = base.with_name(f"{base.name}.html")
        if last.is_file() and last.read_bytes() == text.encode() and (last.suffix != ".json" or self.fits(page)):
            return
        other = base.with_name(f"{base.name}.txt")
        book.published(self.here, [self.file(path) for path in (last, *((html_of(base),) if last != other else ()))])
        try:
            base.parent.mkdir(parents=True, exist_ok=True)
            if last.suffix == ".json":
                write(page, html.render(json.read(text), self.language, standing.submission if self.asks else None))
            write(last, text)
        except OSError as error:
            raise self.refused(error) from error

    def text(self, book: Gradebook, standing: Standing) -> str | None:
        """The JSON of what the student is to see; None where nothing could be graded."""
        text, rules = report_text(book, standing), book.rules(standing.submission)
        whole = text is None or (rules.show == "all" and not rules.hide)
        return text if text is None or whole else json.render(shown(json.read(text), rules.show, rules.hide))

    @property
    def here(self) -> str:
        return str(self.folder.resolve())

    def file(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()

    def tidied(self, book: Gradebook) -> list[Text]:
        """Take away the reports that were written here for this gradebook and belong to nobody any more: under an old name of a
        student, or of a file that counts no longer. Nothing else is touched."""
        wanted = {self.file(path) for s in standings(book) for path in self.files(book, s)}
        stale = [name for name in book.published_in(self.here) if name not in wanted]
        for name in stale:
            path = self.folder / name
            path.unlink(missing_ok=True)
            with suppress(OSError):  # other files lie there: the folder stays
                path.parent.rmdir()
        book.forget(self.here, stale)
        gone = sorted({name.rpartition("/")[0] or name for name in stale})
        return [said(*STALE, names=listed(gone))] if gone else []

    def files(self, book: Gradebook, standing: Standing) -> list[Path]:
        base = self.base(standing)
        if self.text(book, standing) is None:
            return [base.with_name(f"{base.name}.txt")]
        return [html_of(base), base.with_name(f"{base.name}.json")]

    def fits(self, page: Path) -> bool:
        """Whether a report that is there carries the form, or carries none, as it should."""
        return page.is_file() and (b'<form id="ask"' in page.read_bytes()) == self.asks

    def publish_class(self, book: Gradebook, alike: Iterable[SimilarPair] = ()) -> None:
        """Write the page of the whole class, FOLDER/index.html, with links to the reports beside it. Raises UsageError."""
        text = class_page.render(classroom(book, self.link, alike=alike), self.language)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            write(self.folder / "index.html", text)
        except OSError as error:
            raise self.refused(error) from error

    def base(self, standing: Standing) -> Path:
        """A student's files, without the ending that says which."""
        return self.folder / file_name(standing.student) / file_name(standing.lesson or Path(standing.file).stem)

    def link(self, standing: Standing) -> str:
        """Where a student's report lies as a page in the folder links to it; empty where there is none."""
        base = self.base(standing)
        found = next((p for end in ("html", "txt") if (p := base.with_name(f"{base.name}.{end}")).is_file()), None)
        return quote(Path(os.path.relpath(found, self.page or self.folder)).as_posix()) if found else ""

    def refused(self, error: OSError) -> UsageError:
        return UsageError(
            f"The reports cannot be written to {self.folder}: {error.strerror}. The results are in the gradebook; "
            "make room there, or name another folder with --out, and run the same again: nothing is graded twice.",
            ja=f"{self.folder} にレポートを書き込めません（{error.strerror}）。結果は採点簿にあります。"
            "空きを作るか、--out で別のフォルダを指定して、同じコマンドをもう一度実行してください。採点はやり直しません。",
        )


STALE = (
    "Reports that belong to nobody any more were taken away: {names}.",
    "もう誰のものでもないレポートを削除しました: {names}。",
)


def html_of(base: Path) -> Path:
    return base.with_name(f"{base.name}.html")


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
