"""What stands on the wire for a value that has no plain form, and what is asked to be made in the sandbox."""

from __future__ import annotations

from typing import Any


class TooLarge(ValueError):
    """A value that does not fit into a reply."""


class Handle:
    """An object that stays in the sandbox; the judge holds its number."""

    def __init__(self, number: int) -> None:
        self.number = number


class Opaque:
    """Something that has no plain form: its type and the beginning of its repr."""

    def __init__(self, type_name: str, text: str) -> None:
        self.type_name = type_name
        self.text = text

    def __repr__(self) -> str:
        return f"<{self.type_name}>"


class Quoted(Opaque):
    """A value that is known by its repr: `Decimal('0.10')`, `datetime.date(2024, 1, 31)`, `<Suit.HEARTS: 1>`, `b'ab'`, `1j`."""

    def __repr__(self) -> str:
        return self.text


class Record(Opaque):
    """A dataclass's fields, by name."""

    def __init__(self, type_name: str, fields: dict[str, Any]) -> None:
        super().__init__(type_name, str(fields)[:200])
        self.fields = fields

    def __repr__(self) -> str:
        return f"{self.type_name.rpartition('.')[2]}({self.text})"


class Members(list[Any]):
    """What is in a set, in a fixed order that means nothing."""


class RemoteExpr:
    """Something that is made in the sandbox, where the request arrives, because it has no plain form.

    `source` is ours and defines `make(*parts)`; without it, `name` is looked up in the student's namespace: a dotted
    name, or an expression of theirs that a cell of theirs holds.
    """

    def __init__(self, source: str = "", parts: tuple[Any, ...] = (), name: str = "") -> None:
        self.source = source
        self.parts = parts
        self.name = name
