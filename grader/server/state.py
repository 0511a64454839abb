"""What the page's script keeps up to date: the marks, the rubric and the comments of one exercise of one hand-in, as plain data."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from grader.batch.gradebook.queries import report
from grader.batch.gradebook.review.assessments import assessment
from grader.batch.gradebook.review.comments import comments
from grader.batch.gradebook.review.requests import requests
from grader.batch.gradebook.review.rubric import RubricQuestion, add, rubric, untouched
from grader.batch.gradebook.store import Gradebook
from grader.errors import UsageError
from grader.model import ExerciseReport, Language, Lesson, Outcome
from grader.model.printable import legible
from grader.report import review_words as said
from grader.server.walk import Round, Walk


@dataclass(frozen=True)
class Visit:
    """Where somebody is: one exercise of one hand-in."""

    walk: Walk
    round: Round
    submission: int

    @property
    def book(self) -> Gradebook:
        return self.walk.book

    @property
    def index(self) -> int:
        found = self.round.index(self.submission)
        assert found is not None  # `visit` looked
        return found

    def exercise(self) -> ExerciseReport:
        """As it was judged, without marks, in the points that count."""
        found = report(self.book, self.round.stops[self.index].standing.run)
        assert found is not None  # it has findings
        return next(exercise for exercise in found.exercises if exercise.id == self.round.exercise)

    def question(self, check: str) -> RubricQuestion:
        return RubricQuestion(self.round.lesson, self.round.exercise, check)


def visit(walk: Walk, lesson: str, exercise: str, submission: int) -> Visit:
    """Raises UsageError for a place that the walk does not come to."""
    found = walk.round_with(lesson, exercise, submission)
    if found is None:
        raise UsageError(
            "There is nothing to review here; the overview has what there is.",
            ja="ここに採点する項目はありません。一覧から選び直してください。",
        )
    return Visit(walk, found, submission)


def state(here: Visit, base: str, language: Language) -> dict[str, Any]:
    exercise = here.exercise()
    marks = {finding.check: mark(here, finding.check, finding.points) for finding in exercise.findings}
    needed = [
        finding.check
        for finding in exercise.findings
        if finding.outcome is Outcome.NEEDS_REVIEW
        or marks[finding.check]["points"] is not None
        or marks[finding.check]["requests"]
    ]
    return {
        "base": base,
        "submission": here.submission,
        "lesson": here.round.lesson,
        "exercise": here.round.exercise,
        "checks": needed,
        "marks": marks,
        "comments": [
            {"id": c.id, "cell": c.spot.cell, "line": c.spot.line, "text": c.text, "by": c.by, "at": c.at, "version": c.version}
            for c in comments(here.book, here.submission)
        ],
        "open": here.round.open,
        "openText": said.OPEN.in_(language).format(open=here.round.open),
    }  # fmt: skip


def mark(here: Visit, check: str, worth: float) -> dict[str, Any]:
    question = here.question(check)
    known = rubric(here.book, question)
    asked = [
        {"id": r.id, "words": legible(r.words), "answer": r.answer, "by": r.by, "version": r.version}
        for r in requests(here.book, here.submission)
        if (r.exercise, r.check) == question.place
    ]
    items = [{"id": i.id, "points": i.points, "text": i.text, "version": i.version} for i in known.items]
    return {
        **asdict(assessment(here.book, question, here.submission)),
        "worth": worth,
        "rubric": {"down": known.down, "items": items},
        "requests": asked,
    }


def begin_rubric(book: Gradebook, lesson: Lesson, language: Language) -> None:
    """The lesson's own rubric for its reading notes becomes the first items, with equal shares of the points."""
    question = RubricQuestion(lesson.id, "notes", "reading_notes")
    if lesson.notes is None or not lesson.notes.rubric or not untouched(book, question):
        return
    share = round(lesson.notes.points / len(lesson.notes.rubric), 2)
    for line in lesson.notes.rubric:
        add(book, question, share, line.in_(language), "")
