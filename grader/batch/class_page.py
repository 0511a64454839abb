"""A gradebook as a class page shows it: who stands where, what is hard, who needs somebody."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from grader import lessons
from grader.batch.gradebook.absent import NOTHING
from grader.batch.gradebook.analysis import distribution, items
from grader.batch.gradebook.attendance import enrolments, missing
from grader.batch.gradebook.entries import FindingRow, Standing, Status
from grader.batch.gradebook.queries import findings, standings
from grader.batch.gradebook.store import Gradebook
from grader.model import Exercise, Lesson, Outcome, Score, Text
from grader.report import class_words as words
from grader.report.classroom import (
    Classroom,
    ExerciseColumn,
    ExerciseStanding,
    Hardness,
    LessonClass,
    Mistake,
    Pupil,
    ScoreDistribution,
    SimilarPair,
)
from grader.report.words import how_long, points

STOPPED = (Outcome.CRASHED, Outcome.TIMED_OUT, Outcome.OUT_OF_MEMORY)
NOT_TRIED = (Outcome.MISSING, Outcome.NEEDS_REVIEW, Outcome.BROKEN)
NOTES = "notes"  # scored by a person: nothing that holds or does not
LEAST_TRIED = 3  # checks: below that nobody is stuck yet
LITTLE = 1 / 3  # of what was tried
PATIENT = 3  # hand-ins without a gain

Link = Callable[[Standing], str]


def classroom(
    book: Gradebook, link: Link = lambda _standing: "", lesson: str | None = None, alike: Iterable[SimilarPair] = ()
) -> Classroom:
    """The class as the gradebook has it. link: where a student's report lies, relative to the page, or empty."""
    groups: dict[str, list[Standing]] = {}
    lost = []
    for standing in standings(book, lesson):
        if standing.lesson is None:
            lost.append(Pupil(standing.student, link(standing), None, problem=problem_of(standing)))
        else:
            groups.setdefault(standing.lesson, []).append(standing)
    roll = ClassRoll.of(book).without({one.name for one in lost})
    latest = max((s.graded for group in groups.values() for s in group), default="")
    return Classroom(
        lessons=tuple(lesson_class(book, name, group, link, roll) for name, group in groups.items()),
        lost=tuple(lost),
        alike=tuple(alike),
        as_of=latest[:16].replace("T", " "),
        notes=said_by_batches(book),
    )


def lesson_class(book: Gradebook, name: str, group: list[Standing], link: Link, roll: ClassRoll) -> LessonClass:
    rows: dict[str, list[FindingRow]] = {standing.student: [] for standing in group}
    for row in findings(book, name):
        rows[row.student].append(row)
    words_ = CatalogueNames.of(name)
    columns = columns_of(rows.values(), words_)
    tries = attempts(book, name)
    there = [
        roll.marked(pupil(s, rows[s.student], columns, tries.get(s.student, []), link), s.status is Status.ABSENT)
        for s in group
    ]
    pupils = tuple(sorted([*there, *roll.absent(name, {one.name for one in there})], key=lambda one: one.name))
    possible = max((s.score.possible for s in group if s.score), default=0.0)
    found = items(row for part in rows.values() for row in part if row.exercise != NOTES)
    return LessonClass(
        id=name,
        title=words_.title,
        possible=possible,
        columns=columns,
        pupils=pupils,
        checks=tuple(
            Hardness(
                words_.exercise(i.exercise), words_.check(i.exercise, i.check), i.students, i.pass_rate, i.biserial
            )
            for i in found
        ),
        mistakes=mistakes_of(rows, words_),
        spread=spread(pupils, possible),
        enrolled=len(roll.enrolled),
    )


