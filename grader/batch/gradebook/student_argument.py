"""Who is meant, in every command: as `whois`, and by alias; a name that nobody has is answered with the nearest."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

from grader.batch.gradebook import aliases
from grader.batch.gradebook.find_student import People, people
from grader.batch.gradebook.store import Gradebook
from grader.batch.names import clean, listed
from grader.errors import UsageError

NEAR = 0.6  # of two names, as difflib counts it


class KnownStudents:
    """Everybody in the gradebook and in the roster. also: (student, identity) of those who are about to come in."""

    def __init__(self, book: Gradebook, also: Iterable[tuple[str, Mapping[str, str]]] = ()) -> None:
        self.book = book
        self.people = people(book)
        for student, identity in also:
            self.people.setdefault(student, {}).update(identity)
        self.there = People(self.people)

    def find(self, said: str) -> str:
        """The one student. Raises UsageError that names those it may be."""
        found = aliases.behind(self.book, said) or self.there.find(said)
        if found is None:
            raise self.nobody(said)
        return found

    def nobody(self, said: str) -> UsageError:
        near = difflib.get_close_matches(said, list(self.people), 3, NEAR)
        perhaps, ja = (f"; perhaps {listed(near)}?", f"（{listed(near)} かもしれません）") if near else ("", "")
        who = clean(said)
        return UsageError(
            f"Nobody in the gradebook or the roster is called {who}{perhaps or '; give a name, number, login or address.'}",
            ja=f"採点簿にも名簿にも {who} はいません{ja}。氏名、学籍番号、ログイン名、メールアドレスのどれかで指定してください。",
        )
