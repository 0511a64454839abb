"""`grade author new`, `test`, `build` and `preview`: a lesson of one's own."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import click

from grader import lesson_folders
from grader.cli.author import needs_jupytext, written_notebooks
from grader.cli.console import language_of_locale, language_option, say, told, write
from grader.cli.group import main
from grader.cli.lessons_option import lessons_option
from grader.errors import UsageError
from grader.model import Language

folder_argument = click.argument(
    "folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False), default=Path()
)


@main.group("author")
def author() -> None:
    """Write a lesson of your own: new, test, build, preview, import, export. The guide is docs/authors.md."""


@author.command("new")
@click.argument("folder", metavar="NAME", type=click.Path(path_type=Path))
@click.option("--like", metavar="SAMPLE", help="Begin with a complete lesson: city_rain or softmax_regression.")
@language_option
@told
def author_new(folder: Path, like: str | None, lang: Language | None) -> None:
    """Begin a lesson: a folder that works, with one exercise and comments that teach."""
    from grader.authoring.begin import begin

    language = lang or language_of_locale()
    begin(folder, like)
    for path in sorted(folder.iterdir()):
        click.echo(f"  {path}")
    click.echo(
        say(language, f"Now: grade author test {folder}", f"次は: grade author test {folder}"),
    )
    if find_spec("jupytext") is None:
        click.echo(
            say(
                language,
                "It needs more than is installed here: pip install 'notebook-grader[author]'",
                "そのために必要なものが入っていません: pip install 'notebook-grader[author]'",
            )
        )


@author.command("test")
@folder_argument
@lessons_option
@click.option("--mutants", type=click.FloatRange(0), default=60.0, show_default=True,
              help="Seconds for small changes of each answer, which the checks should notice; 0 for none.")  # fmt: skip
@click.option("--draws", type=click.IntRange(1), default=5, show_default=True,
              help="How often the inputs are drawn anew for each answer and mistake.")  # fmt: skip
@language_option
@told
def author_test(folder: Path, mutants: float, draws: int, lang: Language | None) -> None:
    """Put a lesson to every demand: right answers pass, mistakes are named, every check can fail, and more."""
    needs_jupytext()
    from grader import lessons
    from grader.authoring.trial import try_lesson

    language = lang or language_of_locale()
    lesson_folders.use(folder)
    lessons.catalogue()
    count = 0
    for found in lesson_folders.lessons_of(folder):
        for demand in try_lesson(found, lessons.lesson(found.id), mutants, draws):
            bad = [fault for fault in demand.faults if fault.mends]
            count += len(bad)
            sign = say(language, "no", "×") if bad else say(language, "ok", "○")
            click.echo(f"{sign}  {demand.where}: {demand.asked.in_(language)}")
            for fault in demand.faults:
                note = "" if fault.mends else say(language, "advice: ", "助言: ")
                click.echo(f"    {fault.file}:{fault.line}: {note}{fault.text.in_(language)}")
    click.echo(
        say(
            language,
            f"{count} {'thing' if count == 1 else 'things'} to mend." if count else "The lesson is ready.",
            f"直すところが {count} 件あります。" if count else "課題の準備ができました。",
        )
    )
    sys.exit(1 if count else 0)


@author.command("build")
@folder_argument
@lessons_option
@language_option
@told
def author_build(folder: Path, lang: Language | None) -> None:
    """Make the students' notebooks of a lesson, in each language that it has."""
    needs_jupytext()
    language = lang or language_of_locale()
    lesson_folders.use(folder)
    for found in lesson_folders.lessons_of(folder):
        for path, text in written_notebooks(found):
            path.parent.mkdir(parents=True, exist_ok=True)
            write(text, path)
            click.echo(say(language, f"wrote {path}", f"{path} を書き出しました"))


@author.command("import")
@click.argument("notebook", type=click.Path(path_type=Path, exists=True))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="The lesson's folder. Default: called after the notebook, here.",
)
@lessons_option
@language_option
@told
def author_import(notebook: Path, output: Path | None, lang: Language | None) -> None:
    """Make a lesson of an assignment for nbgrader (its notebook in source/) or otter (the one for otter assign), or a folder with one."""
    from grader.foreign.lesson_text import write_lesson
    from grader.foreign.readers import read_assignment
    from grader.notebook.read import slug

    language = lang or language_of_locale()
    path = the_notebook(notebook)
    target = output or Path(slug(path.stem))
    taken = frozenset(exercise for folder in lesson_folders.found().values() for exercise in folder.exercises)
    origin, assignment = read_assignment(path, taken)
    for written in write_lesson(assignment, target, origin):
        click.echo(f"  {written}")
    for note in assignment.notes:
        click.echo(say(language, f"Note: {note}", f"注意: {note}"))
    click.echo(
        say(
            language,
            "Its tests run in the student's own process: weaker evidence, and the reports say so. Add mistakes and checks of values.\n"
            f"Now: grade author test {target}",
            "テストは受講者のプロセスの中で動くため、証拠としては弱く、レポートにもそう書きます。間違いや値のチェックを加えていきましょう。\n"
            f"次は: grade author test {target}",
        )
    )


