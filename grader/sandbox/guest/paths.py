"""Paths of another machine: what leads nowhere leads to the file of that name in the working folder.

`/content/drive/My Drive/nlp100/data/train.txt`, `../data/train.txt`, `C:\\Users\\me\\train.txt`: the longest end of
the path that exists below the working folder is meant, often just `train.txt`. What is to be written where there is no
such folder is written into the working folder. A path that leads somewhere is never touched.
"""

from __future__ import annotations

import builtins
import functools
import io
import ntpath
import os
import re
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from .loaded import when_imported

WRITES = re.compile(r"[wax+]")
STAT, HERE = os.stat, os.getcwd  # the real ones


def exists(path: str) -> bool:
    try:
        STAT(path)
    except (OSError, ValueError):
        return False
    return True


def led(path: Any, writing: bool = False) -> Any:
    """Where a path leads. Anything but a path (a descriptor, say) is given back as it is."""
    if not isinstance(path, str | os.PathLike):
        return path
    said = os.fspath(path)
    if not isinstance(said, str) or not said or exists(said):
        return path
    parts = parts_of(said)
    for start in range(len(parts)):
        end = os.path.join(*parts[start:])
        if exists(end) or (writing and exists(os.path.dirname(end) or ".")):
            return end
    return path


def parts_of(path: str) -> list[str]:
    windows = "\\" in path or re.match(r"[A-Za-z]:", path)
    pieces = (ntpath.splitdrive(path)[1].replace("\\", "/") if windows else path).split("/")
    return [piece for piece in pieces if piece not in ("", ".", "..", "~")]


def opening(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def open_(file: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        return function(led(file, bool(WRITES.search(mode)) if isinstance(mode, str) else False), mode, *args, **kwargs)

    return open_


def looking(function: Callable[..., Any], writing: bool = False) -> Callable[..., Any]:
    @functools.wraps(function)
    def look(path: Any = ".", *args: Any, **kwargs: Any) -> Any:
        return function(led(path, writing), *args, **kwargs)

    return look


def staying(function: Callable[..., Any]) -> Callable[..., Any]:
    """`os.chdir` to where there is nothing stays here: all files are here."""

    @functools.wraps(function)
    def change(path: Any) -> None:
        there = led(path)
        if not isinstance(there, str | os.PathLike) or exists(os.fspath(there)):
            function(there)

    return change


def saving(function: Callable[..., Any]) -> Callable[..., Any]:
    """`torch.save`, which opens its file by itself."""

    @functools.wraps(function)
    def save(value: Any, file: Any, *args: Any, **kwargs: Any) -> Any:
        return function(value, led(file, writing=True), *args, **kwargs)

    return save


def lead_home() -> None:
    builtins.open = opening(builtins.open)
    cells = vars(sys.modules["__main__"])
    if "open" in cells:  # IPython gives cells one of their own
        cells["open"] = opening(cells["open"])
    io.open = opening(io.open)
    for name in ("stat", "listdir", "scandir", "access"):
        setattr(os, name, looking(getattr(os, name)))
    for name in ("mkdir", "makedirs"):
        setattr(os, name, looking(getattr(os, name), writing=True))
    os.chdir = staying(os.chdir)
    when_imported("torch", lambda torch: setattr(torch, "save", saving(torch.save)))
    for name in ("loadtxt", "genfromtxt"):
        setattr(np, name, looking(getattr(np, name)))
    when_imported("polars", lead_home_in_polars)


def lead_home_in_polars(polars: Any) -> None:
    """Polars opens files by itself, not through Python."""
    for name in ("read_csv", "scan_csv", "read_ndjson", "read_json", "read_parquet", "scan_parquet"):
        setattr(polars, name, looking(getattr(polars, name)))
