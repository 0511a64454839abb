"""The table of foreign forms in docs/matching.md, from the docstrings of the adapters and their examples.

python tools/forms.py
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "matching.md"
EXAMPLES = ROOT / "tests" / "adapters" / "examples"
BEGIN, END = "<!-- forms: made by tools/forms.py -->\n", "<!-- end of forms -->\n"


def said_by(adapter: str) -> str:
    """The first line of an adapter's docstring."""
    source = (ROOT / "grader" / "matching" / "adapters" / f"{adapter}.py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(source)) or "").split("\n")[0].replace("|", "\\|")


def links(folder: Path, start: str) -> str:
    found = sorted(folder.glob(f"{start}_*.py"))
    return ", ".join(
        f"[{p.stem.removeprefix(start + '_').replace('_', ' ')}](../{p.relative_to(ROOT).as_posix()})" for p in found
    )


def table() -> str:
    rows = [
        f"| `{folder.name}` | {said_by(folder.name)} | {links(folder, 'right')} | {links(folder, 'wrong')} |"
        for folder in sorted(path for path in EXAMPLES.iterdir() if path.is_dir())
    ]
    return "\n".join(["| adapter | form | right | wrong |", "|---|---|---|---|", *rows]) + "\n"


def render(page: str) -> str:
    """The page with the table as it is now."""
    return re.sub(
        re.escape(BEGIN) + r".*?" + re.escape(END), lambda _: BEGIN + table() + END, page, count=1, flags=re.DOTALL
    )


if __name__ == "__main__":
    PAGE.write_text(render(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
