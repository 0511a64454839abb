"""`grade new`, `list`, `show` and `build`: the lessons and their notebooks."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from grader.cli.console import Exit, language_of_locale, language_option, say, told, write
from grader.cli.group import main
from grader.errors import UsageError
from grader.model import Language


@main.command("new")
@click.argument("lesson")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Where to. Default: LESSON.ipynb here."
)
@language_option
@told
def new(lesson: str, output: Path | None, lang: Language | None) -> None:
    """Put a lesson's notebook into this folder, ready to be filled in."""
    from grader import lessons
    from grader.lessons import source

    lessons.lesson(lesson)
    language = lang or language_of_locale()
    target = output or Path(f"{lesson}.ipynb")
    if target.exists():
        raise UsageError(
            f"{target} is already there; name another place with -o, so that nothing of yours is overwritten.",
            ja=f"{target} はすでにあります。上書きしないよう、-o で別の場所を指定してください。",
        )
    text = (source.folder("exercises") / language / f"{lesson}.ipynb").read_text(encoding="utf-8")
    write(text, target)
    click.echo(
        say(
            language,
            f"{target} is ready. When you have filled it in: grade {target}",
            f"{target} を作りました。書き終えたら: grade {target}",
        )
    )


@main.command("list")
@language_option
@told
def list_(lang: Language | None) -> None:
    """The lessons and their exercises."""
    from grader.lessons import catalogue

    language = lang or language_of_locale()
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column()
    table.add_column(justify="right", no_wrap=True)
    for lesson in catalogue():
        table.add_row(f"[bold]{lesson.id}[/]", f"[bold]{lesson.title.in_(language)}[/]", "")
        for exercise in lesson.exercises:
            table.add_row(f"  {exercise.id}", exercise.title.in_(language), f"{exercise.points:g}")
    Console().print(table)


@main.command("show")
@click.argument("exercise")
@language_option
@told
def show(exercise: str, lang: Language | None) -> None:
    """What an exercise asks for and what must hold."""
    from grader import lessons

    language = lang or language_of_locale()
    found = lessons.exercise(exercise)
    console = Console(highlight=False)
    console.print(f"[bold]{found.title.in_(language)}[/]  ({found.id}, {found.lesson})")
    console.print(say(language, "Asks for: ", "書くもの: ") + ", ".join(found.names))
    for check in found.checks:
        console.print(f"  {check.points:g}  {check.text.in_(language)}")


@main.command("release")
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
@language_option
@told
def release(output: Path, only: tuple[str, ...], lang: Language | None) -> None:
    """Make the students' package: checks and exercises in a wheel, without the answers."""
    from grader import lessons
    from grader.packaging.student_package import release as make

    for name in only:
        lessons.exercise(name)
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


@main.command("build")
@click.option("--check", is_flag=True, help="Write nothing; say whether the notebooks are up to date.")
@language_option
@told
def build(check: bool, lang: Language | None) -> None:
    """Make exercises/ from solutions/ (for authors; needs the extra `author`)."""
    from grader.lessons import catalogue, source

    try:
        import jupytext  # noqa: F401  # said here, so that the sentence below is the only thing one sees

        from grader.packaging.build import build as make
    except ImportError as error:
        raise UsageError(
            "Building needs jupytext: pip install 'notebook-grader[author]'.",
            ja="教材の生成には jupytext が必要です: pip install 'notebook-grader[author]'",
        ) from error
    spoken = lang or language_of_locale()
    target = source.folder("exercises")
    stale = []
    for lesson in catalogue():
        for language in ("ja", "en"):
            text = make(lesson.id, source.text_of(lesson.id), language)
            path = target / language / f"{lesson.id}.ipynb"
            if path.is_file() and path.read_text(encoding="utf-8") == text:
                continue
            stale.append(path)
            if not check:
                path.parent.mkdir(exist_ok=True)
                write(text, path)
                click.echo(say(spoken, f"wrote {path}", f"{path} を書き出しました"))
    if check and stale:
        names = ", ".join(str(path.relative_to(target)) for path in stale)
        raise Exit(
            say(
                spoken,
                f"Not up to date: {names}. Run `grade build`.",
                f"最新ではないノートブックがあります: {names}。`grade build` を実行してください。",
            ),
            1,
        )
