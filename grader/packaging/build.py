"""solutions/LESSON.py -> exercises/{ja,en}/LESSON.ipynb. Pure and deterministic: the same text gives the same bytes.

A solution file is a py:percent script. A cell's header says whose it is: `lang="ja"` cells go to the Japanese
notebook only; `role="answer"` cells lose what stands between BEGIN SOLUTION and END SOLUTION; `role="demo"` cells
lose their `if __name__ == "__main__":` line; a `role="notes"` cell holds an example of reading notes and becomes empty. A line of a region may end in `# STUB: code`, which is then what the student
finds in its place, instead of one `raise NotImplementedError` for the whole region (a dict to fill in, say).

A line `![what is to be seen](figure:NAME)` of a markdown cell becomes a cell of its own that holds the picture
`figures/NAME.LANGUAGE.png` beside the solution file, so that a notebook is complete without network and folders. A cell of its own
keeps the long address of the picture away from text that one may want to edit. It is a PNG in a `data:` address because
nothing else is shown by every reader of notebooks:

- Colab shows no attachments (googlecolab/colabtools#3836) and no SVG in the text (#2092); `data:image/png` is the way in
  which it inserts pictures itself.
- JupyterLab and Notebook show no SVG attachment ("Cannot render unknown image mime type", jupyterlab#10464).
- The Markdown readers of VS Code (markdown-it) and nbconvert (mistune) let `data:` addresses pass if they are PNG, GIF, JPEG or
  WebP, not SVG.
- GitHub documents nothing about pictures in notebooks; where it leaves them out, the words in the brackets remain.

What code cells say is translated, see `code_words`.

Two kinds of cells stand in no solution file: the first code cell brings `check` and `hint`, or says what to install where
there is no grader, and after the answer to each exercise a cell checks it.
"""

from __future__ import annotations

import base64
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import nbformat.v4

from grader import lesson_folders
from grader.errors import AuthoringError
from grader.lessons import source
from grader.model import Language
from grader.notebook.read import fingerprint
from grader.packaging.cell_rules import GUARD, require_rules
from grader.packaging.code_words import in_words, words_of

REGION = re.compile(r"(?ms)^([ \t]*)# BEGIN SOLUTION[ \t]*\n(.*?)^[ \t]*# END SOLUTION[ \t]*\n?")
FIGURE = re.compile(r"(?m)^!\[(.+)\]\(figure:(\w+)\)$")  # ![The causal mask](figure:causal_triangle)
NOTES_REGION = re.compile(r"(?ms)^()BEGIN SOLUTION[ \t]*\n(.*?)^END SOLUTION[ \t]*\n?")  # in a cell of text
STUB = re.compile(r"(?m)^([ \t]*)(.*?)  # STUB: (.*)$")
WRITE_HERE = {"ja": "# ここに書いてください", "en": "# write your code here"}
WRITE_NOTES = {"ja": "（ここに書いてください）", "en": "(Write here.)"}
# The first code cell. Without a grader it leaves a `check` behind that says so, and every other cell goes on working.
BRING_CHECKS = {
    "ja": """
# check("{exercise}") は、いま書いてある解答をその場で採点します。行き詰まったら hint("{exercise}")。呼ぶたびに 1 つずつ詳しくなります。
try:
    from grader import check, hint
except ImportError:

    def check(exercise):
        print("check と hint には採点プログラムが必要です。%pip install notebook-grader を実行し、このセルからやり直してください。")

    hint = check
""",
    "en": """
# check("{exercise}") grades the answer as it stands now. Stuck? hint("{exercise}") says a little more with each call.
try:
    from grader import check, hint
except ImportError:

    def check(exercise):
        print("check and hint need the grader. Run  %pip install notebook-grader  and start again from this cell.")

    hint = check
""",
}
# The same for a lesson that did not come with the grader: one that lacks it is no use either.
BRING_OWN_CHECKS = {
    "ja": """
# check("{exercise}") は、いま書いてある解答をその場で採点します。行き詰まったら hint("{exercise}")。呼ぶたびに 1 つずつ詳しくなります。
try:
    from grader import check, hint, require_lesson

    require_lesson("{lesson}")
except ImportError:

    def check(exercise):
        print("check と hint には、課題 {lesson} の入った採点プログラムが必要です。担当の先生が配る notebook_grader_checks-….whl を %pip install で入れ、カーネルを再起動して、このセルからやり直してください。")

    hint = check
""",
    "en": """
# check("{exercise}") grades the answer as it stands now. Stuck? hint("{exercise}") says a little more with each call.
try:
    from grader import check, hint, require_lesson

    require_lesson("{lesson}")
except ImportError:

    def check(exercise):
        print("check and hint need the grader with the lesson {lesson}. %pip install the notebook_grader_checks-….whl that your instructor hands out with it, restart the kernel, and start again from this cell.")

    hint = check
""",
}
CHECK_ANSWER = {
    "ja": 'check("{exercise}")  # 行き詰まったら hint("{exercise}")',
    "en": 'check("{exercise}")  # stuck? hint("{exercise}")',
}
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def build(lesson: str, text: str, language: Language, solved: bool = False) -> str:
    """The notebook of a lesson's solution file as JSON text. solved: with the answers left in.

    Raises AuthoringError for a cell that breaks the rules above, with file and line where the header or a mark is wrong.
    """
    if not solved:
        require_rules(lesson, text)
    place = source.place_of(lesson)
    figures = place.parent / "figures" if place else Path("figures")
    notebook = nbformat.v4.new_notebook(metadata={**METADATA, "grader": {"lesson": lesson, "lang": language}})
    notebook.nbformat_minor = 5
    counts: dict[str, int] = {}
    spoken = (cell for cell in parse(text) if cell.metadata.get("lang", language) == language)
    shown = [part for whole in spoken for part in with_figures(whole, language, figures)]
    words = words_of(lesson, language)
    for cell in with_checks(shown, language, lesson):
        if cell.cell_type == "code":
            cell.source = in_words(cell.source, words)
        ours = cell.metadata
        stem = f"{ours.get('exercise', 'lesson')}-{ours.get('role', 'text')}".replace("_", "-")
        counts[stem] = counts.get(stem, 0) + 1
        notebook.cells.append(make(cell, f"{stem}-{counts[stem]}", language, solved))
    written: str = nbformat.writes(notebook)
    return written + "\n"


