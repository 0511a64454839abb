"""Source code and error texts as the judge reads them: no line of it is run.

An input is the source of a cell; what stands behind a line `#!error` is what the cell raised.
"""

from __future__ import annotations

from hypothesis import strategies as st

from grader.batch.similarity.fingerprints import prints
from grader.batch.similarity.search import Code
from grader.judge.locate import function_around, locate_mistake
from grader.judge.saved_outputs import read_log
from grader.lessons import catalogue
from grader.model import Cell, CellRun, Ending, Run, Submission
from grader.notebook.environment_faults import EnvironmentFaults
from grader.notebook.file_names import statements
from grader.notebook.imports import without_import
from grader.notebook.legacy_code import environment_remarks
from grader.notebook.placeholders import blanks, definitions
from grader.notebook.scripts import cells_of_script
from grader.notebook.syntax import as_source, overflows_parser, parse_python
from tests.fuzz.targets.matching import PIECES
from tests.fuzz.words import texts

ERROR = "\n#!error\n"
CUT = 60_000  # characters of a cell: what a whole notebook of code costs is measured elsewhere
EXERCISES = [exercise for lesson in catalogue() for exercise in lesson.exercises if exercise.misconceptions]


def target(data: bytes) -> None:
    """Every reader of source takes it, whatever it is, and says what it says in words that can be written down."""
    source, _, error = data.decode("utf-8", "replace")[:CUT].partition(ERROR)
    exercise = EXERCISES[len(data) % len(EXERCISES)]
    cell = Cell(0, "code", source, exercise.id, count=1, output=error)
    tree = parse_python(source)
    if tree is not None and parse_python(as_source(tree)) is None:
        raise AssertionError("what has been read cannot be written again")
    overflows_parser(source)
    statements(source)
    definitions([cell])
    for blank in blanks([cell]):
        blank.source.encode()
    function_around(source, 2)
    place = locate_mistake(exercise, exercise.misconceptions[len(source) % len(exercise.misconceptions)], [cell])
    (place.source + place.function if place else "").encode()
    cells_of_script(source)
    without_import(source, error)
    prints([Code(cell.index, source, False, frozenset({2}))], NOTHING)
    submission = Submission(
        "x.ipynb", "0" * 64, "en", None, (cell, Cell(1, "code", error, exercise.id, count=2, output=source))
    )
    run = Run(
        (CellRun(0, Ending.RAISED, 0.1, error=error[:500], output=source), CellRun(1, Ending.OK, 0.1, output=error)),
        0.2,
    )
    excuses = EnvironmentFaults(submission, run)
    told = excuses.of(error[:500], "knock80", error[:500])
    for text in (*environment_remarks(submission, run), *read_log(submission, run), *([told] if told else [])):
        (text.en + text.ja).encode()


# --- inputs ------------------------------------------------------------------------------------

import numpy as np  # noqa: E402  # only for the empty list below

NOTHING = np.zeros(0, dtype=np.uint64)
ERRORS = (
    "NameError: name 'x' is not defined", "ModuleNotFoundError: No module named 'gensim'", "ImportError: cannot import name 'AdamW' from 'transformers'",
    "FileNotFoundError: [Errno 2] No such file or directory: 'x.csv'", "AttributeError: module 'numpy' has no attribute 'float'",
)  # fmt: skip
lines = st.lists(st.one_of(st.sampled_from(PIECES), texts), max_size=15).map("\n".join)
inputs = st.tuples(lines, st.one_of(st.sampled_from(ERRORS), texts)).map(
    lambda pair: ERROR.join(pair).encode("utf-8", "replace")
)
