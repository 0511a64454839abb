"""An assignment as its cells, whatever grader it was written for."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from grader.notebook.read import slug

WORTH = re.compile(r"\([\d. ]+points?\)$")  # ## Part A (2 points)
Kind = Literal["text", "code", "answer", "tests", "manual"]


@dataclass(frozen=True)
class Part:
    """A cell. name: what the other grader calls it; answers have BEGIN SOLUTION in them as ours have.

    question: the one that it belongs to, where that is said; "" where only the order tells. shown: what students see of tests that
    were put into other words. is_task: it says what to do, and what is written stands somewhere behind it.
    """

    kind: Kind
    source: str
    name: str = ""
    points: float = 0.0
    markdown: bool = False
    question: str = ""
    shown: str = ""
    is_task: bool = False


@dataclass
class Question:
    """An exercise: its answers, and the tests that follow them."""

    id: str
    parts: list[Part] = field(default_factory=list)
    title: str = ""

    def of(self, kind: Kind) -> list[Part]:
        return [part for part in self.parts if part.kind == kind]

    @property
    def names(self) -> tuple[str, ...]:
        """What its answers define at their top."""
        return tuple(dict.fromkeys(name for part in self.of("answer") for name in defined(part.source)))


@dataclass(frozen=True)
class Assignment:
    """questions: in their order; parts: every cell, in the order of the notebook. notes: what could not be taken over."""

    title: str
    parts: tuple[Part, ...]
    questions: tuple[Question, ...]
    notes: tuple[str, ...] = ()

    def question_of(self, part: Part) -> Question | None:
        return next((question for question in self.questions if any(one is part for one in question.parts)), None)

    @property
    def manual(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.kind == "manual")


def defined(source: str) -> Iterator[str]:
    """The names that a cell binds at its top; none where it is no Python."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            bound = (name for target in targets for name in ast.walk(target))
            yield from (name.id for name in bound if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store))


def into_questions(parts: tuple[Part, ...], taken: frozenset[str] = frozenset()) -> tuple[Question, ...]:
    """Answers with the tests that follow them. Answers in a row, without tests between, are one question.

    taken: ids of exercises that there are already.
    """
    found: list[Question] = []
    heading = ""
    for part in parts:
        heading = heading_in(part.source) or heading if part.kind == "text" else heading
        another = bool(found) and bool(part.question) and part.question != found[-1].parts[0].question
        if part.kind == "answer" and (not found or another or found[-1].of("tests")) and not is_told(part, found):
            found.append(Question(unused(part, found, taken), title=part.question or heading))
        if part.kind == "tests" and (not found or another):
            found.append(Question(unused(part, found, taken), title=part.question or heading))
        if part.kind in ("answer", "tests"):
            found[-1].parts.append(part)
    return tuple(question for question in found if question.of("tests"))


def is_told(part: Part, found: list[Question]) -> bool:
    """Whether a cell says that it belongs to the question before it."""
    return bool(found) and bool(part.question) and part.question == found[-1].parts[0].question


def titled(parts: tuple[Part, ...], path: Path) -> str:
    """The first heading of the first level (`# Problem set 1`, and no `## Part A`), or the file's name."""
    texts = "\n".join(part.source for part in parts if part.markdown)
    headings = re.findall(r"(?m)^# (.*)$", texts)
    return headings[0].strip() if headings else path.stem


def unused(part: Part, found: list[Question], taken: frozenset[str]) -> str:
    wanted = slug(next(defined(part.source), part.name) if re.match(r"cell-[0-9a-f]{8}", part.name) else part.name)
    known = {question.id for question in found} | taken
    spare = (f"{wanted}_{number}" for number in range(2, len(known) + 3))
    return wanted if wanted not in known else next(name for name in spare if name not in known)


def heading_in(text: str) -> str:
    """`## Part A (2 points)` -> Part A."""
    for line in reversed(text.splitlines()):
        if line.startswith("#"):
            return WORTH.sub("", line.lstrip("# ").strip()).rstrip()
    return ""
