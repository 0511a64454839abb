"""`grade gradescope`: the autograder that Gradescope runs."""

from __future__ import annotations

from pathlib import Path

import click

from grader.batch.gradebook.course_rules import Show
from grader.cli.batch_settings import asked, check_names, worth_of
from grader.cli.class_file import class_file_option
from grader.cli.console import language_of_locale, language_option, say, told, write_bytes
from grader.cli.group import main
from grader.cli.lessons_option import lessons_option, said_by_person
from grader.cli.worth_options import hide_option, points_option, show_option, weight_option
from grader.errors import UsageError
from grader.model import Language, Lesson

Pairs = tuple[tuple[str, str], ...]


@main.command("gradescope")
@class_file_option(("lessons", "only", "points", "weight", "show", "hide"))
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
@points_option
@weight_option
@show_option
@hide_option
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
@click.pass_context
def gradescope(
    ctx: click.Context,
    lesson: str,
    output: Path,
    only: tuple[str, ...],
    points: Pairs,
    weight: Pairs,
    show: Show,
    hide: tuple[str, ...],
    no_sandbox: bool,
    minutes: float,
    lang: Language | None,
) -> None:
    """Make the zip that Gradescope takes under Configure Autograder."""
    from grader import lessons
    from grader.packaging.gradescope_zip import pack

    language = lang or language_of_locale()
    check_names(lesson, only, hide)
    found = lessons.lesson(lesson)
    only, points, weight, hide = of_this_lesson(ctx, found, only, points, weight, hide)
    worth = worth_of(points, weight, found.id, only)
    write_bytes(pack(found.id, only, language, not no_sandbox, minutes, worth, show, hide), output)
    own = asked(found.id, only).get(found.id, {})
    whole = sum(worth.get(name, most) for name, most in own.items())
    click.echo(
        say(
            language,
            f"{output} is ready for Configure Autograder. Set the assignment's points to {whole:g}.",
            f"{output} を作りました。Gradescope の Configure Autograder にアップロードし、配点を {whole:g} 点にしてください。",
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


def of_this_lesson(
    ctx: click.Context, lesson: Lesson, only: tuple[str, ...], points: Pairs, weight: Pairs, hide: tuple[str, ...]
) -> tuple[tuple[str, ...], Pairs, Pairs, tuple[str, ...]]:
    """A class.toml is for a whole course: what it says of other lessons is none of this zip's, which does not hold them all.

    Raises UsageError where nothing is left to grade.
    """
    from grader import lesson_folders

    parts = {*(exercise.id for exercise in lesson.exercises), *(("notes",) if lesson.notes else ())}
    elsewhere = {"notes", *(name for one in lesson_folders.found().values() for name in one.exercises)} - parts
    here = only if said_by_person(ctx, "only") else tuple(name for name in only if name not in elsewhere)
    if only and not here:
        raise UsageError(
            f"class.toml chooses exercises, and none of them is of {lesson.id}: nothing would be graded.",
            ja=f"class.toml で選ばれている演習に {lesson.id} のものがなく、採点するものがありません。",
        )
    kept = [
        pairs if said_by_person(ctx, name) else tuple(pair for pair in pairs if pair[0] not in elsewhere)
        for name, pairs in (("points", points), ("weight", weight))
    ]
    return here, kept[0], kept[1], tuple(name for name in hide if name.partition(".")[0] not in elsewhere)
