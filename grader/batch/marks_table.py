"""A table of marks: read from a CSV row by row, each row taken or refused with its line; and written in the same form.

A right row goes in whatever becomes of the others. The same table again changes nothing that is in already.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.batch import decimals
from grader.batch.gradebook.marking import check_mark, give
from grader.batch.gradebook.marks import TOTAL
from grader.batch.gradebook.queries import standings
from grader.batch.gradebook.store import Gradebook
from grader.batch.gradebook.student_argument import KnownStudents
from grader.batch.intake.roster import COLUMNS, DELIMITERS, text_of
from grader.batch.names import key, said
from grader.errors import UsageError
from grader.model import Text
from grader.report.rows import csv_text

PEOPLE = ("id", "email", "login", "name")
HEADERS: dict[str, tuple[str, ...]] = {
    "check": ("check", "checks", "item", "確認項目", "チェック", "項目"),
    "exercise": ("exercise", "problem", "question", "演習", "問題"),
    "points": ("points", "point", "mark", "marks", "score", "grade", "点", "点数", "得点", "評点"),
    "comment": ("comment", "comments", "feedback", "why", "reason", "コメント", "備考", "理由"),
    "lesson": ("lesson", "assignment", "課題"),
    "by": ("by", "marker", "grader", "ta", "採点者"),
}
ROLES = {header: role for role, headers in HEADERS.items() for header in headers}
WRITTEN = ("student", "id", "lesson", "check", "points", "comment", "by", "at")


@dataclass(frozen=True)
class MarksRow:
    """One line of the table. said: (column, value) for who it is; check: "" for the whole score."""

    line: int
    said: tuple[tuple[str, str], ...]
    check: str
    points: str
    comment: str
    lesson: str
    by: str


@dataclass(frozen=True)
class MarksTaken:
    """given: marks that are in now, or would be; unchanged: those that were; replaced: sentences about marks of somebody else.

    refused: a sentence for each row that is wrong, with its line. blank: rows without points.
    """

    given: int
    unchanged: int
    blank: int
    replaced: tuple[Text, ...]
    refused: tuple[Text, ...]


def read(path: Path) -> list[MarksRow]:
    """Raises UsageError for what is no table of marks at all."""
    text = text_of(path).text
    first = next((line for line in text.splitlines() if line.strip()), "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(DELIMITERS, key=first.count), strict=True)
    header: list[str] = []
    rows: list[MarksRow] = []
    line = 1
    try:
        for cells in reader:
            if not header:
                header = [role_of(cell) for cell in cells] if any(cell.strip() for cell in cells) else []
                if header:
                    check_header(header, cells, path.name)
            elif any(cell.strip() for cell in cells):
                rows.append(row_of(line, header, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        raise UsageError(
            f"{path.name}, line {reader.line_num}, is no CSV: {error}.",
            ja=f"{path.name} の {reader.line_num} 行目を CSV として読めません（{error}）。",
        ) from error
    if not rows:
        raise UsageError(
            f"{path.name} has no marks: it needs a line of headers and a line for each mark.",
            ja=f"{path.name} に点数がありません。見出しの行と、採点ごとの行が必要です。",
        )
    return rows


def role_of(cell: str) -> str:
    name = key(cell)
    return ROLES.get(name) or COLUMNS.get(name, "")


def check_header(roles: list[str], cells: list[str], name: str) -> None:
    missing = [
        what for what, there in (("student", set(PEOPLE) & set(roles)), ("points", "points" in roles)) if not there
    ]
    if missing:
        there = ", ".join(cell.strip()[:40] for cell in cells[:8])
        raise UsageError(
            f"{name} has no column {missing[0]}; its first line is: {there}. It needs student (or id, login, email), check, points "
            "and, if you like, comment, lesson, by.",
            ja=f"{name} に {missing[0]} の列がありません（先頭の行: {there}）。student（または id、login、email）、check、points の列が必要です。"
            "comment、lesson、by の列も使えます。",
        )


def row_of(line: int, roles: list[str], cells: list[str]) -> MarksRow:
    first: dict[str, str] = {}
    for role, cell in zip(roles, cells, strict=False):
        if role and cell.strip():
            first.setdefault(role, cell.strip())
    check = first.get("check", "")
    if "exercise" in first and "." not in check:
        check = f"{first['exercise']}.{check}" if check else first["exercise"]
    people = tuple((role, first[role]) for role in PEOPLE if role in first)
    rest = {role: first.get(role, "") for role in ("points", "comment", "lesson", "by")}
    return MarksRow(line, people, check, **rest)


def take(
    book: Gradebook,
    rows: list[MarksRow],
    name: str,
    lesson: str | None,
    by: str,
    dry_run: bool = False,
    bonus: bool = False,
) -> MarksTaken:
    """Put the marks into the gradebook. name: of the file, for what is said about it. bonus: as for `give`."""
    known, seen = KnownStudents(book), dict[tuple[str, str, str], MarksRow]()
    refused: list[Text] = []
    replaced: list[Text] = []
    counts = {"given": 0, "unchanged": 0, "blank": 0}
    for row in rows:
        try:
            how, note = one(book, known, row, seen, lesson, by, dry_run, bonus)
        except UsageError as error:
            refused.append(
                Text(en=f"{name}, line {row.line}: {error}", ja=f"{name} の {row.line} 行目: {error.in_('ja')}")
            )
            continue
        counts[how] += 1
        replaced += [note] if note else []
    return MarksTaken(counts["given"], counts["unchanged"], counts["blank"], tuple(replaced), tuple(refused))


def one(
    book: Gradebook,
    known: KnownStudents,
    row: MarksRow,
    seen: dict[tuple[str, str, str], MarksRow],
    lesson: str | None,
    by: str,
    dry_run: bool,
    bonus: bool,
) -> tuple[str, Text | None]:
    """What became of a row, and a sentence where it took the place of another's mark. Raises UsageError."""
    if not row.points:
        if row.comment:
            raise UsageError("A comment without points.", ja="コメントだけで点数がありません。")
        return "blank", None
    student, points = person(known, row), decimals.points(row.points)
    where = row.lesson or lesson
    before = check_mark(book, student, where, row.check or None, points, bonus)
    other = seen.setdefault((student, where or "", row.check), row)
    if other is not row and (decimals.decimal(other.points), other.comment) != (points, row.comment):
        raise UsageError(
            f"Line {other.line} says something else of the same.",
            ja=f"{other.line} 行目に、同じ項目で違う内容があります。",
        )
    if before is not None and (before.points, before.comment) == (points, row.comment):
        return "unchanged", None
    who = row.by or by
    if not dry_run:
        give(book, student, where, row.check or None, points, who, row.comment, bonus)
    if before is None or before.by == who:
        return "given", None
    return "given", said(
        *REPLACED, who=student, check=row.check or "-", old=f"{before.points:g}", new=f"{points:g}", by=before.by
    )


