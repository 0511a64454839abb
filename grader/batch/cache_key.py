"""What a grading depends on, as a digest: the same digest and the same submission give the same findings.

It is taken over the sources themselves, so that a check that was changed in a checkout judges anew without anybody
having to remember a version. What only shows, records or queues is left out. Nothing is imported to find out: a batch
in which nothing changed need not wait for torch.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import grader

PACKAGE = Path(grader.__file__).resolve().parent
NO_PART = ("packaging", "cli", "selfcheck", "server", "push", "__main__.py", "report", "batch", "lessons")


@cache
def digest(lesson: str | None = None, policy: str = "") -> str:
    """Of the grader with one lesson's solution file and checks. policy: what else decides (options, the seed), as text."""
    return over(policy, [*of_grader(), *(of_lesson(lesson) if lesson else ())])


@cache
def fingerprint() -> str:
    """The version and a digest over the grader and all its lessons: workers must have the same."""
    lessons = sorted(place.name for place in (PACKAGE / "lessons").iterdir() if (place / "__init__.py").is_file())
    return f"{grader.__version__} ({over('', [*of_grader(), *(f for name in lessons for f in of_lesson(name))])[:12]})"


def over(policy: str, files: list[Path]) -> str:
    total = hashlib.sha256(f"{grader.__version__}\0{policy}".encode())
    for path in files:
        total.update(f"\0{path.name}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def of_grader() -> Iterator[Path]:
    """What all lessons share, in a fixed order."""
    for item in sorted(PACKAGE.iterdir()):
        if item.name not in NO_PART:
            yield from sources(item)
    yield from sorted((PACKAGE / "lessons").glob("*.py"))


def of_lesson(lesson: str) -> Iterator[Path]:
    """A lesson's checks, and its solution file: in a checkout beside the package, else within it."""
    yield from sources(PACKAGE / "lessons" / lesson)
    places = (PACKAGE / "_solutions" / f"{lesson}.py", PACKAGE.parent / "solutions" / f"{lesson}.py")
    yield from (path for path in places if path.is_file())


def sources(place: Path) -> Iterator[Path]:
    if place.is_file():
        yield place
        return
    yield from sorted(f for f in place.rglob("*") if f.is_file() and "__pycache__" not in f.parts)


def seed_of(batch: int, sha256: str) -> int:
    """The seed of one submission (31 bits): it depends on nothing but the batch's seed and the file."""
    return int.from_bytes(hashlib.sha256(f"{batch}:{sha256}".encode()).digest()[:4]) >> 1
