"""Moodle's offline grading worksheet, filled in.

Moodle reads the file back by its headers, in the language of whoever uploads it, so they stay as they are. "Last modified (grade)"
stays too: by it Moodle notices that somebody changed a grade after the worksheet was downloaded, and leaves that grade alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from grader.batch import decimals
from grader.batch.exports.comment import comment, is_ours
from grader.batch.exports.people import (
    NOT_LISTED,
    Directory,
    ExportedStudent,
    FilledExport,
    note,
    plain,
    remark,
)
from grader.batch.exports.sheet import CsvSheet
from grader.batch.exports.typed import WrittenScores
from grader.errors import UsageError
from grader.model import Language, Report, Text

# What Moodle has called its columns, in English and in Japanese.
HEADERS = {
    "participant": ("Identifier", "ID", "識別子"),
    "name": ("Full name", "フルネーム", "氏名"),
    "email": ("Email address", "メールアドレス"),
    "id": ("ID number", "IDナンバー"),
    "login": ("Username", "ユーザ名", "ユーザー名"),
    "grade": ("Grade", "評点", "評定"),
    "most": ("Maximum grade", "最大評点", "最大評定"),
    "open": ("Grade can be changed", "評点を変更できます", "評点の変更", "評定を変更できます"),
    "feedback": ("Feedback comments", "フィードバックコメント"),
}
FEWEST = 7  # columns of a worksheet
CLOSED = ("no", "いいえ", "nein", "non")
MOMENT = re.compile(r"\d{1,2}:\d{2}|^-$")
LOCKED = Text(
    en="{who}: Moodle says that this grade cannot be changed, left as it was.",
    ja="{who}: Moodle 側で評点を変更できない設定のため、元のままです。",
)
KEPT = Text(
    en="{who}: there is a comment already, and it stays; the grade is filled in.",
    ja="{who}: 既にコメントがあるため、コメントは残し、評点だけを書き込みました。",
)


@dataclass(frozen=True)
class Columns:
    """Where what stands; None for a column that this worksheet does not have."""

    participant: int
    grade: int
    most: int
    name: int | None = None
    email: int | None = None
    id: int | None = None
    login: int | None = None
    open: int | None = None
    feedback: int | None = None


def fill(
    sheet: CsvSheet,
    everybody: list[ExportedStudent],
    report: Callable[[ExportedStudent], Report | None],
    language: Language,
    written: WrittenScores,
) -> FilledExport:
    """The worksheet with grades scaled to its maximum, and comments.

    Raises UsageError for what is no such worksheet.
    """
    columns = find(sheet)
    directory, notes, listed, scores = Directory(everybody), sheet.notes(), set[str](), 0
    for row in range(1, len(sheet.cells)):
        if not any(sheet.cells[row]):
            continue
        who = sheet.value(row, columns.name if columns.name is not None else columns.participant)
        person = directory.find(said(sheet, columns, row))
        if isinstance(person, Text):
            notes.append(note(person, who=who))
            continue
        listed.add(person.standing.student)
        if locked(sheet, columns, row):
            notes.append(note(LOCKED, who=who))
            continue
        notes += [one for one in [remark(person, who)] if one]
        if person.standing.final is None:
            continue
        grade = scaled(sheet, columns, row, person, who)
        if kept := written.refused(person, who, sheet.value(row, columns.grade), grade):
            notes.append(kept)
            continue
        scores += 1
        sheet.put(row, columns.grade, grade)
        notes += put_comment(sheet, columns, row, person, who, report(person), language)
    missing = [p for p in everybody if p.standing.student not in listed]
    notes += [note(NOT_LISTED, who=p.standing.student, file=sheet.name) for p in missing]
    return FilledExport(sheet.content(), scores, tuple(notes))


def scaled(sheet: CsvSheet, columns: Columns, row: int, person: ExportedStudent, who: str) -> str:
    """The grade as the worksheet has it: of its maximum, and with a comma where it has commas."""
    standing = person.standing
    assert standing.score is not None and standing.final is not None
    most = sheet.value(row, columns.most)
    if number(most) <= 0:
        raise UsageError(
            f"The maximum grade of {who} in the worksheet is {most!r}, and not a number of points.",
            ja=f"評定シートの {who} の最大評点 {most!r} は点数ではありません。",
        )
    share = standing.final / standing.score.possible if standing.score.possible else 0.0
    # Moodle reads a point in every language, and a comma in some: semicolons alone (Excel's) are no reason for a comma.
    mark = decimals.mark_of([*sheet.column(columns.grade), *sheet.column(columns.most)])
    return decimals.written(share * number(most), mark)


def put_comment(
    sheet: CsvSheet,
    columns: Columns,
    row: int,
    person: ExportedStudent,
    who: str,
    report: Report | None,
    language: Language,
) -> list[Text]:
    if columns.feedback is None or (report is None and person.mark is None):
        return []
    there = sheet.value(row, columns.feedback)
    if there.strip() and not is_ours(there):
        return [note(KEPT, who=who)]
    sheet.put(row, columns.feedback, comment(person, report, language))
    return []


def said(sheet: CsvSheet, columns: Columns, row: int) -> list[tuple[str, str]]:
    """What the row says of its student, the surest first."""
    digits = re.search(r"(\d+)\s*$", sheet.value(row, columns.participant))
    places = [("email", columns.email), ("id", columns.id), ("login", columns.login), ("name", columns.name)]
    found = [(key, sheet.value(row, column)) for key, column in places if column is not None]
    return [("moodle_participant", digits[1] if digits else ""), *found]


def locked(sheet: CsvSheet, columns: Columns, row: int) -> bool:
    return columns.open is not None and plain(sheet.value(row, columns.open)) in CLOSED


def find(sheet: CsvSheet) -> Columns:
    """The columns by their headers; in a language that is not known, by what stands in them and beside what."""
    header = [bare(title) for title in sheet.header]
    found: dict[str, int | None] = {}
    for role, titles in HEADERS.items():
        places = [header.index(bare(title)) for title in titles if bare(title) in header]
        found[role] = places[0] if places else None
    if found["most"] is None and len(header) >= FEWEST:
        found = by_content(sheet)
    for role in ("participant", "grade", "most"):
        if found[role] is None:
            raise UsageError(
                f"{sheet.name} is not a grading worksheet of Moodle: the column {HEADERS[role][0]} is missing. In the assignment, "
                'switch on "Offline grading worksheet" and choose "Download grading worksheet".',
                ja=f"{sheet.name} は Moodle の評定シートではありません（{HEADERS[role][0]} の列がありません）。課題で「オフライン評定ワークシート」を有効にし、「評定ワークシートをダウンロードする」を選んでください。",
            )
    return Columns(**found)  # type: ignore[arg-type]  # the three that must be there are


def by_content(sheet: CsvSheet) -> dict[str, int | None]:
    """Moodle always writes the participant and the name first, the maximum right after the grade, and the comments last."""
    most, last = maximum(sheet), len(sheet.cells[0]) - 1
    participants = [re.sub(r"\d+$", "", value.strip()) for value in sheet.column(0) if value.strip()]
    return {
        "participant": 0 if len(set(participants)) == 1 and participants[0] else None,
        "name": 1,
        "grade": most - 1 if most else None,
        "most": most,
        "open": most + 1 if most else None,
        "email": first(sheet, lambda values: all("@" in value for value in values)),
        "feedback": None if all(MOMENT.search(value) for value in sheet.column(last)) else last,
    }


def maximum(sheet: CsvSheet) -> int | None:
    """The same positive number in every row, with a grade or nothing in the column before it."""
    for column in range(1, len(sheet.cells[0])):
        values, before = set(sheet.column(column)), sheet.column(column - 1)
        if len(values) == 1 and (most := number(values.pop())) > 0:
            grades = [number(value) for value in before if value.strip() not in ("", "-")]
            if all(0 <= grade <= most for grade in grades):
                return column
    return None


def first(sheet: CsvSheet, fits: Callable[[list[str]], bool]) -> int | None:
    """The first column of which all values that are not empty fit."""
    for column in range(len(sheet.cells[0])):
        values = [value for value in sheet.column(column) if value.strip()]
        if values and fits(values):
            return column
    return None


def number(text: str) -> float:
    """With a point or a comma; -1 for what is no number."""
    found = decimals.decimal(text)
    return -1.0 if found is None else found


def bare(title: str) -> str:
    return plain(unicodedata.normalize("NFKC", title)).strip("。.")
