"""The simplest intake: a folder of notebooks, or of folders with notebooks, one for each student."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from grader.errors import UsageError


@dataclass(frozen=True)
class Handed:
    """One notebook that somebody handed in. when: in UTC. beside: data files of the student's that go with it."""

    student: str
    path: Path
    when: datetime | None = None
    beside: tuple[Path, ...] = ()


def plain(folder: Path) -> list[Handed]:
    """`STUDENT.ipynb` and `STUDENT/anything.ipynb`, by name. Links and hidden files are not followed.

    Raises UsageError where there is no folder, or no notebook in it.
    """
    if not folder.is_dir():
        raise UsageError(f"There is no folder {folder}.")
    found: list[Handed] = []
    for item in seen(folder):
        if item.is_dir():
            found += from_folder(item)
        elif item.suffix == ".ipynb":
            found.append(Handed(item.stem, item, modified(item)))
    if not found:
        raise UsageError(f"There are no notebooks in {folder}: put STUDENT.ipynb or STUDENT/NAME.ipynb there.")
    return found


def from_folder(folder: Path) -> list[Handed]:
    """A student's own folder: its other files are data that the notebooks may read."""
    files = [item for item in seen(folder) if item.is_file()]
    beside = tuple(item for item in files if item.suffix != ".ipynb")
    return [Handed(folder.name, item, modified(item), beside) for item in files if item.suffix == ".ipynb"]


def seen(folder: Path) -> list[Path]:
    return sorted(item for item in folder.iterdir() if not item.name.startswith(".") and not item.is_symlink())


def modified(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
