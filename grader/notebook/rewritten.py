"""A submission of which some cells were put in other words before it is run, and the remark that says so."""

from __future__ import annotations

from dataclasses import replace

from grader.model import Cell, Submission, Text
from grader.model.printable import listed


def with_other_cells(submission: Submission, cells: tuple[Cell, ...], remark: Text) -> Submission:
    """The submission with these cells, and the remark with the numbers of those that are others, if any is."""
    changed = listed([new.index + 1 for new, old in zip(cells, submission.cells, strict=True) if new is not old])
    if not changed:
        return submission
    told = Text(en=remark.en.format(cells=changed), ja=remark.ja.format(cells=changed))
    return replace(submission, cells=cells, remarks=(*submission.remarks, told))
