"""Every error the grader raises on purpose.

    GraderError                    anything below; the message is one sentence for a person
    ├── UsageError                 the person asked for something that does not exist        exit 2
    ├── SubmissionError            the file handed in cannot be read as a notebook           exit 3
    ├── DataError                  a data file is missing, cut short or not what it claims   exit 3
    ├── AuthoringError             a lesson contradicts itself (an edit that does not apply) exit 3
    ├── GradebookError             the gradebook is full, locked, read-only, damaged, newer  exit 3
    ├── SandboxError               the sandbox where the student's code runs
    │   ├── SandboxUnavailable     it cannot be had on this machine: our fault              exit 3
    │   └── SandboxDied            the kernel ended in the middle: theirs, see `cause`
    ├── ReplyRefused               a reply from the sandbox is not what was agreed: theirs
    └── Failure                    a check does not hold: theirs, with what was seen and what to try

Ours and theirs never share a type: `SandboxDied`, `ReplyRefused` and `Failure` become findings about the
submission, everything else stops the grading without giving or taking a point.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.model.printable import legible

if TYPE_CHECKING:
    from grader.model import Evidence, Language, Outcome, Text


class GraderError(Exception):
    """Something a person has to know, said in one sentence: `str` has it in English, `in_` in either language."""

    def __init__(self, en: str, ja: str = "") -> None:
        super().__init__(legible(en))  # a file's name may stand in it
        self.ja = legible(ja)

    def in_(self, language: Language) -> str:
        return self.ja if language == "ja" and self.ja else str(self)


class UsageError(GraderError):
    """An exercise, lesson, file or option that does not exist."""


class SubmissionError(GraderError):
    """A file that cannot be read as a notebook, however hard we try."""


class DataError(GraderError):
    """A data file that is missing, cut short or not what it claims to be."""


class AuthoringError(GraderError):
    """A lesson that contradicts itself."""


class GradebookError(GraderError):
    """A gradebook that cannot be read or written now; what was recorded before is safe."""


class SandboxError(GraderError):
    """Something about the sandbox where the student's code runs."""


class SandboxUnavailable(SandboxError):
    """The sandbox cannot be had on this machine."""


class SandboxDied(SandboxError):
    """The kernel, or the branch of it that served one check, ended in the middle.

    `cause` is how it ended, as the finding will say: CRASHED, TIMED_OUT or OUT_OF_MEMORY. by_wall: it was ended though it
    had CPU time left, which a busy machine may have caused.
    """

    def __init__(self, message: str, cause: Outcome, by_wall: bool = False) -> None:
        super().__init__(message)
        self.cause = cause
        self.by_wall = by_wall


class ReplyRefused(GraderError):
    """A reply that breaks the agreement: too big, malformed, or a lie about itself."""


class Failure(GraderError):
    """What a check saw that should not be so.

    rationale: what was seen, with the numbers. help: what to look at next, never the answer itself.
    evidence: the numbers as data, for pictures. misconception: the id of the mistake when the check itself can tell it.
    """

    def __init__(
        self,
        rationale: Text,
        help: Text | None = None,
        evidence: tuple[Evidence, ...] = (),
        misconception: str | None = None,
    ) -> None:
        super().__init__(rationale.en)
        self.rationale = rationale
        self.help = help
        self.evidence = evidence
        self.misconception = misconception


class UnlikeAnyAnswer(Failure):
    """A value that is that of none of the answers which are known to be right."""
