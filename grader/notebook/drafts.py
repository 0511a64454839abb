"""Earlier programs of one hand-in, whose classes a fuller one defines once more: they are no further answer.

    bigram.py       class BigramLanguageModel(nn.Module): ...        # the lecture's first step
    gpt.py          class BigramLanguageModel(nn.Module): ...        # the same with attention and blocks

Both run in one room, where the later definition would take the earlier one's place, and an exercise that both answer would be taken
from either. A program is a file that no other imports, with those that it imports.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from grader.model import Cell, Lesson, Submission, Text
from grader.model.printable import listed
from grader.notebook.code_patterns import shown_exercises
from grader.notebook.headings import exercises_of_file, heading
from grader.notebook.sections import in_series
from grader.notebook.several_answers import imported_files
from grader.notebook.syntax import parse_python

ASIDE = re.compile(r"(?i)(?:^|[_\W])(?:old|bak|backup|draft|copy|v\d)(?:[_\W]|$)")


@dataclass(frozen=True)
class Program:
    """A file with those that it imports, the classes that they define, which of these are modules, and the exercises of which something
    stands in them.
    """

    files: tuple[str, ...]
    classes: frozenset[str]
    modules: frozenset[str]
    shown: frozenset[str]

    @property
    def is_put_aside(self) -> bool:
        """Whether its author calls it an earlier one: gpt_old.py"""
        return any(ASIDE.search(PurePosixPath(file).stem) for file in self.files)

    def is_draft_of(self, other: Program) -> bool:
        """Whether this is one module that the other defines again, and the other answers all that this one answers, and more.

        A program of several modules may hold the right ones.
        """
        again = len(self.modules) == 1 and self.modules <= other.classes
        return again and self.shown < other.shown and (self.is_put_aside or not other.is_put_aside)


def without_drafts(submission: Submission, lessons: Sequence[Lesson]) -> Submission:
    """The submission in which the programs are not run of which another is a fuller form.

    None where metadata, headings, numbers of problems or the names of files say what a file answers.
    """
    files: dict[str, list[Cell]] = {}
    for cell in submission.cells:
        files.setdefault(cell.file, []).append(cell)
    numbered = in_series(lessons)
    found_in = [(cell, heading(cell, lessons)) for cell in submission.cells]
    told = any(cell.exercise or (names and cell.kind != "code") or {*names} & numbered for cell, names in found_in)
    if len(files) < 2 or told:
        return submission
    programs = [program(found, files, lessons) for found in programs_of(files)]
    fuller = {p: [other for other in programs if p.is_draft_of(other)] for p in programs}
    drafts = {
        p: max(others, key=lambda other: len(other.shown))
        for p, others in fuller.items()
        if others and not any(exercises_of_file(PurePosixPath(file).stem, lessons) for file in p.files)
    }
    if not drafts:
        return submission
    used = {file for p in programs if p not in drafts for file in p.files}
    idle = {file for draft in drafts for file in draft.files} - used
    cells = (replace(c, kind="raw") if c.file in idle and c.kind == "code" else c for c in submission.cells)
    remarks = tuple(told_of(draft, fuller, [f for f in draft.files if f in idle]) for draft, fuller in drafts.items())
    return replace(submission, cells=tuple(cells), remarks=(*submission.remarks, *remarks))


def programs_of(files: Mapping[str, Sequence[Cell]]) -> list[tuple[str, ...]]:
    """Each file that no other imports, with those that it imports, directly or through others."""
    used = imported_files(files)
    found = []
    for root in files:
        if not any(root in others for others in used.values()):
            reached, waiting = {root}, [root]
            while waiting:
                more = used[waiting.pop()] - reached
                reached |= more
                waiting += sorted(more)
            found.append(tuple(file for file in files if file in reached))
    return found


def program(found: Sequence[str], files: Mapping[str, Sequence[Cell]], lessons: Sequence[Lesson]) -> Program:
    cells = [cell for file in found for cell in files[file]]
    trees = (parse_python(cell.source) for cell in cells if cell.kind == "code")
    nodes = (node for tree in trees if tree is not None for node in tree.body)
    defined = [node for node in nodes if isinstance(node, ast.ClassDef)]
    modules = frozenset(n.name for n in defined if any("Module" in ast.unparse(base) for base in n.bases))
    classes = frozenset(node.name for node in defined)
    return Program(
        tuple(found), classes, modules, frozenset(e for part in lessons for e in shown_exercises(part, cells))
    )


def told_of(draft: Program, fuller: Program, idle: Sequence[str]) -> Text:
    files, whole, names = listed(idle), listed(fuller.files), listed(sorted(draft.classes & fuller.classes))
    return Text(
        en=f"{files} and {whole} define the same classes ({names}). {whole} answers more and is judged; {files} is not run. If it is "
        f"meant, hand it in alone.",
        ja=f"{files} と {whole} は同じクラス（{names}）を定義しています。より多くの問題に答えている {whole} を採点し、{files} は実行していません。"
        f"こちらを採点してほしい場合は、それだけを提出してください。",
    )
