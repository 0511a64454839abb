"""Who of the roster handed in: by number, address, login or name. What only looks alike is told, never taken."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from grader.batch.intake.hand_in import Handed, TakenIn
from grader.batch.intake.layout_facts import Layout
from grader.batch.intake.roster import Enrolled
from grader.batch.intake.teams import differing, shared, without_team
from grader.batch.names import flat, folded, key, keys
from grader.model import Text

ALIKE = 0.8  # of two keys, as difflib counts it
FEWEST = 4  # characters of a name
LOOKED_AT = 30
TELLING = 4  # characters from which on a number within a name is a student's number
Signs = Callable[[Mapping[str, str]], set[str]]
Index = Mapping[str, Mapping[str, Enrolled]]


@dataclass(frozen=True)
class ClassIntake:
    """What goes into the evening. handed: under the roster's names. roster: None where there is none.

    unknown: who is not in the roster, with who of the roster it may be. notes: what was shared in a group. zone: and empty: as of what was taken in.
    """

    layout: Layout
    handed: tuple[Handed, ...]
    roster: tuple[Enrolled, ...] | None = None
    unknown: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notes: tuple[Text, ...] = ()
    zone: str = ""
    empty: tuple[Handed, ...] = ()

    @classmethod
    def of(cls, taken: TakenIn, roster: Sequence[Enrolled] | None) -> ClassIntake:
        teams = [entry.group for entry in roster or () if entry.group]
        handed, empty = (
            without_team(some, teams) if taken.layout is Layout.MOODLE else some for some in (taken.handed, taken.empty)
        )
        if roster is None:
            return cls(taken.layout, handed, notes=differing(handed, teams), zone=taken.zone, empty=empty)
        handed, unknown = match(handed, roster)
        empty, _ = match(empty, roster)
        found, other = shared(handed, roster), differing(handed, teams)
        return cls(taken.layout, found.handed, tuple(roster), unknown, (*found.notes, *other), taken.zone, empty)


def match(
    handed: Sequence[Handed], roster: Sequence[Enrolled]
) -> tuple[tuple[Handed, ...], dict[str, tuple[str, ...]]]:
    """Everybody's submissions under the roster's names, and who is not in it, with who it may be.

    A name that two of the roster have, and nothing else, matches neither.
    """
    tables = {kind: index(roster, kind) for kind in KINDS}
    students = {one.called: one for one in handed}
    owners = without_rivals({called: find(signed(one), tables) for called, one in students.items()}, students)
    teams = {called: of_team(one, roster) for called, one in students.items() if owners[called] is None}
    taken = {entry.student for entry in roster}
    renamed = tuple(known_as(one, owner, taken) for one in handed for owner in meant(one, owners, teams))
    strangers = {one.student: one for one in renamed if owners[one.called] is None and not teams[one.called]}
    return renamed, perhaps(strangers, roster)


def meant(
    one: Handed, owners: Mapping[str, Enrolled | None], teams: Mapping[str, list[Enrolled]]
) -> Sequence[Enrolled | None]:
    """Whose a hand-in is: one student's, or every member's of a group; [None] for somebody unknown."""
    return teams.get(one.called) or [owners[one.called]]


def without_rivals(owners: dict[str, Enrolled | None], students: Mapping[str, Handed]) -> dict[str, Enrolled | None]:
    """Two people with numbers of their own in the LMS are never one student: where both fit one of the roster, neither does."""
    claims: dict[str, set[str]] = {}
    for called, owner in owners.items():
        number = of_lms(students[called].identity)
        if owner is not None and number:
            claims.setdefault(owner.student, set()).add(number)
    return {called: None if o and len(claims.get(o.student, ())) > 1 and not told_by_number(students[called], o) else o
            for called, o in owners.items()}  # fmt: skip


def of_lms(identity: Mapping[str, str]) -> str:
    return next((f"{k} {identity[k]}" for k in ("moodle_participant", "canvas_user") if identity.get(k)), "")


def told_by_number(one: Handed, owner: Enrolled) -> bool:
    """Whether the roster knows the LMS's number of this hand-in, or an alias that only this one has."""
    number = of_lms(one.identity)
    return number == of_lms(owner.identity) or any(
        key(a) == key(one.called) != key(one.identity.get("name", "")) for a in owner.alias
    )


def signed(one: Handed) -> Mapping[str, str]:
    """Its identity, and what it is called in sentences, which an alias may repeat: `Bo (12)` where two are called Bo."""
    return {**one.identity, "called": one.called}


def of_team(one: Handed, roster: Sequence[Enrolled]) -> list[Enrolled]:
    """The members of the group that a hand-in is called after, as in `team3_55_901_hw.ipynb`."""
    called = {key(text) for text in texts(one.identity)}
    return [entry for entry in roster if entry.group and key(entry.group) in called]


def known_as(one: Handed, owner: Enrolled | None, taken: set[str]) -> Handed:
    """Nobody unknown goes by the name of somebody of the roster: it would be that student's mark."""
    if owner is not None:
        return replace(one, student=owner.student, identity={**one.identity, **owner.identity})
    return replace(one, student=f"{one.called} (?)") if one.called in taken else one


