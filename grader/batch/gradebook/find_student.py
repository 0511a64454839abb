"""The student that a person means: by the name in the gradebook, or by number, login, address or another spelling."""

from __future__ import annotations

from collections.abc import Mapping

from grader.batch.gradebook.store import Gradebook
from grader.batch.names import clean, flat, keys, listed
from grader.errors import UsageError

# What a person may type, the surest first.
SIGNS = ("id", "login", "email", "canvas_user", "moodle_participant", "name")
SPELLING = "spelling"  # the words of a name in any order


class People:
    """Everybody, and what each is called elsewhere (`entries.IDENTITY`), ready to be asked many times."""

    def __init__(self, people: Mapping[str, Mapping[str, str]]) -> None:
        self.people = people
        self.tables: dict[str, dict[str, set[str]]] = {sign: {} for sign in ("student", *SIGNS, SPELLING)}
        for student, identity in people.items():
            self.put("student", flat(student), student)
            for sign in SIGNS:
                self.put(sign, flat(identity.get(sign, "")), student)
            for name in {student, identity.get("name", "")} - {""}:
                for spelling in keys(name):
                    self.put(SPELLING, spelling, student)

    def put(self, sign: str, value: str, student: str) -> None:
        if value:
            self.tables[sign].setdefault(value, set()).add(student)

    def find(self, said: str) -> str | None:
        """The one student, or None for nobody. Raises UsageError that names those it may be."""
        if said in self.people:
            return said
        for sign, table in self.tables.items():
            values = keys(said) if sign == SPELLING else {flat(said)}
            fitting = sorted({student for value in values for student in table.get(value, ())})
            if len(fitting) == 1:
                return fitting[0]
            if fitting:
                raise several(said, fitting)
        return None


def several(said: str, fitting: list[str]) -> UsageError:
    who, names = clean(said), listed(fitting)
    return UsageError(
        f"{who} may be {names}; say which, by the name in the gradebook, the number or the address.",
        ja=f"{who} に当てはまる学生が複数います（{names}）。採点簿の名前、学籍番号、メールアドレスのどれかで指定してください。",
    )


def who(book: Gradebook, said: str) -> str:
    """The name in the gradebook of whom `said` means; `said` itself where that is nobody.

    Raises UsageError where it may be several.
    """
    return People(people(book)).find(said) or said


def people(book: Gradebook) -> dict[str, dict[str, str]]:
    """Everybody who handed in or is in the roster, and what each is called elsewhere: the latest of each kind."""
    sql = "SELECT student FROM submissions UNION SELECT student FROM roster ORDER BY student"
    found: dict[str, dict[str, str]] = {row["student"]: {} for row in book.rows(sql)}
    for row in book.rows("SELECT student, key, value FROM identities ORDER BY batch"):
        if row["student"] in found:
            found[row["student"]][row["key"]] = row["value"]
    return found
