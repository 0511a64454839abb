"""Canvas' gradebook CSV: one column of the downloaded file filled in, or a file of that column alone."""

from __future__ import annotations

import re

from grader.batch import decimals
from grader.batch.exports.moodle import number
from grader.batch.exports.people import (
    NOT_LISTED,
    Directory,
    ExportedStudent,
    FilledExport,
    note,
    plain,
    points,
    remark,
)
from grader.batch.exports.sheet import CsvSheet
from grader.batch.exports.typed import WrittenScores
from grader.errors import UsageError
from grader.model import Text
from grader.report.rows import neutral

ASSIGNMENT = re.compile(r"^(?P<name>.+) \((?P<id>\d+)\)$")
KEYS = (("canvas_user", "id"), ("login", "sis login id"), ("id", "sis user id"), ("email", "sis login id"))
HEADER = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
EXCUSED = "EX"
LEFT = Text(
    en="{who}: excused in Canvas, left as it was.", ja="{who}: Canvas で免除（EX）になっているため、元のままです。"
)
NO_NUMBER = Text(
    en="{who}: the gradebook does not know the Canvas id, left out; give the gradebook downloaded from Canvas with --worksheet.",
    ja="{who}: Canvas の ID が分からないため含めていません。Canvas からダウンロードした成績表を --worksheet で指定してください。",
)


def fill(
    sheet: CsvSheet, everybody: list[ExportedStudent], assignment: str | None, written: WrittenScores
) -> FilledExport:
    """The downloaded gradebook with the assignment's column filled in, scaled to the points that Canvas gives for it.

    assignment: its id or name; None for the only one there is. Raises UsageError where it is not clear which.
    """
    header = [plain(title) for title in sheet.header]
    if "id" not in header:
        raise UsageError(
            f"{sheet.name} is not a gradebook of Canvas: there is no column ID. Use Grades > Export there.",
            ja=f"{sheet.name} は Canvas の成績表ではありません（ID の列がありません）。Canvas の「成績」>「エクスポート」で書き出したものを指定してください。",
        )
    number_column = header.index("id")
    column = chosen(sheet, assignment)
    written.place = sheet.header[column]
    mark = sheet.decimal_mark(column, *(c for c, title in enumerate(sheet.header) if ASSIGNMENT.match(title)))
    first = next((r for r in range(1, len(sheet.cells)) if sheet.value(r, number_column).strip()), len(sheet.cells))
    possible = max((number(value) for value in sheet.column(column)[: first - 1]), default=-1.0)
    directory, notes, listed, scores = Directory(everybody), sheet.notes(), set[str](), 0
    for row in range(first, len(sheet.cells)):
        if not any(sheet.cells[row]):
            continue
        who = sheet.value(row, 0)
        person = directory.find(said(sheet, header, row))
        if isinstance(person, Text):
            notes.append(note(person, who=who))
            continue
        listed.add(person.standing.student)
        if sheet.value(row, column).strip() == EXCUSED:
            notes.append(note(LEFT, who=who))
            continue
        notes += [one for one in [remark(person, who)] if one]
        if (scaled := grade(person, possible)) is None:
            continue
        ours = decimals.written(scaled, mark)
        if kept := written.refused(person, who, sheet.value(row, column), ours):
            notes.append(kept)
            continue
        scores += 1
        sheet.put(row, column, ours)
    missing = [p for p in everybody if p.standing.student not in listed]
    notes += [note(NOT_LISTED, who=p.standing.student, file=sheet.name) for p in missing]
    return FilledExport(sheet.content(), scores, tuple(notes))


def grade(person: ExportedStudent, possible: float) -> float | None:
    """Of what Canvas gives for it; as it is where Canvas does not say."""
    standing = person.standing
    if standing.final is None or standing.score is None:
        return None
    if possible <= 0 or not standing.score.possible:
        return standing.final
    return standing.final / standing.score.possible * possible


def said(sheet: CsvSheet, header: list[str], row: int) -> list[tuple[str, str]]:
    found = [(key, sheet.value(row, header.index(plain(title)))) for key, title in KEYS if plain(title) in header]
    return [*found, ("name", sheet.value(row, 0)), ("name", turned(sheet.value(row, 0)))]


def turned(name: str) -> str:
    """`Yamada, Taro` -> `Taro Yamada`."""
    last, _, given = name.partition(",")
    return f"{given.strip()} {last.strip()}"


def chosen(sheet: CsvSheet, assignment: str | None) -> int:
    """The column of the assignment."""
    there = {column: match for column, title in enumerate(sheet.header) if (match := ASSIGNMENT.match(title))}
    fitting = [c for c, m in there.items() if assignment in (None, m[0], m["id"], m["name"])]
    if len(fitting) != 1:
        listed = ", ".join(match[0] for match in there.values()) or "none"
        why = "does not say which assignment it is for" if assignment is None else f"has no assignment {assignment}"
        if assignment is not None and fitting:
            why = f"has several assignments {assignment}"
        raise UsageError(
            f"{sheet.name} {why}; choose one with --assignment: {listed}.",
            ja=f"{sheet.name} の課題が 1 つに決まりません。--assignment で {listed} のどれかを指定してください。",
        )
    return fitting[0]


def make(everybody: list[ExportedStudent], assignment: str) -> FilledExport:
    """A file of this one column, for whoever has an id of Canvas. assignment: as Canvas writes it, `Name (id)`."""
    if not ASSIGNMENT.match(assignment):
        raise UsageError(
            f'Canvas writes an assignment as "Name (1234)", with its id; {assignment!r} has none.',
            ja=f'Canvas の課題名は "Name (1234)" のように番号が付きますが、{assignment!r} にはありません。',
        )
    known = [person for person in everybody if person.known("canvas_user")]
    if not known:
        raise UsageError(
            "The gradebook knows nobody's Canvas id: nothing was handed in as Canvas gives it. Give the gradebook exported from Canvas "
            "with --worksheet.",
            ja="採点簿に Canvas の ID がありません（Canvas の形での提出がありません）。Canvas から書き出した成績表を --worksheet で指定してください。",
        )
    possible = max((p.standing.score.possible for p in known if p.standing.score), default=0.0)
    rows = [[*HEADER, assignment], ["    Points Possible", "", "", "", "", points(possible)]]
    notes = [note(NO_NUMBER, who=p.standing.student) for p in everybody if not p.known("canvas_user")]
    scores = 0
    for person in known:
        notes += [one for one in [remark(person, person.name)] if one]
        scaled = grade(person, possible)
        scores += scaled is not None
        identity = [person.name, person.known("canvas_user"), person.known("id"), person.known("login"), ""]
        rows.append([*(str(neutral(text)) for text in identity), "" if scaled is None else points(scaled)])
    text = "".join(",".join(cell(value) for value in row) + "\r\n" for row in rows)
    return FilledExport(text.encode(), scores, tuple(notes))


def cell(value: str) -> str:
    return '"' + value.replace('"', '""') + '"' if re.search(r'[",\r\n]|^\s', value) else value
