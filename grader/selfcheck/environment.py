"""What a notebook's own checks take from the environment, having no command line: the folders of lessons that it names."""

from __future__ import annotations

import os
from pathlib import Path

from grader import lesson_folders


def use_named_lessons() -> None:
    """Search the folders in GRADE_LESSONS, as they are now. Raises GraderError, as `lesson_folders.use`."""
    folders = os.environ.get(lesson_folders.VARIABLE, "").split(os.pathsep)
    lesson_folders.use(*(Path(folder) for folder in folders if folder))
