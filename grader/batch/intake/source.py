"""A folder or a zip, opened: its files, with what nobody handed in left out."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from grader.batch.intake.hand_in import Member, SourceListing
from grader.batch.intake.unzip import JUNK, unzip
from grader.batch.names import decoded, listed, said
from grader.batch.scratch import scratch
from grader.errors import UsageError

MOST = 200_000  # files; a class of a thousand with whole repositories stays below
DEEPEST = 30


@contextmanager
def opened(source: Path, zone: tzinfo | None = None) -> Iterator[tuple[SourceListing, Path]]:
    """What a source holds, and a private folder that is gone when the block is left, however it is left.

    zone: of the times that say none, None for this machine's.
    Raises UsageError where there is nothing or it cannot be read, SubmissionError for a zip that cannot.
    """
    with scratch() as place:
        private = place / "in"
        private.mkdir(mode=0o700)
        if source.is_dir():
            yield replace(folder(source), zone=zone), private
        elif source.is_file():
            target = private / "all"
            target.mkdir()
            yield replace(unzip(source, target, zone=zone), top=source.stem, zone=zone), private
        else:
            raise UsageError(
                f"There is no folder and no zip {source}.", ja=f"{source} というフォルダも zip もありません。"
            )


def folder(place: Path) -> SourceListing:
    """The files of a folder and of the folders in it. Links are not followed, hidden files are not read."""
    members: list[Member] = []
    clones: dict[str, Path] = {}
    links: list[str] = []
    waiting = [(place, "")]
    while waiting:
        here, prefix = waiting.pop()
        for item in inside(here):
            name = prefix + unicodedata.normalize("NFC", text_of(item.name))
            if item.is_symlink():
                links.append(name)
            elif item.name == ".git" and prefix.count("/") == 1 and item.is_dir(follow_symlinks=False):
                clones[prefix[:-1]] = Path(item.path)
            elif item.name.startswith(".") or item.name in JUNK:
                continue
            elif item.is_dir(follow_symlinks=False):
                if name.count("/") < DEEPEST:
                    waiting.append((Path(item.path), f"{name}/"))
            elif item.is_file(follow_symlinks=False):
                members.append(Member(name, Path(item.path), datetime.fromtimestamp(item.stat().st_mtime, UTC)))
        if len(members) > MOST:
            raise UsageError(
                f"{place} holds more than {MOST} files: name the folder with the hand-ins.",
                ja=f"{place} にはファイルが {MOST} 個より多くあります。提出物のあるフォルダを指定してください。",
            )
    notes = [said("Links are not followed: {names}.", "リンクはたどりません: {names}。", names=listed(sorted(links)))]
    members.sort(key=lambda member: member.name)
    return SourceListing(place.resolve().name, tuple(members), clones, tuple(notes if links else ()))


def text_of(name: str) -> str:
    """A name that is no text to this system, as of a zip from Windows unpacked without care."""
    return name if name.isprintable() else decoded([os.fsencode(name)])[0]


def inside(here: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(here) as found:
            return list(found)
    except OSError as error:
        raise UsageError(
            f"{here} cannot be read: {error.strerror}.", ja=f"{here} を読めません（{error.strerror}）。"
        ) from error
