"""A file handed in, read as a notebook if there is any way to.

Old formats are upgraded and small damage is repaired, each with a remark. What cannot be read is told in one
sentence that says what the file is and what to hand in instead.
"""

from __future__ import annotations

import hashlib
import json
import re
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, cast, get_args

import nbformat

from grader.errors import SubmissionError
from grader.model import Cell, Language, Submission, Text
from grader.model.printable import one_line, whole_characters
from grader.notebook.decode import decode, decode_script, fill, load
from grader.notebook.outputs import text_of
from grader.notebook.pictures import without_pictures
from grader.notebook.scripts import cells_of_script
from grader.notebook.spoken_language import is_japanese

UPGRADED = Text(
    en="The notebook was in an old format (nbformat {version}) and was upgraded for grading.",
    ja="古い形式（nbformat {version}）のノートブックだったので、変換して採点しました。",
)
NO_CELLS = Text(en="The notebook has no cells.", ja="ノートブックにセルがありません。")
ODD_CELLS = Text(
    en="Of no known type and left out: {numbers}.",
    ja="種類が不明なので、次のセルを採点から外しました: {numbers}",
)
SURROGATES = Text(
    en="Some characters were broken (half of a pair, as of an emoji that was cut in two); they are shown as \ufffd.",
    ja="壊れた文字（絵文字の片割れなど）があったので、\ufffd に置き換えました。",
)
MOST_CELLS = 10_000
MOST_TEXT = 4 << 20  # characters in all cells
MOST_CODE = 2 << 20  # in those of code: five hundred pages; a syntax tree is a hundred times as large
LONGEST_ID = 200  # characters of a cell's name
SOLUTION = "solution"  # the role of an answer in a notebook of nbgrader's
DEEPEST = 6  # level of a heading
LONGEST_NUMBER = 300  # digits: JSON has no limit, Python's int() stops at 4,300 with a ValueError


def read(path: Path, called: str = "") -> Submission:
    """Read a notebook or a Python script (.py); its cells belong to no exercise yet except where metadata says so.

    called: what the file was handed in as, where its bytes lie under another name.
    Raises SubmissionError with one sentence for a file that is not a readable Python notebook, UsageError for no file.
    """
    raw = load(path)
    name = called or path.name
    if name.lower().endswith(".py"):
        return script(raw, one_line(name))
    text, remarks = decode(raw, name)
    content = parse(text, name)
    language_of_code(content, name)
    notebook, version = upgrade(content, name)
    if version != 4:
        remarks.append(fill(UPGRADED, version=version))
    cells, odd = cells_of(notebook)
    must_be_bounded(cells, name)
    remarks += odd
    if "\ufffd" in "".join(cell.source for cell in cells) and "\ufffd" not in text:
        remarks.append(SURROGATES)
    if not cells:
        remarks.append(NO_CELLS)
    ours = metadata(notebook)
    return Submission(
        name=one_line(name),
        sha256=hashlib.sha256(raw).hexdigest(),
        language=language(ours, cells),
        lesson=whole_characters(ours["lesson"]) if isinstance(ours.get("lesson"), str) else None,
        cells=tuple(cells),
        remarks=tuple(remarks),
    )


def script(raw: bytes, name: str) -> Submission:
    """A Python script, cut into cells. Raises SubmissionError for what is not text."""
    text, remarks = decode_script(raw, name)
    cells = cells_of_script(text.replace("\r\n", "\n"))
    must_be_bounded(cells, name)
    if not cells:
        remarks.append(NO_CELLS)
    return Submission(name, hashlib.sha256(raw).hexdigest(), language({}, cells), None, tuple(cells), tuple(remarks))


