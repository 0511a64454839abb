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
from grader import lesson_folders
from grader.lesson_folders import State, files_of, sources

PACKAGE = Path(grader.__file__).resolve().parent
NO_PART = (
    "packaging",
    "authoring",
    "lesson_folders",
    "cli",
    "selfcheck",
    "server",
    "push",
    "__main__.py",
    "report",
    "batch",
    "lessons",
)


def digest(lesson: str | None = None, policy: str = "") -> str:
    """Of the grader with one lesson's solution file and checks; with all there are where no lesson could be told.

    policy: what else decides (options, the seed), as text.
    """
    return digest_at(lesson, policy, lesson_folders.state())


@cache
def digest_at(lesson: str | None, policy: str, _state: State) -> str:
    asked = lesson_folders.found() if lesson is None else lesson_folders.found().keys() & {lesson}
    return over(policy, [*of_grader(), *(path for name in asked for path in files_of(name))])


def versions() -> dict[str, str]:
    """Of the grader's own sources (under the empty name) and of each lesson's: to say which of them is another than before."""
    lessons = {name: over("", list(files_of(name)))[:8] for name in lesson_folders.found()}
    return {"": f"{grader.__version__} ({over('', list(of_grader()))[:8]})", **lessons}


def fingerprint() -> str:
    """The version and a digest over the grader and all lessons, wherever they lie: workers must have the same."""
    return fingerprint_at(lesson_folders.state())


@cache
def fingerprint_at(_state: State) -> str:
    lessons = [path for name in lesson_folders.found() for path in files_of(name)]
    return f"{grader.__version__} ({over('', [*of_grader(), *lessons])[:12]})"


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


def seed_of(batch: int, sha256: str) -> int:
    """The seed of one submission (31 bits): it depends on nothing but the batch's seed and the file."""
    return int.from_bytes(hashlib.sha256(f"{batch}:{sha256}".encode()).digest()[:4]) >> 1
