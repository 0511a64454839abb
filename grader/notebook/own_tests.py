"""Files of a submission that only test its others: they answer nothing, and what they define hides no answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from grader.model import Submission, Text
from grader.model.printable import listed

TESTS = re.compile(r"^(?:async )?def test_\w+\(|^class Test\w+|^(?:import|from) (?:pytest|unittest)\b", re.MULTILINE)


def is_test(place: PurePosixPath, submission: Submission) -> bool:
    """Whether a file is called as tests are and holds some: `tests/test_attention.py`. A `test.py` may be anything."""
    stem = place.stem.lower()
    called = stem.startswith("test_") or stem.endswith("_test") or stem == "conftest" or "tests" in place.parts[:-1]
    return called and any(TESTS.search(cell.source) for cell in submission.cells if cell.kind == "code")


def tests_left_out(places: Sequence[PurePosixPath]) -> Text:
    files = listed(places)
    return Text(
        en=f"Not run, because these only test the other files: {files}.",
        ja=f"ほかのファイルをテストするだけのファイルなので、実行していません: {files}",
    )