def index(roster: Sequence[Enrolled], kind: str) -> dict[str, dict[str, Enrolled]]:
    found: dict[str, dict[str, Enrolled]] = {}
    for entry in roster:
        spoken = [{"alias": alias} for alias in entry.alias] if kind == "alias" else [entry.identity]
        for known in spoken:
            for value in KINDS[kind][0](known):
                found.setdefault(value, {})[entry.student] = entry
    return found


def find(identity: Mapping[str, str], tables: Mapping[str, Index]) -> Enrolled | None:
    """The one that fits, by the surest sign first. Two that fit equally are none."""
    for kind, table in tables.items():
        fitting = {s: entry for value in KINDS[kind][1](identity) for s, entry in table.get(value, {}).items()}
        if fitting:
            return next(iter(fitting.values())) if len(fitting) == 1 else None
    return None


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


def logins(identity: Mapping[str, str]) -> set[str]:
    """The login as the LMS says it, or the name of a folder that a student chose."""
    return handle(identity) | ({flat(identity["login"])} if identity.get("login") else set())


def longer_logins(identity: Mapping[str, str]) -> set[str]:
    """The logins that may stand in a name of Blackboard or GitHub if everybody's begin alike: `a_berg` of `HW_3_a_berg_attempt_...`
    where all others are `a_` too, and `berg` was read. The login that was read is the shortest that can be."""
    if "name" in identity or not identity.get("login"):
        return set()
    login, whole = flat(identity["login"]), flat(identity.get("folder", "")).partition("_attempt_")[0]
    if not login or not whole.endswith(login):
        return set()
    before = whole.removesuffix(login)
    return {whole[mark.end() :] for mark in re.finditer("[-_]", before) if mark.end() < len(before)}


def numbers(identity: Mapping[str, str]) -> set[str]:
    """The words of what a student is called that may be a student's number, such as `s2100123` in `s2100123_山田`."""
    words = (word for text in texts(identity) for word in re.split(r"[\s_\-()\[\],.:]+", text))
    return logins(identity) | {word for word in words if len(word) >= TELLING and any(c.isdigit() for c in word)}


def bare_numbers(identity: Mapping[str, str]) -> set[str]:
    """Numbers alone, without the zeros before them, which a spreadsheet drops: 007001 and 7001 are one."""
    known = {flat(identity["id"])} if "id" in identity else numbers(identity)
    return {number.lstrip("0") for number in known if number.isdigit() and len(number) >= TELLING}


def local(identity: Mapping[str, str]) -> set[str]:
    return {flat(identity["email"]).partition("@")[0]} if identity.get("email") else set()


def alias(identity: Mapping[str, str]) -> set[str]:
    """What a person wrote into the column alias."""
    return {k for k in keys(identity["alias"].replace("_", " ")) if k}


def spellings(identity: Mapping[str, str]) -> set[str]:
    """Everything a hand-in calls its student, for an alias."""
    called = identity.get("called", "").replace("_", " ")
    return names(identity) | ({k for k in keys(called) if k} if called else set())


def names(identity: Mapping[str, str]) -> set[str]:
    if identity.get("name"):
        return {k for k in keys(identity["name"].replace("_", " ")) if k}
    return {k for text in texts(identity) for k in keys(text.replace("_", " ")) if k}


# How a student of the roster and a hand-in are known; the surest first.
KINDS: Mapping[str, tuple[Signs, Signs]] = {
    "participant": (value("moodle_participant"), value("moodle_participant")),
    "canvas": (value("canvas_user"), value("canvas_user")),
    "id": (value("id"), numbers),
    "number": (bare_numbers, bare_numbers),
    "email": (value("email"), handle),
    "login": (value("login"), logins),
    "longer login": (value("login"), longer_logins),
    "alias": (alias, spellings),
    "name": (names, names),
    "local": (local, handle),
}


def perhaps(strangers: Mapping[str, Handed], roster: Iterable[Enrolled]) -> dict[str, tuple[str, ...]]:
    """For each stranger who of the roster is called nearly so, the nearest first. For a person to decide.

    Nobody looks through more than a few: where most are strangers, it is the wrong roster.
    """
    known: dict[str, list[str]] = {}
    for entry in roster:
        for spelling in map(folded, names(entry.identity)):
            known.setdefault(spelling, []).append(entry.student)
    found: dict[str, tuple[str, ...]] = {}
    for number, (student, one) in enumerate(strangers.items()):
        spellings = set(map(folded, names(one.identity))) if number < LOOKED_AT else set()
        near = [n for mine in sorted(spellings) for n in nearest(mine, known)]
        found[student] = tuple(dict.fromkeys(who for spelling in near for who in known[spelling]))[:3]
    return found


def nearest(mine: str, known: Mapping[str, list[str]]) -> list[str]:
    """The most alike first. Of a name in few characters one may be written in another way: `髙橋一郎` and `高橋一郎`."""
    few = not mine.isascii() and len(mine) >= FEWEST
    return difflib.get_close_matches(mine, known, 4, min(ALIKE, (len(mine) - 1) / len(mine)) if few else ALIKE)
