"""The student that a person means: by the name in the gradebook, or by number, login, address or another spelling."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping

from grader.batch.gradebook import Gradebook
from grader.batch.intake.names import keys, listed
from grader.errors import UsageError

# What a person may type, the surest first.
KINDS = ("id", "login", "email", "canvas_user", "moodle_participant", "name")


def who(book: Gradebook, said: str) -> str:
    """The name in the gradebook of whom `said` means; `said` itself where that is nobody.

    Raises UsageError where it may be several.
    """
    known = people(book)
    if said in known:
        return said
    ways: list[Callable[[str, Mapping[str, str]], bool]] = [
        *(lambda _student, identity, kind=kind: flat(identity.get(kind, "")) == flat(said) for kind in KINDS),
        lambda student, identity: bool(keys(said) & (keys(student) | keys(identity.get("name", student)))),
    ]
    for fits in ways:
        found = [student for student, identity in known.items() if said.strip() and fits(student, identity)]
        if len(found) == 1:
            return found[0]
        if found:
            raise UsageError(
                f"{said} may be {listed(found)}; say which, by the name in the gradebook or the number.",
                ja=f"{said} に当てはまる学生が複数います（{listed(found)}）。採点簿の名前か番号で指定してください。",
            )
    return said


def people(book: Gradebook) -> dict[str, dict[str, str]]:
    """Everybody who handed in or is in the roster, and what each is called elsewhere: the latest of each kind."""
    sql = "SELECT student FROM submissions UNION SELECT student FROM roster ORDER BY student"
    found: dict[str, dict[str, str]] = {row["student"]: {} for row in book.rows(sql)}
    for row in book.rows("SELECT student, key, value FROM identities ORDER BY batch"):
        if row["student"] in found:
            found[row["student"]][row["key"]] = row["value"]
    return found


def flat(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()
