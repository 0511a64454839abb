"""Who is who: a student of the gradebook, and the same one in a list of the LMS."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.batch.decimals import written
from grader.batch.gradebook.entries import IDENTITY, Standing
from grader.batch.gradebook.marks import TOTAL
from grader.batch.gradebook.queries import identities, report_text, standings
from grader.batch.gradebook.store import Gradebook
from grader.batch.report_visibility import shown as as_seen
from grader.errors import UsageError
from grader.model import Mark, Report, Text
from grader.report import json


@dataclass(frozen=True)
class ExportedStudent:
    """Where a student stands, and what the student is called elsewhere (`entries.IDENTITY`). mark: the total by hand."""

    standing: Standing
    identity: Mapping[str, str]
    mark: Mark | None = None

    def known(self, key: str) -> str:
        return self.identity.get(key, "")

    @property
    def name(self) -> str:
        return self.known("name") or self.standing.student


@dataclass(frozen=True)
class FilledExport:
    """A file for the LMS, how many students have a score in it, and what a person should know about the others."""

    content: bytes
    scores: int
    notes: tuple[Text, ...]


def people(book: Gradebook, lesson: str | None = None) -> Iterator[ExportedStudent]:
    """Everybody in every lesson, or in one of them."""
    known: dict[str | None, dict[str, dict[str, str]]] = {}
    for standing in standings(book, lesson):
        if standing.lesson not in known:
            known[standing.lesson] = identities(book, standing.lesson)
        mark = book.marks(standing.submission).get(TOTAL) if standing.overridden else None
        yield ExportedStudent(standing, known[standing.lesson].get(standing.student, {}), mark)


def of_one_lesson(book: Gradebook, lesson: str | None) -> list[ExportedStudent]:
    """Everybody once: for the lesson, or with a file of which nobody can tell the lesson.

    lesson: None for the only one there is. Raises UsageError where there are several, or none like it.
    """
    everybody = list(people(book))
    there = sorted({person.standing.lesson for person in everybody if person.standing.lesson})
    if lesson is None and len(there) > 1:
        raise UsageError(
            f"The gradebook has several lessons: {', '.join(there)}; choose one with --lesson.",
            ja=f"採点簿には複数の課題（{', '.join(there)}）があります。--lesson で 1 つ選んでください。",
        )
    chosen = lesson or (there[0] if there else None)
    if chosen not in there:
        raise UsageError(
            f"The gradebook has nothing of {chosen or 'any lesson'}; `grade book list` shows what it has.",
            ja=f"採点簿に {chosen or '課題'} の提出はありません。grade book list で一覧を確かめてください。",
        )
    unread = {person.standing.student: person for person in everybody if person.standing.lesson is None}
    return list((unread | {p.standing.student: p for p in everybody if p.standing.lesson == chosen}).values())


def report_of(book: Gradebook, person: ExportedStudent) -> Report | None:
    """The report with the marks in it. None where nothing could be graded."""
    text = report_text(book, person.standing)
    return None if text is None else json.read(text)


def seen_by_student(book: Gradebook, person: ExportedStudent) -> Report | None:
    """The report as far as its student is to see it."""
    found = report_of(book, person)
    rules = book.rules(person.standing.submission)
    return as_seen(found, rules.show, rules.hide) if found else None


class Directory:
    """Finds people by what the LMS says of them. A name that two share finds nobody."""

    def __init__(self, everybody: Iterable[ExportedStudent]) -> None:
        self.found: dict[tuple[str, str], list[ExportedStudent]] = {}
        for person in everybody:
            # What a class without an LMS calls a student may be any of these.
            label = plain(person.standing.student)
            for key in IDENTITY:
                names = {plain(person.known(key))} | ({label} if key in ("name", "login", "id", "email") else set())
                for name in names - {""}:
                    self.found.setdefault((key, name), []).append(person)

    def find(self, said: Sequence[tuple[str, str]]) -> ExportedStudent | Text:
        """The one person for whom something of this fits, the surest first; or why there is none. said: (key of IDENTITY, value).

        Nobody, where a number is one student's, and an address or a name is another's: one of them would get the other's grade.
        """
        fitting = [self.found.get((key, plain(value)), []) if value.strip() else [] for key, value in said]
        sure = [people[0] for people in fitting if len(people) == 1]
        if not sure:
            return NOT_GRADED
        return sure[0] if all(one is sure[0] for one in sure) else CONTRADICTED


def plain(name: str) -> str:
    """Without what differs between two lists of the same people: width, case, spaces."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def shown(name: str) -> str:
    """A stranger's name on one line of a terminal."""
    return "".join(character if character.isprintable() else " " for character in name)[:200]


def note(text: Text, **values: object) -> Text:
    harmless = {key: shown(str(value)) for key, value in values.items()}
    return Text(en=text.en.format(**harmless), ja=text.ja.format(**harmless))


def noted(text: Text, who: str, why: Text) -> Text:
    """A note with a reason, which has two languages itself."""
    name = shown(who)
    return Text(en=text.en.format(who=name, why=shown(why.en)), ja=text.ja.format(who=name, why=shown(why.ja)))


def points(value: float) -> str:
    """At most two digits behind the point, and none that say nothing."""
    return written(value)


NOT_GRADED = Text(en="{who}: not in the gradebook, left as it was.", ja="{who}: 採点簿にないため、元のままです。")
CONTRADICTED = Text(
    en="{who}: the number, name and address in this line are those of different students, left as it was.",
    ja="{who}: この行の番号・氏名・メールがそれぞれ別の学生のものなので、元のままです。",
)
NO_SCORE = Text(
    en="{who}: there is no score ({why}), left as it was.", ja="{who}: 点数がない（{why}）ため、元のままです。"
)
OUR_FAULT = Text(en="the grader failed", ja="採点側の不具合")
PENDING = Text(
    en="{who}: {points} points still await a person; the score is without them.",
    ja="{who}: 未採点が {points} 点分あります。書き込んだ点数には含まれていません。",
)
NOT_LISTED = Text(en="{who}: graded, but not in {file}.", ja="{who}: 採点済みですが、{file} に見当たりません。")


def remark(person: ExportedStudent, who: str) -> Text | None:
    """What a person should know about a score, or about why there is none."""
    standing = person.standing
    if standing.final is None:
        return noted(NO_SCORE, who, standing.problem or OUR_FAULT)
    pending = standing.score.pending if standing.score else 0.0
    return note(PENDING, who=who, points=points(pending)) if pending else None
