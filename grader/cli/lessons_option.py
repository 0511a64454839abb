"""--lessons DIR, GRADE_LESSONS and the key `lessons` of class.toml: lessons that did not come with the package."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from grader import lesson_folders
from grader.errors import GraderError, UsageError
from grader.lesson_folders import VARIABLE


class LessonFolderType(click.Path):
    """A folder of lessons. `use` searches it, before names of lessons and exercises are looked at."""

    def __init__(self) -> None:
        super().__init__(path_type=Path, file_okay=False)

    def use(self, folder: Path) -> Path:
        lesson_folders.use(folder)
        return folder


def lessons_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--lessons",
        "lessons",
        type=LessonFolderType(),
        multiple=True,
        metavar="DIR",
        envvar=VARIABLE,
        is_eager=True,
        expose_value=False,
        callback=chosen,
        help=f"A lesson of your own, or a folder of several; may be repeated. Also: the variable {VARIABLE}.",
    )(command)


def said_by_person(ctx: click.Context, name: str) -> bool:
    """Whether an option stands on the command line or in the environment, which come before class.toml."""
    return ctx.get_parameter_source(name) in (ParameterSource.COMMANDLINE, ParameterSource.ENVIRONMENT)


def chosen(ctx: click.Context, param: click.Parameter, folders: tuple[Path, ...]) -> None:
    """Search these folders, in place of those of class.toml."""
    from grader.cli.console import Exit, language_of_locale

    try:
        use = lesson_folders.use_only if said_by_person(ctx, str(param.name)) else lesson_folders.use
        use(*folders)
        lesson_folders.found()
    except GraderError as error:
        raise Exit(error.in_(language_of_locale()), 2 if isinstance(error, UsageError) else 3) from error


def not_in_what_is_graded(source: Path) -> None:
    """Lessons that lie in what was handed in may be a student's. Raises UsageError."""
    for folder in lesson_folders.chosen():
        if source.is_dir() and folder.is_relative_to(source.resolve()):
            raise UsageError(
                f"The lessons in {folder} lie in what is graded ({source}), so anybody who hands in may have written them. Put the "
                "hand-ins into a folder of their own.",
                ja=f"課題フォルダ {folder} は採点対象のフォルダ（{source}）の中にあり、提出者が書いたものかもしれません。提出物を別の"
                "フォルダに入れてください。",
            )
