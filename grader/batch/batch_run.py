"""The instructor's evening: what was handed in -> graded, recorded, announced, written out. Goes on where it was stopped.

The order decides what a SIGKILL can cost: a result is in the gradebook before it is announced, and a report is written
after that; the next batch writes the reports that are missing. So at most the submissions in flight are lost. Of the class this
process keeps names and numbers of submissions, never notebooks or reports.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from grader import lesson_folders
from grader.batch.cache_key import digest, seed_of
from grader.batch.extensions import extensions
from grader.batch.gradebook.absent import follow_the_class
from grader.batch.gradebook.attendance import enrol, enrolments, note_lateness, rename
from grader.batch.gradebook.entries import Batch, Enrolment, Result, Standing, Status
from grader.batch.gradebook.queries import lessons_of, of_submission, standings
from grader.batch.gradebook.store import Gradebook
from grader.batch.intake.contents import contents, digest_of, order, sha256_of
from grader.batch.intake.hand_in import Handed
from grader.batch.intake.late import Allowance, Deadline
from grader.batch.intake.layout_facts import Layout
from grader.batch.intake.roster import Enrolled
from grader.batch.report_folder import ReportFolder
from grader.batch.same_student import recognised, renamed, unveiled
from grader.batch.workers.queue import InFlight, Queue, WorkerPool
from grader.batch.workers.tasks import Plan, Task
from grader.errors import UsageError
from grader.model import Text

NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Settled:
    """One submission is settled, and how. unchanged: it was so before. superseded: a later one of the student counts."""

    standing: Standing
    unchanged: bool
    superseded: bool


@dataclass(frozen=True)
class RollLine:
    """A line of the roll: what was handed in, its number in the gradebook, its digest, and whether it is settled."""

    handed: Handed
    submission: int
    sha256: str
    settled: bool


@dataclass
class BatchRun:
    """One batch. crew: makes the workers, and is not asked where there is nothing to do. empty: whose files hold nothing to
    grade; a zip of reports tells them so."""

    book: Gradebook
    batch: Batch
    plan: Plan
    crew: Callable[[], WorkerPool]
    outbox: ReportFolder | None = None
    deadline: Deadline = field(default_factory=Deadline)
    layout: Layout = Layout.PLAIN
    roster: Sequence[Enrolled] | None = None
    empty: Sequence[Handed] = ()
    on_news: Callable[[Settled], None] = lambda _news: None
    on_tick: Callable[[list[InFlight], int], None] = lambda _flights, _seats: None
    unread: list[tuple[RollLine, Result]] = field(default_factory=list)

    def grade(self, handed: Sequence[Handed]) -> int:
        """Grade all that is not settled, and return the number of the batch. Raises GraderError with a sentence; what was recorded before that stays."""
        self.demand_lessons(handed)
        number = self.book.begin(self.batch)
        roll = self.roll(number, handed)
        for line in roll:
            if line.settled:
                self.announce(line, unchanged=True)
        todo = {line.submission: line for line in roll if not line.settled}
        if todo:
            self.grade_these(number, todo)
        follow_the_class(self.book)
        self.book.end(number)
        return number

    def demand_lessons(self, handed: Sequence[Handed]) -> None:
        """Raises UsageError where a hand-in has its score from a lesson that is not here: it would lose that."""
        graded = lessons_of(self.book, {sha256_of(one) for one in handed})
        away = sorted(graded - lesson_folders.found().keys())
        if away:
            names = ", ".join(away)
            raise UsageError(
                f"The gradebook has scores of these hand-ins for {names}, which is not here now. Say where it is with --lessons DIR "
                "or in class.toml; without it they would lose their scores. (Nothing was changed.)",
                ja=f"採点簿にはこれらの提出の {names} の点数がありますが、その課題が見つかりません。--lessons フォルダ、または class.toml で場所を"
                "指定してください。指定がないと点数が失われます。（何も変更していません）",
            )

    def roll(self, batch: int, handed: Sequence[Handed]) -> list[RollLine]:
        """Everybody's line, the submission that counts before the earlier ones. One that is there twice, byte for byte, is one."""
        by = f"grader {self.batch.grader}"
        if self.roster is not None:
            rename(self.book, renamed(self.book, self.roster), by)
        handed = recognised(self.book, handed, self.roster)
        rename(self.book, {h.called: h.student for h in handed if h.called}, by)
        rename(self.book, unveiled(self.book, handed), by)
        hashes = [sha256_of(one) for one in handed]
        ids = self.book.hand_in(
            batch,
            [(h.student, h.file, sha, h.when, h.attempt, h.doubt) for h, sha in zip(handed, hashes, strict=True)],
        )
        self.register(batch, handed)
        self.note_late(ids, handed, by)
        lines = {
            number: RollLine(one, number, sha, self.book.settled(number, self.checks))
            for one, number, sha in zip(handed, ids, hashes, strict=True)
        }
        return sorted(lines.values(), key=lambda line: -line.handed.attempt)

    def register(self, batch: int, handed: Sequence[Handed]) -> None:
        """Who everybody is to the LMS, by the latest hand-in, and to the roster."""
        latest = sorted(handed, key=lambda one: (one.attempt, one.when or NEVER))
        self.book.identify_all(self.layout, {one.student: one.identity for one in (*self.empty, *latest)}, batch)
        if self.roster is not None:
            enrol(self.book, [enrolment(entry) for entry in self.roster])
            self.book.identify_all("roster", {entry.student: entry.identity for entry in self.roster}, batch)

    def note_late(self, ids: Sequence[int], handed: Sequence[Handed], by: str) -> None:
        """How late everybody is, by what the roster and the instructor allow them; the later of the two counts."""
        allowed = {student: allowance_of(one) for student, one in enrolments(self.book).items()}
        longer = extensions(self.book, self.deadline.due)
        told = told_late(handed, self.roster or ())
        late = {}
        for number, one in zip(ids, handed, strict=True):
            own = allowed.get(one.student, Allowance()).or_until(longer.get(one.student), self.deadline.due)
            late[number] = self.deadline.of(one.when, one.late, own, told.get(id(one)))
        note_lateness(self.book, {number: (one.late, one.rate) for number, one in late.items()}, by)

    def checks(self, lesson: str | None) -> str:
        """The digest that a run of this batch gets: of the checks, the options and the seed."""
        return digest(lesson, f"{self.plan.policy} {self.batch.seed}")

    def grade_these(self, number: int, todo: dict[int, RollLine]) -> None:
        crew = self.crew()
        same = together(todo.values())
        try:
            first = {lines[0].submission: lines[0] for lines in same.values()}
            for task, result in Queue(crew, self.plan, self.on_tick).run(self.tasks(first)):
                for line in same[once(todo[task.submission])]:
                    self.keep(number, line, task.seed, result)
        finally:
            crew.close()
        for read, result in self.unread:
            for line in same[once(read)]:
                self.keep(number, line, 0, result)

    def tasks(self, todo: dict[int, RollLine]) -> Iterator[Task]:
        """One task after the other, read from the disk when a worker is free. What cannot be read is noted in `unread`."""
        for line in todo.values():
            try:
                notebook, files = contents(line.handed)
            except OSError as error:
                said = Text(
                    en=f"{line.handed.file} cannot be opened: {error.strerror}.",
                    ja=f"{line.handed.file} を開けません（{error.strerror}）。",
                )
                self.unread.append((line, Result(Status.UNREADABLE, self.plan.lesson, problem=said)))
                continue
            if digest_of(notebook, files, order(line.handed)) != line.sha256:
                said = Text(
                    en=f"{line.handed.file} was changed while the batch was running; run the same again.",
                    ja=f"{line.handed.file} は採点中に変更されました。同じコマンドをもう一度実行してください。",
                )
                self.unread.append((line, Result(Status.BROKEN, self.plan.lesson, problem=said)))
                continue
            seed = seed_of(self.batch.seed, line.sha256)
            yield Task(
                line.submission,
                line.handed.student,
                line.handed.file,
                line.sha256,
                seed,
                notebook,
                self.plan,
                files,
                order(line.handed),
            )

    def keep(self, number: int, line: RollLine, seed: int, result: Result) -> None:
        checks = self.checks(result.lesson)
        if self.book.record(number, line.submission, checks, seed, result, by=f"grader {self.batch.grader}"):
            self.announce(line, unchanged=False)

    def announce(self, line: RollLine, unchanged: bool) -> None:
        """Only now: the gradebook has it."""
        own = of_submission(self.book, line.submission)
        counts = [s for s in standings(self.book, student=own.student) if s.submission == own.submission]
        if counts and self.outbox is not None:
            self.outbox.publish(self.book, own)
        self.on_news(Settled(own, unchanged, superseded=not counts))


