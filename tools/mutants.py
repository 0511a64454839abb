"""Measure how strong the checks are: every mutant of every reference answer is put to the checks of its exercise.

    python tools/mutants.py [EXERCISE ...] [--jobs 2] [--again]     measure what is stale, write the table and docs/mutants.md
    python tools/mutants.py --render                               write docs/mutants.md from the table alone

A mutant that loses no point either is the same function as the reference, compared in a thousand drawn questions, or is
let pass on purpose, or shows a hole. Which of these stands in tools/mutation/explained.toml with a reason for each. The
table holds a digest of the exercise's answer and checks; an exercise is measured again when it changes. Each mutant is then
put first to the check that caught it before.
"""

from __future__ import annotations

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
os.environ.update(OMP_NUM_THREADS="1", OMP_WAIT_POLICY="PASSIVE")

from tools.mutation import table

DOCS = Path(__file__).parents[1] / "docs" / "mutants.md"


def measure_one(name: str, number: int, before: str, proved: bool) -> table.Row:
    """The verdict on one mutant of an exercise; in a worker process. before, proved: see `measure`."""
    import torch

    from grader import lessons
    from grader.authoring.mutants import mutants_of
    from tools.mutation.measure import measure

    torch.set_num_threads(1)
    exercise = lessons.exercise(name)
    found = measure(lessons.lesson(exercise.lesson), exercise, mutants_of(exercise)[number], before, proved)
    return table.Row(found.mutant.id, found.verdict, found.by, found.compared, found.differs)


def measure_exercises(names: list[str], jobs: int) -> None:
    """Measure these exercises and write each into the table as soon as it is done."""
    from grader import lessons
    from grader.authoring.mutants import mutants_of

    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        for name in names:
            ids = [mutant.id for mutant in mutants_of(lessons.exercise(name))]
            count, before, digest = len(ids), table.caught_by(name), table.digest(name)
            asked = ([before.get(id, "") for id in ids], [table.must_be_equal(name, id) for id in ids])
            rows = list(pool.map(measure_one, [name] * count, range(count), *asked))
            table.write({**table.read(), name: table.Measured(digest, tuple(rows))})
            left = sum(row.verdict != "caught" for row in rows)
            print(f"{name}: {count} mutants, {count - left} caught, {left} to be explained", flush=True)


def main() -> int:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("exercises", nargs="*")
    ask.add_argument("--jobs", type=int, default=2)
    ask.add_argument("--again", action="store_true", help="also what is fresh")
    ask.add_argument("--render", action="store_true")
    said = ask.parse_args()
    names = said.exercises or table.names()
    if not said.render:
        known = table.read()
        fresh = {name for name in known if known[name].digest == table.digest(name)}
        measure_exercises([name for name in names if said.again or name not in fresh], said.jobs)
    DOCS.write_text(table.render(table.read()), "utf-8")
    holes = table.unexplained(table.read())
    for name, row in holes:
        print(
            f"unexplained: {name} | {row.verdict} {row.by} | {row.id} | {row.compared} compared, differs {row.differs}"
        )
    return 1 if holes else 0


if __name__ == "__main__":
    raise SystemExit(main())
