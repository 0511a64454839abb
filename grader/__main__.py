"""`python -m grader`: the command `grade`, for where scripts are not on the path."""

from grader.cli import main

main(prog_name="grade")
