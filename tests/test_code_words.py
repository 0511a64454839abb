"""Japanese notebooks speak Japanese in their code cells too."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import nbformat
import pytest

from grader.packaging.code_words import COMMENT, DOCSTRING, PRINTED, QUOTED, in_words

ROOT = Path(__file__).parents[1]
TABLE = tomllib.loads((ROOT / "solutions/words.ja.toml").read_text(encoding="utf-8"))
ENGLISH = re.compile(r"[a-z]{3,} [a-z]{2,}")
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
CODE = re.compile(r"fmt:|noqa|type: ignore|%pip")  # for tools, not for readers


def said_in(code: str) -> list[str]:
    """Comments, docstrings and printed texts."""
    printed = [text for line in PRINTED.findall(code) for text in QUOTED.findall(line)]
    return [text for _, text in COMMENT.findall(code)] + DOCSTRING.findall(code) + printed


@pytest.mark.parametrize("lesson", list(TABLE))
def test_every_sentence_in_code_is_japanese(lesson: str) -> None:
    """No comment, docstring or printed text of two English words is left in the Japanese notebook."""
    notebook = nbformat.read(ROOT / f"exercises/ja/{lesson}.ipynb", 4)
    said = [text for cell in notebook.cells if cell.cell_type == "code" for text in said_in(cell.source)]
    assert said
    left = [text for text in said if ENGLISH.search(text) and not JAPANESE.search(text) and not CODE.search(text)]
    assert not left


@pytest.mark.parametrize("lesson", list(TABLE))
def test_no_translation_outlives_its_sentence(lesson: str) -> None:
    """Every entry of the table is met in the solution file's code."""
    cells = re.split(r"(?m)^(?=# %%)", (ROOT / f"solutions/{lesson}.py").read_text(encoding="utf-8"))
    said = {text for cell in cells if "[markdown]" not in cell.partition("\n")[0] for text in said_in(cell)}
    assert not TABLE[lesson].keys() - said


def test_only_words_are_replaced() -> None:
    """What is code stays as it is: a text that is no print's, a name, a comment that is not in the table."""
    words = {"sum": "和", "towards 3": "3 に近づく", "the sum": "合計"}
    code = 'def f(x):\n    """the sum"""\n    y = g(x, how="sum")  # towards 3\n    print("sum", y)  # sum\n'
    assert in_words(code, words) == (
        'def f(x):\n    """合計"""\n    y = g(x, how="sum")  # 3 に近づく\n    print("和", y)  # 和\n'
    )
