"""The vocabulary that a lesson is written with, in one import.

    from grader.checks import Draw, Failure, Student, Text, check, edit, misconception, properties

check, misconception, accepts, edit, sign declare; Interface, Probe and Trait say what an exercise asks for; a check is handed
a Student and a Draw; properties, compare, normalise, recompute, by_shape, backward and slopes look at what comes back. Table, Column, Figure,
Record and Members are what data frames, series, plots, dataclasses and sets come back as; Handle names an object that stays in
the room, Opaque one that is only told by its type, and remote asks for one to be made there.

What declares is there at once; what looks at values imports torch, and comes when it is asked for: a lesson can be listed without it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from grader.checks.declare import accepts, check, edit, misconception
from grader.checks.exchange import CallFailed, Exchange, View, request
from grader.checks.signs import MODULE, sign, trace
from grader.errors import Failure, UnlikeAnyAnswer
from grader.model import Evidence, Interface, Notes, Probe, Text, Trait
from grader.sandbox.guest.codec import Handle, Members, Opaque, Record
from grader.sandbox.guest.figures import Axes, Figure, Mark
from grader.sandbox.guest.tables import Column, Table
from grader.sandbox.payload import remote

if TYPE_CHECKING:
    from grader.checks import backward, by_shape, compare, normalise, own_scores, properties, recompute, slopes
    from grader.checks.answers import Unmatched
    from grader.checks.compare import same
    from grader.checks.draw import Draw
    from grader.checks.leftovers import tell_leftovers
    from grader.checks.module import Module, as_written
    from grader.checks.own_part import StandsFor
    from grader.checks.student import Student
    from grader.checks.written_tests import run_tests

__all__ = [
    "MODULE", "Axes", "CallFailed", "Column", "Draw", "Evidence", "Exchange", "Failure", "Figure", "Handle", "Interface", "Mark", "Members",
    "Module", "Notes", "Opaque", "Probe", "Record", "StandsFor", "Student", "Table", "Text", "Trait", "UnlikeAnyAnswer", "Unmatched", "View", "accepts", "as_written", "backward", "by_shape", "check", "compare", "edit", "misconception",
    "normalise", "own_scores", "properties", "recompute", "remote", "request", "run_tests", "same", "sign", "slopes", "tell_leftovers", "trace",
]  # fmt: skip

HOMES = {
    "Draw": "draw", "Module": "module", "StandsFor": "own_part", "Student": "student", "tell_leftovers": "leftovers", "Unmatched": "answers", "run_tests": "written_tests", "same": "compare", "as_written": "module",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """A word that needs torch, or one of the modules beside this file."""
    if name in HOMES:
        return getattr(import_module(f"{__name__}.{HOMES[name]}"), name)
    if name in __all__:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
