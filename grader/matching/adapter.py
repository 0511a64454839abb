"""The shape of an adapter: one foreign form of an answer, and what it may read to propose how that is asked.

The search knows no form by name. It hands every adapter of `ADAPTERS` that serves the interface a query for each candidate,
tries what it proposes, and where no definition answers, asks those of `FINDERS`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

from grader.matching.bind import SignatureParameter, parameters_of
from grader.matching.handed_on import as_made
from grader.matching.match import Match
from grader.matching.overrides import NameOverrides
from grader.matching.source_index import Definition, SourceIndex
from grader.matching.trial import TrialRunner
from grader.model import Interface, Probe

if TYPE_CHECKING:
    from grader.matching import Matching

Row = dict[str, Any]


@dataclass(frozen=True)
class Query:
    """A look for one interface, as an adapter sees it.

    rows: all names of the student's, as the sandbox describes them; row: the one that is to be asked, {} for a finder.
    candidates: the likely ones, best first. other: the same look for the lesson's interface with another probe.
    guess: the best match so far, which no trial has verified.
    """

    interface: Interface
    matching: Matching
    runner: TrialRunner
    rows: list[Row]
    candidates: Callable[[], list[Row]]
    other: Callable[[Probe], Match | None]
    row: Row = field(default_factory=dict)
    guess: Match | None = None

    @property
    def written(self) -> SourceIndex:
        return self.matching.written

    @property
    def section(self) -> str:
        """The exercise that asks."""
        return self.matching.exercise

    @property
    def by_hand(self) -> NameOverrides:
        return self.matching.by_hand

    @property
    def named(self) -> bool:
        """Whether a person says that this definition is the answer, of whatever kind it is."""
        return self.interface.name in self.by_hand.names

    @property
    def name(self) -> str:
        return str(self.row["name"])

    @property
    def kind(self) -> object:
        """Of the definition: "class", "module" (a class of torch's) or "function"."""
        return self.row.get("kind")

    @property
    def defined(self) -> Definition | None:
        return self.written.definition(self.name, self.section)

    @property
    def call(self) -> ast.Call | None:
        """The first call of the definition in the notebook, with what the function around it was handed."""
        section = self.interface.exercise
        calls = self.written.calls(self.name, section)
        return as_made(calls[0], self.written, section) if calls else None

    @property
    def parameters(self) -> list[SignatureParameter]:
        return parameters_of(self.row.get("parameters"), self.call)

    @property
    def base(self) -> Match:
        """The match before anything is known of its arguments; a finder's goes by the interface's own name."""
        wanted = self.interface
        own = self.name if self.row else wanted.name
        kind = wanted.kind if self.row else "function"
        return Match(wanted, own, wanted.roles, (), wanted.defaults, kind=kind)

    def at(self, row: Row) -> Query:
        return replace(self, row=row)


class Adapter(Protocol):
    """A form in which a definition of the student's may answer."""

    def serves(self, interface: Interface) -> bool:
        """Whether the form can answer this interface: by probe, trait or kind."""
        ...

    def reads(self, query: Query) -> bool:
        """Whether the definition is of this form."""
        ...

    def propose(self, query: Query) -> Iterator[Match]:
        """Ways of asking it, likeliest first."""
        ...


@dataclass(frozen=True)
class Finder:
    """A form of answer that is no definition to be called by itself: statements, a loop, a ready-made model, a method.

    find: the matches, already tried, likeliest first. alone: nothing but this form answers these probes.
    beside_map: also asked where a person gave names.
    """

    serves: Callable[[Interface], bool]
    find: Callable[[Query], Iterator[Match]]
    alone: bool = False
    beside_map: bool = False
