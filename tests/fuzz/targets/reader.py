"""Files that are handed in: notebooks of any format and scripts, read, cut into exercises and made ready to run.

An input is the file's bytes; one that begins with `#!py` is a script.
"""

from __future__ import annotations

import json
import warnings
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
from hypothesis import strategies as st

from grader import lessons
from grader.data.layout import mentioned
from grader.errors import SubmissionError
from grader.model import Lesson
from grader.notebook import cut, neutralise_magics, read
from grader.notebook.colab import needs_gpu
from grader.notebook.read import bound_headings
from tests.fuzz.law import Target
from tests.fuzz.words import dumps, numbers, texts, values

SCRIPT = b"#!py"
# Why a notebook that nbformat reads is refused all the same, as the sentences say it.
OTHER_REASONS = ("exercises are in Python", "a notebook may have", "is empty", "not text in UTF-8", "no cells")


@cache
def catalogue() -> tuple[Lesson, ...]:
    return tuple(lessons.catalogue())


def target(data: bytes) -> None:
    """What is read can be shown, run and written to a file; what nbformat reads is read."""
    with TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        path = Path(folder) / ("handed_in.py" if data.startswith(SCRIPT) else "handed_in.ipynb")
        path.write_bytes(data)
        try:
            submission = read(path)
        except SubmissionError as error:
            must_have_a_reason(str(error), data)
            raise
    submission = neutralise_magics(cut(submission, catalogue()))
    needs_gpu(submission)
    mentioned("\n".join(cell.source for cell in submission.cells))
    said = [text for remark in submission.remarks for text in (remark.en, remark.ja)]
    for text in (
        *said,
        *(part for cell in submission.cells for part in (cell.source, cell.output, cell.exercise or "")),
    ):
        text.encode()


def must_have_a_reason(sentence: str, data: bytes) -> None:
    """What nbformat reads is not refused, but for a reason that it does not know."""
    known = data.startswith(SCRIPT) or any(reason in sentence for reason in OTHER_REASONS)
    assert known or not nbformat_reads(data), sentence


def nbformat_reads(data: bytes) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            content = json.loads(data.decode())
            bound_headings(content)  # nbformat itself writes two billion signs
            found = nbformat.reads(json.dumps(content), as_version=4)
            nbformat.validate(found)
    except Exception:  # it raises whatever comes up
        return False
    return bool(found.cells)


# --- inputs ------------------------------------------------------------------------------------

sources = st.one_of(texts, st.lists(texts, max_size=4), values)
outputs = st.one_of(
    values,
    st.lists(
        st.fixed_dictionaries(
            {"output_type": st.sampled_from(["stream", "display_data", "execute_result", "error"])},
            optional={
                "text": sources,
                "data": st.dictionaries(texts, values, max_size=3),
                "name": texts,
                "traceback": values,
            },
        ),
        max_size=3,
    ),
)
metadata = st.one_of(
    values,
    st.fixed_dictionaries(
        {},
        optional={
            "grader": st.one_of(values, st.fixed_dictionaries({}, optional=dict.fromkeys(("exercise", "role", "sha", "lesson", "lang"), values))),
            "kernelspec": st.one_of(values, st.fixed_dictionaries({"language": st.sampled_from(["python", "R", ""])})),
            "language_info": st.one_of(values, st.fixed_dictionaries({"name": st.sampled_from(["python", "julia"])})),
            "widgets": values,
        },
    ),
)  # fmt: skip
cells = st.fixed_dictionaries(
    {"cell_type": st.sampled_from(["code", "markdown", "raw", "heading", "html"]), "source": sources},
    optional={
        "metadata": metadata, "outputs": outputs, "execution_count": numbers, "id": texts, "attachments": values,
        "input": sources, "level": numbers, "collapsed": values, "prompt_number": numbers, "language": texts,
    },
)  # fmt: skip
any_cells = st.one_of(st.lists(st.one_of(cells, values), max_size=5), values)
notebooks = st.fixed_dictionaries(
    {},
    optional={
        "nbformat": st.one_of(st.sampled_from([1, 2, 3, 4, 5]), values),
        "nbformat_minor": st.one_of(st.sampled_from([0, 2, 5]), values),
        "metadata": metadata,
        "cells": any_cells,
        "worksheets": st.one_of(values, st.lists(st.fixed_dictionaries({"cells": any_cells}, optional={"metadata": values}), max_size=2)),
    },
)  # fmt: skip
scripts = st.lists(texts, max_size=8).map(
    lambda lines: SCRIPT + "\n".join(["", *lines]).encode("utf-8", "surrogatepass")
)
inputs = st.one_of(dumps(notebooks), scripts, st.binary(max_size=200))
_: Target = target


def notebook(*cells_: Any, **more: Any) -> bytes:
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells_), **more}).encode()
