"""Faults of an author, said with file and line."""

from __future__ import annotations

import ast
import traceback
from pathlib import Path

from grader.errors import AuthoringError


def what_went_wrong(error: Exception, folder: Path, file: Path) -> AuthoringError:
    """The sentence about an exception while `file` was imported: the last line of the lesson's own that was reached."""
    if isinstance(error, SyntaxError):
        return said(error.filename or str(file), error.lineno or 1, f"{error.msg}", "Python として読めません: ")
    frames = [f for f in traceback.extract_tb(error.__traceback__) if Path(f.filename).is_relative_to(folder)]
    name, line = (frames[-1].filename, frames[-1].lineno or 1) if frames else (str(file), 1)
    return said(name, line, f"{type(error).__name__}: {error}", "実行できません: ")


def said(file: str, line: int, what: str, before: str = "") -> AuthoringError:
    return AuthoringError(f"{file}, line {line}: {what}.", ja=f"{file} の {line} 行目: {before}{what}。")


def line_of_name(file: Path, name: str) -> int:
    """The line on which a module gives a name its value, 0 if none does: `one_off = misconception(`, `def has_shape(`."""
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name:
            return node.lineno
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in node.targets):
            return node.lineno
    return 0
