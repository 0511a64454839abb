"""The student's code made to satisfy an interface: `matching` has how it works, `adapters` the foreign forms that are read."""

from grader.matching.call_convention import CallConvention
from grader.matching.match import Match
from grader.matching.matching import Matching
from grader.matching.overrides import Map, NameOverrides, parse_map, read_map
from grader.matching.refusals import REFUSED, Unresolved, refuses

__all__ = [
    "REFUSED",
    "CallConvention",
    "Map",
    "Match",
    "Matching",
    "NameOverrides",
    "Unresolved",
    "parse_map",
    "read_map",
    "refuses",
]
