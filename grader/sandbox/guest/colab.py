"""What Colab has and this sandbox lacks: `google.colab`, somebody at the keyboard, `unzip`.

Stand-ins, run beside the student's code before its first cell.
"""

from __future__ import annotations

import builtins
import getpass
import importlib
import os
import shlex
import sys
import types
import zipfile
from collections.abc import Callable
from typing import Any

MOST_ANSWERS = 20  # then nobody answers any more: a loop that waits for the right word would never end


def google_colab() -> None:
    """`from google.colab import drive, files ...`: mounting makes an empty folder's promise, uploading gives nothing."""
    google = sys.modules.get("google") or types.ModuleType("google")
    parts = {name: types.ModuleType(f"google.colab.{name}") for name in ("drive", "files", "output", "userdata", "auth", "patches", "widgets", "data_table")}  # fmt: skip
    colab = types.ModuleType("google.colab")
    colab.__path__ = []

    def mount(mountpoint: str = "/content/drive", *_args: Any, **_kwargs: Any) -> None:
        print(f"Mounted at {mountpoint} (stand-in: {os.getcwd()})")  # noqa: T201  # what Colab prints, in the cell

    def nothing(*_args: Any, **_kwargs: Any) -> None:
        """Nothing to do: there is no browser."""

    def upload(*_args: Any, **_kwargs: Any) -> dict[str, bytes]:
        return {}

    def word(*_args: Any, **_kwargs: Any) -> str:
        return ""

    stand_ins: dict[str, dict[str, Any]] = {
        "drive": {"mount": mount, "flush_and_unmount": nothing},
        "files": {"upload": upload, "download": nothing, "view": nothing},
        "output": {"clear": nothing, "eval_js": nothing, "enable_custom_widget_manager": nothing, "register_callback": nothing},
        "userdata": {"get": word},
        "auth": {"authenticate_user": nothing},
        "patches": {"cv2_imshow": nothing},
        "data_table": {"enable_dataframe_formatter": nothing, "disable_dataframe_formatter": nothing},
    }  # fmt: skip
    for name, module in parts.items():
        vars(module).update(stand_ins.get(name, {}))
        setattr(colab, name, module)
        sys.modules[module.__name__] = module
    google.colab = colab  # type: ignore[attr-defined]
    sys.modules |= {"google": google, "google.colab": colab}


def nobody_to_ask() -> None:
    """`input()` and `getpass()` get an empty line, as if somebody had only pressed Enter; and no command line."""
    left = [MOST_ANSWERS]

    def answer(prompt: object = "", *_args: Any, **_kwargs: Any) -> str:
        print(prompt)  # noqa: T201  # what a person would have seen, in the cell
        left[0] -= 1
        if left[0] < 0:
            raise EOFError("nobody is here to answer input()")
        return ""

    kernel = getattr(sys.modules["__main__"].__dict__.get("get_ipython", lambda: None)(), "kernel", None)
    if kernel is not None:  # it puts its own `input` in place for each cell
        kernel.raw_input, kernel.getpass = answer, answer
    builtins.input, getpass.getpass = answer, answer
    sys.argv[1:] = []  # what argparse would read is the kernel's own


def exit_ends_the_cell() -> None:
    """`exit()` and `quit()` end what they stand in, as they end a script, and not the kernel that runs all of it."""

    def leave(code: object = None) -> None:
        raise SystemExit(code)

    for names in (vars(builtins), sys.modules["__main__"].__dict__):
        names.update(exit=leave, quit=leave)


def unzip(words: str) -> None:
    """`!unzip`: -d FOLDER is understood, other options change nothing. Only into the working folder."""
    arguments = shlex.split(words)
    folder = "."
    if "-d" in arguments[:-1]:
        place = arguments.index("-d")
        folder = arguments[place + 1]
        del arguments[place : place + 2]
    names = [argument for argument in arguments if not argument.startswith("-")]
    for name in names[:1]:
        try:
            with zipfile.ZipFile(name) as archive:
                archive.extractall(folder)
        except (OSError, zipfile.BadZipFile) as error:
            print(f"unzip: {name}: {error}")  # noqa: T201  # in the cell, as unzip does


def cleaner(module: str, name: str) -> Callable[..., Any]:
    """A function of the student's own that cleans texts; where its file was not handed in, one that leaves them as they are."""

    def as_it_is(text: Any, *_args: Any, **_kwargs: Any) -> Any:
        return text

    try:
        found: Callable[..., Any] = getattr(importlib.import_module(module), name)
    except ModuleNotFoundError:
        return as_it_is
    return found
