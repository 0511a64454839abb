"""The gradebook for other programs: a table of scores, or everything as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict

from grader.batch.gradebook import Gradebook
from grader.batch.standings import changes, findings, standings
from grader.report.rows import csv_text

COLUMNS = ("student", "lesson", "file", "handed_in", "status", "earned", "possible", "pending", "marks", "problem")


def csv_of(book: Gradebook, lesson: str | None) -> str:
    """One line for each student and lesson. earned is empty where there is no score."""
    rows = []
    for standing in standings(book, lesson):
        flat = (
            {"earned": None, "possible": None, "pending": None}
            | asdict(standing)
            | (asdict(standing.score) if standing.score else {})
        )
        rows.append([flat[column] for column in COLUMNS])
    return csv_text(COLUMNS, rows)


def json_of(book: Gradebook, lesson: str | None) -> str:
    """Scores, findings and the record of changes."""
    everything = {
        "scores": [asdict(standing) for standing in standings(book, lesson)],
        "findings": [asdict(row) for row in findings(book, lesson)],
        "changes": [asdict(change) for change in changes(book) if lesson in (None, change.lesson)],
    }
    return json.dumps(everything, ensure_ascii=False, indent=1) + "\n"
