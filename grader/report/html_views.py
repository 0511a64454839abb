"""What the HTML page shows, as plain values: made of a report, handed to the templates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from grader.model import (
    CellRun,
    Comment,
    Ending,
    ExerciseReport,
    Finding,
    Language,
    Named,
    Outcome,
    Report,
    Score,
    Text,
)
from grader.report import captions, words
from grader.report.pictures import Figure, figure
from grader.report.terminal import BY_HAND, SYMBOLS, ours
from grader.report.words import points

MOST_CELLS = 60
SIGNS = SYMBOLS | {Outcome.TIMED_OUT: "✗"}  # few fonts of the web have the hourglass
TONES = {
    Outcome.PASSED: "good",
    Outcome.MISSING: "quiet",
    Outcome.SKIPPED: "quiet",
    Outcome.NEEDS_REVIEW: "person",
}


@dataclass(frozen=True, slots=True)
class HintView:
    """One hint. `shows_line`: the student's own line comes with it."""

    label: str
    text: Text
    shows_line: bool = False


@dataclass(frozen=True, slots=True)
class FindingView:
    """One finding as it is shown. `open`: there is more to say than one line.

    `where`: the student's line; `line_open`: it is shown at once, not with the hint that names the mistake.
    `why`: the rationale, unless the item before has said the same; `mark`: who scored it, and what they said.
    """

    finding: Finding
    tone: str
    sign: str
    label: str
    worth: str
    why: Text | None
    mark: Text | None
    where: str
    line_open: bool
    open: bool
    repeated: bool
    figures: tuple[Figure, ...]
    steps: tuple[HintView, ...]


@dataclass(frozen=True, slots=True)
class ExerciseView:
    """One exercise as it is shown. `share`: percent earned; `weight`: its points among the others'."""

    id: str
    title: str
    score: str
    tone: str
    weight: float
    share: float
    untouched: bool
    why: Text | None
    items: tuple[FindingView, ...]
    assumptions: tuple[Text, ...] = ()
    comments: tuple[Comment, ...] = ()


@dataclass(frozen=True, slots=True)
class NextStep:
    """Where to go on: the first check that did not hold, or the first exercise that is not there. target: its anchor."""

    target: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class CellRow:
    name: str
    ending: str
    rest: str


@dataclass(frozen=True, slots=True)
class HtmlPage:
    """Everything the template shows, in one language."""

    title: str
    submission: str
    broken: bool
    perfect: bool
    earned: str
    possible: str
    pending: str
    late: str
    next: NextStep | None
    parts: tuple[ExerciseView, ...]
    cells: tuple[CellRow, ...]
    more_cells: str
    remarks: tuple[Text, ...]
    comments: tuple[Comment, ...]
    provenance: str
    fingerprint: str


def say(language: Language, text: Text, **values: object) -> str:
    return text.in_(language).format(**values) if values else text.in_(language)


def anchor(*names: str) -> str:
    return "-".join(re.sub(r"\W+", "-", name) for name in names)


def page_of(report: Report, language: Language) -> HtmlPage:
    score, made = report.score, report.provenance
    parts = tuple(
        part_of(exercise, language, words.of_exercise(report.comments, exercise.id)) for exercise in report.exercises
    )
    cells = troubled(report)
    return HtmlPage(
        title=report.title.in_(language),
        submission=report.submission,
        broken=score.earned is None,
        perfect=score.earned == score.possible,
        earned=points(report.late.final if report.late else score.earned or 0),
        possible=points(score.possible),
        pending=say(language, words.PENDING, points=points(score.pending)) if score.pending else "",
        late=words.lateness(report.late, score.earned or 0).in_(language) if report.late else "",
        next=first_to_fix(parts, language),
        parts=parts,
        cells=tuple(cell_row(cell, language) for cell in cells[:MOST_CELLS]),
        more_cells=say(language, captions.MORE_CELLS, count=len(cells) - MOST_CELLS) if len(cells) > MOST_CELLS else "",
        remarks=report.remarks,
        comments=words.elsewhere(report),
        provenance=say(
            language,
            words.PROVENANCE,
            seed=made.seed,
            torch=made.torch,
            isolation=words.isolation(made.isolation).in_(language),
        ),
        fingerprint=say(
            language, captions.FINGERPRINT, sha256=report.sha256[:12], grader=made.grader, python=made.python
        ),
    )