def parse(text: str, name: str) -> dict[str, Any]:
    if text.lstrip()[:200].lower().startswith(("<!doctype", "<html", "<?xml")):
        raise SubmissionError(
            f"{name} is a web page, not a notebook; in Colab use File > Download > Download .ipynb instead of saving the page.",
            ja=f"{name} はノートブックではなくウェブページです。ページを保存するのではなく、Colab の「ファイル」>「ダウンロード」>「.ipynb をダウンロード」を使ってください。",
        )
    try:
        content = json.loads(text, parse_int=whole_number)
    except json.JSONDecodeError as error:
        cut_off = error.pos >= len(text.rstrip()) - 1 or "Unterminated" in error.msg
        en = "ends in the middle, as after a broken upload" if cut_off else f"is not valid JSON (line {error.lineno})"
        ja = "途中で切れています" if cut_off else f" JSON として読めません（{error.lineno} 行目）"
        raise SubmissionError(
            f"{name} {en}; download the notebook again and hand that in.",
            ja=f"{name} は{ja}。ノートブックをもう一度ダウンロードして提出してください。",
        ) from error
    except RecursionError as error:
        raise SubmissionError(
            f"{name} is nested too deeply to be a notebook.",
            ja=f"{name} は入れ子が深すぎて、ノートブックとして読めません。",
        ) from error
    if not isinstance(content, dict) or not ("cells" in content or "worksheets" in content):
        raise SubmissionError(
            f"{name} is JSON but not a notebook: it has no cells.",
            ja=f"{name} は JSON ですが、セルがないのでノートブックではありません。",
        )
    return content


def whole_number(digits: str) -> int | float:
    """A number of the file. What no counter ever reaches is infinite: nobody reads it, and it need not be exact."""
    return int(digits) if len(digits) <= LONGEST_NUMBER else float(digits)


def language_of_code(content: dict[str, Any], name: str) -> None:
    """Only Python can be graded; a notebook that says nothing is taken for Python."""
    about = content.get("metadata")
    about = about if isinstance(about, dict) else {}
    for place, key in (("kernelspec", "language"), ("language_info", "name")):
        part = about.get(place)
        said = part.get(key) if isinstance(part, dict) else None
        if isinstance(said, str) and said and not said.lower().startswith(("python", "ipython")):
            raise SubmissionError(
                f"{name} is a notebook in {said}, and these exercises are in Python.",
                ja=f"{name} は {said} のノートブックです。この課題は Python で解いてください。",
            )


def upgrade(content: dict[str, Any], name: str) -> tuple[Any, int]:
    """The notebook in nbformat 4, and the version it was in."""
    version = content.get("nbformat")
    if not isinstance(version, int):
        version = 4 if "cells" in content else 3
    content.setdefault("nbformat_minor", 0)
    content["nbformat"] = version
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # missing ids and the like: mended below
            if version == 4:
                return nbformat.from_dict(content), version
            bound_headings(content)
            # Not `convert`, which wants lines joined already: {"cell_type": "heading", "source": ["Problem 80"]}
            return nbformat.reads(json.dumps(content), as_version=4), version
    except Exception as error:  # a damaged old notebook breaks the converter in many ways; all mean the same
        raise SubmissionError(
            f"{name} (nbformat {version}) cannot be converted: {type(error).__name__}; open and save it in Jupyter first.",
            ja=f"{name}（nbformat {version}）を変換できません（{type(error).__name__}）。Jupyter で開いて保存し直してください。",
        ) from error


def bound_headings(content: dict[str, Any]) -> None:
    """Headings of format 3 get a level that there is: the converter writes "#" as often as "level": 2147483648 says."""
    sheets = content.get("worksheets")
    for sheet in sheets if isinstance(sheets, list) else ():
        cells = sheet.get("cells") if isinstance(sheet, dict) else None
        for cell in cells if isinstance(cells, list) else ():
            if isinstance(cell, dict) and isinstance(level := cell.get("level"), int | float):
                cell["level"] = int(min(max(level, 1), DEEPEST))


def cells_of(notebook: Any) -> tuple[list[Cell], list[Text]]:
    """The cells of a kind that there is, and a remark on all others together."""
    found: list[Cell] = []
    odd: list[int] = []
    of_task = False  # behind a task of nbgrader's, up to its next cell: what is written there is read with it
    raw_cells = notebook.get("cells")
    for index, raw in enumerate(raw_cells if isinstance(raw_cells, list) else []):
        kind = raw.get("cell_type") if isinstance(raw, dict) else None
        if kind not in ("code", "markdown", "raw"):
            odd.append(index + 1)
            continue
        told = metadata(raw, "nbgrader")
        of_task = bool(told.get("task")) if told else of_task
        cell = cell_of(index, kind, raw)
        found.append(replace(cell, role="notes") if of_task and cell.role is None and not metadata(raw) else cell)
    return found, [fill(ODD_CELLS, numbers=listed(odd))] if odd else []


