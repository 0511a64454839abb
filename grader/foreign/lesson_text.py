"""An assignment of another grader, written as a lesson: lesson.toml, solution.py, a module an exercise, and the tests as they were."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from grader.errors import UsageError
from grader.foreign.assignment import Assignment, Part, Question
from grader.foreign.blocks import without_blocks
from grader.lesson_folders.read import is_name
from grader.notebook.read import slug

HIDDEN = re.compile(r"^[ \t]*# BEGIN HIDDEN TESTS"), re.compile(r"^[ \t]*# END HIDDEN TESTS[ \t]*")
DOCSTRING = re.compile(
    r'\A\s*(?:"""(.*?)"""|#+[ \t]*(.+?)$)', re.DOTALL | re.MULTILINE
)  # """Check that ...""", # Check that ...
MODULE = '''"""{title}, imported from {origin}: the tests run in the student's own process."""

from pathlib import Path

from grader.checks import Draw, Student, Text, check, run_tests

TITLE = Text(en={title_text})
NAMES = {names}
TESTS = Path(__file__).parent / "tests"
'''
CHECK = """

@check(points={points}, forgeable=True)
def {name}(student: Student, draw: Draw) -> None:
    {docstring}
    run_tests(student, TESTS / "{name}.py")
"""


def write_lesson(assignment: Assignment, folder: Path, origin: str) -> list[Path]:
    """Write the folder, whose name is the lesson's id. Raises UsageError for what is no name, or is there already."""
    if not is_name(folder.name) or folder.exists():
        raise UsageError(
            f"{folder} is there already, or {folder.name!r} is no name for a lesson; say another with -o.",
            ja=f"{folder} はすでにあるか、課題の名前にできません。-o で別の名前を指定してください。",
        )
    texts = dict(files_of(assignment, origin))
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return [folder / name for name in texts]


def files_of(assignment: Assignment, origin: str) -> Iterator[tuple[str, str]]:
    yield "lesson.toml", lesson_toml(assignment, origin)
    yield "solution.py", solution(assignment)
    for question in assignment.questions:
        names = test_names(question)
        yield f"{question.id}.py", module(question, names, origin)
        for part, name in zip(question.of("tests"), names, strict=True):
            yield f"tests/{name}.py", part.source.rstrip() + "\n"


def lesson_toml(assignment: Assignment, origin: str) -> str:
    exercises = json.dumps([question.id for question in assignment.questions])
    text = (
        f'# Imported from {origin}.\ntitle = {json.dumps(assignment.title, ensure_ascii=False)}\nlanguages = ["en"]\n'
        f"exercises = {exercises}\nsecret = true  # the tests would tell students what is hidden in them\n"
    )
    points = sum(part.points for part in assignment.manual)
    if points:
        rubric = [f"{part.name}: {part.points:g}" for part in assignment.manual]
        text += f'\n[notes]  # read by a person\ntitle = "Answers that a person reads"\nasks = "The answers say what is asked for."\npoints = {points:g}\nrubric = {json.dumps(rubric, ensure_ascii=False)}\n'
    return text


def solution(assignment: Assignment) -> str:
    """The script in cells. Visible tests go along as they were, so that students see them."""
    scored, cells = any(part.points for part in assignment.manual), list[str]()
    current = ""
    for part in assignment.parts:
        question = assignment.question_of(part)
        current = question.id if question else current
        following = next_question(assignment, part)
        mine = question.id if question else following if part.markdown else current
        cells.append(cell(part if scored else without_role(part), mine))
    return "".join(cells)


def without_role(part: Part) -> Part:
    """Where nobody scores what a person reads, its place is text or code of the notebook, without the author's words."""
    if part.kind != "manual":
        return part
    place = "(Write here.)" if part.markdown else "# Write your code here."
    return replace(part, kind="text" if part.markdown else "code", source=part.source if part.is_task else place)


def next_question(assignment: Assignment, part: Part) -> str:
    """The question that a text announces: the one of the next answer, if no tests stand between."""
    parts = assignment.parts
    place = next(n for n, one in enumerate(parts) if one is part)
    for later in parts[place:]:
        question = assignment.question_of(later)
        if question is not None:
            return question.id if later.kind == "answer" else ""
    return ""


def cell(part: Part, exercise: str) -> str:
    mine = f' exercise="{exercise}"' if exercise else ""
    source = re.sub(r"(?m)^([ \t]*)#[ \t]*%%", r"\1#: %%", part.source.rstrip())  # "# %%time" would begin a cell
    if part.kind == "manual":
        return read_by_a_person(part, source)
    if part.markdown:
        return f"# %% [markdown]{mine}\n{commented(part.source)}\n"
    if part.kind == "answer":
        whole = source if "# BEGIN SOLUTION" in source else f"# BEGIN SOLUTION\n{source}\n# END SOLUTION"
        return f'# %%{mine} role="answer"\n{whole}\n\n\n'
    if part.kind == "tests":
        shown = part.shown or without_blocks(source, *HIDDEN).rstrip() or "# These tests are hidden."
        lines = "\n".join(f"    {line}".rstrip() for line in shown.splitlines())
        nothing = "" if runs_something(shown) else "    pass\n"
        return f'# %%{mine} role="demo"\nif __name__ == "__main__":\n{lines}\n{nothing}\n\n'
    return f"# %%{mine}\n{source}\n\n\n"


def read_by_a_person(part: Part, source: str) -> str:
    """A place for words or code; behind what has to be done, where the two are one cell there."""
    if part.is_task:
        return f'# %% [markdown]\n{commented(part.source)}\n# %% [markdown] role="notes"\n# ...\n'
    return (
        f'# %% [markdown] role="notes"\n{commented(part.source)}\n'
        if part.markdown
        else f'# %% role="notes"\n{source}\n\n\n'
    )


def commented(text: str) -> str:
    return "\n".join(f"# {line}".rstrip() for line in text.rstrip().splitlines())


def runs_something(source: str) -> bool:
    try:
        return bool(ast.parse(source).body)
    except (SyntaxError, ValueError):  # as its author left it; whoever builds the notebooks is told
        return True


def test_names(question: Question) -> list[str]:
    """A name for each test cell, none twice."""
    found: list[str] = []
    for part in question.of("tests"):
        wanted = slug(part.name or "tests")
        wanted = "tests" if re.match(r"cell_[0-9a-f]{8}", wanted) else wanted
        found.append(wanted if wanted not in found else f"{wanted}_{len(found) + 1}")
    return found


def module(question: Question, names: list[str], origin: str) -> str:
    title = question.title or question.id.replace("_", " ")
    quoted = (
        json.dumps(question.names[0]) + "," if len(question.names) == 1 else ", ".join(map(json.dumps, question.names))
    )
    text = MODULE.format(
        title=without_quotes(title),
        origin=origin,
        title_text=json.dumps(title, ensure_ascii=False),
        names=f"({quoted})",
    )
    checks = zip(question.of("tests"), names, strict=True)
    return text + "".join(
        CHECK.format(points=exact(part.points), name=name, docstring=docstring(part, name)) for part, name in checks
    )


def exact(points: float) -> str:
    """2, 0.5, 0.3333333333333333: the thirds of a point are one point."""
    short = f"{points:g}"
    return short if float(short) == points else repr(points)


def docstring(part: Part, name: str) -> str:
    """What the test says of itself, in one line."""
    found = DOCSTRING.match(without_blocks(part.source, *HIDDEN))
    said = " ".join((found.group(1) or found.group(2)).split()) if found else ""
    return f'"""{without_quotes(said) or f"The tests {name} run through."}"""'


def without_quotes(text: str) -> str:
    return text.replace("\\", "/").replace('"', "'").strip()
