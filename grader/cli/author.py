"""`grade new`, `list`, `show` and `build`: the lessons and their notebooks."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from grader.cli.class_file import class_file_option
from grader.cli.console import Exit, language_of_locale, language_option, say, table_console, told, write
from grader.cli.group import main
from grader.cli.lessons_option import lessons_option
from grader.errors import UsageError
from grader.model import Language

if TYPE_CHECKING:
    from grader.lesson_folders import LessonFolder


@main.command("new")
@class_file_option(("lessons",))
@lessons_option
@click.argument("lesson")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Where to. Default: LESSON.ipynb here."
)
@language_option
@told
def new(lesson: str, output: Path | None, lang: Language | None) -> None:
    """Put a lesson's notebook into this folder, ready to be filled in."""
    from grader import lesson_folders, lessons

    lessons.require_lesson(lesson)
    language = lang or language_of_locale()
    target = output or Path(f"{lesson}.ipynb")
    if target.exists():
        raise UsageError(
            f"{target} is already there; name another place with -o, so that nothing of yours is overwritten.",
            ja=f"{target} はすでにあります。上書きしないよう、-o で別の場所を指定してください。",
        )
    built = lesson_folders.found()[lesson].notebook(language)
    if not built.is_file():
        raise UsageError(
            f"The notebook {built} is not there yet: grade author build {built.parents[2]}",
            ja=f"ノートブック {built} がまだありません: grade author build {built.parents[2]}",
        )
    write(built.read_text(encoding="utf-8"), target)
    folder = lesson_folders.found()[lesson]
    again = shlex.join(
        ["grade", str(target), *(["--lessons", str(folder.folder)] if folder in lesson_folders.of_chosen() else [])]
    )
    click.echo(
        say(
            language,
            f"{target} is ready. When you have filled it in: {again}",
            f"{target} を作りました。書き終えたら: {again}",
        )
    )


@main.command("list")
@class_file_option(("lessons",))
@lessons_option
@language_option
@told
def list_(lang: Language | None) -> None:
    """The lessons in the order to learn, how long they take, and their exercises with their points."""
    from grader import lesson_folders, lessons
    from grader.lessons.outline import outlines

    language = lang or language_of_locale()
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column()
    table.add_column(justify="right", no_wrap=True)
    lessons.require_unique_ids()
    for lesson in sorted(lesson_folders.found().values(), key=lambda one: (one.optional, one.order, one.id)):
        title = f"[bold]{lesson.title.in_(language)}[/]"
        table.add_row(f"[bold]{lesson.id}[/]", title, how_long(lesson, language))
        for exercise in outlines(lesson):
            table.add_row(f"  {exercise.id}", exercise.title.in_(language), f"{exercise.points:g}")
    table_console().print(table)


def how_long(folder: LessonFolder, language: Language) -> str:
    """`180-240 min, optional`."""
    said = []
    if folder.minutes:
        first, last = folder.minutes
        span = f"{first}" if first == last else f"{first}-{last}"
        said.append(say(language, f"{span} min", f"{span} 分"))
    if folder.optional:
        said.append(say(language, "optional", "任意"))
    return say(language, ", ", "、").join(said)


@main.command("show")
@class_file_option(("lessons",))
@lessons_option
@click.argument("exercise")
@language_option
@told
def show(exercise: str, lang: Language | None) -> None:
    """What an exercise asks for and what must hold."""
    from grader.lessons.outline import outline_of

    language = lang or language_of_locale()
    found = outline_of(exercise)
    console = Console(highlight=False)
    console.print(f"[bold]{found.title.in_(language)}[/]  ({found.id}, {found.lesson})")
    console.print(say(language, "Asks for: ", "書くもの: ") + ", ".join(found.names))
    for check in found.checks:
        console.print(f"  {check.points:g}  {check.text.in_(language)}")


