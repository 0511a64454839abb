"""When a git clone was last committed to, without trusting anything in its .git.

A repository's own configuration can name programs for git to run, so git never opens it: an empty repository of ours borrows the
clone's objects, and the commit that HEAD points to is looked up by its number. No hook, no configuration, no
working tree of the student's is read. The time in a commit is what the student's computer said.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path

NUMBER = re.compile(r"^[0-9a-f]{40}([0-9a-f]{24})?$")
REFERENCE = re.compile(r"^ref: (refs/[\w./-]+)$")
COMMITTER = re.compile(r"^committer .*> (\d{1,12}) [+-]\d{4}$", re.MULTILINE)
PATIENCE = 10.0
SMALL = 1 << 20


def committed(clone: Path) -> datetime | None:
    """The committer's time of the last commit, in UTC. None where that cannot be read."""
    number, git = head(clone), shutil.which("git")
    if number is None or git is None:
        return None
    with tempfile.TemporaryDirectory(prefix="grade-git-") as ours:
        made = asked([git, "init", "--quiet", "--bare", "--template=", ours], ours)
        if made is None:
            return None
        text = asked([git, f"--git-dir={ours}", "cat-file", "commit", number], ours, clone / "objects")
    found = COMMITTER.search((text or "").partition("\n\n")[0])
    try:
        return datetime.fromtimestamp(int(found[1]), UTC) if found else None
    except (ValueError, OverflowError, OSError):
        return None


def asked(command: list[str], home: str, objects: Path | None = None) -> str | None:
    quiet = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_TERMINAL_PROMPT": "0"}
    environment = {"PATH": os.defpath, "HOME": home, "GIT_NO_REPLACE_OBJECTS": "1", "GIT_NO_LAZY_FETCH": "1", **quiet}
    if objects is not None:
        environment["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = f'"{objects.absolute()}"'
    try:
        done = subprocess.run(command, env=environment, cwd=home, capture_output=True, timeout=PATIENCE, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", "replace")


def head(clone: Path) -> str | None:
    """The number of the commit that is checked out: HEAD, or the branch it names. Links lead nowhere."""
    said = (text_of(clone, "HEAD") or "").strip()
    if NUMBER.match(said):
        return said
    branch = REFERENCE.match(said)
    if branch is None or ".." in branch[1]:
        return None
    loose = (text_of(clone, branch[1]) or "").strip()
    if NUMBER.match(loose):
        return loose
    lines = (line.partition(" ") for line in (text_of(clone, "packed-refs") or "").splitlines())
    return next((number for number, _, name in lines if name == branch[1] and NUMBER.match(number)), None)


def text_of(clone: Path, name: str) -> str | None:
    path = clone / name
    try:
        inside = path.resolve().is_relative_to(clone.resolve()) and path.is_file()
        return path.read_bytes()[:SMALL].decode("utf-8", "replace") if inside and path.stat().st_size <= SMALL else None
    except OSError:
        return None
