"""An assignment as its author keeps it for `otter assign`: raw cells say where a question, its solution and its tests begin and end.

# BEGIN QUESTION        with name, points and manual in YAML below
# BEGIN SOLUTION        cells in which `x = 2 # SOLUTION` and `# BEGIN SOLUTION` mark what students do not get
# BEGIN TESTS           a cell each; what it shows has to be shown again. `# HIDDEN` or a TEST CONFIG in the first lines
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from grader.errors import AuthoringError
from grader.foreign.assignment import Assignment, Part, into_questions, titled
from grader.foreign.blocks import without_blocks
from grader.foreign.nbgrader import MAGIC, opened

RAW = re.compile(r"\A#+ *(ASSIGNMENT CONFIG|(?:BEGIN|END) (?:QUESTION|SOLUTION|TESTS|PROMPT))\b.*\n?", re.IGNORECASE)
CONFIG = re.compile(r'\A\s*""" *# BEGIN TEST CONFIG\n(.*?)""" *# END TEST CONFIG[^\n]*\n?', re.DOTALL)
IS_HIDDEN = re.compile(r"\A\s*#+ *HIDDEN\b[^\n]*\n?", re.IGNORECASE)
PROMPT = re.compile(r'^[ \t]*""" *# BEGIN PROMPT'), re.compile(r'^[ \t]*""";? *# END PROMPT[ \t]*')
IGNORED = re.compile(r"^[ \t]*# BEGIN IGNORE"), re.compile(r"^[ \t]*# END IGNORE[ \t]*")
ONE_LINE = re.compile(r"(?<!#)#+ ?SOLUTION( NO PROMPT)?$")  # x = 2 # SOLUTION
ASSIGNED = re.compile(r"^([\w.\[\], ]*[\w.\[\],]) *=(?!=)")  # x = 2
SHOWN = """import contextlib, io
shown_by_the_test = io.StringIO()
with contextlib.redirect_stdout(shown_by_the_test):
{body}
assert shown_by_the_test.getvalue().strip() == {expected!r}, "it shows " + shown_by_the_test.getvalue().strip()[:200]
"""


@dataclass
class Reading:
    """What is known between two raw cells."""

    config: Mapping[str, Any] = field(default_factory=dict)
    inside: str = ""  # SOLUTION, TESTS, PROMPT
    worth: dict[str, float] = field(default_factory=dict)  # the questions that say so
    parts: list[Part] = field(default_factory=list)

    @property
    def question(self) -> str:
        return str(self.config.get("name", ""))


def read_otter(path: Path, taken: frozenset[str] = frozenset()) -> Assignment:
    """taken: ids of exercises that there are already. Raises AuthoringError for what is no such notebook."""
    reading = Reading()
    for cell in opened(path).cells:
        source = str(cell.source)
        if not source.strip():
            continue
        begins = RAW.match(source) if cell.cell_type == "raw" else None
        if begins:
            turn(reading, begins.group(1).upper(), source[begins.end() :], path)
        elif cell.cell_type != "raw":
            reading.parts += part_of(reading, cell)
    parts = tuple(with_points(reading.parts, reading.worth))
    questions = into_questions(parts, taken)
    if not questions:
        raise AuthoringError(
            f"{path} has no question with tests: otter's own notebook has raw cells that say BEGIN QUESTION and BEGIN TESTS. Import that one.",
            ja=f"{path} にテストの付いた問題がありません。BEGIN QUESTION や BEGIN TESTS の raw セルがある、otter assign 用のノートブックを指定してください。",
        )
    manual = [
        f"{part.name}: {part.points:g} points are a person's, as reading notes"
        for part in parts
        if part.kind == "manual"
    ]
    return Assignment(titled(parts, path), parts, questions, tuple(manual))


def turn(reading: Reading, said: str, below: str, path: Path) -> None:
    """A raw cell: what begins or ends. Raises AuthoringError for YAML that is none."""
    verb, _, what = said.partition(" ")
    if said == "ASSIGNMENT CONFIG":
        return
    reading.inside = what if verb == "BEGIN" and what != "QUESTION" else ""
    if what == "QUESTION":
        reading.config = settings(below, path) if verb == "BEGIN" else {}
        points = reading.config.get("points")
        reading.worth |= {reading.question: float(points)} if isinstance(points, int | float) else {}


def settings(text: str, path: Path) -> Mapping[str, Any]:
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise AuthoringError(
            f"{path}: no YAML: {' '.join(str(error).split())}.", ja=f"{path}: YAML として読めません（{error}）。"
        ) from error
    return found if isinstance(found, dict) else {}


