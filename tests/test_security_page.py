"""docs/security.md promises what is tested: every test, attack and lie that it names is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.sandbox.warm.attacks import ATTACKS
from tests.sandbox.warm.lies import BEYOND, RAW

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`([^`\n]+)`", PAGE)
TESTS = sorted({name for name in NAMED if name.startswith("tests/") and "::" in name})


def defined(path: Path) -> set[str]:
    """The test functions of a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_the_named_tests_exist() -> None:
    """Each `tests/FILE.py::test_NAME` is a function of that file."""
    assert len(TESTS) > 20
    missing = [name for name in TESTS if name.partition("::")[2] not in defined(ROOT / name.partition("::")[0])]
    assert not missing


def test_the_named_attacks_and_lies_exist() -> None:
    """Each `attack: NAME` and `lie: NAME` is one of those that are run."""
    attacks = {name.removeprefix("attack: ") for name in NAMED if name.startswith("attack: ")}
    lies = {name.removeprefix("lie: ") for name in NAMED if name.startswith("lie: ")}
    assert len(attacks) > 40 and len(lies) > 5
    assert not attacks - {attack.name for attack in ATTACKS}
    assert not lies - {*BEYOND, *RAW}


def test_every_promise_names_a_test() -> None:
    """No line of the tables of promises is without one."""
    rows = [
        line
        for line in PAGE.splitlines()
        if line.startswith("| ") and not line.startswith(("| promise", "| missing", "| tier"))
    ]
    promises = PAGE.index("## What the jail promises")
    until = PAGE.index("\n## ", promises + 1)
    inside = [row for row in rows if promises < PAGE.index(row) < until]
    assert len(inside) > 15
    assert not [row for row in inside if not re.search(r"`(?:tests/|attack: |lie: )", row.rsplit("|", 2)[1])]
