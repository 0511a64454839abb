"""Code as tokens in which everything that is changed to disguise a copy looks the same.

Names that a student chose become V, numbers 0, strings S; comments, docstrings, imports, blank lines and indentation are gone. What
stays is how the parts are put together, and the names of a library's own functions, which nobody can rename. A cell that does
not parse gives the tokens of the lines that do.
"""

from __future__ import annotations

import builtins
import io
import keyword
import re
import tokenize
from collections.abc import Iterable, Iterator
from functools import lru_cache

Tokens = tuple[tuple[str, ...], tuple[int, ...]]  # the normalised tokens, and the line (from 1) that each stands in
Raw = tuple[tuple[int, str, int], ...]

MAGIC = re.compile(r"^[ \t]*[%!?].*$", re.MULTILINE)
# Attributes and functions that the student gave a name to: `self.rnn = ...`, `def evaluate`.
CHOSEN = re.compile(r"\.(\w+)\s*(?::[^=\n]+)?=(?!=)|\b(?:def|class)\s+(\w+)")
BUILTINS = frozenset(name for name in dir(builtins) if not name.startswith("_"))
KEPT = (tokenize.NAME, tokenize.NUMBER, tokenize.STRING, tokenize.OP, tokenize.NEWLINE)
FSTRING = getattr(tokenize, "FSTRING_START", -1)  # from Python 3.12 on, an f-string is several tokens


def chosen_names(sources: Iterable[str]) -> frozenset[str]:
    """The attributes and functions that this student named."""
    return frozenset(name for source in sources for pair in CHOSEN.findall(source) for name in pair if name)


def tokens(source: str, own: frozenset[str]) -> Tokens:
    """own: the names that the student chose, over all of the notebook."""
    texts: list[str] = []
    lines: list[int] = []
    for statement in statements(raw(source)):
        if statement[0][1] in ("import", "from") or all(kind == tokenize.STRING for kind, _, _ in statement):
            continue
        before = ""
        for kind, text, line in statement:
            texts.append(normal(kind, text, before, own))
            lines.append(line)
            before = text
        texts.append("\n")
        lines.append(statement[-1][2])
    return tuple(texts), tuple(lines)


def normal(kind: int, text: str, before: str, own: frozenset[str]) -> str:
    if kind == tokenize.NUMBER:
        return "0"
    if kind in (tokenize.STRING, FSTRING):
        return "S"
    if kind != tokenize.NAME or keyword.iskeyword(text):
        return text
    if before == ".":
        return "V" if text in own else text
    return text if text in BUILTINS else "V"


def statements(found: Raw) -> Iterator[list[tuple[int, str, int]]]:
    """The tokens between line ends, without the line ends."""
    statement: list[tuple[int, str, int]] = []
    for token in found:
        if token[0] != tokenize.NEWLINE:
            statement.append(token)
        elif statement:
            yield statement
            statement = []
    if statement:
        yield statement


@lru_cache(maxsize=1 << 14)
def raw(source: str) -> Raw:
    """Kind, text and line of what counts. Most cells of a class are the same ones, so each is read once."""
    python = MAGIC.sub("", source)
    try:
        return tuple(read(python))
    except (tokenize.TokenError, SyntaxError):  # IndentationError is one
        return tuple(by_line(python))


def read(source: str, first: int = 1) -> Iterator[tuple[int, str, int]]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type in (*KEPT, FSTRING):
            yield token.type, token.string, token.start[0] + first - 1


def by_line(source: str) -> Iterator[tuple[int, str, int]]:
    """Line by line, each as far as it can be read."""
    for number, line in enumerate(source.splitlines(), 1):
        try:
            yield from read(line.strip() + "\n", number)
        except (tokenize.TokenError, SyntaxError):
            yield tokenize.NEWLINE, "\n", number
