"""Who of the roster handed in: by number, address, login or name. What only looks alike is told, never taken."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from grader.batch.intake.handed import Handed, Layout, Taken
from grader.batch.intake.names import keys
from grader.batch.intake.roster import Enrolled

ALIKE = 0.8  # of two keys, as difflib counts it
LOOKED_AT = 30
TELLING = 4  # characters from which on a number within a name is a student's number
Signs = Callable[[Mapping[str, str]], set[str]]
Index = Mapping[str, Mapping[str, Enrolled]]


@dataclass(frozen=True)
class Received:
    """What goes into the evening. handed: under the roster's names. roster: None where there is none.

    unknown: who is not in the roster, with who of the roster it may be.
    """

    layout: Layout
    handed: tuple[Handed, ...]
    roster: tuple[Enrolled, ...] | None = None
    unknown: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, taken: Taken, roster: Sequence[Enrolled] | None) -> Received:
        if roster is None:
            return cls(taken.layout, taken.handed)
        handed, unknown = match(taken.handed, roster)
        return cls(taken.layout, handed, tuple(roster), unknown)


def match(
    handed: Sequence[Handed], roster: Sequence[Enrolled]
) -> tuple[tuple[Handed, ...], dict[str, tuple[str, ...]]]:
    """Everybody's notebooks under the roster's names, and who is not in it, with who it may be.

    A name that two of the roster have, and nothing else, matches neither.
    """
    tables = {kind: index(roster, kind) for kind in KINDS}
    students = {one.called: one for one in handed}
    owners = {called: find(one.identity, tables) for called, one in students.items()}
    taken = {entry.student for entry in roster}
    renamed = tuple(known_as(one, owners[one.called], taken) for one in handed)
    strangers = {one.student: one for one in renamed if owners[one.called] is None}
    return renamed, perhaps(strangers, roster)


def known_as(one: Handed, owner: Enrolled | None, taken: set[str]) -> Handed:
    """Nobody unknown goes by the name of somebody of the roster: it would be that student's mark."""
    if owner is not None:
        return replace(one, student=owner.student, identity={**one.identity, **owner.identity})
    return replace(one, student=f"{one.called} (?)") if one.called in taken else one


def index(roster: Sequence[Enrolled], kind: str) -> dict[str, dict[str, Enrolled]]:
    found: dict[str, dict[str, Enrolled]] = {}
    for entry in roster:
        for alias in ({}, *({"name": alias} for alias in entry.alias if kind == "name")):
            for value in KINDS[kind][0]({**entry.identity, **alias}):
                found.setdefault(value, {})[entry.student] = entry
    return found


def find(identity: Mapping[str, str], tables: Mapping[str, Index]) -> Enrolled | None:
    """The one that fits, by the surest sign first. Two that fit equally are none."""
    for kind, table in tables.items():
        fitting = {s: entry for value in KINDS[kind][1](identity) for s, entry in table.get(value, {}).items()}
        if fitting:
            return next(iter(fitting.values())) if len(fitting) == 1 else None
    return None


def flat(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()


def value(name: str) -> Signs:
    """One thing that is known, as it is but for width and case."""
    return lambda identity: {flat(identity[name])} if identity.get(name) else set()


def texts(identity: Mapping[str, str]) -> list[str]:
    """What a hand-in calls its student: the LMS's full name; else whatever the folder or file is called."""
    known = [identity["name"]] if "name" in identity else [identity.get("login", ""), identity.get("folder", "")]
    return [flat(text) for text in known if text]


def handle(identity: Mapping[str, str]) -> set[str]:
    """A login, an address or a number, where a student chose the name of the folder. A full name of an LMS is none of these."""
    return set() if "name" in identity else set(texts(identity))


def numbers(identity: Mapping[str, str]) -> set[str]:
    """The words of what a student is called that may be a student's number, such as `s2100123` in `s2100123_山田`."""
    words = (word for text in texts(identity) for word in re.split(r"[\s_\-()\[\],.:]+", text))
    return handle(identity) | {word for word in words if len(word) >= TELLING and any(c.isdigit() for c in word)}


def local(identity: Mapping[str, str]) -> set[str]:
    return {flat(identity["email"]).partition("@")[0]} if identity.get("email") else set()


def names(identity: Mapping[str, str]) -> set[str]:
    if identity.get("name"):
        return {k for k in keys(identity["name"].replace("_", " ")) if k}
    return {k for text in texts(identity) for k in keys(text.replace("_", " ")) if k}


# How a student of the roster and a hand-in are known; the surest first.
KINDS: Mapping[str, tuple[Signs, Signs]] = {
    "participant": (value("moodle_participant"), value("moodle_participant")),
    "canvas": (value("canvas_user"), value("canvas_user")),
    "id": (value("id"), numbers),
    "email": (value("email"), handle),
    "login": (value("login"), handle),
    "name": (names, names),
    "local": (local, handle),
}


def perhaps(strangers: Mapping[str, Handed], roster: Iterable[Enrolled]) -> dict[str, tuple[str, ...]]:
    """For each stranger who of the roster is called nearly so, the nearest first. For a person to decide.

    Nobody looks through more than a few: where most are strangers, it is the wrong roster.
    """
    known: dict[str, list[str]] = {}
    for entry in roster:
        for spelling in names(entry.identity):
            known.setdefault(spelling, []).append(entry.student)
    found: dict[str, tuple[str, ...]] = {}
    for number, (student, one) in enumerate(strangers.items()):
        spellings = names(one.identity) if number < LOOKED_AT else set()
        near = [n for mine in sorted(spellings) for n in difflib.get_close_matches(mine, known, 4, ALIKE)]
        found[student] = tuple(dict.fromkeys(who for spelling in near for who in known[spelling]))[:3]
    return found
