"""A lent object may stand for one of the student's own, which their other code knows and reads.

    self.fc = nn.Linear(encoder.config.hidden_size, 2)     # their Encoder has a `config`; no fake of ours can

A check that lends a fake says what it stands for. It is asked as it is; where the student's code reads an attribute that the
fake lacks, the check begins again with fakes that have it from an object of the student's own class, made with the same
sizes. Only what the student's class lacks as well is then missing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from grader.checks.exchange import CallFailed, request
from grader.errors import GraderError, ReplyRefused
from grader.matching.payloads.own_part import backed_by
from grader.model import Fault
from grader.sandbox.payload import text_of

if TYPE_CHECKING:
    from grader.checks.module import Module
    from grader.checks.student import Student

LACKS = re.compile(r"'(\w+)' object has no attribute '\w+'")  # 'Simple' object has no attribute 'config'


@dataclass(frozen=True)
class StandsFor:
    """The student's own object that a fake stands for: the class of this name, made with these arguments."""

    name: str
    sizes: dict[str, Any] = field(default_factory=dict)


class OwnPartRead(GraderError):
    """The student's code read an attribute that a fake lacks, and their own object may have."""


def lacked_by(fault: Fault, sources: list[str]) -> bool:
    """Whether this fault says that an object of a class in one of these sources has not what was read."""
    found = LACKS.search(fault.message) if fault.type == "AttributeError" else None
    return found is not None and any(re.search(rf"^class {found[1]}\b", source, re.M) for source in sources)


def back(student: Student, fake: Module, own: StandsFor) -> None:
    """Give a lent object the attributes of the student's own, if that can be made."""
    asked = len(student.exchanges)
    try:
        whole = student.module(own.name, **own.sizes)
        student.exchange(request("define", student, "lent", (fake, whole), {}, source=text_of(backed_by)))
    except (CallFailed, ReplyRefused):
        student.forget(asked)
