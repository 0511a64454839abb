"""The zip that Gradescope builds an autograder from: setup.sh, run_autograder, and this grader as it is now.

The package travels as source, with the solutions in it, so that what grades there is what was tried here, whatever is
published meanwhile. `setup.sh` installs it once, when Gradescope builds its image; `run_autograder` is run for each submission.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path

from grader import lesson_folders
from grader.errors import UsageError
from grader.lesson_folders.packed import packed_folder, packed_solution
from grader.model import Language

HERE = Path(__file__).parent
PACKAGE = HERE.parents[1]
SCRIPTS = ("setup.sh", "run_autograder")
MINUTES = 10.0  # that Gradescope gives a submission unless it is told otherwise
EXTRA = "notebooks"  # what students' notebooks import
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same zip each time


def pack(
    lesson: str,
    only: tuple[str, ...],
    language: Language,
    sandbox: bool,
    minutes: float = MINUTES,
    worth: Mapping[str, float] | None = None,
    show: str = "all",
    hide: tuple[str, ...] = (),
) -> bytes:
    """The zip, byte for byte the same for the same grader and options. sandbox: refuse to grade where there is no jail.

    minutes: what the assignment's settings give a submission; grading ends before that, with a sentence. worth: the points of
    exercises that are not worth what their checks are. show, hide: what students see.
    """
    settings = {
        "lesson": lesson,
        "only": list(only),
        "language": language,
        "sandbox": sandbox,
        "minutes": minutes,
        "points": dict(worth or {}),
        "show": show,
        "hide": list(hide),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in SCRIPTS:
            add(archive, name, (HERE / name).read_bytes(), mode=0o755)
        add(archive, "settings.json", json.dumps(settings, indent=1).encode())
        add(archive, "pyproject.toml", project().encode())
        for name, path in sources(lesson):
            add(archive, name, path.read_bytes())
    return buffer.getvalue()


def add(archive: zipfile.ZipFile, name: str, content: bytes, mode: int = 0o644) -> None:
    entry = zipfile.ZipInfo(name, LONG_AGO)
    entry.external_attr = (0o100000 | mode) << 16
    entry.create_system = 3  # Unix, or the mode is not looked at
    archive.writestr(entry, content, zipfile.ZIP_DEFLATED)


def sources(lesson: str) -> Iterator[tuple[str, Path]]:
    """The package with its solutions where a wheel has them too, and the lesson where it came from elsewhere."""
    for path in sorted(PACKAGE.rglob("*")):
        inside = path.relative_to(PACKAGE)
        if path.is_file() and "__pycache__" not in inside.parts and inside.parts[0] not in ("_solutions", "_exercises"):
            yield f"grader/{inside.as_posix()}", path
    elsewhere = {one.id for one in lesson_folders.outside()}
    for one in lesson_folders.found().values():
        wanted = one.id == lesson or one.id not in elsewhere
        packed = [*(packed_folder(one) if one.id in elsewhere else ()), *packed_solution(one)]
        yield from ((f"grader/{name}", path) for name, path in packed if wanted)


def project() -> str:
    """A pyproject.toml that installs the package, from what this installation says of itself.

    Raises UsageError where it says nothing: a package that was copied, not installed, does not know what it needs.
    """
    try:
        known = metadata.distribution("notebook-grader")
    except metadata.PackageNotFoundError as error:
        raise UsageError(
            "The grader is not installed here, only copied; install it first: pip install .",
            ja="採点プログラムがインストールされていません。先に pip install . を実行してください。",
        ) from error
    needed = [one for one in known.requires or [] if "extra ==" not in one]
    extra = [
        one.partition(";")[0].strip() for one in known.requires or [] if f"extra == '{EXTRA}'" in one.replace('"', "'")
    ]
    groups: dict[str, list[str]] = {}
    for entry in sorted(known.entry_points):
        groups.setdefault(entry.group, []).append(f"{json.dumps(entry.name)} = {json.dumps(entry.value)}")
    tables = {
        group: "project.scripts" if group == "console_scripts" else f"project.entry-points.{json.dumps(group)}"
        for group in groups
    }
    lines = [
        "[build-system]", 'requires = ["hatchling"]', 'build-backend = "hatchling.build"', "",
        "[project]", 'name = "notebook-grader"', f"version = {json.dumps(known.version)}",
        f"requires-python = {json.dumps(known.metadata['Requires-Python'])}", f"dependencies = {json.dumps(needed, indent=4)}", "",
        "[project.optional-dependencies]", f"{EXTRA} = {json.dumps(extra, indent=4)}", "",
        *(line for group, entries in groups.items() for line in (f"[{tables[group]}]", *entries, "")),
        "[tool.hatch.build.targets.wheel]", 'packages = ["grader"]', "",
    ]  # fmt: skip
    return "\n".join(lines)
