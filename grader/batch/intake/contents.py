"""What was handed in, as bytes, and the digest by which it is known."""

from __future__ import annotations

import hashlib
from pathlib import Path

from grader.batch.intake.hand_in import Handed

MOST = 101 << 20  # bytes of a notebook: more than can be graded, and enough to be told so
COMPANIONS = 64 << 20  # bytes of data files that go with a notebook


def sha256_of(handed: Handed) -> str:
    """Of what was handed in. A file that cannot be opened has a digest too: of what the system says."""
    try:
        return digest_of(*contents(handed), order(handed))
    except OSError as error:
        return hashlib.sha256(f"unreadable: {error.errno}".encode()).hexdigest()


def order(handed: Handed) -> tuple[str, ...]:
    """The names of the parts, the later one last; empty for one file."""
    return tuple(name for name, _ in handed.parts)


def digest_of(notebook: bytes, files: tuple[tuple[str, bytes], ...], order: tuple[str, ...] = ()) -> str:
    """sha256 of the notebook; where others came with it, of all of them together, and of the order of the parts."""
    own = hashlib.sha256(notebook).hexdigest()
    if not files:
        return own
    parts = [own, *(f"{name}\0{hashlib.sha256(content).hexdigest()}" for name, content in files), *order]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def contents(handed: Handed) -> tuple[bytes, tuple[tuple[str, bytes], ...]]:
    """The notebook or first part, then the other parts, and the data beside them, smallest first, as far as it may go along.

    Raises OSError.
    """
    others = [(name, part(path)) for name, path in handed.parts if path != handed.path]
    left, files = COMPANIONS, []
    for name, path in sorted(handed.beside, key=lambda pair: (pair[1].stat().st_size, pair[0])):
        left -= path.stat().st_size
        if left >= 0:
            files.append((name, path.read_bytes()))
    return part(handed.path), (*others, *files)


def part(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MOST)