def once(line: RollLine) -> tuple[object, ...]:
    """What is graded once: a hand-in of a group, which all its members have."""
    return (line.handed.group, line.sha256, line.handed.file) if line.handed.group else (line.submission,)


def together(lines: Iterable[RollLine]) -> dict[tuple[object, ...], list[RollLine]]:
    found: dict[tuple[object, ...], list[RollLine]] = {}
    for line in lines:
        found.setdefault(once(line), []).append(line)
    return found


def told_late(handed: Sequence[Handed], roster: Iterable[Enrolled]) -> dict[int, float]:
    """How late a hand-in was, as the roster says of its student: what the LMS marks late, else the last. By the hand-in's id()."""
    spans = {entry.student: entry.late for entry in roster if entry.late is not None}
    found: dict[int, float] = {}
    for student, span in spans.items():
        own = [one for one in handed if one.student == student]
        last = max((one.attempt for one in own), default=0)
        marked = any(one.late for one in own)
        found |= {id(one): span for one in own if (one.late if marked else one.attempt == last)}
    return found


def enrolment(entry: Enrolled) -> Enrolment:
    """A line of the roster as the gradebook keeps it."""
    due = entry.own.due.isoformat() if entry.own.due else None
    return Enrolment(entry.student, due, entry.own.extension, entry.group, entry.section)


def allowance_of(one: Enrolment) -> Allowance:
    return Allowance(datetime.fromisoformat(one.due) if one.due else None, one.extension)
