"""`grade gradescope`: the autograder that Gradescope runs."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.batch_settings import check_names
from grader.cli.console import language_of_locale, language_option, say, told, write_bytes
from grader.cli.group import main
from grader.cli.lessons_option import lessons_option
from grader.model import Language


@main.command("gradescope")
@click.argument("lesson")
@lessons_option
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("autograder.zip"),
    show_default=True,
    help="Where to.",
)
@click.option("--only", multiple=True, metavar="EXERCISE", help="Only this exercise; may be repeated.")
@click.option(
    "--no-sandbox", is_flag=True, help="Grade without a jail, which Gradescope's containers usually do not allow."
)
@click.option(
    "--minutes",
    type=click.FloatRange(2, 40),
    default=10.0,
    show_default=True,
    help="What the assignment's settings give a submission; grading ends before that, with a sentence.",
)
@language_option
@told
def gradescope(
    lesson: str, output: Path, only: tuple[str, ...], no_sandbox: bool, minutes: float, lang: Language | None
) -> None:
    """Make the zip that Gradescope takes under Configure Autograder."""
    from grader import lessons
    from grader.packaging.gradescope_zip import pack

    language = lang or language_of_locale()
    check_names(lesson, only)
    found = lessons.lesson(lesson)
    write_bytes(pack(found.id, only, language, sandbox=not no_sandbox, minutes=minutes), output)
    points = sum(exercise.points for exercise in found.exercises if not only or exercise.id in only)
    points += found.notes.points if found.notes and not only else 0.0
    click.echo(
        say(
            language,
            f"{output} is ready for Configure Autograder. Set the assignment's points to {points:g}.",
            f"{output} を作りました。Gradescope の Configure Autograder にアップロードし、配点を {points:g} 点にしてください。",
        )
    )
    click.echo(
        say(
            language,
            f"In the assignment's settings: a container with at least 3 GB of memory, and {minutes:g} minutes.",
            f"課題の設定では、メモリ 3 GB 以上のコンテナと、制限時間 {minutes:g} 分を選んでください。",
        )
    )
    click.echo(
        say(
            language,
            "Without a jail a student's code can read the solutions in the container and write results of its own."
            if no_sandbox
            else "Where Gradescope's container allows no jail, nothing is graded and the result says so; --no-sandbox grades all the same.",
            "隔離なしでは、学生のコードがコンテナ内の解答を読んだり、採点結果を書き換えたりできます。"
            if no_sandbox
            else "コンテナで隔離環境が使えない場合は採点せず、その旨を結果に表示します。それでも採点するには --no-sandbox を付けてください。",
        )
    )
