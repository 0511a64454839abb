"""Invent strangers' bytes and give them to what reads them: tests/fuzz says what must hold.

    python tools/fuzz.py                            every target, 20,000 inputs each, out of the corpus
    python tools/fuzz.py reader --inputs 200000     one target
    python tools/fuzz.py reader --atheris           guided by what the code does with them (pip install atheris)

An input that breaks the law is written to `found/TARGET/`, once for each way in which it does. Mend the code, then keep
the smallest in tests/fuzz/corpus/TARGET. The exit code is 1 where one was found.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from random import Random

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
LATELY = 500  # inputs that changes are made to, besides the corpus
KEEPS = 0.02  # of the inputs
TOLD = 10_000  # inputs after which it is said how far it is


class Watch:
    """What was found, and how many inputs there were."""

    def __init__(self, name: str, found: Path) -> None:
        self.name, self.found = name, found / name
        self.inputs = 0
        self.slowest = 0.0
        self.broken: Counter[str] = Counter()

    def give(self, target: object, data: bytes) -> None:
        from tests.fuzz import law

        self.inputs += 1
        began = time.process_time()
        try:
            law.keep(target, data, crowded=1)  # type: ignore[arg-type]
        except law.Unlawful as error:
            self.note(data, error)
        self.slowest = max(self.slowest, time.process_time() - began)

    def note(self, data: bytes, error: Exception) -> None:
        way = f"{error} at {place_of(error)}"
        kind = re.sub(r"\d+(\.\d+)?|'[^']*'|\"[^\"]*\"", "~", way)[:160]
        self.broken[kind] += 1
        if self.broken[kind] <= 3:
            self.found.mkdir(parents=True, exist_ok=True)
            (self.found / hashlib.sha256(data).hexdigest()[:12]).write_bytes(data)
            print(f"{self.name}: {way}", flush=True)

    def told(self, seconds: float) -> str:
        broken = sum(self.broken.values())
        return (
            f"{self.name}: {self.inputs:,} inputs, {broken} broke the law in {len(self.broken)} ways, "
            f"slowest {self.slowest:.2f} s, {seconds:.0f} s in all"
        )


def place_of(error: Exception) -> str:
    """The innermost line of ours that an exception came through."""
    trace = (error.__cause__ or error).__traceback__
    place = ""
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        place = f"{Path(name).name}:{trace.tb_lineno}" if "/grader/" in name or not place else place
        trace = trace.tb_next
    return place


def by_mutation(name: str, inputs: int, seed: int, found: Path) -> Watch:
    from tests.fuzz.corpus import corpus
    from tests.fuzz.mutation import mutated
    from tests.fuzz.targets.all import TARGETS

    random, module, watch = Random(seed), TARGETS[name], Watch(name, found)
    seeds = [*corpus(name), *invented(module.inputs, seed)]
    lately: list[bytes] = []
    began = time.monotonic()
    for _ in range(inputs):
        parent = random.choice(lately if lately and random.random() < 0.3 else seeds)
        data = mutated(parent, random, tuple(random.sample(seeds, min(3, len(seeds)))))
        watch.give(module.target, data)
        if watch.inputs % TOLD == 0:
            print(watch.told(time.monotonic() - began), flush=True)
        if random.random() < KEEPS and len(data) < 20_000:
            lately = [*lately[-LATELY:], data]
    return watch


def invented(inputs: object, seed: int) -> list[bytes]:
    """Some inputs of the grammar, to begin with."""
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import seed as seeded

    made: list[bytes] = []

    def keep(data: bytes) -> None:
        made.append(data)

    collect = settings(
        max_examples=400, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck), deadline=None
    )
    collect(seeded(seed)(given(inputs)(keep)))()  # type: ignore[arg-type]
    return made


def by_atheris(name: str, inputs: int, seed: int, found: Path) -> Iterable[Watch]:
    """libFuzzer ends the process by itself: the counts are told from within."""
    import atheris

    with atheris.instrument_imports(include=["grader"], enable_loader_override=False):
        from tests.fuzz.targets.all import TARGETS
    from tests.fuzz.corpus import folder
    from tests.fuzz.mutation import mutated

    module, watch, began = TARGETS[name], Watch(name, found), time.monotonic()

    def give(data: bytes) -> None:
        watch.give(module.target, data)
        if watch.inputs % 1_000 == 0 and watch.inputs < inputs:
            print(watch.told(time.monotonic() - began), flush=True)
        if watch.inputs >= inputs:
            print(watch.told(time.monotonic() - began), flush=True)
            import os

            os._exit(bool(watch.broken))

    def change(data: bytes, longest: int, seed: int) -> bytes:
        random = Random(seed)
        return atheris.Mutate(data, longest) if random.random() < 0.3 else mutated(data, random)[:longest]

    kept = found / f"{name}_kept"  # libFuzzer writes what leads further into the first folder that it is given
    kept.mkdir(parents=True, exist_ok=True)
    atheris.Setup(
        [sys.argv[0], f"-seed={seed}", "-max_len=60000", "-rss_limit_mb=0", "-verbosity=0", str(kept), str(folder(name))],
        give, custom_mutator=change,
    )  # fmt: skip
    atheris.Fuzz()
    return []


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("targets", nargs="*")
    arguments.add_argument("--inputs", type=int, default=20_000)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--found", type=Path, default=ROOT / "found")
    arguments.add_argument("--atheris", action="store_true")
    asked = arguments.parse_args()
    if asked.atheris:
        by_atheris(asked.targets[0], asked.inputs, asked.seed, asked.found)
    import torch

    from tests.fuzz.targets.all import TARGETS

    torch.set_num_threads(1)
    broken = False
    for name in asked.targets or list(TARGETS):
        began = time.monotonic()
        watch = by_mutation(name, asked.inputs, asked.seed, asked.found)
        print(watch.told(time.monotonic() - began), flush=True)
        broken = broken or bool(watch.broken)
    sys.exit(broken)


if __name__ == "__main__":
    main()
