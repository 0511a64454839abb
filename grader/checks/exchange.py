"""A request to the student's code and its reply: the unit that known answers are compared by."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.errors import GraderError
from grader.model import Fault
from grader.sandbox.guest.codec import Handle
from grader.sandbox.guest.tables import Column, Table

if TYPE_CHECKING:
    from torch import Tensor

    from grader.checks.rehearsal import Rehearsal
    from grader.checks.student import Student

View = Callable[[Any], Any]
CHANGEABLE = (list, dict, np.ndarray, Table, Column)  # arguments, besides tensors, that a function can change in place
Desk = Callable[[Any], Any]


class CallFailed(GraderError):
    """The student's code raised, or the name asked for is not there; `fault` says which. given: what it was asked with."""

    def __init__(self, fault: Fault, given: tuple[Any, ...] = ()) -> None:
        super().__init__(fault.words)
        self.fault = fault
        self.given = given

    @property
    def names_a_given_word(self) -> bool:
        """Whether a word of the question itself is what was not found: `KeyError: 'yen'` for the title "yen falls again"."""
        return self.fault.type == "KeyError" and self.fault.message in {repr(word) for word in words_in(self.given)}


@dataclass(frozen=True)
class Exchange:
    """A request and its reply: a canonical value, or the sentence or exception instead of one.

    settled: it makes no difference which of the parameters of one shape is which, so one matching is as good as all.
    raw: the reply itself, where the sentence says why it has no canonical form. kinds: the module that owns each
    parameter of a built object. rehearsal: the same question with other parameters. desk: of a lent object, makes the
    function that answers its questions, anew for each answer that is asked.
    """

    request: dict[str, Any]
    value: Any = None
    refused: str | None = None
    view: View | None = None
    weights: dict[str, Tensor] = field(default_factory=dict)
    settled: bool = False
    raw: Any = None
    kinds: dict[str, str] = field(default_factory=dict)
    rehearsal: Rehearsal | None = None
    desk: Callable[[], Desk] | None = None

    @property
    def builds(self) -> bool:
        """Whether something was made that is kept in the room and known by its number."""
        return self.refused is None and bool(self.request.get("keep") or self.request["op"] == "define")


def names_asked(exchanges: list[Exchange]) -> tuple[str, ...]:
    """The contract's names that were asked for, in this order."""
    targets = (e.request["target"] for e in exchanges if e.request.get("op") != "define")  # that lends a thing of ours
    return tuple(dict.fromkeys(target for target in targets if isinstance(target, str)))


def request(
    op: str, student: Student, target: str | Handle, args: tuple[Any, ...], kwargs: dict[str, Any], **extra: Any
) -> dict[str, Any]:
    """The message of one operation of the agent, with modules as handles. target: a name, or a kept object."""
    return {
        "op": op,
        "section": student.section,
        "target": target,
        "args": tuple(map(lower, args)),
        "kwargs": {name: lower(value) for name, value in kwargs.items()},
        "seed": student.seed,
        **extra,
    }


def lower(value: Any) -> Any:
    """Modules become their handles before they cross the wall."""
    handle = getattr(value, "handle", None)
    if isinstance(handle, Handle):
        return handle
    if isinstance(value, list | tuple):
        return type(value)(lower(item) for item in value)
    return value


def words_in(value: Any) -> Iterator[str]:
    """The words of all texts in the arguments of a question."""
    if isinstance(value, str):
        yield from value.split()
    elif isinstance(value, list | tuple):
        for item in value:
            yield from words_in(item)


def crash_signature(fault: Fault) -> str:
    """The words by which two crashes are the same: half of all mistakes end in some RuntimeError."""
    return f"{fault.type}: {fault.message}"