def listed(numbers: list[int], most: int = 10) -> str:
    """ "cell 3, 4, 5, ... (17 in all)"."""
    shown = ", ".join(map(str, numbers[:most]))
    return f"cell {shown}, ... ({len(numbers)})" if len(numbers) > most else f"cell {shown}"


def must_be_bounded(cells: list[Cell], name: str) -> None:
    """Raises SubmissionError for more cells or code than anybody writes: all that follows takes time for each."""
    text = sum(len(cell.source) for cell in cells)
    code = sum(len(cell.source) for cell in cells if cell.kind == "code")
    if len(cells) > MOST_CELLS or code > MOST_CODE or text > MOST_TEXT:
        raise SubmissionError(
            f"{name} has {len(cells):,} cells with {text:,} characters, {code:,} of them code; a notebook may have "
            f"{MOST_CELLS:,} cells, {MOST_TEXT:,} characters and {MOST_CODE:,} of code. Leave data out of the code.",
            ja=f"{name} にはセルが {len(cells):,} 個、文字が {text:,} 字（うちコード {code:,} 字）あります。上限は {MOST_CELLS:,} 個、{MOST_TEXT:,} 字（コードは {MOST_CODE:,} 字）です。"
            "データはコードの中に書かないでください。",
        )


def cell_of(index: int, kind: Literal["code", "markdown", "raw"], raw: Any) -> Cell:
    source = raw.get("source", "")
    source = whole_characters("".join(map(str, source)) if isinstance(source, list) else str(source))
    source = without_pictures(source) if kind == "markdown" else source
    ours = metadata(raw) or of_nbgrader(raw)
    exercise, role = ours.get("exercise"), ours.get("role")
    return Cell(
        index=index,
        kind=kind,
        source=source,
        exercise=whole_characters(exercise) if isinstance(exercise, str) else None,
        role=whole_characters(role) if isinstance(role, str) else None,
        pristine=ours.get("sha") == fingerprint(source),
        output=whole_characters(text_of(raw.get("outputs"))),
        count=raw.get("execution_count") if isinstance(raw.get("execution_count"), int) else None,
    )


def of_nbgrader(raw: Any) -> dict[str, Any]:
    """What nbgrader says of a cell (`"nbgrader": {"solution": true, "grade_id": "squares"}`): an imported lesson keeps its names."""
    told = metadata(raw, "nbgrader")
    if told.get("task") or (told.get("solution") and told.get("grade")):
        return {"role": "notes"}  # a person reads and scores it
    if not told.get("solution") or not isinstance(told.get("grade_id"), str):
        return {}
    return {"exercise": slug(told["grade_id"][:LONGEST_ID]), "role": SOLUTION}


def slug(text: str) -> str:
    """`Part A` and `part-a` as a name: part_a."""
    found = re.sub(r"\W+", "_", text.strip(), flags=re.ASCII).strip("_").lower()
    return found if found[:1].isalpha() else f"q_{found}"


def fingerprint(source: str) -> str:
    """What tells an unchanged cell from a changed one; blanks at line ends do not count."""
    return hashlib.sha256("\n".join(line.rstrip() for line in source.strip().splitlines()).encode()).hexdigest()[:16]


def metadata(node: Any, whose: str = "grader") -> dict[str, Any]:
    """Our own entry of a notebook's or a cell's metadata, or nothing."""
    outer = node.get("metadata")
    ours = outer.get(whose) if isinstance(outer, dict) else None
    return ours if isinstance(ours, dict) else {}


def language(ours: dict[str, Any], cells: list[Cell]) -> Language | None:
    """That of the exercise that was handed out; else Japanese where somebody writes it. English letters tell nothing."""
    if ours.get("lang") in get_args(Language):
        return cast("Language", ours["lang"])
    return "ja" if is_japanese(cells) else None
