"""Build both walls once, around nothing, and tell what was in the way: the only honest answer to "would it work?"."""

from __future__ import annotations

import hashlib
import json
import os
import socket
from collections.abc import Iterator
from typing import Any

from . import jail, syscalls

SHOWN = 20  # paths that are told


def main(descriptor: int, request: dict[str, Any]) -> None:
    """Do what the warm process does for a kernel, without torch and ipykernel; send {"error": ...} or {"seen": [...]}.

    seen: of the `answers` of the request (paths), those that can be opened from inside; with `digests` ({file name: sha256
    of each that is not to be seen}) also every file under any path that has such a name and content. The first few of them.
    """
    line = socket.socket(fileno=descriptor)
    try:
        syscalls.unshare(syscalls.CLONE_NEWPID)
        child = os.fork()
        if child == 0:
            build(line, request)
        os.waitpid(child, 0)
    except OSError as error:
        line.send(json.dumps({"error": str(error)}).encode())


def build(line: socket.socket, request: dict[str, Any]) -> None:
    word: dict[str, Any]
    try:
        jail.enter(request)
        jail.lock(request)
        seen = [*filter(opens, request["answers"]), *copies(request["digests"])]
        word = {"seen": seen[:SHOWN]}
    except OSError as error:
        word = {"error": str(error)}
    line.send(json.dumps(word).encode())
    os._exit(0)


def opens(path: str) -> bool:
    try:
        with open(path, "rb"):
            return True
    except OSError:
        return False


def copies(digests: dict[str, list[str]]) -> Iterator[str]:
    """Every file in sight that has one of these names and contents, wherever it lies."""
    for folder, inner, names in os.walk("/") if digests else ():
        inner[:] = [name for name in inner if os.path.join(folder, name) not in ("/proc", "/dev", "/sys")]
        for name in digests.keys() & set(names):
            path = os.path.join(folder, name)
            if opens(path) and digest(path) in digests[name]:
                yield path


def digest(path: str) -> str:
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()