def part_of(exercise: ExerciseReport, language: Language, comments: tuple[Comment, ...] = ()) -> ExerciseView:
    told: set[Named | str] = set()
    items: list[FindingView] = []
    before: Finding | None = None
    for finding in exercise.findings:
        items.append(item_of(finding, before, language, told))
        before = finding
        if finding.misconception:
            told.add(finding.misconception)
        told |= {cause} if (cause := words.cause(finding)) else set()
    score = exercise.score
    whys = (finding.rationale for finding in exercise.findings)
    return ExerciseView(
        id=exercise.id,
        title=exercise.title.in_(language),
        score=f"{'–' if score.earned is None else points(score.earned)} / {points(score.possible)}",
        tone=tone_of(score),
        weight=score.possible or 1,
        share=round(100 * (score.earned or 0) / score.possible, 1) if score.possible else 0,
        untouched=all(f.outcome is Outcome.MISSING and not f.mark for f in exercise.findings),
        why=next((why for why in whys if words.tells(why)), None),
        items=tuple(items),
        assumptions=exercise.assumptions,
        comments=comments,
    )


def tone_of(score: Score) -> str:
    if score.earned is None:
        return "broken"
    return "good" if score.earned == score.possible else "partly" if score.earned else "muted"


def item_of(finding: Finding, before: Finding | None, language: Language, told: set[Named | str]) -> FindingView:
    nothing = finding.outcome is Outcome.PASSED or said_already(finding, before)
    shown = Outcome.PASSED if finding.mark and finding.earned == finding.points else finding.outcome
    label = words.MARKED if finding.mark else words.OUTCOMES[finding.outcome]
    repeated = finding.misconception is not None and finding.misconception in told
    again = words.cause(finding) in told
    drawn = (figure(evidence, language) for evidence in finding.evidence[:2])
    return FindingView(
        finding=finding,
        tone=TONES.get(shown, "bad"),
        sign=BY_HAND if finding.mark and shown is not Outcome.PASSED else SIGNS.get(shown, "✗"),
        label=label.in_(language),
        worth=words.worth(finding),
        why=None if nothing else words.same_as_above(finding) if again else finding.rationale,
        mark=words.marked_by(finding),
        where=where(finding, language),
        line_open=finding.place is not None and not gives_away(finding) and not again,
        open=not nothing and (finding.outcome is not Outcome.MISSING or words.tells(finding.rationale)),
        repeated=repeated,
        figures=tuple(f for f in drawn if f is not None),
        steps=tuple(steps_of(finding, language, repeated)),
    )


def said_already(finding: Finding, before: Finding | None) -> bool:
    """Whether the line above says it: one check that does not hold, or one blank, keeps several from being asked."""
    quiet = (Outcome.SKIPPED, Outcome.MISSING)
    return before is not None and finding.outcome in quiet and finding.rationale == before.rationale


def steps_of(finding: Finding, language: Language, repeated: bool) -> Iterator[HintView]:
    """The hints, the gentlest first."""
    if finding.help:
        label = words.RUBRIC if finding.outcome is Outcome.NEEDS_REVIEW else captions.HINT_TRY
        yield HintView(label.in_(language), finding.help)
    if finding.misconception and not repeated:
        label = captions.HINT_MISTAKE if finding.help else captions.MISTAKE_FOUND
        yield HintView(label.in_(language), finding.misconception.explanation, gives_away(finding))


def gives_away(finding: Finding) -> bool:
    """Whether the line is known because the mistake is, and not because the code stopped there."""
    return finding.place is not None and finding.misconception is not None and finding.outcome is not Outcome.CRASHED


def where(finding: Finding, language: Language) -> str:
    place = finding.place
    if place is None:
        return ""
    named = place.function and place.function != "<module>"
    return say(language, captions.WHERE_IN if named else captions.WHERE, line=place.line, function=place.function)


def first_to_fix(parts: tuple[ExerciseView, ...], language: Language) -> NextStep | None:
    """What is wrong comes before what is not there yet."""
    everything = [(part, item) for part in parts for item in part.items if item.finding.outcome is not Outcome.BROKEN]
    wrong = next((pair for pair in everything if pair[1].tone == "bad"), None)
    missing = next((pair for pair in everything if pair[1].finding.outcome is Outcome.MISSING), None)
    if wrong is None and missing is None:
        return None
    part, item = wrong or missing  # type: ignore[misc]  # one of them is there
    if part.untouched:
        return NextStep(anchor(part.id), part.title, item.label)
    return NextStep(anchor(part.id, item.finding.check), part.title, item.finding.text.in_(language))


def troubled(report: Report) -> list[CellRun]:
    """The cells that did not run through, in their order."""
    return [
        cell
        for cell in report.run.cells
        if cell.ending is not Ending.OK and not (cell.ending is Ending.LEFT_OUT and (cell.note is None or ours(cell)))
    ]


def cell_row(cell: CellRun, language: Language) -> CellRow:
    rest = cell.error or (cell.note.in_(language) if cell.note else "")
    return CellRow(say(language, words.CELL, number=cell.index + 1), words.ENDINGS[cell.ending].in_(language), rest)
