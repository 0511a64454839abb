"""What was left blank: told apart from what is wrong.

A blank is a placeholder in code (`????`, `____`, `...` as a value), or a definition whose body does nothing (`pass`,
`...`, `raise NotImplementedError`, or a comment that says "write here").
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

from grader.model import Cell
from grader.notebook.syntax import parse_python

# How a blank may look; each is an example for the docs and a case for the tests.
EXAMPLES = (
    "self.rnn = ????", "self.rnn = nn.RNN(??, ??)", "self.rnn = ？？？", "y = ____(x)", "self.rnn = ...",
    "def forward(self, x):\n    pass", "def forward(self, x):\n    ...", "def forward(self, x):\n    raise NotImplementedError",
    "def forward(self, x):\n    # ここに書く\n    return None",
)  # fmt: skip
PLACEHOLDER = re.compile(r"[?？]{2,}|(?<![\w\"'])_{3,}(?!\w)|(?<![\w.])(?:TODO|FIXME|XXXX+)(?![\w:])")
SILENT = {tokenize.STRING, tokenize.COMMENT, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}
HELP = re.compile(r"^\s*(?:\?\??[\w.]+|[\w.]+\?\??)\s*$")  # IPython's `torch.nn.RNN??`
OPENS = re.compile(r"\s*(?:async\s+)?(?:def|class)\s+(\w+)")
BASES = re.compile(r"^class\s+\w+\s*\(([^()\n]{1,200})\)", re.MULTILINE)  # class LayerNorm(Layer):
WRITE_HERE = re.compile(
    r"#[^#\n]*(?:ここに|ここへ|埋め|記述|実装し|write (?:your )?(?:code|answer)|your code|fill|implement|TODO)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Blank:
    """A place to be filled in: the cell's index, the line from 1, the line itself, the definition it stands in."""

    cell: int
    line: int
    source: str
    within: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Blanks:
    """The blanks of a section, what it defines at the margin, and which of its cells (by index) do not parse."""

    found: tuple[Blank, ...] = ()
    defined: frozenset[str] = frozenset()
    unparsed: frozenset[int] = frozenset()


def blanks(cells: Iterable[Cell]) -> list[Blank]:
    return [blank for cell in cells if cell.kind == "code" for blank in in_cell(cell)]


def decisive(section: Blanks, names: Collection[str]) -> Blank | None:
    """The blank because of which an exercise is not answered, if one is. names: what the answer goes by.

    A blank within one of `names` is, and one in a cell that does not parse for it. One elsewhere is only where the section
    defines none of those names: a helper left empty is no reason to call an answer missing.
    """
    for blank in section.found:
        if blank.cell in section.unparsed or set(blank.within) & set(names) or not section.defined & set(names):
            return blank
    return None


def without_abstract(section: Blanks, cells: Iterable[Cell]) -> Blanks:
    """Without the methods that a class leaves to those made of it: `class Layer: def forward(self): pass`, `class Norm(Layer): ...`."""
    listed = (names for cell in cells if cell.kind == "code" for names in BASES.findall(cell.source))
    known = {name.strip() for names in listed for name in names.split(",")}
    left = tuple(blank for blank in section.found if not (len(blank.within) > 1 and blank.within[0] in known))
    return replace(section, found=left)


def definitions(cells: Iterable[Cell]) -> set[str]:
    """The functions and classes at the margin of these cells, also where they do not parse."""
    found = re.compile(r"^(?:async\s+)?(?:def|class)\s+(\w+)", re.MULTILINE)
    return {name for cell in cells if cell.kind == "code" for name in found.findall(cell.source)}


