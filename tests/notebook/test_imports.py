"""What is left of a cell when an import in it fails."""

from __future__ import annotations

import pytest

from grader.notebook.imports import without_import


@pytest.mark.parametrize(
    ("source", "error", "rest"),
    [
        ("import torch, gensim as g, os\nx = 1", "ModuleNotFoundError: No module named 'gensim'", "import torch, os\nx = 1"),
        ("a = 1\nimport gensim\nx = 1", "ModuleNotFoundError: No module named 'gensim.models'", "\n\nx = 1"),
        ("from a.b import (\n  c,\n  d,\n)\nx = 1", "ModuleNotFoundError: No module named 'a'", "\n\n\n\nx = 1"),
        ("from t import A, B\nx = 1", "ImportError: cannot import name 'A' from 't' (/t.py)", "from t import B\nx = 1"),
    ],
)  # fmt: skip
def test_only_what_is_missing_goes(source: str, error: str, rest: str) -> None:
    """The rest of the statement and of the cell stays, on its own lines."""
    assert without_import(source, error) == rest


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("try:\n    import gensim\nexcept ValueError:\n    pass", "ModuleNotFoundError: No module named 'gensim'"),
        ("import torch", "ModuleNotFoundError: No module named 'gensim'"),
        ("import gensim", "ValueError: no"),
    ],
)
def test_other_errors_are_not_about_an_import_at_the_margin(source: str, error: str) -> None:
    """Then only the definitions of the cell are run."""
    assert without_import(source, error) is None
