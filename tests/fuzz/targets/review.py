"""The review in the browser: its pages around a student's cells and names, and the question files that students' reports make.

An input is JSON as the renderers', {"texts": [...], "numbers": [...]}; whatever else it is, it is read as a question file.
"""

from __future__ import annotations

import re
import tempfile
from itertools import cycle
from pathlib import Path

from hypothesis import strategies as st

from grader.errors import DataError
from grader.model import Cell, Text
from grader.report import request, review_page
from grader.report.review import ListedHandIn, Overview, ReviewLinks, ReviewSheet, RoundRow
from grader.server.desk import hiding
from tests.fuzz.mutation import as_json
from tests.fuzz.targets import renderers
from tests.fuzz.targets.renderers import ANSWER, CONTROLS, QUIET, report_of, tags
from tests.fuzz.words import dumps

PROSE = """# a\n\n## b\n\n### c\n\n#### d\n\n##### e\n\n###### f\n\n* g\n\n1. h\n\n3. i\n\n> j\n\n---\n\n**k** *l* `m`  \nn\n
```python\no = 1\n```\n\n    p\n\n| q | r |\n|:--|--:|\n| s | t |\n\n~~u~~"""  # all that a cell of text may become
QUIET_WORDS = [QUIET, PROSE, "quiet `code`", "# quiet", "a = 1  # quiet\n@b\ndef c(): ...", PROSE]
_allowed: set[str] = set()


def target(data: bytes) -> None:
    """A page has the elements and attributes that it has for harmless words; no question file does more than be refused."""
    value = as_json(data)
    if isinstance(value, dict) and isinstance(value.get("texts"), list):
        on_pages([str(text)[:ANSWER] for text in value["texts"][:20]] or [""])
    else:
        as_a_question(data)


def on_pages(words: list[str]) -> None:
    for page in pages(words):
        page.encode()
        assert tags(page) <= allowed(), tags(page) - allowed()
    names = hiding(words)
    if names is not None:
        names.sub("-", "\n".join(words))


def pages(words: list[str]) -> tuple[str, str]:
    """The overview and one hand-in, with the texts wherever a student's words may stand."""
    word = cycle(words)
    kinds = ("code", "markdown", "raw")
    cells = tuple(
        Cell(
            place,
            kinds[place % 3],
            text,
            exercise="knock81" if place % 2 else None,
            output=next(word),
            pristine=place == 4,
        )  # type: ignore[arg-type]
        for place, text in enumerate([*words, *words, *words][:12])
    )
    exercise = report_of([text[: renderers.LONGEST] for text in words], [0.5, 1.0], [2, 2]).exercises[0]
    state = {"base": "/x/", "checks": [next(word)], "marks": {next(word): {"requests": [{"words": next(word)}]}}}
    way = ReviewLinks(1, 2, 1, "", "sheet?submission=2", "")
    sheet = ReviewSheet("/x/", "mia", next(word), Text("l", "l"), exercise, cells, way, state)
    row = RoundRow(Text("l", "l"), Text("e", "e"), "sheet", 1, (ListedHandIn(next(word), "sheet", False, True),))
    overview = Overview("/x/", "mia", (row,), (Text(next(word), next(word)),))
    return review_page.overview(overview, "en"), review_page.sheet(sheet, "ja")


def allowed() -> set[str]:
    if not _allowed:
        for page in pages(QUIET_WORDS):
            _allowed.update(tags(page))
    return _allowed


def as_a_question(data: bytes) -> None:
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as place:
        path = Path(place, "question.json")
        path.write_bytes(data)
        try:
            found = request.read(path)
        except DataError as error:
            error.in_("ja").encode()
            return
    odd = CONTROLS.findall(re.sub("[\t\n]", "", found.words))
    assert not odd, f"{odd[:5]} are kept"


questions = st.fixed_dictionaries(
    {
        "format": st.just("notebook-grader request 1"),
        "hand_in": st.integers(-5, 10**20),
        "sha256": st.just("0" * 64),
        "exercise": renderers.texts,
        "check": renderers.texts,
        "words": renderers.texts,
    }
)
inputs = st.one_of(renderers.inputs, dumps(questions), st.binary(max_size=200))