@dataclass(frozen=True)
class ClassRoll:
    """The roster as the page needs it. missing: (student, lesson). parts: the section and the team of a student."""

    enrolled: frozenset[str]
    missing: frozenset[tuple[str, str]]
    parts: Mapping[str, str]

    @classmethod
    def of(cls, book: Gradebook) -> ClassRoll:
        there = enrolments(book)
        parts = {name: ", ".join(filter(None, (one.section, one.team))) for name, one in there.items()}
        return cls(frozenset(there), frozenset(missing(book)), parts)

    def without(self, names: set[str]) -> ClassRoll:
        """The roster where these are not missing: they handed in something that could not be read."""
        return replace(self, missing=frozenset(pair for pair in self.missing if pair[0] not in names))

    def marked(self, one: Pupil, absent: bool) -> Pupil:
        stranger = bool(self.enrolled) and one.name not in self.enrolled
        return replace(one, absent=absent, stranger=stranger, part=self.parts.get(one.name, ""))

    def absent(self, lesson: str, there: set[str]) -> list[Pupil]:
        """Who handed in nothing for a lesson, and has no points for that either."""
        gone = [s for s, name in self.missing if name == lesson and s not in there]
        return [Pupil(s, "", None, absent=True, problem=NOTHING, part=self.parts.get(s, "")) for s in gone]


def said_by_batches(book: Gradebook) -> tuple[Text, ...]:
    """What is to be known about the latest batch of each lesson."""
    sql = """SELECT en, ja FROM notes WHERE batch IN (SELECT max(batch) FROM submissions GROUP BY lesson) ORDER BY batch, position"""
    return tuple(dict.fromkeys(Text(en=row["en"], ja=row["ja"]) for row in book.rows(sql)))


def columns_of(groups: Iterable[list[FindingRow]], words_: CatalogueNames) -> tuple[ExerciseColumn, ...]:
    """The exercises of the lesson that anybody was asked, in the lesson's order."""
    worth: dict[str, float] = {}
    for rows in groups:
        own: dict[str, float] = {}
        for row in rows:
            own[row.exercise] = own.get(row.exercise, 0.0) + row.points
        worth |= {name: max(points, worth.get(name, 0.0)) for name, points in own.items()}
    ordered = [name for name in words_.order if name in worth]
    ordered += [name for name in worth if name not in ordered]
    return tuple(ExerciseColumn(name, words_.exercise(name), worth[name]) for name in ordered)


def pupil(
    standing: Standing,
    rows: list[FindingRow],
    columns: tuple[ExerciseColumn, ...],
    tries: list[float | None],
    link: Link,
) -> Pupil:
    no_score = standing.score is None or standing.score.earned is None
    named = dict.fromkeys(f"{row.exercise}.{row.misconception}" for row in rows if row.misconception)
    return Pupil(
        name=standing.student,
        link=link(standing),
        score=standing.score,
        cells=tuple(cell([row for row in rows if row.exercise == column.id]) for column in columns) if rows else (),
        awaiting=sum(row.outcome is Outcome.NEEDS_REVIEW for row in rows)
        if standing.score and standing.score.pending
        else 0,
        stuck=None if no_score else stuck(standing, rows, tries),
        problem=problem_of(standing) if no_score or standing.status is Status.ABSENT else None,
        final=standing.final,
        late=late_words(standing),
        attempts=max(1, len(tries)),
        mistakes=tuple(named),
    )


def late_words(standing: Standing) -> Text | None:
    """How late, and what counts in the end; None for who was in time."""
    if standing.late is None:
        return None
    if not standing.late:
        return words.MARKED_LATE
    long = how_long(standing.late)
    if not standing.penalty or standing.final is None:
        return Text(en=words.LATE_FREE.en.format(long=long.en), ja=words.LATE_FREE.ja.format(long=long.ja))
    values = {"off": points(standing.penalty), "final": points(standing.final)}
    return Text(
        en=words.LATE_COSTS.en.format(long=long.en, **values), ja=words.LATE_COSTS.ja.format(long=long.ja, **values)
    )


def cell(rows: list[FindingRow]) -> ExerciseStanding:
    possible = sum(row.points for row in rows)
    pending = sum(row.points for row in rows if row.outcome is Outcome.NEEDS_REVIEW and not row.marked)
    if not rows:
        return ExerciseStanding(Score(None, 0.0), "absent")
    if any(row.outcome is Outcome.BROKEN and not row.marked for row in rows):
        return ExerciseStanding(Score(None, possible), "broken")
    untouched = all(row.outcome is Outcome.MISSING and not row.marked for row in rows)
    return ExerciseStanding(
        Score(sum(row.earned for row in rows), possible, pending), "untouched" if untouched else "scored"
    )


