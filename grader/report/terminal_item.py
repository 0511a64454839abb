"""Something that a person scores, for a terminal: the student's words and the rubric."""

from __future__ import annotations

from rich.console import Group
from rich.rule import Rule
from rich.table import Table
from rich.text import Text as Line

from grader.model import ExerciseReport, Finding, Language
from grader.model.printable import made_legible, one_line
from grader.report import words
from grader.report.terminal import PLAIN
from grader.report.terminal_text import Prose, text_of
from grader.report.words import points

NARROW = 90  # columns: below that nothing stands beside something else


def render_item(
    number: str, student: str, exercise: ExerciseReport, finding: Finding, language: Language, width: int, unicode: bool
) -> str:
    """Something a person scores: the student's own words, and the rubric beside them (below, where it is narrow)."""
    exercise, finding, student = made_legible(exercise), made_legible(finding), one_line(student)
    said = finding.answer or (finding.rationale.in_(language) if finding.rationale else "")
    rubric = [f"{words.RUBRIC.in_(language)} ({points(finding.points)})"]
    rubric += (finding.help or finding.text).in_(language).replace("／", "\n").replace(" / ", "\n").splitlines()
    head = "  ".join(filter(None, (number, student, exercise.title.in_(language))))
    beside = width >= NARROW
    grid = Table.grid(padding=(0, 2), expand=True)
    grid.add_column(ratio=3)
    if beside:
        grid.add_column(ratio=2)
    aside = Group(Line(rubric[0], "bold"), *(Prose(f"· {line}") for line in rubric[1:]))
    for row in ((Prose(said), aside),) if beside else ((Prose(said),), (Line(""),), (aside,)):
        grid.add_row(*row)
    text = text_of([Rule(Line(head), align="left"), grid], width, colour=False)
    return text if unicode else text.translate(PLAIN)
