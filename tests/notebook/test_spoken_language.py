"""In which language a hand-in is answered that does not say it."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from grader.lessons import catalogue, source
from grader.model import Cell
from grader.notebook.read import read
from grader.notebook.spoken_language import is_japanese, is_japanese_prose
from grader.packaging.build import build

PAIRS = 'pairs = [("I am cold .", "私は寒いです。"), ("It rains .", "雨が降っています。")]\n'
ENGLISH = "# The decoder reads the word it has written before, and looks at the encoder's states with attention every time. Then it writes the next one.\n"


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("lesson", [lesson.id for lesson in catalogue()])
def test_our_notebooks_without_their_metadata(lesson: str, language: str, tmp_path: Path) -> None:
    """English ones quote Japanese and hold it as data; Japanese ones are full of English names."""
    notebook = nbformat.reads(build(lesson, source.text_of(lesson), language, solved=True), as_version=4)  # type: ignore[arg-type]
    notebook.metadata.pop("grader")
    nbformat.write(notebook, tmp_path / "submit.ipynb")
    assert read(tmp_path / "submit.ipynb").language == ("ja" if language == "ja" else None)


@pytest.mark.parametrize(
    ("texts", "code", "expected"),
    [
        ((), (PAIRS,), True),  # hardly any prose: who has Japanese data most likely reads it
        ((), (ENGLISH, PAIRS * 20), False),
        (("## Problem 81\n" + "The network reads one word after another and keeps a state. " * 3,), (PAIRS,), False),
        (("問題81: RNN による予測",), ("x = 1",), True),
        (("`model.forward(ids)` " * 30 + "の形を確かめる",), (), True),
        (("![a figure](data:image/png;base64," + "iVBORw0KGgo" * 400 + ")\n図のように計算します。",), (), True),
        (("注意力機制",), (), False),  # no kana: Chinese
        ((), (), False),
    ],
)
def test_prose_decides(texts: tuple[str, ...], code: tuple[str, ...], expected: bool) -> None:
    """Texts and comments count, not strings, code in texts or pictures."""
    assert is_japanese_prose(texts, code) is expected


def test_cells_are_told_apart() -> None:
    """The same words are prose in a text and data in code."""
    assert is_japanese([Cell(0, "markdown", "これは説明です。" + ENGLISH)])
    assert not is_japanese([Cell(0, "code", ENGLISH + 'print("これは説明です。")')])
