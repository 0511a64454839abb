"""An excerpt: code without a single import, cut out of a notebook whose first cell imports everything.

class RNN(nn.Module):        # the whole of knock81.py; `from torch import nn` stood elsewhere
    ...

It ran where it was written, so the names it lacks are imported as usual before it runs, outside of its cells, and the student is told. Where something is
imported, a name that is not there is the student's slip, and stays one.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from grader.model import Cell, Submission, Text
from grader.notebook.syntax import parse_python, without_magics

USUAL = """
import copy, collections, csv, itertools, json, math, os, pickle, random, re, string, sys, time
from collections import Counter, OrderedDict, defaultdict
from dataclasses import dataclass
from functools import partial
from pathlib import Path
import torch
from torch import Tensor, nn, optim
import torch.nn.functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence
from torch.utils.data import DataLoader, Dataset, TensorDataset
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from tqdm import tqdm
"""
REMARK = Text(
    en="Nothing is imported here, so this is read as an excerpt; {names} came from imports of ours. Hand in the cell with your imports, too.",
    ja="import 文が 1 つもないので、抜き出したコードとして読み、{names} はこちらで import しました。import を書いたセルも一緒に提出しましょう。",
)


def complete_excerpt(submission: Submission) -> Submission:
    """The submission with the usual imports of the names that it reads and nobody makes, where it imports nothing."""
    shown = ("demo", "check")  # these are not run where they are unchanged
    code = [c for c in submission.cells if c.kind == "code" and not (c.pristine and c.role in shown)]
    if any(imports(cell) for cell in code):
        return submission
    made, read = set[str](), set[str]()
    for node in (node for cell in code for node in ast.walk(tree_of(cell) or ast.Module([], []))):
        if isinstance(node, ast.Name):
            (read if isinstance(node.ctx, ast.Load) else made).add(node.id)
        elif isinstance(node, ast.arg):
            made.add(node.arg)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            made.add(node.name)
    lacking = {name: line for name, line in usual_imports() if name in read - made}
    if not lacking:
        return submission
    names = ", ".join(f"`{name}`" for name in lacking)
    told = Text(en=REMARK.en.format(names=names), ja=REMARK.ja.format(names=names))
    return replace(submission, lent="\n".join(lacking.values()), remarks=(*submission.remarks, told))


def tree_of(cell: Cell) -> ast.Module | None:
    return parse_python(without_magics(cell.source))


def imports(cell: Cell) -> bool:
    """Whether a cell imports anything but this grader. One that does not parse may."""
    tree = tree_of(cell)
    if tree is None:
        return "import " in cell.source
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    return any(not (isinstance(node, ast.ImportFrom) and node.module == "grader") for node in nodes)


def usual_imports() -> Iterator[tuple[str, str]]:
    """Each usual name, and the statement that makes it."""
    for node in ast.parse(USUAL).body:
        assert isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names:
            statement = ast.Import([alias]) if isinstance(node, ast.Import) else ast.ImportFrom(node.module, [alias], 0)
            yield alias.asname or alias.name, ast.unparse(statement)
