"""The floors of the house: imports go downwards only, and some libraries stay in one room."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "grader"

# From the ground up. A module may import from its own floor and from those below.
FLOORS: tuple[tuple[str, ...], ...] = (
    ("grader", "grader.errors", "grader.model"),
    ("grader.lesson_folders",),
    ("grader.data",),
    ("grader.notebook",),
    ("grader.sandbox",),
    ("grader.matching",),
    ("grader.checks",),
    ("grader.lessons",),
    ("grader.judge",),
    ("grader.report",),
    ("grader.grading", "grader.packaging"),
    ("grader.authoring", "grader.foreign"),
    ("grader.batch.gradebook", "grader.batch.names"),
    ("grader.batch",),
    ("grader.server", "grader.push"),
    ("grader.cli", "grader.__main__", "grader.selfcheck"),
)
# The one room a library may be used in.
ROOMS = {
    "click": ("grader.cli",),
    "nbclient": ("grader.sandbox",),
    "jupyter_client": ("grader.sandbox",),
    "sqlite3": ("grader.batch.gradebook",),
    "distributed": ("grader.batch.workers.cluster",),
    "dask": ("grader.batch.workers.cluster",),
    "rich": ("grader.report", "grader.cli"),
    "jinja2": ("grader.report",),
    "markupsafe": ("grader.report",),
    "jupytext": ("grader.packaging", "grader.cli"),
    "msgspec": ("grader.report", "grader.sandbox", "grader.server"),
    "starlette": ("grader.server",),
    "uvicorn": ("grader.server",),
    "pygments": ("grader.report",),
    "markdown_it": ("grader.report",),
    "nbformat": ("grader.notebook", "grader.foreign", "grader.packaging", "grader.sandbox"),
}
GROUND = ("errors.py", "model")
MODULES = sorted(
    path
    for path in PACKAGE.rglob("*.py")
    if not any(part.startswith("_") for part in path.relative_to(PACKAGE).parts[:-1])
)
WINGS = sorted({path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in MODULES})
each_wing = pytest.mark.parametrize("wing", WINGS)


def modules_of(wing: str) -> list[Path]:
    return [path for path in MODULES if path.relative_to(PACKAGE).parts[0].removesuffix(".py") == wing]


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def imports_of(path: Path) -> set[str]:
    """Every module a file imports, inside functions too; what stands under TYPE_CHECKING does not run."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    found: set[str] = set()
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            inside = [f"{node.module}.{alias.name}" for alias in node.names]
            found |= {full if is_module(full) else node.module for full in inside}
    return found


def is_module(name: str) -> bool:
    path = ROOT / Path(*name.split("."))
    return path.with_suffix(".py").is_file() or path.is_dir()


def floor_of(module: str) -> int:
    """The floor of the longest listed prefix."""
    best, level = "", -1
    for index, names in enumerate(FLOORS):
        for name in names:
            fits = module == name or (name != "grader" and module.startswith(f"{name}."))
            if fits and len(name) > len(best):
                best, level = name, index
    assert level >= 0, f"{module} stands on no floor: give it one in FLOORS"
    return level


@each_wing
def test_imports_go_downwards(wing: str) -> None:
    """A module imports nothing from a floor above its own."""
    for path in modules_of(wing):
        own = name_of(path)
        for imported in imports_of(path):
            if imported.partition(".")[0] == "grader":
                assert floor_of(imported) <= floor_of(own), f"{own} imports {imported} from above"


@each_wing
def test_libraries_stay_in_their_room(wing: str) -> None:
    """click only in the command line, nbclient only in the sandbox, and so on."""
    for path in modules_of(wing):
        own = name_of(path)
        for imported in imports_of(path):
            allowed = ROOMS.get(imported.partition(".")[0])
            assert allowed is None or own.startswith(allowed), f"{own} may not import {imported}"


def test_importing_the_grader_loads_nothing_else() -> None:
    """`import grader` costs nothing: what `check` and `hint` need is loaded when somebody asks for them."""
    import subprocess
    import sys

    code = "import sys; before = set(sys.modules); import grader; print(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert loaded <= {"grader", *sys.stdlib_module_names}, loaded
    assert not [name for name in done.stdout.split() if name.startswith("grader.")]


@pytest.mark.parametrize("name", GROUND)
def test_the_ground_floor_needs_the_standard_library_only(name: str) -> None:
    """The nouns and the errors import nothing that has to be installed."""
    import sys

    place = PACKAGE / name
    imported = {i for path in (place.rglob("*.py") if place.is_dir() else [place]) for i in imports_of(path)}
    assert not {i for i in imported if i.partition(".")[0] not in (*sys.stdlib_module_names, "grader")}


@pytest.mark.parametrize("name", ["entries", "migrations", "store", "queries", "marks", "marking", "attendance"])
def test_the_gradebook_knows_the_model_and_the_report_only(name: str) -> None:
    """What keeps the marks imports no judge, no sandbox and no lesson: it opens on a machine that grades nothing."""
    known = ("grader.errors", "grader.model", "grader.report.json", "grader.batch.gradebook")
    for imported in imports_of(PACKAGE / "batch" / "gradebook" / f"{name}.py"):
        assert not imported.startswith("grader.") or imported.startswith(known), imported


def test_exports_know_the_gradebook_and_the_reports_only() -> None:
    """What goes to the LMS needs no judge, no sandbox and no lesson either."""
    known = ("grader.errors", "grader.model", "grader.report", "grader.batch.exports.")
    rooms = ("encodings", "gradebook", "report_folder", "report_visibility", "decimals")
    known += tuple(f"grader.batch.{name}" for name in rooms)
    for path in (PACKAGE / "batch" / "exports").glob("*.py"):
        for imported in imports_of(path):
            assert not imported.startswith("grader.") or imported.startswith(known), (path, imported)


def test_what_runs_beside_the_student_stands_alone() -> None:
    """Nothing inside the sandbox imports the grader: the student's process never holds a check or an answer."""
    for path in (PACKAGE / "sandbox" / "guest").glob("*.py"):
        assert not [i for i in imports_of(path) if i.partition(".")[0] == "grader"], path


@each_wing
def test_only_the_command_line_reads_the_environment(wing: str) -> None:
    """os.environ, sys.argv and sys.exit belong to the command line, and to a notebook's own checks, which have none; the sandbox
    hands on a chosen few variables."""
    free = ("grader.cli", "grader.selfcheck.environment", "grader.sandbox", "grader.data")
    for path in modules_of(wing):
        text = path.read_text(encoding="utf-8")
        if not name_of(path).startswith(free):
            assert "os.environ" not in text and "sys.argv" not in text and "sys.exit" not in text, path


@pytest.mark.parametrize("room", ["judge", "matching", "checks"])
def test_nothing_that_may_wait_for_a_sandbox_holds_a_lock(room: str) -> None:
    """functools.cached_property locks its class in Python 3.11, and the judge's turn is given away while it waits: `lazy` is for that."""
    for path in (PACKAGE / room).rglob("*.py"):
        assert "cached_property" not in path.read_text(encoding="utf-8"), path
