"""Files that people hand in: what can be read is read, what cannot gets one sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
import nbformat.v3
import nbformat.v4
import pytest

from grader.errors import SubmissionError, UsageError
from grader.notebook.read import read


def notebook(*sources: str, **metadata: Any) -> dict[str, Any]:
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    return dict(nbformat.v4.new_notebook(cells=cells, metadata=metadata))


@pytest.fixture
def hand_in(tmp_path: Path):  # type: ignore[no-untyped-def]
    def write(content: bytes | dict[str, Any]) -> Path:
        path = tmp_path / "submit.ipynb"
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return path

    return write


UNREADABLE = {
    "empty": (b"", "is empty"),
    "blank": (b" \n ", "is empty"),
    "html": (b"<!DOCTYPE html><html><body>Sign in</body></html>", "is a web page"),
    "truncated": (json.dumps(notebook("x = 1")).encode()[:-40], "ends in the middle|is not valid JSON"),
    "not json": (b"x = 1\nprint(x)\n", "is not valid JSON"),
    "a list": (b"[1, 2]", "is JSON but not a notebook"),
    "another object": (b'{"a": 1}', "is JSON but not a notebook"),
    "zip": (b"PK\x03\x04\x14\x00\x00\x00\x08\x00\xff\xfe", "is a zip archive"),
    "binary": (b"\x89PNG\r\n\x1a\n\x00\xff", "is not text in UTF-8"),
    "cut utf-16": (b"\xff\xfe{\x00\x00", "damaged at byte"),
    "deep": (b'{"cells":' + b"[" * 100_000, "nested too deeply|not valid JSON|in the middle"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_unreadable_files_get_one_sentence(hand_in, name: str) -> None:  # type: ignore[no-untyped-def]
    """The sentence names the file and says what it is."""
    content, words = UNREADABLE[name]
    with pytest.raises(SubmissionError, match=words) as caught:
        read(hand_in(content))
    assert "submit.ipynb" in str(caught.value) and "\n" not in str(caught.value)


def test_an_r_notebook_is_refused_by_its_language(hand_in) -> None:  # type: ignore[no-untyped-def]
    """A kernel for another language is named."""
    with pytest.raises(SubmissionError, match="is a notebook in R"):
        read(hand_in(notebook("x <- 1", kernelspec={"name": "ir", "display_name": "R", "language": "R"})))


def test_a_huge_file_is_not_even_opened(tmp_path: Path) -> None:
    """300 MB are refused by their size (the file is sparse; reading it would take the memory)."""
    path = tmp_path / "submit.ipynb"
    with path.open("wb") as file:
        file.truncate(300 << 20)
    with pytest.raises(SubmissionError, match="has 300 MB, more than a notebook may have"):
        read(path)


def test_a_folder_and_a_missing_file_are_told_apart(tmp_path: Path) -> None:
    """A folder is a wrong submission, a missing file a wrong command."""
    with pytest.raises(SubmissionError, match="is a folder"):
        read(tmp_path)
    with pytest.raises(UsageError, match="There is no file"):
        read(tmp_path / "nothere.ipynb")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_are_read_right(hand_in, encoding: str) -> None:  # type: ignore[no-untyped-def]
    """A byte order mark or UTF-16 changes nothing of what the cells say."""
    text = json.dumps(notebook("# 注意\nx = 1"), ensure_ascii=False)
    submission = read(hand_in(text.encode(encoding)))
    assert submission.cells[0].source == "# 注意\nx = 1"
    assert bool(submission.remarks) == (encoding == "utf-16")


def test_an_old_notebook_is_upgraded(hand_in) -> None:  # type: ignore[no-untyped-def]
    """nbformat 3 is converted, with a remark."""
    cells = [nbformat.v3.new_heading_cell("81"), nbformat.v3.new_code_cell("x = 1")]
    old = nbformat.v3.new_notebook(worksheets=[nbformat.v3.new_worksheet(cells=cells)])
    submission = read(hand_in(dict(old)))
    assert [cell.kind for cell in submission.cells] == ["markdown", "code"]
    assert "nbformat 3" in submission.remarks[0].en


def test_a_notebook_without_cells_is_readable(hand_in) -> None:  # type: ignore[no-untyped-def]
    """It is a notebook; it only holds nothing, and the remark says so."""
    submission = read(hand_in(notebook()))
    assert submission.cells == () and "no cells" in submission.remarks[0].en


def test_damage_costs_only_the_damaged_cell(hand_in) -> None:  # type: ignore[no-untyped-def]
    """Cells of unknown type, without source, with lists as source or without metadata do not stop the rest."""
    content = notebook("x = 1")
    content["cells"] = [
        {"cell_type": "heading", "source": "81"},
        {"cell_type": "code"},
        {"cell_type": "code", "source": ["a = 1\n", "b = 2"], "metadata": []},
        "not a cell",
        *content["cells"],
    ]
    submission = read(hand_in(content))
    assert [cell.source for cell in submission.cells] == ["", "a = 1\nb = 2", "x = 1"]
    assert [cell.index for cell in submission.cells] == [1, 2, 4]
    assert [remark.en for remark in submission.remarks] == ["Of no known type and left out: cell 1, 4."]


def test_whatever_nbformat_reads_is_read(hand_in) -> None:  # type: ignore[no-untyped-def]
    """A notebook of nbformat 3 with a heading, its lines in lists as files have them, is upgraded like any other."""
    old = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": ""},
        "worksheets": [
            {
                "metadata": {},
                "cells": [
                    {"cell_type": "heading", "level": 2, "metadata": {}, "source": ["Problem 80"]},
                    {
                        "cell_type": "code",
                        "collapsed": False,
                        "language": "python",
                        "metadata": {},
                        "input": ["x = 1\n", "print(x)"],
                        "outputs": [{"output_type": "stream", "stream": "stdout", "text": ["1\n"]}],
                        "prompt_number": 1,
                    },
                ],
            }
        ],
    }
    found = read(hand_in(old))
    assert [(cell.kind, cell.source) for cell in found.cells] == [
        ("markdown", "## Problem 80"),
        ("code", "x = 1\nprint(x)"),
    ]
    assert found.cells[1].output == "1\n"


def test_a_number_without_end_is_read(hand_in) -> None:  # type: ignore[no-untyped-def]
    """An integer of 5,000 digits, which Python's int() refuses, costs nobody the notebook."""
    text = json.dumps(notebook("x = 1")).replace('"execution_count": null', '"execution_count": ' + "9" * 5000)
    (cell,) = read(hand_in(text.encode())).cells
    assert (cell.source, cell.count) == ("x = 1", None)