def in_cell(cell: Cell) -> Iterator[Blank]:
    """Placeholders first, then empty definitions and `...` where the cell parses."""
    lines = cell.source.split("\n")
    hidden = silent(cell.source)
    around = scopes(lines)
    seen = set()
    for number, line in enumerate(lines, 1):
        for found in PLACEHOLDER.finditer(line):
            if not HELP.match(line) and not is_hidden((number, found.start()), hidden):
                seen.add(number)
                yield Blank(cell.index, number, line.strip()[:200], around[number - 1])
                break
    for number in empty(cell.source):
        if number not in seen:
            yield Blank(cell.index, number, lines[number - 1].strip()[:200], around[number - 1])


def is_hidden(place: tuple[int, int], spans: list[tuple[tuple[int, int], tuple[int, int]]]) -> bool:
    """Whether a place, (line, column), lies in one of the spans, which are in order and do not overlap."""
    before = bisect_right(spans, place, key=lambda span: span[0])
    return before > 0 and place < spans[before - 1][1]


def silent(source: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Where strings and comments stand, as far as the tokenizer gets."""
    return [(token.start, token.end) for token in tokens(source) if token.type in SILENT]


def tokens(source: str) -> Iterator[tokenize.TokenInfo]:
    with suppress(tokenize.TokenError, SyntaxError):  # a cell that does not parse: what stands before is known
        yield from tokenize.generate_tokens(io.StringIO(source).readline)


def empty(source: str) -> Iterator[int]:
    """The first lines of definitions that do nothing, and the lines of `name = ...`."""
    tree = parse_python(source)
    if tree is None:
        return
    lines = source.split("\n")
    yield from (node.lineno for node in ast.walk(tree) if isinstance(node, ast.stmt | ast.expr) and idle(node, lines))


def idle(node: ast.stmt | ast.expr, lines: list[str]) -> bool:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return idle_function(node, lines)
        case ast.ClassDef():
            return idle_class(node)
        case ast.Assign() | ast.AnnAssign() | ast.Return():
            return is_ellipsis(node.value)
        case ast.Call():
            return any(is_ellipsis(argument) for argument in node.args)
    return False


def idle_function(node: ast.FunctionDef | ast.AsyncFunctionDef, lines: list[str]) -> bool:
    body = [statement for statement in node.body if not is_docstring(statement)]
    returns_nothing = [s for s in body if isinstance(s, ast.Return) and (s.value is None or is_none(s.value))]
    if len(returns_nothing) == len(body) == 1:  # `return None` under "write here"
        return any(WRITE_HERE.search(line) for line in lines[node.lineno - 1 : node.end_lineno])
    return all(does_nothing(statement) for statement in body)


def idle_class(node: ast.ClassDef) -> bool:
    """`class RNN(nn.Module): pass`. An exception or a plain holder may be meant so; a model never is."""
    body = [statement for statement in node.body if not is_docstring(statement)]
    model = any("Module" in ast.unparse(base) for base in node.bases)
    return model and all(does_nothing(statement) for statement in body)


def does_nothing(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Raise):
        return statement.exc is not None and "NotImplemented" in ast.unparse(statement.exc)
    return isinstance(statement, ast.Pass) or (isinstance(statement, ast.Expr) and is_ellipsis(statement.value))


def is_docstring(statement: ast.stmt) -> bool:
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def is_ellipsis(value: ast.expr | None) -> bool:
    return isinstance(value, ast.Constant) and value.value is ...


def is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def scopes(lines: list[str]) -> list[tuple[str, ...]]:
    """The definitions that each line stands in or opens, outermost first: by indentation, since the cell may not parse."""
    found: list[tuple[str, ...]] = []
    open_: list[
        tuple[int, tuple[str, ...]]
    ] = []  # lines above that are further left: how far, and what they stand in or open
    for line in lines:
        if line.strip():
            depth = len(line) - len(line.lstrip())
            while open_ and open_[-1][0] >= depth:
                open_.pop()
            outer = open_[-1][1] if open_ else ()
            name = OPENS.match(line)
            open_.append((depth, (*outer, name.group(1)) if name else outer))
        found.append(open_[-1][1] if open_ else ())
    return found
