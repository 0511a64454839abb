"""Who is meant: a student said by name, number, login, address or alias.

What two students share means neither, and a name that nobody has is answered with the nearest.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Mapping

from grader.batch import aliases
from grader.batch.attendance import enrolled
from grader.batch.gradebook import Gradebook
from grader.batch.intake.names import clean, keys, listed
from grader.batch.standings import identities
from grader.errors import UsageError

SIGNS = ("id", "email", "login", "canvas_user", "moodle_participant")  # the surest first
NEAR = 0.6  # of two names, as difflib counts it


class Known:
    """Everybody in the gradebook and in the roster. also: (student, identity) of those who are about to come in."""

    def __init__(self, book: Gradebook, also: Iterable[tuple[str, Mapping[str, str]]] = ()) -> None:
        self.book = book
        rows = book.rows("SELECT DISTINCT student FROM submissions")
        people: dict[str, dict[str, str]] = {
            student: {} for student in [*enrolled(book), *(r["student"] for r in rows)]
        }
        for student, identity in [*identities(book).items(), *also]:
            people.setdefault(student, {}).update(identity)
        self.people = people
        self.tables: dict[str, dict[str, set[str]]] = {}
        for student, identity in people.items():
            self.put("student", flat(student), student)
            for sign in SIGNS:
                self.put(sign, flat(identity.get(sign, "")), student)
            for name in {student, identity.get("name", "")} - {""}:
                for key in keys(name):
                    self.put("name", key, student)

    def put(self, sign: str, value: str, student: str) -> None:
        if value:
            self.tables.setdefault(sign, {}).setdefault(value, set()).add(student)

    def find(self, said: str) -> str:
        """The one student. Raises UsageError that names those it may be."""
        if found := aliases.behind(self.book, said):
            return found
        for sign in ("student", *SIGNS, "name"):
            table = self.tables.get(sign, {})
            values = keys(said) if sign == "name" else {flat(said)}
            fitting = sorted({student for value in values for student in table.get(value, ())})
            if len(fitting) == 1:
                return fitting[0]
            if fitting:
                raise several(said, fitting)
        raise self.nobody(said)

    def nobody(self, said: str) -> UsageError:
        near = difflib.get_close_matches(said, list(self.people), 3, NEAR)
        perhaps, ja = (f"; perhaps {listed(near)}?", f"（{listed(near)} かもしれません）") if near else ("", "")
        who = clean(said)
        return UsageError(
            f"Nobody in the gradebook or the roster is called {who}{perhaps or '; give a name, number, login or address.'}",
            ja=f"採点簿にも名簿にも {who} はいません{ja}。氏名、学籍番号、ログイン名、メールアドレスのどれかで指定してください。",
        )


def several(said: str, fitting: list[str]) -> UsageError:
    who, names = clean(said), listed(fitting)
    return UsageError(
        f"{who} may be {names}; give the number or the address.",
        ja=f"{who} に当てはまる学生が複数います（{names}）。学籍番号かメールアドレスで指定してください。",
    )


def flat(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()
