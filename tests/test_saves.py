"""grade watch: a notebook is graded again when it is saved, and only then."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Timer

import pytest

from grader.cli.file_watch import saves
from tests.notebooks import save, solved

ROOT = Path(__file__).parents[1]


def test_every_change_is_told_once(tmp_path: Path) -> None:
    """At once, and after a change; saving the same again and a moment's absence are not changes."""
    path, other = tmp_path / "a.ipynb", tmp_path / "b.ipynb"
    path.write_text("one", encoding="utf-8")

    def save_again() -> None:
        path.write_text("one", encoding="utf-8")
        os.utime(path, (1, 1))

    def replace() -> None:
        path.unlink()
        time.sleep(0.1)
        other.write_text("two", encoding="utf-8")
        other.replace(path)

    timers = [Timer(0.1, save_again), Timer(0.3, replace)]
    changes = saves(path, pause=0.02)
    next(changes)
    for timer in timers:
        timer.start()
    began = time.monotonic()
    next(changes)
    assert time.monotonic() - began > 0.3 and path.read_text(encoding="utf-8") == "two"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process in another way")
def test_watch_grades_again_after_a_save(tmp_path: Path) -> None:
    """The command reports, waits, survives a broken file, reports the corrected one, and ends at Ctrl-C without a trace."""
    path = save(solved("transformer_lm", causal_mask="one_too_many"), tmp_path)
    # A shell starts what runs in its background with Ctrl-C ignored, and that is handed on to us here.
    heard = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    command = [sys.executable, "-c", f"{heard}; from grader.cli import main; main()"]
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        [*command, "watch", str(path), "--only", "causal_mask"],
        cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        first = until_it_waits(process)
        path.write_text("{", encoding="utf-8")
        second = until_it_waits(process)
        save(solved("transformer_lm"), tmp_path)
        third = until_it_waits(process)
        process.send_signal(signal.SIGINT)
        _, complaints = process.communicate(timeout=60)
    assert "3 / 5" in first and "ends in the middle" in second and "5 / 5" in third
    assert process.returncode == 0 and "Traceback" not in complaints


def until_it_waits(process: subprocess.Popen[str]) -> str:
    said = ""
    assert process.stdout is not None
    while "Waiting for the next save" not in said:
        line = process.stdout.readline()
        assert line, said
        said += line
    return said
