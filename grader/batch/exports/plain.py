"""The gradebook for other programs: a table of scores, or everything as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict

from grader.batch.gradebook.attendance import enrolments, missing, unknown
from grader.batch.gradebook.queries import changes, findings, flat, identities, standings
from grader.batch.gradebook.store import Gradebook
from grader.report.rows import csv_text

COLUMNS = (
    "student", "lesson", "file", "handed_in", "status", "earned", "possible", "pending", "marks", "problem",
    "late", "penalty", "final", "in_roster", "group", "section",
)  # fmt: skip


def csv_of(book: Gradebook, lesson: str | None) -> str:
    """One line for each student and lesson. earned is empty where there is no score; final is earned without the penalty.

    Who is in the roster and handed in nothing has a line with the status `missing`.
    """
    known = enrolments(book)
    rows = [
        flat(place) | {"in_roster": ("yes" if place.student in known else "no") if known else None}
        for place in standings(book, lesson)
    ]
    marked = {(row["student"], row["lesson"]) for row in rows}
    absent = [
        {"student": s, "lesson": name, "status": "missing", "in_roster": "yes"}
        for s, name in missing(book, lesson)
        if (s, name) not in marked
    ]
    ordered = sorted([*rows, *absent], key=lambda row: (row["student"], row["lesson"] or ""))
    groups = {student: names.get("group", "") for student, names in identities(book, lesson).items()}  # Moodle's teams
    for row in ordered:
        one = known.get(row["student"])
        row |= {
            "group": (one.team if one else "") or groups.get(row["student"], ""),
            "section": one.section if one else "",
        }
    return csv_text(COLUMNS, [[row.get(column) for column in COLUMNS] for row in ordered])


def json_of(book: Gradebook, lesson: str | None) -> str:
    """Scores, who is missing and who unknown, findings and the record of changes."""
    everything = {
        "scores": [flat(place) | {"score": place.score and asdict(place.score)} for place in standings(book, lesson)],
        "missing": [{"student": student, "lesson": name} for student, name in missing(book, lesson)],
        "unknown": sorted(unknown(book)),
        "findings": [asdict(row) for row in findings(book, lesson)],
        "changes": [asdict(change) for change in changes(book) if lesson in (None, change.lesson)],
    }
    return json.dumps(everything, ensure_ascii=False, indent=1) + "\n"
