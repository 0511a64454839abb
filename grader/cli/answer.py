"""`grade answer EXERCISE FILE`: our answer, for who has tried."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console, Group
from rich.syntax import Syntax
from rich.text import Text as Line

from grader.cli.console import language_of_locale, language_option, say, told
from grader.cli.grade_file import graded
from grader.cli.group import main
from grader.cli.lessons_option import lessons_option
from grader.errors import UsageError
from grader.model import Language, Limits, Outcome

if TYPE_CHECKING:
    from grader.model import Exercise, ExerciseReport

NO_ATTEMPT = (Outcome.MISSING, Outcome.SKIPPED)


@main.command("answer")
@lessons_option
@click.argument("exercise")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path, exists=True))
@language_option
@told
def answer(exercise: str, path: Path, lang: Language | None) -> None:
    """Show a right answer to EXERCISE, once FILE holds an attempt of your own.

    Only for lessons that say so (answers = "after-attempt" in their lesson.toml): of ours, primer and extras.
    """
    from grader import lessons

    asked = lessons.exercise(exercise)
    require_shown(asked)
    report = graded(path, None, (exercise,), asked.lesson, Limits(), lang or language_of_locale(), False, False)
    language = lang or report.language or language_of_locale()
    found = report.exercises[0]
    if all(finding.outcome in NO_ATTEMPT for finding in found.findings):
        raise UsageError(
            f"{path} holds no attempt at {exercise} yet. Try it first; what it asks for: grade show {exercise}",
            ja=f"{path} にはまだ {exercise} の答案がありません。まず自分で書いてみましょう。求められることは: grade show {exercise}",
        )
    Console(highlight=False).print(page(asked, found, language))


def require_shown(asked: Exercise) -> None:
    """Raises UsageError where the lesson keeps its answers to itself, or none are installed."""
    from grader import lesson_folders

    folder = lesson_folders.found()[asked.lesson]
    if not folder.shows_answers:
        raise UsageError(
            f"The answers of {asked.lesson} are not shown. hint() in the notebook and grade show {asked.id} help on.",
            ja=f"{asked.lesson} の解答は表示できません。ノートブックの hint() と grade show {asked.id} を使ってみましょう。",
        )
    if folder.solution is None:
        raise UsageError(
            "This package holds no answers; they are with your instructor.",
            ja="このパッケージには解答が入っていません。担当の先生に聞いてください。",
        )


def page(asked: Exercise, found: ExerciseReport, language: Language) -> Group:
    """The answer, and what must hold of it, beside what holds of the attempt."""
    from grader.report.terminal import STYLES, SYMBOLS

    lines = Line()
    lines.append(asked.title.in_(language), "bold")
    earned = f"{found.score.earned or 0:g} / {found.score.possible:g}"
    lines.append(say(language, f"   your attempt: {earned}\n", f"   あなたの答案: {earned}\n"))
    for finding in found.findings:
        sign, style = SYMBOLS.get(finding.outcome, "✗"), STYLES.get(finding.outcome, "red")
        lines.append(f"{sign} ", style).append(f"{finding.text.in_(language)}\n")
        if finding.misconception is not None:
            lines.append(f"    {finding.misconception.explanation.in_(language)}\n", "dim")
    more = len(asked.accepted)
    lines.append(
        say(
            language,
            f"\nOne right answer ({more} others are known, and more are right):",
            f"\n正しい解答の一例（ほかにも {more} 通りが登録されていて、それ以外の正解もあります）:",
        )
    )
    return Group(lines, Syntax(code_of(asked, language), "python", background_color="default", word_wrap=True))


def code_of(asked: Exercise, language: Language) -> str:
    """The reference's cells of this exercise, as a notebook with the answers in it shows them."""
    from grader.lessons import source
    from grader.packaging.build import answer as built
    from grader.packaging.code_words import in_words, words_of

    cells = source.answer_cells(asked.answered_in, asked.id)
    code = "\n\n".join(built(cell.partition("\n")[2].strip("\n"), language, solved=True) for cell in cells)
    return in_words(code, words_of(asked.lesson, language))
