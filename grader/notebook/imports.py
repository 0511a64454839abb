"""What is left of a cell when an import in it fails: everything but what could not be imported.

`import torch, gensim` where gensim is absent should cost gensim and what uses it, not the rest of the cell.
"""

from __future__ import annotations

import re

MISSING = re.compile(r"No module named '([\w.]+)'|cannot import name '(\w+)' from")
STATEMENT = re.compile(r"^(?:import\s+(?P<modules>[^#\n]+)|from\s+(?P<module>[\w.]+)\s+import\s+(?P<names>[^#\n]+))")


def without_import(source: str, error: str) -> str | None:
    """The cell from its failing import on, without what failed; None where no import at the margin is to blame.

    What stands before has been run and is blanked, so that lines keep their numbers.
    """
    missing = MISSING.search(error)
    if missing is None:
        return None
    module, name = missing.groups()
    lines = source.split("\n")
    for number, line in enumerate(lines):
        statement = STATEMENT.match(line)
        rest = statement and spared(statement, module, name)
        if rest is None:
            continue
        last = end_of(lines, number)
        blank = [""] * (last - number)
        return "\n".join([*[""] * number, str(rest), *blank, *lines[last + 1 :]])
    return None


def spared(statement: re.Match[str], module: str | None, name: str | None) -> str | None:
    """What is left of an import statement without what is missing; None if that is not in it."""
    if statement["modules"]:
        wanted = [part.strip() for part in statement["modules"].split(",")]
        kept = [
            part for part in wanted if not module or part.split(" as ")[0].strip().split(".")[0] != module.split(".")[0]
        ]
        return None if len(kept) == len(wanted) else f"import {', '.join(kept)}" if kept else ""
    if module:
        return "" if statement["module"].split(".")[0] == module.split(".")[0] else None
    wanted = [part.strip() for part in statement["names"].strip("() ").split(",") if part.strip()]
    kept = [part for part in wanted if part.split(" as ")[0].strip() != name]
    if len(kept) == len(wanted):
        return None
    return f"from {statement['module']} import {', '.join(kept)}" if kept else ""


def end_of(lines: list[str], number: int) -> int:
    """The last line of a statement that may go on in brackets or behind backslashes."""
    depth = 0
    for last in range(number, len(lines)):
        code = lines[last].partition("#")[0]
        depth += code.count("(") - code.count(")")
        if depth <= 0 and not code.rstrip().endswith("\\"):
            return last
    return number