def part_of(reading: Reading, cell: Any) -> Iterator[Part]:
    """The part that a cell is; none for what students of otter do not get either."""
    markdown, source = cell.cell_type == "markdown", str(cell.source)
    name, manual = reading.question, bool(reading.config.get("manual"))
    if reading.inside == "TESTS" and not markdown:
        yield tests_of(reading, cell)
    elif reading.inside == "SOLUTION":
        handed_out = without_blocks(without_blocks(MAGIC.sub(r"\1pass  # \2", source), *PROMPT), *IGNORED)
        solution = source if markdown else with_blanks(handed_out)
        if manual or not markdown:
            yield Part("manual" if manual else "answer", solution, name, 0.0, markdown, name)
    elif reading.inside != "PROMPT":
        text = source if markdown else MAGIC.sub(r"\1pass  # \2", source)
        yield Part("text" if markdown else "code", text, "", 0.0, markdown)


def with_blanks(source: str) -> str:
    """otter's marks as ours: `x = 2 # SOLUTION` is a region whose line is `x = ...` in the students' notebook."""
    lines = []
    for line in source.splitlines():
        found = ONE_LINE.search(line.rstrip())
        code = line[: found.start()].strip() if found else ""
        if not found or not code:
            lines.append(re.sub(r"# (BEGIN|END) SOLUTION NO PROMPT *$", r"# \1 SOLUTION", line))
            continue
        indent, silent = line[: len(line) - len(line.lstrip())], found.group(1)
        target = ASSIGNED.match(code)
        blank = "pass" if silent else f"{target.group(1)} = ..." if target else "..."
        lines += [f"{indent}# BEGIN SOLUTION", f"{indent}{code}  # STUB: {blank}", f"{indent}# END SOLUTION"]
    return "\n".join(lines)


def tests_of(reading: Reading, cell: Any) -> Part:
    source, told = str(cell.source), {}
    config = CONFIG.match(source)
    if config:
        found = yaml.safe_load(config.group(1))
        told, source = (found if isinstance(found, dict) else {}), source[config.end() :]
    hidden = bool(told.get("hidden")) or bool(IS_HIDDEN.match(source))
    source = IS_HIDDEN.sub("", source).strip()
    body = shown_again(source, shown_by(cell)).rstrip()
    marked = f"# BEGIN HIDDEN TESTS\n{body}\n# END HIDDEN TESTS" if hidden else body
    number = 1 + sum(1 for part in reading.parts if part.kind == "tests" and part.question == reading.question)
    name = str(told.get("name") or f"{reading.question}_{number}")
    points = told.get("points")
    worth = float(points) if isinstance(points, int | float) else share(reading, number)
    return Part("tests", marked, name, worth, question=reading.question, shown="" if hidden else source)


def share(reading: Reading, number: int) -> float:
    """What a test is worth that does not say: its entry in the question's list, or -1 for a share of the whole."""
    points = reading.config.get("points")
    return float(points[number - 1]) if isinstance(points, list) and number <= len(points) else -1.0


def with_points(parts: list[Part], worth: Mapping[str, float]) -> Iterator[Part]:
    """The tests of a question that do not say what they are worth share its points; a question that does not say is worth one."""
    read = set[str]()
    for part in parts:
        whole = worth.get(part.question, 1.0)
        if part.kind == "manual" and part.question not in read:
            read.add(part.question)
            yield replace(part, points=whole)
            continue
        if part.kind != "tests" or part.points >= 0:
            yield part
            continue
        mine = [one for one in parts if one.kind == "tests" and one.question == part.question]
        unsaid = sum(one.points < 0 for one in mine)
        left = max(0.0, whole - sum(one.points for one in mine if one.points > 0))
        yield replace(part, points=left / unsaid)


def shown_by(cell: Any) -> str:
    """What the author's cell showed, as text."""
    texts = []
    for output in cell.get("outputs", []):
        plain = output.get("text") or output.get("data", {}).get("text/plain", "")
        texts.append(plain if isinstance(plain, str) else "".join(plain))
    return "\n".join(text.rstrip("\n") for text in texts).strip()


def shown_again(source: str, expected: str) -> str:
    """A test as statements that raise where it shows something else. One of assertions alone stays as it is."""
    if not expected:
        return source
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return source
    last = tree.body[-1] if tree.body else None
    if isinstance(last, ast.Expr):
        if expected == "True" and len(tree.body) == 1:
            return f"assert ({ast.unparse(last.value)}) == True\n"
        told = ast.parse("if (value_of_the_test := ...) is not None:\n    print(repr(value_of_the_test))").body[0]
        assert (
            isinstance(told, ast.If)
            and isinstance(told.test, ast.Compare)
            and isinstance(told.test.left, ast.NamedExpr)
        )
        told.test.left.value = last.value
        tree.body[-1] = told
    body = "\n".join(f"    {line}" for line in ast.unparse(tree).splitlines())
    return SHOWN.format(body=body, expected=expected)
