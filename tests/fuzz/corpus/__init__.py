"""Small inputs that are worth keeping: one or two honest ones of each kind, and whatever once broke the law."""

from __future__ import annotations

import struct
from pathlib import Path

from tests.fuzz import strange


def folder(name: str) -> Path:
    return Path(__file__).parent / name


def corpus(name: str) -> list[bytes]:
    """The inputs that are kept for a target, in order of their names."""
    return [path.read_bytes() for path in sorted(folder(name).iterdir())]


def long_ones(name: str) -> list[bytes]:
    """The long texts of `strange`, as this target takes a text."""
    return [DRESSES[name](text) for text in strange.LONG]


def cell(text: str) -> bytes:
    return strange.dumped(
        {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {},
            "cells": [{"cell_type": "code", "metadata": {}, "source": text, "outputs": []}],
        }
    )


def reply(text: str) -> bytes:
    body = strange.dumped(
        {"dict": [["value", {"list": [text, {"dict": [[text, text]]}]}], ["weights", {"dict": [[text, 1]]}]]}
    )
    return struct.pack(">Q", len(body)) + body + b"\x08" + bytes(7) + b"{}      "


DRESSES = {
    "reader": cell,
    "messages": lambda text: b"\n".join(map(strange.dumped, ({"msg_id": "1", "msg_type": "error"}, {}, {}, {"ename": text, "evalue": text, "traceback": [text]}))),
    "replies": reply,
    "survey": lambda text: strange.dumped([{"name": text, "kind": "module", "parameters": [[text, "VAR_KEYWORD", False, text, text]]}]),
    "matching": lambda text: strange.dumped({"cells": [["knock81", text, text]], "rows": "as written", "replies": [{"fault": ["TypeError", text]}, text]}),
    "sources": lambda text: text.encode("utf-8", "replace") + b"\n#!error\n" + text.encode("utf-8", "replace"),
    "intake": lambda text: strange.dumped([[text, ""], ["a/x.ipynb", text]]),
    "renderers": lambda text: strange.dumped({"texts": [text], "numbers": [1.0]}),
    "review": lambda text: strange.dumped({"texts": [text], "numbers": [1.0]}),
}  # fmt: skip
