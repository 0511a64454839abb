"""Which of a student's files are one submission, and which of several submissions counts.

Files that answer different exercises are parts of one. Where two answer the same exercise, the later one counts: by the LMS's
number of the attempt, else by a time that the layout really has, else by a suffix (`hw-1.ipynb`, `hw (1).ipynb`). Where nothing
tells, the more complete one is proposed, and a person confirms. What leaves blanks never comes before what is answered.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cmp_to_key
from pathlib import Path, PurePosixPath

from grader import lessons
from grader.batch.intake.hand_in import NOTEBOOKS, Member
from grader.errors import GraderError
from grader.notebook import as_code, cut, read
from grader.notebook.gather import natural
from grader.notebook.several_answers import AnswerExtent, answered
from grader.notebook.syntax import parse_python

AGAIN = re.compile(r"^(?P<stem>.+?)(?:-(?P<dash>\d{1,2})| ?\((?P<bracket>\d{1,2})\))$")  # hw-1, hw (1), hw(1)
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class CodeFile:
    """One file of code. lesson: None where nobody can tell. answers: how far it answers which exercises, and with which code."""

    member: Member
    lesson: str | None = None
    answers: Mapping[str, AnswerExtent] = field(default_factory=dict)
    code: Mapping[str, str] = field(default_factory=dict)

    @property
    def script(self) -> bool:
        return self.member.suffix not in NOTEBOOKS

    @property
    def complete(self) -> int:
        return sum(self.answers.values())


@dataclass(frozen=True)
class SubmissionAttempt:
    """Files that are one submission, the later last. doubt: only a proposal, because nothing tells which of two is later.
    helpers: scripts that answer nothing, which others may import."""

    pieces: tuple[CodeFile, ...]
    doubt: bool = False
    helpers: frozenset[Path] = frozenset()


def settled(members: Sequence[Member], lesson: str | None = None) -> list[SubmissionAttempt]:
    """The submissions in a student's files of code; for each lesson the last of them counts. lesson: of files that do not tell."""
    if len(members) < 2:
        return [SubmissionAttempt((CodeFile(member),)) for member in members]
    pieces = [looked_at(member, lesson) for member in members]
    telling = [piece for piece in pieces if not piece.script or piece.answers]
    if not telling:  # scripts in which nothing is known: one submission, as they stand
        return [SubmissionAttempt(tuple(pieces))]
    helpers = frozenset(piece.member.path for piece in pieces if piece not in telling)
    known = sorted({piece.lesson for piece in telling if piece.lesson})
    unknown = [SubmissionAttempt((piece,)) for piece in telling if piece.lesson is None]
    found = unknown + [work for name in known for work in ordered([p for p in telling if p.lesson == name])]
    return [replace(work, helpers=helpers) for work in found]


def looked_at(member: Member, lesson: str | None) -> CodeFile:
    """What a file answers. Of one that cannot be read nothing is known here: whoever grades it says why."""
    try:
        submission = read(member.path, member.base)
        own = submission.lesson if submission.lesson in lessons.names() else lesson
        submission = cut(submission, [lessons.lesson(own)] if own else lessons.catalogue())
    except (GraderError, OSError):
        return CodeFile(member)
    name = own or submission.lesson
    if name is None:
        return CodeFile(member)
    cells = as_code(submission, lessons.lesson(name)).cells
    found = answered(cells, lessons.lesson(name))
    code = {e: plain("\n".join(c.source for c in cells if c.exercise == e and c.kind == "code")) for e in found}
    return CodeFile(member, name, found, code)


def plain(source: str) -> str:
    """Code without comments and layout, where it parses."""
    tree = parse_python(source)
    return source if tree is None else ast.unparse(tree)


def ordered(pieces: list[CodeFile]) -> list[SubmissionAttempt]:
    """The submissions of one lesson, the one that counts last: it takes what it needs, and what is left is an earlier one."""
    left = sorted(pieces, key=lambda piece: natural(piece.member.name))
    found: list[SubmissionAttempt] = []
    while left:
        work = counting(left)
        found.append(work)
        left = [piece for piece in left if piece not in work.pieces]
    return found[::-1]


def counting(pieces: list[CodeFile]) -> SubmissionAttempt:
    """For each exercise the last of the fullest answers. Where nothing is answered, the last file."""
    chosen: list[CodeFile] = []
    doubt = False
    for exercise in dict.fromkeys(e for piece in pieces for e in piece.answers):
        fullest = max(piece.answers.get(exercise, AnswerExtent.NO) for piece in pieces)
        several = [piece for piece in pieces if piece.answers.get(exercise) == fullest]
        best = last(several)
        chosen.append(best)
        doubt = doubt or any(
            not sure(other, best) and other.code[exercise] != best.code[exercise] for other in several if other != best
        )
    taken = [piece for piece in pieces if piece in chosen] or [last(pieces)]
    return SubmissionAttempt(tuple(sorted(taken, key=cmp_to_key(compared))), doubt)


def last(pieces: list[CodeFile]) -> CodeFile:
    best = pieces[0]
    for piece in pieces[1:]:
        if compared(best, piece) <= 0:
            best = piece
    return best


def compared(one: CodeFile, other: CodeFile) -> int:
    """Negative where `one` is the earlier, by evidence; else where it is less complete, or a script beside a notebook."""
    mine, theirs = evidence(one, other)
    if mine == theirs:
        mine, theirs = (one.complete, not one.script), (other.complete, not other.script)
    return (mine > theirs) - (mine < theirs)


def sure(one: CodeFile, other: CodeFile) -> bool:
    """Whether it is known which of the two is the later."""
    mine, theirs = evidence(one, other)
    return mine != theirs


def evidence(one: CodeFile, other: CodeFile) -> tuple[tuple[object, ...], tuple[object, ...]]:
    """What says which is later, the surest first: the attempt's number, the time, and the suffix of one name."""
    stems = suffixed(one.member), suffixed(other.member)
    numbers = (stems[0][1], stems[1][1]) if stems[0][0] == stems[1][0] else (0, 0)
    first, second = (
        (piece.member.attempt or 0, piece.member.when or NEVER, number)
        for piece, number in zip((one, other), numbers, strict=True)
    )
    return first, second


def suffixed(member: Member) -> tuple[str, int]:
    """A name without the number that Canvas or a browser puts behind it, and the number."""
    path = PurePosixPath(member.base)
    match = AGAIN.match(path.stem)
    if match is None:
        return f"{path.stem}{path.suffix}".casefold(), 0
    return f"{match['stem']}{path.suffix}".casefold(), int(match["dash"] or match["bracket"])
