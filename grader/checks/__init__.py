"""The vocabulary that a lesson is written with, in one import.

    from grader.checks import Draw, Failure, Student, Text, check, edit, misconception, properties

check, misconception, accepts, edit, sign declare; Interface, Probe and Trait say what an exercise asks for; a check is handed
a Student and a Draw; properties, compare, normalise, recompute, by_shape and slopes look at what comes back. Table, Column, Figure,
Record and Members are what data frames, series, plots, dataclasses and sets come back as.
"""

from grader.checks import by_shape, compare, normalise, own_scores, properties, recompute, slopes
from grader.checks.answers import Unmatched
from grader.checks.compare import same
from grader.checks.declare import accepts, check, edit, misconception
from grader.checks.draw import Draw
from grader.checks.exchange import CallFailed, Exchange, View, request
from grader.checks.leftovers import tell_leftovers
from grader.checks.module import Module
from grader.checks.own_part import StandsFor
from grader.checks.signs import MODULE, sign, trace
from grader.checks.student import Student
from grader.checks.written_tests import run_tests
from grader.errors import Failure, UnlikeAnyAnswer
from grader.model import Evidence, Interface, Notes, Probe, Text, Trait
from grader.sandbox.guest.codec import Members, Record
from grader.sandbox.guest.figures import Axes, Figure, Mark
from grader.sandbox.guest.tables import Column, Table

__all__ = [
    "MODULE", "Axes", "CallFailed", "Column", "Draw", "Evidence", "Exchange", "Failure", "Figure", "Interface", "Mark", "Members",
    "Module", "Notes", "Probe", "Record", "StandsFor", "Student", "Table", "Text", "Trait", "UnlikeAnyAnswer", "Unmatched", "View", "accepts", "by_shape", "check", "compare", "edit", "misconception",
    "normalise", "own_scores", "properties", "recompute", "request", "run_tests", "same", "sign", "slopes", "tell_leftovers", "trace",
]  # fmt: skip
