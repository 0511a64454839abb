"""A Python script as the cells of a notebook.

A py:percent file (`# %%`, also the `# In[3]:` of an export) is cut where it says so. Any other script is cut before the
comment lines that announce an exercise, and is one cell where there are none.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise

from grader.model import Cell
from grader.notebook.headings import displayed, normal, numbered
from grader.notebook.pictures import without_pictures
from grader.notebook.syntax import parse_python

PERCENT = re.compile(r"^# ?%%(.*)$|^# In\[[ \d]*\]:\s*$", re.MULTILINE)
OPTION = re.compile(r"(?<!\w)\w+=")  # role="answer" lang="en"
KIND = re.compile(r"\[(\w+)\]\s*(?:\w+=.*)?")  # [markdown] lang="ja"


def cells_of_script(text: str, file: str = "") -> list[Cell]:
    """The cells of a script; none for a file without a line of code."""
    text = without_pictures(text)
    pieces = percent(text) if PERCENT.search(text) else [("code", piece) for piece in sections(text)]
    kept = [(kind, source.strip("\n")) for kind, source in pieces if source.strip()]
    return [
        Cell(index=index, kind="markdown" if kind == "markdown" else "code", source=source, file=file)
        for index, (kind, source) in enumerate(kept)
    ]


def percent(text: str) -> Iterator[tuple[str, str]]:
    """Kind and source of each cell. A title on the `# %%` line becomes the comment that heads its cell."""
    marks = list(PERCENT.finditer(text))
    yield "code", text[: marks[0].start()]
    for mark, after in zip(marks, [*marks[1:], None], strict=True):
        body = text[mark.end() : after.start() if after else len(text)].strip("\n")
        title, kind = titled(mark.group(1) or "")
        if kind in ("markdown", "md"):
            lines = [re.sub(r"^# ?", "", line) for line in body.split("\n")]
            yield "markdown", "\n".join([f"# {title}", *lines] if title else lines)
        elif mark.group().startswith("# In["):
            yield from with_text_behind(body)
        elif kind != "raw":
            yield "code", f"# {title}\n{body}" if title else body


def with_text_behind(body: str) -> Iterator[tuple[str, str]]:
    """A cell of an export, and the text cells that stand behind it as comments: a heading among them is the next one's."""
    lines = body.split("\n")
    end = len(lines)
    while end and (not lines[end - 1].strip() or lines[end - 1].startswith("#")):
        end -= 1
    text = lines[end:]
    if not end or not text or text[0].strip():  # nothing but comments, or a comment on the code above it
        yield "code", body
        return
    yield "code", "\n".join(lines[:end])
    yield "markdown", "\n".join(re.sub(r"^# ?", "", line) for line in text)


def titled(rest: str) -> tuple[str, str]:
    """What stands behind `# %%`: a title and a kind in brackets, both perhaps empty."""
    before, bracket, behind = rest.partition("[")
    option = OPTION.search(before)
    title = re.sub(r"^\W+", "", before[: option.start()] if option else before).strip()
    if option or not bracket:
        return title, ""
    kind = KIND.fullmatch(bracket + behind)
    return (title, kind.group(1).lower()) if kind else ("", "")


def sections(text: str) -> Iterator[str]:
    """The script cut before comments at the margin that announce a problem by its number; where there are none, before what shows one."""
    lines = text.split("\n")
    found = [number for number, line in enumerate(lines) if number and announces(line)]
    starts = [0, *(found or shown_at(lines)), len(lines)]
    for first, last in pairwise(starts):
        yield "\n".join(lines[first:last])


def shown_at(lines: list[str]) -> list[int]:
    """The lines, from 0, at which a script shows the heading of a problem to its reader, where it does so for several."""
    marked = [number for number, line in enumerate(lines) if displayed(line)]
    tree = parse_python("\n".join(lines)) if len(marked) > 1 else None
    statements = (
        {node.lineno - 1 for node in tree.body if isinstance(node, ast.Expr)} if tree is not None else set[int]()
    )
    found = [number for number in marked if number in statements]  # and not within a text of several lines
    return found if len(found) > 1 else []


def announces(line: str) -> bool:
    return line.startswith("#") and not line.startswith("#!") and numbered(normal(line).strip("#=-*~ "))
