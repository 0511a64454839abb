"""Exceptions of the student's code, as plain descriptions: type, message, and the innermost line of the student's own."""

from __future__ import annotations

import dis
import importlib.util
import linecache
import os
import sysconfig
import traceback
from typing import Any

from . import namespace
from .codec import TooLarge
from .namespace import LENT


def fault_of(error: BaseException) -> dict[str, Any]:
    """What a person needs to know of an exception: type, message, and the innermost line of the student's own."""
    if isinstance(error, TooLarge):
        return {"type": "TooLarge", "message": str(error), "kind": "raised"}
    kind = "missing" if is_missing(error) else "raised"
    if isinstance(error, MemoryError) or "can't allocate memory" in str(error)[:2000]:
        kind = "memory"
    fault: dict[str, Any] = {"type": type(error).__name__[:80], "message": str(error)[:500], "kind": kind}
    for frame, line in reversed(list(traceback.walk_tb(error.__traceback__))):
        code = frame.f_code
        source = linecache.getline(code.co_filename, line or 0).strip()
        if is_cell(code.co_filename) or (source and not is_foreign(code.co_filename)):
            within = code.co_qualname.replace(".<locals>", "")
            fault["place"] = {"source": source[:200], "line": line or 0, "function": within[:80]}
            break
    return fault


def is_cell(filename: str) -> bool:
    return filename.startswith(("<ipython-input", "<cell")) or "ipykernel_" in filename


def is_missing(error: BaseException) -> bool:
    """Whether an exception says that nothing is there: the stub's own `raise NotImplementedError`, or a name that is not.

    torch raises NotImplementedError too, for a type that an operation does not know (`mask & scores`): that is a crash.
    """
    innermost = error.__traceback__
    if innermost is None:
        return False
    while innermost.tb_next is not None:
        innermost = innermost.tb_next
    code = innermost.tb_frame.f_code
    if isinstance(error, NotImplementedError):
        return code.co_code[innermost.tb_lasti] == RAISE and not is_foreign(code.co_filename)
    return type(error) is LookupError and code.co_filename in (namespace.__file__, LENT)


def is_foreign(filename: str) -> bool:
    """Whether code is a library's, or what the judge lent: nobody leaves a blank there."""
    return filename == LENT or filename.startswith((*LIBRARIES, HERE, "<frozen"))


RAISE = dis.opmap["RAISE_VARARGS"]  # what a `raise` statement compiles to


HERE = os.path.dirname(__file__) + os.sep


TORCH = getattr(importlib.util.find_spec("torch"), "submodule_search_locations", None) or []  # wherever it lies
LIBRARIES = tuple(
    {path + os.sep for key in ("stdlib", "platstdlib", "purelib", "platlib") if (path := sysconfig.get_path(key))}
    | {os.path.dirname(place) + os.sep for place in TORCH}
)
