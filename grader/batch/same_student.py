"""Who in the gradebook a student is, by number: names change, are spelled anew, or are somebody else's by now.

A number (of the school, of Canvas), an address or a login is one person's; a name is not. So marks follow the number when a roster
has another name for it, and who is in the roster no longer keeps what is theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from grader.batch.gradebook.entries import PER_BATCH
from grader.batch.gradebook.queries import identities
from grader.batch.gradebook.store import Gradebook
from grader.batch.intake.hand_in import Handed
from grader.batch.intake.matching import KINDS, find, index, signed
from grader.batch.intake.roster import Enrolled
from grader.batch.names import flat, key

STRONG = ("id", "canvas_user", "email", "login")  # the surest first
KIND = {"id": "id", "canvas": "canvas_user", "email": "email", "login": "login"}  # of matching.KINDS


def renamed(book: Gradebook, roster: Sequence[Enrolled]) -> dict[str, str]:
    """From the name in the gradebook to the one in the roster, for those whom the roster calls otherwise.

    Somebody else who had that name before, and is in the roster no longer, gets their number behind it.
    """
    known = identities(book)
    tables = {kind: by_value(kind, known) for kind in STRONG}
    owners = {entry.student: owner(entry, tables) for entry in roster}
    names = {old: new for new, old in owners.items() if old is not None and old != new}
    for entry in roster:
        name = entry.student
        if name in known and name not in names and owners[name] != name and another(known[name], entry.identity):
            names[name] = spare(name, known, names)
    unlisted = set(known) - set(owners)
    for entry in roster:  # graded before under a name that a person knows whose it is: `anon_ABcd1` of Canvas
        called = set(map(key, entry.alias))
        for old in sorted(unlisted - set(names)) if called else ():
            if key(old) in called and not another(known[old], entry.identity):
                names[old] = entry.student
    return names


def unveiled(book: Gradebook, handed: Sequence[Handed]) -> dict[str, str]:
    """From the alias that Canvas gave a student to the name, once it shows names: the number of the submission is the same.

    Otherwise everybody would be doubled, and marks by hand would stay with the alias.
    """
    aliases = {
        identity["canvas_submission"]: student
        for student, identity in identities(book).items()
        if "canvas_anonymous" in identity and "canvas_user" not in identity and "canvas_submission" in identity
    }
    named = {one.identity.get("canvas_submission", ""): one.student for one in handed if "canvas_user" in one.identity}
    return {alias: named[number] for number, alias in aliases.items() if number in named}


def nameless(book: Gradebook, batch: int) -> list[str]:
    """Who is known by an alias of Canvas alone, though this batch has names: they handed in again before Canvas showed names, or not
    at all since. Nothing says which of the names is theirs."""
    known = identities(book)
    students = [row["student"] for row in book.rows("SELECT DISTINCT student FROM submissions WHERE batch = ?", batch)]
    if not any("canvas_user" in known.get(student, {}) for student in students):
        return []
    graded = {row["student"] for row in book.rows("SELECT DISTINCT student FROM submissions WHERE file <> ''")}
    return sorted(s for s, i in known.items() if s in graded and "canvas_anonymous" in i and not set(STRONG) & set(i))


def by_value(kind: str, known: Mapping[str, Mapping[str, str]]) -> dict[str, list[str]]:
    """The students of the gradebook by their number, address or login."""
    found: dict[str, list[str]] = {}
    for student, identity in known.items():
        if value := flat(identity.get(kind, "")):
            found.setdefault(value, []).append(student)
    return found


def owner(entry: Enrolled, tables: Mapping[str, Mapping[str, list[str]]]) -> str | None:
    """The student of the gradebook whom the surest thing that the roster says of somebody belongs to."""
    for kind in STRONG:
        found = tables[kind].get(flat(entry.identity.get(kind, "")), [])
        if found:
            return found[0] if len(found) == 1 else entry.student if entry.student in found else None
    return None


def another(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether these are two people: something that one person has is not the same, and nothing of that kind is."""
    both = [(flat(one[kind]), flat(other[kind])) for kind in STRONG if one.get(kind) and other.get(kind)]
    return bool(both) and all(mine != theirs for mine, theirs in both)


def spare(name: str, known: Mapping[str, Mapping[str, str]], names: Mapping[str, str]) -> str:
    number = next((known[name][kind] for kind in STRONG if known[name].get(kind)), "?")
    made = f"{name} ({number})"
    while made in known or made in names.values():
        made += "'"
    return made


def recognised(book: Gradebook, handed: Sequence[Handed], roster: Iterable[Enrolled] | None) -> list[Handed]:
    """The hand-ins of those whom the roster does not have under the names that the gradebook has for them.

    Without a roster, those whom an earlier one had are found as in a roster; anybody else by what is one person's alone.
    """
    listed = {entry.student for entry in roster or ()}
    people = {student: strong(identity) for student, identity in identities(book).items() if student not in listed}
    before = {row["student"] for row in book.rows("SELECT student FROM roster")} if roster is None else set()
    sure = {k: index([Enrolled(s, i) for s, i in people.items()], k) for k in KIND}
    usual = {k: index([Enrolled(s, {"name": s, **i}) for s, i in people.items() if s in before], k) for k in KINDS}
    return [one if one.student in listed | set(people) else known_again(one, sure, usual) for one in handed]


def strong(identity: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in identity.items() if key not in PER_BATCH}


def known_again(one: Handed, *tables: Mapping[str, Mapping[str, Mapping[str, Enrolled]]]) -> Handed:
    found = next((owner for table in tables if (owner := find(signed(one), table)) is not None), None)
    return one if found is None else replace(one, student=found.student, identity={**one.identity, **found.identity})