def parse(text: str) -> list[Any]:
    import jupytext  # an author's tool: students and instructors need not have it

    cells: list[Any] = jupytext.reads(text, fmt="py:percent").cells
    return cells


def with_figures(cell: Any, language: Language, figures: Path) -> Iterator[Any]:
    """The cell itself, or its pieces where a figure stands between them."""
    if cell.cell_type != "markdown" or not FIGURE.search(cell.source):
        yield cell
        return
    text, *rest = FIGURE.split(cell.source)
    yield markdown(text, cell.metadata)
    for seen, name, text in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
        yield markdown(f"![{seen}]({picture(name, language, figures)})", {**cell.metadata, "role": "figure"})
        if text.strip():
            yield markdown(text, cell.metadata)


def with_checks(cells: list[Any], language: Language, lesson: str) -> Iterator[Any]:
    """The cells, a first one that brings `check` and `hint`, and a check after each answer cell."""
    answers = [cell.metadata["exercise"] for cell in cells if cell.metadata.get("role") == "answer"]
    first = next((n for n, cell in enumerate(cells) if cell.cell_type == "code"), None)
    for number, cell in enumerate(cells):
        if number == first and answers:
            bring = (BRING_OWN_CHECKS if lesson_folders.is_outside(lesson) else BRING_CHECKS)[language].strip()
            yield code(bring.format(exercise=answers[0], lesson=lesson), {"role": "check"})
        yield cell
        if cell.metadata.get("role") == "answer":
            exercise = cell.metadata["exercise"]
            source = CHECK_ANSWER[language].format(exercise=exercise)
            yield code(source, {"exercise": exercise, "role": "check"})


def code(source: str, metadata: Any) -> Any:
    return nbformat.v4.new_code_cell(source, metadata=metadata)


def markdown(source: str, metadata: Any) -> Any:
    return nbformat.v4.new_markdown_cell(source.strip("\n"), metadata=metadata)


def picture(name: str, language: Language, figures: Path) -> str:
    """A figure as an address that holds the picture itself. Raises AuthoringError when nobody has drawn it."""
    path = figures / f"{name}.{language}.png"
    if not path.is_file():
        raise AuthoringError(
            f"There is no figure {path.name} in {figures}.", ja=f"{figures} に図 {path.name} がありません。"
        )
    return f"data:image/png;base64,{base64.b64encode(path.read_bytes()).decode()}"


def make(cell: Any, name: str, language: Language, solved: bool) -> Any:
    ours = {key: cell.metadata[key] for key in ("exercise", "role") if key in cell.metadata}
    if cell.cell_type == "markdown":
        source = notes(cell.source, language, solved) if ours.get("role") == "notes" else cell.source
        made = nbformat.v4.new_markdown_cell(source, id=name)
        if ours.get("role") == "notes":
            ours["sha"] = "" if solved else fingerprint(source)
    else:
        source = cell.source
        if ours.get("role") == "answer":
            source = answer(source, language, solved)
        if ours.get("role") == "notes":
            source = notes_code(source, language, solved)
        if ours.get("role") == "demo":
            source = demo(source)
        made = nbformat.v4.new_code_cell(source, id=name)
        ours["sha"] = "" if solved and ours.get("role") == "notes" else fingerprint(source)
    made.metadata = nbformat.from_dict({"grader": ours} if ours else {})
    return made


def answer(source: str, language: Language, solved: bool) -> str:
    """The cell with its answer in, or with a place to write one."""
    source = source.rstrip() + "\n"
    if not REGION.search(source):
        raise AuthoringError(f"an answer cell has no BEGIN SOLUTION / END SOLUTION:\n{source[:200]}")

    def place(match: re.Match[str]) -> str:
        indent, body = match.groups()
        if solved:
            return STUB.sub(r"\1\2", body)
        stub = "".join(f"{margin}{code}\n" for margin, _, code in STUB.findall(body))
        return f"{indent}{WRITE_HERE[language]}\n" + (stub or f"{indent}raise NotImplementedError\n")

    return REGION.sub(place, source).rstrip("\n")


def notes(source: str, language: Language, solved: bool) -> str:
    """The place for the student's own words."""
    return read_by_a_person(source, NOTES_REGION, WRITE_NOTES[language], solved)


def notes_code(source: str, language: Language, solved: bool) -> str:
    """The place for code that a person reads."""
    return read_by_a_person(source, REGION, WRITE_HERE[language], solved)


def read_by_a_person(source: str, region: re.Pattern[str], place: str, solved: bool) -> str:
    """What stands between the marks becomes empty, or the whole cell where there are none; `source` holds ours, as an example."""
    marked = source.rstrip() + "\n"
    if not region.search(marked):
        return source if solved else place
    return region.sub(lambda match: match[2] if solved else f"{match[1]}{place}\n", marked).rstrip("\n")


def demo(source: str) -> str:
    """The body of the guard, which a notebook does not need."""
    before, guard, body = source.partition(GUARD)
    if not guard or before.strip():
        raise AuthoringError(f"a demo cell has to begin with {GUARD.strip()}:\n{source[:200]}")
    return textwrap.dedent(body)
