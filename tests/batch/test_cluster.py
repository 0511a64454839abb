"""The same class on a Dask cluster on loopback: a scheduler and workers, each a process of its own."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from click.testing import CliRunner

from grader.cli import main
from grader.sandbox.doctor import examine
from tests.batch.class_of_300 import TARGET
from tests.batch.test_evening import GRADE, ROOT, SIZE, held, start

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(importlib.util.find_spec("distributed") is None, reason="needs the extra cluster"),
    pytest.mark.skipif(not examine().safe, reason="no jail here"),
]
QUIETLY = {"DASK_LOGGING__DISTRIBUTED": "error", "DASK_DISTRIBUTED__DASHBOARD__LINK": ""}


class Cluster:
    """A scheduler on loopback, and whoever joined it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stack = ExitStack()
        file = folder / "scheduler.json"
        self.run("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file))
        self.address = wait_for(lambda: address_in(file))

    def run(self, kind: str, *options: str, cwd: Path = ROOT, **environment: str) -> subprocess.Popen[bytes]:
        code = f"from distributed.cli import dask_{kind} as cli; cli.main()"
        log = self.stack.enter_context((self.folder / f"{kind}-{time.monotonic_ns()}.log").open("wb"))
        process = subprocess.Popen(
            [sys.executable, "-c", code, *options],
            cwd=cwd,
            env={**os.environ, **QUIETLY, **environment},
            stdout=log,
            stderr=log,
        )
        self.stack.callback(process.wait)
        self.stack.callback(process.kill)
        return process

    def worker(self, cwd: Path = ROOT, **environment: str) -> subprocess.Popen[bytes]:
        options = (
            "--nthreads",
            "1",
            "--no-nanny",
            "--no-dashboard",
            "--local-directory",
            str(self.folder),
            "--memory-limit",
            "0",
        )
        return self.run("worker", self.address, *options, cwd=cwd, **environment)


def address_in(file: Path) -> str:
    import json

    return str(json.loads(file.read_text())["address"]) if file.is_file() and file.stat().st_size else ""


def wait_for(look: Callable[[], str]) -> str:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.1)
    raise TimeoutError


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    made = Cluster(tmp_path)
    with made.stack:
        yield made


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, int]:
    """A class and its gradebook, graded on this machine alone."""
    from tests.batch.class_of_300 import make

    base = tmp_path_factory.mktemp("alone")
    make(base / "class", SIZE)
    return base / "class", base / "book", start(base / "class", base / "book").end()


def test_workers_may_die_and_join(cluster: Cluster, alone: tuple[Path, Path, int], tmp_path: Path) -> None:
    """Two workers, one is killed while it grades, another joins late: the same gradebook, each result once."""
    folder, book, code = alone
    first, _ = cluster.worker(), cluster.worker()
    evening = start(folder, tmp_path / "book", "--scheduler", cluster.address)
    evening.until(2)
    first.kill()
    cluster.worker()
    assert evening.end() == code
    assert held(tmp_path / "book") == held(book)
    assert len(evening.lines) == len({(line["student"], line["file"]) for line in evening.lines})


def test_everybody_dies_and_somebody_comes(cluster: Cluster, alone: tuple[Path, Path, int], tmp_path: Path) -> None:
    """The only worker is killed in the middle; the batch waits, and the next worker finishes it."""
    folder, book, code = alone
    only = cluster.worker()
    evening = start(folder, tmp_path / "book", "--scheduler", cluster.address)
    evening.until(2)
    only.kill()
    only.wait()
    time.sleep(3)
    assert evening.process.poll() is None
    cluster.worker()
    assert evening.end() == code and held(tmp_path / "book") == held(book)


def test_nobody_is_missed_while_the_client_refreshes(cluster: Cluster) -> None:
    """What the client knows of the workers is empty for a moment each time that it asks anew; nobody is taken for dead then."""
    from grader.batch.workers.cluster import ClusterPool

    cluster.worker()
    pool, over = ClusterPool(cluster.address, print), threading.Event()
    wait_for(lambda: "there" if pool.seats() else "")

    def refresh() -> None:
        while not over.is_set():
            pool.client.sync(pool.client._update_scheduler_info)

    refreshing = threading.Thread(target=refresh)
    refreshing.start()
    try:
        assert all(pool.seats() for _ in range(2000))
    finally:
        over.set()
        refreshing.join()
        pool.close()


def test_a_worker_of_another_version_is_refused(
    cluster: Cluster, alone: tuple[Path, Path, int], tmp_path: Path
) -> None:
    """A worker whose grader was changed gets no work and is named; if there is no other, the batch says so and ends."""
    import shutil

    folder, book, code = alone
    other = tmp_path / "other"
    for name in ("grader", "solutions"):
        shutil.copytree(ROOT / name, other / name, ignore=shutil.ignore_patterns("__pycache__"))
    with (other / "grader" / "draw.py").open("a") as file:
        file.write("\n# changed\n")
    cluster.worker(cwd=other, PYTHONPATH=str(other))
    command = [
        *GRADE,
        "batch",
        str(folder),
        "--book",
        str(tmp_path / "book"),
        "--only",
        TARGET,
        "--scheduler",
        cluster.address,
    ]
    done = subprocess.run([*command, "--quiet"], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 3 and "has the grader 0.1.0" in done.stderr and "No worker can grade" in done.stderr, done
    cluster.worker()
    evening = start(folder, tmp_path / "again", "--scheduler", cluster.address)
    assert evening.end() == code and held(tmp_path / "again") == held(book)


def test_no_scheduler_is_said(tmp_path: Path) -> None:
    """An address where nobody answers: a sentence within seconds, exit code 2."""
    (tmp_path / "a.ipynb").write_text("{}")
    result = CliRunner().invoke(
        main, ["batch", str(tmp_path), "--book", str(tmp_path / "book"), "--scheduler", "tcp://127.0.0.1:9"]
    )
    assert result.exit_code == 2 and "No Dask scheduler answers" in result.output
