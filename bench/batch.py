"""What a class costs: submissions a minute at 1 and 2 workers, against the students' own CPU seconds, and a re-run.

The students' own CPU seconds are those of the same cells run by `exec` in a fork of a warm process: nobody can grade
for less than that. A worker's seconds for one submission are that and the kernel, its walls, the checks and the gradebook. Warming up
is told apart, because a class of 300 pays for it as often as a class of 10.

    python bench/batch.py [--size 24] [--only causal_mask]
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from grader.batch.batch_run import BatchRun, Settled, contents
from grader.batch.cache_key import fingerprint
from grader.batch.gradebook.entries import Batch
from grader.batch.gradebook.store import open_book
from grader.batch.intake import take_in
from grader.batch.workers.local import cores
from grader.batch.workers.tasks import Plan
from grader.sandbox.doctor import Tier, examine
from grader.sandbox.warm.guest import preload

ROOT = Path(__file__).parents[1]
MISTAKES = ("without_diagonal", "one_too_many", "flipped")
RERUN = 20.0  # ms that an unchanged submission may cost


@dataclass(frozen=True)
class Timing:
    """One `grade batch`. first, last: seconds from the start to the first and the last announcement. whole: until it ended."""

    announced: int
    first: float
    last: float
    whole: float

    @property
    def rate(self) -> float:
        """Submissions a minute once the workers are warm: of all but the first."""
        return 60 * (self.announced - 1) / (self.last - self.first)


def write_class(folder: Path, size: int) -> None:
    """Half right, half with a known mistake; every file different."""
    sys.path.insert(0, str(ROOT))
    from tests.batch.class_of_300 import solved
    from tests.notebooks import save

    models = [solved(), *(solved(causal_mask=mistake) for mistake in MISTAKES)]
    for number in range(size):
        notebook = models[0 if number % 2 else 1 + number // 2 % len(MISTAKES)]
        notebook.cells[0].source += f"\n<!-- {number} -->"
        save(notebook, folder, f"student{number}.ipynb")


def grade(folder: Path, book: Path, workers: int, only: tuple[str, ...]) -> Timing:
    command = [sys.executable, "-c", "from grader.cli import main; main()", "batch", str(folder), "--book", str(book)]
    command += [
        "--quiet",
        "--workers",
        str(workers),
        "--seed",
        "1",
        *(word for name in only for word in ("--only", name)),
    ]
    began = time.perf_counter()
    moments = []
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            assert json.loads(line)["status"] == "graded", line
            moments.append(time.perf_counter() - began)
    return Timing(len(moments), moments[0], moments[-1], time.perf_counter() - began)


def again(folder: Path, book: Path, only: tuple[str, ...]) -> float:
    """Milliseconds a submission when nothing changed, from hashing it to announcing it. No worker may be asked for."""
    plan = Plan(fingerprint(), only=only)
    news: list[Settled] = []
    with open_book(book) as opened, opened.grading():
        batch = Batch(1, plan.policy, str(folder), plan.grader, "bench")
        evening = BatchRun(opened, batch, plan, crew=lambda: sys.exit("something was run again"), on_news=news.append)
        began = time.perf_counter()
        with take_in(folder) as taken:
            evening.grade(taken.handed)
        seconds = time.perf_counter() - began
    return 1000 * seconds / len(news)


def own_seconds(folder: Path) -> float:
    """CPU seconds of the students' cells alone, all notebooks together, in forks of this process."""
    preload.load()
    total = 0.0
    with take_in(folder) as taken:
        notebooks = [json.loads(contents(handed)[0]) for handed in taken.handed]
    for notebook in notebooks:
        cells = notebook["cells"]
        pid = os.fork()
        if pid == 0:
            run_cells(["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"])
        _, _, usage = os.wait4(pid, 0)
        total += usage.ru_utime + usage.ru_stime
    return total


def run_cells(sources: list[str]) -> None:
    """Run the cells as a kernel would, and end the process."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    scope = {"__name__": "__main__"}
    for source in sources:
        try:
            exec(compile(source, "<cell>", "exec"), scope)
        except Exception:  # a cell costs itself only
            continue
    os._exit(0)


@click.command()
@click.option("--size", default=24, help="Submissions.")
@click.option(
    "--only", multiple=True, default=("causal_mask",), help="Exercises that are judged; all cells run anyway."
)
def main(size: int, only: tuple[str, ...]) -> None:
    """Time a class. Exits with 1 when a re-run with nothing changed costs more than it may."""
    examine().require(Tier.JAIL)
    table = Table("workers", "a minute", "warm-up s", "whole s", "worker s each", "to their own CPU s")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "class"
        folder.mkdir()
        write_class(folder, size)
        own = own_seconds(folder)
        for workers in sorted({1, min(2, cores())}):
            book = Path(place) / f"book{workers}"
            timing = grade(folder, book, workers, only)
            each = workers * 60 / timing.rate
            table.add_row(
                str(workers),
                f"{timing.rate:.0f}",
                f"{timing.first:.1f}",
                f"{timing.whole:.1f}",
                f"{each:.2f}",
                f"{each * size / own:.1f}",
            )
        unchanged = min(again(folder, book, only) for _ in range(3))
    console = Console()
    console.print(table)
    console.print(
        f"{size} submissions, judged on {', '.join(only) or 'everything'}; their own cells take {own / size:.2f} CPU s each"
    )
    console.print(f"again with nothing changed: {unchanged:.1f} ms a submission (may be {RERUN:g})")
    sys.exit(0 if unchanged <= RERUN else 1)


if __name__ == "__main__":
    main()
