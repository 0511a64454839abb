"""Build both walls once, around nothing, and tell what was in the way: the only honest answer to "would it work?"."""

from __future__ import annotations

import json
import os
import socket
from typing import Any

from . import calls, jail


def main(descriptor: int, request: dict[str, Any]) -> None:
    """Do what the warm process does for a kernel, without torch and ipykernel; send {"error": ...} or {"ok": true}."""
    line = socket.socket(fileno=descriptor)
    try:
        calls.unshare(calls.CLONE_NEWPID)
        child = os.fork()
        if child == 0:
            build(line, request)
        os.waitpid(child, 0)
    except OSError as error:
        line.send(json.dumps({"error": str(error)}).encode())


def build(line: socket.socket, request: dict[str, Any]) -> None:
    word: dict[str, Any] = {"ok": True}
    try:
        jail.enter(request)
        jail.lock(request)
    except OSError as error:
        word = {"error": str(error)}
    line.send(json.dumps(word).encode())
    os._exit(0)
