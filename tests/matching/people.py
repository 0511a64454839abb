"""Notebooks as different people write them, each a list of (exercise, cell); right and wrong answers to the same names."""

from __future__ import annotations

from grader.judge.execution import execute_cells
from grader.judge.judging import judge
from grader.lessons import load
from grader.matching import Map
from grader.model import Cell, ExerciseReport, Limits, Submission
from grader.sandbox.local import LocalSandbox

LESSON = load("knock80_89")
IMPORTS = """
import torch, random, numpy as np
from torch import nn, optim
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.utils.rnn import pad_sequence, pack_padded_sequence
from torch.utils.data import DataLoader, Dataset
from collections import defaultdict, Counter
"""


def graded(exercise: str, *cells: tuple[str | None, str], by_hand: Map | None = None, seed: int = 7) -> ExerciseReport:
    """The report on one exercise of a notebook with these cells, (section, source), after the usual imports.

    A section is what a heading says.
    """
    all_cells = ((None, IMPORTS), *cells)
    made = tuple(Cell(i, "code", source, exercise=section) for i, (section, source) in enumerate(all_cells))
    headed = any(section for section, _ in cells)
    submission = Submission("somebody", "0" * 64, "en", LESSON.id, made, headed=headed)
    with LocalSandbox() as sandbox:
        return judge(submission, sandbox, LESSON, seed=seed, only=(exercise,), by_hand=by_hand).exercises[0]


def ran(*cells: tuple[str | None, str]) -> list[str]:
    """How the cells end, for a look at a notebook of the tests itself."""
    made = tuple(
        Cell(i, "code", source, exercise=section) for i, (section, source) in enumerate(((None, IMPORTS), *cells))
    )
    with LocalSandbox() as sandbox:
        run = execute_cells(
            Submission("somebody", "0" * 64, "en", LESSON.id, made), sandbox, Limits(), lambda _cell: None
        )
    return [f"{cell.ending} {cell.error}" for cell in run.cells]
