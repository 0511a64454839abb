"""`grade` itself: a group of commands in which `grade FILE` means `grade file FILE`."""

from __future__ import annotations

import click

import grader
from grader import lesson_folders
from grader.cli.console import never_fail_to_print


class GradeGroup(click.Group):
    """`grade FILE` means `grade file FILE`."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands and (not args[0].startswith("-") or len(args) > 1):
            return super().resolve_command(ctx, ["file", *args])
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = {"--help", "--version"}
        if args and args[0].startswith("-") and args[0] not in own:
            args = ["file", *args]
        return super().parse_args(ctx, args)


@click.group(cls=GradeGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(grader.__version__, prog_name="grade")
def main() -> None:
    """Grade deep-learning notebooks and name the mistake.

    \b
    grade submit.ipynb        grade a notebook
    grade batch FOLDER        grade a class
    grade book list           what the gradebook holds
    grade new LESSON          start an exercise
    grade list                what there is
    grade author new NAME     write a lesson of your own
    """
    never_fail_to_print()
    lesson_folders.use_only()
