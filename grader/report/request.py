"""A student's question about a mark: the form on the report that makes a file, and the file when it comes back.

Nothing of the file is believed: it is read strictly, bounded and made legible, and whoever takes it in asks the gradebook whether
there is such a hand-in and such a check. It changes no mark; a person reads it and decides.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from markupsafe import Markup

from grader.errors import DataError
from grader.model import Outcome, Report
from grader.model.printable import legible
from grader.report.strict_json import NotThisJson, decoded

FORMAT: Literal["notebook-grader request 1"] = "notebook-grader request 1"
LONGEST = 4000  # characters of a question
MOST_BYTES = 64 << 10  # of a file


class RegradeRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a file says. hand_in: the number of the submission in the gradebook."""

    format: Literal["notebook-grader request 1"]
    hand_in: Annotated[int, msgspec.Meta(ge=1, le=1 << 53)]
    sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    exercise: Annotated[str, msgspec.Meta(max_length=100)]
    check: Annotated[str, msgspec.Meta(max_length=100)]
    words: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST)]


@dataclass(frozen=True)
class RequestForm:
    """What the page needs for it. first: the check that is chosen at the beginning, the first that lost points."""

    format: str
    hand_in: int
    sha256: str
    file: str
    longest: int
    first: tuple[str, str]
    script: Markup
    script_hash: str


def form_of(report: Report, hand_in: int) -> RequestForm:
    script = (files("grader.report") / "templates" / "ask.js").read_text(encoding="utf-8")
    places = [(e.id, f) for e in report.exercises for f in e.findings]
    lost = [(e, f) for e, f in places if f.earned < f.points and f.outcome is not Outcome.MISSING] or places
    return RequestForm(
        format=FORMAT,
        hand_in=hand_in,
        sha256=report.sha256,
        file=f"question-{report.lesson}-{hand_in}.json",
        longest=LONGEST,
        first=(lost[0][0], lost[0][1].check) if lost else ("", ""),
        script=Markup(script),  # our own file
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )


def read(path: Path) -> RegradeRequest:
    """Raises DataError with a sentence for what is no such file."""
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise NotThisJson(f"longer than {MOST_BYTES} bytes")
        found = decoded(content, RegradeRequest)
    except OSError as error:
        raise DataError(
            f"{path.name} cannot be opened: {error.strerror}.", ja=f"{path.name} を開けません（{error.strerror}）。"
        ) from error
    except NotThisJson as error:
        raise DataError(
            f"{path.name} is no question made by a report ({error}); ask for the file that the form made, unchanged.",
            ja=f"{path.name} はレポートのフォームで作られた質問ファイルではありません（{error}）。作られたままのファイルを出してもらってください。",
        ) from error
    return msgspec.structs.replace(found, words=legible(found.words).strip() or "?")