def stuck(standing: Standing, rows: list[FindingRow], tries: list[float | None]) -> Text | None:
    """Why somebody looks stuck, or None: the words on the page (`class_words.STUCK_TOLD`) say this rule."""
    score = standing.score
    assert score is not None and score.earned is not None
    if not score.lost:
        return None
    tried = [row for row in rows if row.outcome not in NOT_TRIED]
    passed = sum(row.outcome is Outcome.PASSED for row in tried)
    stopped = any(row.outcome in STOPPED for row in tried)
    if len(tried) >= LEAST_TRIED and passed < LITTLE * len(tried) and (stopped or len(tries) > 1):
        return filled(words.FEW_HOLD, passed=passed, tried=len(tried))
    lately = [earned or 0.0 for earned in tries[-PATIENT:]]
    if tried and len(lately) == PATIENT and max(lately[1:]) <= lately[0]:
        return filled(words.NO_GAIN, times=len(tries))
    return None


def filled(text: Text, **values: object) -> Text:
    return Text(en=text.en.format(**values), ja=text.ja.format(**values))


def problem_of(standing: Standing) -> Text:
    """The sentence the gradebook has, or that the grader failed."""
    said = standing.problem
    return said if said and standing.status is not Status.GRADED else words.NO_REPORT


def attempts(book: Gradebook, lesson: str) -> dict[str, list[float | None]]:
    """For each student the points of every different file they handed in, the earliest first."""
    sql = """SELECT s.student, r.earned FROM submissions s JOIN runs r ON r.submission = s.id
        WHERE r.id = (SELECT max(id) FROM runs WHERE submission = s.id) AND r.lesson = ? AND s.file <> ''
        ORDER BY s.batch, s.handed_in, s.id"""
    found: dict[str, list[float | None]] = {}
    for row in book.rows(sql, lesson):
        found.setdefault(row["student"], []).append(row["earned"])
    return found


def mistakes_of(groups: dict[str, list[FindingRow]], words_: CatalogueNames) -> tuple[Mistake, ...]:
    """The named mistakes, the most frequent first; each student counts once for each."""
    tried: dict[str, int] = {}
    made: dict[tuple[str, str], int] = {}
    for rows in groups.values():
        for name in {row.exercise for row in rows if row.outcome is not Outcome.MISSING}:
            tried[name] = tried.get(name, 0) + 1
        for place in {(row.exercise, row.misconception) for row in rows if row.misconception}:
            made[place] = made.get(place, 0) + 1
    ordered = sorted(made.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(
        Mistake(f"{exercise}.{name}", words_.exercise(exercise), words_.mistake(exercise, name), count, tried[exercise])
        for (exercise, name), count in ordered
    )


def spread(pupils: tuple[Pupil, ...], possible: float) -> ScoreDistribution | None:
    known = [p.final for p in pupils if p.final is not None and not p.absent]
    found = distribution(known, most=possible)
    return None if found is None else ScoreDistribution(found.counts, found.mean, found.quartiles[1], found.deviation)


@dataclass(frozen=True)
class CatalogueNames:
    """What ids of the gradebook are called. What is not in the catalogue any more keeps its id as its name."""

    title: Text
    exercises: dict[str, Exercise] = field(default_factory=dict)
    lesson: Lesson | None = None

    @classmethod
    def of(cls, name: str) -> CatalogueNames:
        if name not in lessons.names():
            return cls(plain(name))
        found = lessons.lesson(name)
        return cls(found.title, {exercise.id: exercise for exercise in found.exercises}, found)

    @property
    def order(self) -> list[str]:
        return [*self.exercises, NOTES]

    def exercise(self, name: str) -> Text:
        if name == NOTES and self.lesson is not None and self.lesson.notes is not None:
            return self.lesson.notes.title
        return self.exercises[name].title if name in self.exercises else plain(name)

    def check(self, exercise: str, name: str) -> Text:
        known = self.exercises[exercise].checks if exercise in self.exercises else ()
        return next((check.text for check in known if check.id == name), plain(name))

    def mistake(self, exercise: str, name: str) -> Text:
        known = self.exercises[exercise].misconceptions if exercise in self.exercises else ()
        found = next((variant.explanation for variant in known if variant.id == name), None)
        return found or plain(name)


def plain(name: str) -> Text:
    return Text(en=name, ja=name)
