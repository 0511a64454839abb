"""The class on one HTML page that needs nothing else: who stands where, what is hard, who needs somebody.

Everything can be read without a script. A small one of ours sorts and filters; the page's policy lets run exactly that
text, known by its hash, so that nothing a student wrote can ever run.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from markupsafe import Markup

from grader.model import Language, Score, Text
from grader.model.printable import made_legible
from grader.report import class_words as words
from grader.report.class_groups import GroupMember, Number, StudentGroup, groups, numbers, short, tags
from grader.report.classroom import (
    Classroom,
    ExerciseStanding,
    Hardness,
    LessonClass,
    Mistake,
    Pupil,
    ScoreDistribution,
    SimilarPair,
)
from grader.report.html import environment, prose
from grader.report.html_views import anchor, say
from grader.report.words import points

MOST_MISTAKES = 5  # that are shown at once
MOST_LINES = 30  # of what two have in common
SHADES = 10
LARGE = 200  # students from which rows out of sight are not laid out
SURE = 4  # students below which a rate says little


@dataclass(frozen=True, slots=True)
class HeatMapCell:
    """One cell of the heat map: its looks, what stands in it, and what a screen reader says."""

    look: str
    text: str
    said: str


@dataclass(frozen=True, slots=True)
class StudentRow:
    """One student in the heat map. tags: what the row can be filtered by. sorts: the total, as a number to sort by."""

    name: str
    link: str
    tags: str
    total: str
    sort: str
    boxes: tuple[HeatMapCell, ...]
    problem: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class CommonMistake:
    """A common mistake. name: its first sentence; rest: what to tell; share: percent of those who tried."""

    tag: str
    count: str
    name: str
    rest: str
    exercise: str
    share: float
    people: tuple[GroupMember, ...]


@dataclass(frozen=True, slots=True)
class CheckRow:
    """A check and how hard it is. Numbers to sort by beside the words; -1 and -2 where nothing can be said."""

    exercise: str
    text: Text
    rate: str
    percent: float
    biserial: str
    sort: float
    odd: bool


@dataclass(frozen=True, slots=True)
class HistogramBar:
    """height: percent of the highest."""

    count: int
    height: float
    said: str


@dataclass(frozen=True, slots=True)
class Histogram:
    """The distribution of the scores. median: percent of the way from the left. ticks: left, middle, right."""

    bars: tuple[HistogramBar, ...]
    median: float
    ticks: tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class LessonSection:
    """One lesson as it is shown. sections: (tag, name, students)."""

    id: str
    title: str
    numbers: tuple[Number, ...]
    histogram: Histogram | None
    groups: tuple[StudentGroup, ...]
    mistakes: tuple[CommonMistake, ...]
    columns: tuple[tuple[str, str, str], ...]
    rows: tuple[StudentRow, ...]
    checks: tuple[CheckRow, ...]
    sections: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class SimilarPairRow:
    alike: SimilarPair
    percent: str
    lines: tuple[str, ...]


def render(found: Classroom, language: Language) -> str:
    """The class page as one HTML file: light and dark, for a desktop and a phone."""
    found = made_legible(found)
    links = {pupil.name: pupil.link for lesson in found.lessons for pupil in lesson.pupils}
    loader = environment().loader
    assert loader is not None
    script = loader.get_source(environment(), "class.js")[0]
    return (
        environment()
        .get_template("class.html.j2")
        .render(
            language=language,
            say=partial(say, language),
            prose=partial(prose, language),
            words=words,
            parts=[part_of(lesson, language) for lesson in found.lessons],
            lost=[GroupMember(p.name, p.link, p.problem.in_(language) if p.problem else "") for p in found.lost],
            alike=[SimilarPairRow(pair, f"{100 * pair.score:.0f}", pair.lines[:MOST_LINES]) for pair in found.alike],
            links=links,
            as_of=found.as_of,
            notes=[note.in_(language) for note in found.notes],
            most_mistakes=MOST_MISTAKES,
            large=LARGE,
            script=Markup(script),  # our own file
            script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        )
    )


def part_of(lesson: LessonClass, language: Language) -> LessonSection:
    return LessonSection(
        id=anchor(lesson.id),
        title=lesson.title.in_(language),
        numbers=tuple(numbers(lesson, language)),
        histogram=histogram(lesson.spread, lesson.possible, language) if lesson.spread else None,
        groups=tuple(groups(lesson.pupils, language)),
        mistakes=tuple(named(lesson, mistake, language) for mistake in lesson.mistakes),
        columns=tuple((c.id, c.title.in_(language), points(c.possible)) for c in lesson.columns),
        rows=tuple(row(pupil, language) for pupil in lesson.pupils),
        checks=tuple(measured(check, language) for check in hardest_first(lesson.checks)),
        sections=tuple(sections(lesson.pupils)),
    )


def sections(pupils: tuple[Pupil, ...]) -> Iterable[tuple[str, str, int]]:
    """The sections and teams, by which the table can be filtered: tag, name, students."""
    parts = [pupil.part for pupil in pupils if pupil.part]
    yield from ((part_tag(part), part, parts.count(part)) for part in sorted(set(parts)))


def named(lesson: LessonClass, mistake: Mistake, language: Language) -> CommonMistake:
    name, rest = first_sentence(mistake.explanation.in_(language), language)
    return CommonMistake(
        tag=tag(mistake.id),
        count=say(language, words.OF, count=mistake.count, tried=mistake.tried),
        name=name,
        rest=rest,
        exercise=mistake.exercise.in_(language),
        share=round(100 * mistake.count / mistake.tried, 1) if mistake.tried else 0.0,
        people=tuple(GroupMember(p.name, p.link, "") for p in lesson.pupils if mistake.id in p.mistakes),
    )


def first_sentence(text: str, language: Language) -> tuple[str, str]:
    """The name of a mistake, and what else its explanation says."""
    found = re.match(r"(.+?。)(.*)" if language == "ja" else r"(.+?[.!?])(?:\s+(.*)|$)", text, re.DOTALL)
    return (found[1], (found[2] or "").strip()) if found else (text, "")


def tag(mistake: str) -> str:
    return "m-" + anchor(mistake)


# --- the heat map ------------------------------------------------------------------------------


def row(pupil: Pupil, language: Language) -> StudentRow:
    earned = pupil.final
    return StudentRow(
        name=pupil.name,
        link=pupil.link,
        tags=" ".join([*tags(pupil), *([part_tag(pupil.part)] if pupil.part else []), *map(tag, pupil.mistakes)]),
        total="–" if earned is None else short(earned),
        sort="-1" if earned is None else f"{earned:g}",
        boxes=tuple(box(cell, language) for cell in pupil.cells),
        problem=pupil.problem.in_(language) if pupil.problem else "",
        part=pupil.part,
    )


def part_tag(part: str) -> str:
    return "p-" + anchor(part)


def box(cell: ExerciseStanding, language: Language) -> HeatMapCell:
    if cell.state == "absent":
        return HeatMapCell("", "", "")
    if cell.state == "broken":
        return HeatMapCell("b", "!", words.BROKEN.in_(language))
    if cell.state == "untouched":
        return HeatMapCell("n", "·", words.UNTOUCHED.in_(language))
    earned = cell.score.earned or 0
    if not cell.score.pending:
        return HeatMapCell(f"h{shade(cell.score)}", short(earned), "")
    text, look = (f"{short(earned)} + ?", f"h{shade(cell.score)} q") if earned else ("?", "q")
    return HeatMapCell(look, text, words.AWAITS.in_(language))


def shade(score: Score) -> int:
    """0 for nothing, SHADES for everything, the steps between for what lies between."""
    share = (score.earned or 0) / score.possible if score.possible else 0.0
    return SHADES if share >= 1 else 0 if share <= 0 else max(1, min(SHADES - 1, round(share * SHADES)))


# --- the checks --------------------------------------------------------------------------------


def hardest_first(checks: tuple[Hardness, ...]) -> list[Hardness]:
    return sorted(checks, key=lambda check: 2.0 if check.pass_rate is None else check.pass_rate)


def measured(check: Hardness, language: Language) -> CheckRow:
    rate, biserial = check.pass_rate, check.biserial
    return CheckRow(
        exercise=check.exercise.in_(language),
        text=check.text,
        rate="–" if rate is None else f"{100 * rate:.0f} %",
        percent=-1.0 if rate is None else round(100 * rate, 1),
        biserial="–" if biserial is None else f"{biserial:.2f}".replace("-", "−"),
        sort=-2.0 if biserial is None else round(biserial, 3),
        odd=biserial is not None and biserial < 0 and check.students >= SURE,
    )


# --- the distribution --------------------------------------------------------------------------


def histogram(spread: ScoreDistribution, possible: float, language: Language) -> Histogram:
    """Bars over the points, each with its count, and a line at the median."""
    size, top = len(spread.counts), max(spread.counts)
    edges = [short(possible * i / size) for i in range(size + 1)]
    return Histogram(
        bars=tuple(
            HistogramBar(
                count,
                round(100 * count / top, 1) if top else 0.0,
                say(language, words.BAR, low=edges[i], high=edges[i + 1], count=count),
            )
            for i, count in enumerate(spread.counts)
        ),
        median=round(100 * spread.median / possible, 1) if possible else 0.0,
        ticks=(edges[0], short(possible / 2), edges[-1]),
    )
