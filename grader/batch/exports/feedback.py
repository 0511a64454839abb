"""Everybody's report in one zip, named as the LMS named what was handed in, so that it finds its way back."""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from grader.batch.exports.people import OUR_FAULT, ExportedStudent, FilledExport, note, noted, seen_by_student
from grader.batch.gradebook.marks import by_hand
from grader.batch.gradebook.queries import identities, standings
from grader.batch.gradebook.store import Gradebook
from grader.batch.report_folder import file_name
from grader.errors import UsageError
from grader.model import Language, Text
from grader.report import html

INSTEAD = (
    "SELECT student FROM identities WHERE key = 'instead' AND batch = (SELECT max(id) FROM batches) ORDER BY student"
)
NO_NOTEBOOK = Text(
    en="You handed in {files}, and no notebook (.ipynb) or script (.py), so there is nothing to grade.",
    ja="提出物（{files}）にノートブック（.ipynb）やスクリプト（.py）がないため、採点できません。",
)
TWICE = Text(
    en="{who}: {name} is another student's already, left out of the zip.",
    ja="{who}: {name} は別の学生のファイル名と同じため、zip に含めていません。",
)


def write(book: Gradebook, everybody: Iterable[ExportedStudent], output: Path, language: Language) -> FilledExport:
    """Write the zip, whole or not at all; of all the reports one is in memory. The content that is returned is empty.

    Raises UsageError for a place that cannot be written.
    """
    part = output.with_name(output.name + ".part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            done = fill(archive, book, everybody, language)
        os.replace(part, output)
    except OSError as error:
        raise UsageError(
            f"{output} cannot be written: {error.strerror}.", ja=f"{output} に書き込めません（{error.strerror}）。"
        ) from error
    finally:
        part.unlink(missing_ok=True)
    return done


def fill(
    archive: zipfile.ZipFile, book: Gradebook, everybody: Iterable[ExportedStudent], language: Language
) -> FilledExport:
    notes: list[Text] = []
    taken: set[str] = set()
    for person in everybody:
        report = seen_by_student(book, person)
        name = place(person) + (".html" if report else ".txt")
        if name.casefold() in taken:
            notes.append(note(TWICE, who=person.standing.student, name=name))
            continue
        taken.add(name.casefold())
        why = person.standing.problem or OUR_FAULT
        text = html.render(report, language) if report else in_words(person, why, language)
        graded = datetime.fromisoformat(person.standing.graded).astimezone(UTC)
        entry = zipfile.ZipInfo(name, graded.timetuple()[:6])
        archive.writestr(entry, text.encode(), zipfile.ZIP_DEFLATED)
        if report is None:
            notes.append(noted(SENTENCE, person.standing.student, why))
    for folder, text in told_instead(book, taken, language):
        archive.writestr(folder, text.encode(), zipfile.ZIP_DEFLATED)
        taken.add(folder.casefold())
    return FilledExport(b"", len(taken), tuple(notes))


def told_instead(book: Gradebook, taken: set[str], language: Language) -> Iterator[tuple[str, str]]:
    """For who handed in nothing to grade in the latest batch: that, where the LMS finds it. taken: names in the zip."""
    rows = [row["student"] for row in book.rows(INSTEAD)]
    known = identities(book) if rows else {}
    came = {one.student for one in standings(book) if one.file} if rows else set()
    for student in rows:
        identity = known[student]
        name = f"{folder_of(identity, student)}.txt"
        if name.casefold() not in taken and student not in came:
            yield name, note(NO_NOTEBOOK, files=identity["instead"]).in_(language) + "\n"


def in_words(person: ExportedStudent, why: Text, language: Language) -> str:
    """Why there is no report, and what a person gave all the same."""
    told = [why, by_hand(person.mark)] if person.mark else [why]
    return "".join(f"{sentence.in_(language)}\n" for sentence in told)


SENTENCE = Text(
    en="{who}: there is no report, the zip has a sentence instead ({why})",
    ja="{who}: レポートがないため、理由の文だけを zip に入れました（{why}）",
)


def place(person: ExportedStudent) -> str:
    """Without the suffix. In the student's folder where the LMS gave folders, with the same beginning where it gave files."""
    return folder_of(person.identity, person.standing.student)


def folder_of(identity: Mapping[str, str], student: str) -> str:
    folder = re.sub(r"[/\\]", "_", identity.get("folder", ""))
    if not folder.strip(" ."):
        return f"{file_name(student)}/report"
    files = identity.get("canvas_submission") or folder.endswith(" - ")  # Canvas and Google give no folders
    return f"{folder}report" if files else f"{folder}/report"
