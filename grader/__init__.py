"""An autograder for deep-learning notebooks in which the judge never enters the sandbox where the student's code runs."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.selfcheck import check, hint, load_ipython_extension, require_lesson

__version__ = "0.1.0"
__all__ = ["check", "hint", "load_ipython_extension", "require_lesson"]


def __getattr__(name: str) -> Any:
    """`from grader import check, hint`, loaded when asked for: importing the grader alone stays light.

    Where a notebook is being graded no lesson is visible, and stand-ins answer that do nothing.
    """
    if name not in __all__:
        raise AttributeError(f"module 'grader' has no attribute {name!r}")
    graded = "grader_agent" in sys.modules or importlib.util.find_spec("grader.selfcheck") is None
    place = "grader.sandbox.guest.self_check" if graded else "grader.selfcheck"
    return getattr(importlib.import_module(place), name)
