"""A table for the spreadsheet: a line for each student, a column for each exercise with what it is worth."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from grader.batch.decimals import Mark, written
from grader.batch.exports.people import ExportedStudent, report_of
from grader.batch.gradebook.attendance import missing
from grader.batch.gradebook.queries import identities
from grader.batch.gradebook.store import Gradebook
from grader.model import Report
from grader.report.rows import neutral

WHO = ("id", "login", "email", "student")
REST = ("late penalty", "final", "pending", "status")


def table(book: Gradebook, everybody: list[ExportedStudent], lesson: str, mark: Mark = ".") -> str:
    """Points with the marks by hand in them; empty where there is no score. With decimal commas, semicolons between columns."""
    reports = {person.standing.student: report_of(book, person) for person in everybody}
    worth = worths(report for report in reports.values() if report)
    whole = max((p.standing.score.possible for p in everybody if p.standing.score), default=0.0)
    header = [*WHO, *(f"{name} (max {written(most, mark)})" for name, most in worth.items()), f"total (max {written(whole, mark)})", *REST]  # fmt: skip
    rows = [line(person, reports[person.standing.student], list(worth), mark) for person in everybody]
    known, marked = identities(book, lesson), set(reports)
    nothing = [""] * (len(worth) + len(REST))  # the points, the total, and what is left but for the status
    rows += [
        [*who(known.get(student, {}), student), *nothing, "missing"]
        for student, _ in missing(book, lesson)
        if student not in marked
    ]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";" if mark == "," else ",", lineterminator="\r\n")
    writer.writerows([neutral(value) for value in row] for row in [header, *rows])
    return out.getvalue()


def worths(reports: Iterable[Report]) -> dict[str, float]:
    """The exercises that anybody was asked, in the lesson's order, and the most that each is worth."""
    found: dict[str, float] = {}
    for report in reports:
        for exercise in report.exercises:
            found[exercise.id] = max(exercise.score.possible, found.get(exercise.id, 0.0))
    return found


def who(identity: dict[str, str], student: str) -> list[str]:
    return [*(identity.get(key, "") for key in WHO[:-1]), student]


def line(person: ExportedStudent, report: Report | None, exercises: list[str], mark: Mark) -> list[str]:
    standing, score = person.standing, person.standing.score
    earned = {e.id: e.score.earned for e in report.exercises} if report else {}
    pending = score.pending if score else 0.0
    numbers = [*(earned.get(name) for name in exercises), score.earned if score else None]
    ends = [standing.penalty or None, standing.final, pending or None]
    return [
        *who(dict(person.identity), standing.student),
        *("" if value is None else written(value, mark) for value in [*numbers, *ends]),
        standing.status.value,
    ]