@main.command("release")
@class_file_option(("lessons",))
@lessons_option
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("release"),
    show_default=True,
    help="The folder that the wheel is put into.",
)
@click.option(
    "--only", multiple=True, metavar="EXERCISE", help="Record the answers of this exercise only; may be repeated."
)
@click.option("--lesson", "chosen", multiple=True, metavar="LESSON",
              help="The same for all of a lesson's exercises. Default: those of --lessons, else every lesson.")  # fmt: skip
@language_option
@told
def release(output: Path, only: tuple[str, ...], chosen: tuple[str, ...], lang: Language | None) -> None:
    """Make the students' package: checks and exercises in a wheel, without the answers."""
    from grader import lesson_folders, lessons
    from grader.packaging.student_package import release as make

    for name in only:
        lessons.exercise(name)
    if not only and not chosen:
        chosen = tuple(folder.id for folder in lesson_folders.of_chosen())
    only += tuple(exercise.id for name in chosen for exercise in lessons.lesson(name).exercises)
    language = lang or language_of_locale()
    path = make(
        output, only, lambda name: click.echo(say(language, f"asking {name}", f"{name} を記録しています"), err=True)
    )
    click.echo(
        say(
            language,
            f"{path} is ready. Students install it with: pip install {path.name}",
            f"{path} を作りました。受講者は pip install {path.name} で導入できます。",
        )
    )
    for folder in lesson_folders.of_chosen():
        click.echo(hand_out(folder, language))


def hand_out(folder: LessonFolder, language: Language) -> str:
    """Which notebooks of a lesson go to the students with the package."""
    if folder.secret:
        return say(
            language,
            f"{folder.id} is left out: its lesson.toml says secret, because its checks hold the answers. Its notebook is handed out without checks.",
            f"{folder.id} は入っていません。lesson.toml に secret とあり、チェックに答えが含まれているためです。ノートブックはチェックなしで配布してください。",
        )
    built = [path for path in dict.fromkeys(map(folder.notebook, folder.languages)) if path.is_file()]
    if not built:
        return say(
            language,
            f"{folder.id} has no notebook to hand out with it yet: grade author build {folder.folder}",
            f"{folder.id} には一緒に配るノートブックがまだありません: grade author build {folder.folder}",
        )
    names = ", ".join(map(str, built))
    return say(language, f"Hand out with it: {names}", f"一緒に配るノートブック: {names}")


@main.command("build")
@lessons_option
@click.option("--check", is_flag=True, help="Write nothing; say whether the notebooks are up to date.")
@language_option
@told
def build(check: bool, lang: Language | None) -> None:
    """Make all lessons' notebooks from their solutions (for authors; needs the extra `author`)."""
    needs_jupytext()
    from grader import lesson_folders

    spoken = lang or language_of_locale()
    stale = []
    for lesson in lesson_folders.found().values():
        for path, text in written_notebooks(lesson):
            if path.is_file() and path.read_text(encoding="utf-8") == text:
                continue
            stale.append(path)
            if not check:
                path.parent.mkdir(parents=True, exist_ok=True)
                write(text, path)
                click.echo(say(spoken, f"wrote {path}", f"{path} を書き出しました"))
    if check and stale:
        names = ", ".join("/".join(path.parts[-2:]) for path in stale)
        raise Exit(
            say(
                spoken,
                f"Not up to date: {names}. Run `grade build`.",
                f"最新ではないノートブックがあります: {names}。`grade build` を実行してください。",
            ),
            1,
        )


def needs_jupytext() -> None:
    """Said beforehand, so that one sentence is the only thing one sees. Raises UsageError."""
    try:
        import jupytext  # noqa: F401
    except ImportError as error:
        raise UsageError(
            "Building needs jupytext: pip install 'notebook-grader[author]'.",
            ja="教材の生成には jupytext が必要です: pip install 'notebook-grader[author]'",
        ) from error


def written_notebooks(lesson: LessonFolder) -> Iterator[tuple[Path, str]]:
    """A lesson's notebooks, and where each of them belongs."""
    from grader.lessons import source
    from grader.packaging.build import build as make

    for language in lesson.languages:
        yield lesson.notebooks / language / f"{lesson.id}.ipynb", make(lesson.id, source.text_of(lesson.id), language)