def person(known: KnownStudents, row: MarksRow) -> str:
    """Everything that is said of the student must be about one. Raises UsageError."""
    if not row.said:
        raise UsageError("It does not say who it is about.", ja="どの学生か書かれていません。")
    found = {value: known.find(value) for _, value in row.said}
    if len(set(found.values())) > 1:
        named = "; ".join(f"{value} is {student}" for value, student in found.items())
        raise UsageError(f"It is about two students: {named}.", ja=f"2 人の学生に当てはまります（{named}）。")
    return next(iter(found.values()))


def write(book: Gradebook, lesson: str | None) -> str:
    """All marks that count, as `read` takes them."""
    return csv_text(WRITTEN, [[row[name] for name in WRITTEN] for row in marks(book, lesson)])


def marks(book: Gradebook, lesson: str | None) -> Iterator[Mapping[str, object]]:
    known = KnownStudents(book).people
    for place in standings(book, lesson):
        sql = "SELECT * FROM marks WHERE submission = ? ORDER BY exercise, check_id"
        for row in book.rows(sql, place.submission) if place.marks else ():
            check = "" if (row["exercise"], row["check_id"]) == TOTAL else f"{row['exercise']}.{row['check_id']}"
            yield {
                "student": place.student, "id": known.get(place.student, {}).get("id", ""), "lesson": place.lesson or "",
                "check": check, "points": row["points"], "comment": row["comment"], "by": row["by"], "at": row["at"],
            }  # fmt: skip


REPLACED = (
    "{who}, {check}: {new} takes the place of the {old} that {by} gave.",
    "{who} の {check}: {by} が付けた {old} 点を {new} 点に置き換えました。",
)