@author.command("export")
@folder_argument
@lessons_option
@click.option(
    "--to", "format_", type=click.Choice(["nbgrader", "otter"]), required=True, help="Whose notebooks to write."
)
@click.option("-o", "--output", type=click.Path(path_type=Path, file_okay=False), default=Path(), show_default="here",
              help="The course's folder: for nbgrader the one that holds source/.")  # fmt: skip
@language_option
@told
def author_export(folder: Path, format_: str, output: Path, lang: Language | None) -> None:
    """Write a lesson's notebook for a course that is run with nbgrader or otter."""
    needs_jupytext()
    from grader.packaging.handouts import handout

    lesson_folders.use(folder)
    language = lang or language_of_locale()
    for found in lesson_folders.lessons_of(folder):
        spoken = language if language in found.languages else found.languages[0]
        for name, text in handout(found.id, spoken, format_).items():
            path = output / name
            require_same(path, text)
            path.parent.mkdir(parents=True, exist_ok=True)
            write(text, path)
            click.echo(f"  {path}")
    click.echo(say(language, *NEXT[format_]))


def require_same(path: Path, text: str) -> None:
    """Raises UsageError where another file is there already: somebody may have worked on it."""
    if path.is_file() and path.read_text(encoding="utf-8") != text:
        raise UsageError(
            f"{path} is already there and says something else. Take it away, or name another folder with -o.",
            ja=f"{path} はすでにあり、内容が違います。移すか、-o で別のフォルダを指定してください。",
        )


NEXT = {
    "nbgrader": (
        "Its test cells ask check(...) where nbgrader runs them, so the lesson has to be installed there: grade release --lessons DIR.\n"
        "Whoever wants to can forge such points. Now: nbgrader generate_assignment",
        "テストのセルは nbgrader が動かす環境で check(...) を呼ぶため、そこに課題のパッケージが必要です: grade release --lessons DIR\n"
        "この点数は偽ることができます。次は: nbgrader generate_assignment",
    ),
    "otter": (
        "Its tests ask check(...) where otter runs them, so the lesson has to be installed there: grade release --lessons DIR.\n"
        "Whoever wants to can forge such points. Hand out the folder; otter generate -t its tests makes the autograder.",
        "テストは otter が動かす環境で check(...) を呼ぶため、そこに課題のパッケージが必要です: grade release --lessons DIR\n"
        "この点数は偽ることができます。フォルダを配り、採点用は otter generate -t で tests フォルダから作れます。",
    ),
}


def the_notebook(place: Path) -> Path:
    """The notebook itself, or the only one in a folder. Raises UsageError."""
    if place.is_file():
        return place
    found = sorted(place.glob("*.ipynb"))
    if len(found) != 1:
        names = ", ".join(path.name for path in found) or "none"
        raise UsageError(
            f"Say which notebook: {place} holds {names}.",
            ja=f"{place} のノートブックは {names} です。1 つを指定してください。",
        )
    return found[0]


@author.command("preview")
@folder_argument
@lessons_option
@click.option(
    "--mistake",
    "mistakes",
    multiple=True,
    metavar="NAME",
    help="Of an exercise; may be repeated. Without any: the solution.",
)
@click.option("--format", "format_", type=click.Choice(["terminal", "json", "html"]), default="terminal", show_default=True,
              help="How the report is written.")  # fmt: skip
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write the report there.")
@language_option
@told
def author_preview(
    folder: Path, mistakes: tuple[str, ...], format_: str, output: Path | None, lang: Language | None
) -> None:
    """Show the report that a student would get who makes these mistakes."""
    needs_jupytext()
    from grader import lessons
    from grader.authoring.preview import report_with
    from grader.cli.grade_file import rendered

    lesson_folders.use(folder)
    found = lesson_folders.lessons_of(folder)
    if len(found) != 1:
        names = ", ".join(str(one.folder) for one in found)
        raise UsageError(
            f"Say which lesson: {folder} holds {names}.",
            ja=f"{folder} には {names} があります。どれか 1 つを指定してください。",
        )
    language = lang or (language_of_locale() if language_of_locale() in found[0].languages else found[0].languages[0])
    report = report_with(lessons.lesson(found[0].id), mistakes, language)
    write(rendered(report, format_, language, to_file=output is not None), output)
