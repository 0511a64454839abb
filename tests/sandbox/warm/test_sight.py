"""Answers and checks are out of sight behind the wall, whichever way the grader was installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.sandbox.doctor import Layer, examine
from grader.sandbox.warm import container
from grader.sandbox.warm.container import OURS, Mount, is_shown

ROOT = Path(__file__).parents[3]
jailed = pytest.mark.skipif(not examine().safe, reason=f"no jail here: {[layer.value for layer in examine().missing]}")


def test_a_later_mount_decides() -> None:
    """A covered folder is not seen, and what is shown in it again is."""
    mounts = [Mount("/usr"), Mount("/usr/lib/site-packages", shows=False), Mount("/usr/lib/site-packages/numpy")]
    assert is_shown("/usr/bin/env", mounts) and is_shown("/usr/lib/site-packages/numpy/core", mounts)
    assert not is_shown("/usr/lib/site-packages/grader/_solutions", mounts) and not is_shown("/home", mounts)


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("grader", True),
        ("notebook_grader-0.1.0.dist-info", True),
        ("_editable_impl_notebook_grader.pth", True),
        ("__editable__.notebook_grader-0.1.0.pth", True),
        ("notebook", False),
        ("nbgrader", False),
        ("torch", False),
    ],
)
def test_what_came_with_the_grader_is_known_by_name(name: str, ours: bool) -> None:
    """Its package, its metadata and the link of an editable install; no package of somebody else's."""
    assert bool(OURS.fullmatch(name)) == ours


def test_there_are_answers_to_look_for() -> None:
    """What is tried from inside are the solutions, the checks and the tests, and nothing that a notebook may import."""
    names = {path.name for path in container.answers()}
    assert {"knock80_89.py", "multi_head.py", "judging.py", "test_sight.py"} <= names and "agent.py" not in names
    assert len(container.digests()) >= 5


@jailed
def test_no_answer_is_seen_from_inside() -> None:
    """From behind both walls every answer and check of this installation was tried, and none could be opened."""
    assert Layer.SIGHT in examine().layers


def environment(folder: Path) -> Path:
    """This interpreter's environment once more, its files shared, without the grader."""

    def share(source: str, target: str) -> None:
        try:
            os.link(source, target)
        except OSError:  # another file system
            shutil.copy2(source, target)

    shutil.copytree(sys.prefix, folder, symlinks=True, copy_function=share)
    for place in folder.glob("lib/python3*/site-packages/*"):
        if OURS.fullmatch(place.name):
            shutil.rmtree(place) if place.is_dir() else place.unlink()
    return folder


def install_wheel(prefix: Path, folder: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    pip = [str(prefix / "bin" / "python"), "-m", "pip", "install", "-q", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(pip, check=True, capture_output=True)


def link_checkout(prefix: Path, checkout: Path) -> None:
    """An editable install of a checkout: a .pth file, and what the wheel's force-include writes beside it."""
    for part in ("grader", "solutions", "exercises", "tests"):
        shutil.copytree(ROOT / part, checkout / part, ignore=shutil.ignore_patterns("__pycache__"))
    (packages,) = prefix.glob("lib/python3*/site-packages")
    (packages / "_editable_impl_notebook_grader.pth").write_text(str(checkout))
    shutil.copytree(ROOT / "solutions", packages / "grader" / "_solutions")


@jailed
@pytest.mark.slow
@pytest.mark.parametrize("way", ["wheel", "editable", "in the environment", "environment in the checkout"])
def test_however_it_is_installed_the_answers_are_not_seen(way: str, tmp_path: Path) -> None:
    """A wheel, a checkout elsewhere, one in the environment's own folder, and the environment in the checkout."""
    checkout = tmp_path / "checkout"
    prefix = environment(checkout / ".venv" if way == "environment in the checkout" else tmp_path / "env")
    if way == "wheel":
        install_wheel(prefix, tmp_path / "dist")
    else:
        link_checkout(prefix, prefix / "lib" / "src" if way == "in the environment" else checkout)
    command = [str(prefix / "bin" / "python"), "-m", "grader", "doctor", "--lang", "en"]
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, env={**os.environ, "COLUMNS": "200"})
    assert "✓ answers and checks are out of sight" in done.stdout, done.stdout + done.stderr
    assert "can be graded here" in done.stdout
