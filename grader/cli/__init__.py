"""The command `grade`: the only room that prints, exits or reads the environment. A file for each family of commands.

Exit codes: 0 everything passed, 1 graded and not everything passed, 2 usage, 3 the grader's own fault or a file that
cannot be read.
"""

from grader.cli import (  # noqa: F401  # each hangs its commands on the group
    answer,
    author,
    batch,
    book,
    book_count,
    book_out,
    doctor,
    grade_file,
    gradescope,
    lesson_author,
    push,
    requests,
    review,
)
from grader.cli.group import main

__all__ = ["main"]
