"""Lists of scores for other programs: nbgrader's CSV, and score objects of LTI Assignment and Grade Services."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from grader.batch.exports.people import ExportedStudent, points
from grader.model import Language
from grader.report import words
from grader.report.rows import neutral

COLUMNS = ("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email", "raw_score",
           "late_submission_penalty", "score", "max_score")  # fmt: skip
FAMILY_FIRST = re.compile(r"[぀-ヿ㐀-鿿가-힣]")


def nbgrader(everybody: Iterable[ExportedStudent]) -> str:
    """What `nbgrader export` writes. Scores are empty where there are none; duedate is not kept in the gradebook."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for person in everybody:
        writer.writerow({key: neutral(value) for key, value in of_nbgrader(person).items()})
    return out.getvalue()


def of_nbgrader(person: ExportedStudent) -> dict[str, Any]:
    standing, score = person.standing, person.standing.score
    last, first = parted(person.name)
    graded = score is not None and score.earned is not None
    return {
        "assignment": standing.lesson or "",
        "duedate": None,
        "timestamp": moment(standing.handed_in).strftime("%Y-%m-%d %H:%M:%S.%f") if standing.handed_in else None,
        "student_id": person.known("id") or standing.student,
        "last_name": last,
        "first_name": first,
        "email": person.known("email"),
        "raw_score": score.earned if graded and score else None,
        "late_submission_penalty": standing.penalty if graded else None,
        "score": standing.final,
        "max_score": score.possible if score else None,
    }


def parted(name: str) -> tuple[str, str]:
    """(last, first): `Yamada, Taro`, `Taro Yamada` and `山田 太郎` are all the same person."""
    name = unicodedata.normalize("NFKC", name).strip()
    last, comma, first = name.partition(",")
    if comma:
        return last.strip(), first.strip()
    if FAMILY_FIRST.search(name):
        last, _, first = name.partition(" ")
    else:
        first, _, last = name.rpartition(" ")
    return last.strip(), first.strip()


def lti(everybody: Iterable[ExportedStudent], language: Language) -> Iterator[str]:
    """One score object a line (application/vnd.ims.lis.v1.score+json). userId: the roster's id, else the student."""
    for person in everybody:
        yield json.dumps(of_lti(person, language), ensure_ascii=False) + "\n"


def of_lti(person: ExportedStudent, language: Language) -> dict[str, Any]:
    standing, score = person.standing, person.standing.score
    made: dict[str, Any] = {
        "userId": person.known("id") or person.known("login") or person.known("email") or standing.student,
        "timestamp": moment(standing.graded).isoformat(timespec="milliseconds"),
        "activityProgress": "Submitted",
    }
    if standing.final is None or score is None:
        why = {"comment": standing.problem.in_(language)} if standing.problem else {}
        return made | {"gradingProgress": "Failed", **why}
    said = f"{words.SCORE.in_(language)}: {points(standing.final)} / {points(score.possible)}"
    progress = "PendingManual" if score.pending else "FullyGraded"
    return made | {
        "scoreGiven": standing.final,
        "scoreMaximum": score.possible,
        "comment": said,
        "gradingProgress": progress,
    }


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
