"""The report for a terminal: what holds in one line, what does not with its reason, the score at the end."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text as Line

from grader.model import (
    Array,
    CellRun,
    Comment,
    Ending,
    Evidence,
    ExerciseReport,
    Finding,
    Language,
    Named,
    Outcome,
    Report,
    Text,
)
from grader.model.printable import made_legible
from grader.report import words
from grader.report.terminal_text import Prose, text_of
from grader.report.words import points

STYLES = {
    Outcome.PASSED: "green",
    Outcome.MISSING: "dim",
    Outcome.SKIPPED: "dim",
    Outcome.NEEDS_REVIEW: "cyan",
    Outcome.BROKEN: "bold magenta",
}
SYMBOLS = {
    Outcome.PASSED: "✓",
    Outcome.MISSING: "·",
    Outcome.SKIPPED: "–",
    Outcome.NEEDS_REVIEW: "?",
    Outcome.TIMED_OUT: "⧖",
    Outcome.BROKEN: "!",
}
BY_HAND = "✎"  # a person scored it
PLAIN = str.maketrans({"✓": "+", "✗": "x", "·": ".", "–": "-", "⧖": "x", "█": "#", "░": ".", "─": "-", "✎": ">"})
BAR = 12  # cells of the score bar
WIDE = 8  # numbers of a row of evidence


def render(
    report: Report,
    language: Language,
    width: int = 100,
    colour: bool = True,
    unicode: bool = True,
    since: Text | None = None,
) -> str:
    """The whole report as text of at most `width` columns. unicode: False for consoles that only know ASCII signs.

    since: how the points have changed since the last time, to stand beside them.
    """
    lines = text_of(TerminalReport(made_legible(report), language, since).parts(), width, colour)
    return lines if unicode else lines.translate(PLAIN)


def render_exercise(report: Report, exercise: ExerciseReport, language: Language, width: int = 100) -> str:
    """One exercise of the report as plain text."""
    return text_of([TerminalReport(report, language).exercise(made_legible(exercise))], width, colour=False)


class TerminalReport:
    """One report in one language, part by part."""

    def __init__(self, report: Report, language: Language, since: Text | None = None) -> None:
        self.report = report
        self.language = language
        self.since = since

    def say(self, text: Text, **values: object) -> str:
        return text.in_(self.language).format(**values) if values else text.in_(self.language)

    def parts(self) -> Iterator[RenderableType]:
        yield Rule(
            Line.assemble((self.say(self.report.title), "bold"), "  ", (self.report.submission, "dim")), align="left"
        )
        for exercise in self.report.exercises:
            yield self.exercise(exercise)
        yield from self.comments(words.elsewhere(self.report))
        yield from self.cells()
        yield from self.remarks()
        yield Rule(style="dim")
        yield self.score()
        yield self.provenance()

    # -- one exercise ---------------------------------------------------------------------------

    def exercise(self, exercise: ExerciseReport) -> RenderableType:
        score = exercise.score
        earned = "–" if score.earned is None else points(score.earned)
        style = "green" if score.earned == score.possible else "yellow" if score.earned else "dim"
        head = Table.grid(expand=True, padding=(0, 1))
        head.add_column(ratio=1)
        head.add_column(justify="right", no_wrap=True)
        head.add_column(justify="right", min_width=7, no_wrap=True)
        done = round(BAR * (score.earned or 0) / score.possible) if score.possible else 0
        bar = Line.assemble(("█" * done, style), ("░" * (BAR - done), "dim"))
        head.add_row(Line(self.say(exercise.title), "bold"), bar, Line(f"{earned} / {points(score.possible)}", style))
        comments = self.comments(words.of_exercise(self.report.comments, exercise.id))
        return Padding(Group(head, *self.assumptions(exercise), *self.findings(exercise), *comments), (1, 0, 0, 0))

    def assumptions(self, exercise: ExerciseReport) -> Iterator[RenderableType]:
        """What of the student's was taken for what, quietly."""
        for text in exercise.assumptions:
            yield Padding(Prose(self.say(text), "dim"), (0, 0, 0, 3))

    def comments(self, comments: tuple[Comment, ...]) -> Iterator[RenderableType]:
        """What people wrote at the hand-in, each with its place."""
        rows = []
        for comment in comments:
            where = words.place_of(comment)
            if comment.asked:
                rows.append((self.say(words.ASKED), comment.asked, "dim"))
            label = self.say(where) if where else self.say(words.ANSWER)
            quote = f"{comment.quote.strip()}\n" if comment.quote else ""
            rows.append((label, f"{quote}{comment.by}: {comment.text}", ""))
        if rows:
            yield Padding(self.labelled(rows), (0, 0, 0, 3))

    def findings(self, exercise: ExerciseReport) -> Iterator[RenderableType]:
        found = exercise.findings
        if all(f.outcome is Outcome.MISSING for f in found):
            missing = words.OUTCOMES[Outcome.MISSING]
            yield Padding(Line(f"· {self.say(missing)}", "dim"), (0, 0, 0, 1))
            why = next((f.rationale for f in found if f.rationale), None)
            if why and words.tells(why):
                yield Padding(Prose(self.say(why), "dim"), (0, 0, 0, 3))
            return
        told: set[Named | str] = set()
        for finding in words.with_waiting_gathered(found):
            yield Padding(self.finding(finding, told), (0, 0, 0, 1))
            if finding.misconception:
                told.add(finding.misconception)
            told |= {cause} if (cause := words.cause(finding)) else set()

    def finding(self, finding: Finding, told: set[Named | str]) -> RenderableType:
        style = STYLES.get(finding.outcome, "red")
        row = Table.grid(padding=(0, 1), expand=True)
        row.add_column(width=1)
        row.add_column(ratio=1)
        row.add_column(justify="right", style="dim", no_wrap=True)
        body: list[RenderableType] = [Prose(self.say(finding.text), "" if style in ("green", "dim") else style)]
        details = list(self.details(finding, told))
        if details:
            body.append(self.labelled(details))
        body += [Padding(picture, (0, 0, 0, 2)) for picture in self.pictures(finding)]
        sign = BY_HAND if finding.mark else SYMBOLS.get(finding.outcome, "✗")
        row.add_row(Line(sign, style), Group(*body), words.worth(finding))
        return row

    def details(self, finding: Finding, told: set[Named | str]) -> Iterator[tuple[str, str, str]]:
        """Label, words and style of each line under a finding."""
        if mark := words.marked_by(finding):
            yield self.say(words.COMMENT), self.say(mark), ""
        if finding.outcome is Outcome.SKIPPED and finding.rationale:
            yield "", self.say(finding.rationale), "dim"
            return
        if finding.outcome is Outcome.MISSING and finding.rationale:
            yield "", self.say(finding.rationale), "dim"
            return
        repeated = words.cause(finding) in told
        if repeated:
            yield "", self.say(words.same_as_above(finding)), "dim"
        elif finding.rationale:
            yield self.say(words.SEEN), self.say(finding.rationale), ""
        if finding.place and not repeated:
            where = f"{finding.place.line}: {finding.place.source}"
            yield self.say(words.LINE), where, ""
        if finding.misconception and finding.misconception in told:
            yield self.say(words.MISTAKE), self.say(words.SAME_MISTAKE), "dim"
        elif finding.misconception:
            yield self.say(words.MISTAKE), self.say(finding.misconception.explanation), "bold"
        elif finding.help:
            label = words.RUBRIC if finding.outcome is Outcome.NEEDS_REVIEW else words.TRY
            yield self.say(label), self.say(finding.help), ""
        if follows := words.follows(finding):
            yield "", self.say(follows), "cyan"
        for advice in finding.advice:
            yield self.say(words.ADVICE), self.say(advice), "cyan"

    def labelled(self, rows: list[tuple[str, str, str]]) -> RenderableType:
        grid = Table.grid(padding=(0, 1))
        grid.add_column(style="dim", no_wrap=True, min_width=max(cell_len(label) for label, _, _ in rows))
        grid.add_column()
        for label, text, style in rows:
            grid.add_row(label, Prose(text, style))
        return grid

    def pictures(self, finding: Finding) -> Iterator[RenderableType]:
        for evidence in finding.evidence[:1]:
            if evidence.expected is not None and evidence.expected.shape == evidence.actual.shape:
                yield self.compare(evidence, evidence.expected)

    def compare(self, evidence: Evidence, expected: Array) -> RenderableType:
        """The row with the first marked number, as it should be and as it is."""
        width = expected.shape[-1] if expected.shape else 1
        mark = evidence.marked[0] if evidence.marked else (0,)
        row = mark[-2] if len(mark) > 1 and len(expected.shape) > 1 else 0
        if (row + 1) * width > len(expected.values):
            return Line("")
        start = max(0, min(mark[-1] - WIDE // 2, width - WIDE)) if mark else 0
        span = range(row * width + start, row * width + min(start + WIDE, width))
        grid = Table.grid(padding=(0, 1))
        grid.add_row(Line(self.say(words.EXPECTED), "dim"), *(Line(f"{expected.values[i]:.3g}", "dim") for i in span))
        grid.add_row(Line(self.say(words.ACTUAL), "dim"), *(self.mine(evidence.actual, expected, i) for i in span))
        return grid

    def mine(self, actual: Array, expected: Array, index: int) -> Line:
        value, wanted = actual.values[index], expected.values[index]
        return Line(f"{value:.3g}", "red" if abs(value - wanted) > 1e-3 * (1 + abs(wanted)) else "")

    # -- the rest -------------------------------------------------------------------------------

    def cells(self) -> Iterator[RenderableType]:
        troubled = [c for c in self.report.run.cells if c.ending not in (Ending.OK, Ending.LEFT_OUT)]
        troubled += [c for c in self.report.run.cells if c.ending is Ending.LEFT_OUT and c.note and not ours(c)]
        if not troubled:
            return
        rows = []
        for cell in sorted(troubled, key=lambda c: c.index):
            words_ = self.say(words.ENDINGS[cell.ending])
            rest = cell.error or (self.say(cell.note) if cell.note else "")
            rows.append((self.say(words.CELL, number=cell.index + 1), f"{words_}: {rest}" if rest else words_, ""))
        yield Padding(
            Group(Line(self.say(words.CELLS), "bold"), Padding(self.labelled(rows), (0, 0, 0, 1))), (1, 0, 0, 0)
        )

    def remarks(self) -> Iterator[RenderableType]:
        if self.report.remarks:
            grid = Table.grid(padding=(0, 1))
            for remark in self.report.remarks:
                grid.add_row(Line(BY_HAND, "dim"), Prose(self.say(remark)))
            yield Padding(Group(Line(self.say(words.REMARKS), "bold"), Padding(grid, (0, 0, 0, 1))), (1, 0, 0, 0))

    def score(self) -> RenderableType:
        score = self.report.score
        if score.earned is None:
            return Line(self.say(words.NO_SCORE), "bold magenta")
        late = self.report.late
        counts = late.final if late else score.earned
        style = "bold green" if counts == score.possible else "bold yellow"
        line = Line.assemble(
            (f"{self.say(words.SCORE)}  ", "bold"), (f"{points(counts)} / {points(score.possible)}", style)
        )
        if late:
            line.append(f"   {self.say(words.lateness(late, score.earned))}", "yellow")
        if score.pending:
            line.append(f"   {self.say(words.PENDING, points=points(score.pending))}", "cyan")
        if self.since:
            line.append(f"   {self.say(self.since)}", "dim")
        return line

    def provenance(self) -> RenderableType:
        made = self.report.provenance
        return Prose(
            self.say(
                words.PROVENANCE,
                seed=made.seed,
                isolation=self.say(words.isolation(made.isolation)),
                torch=made.torch,
            ),
            "dim",
        )


def ours(cell: CellRun) -> bool:
    """A demonstration cell of the exercise that was left out: nothing to tell."""
    return cell.note is not None and "decides nothing" in cell.note.en