def test_halves_of_pairs_become_a_sign(hand_in) -> None:  # type: ignore[no-untyped-def]
    """A lone surrogate is replaced and told; a whole pair, spelled in two, is the character it means."""
    made = notebook(r"a = 'HALF'; b = 'PAIR'")
    made["metadata"]["grader"] = {"lesson": "HALF"}
    text = json.dumps(made).replace("HALF", r"\ud83dA").replace("PAIR", r"\ud83d\ude00")
    found = read(hand_in(text.encode()))
    assert found.cells[0].source == "a = '\ufffdA'; b = '\U0001f600'" and found.lesson == "\ufffdA"
    assert "broken" in found.remarks[-1].en


def test_fifty_thousand_odd_cells_are_one_remark(hand_in) -> None:  # type: ignore[no-untyped-def]
    """What is no cell is told together, however much there is of it."""
    made = notebook("x = 1")
    made["cells"] += [{"cell_type": "slide"}] * 50_000
    found = read(hand_in(made))
    assert len(found.cells) == 1 and len(found.remarks) == 1 and "50000" in found.remarks[0].en


@pytest.mark.parametrize("cells", [["x = 1"] * 10_001, ["x = 1  # " + "a" * (5 << 20)]])
def test_more_than_anybody_writes_is_refused(hand_in, cells: list[str]) -> None:  # type: ignore[no-untyped-def]
    """Ten thousand cells and four million characters are enough for a notebook."""
    with pytest.raises(SubmissionError, match="a notebook may have"):
        read(hand_in({"nbformat": 4, "cells": [{"cell_type": "code", "source": cell} for cell in cells]}))
