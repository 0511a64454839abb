"""The same submission gets the same findings, wherever and however often it is graded."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import nbformat.v4
import pytest
import torch

from grader.grading import grade, jail
from grader.judge.judging import judge
from grader.lessons import exercise, lesson, source
from grader.model import Report, Submission
from grader.sandbox import judge_lock
from grader.sandbox.doctor import examine
from grader.sandbox.kernel_factory import WarmKernelFactory
from grader.sandbox.local import LocalSandbox
from tests.notebooks import answer_cells, edits_of, save, solved

ONLY = ("positional_encoding", "causal_mask", "multi_head")
jailed = pytest.mark.skipif(not examine().safe, reason=f"no jail here: {[layer.value for layer in examine().missing]}")


def told(report: Report) -> list[object]:
    """All that is reported, without times and names of sandboxes."""
    return [
        (f.check, f.outcome, f.rationale, f.help, f.misconception, f.evidence, f.place, f.advice)
        for e in report.exercises
        for f in e.findings
    ]


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Mistakes, chance and training: a notebook whose report would show a difference."""
    made = solved("transformer_lm", causal_mask="one_too_many", multi_head="scale_by_d_model")
    (cell,) = answer_cells(made, "positional_encoding")
    cell.source += (
        "\n_right = positional_encoding\ndef positional_encoding(*args):\n    return _right(*args) + torch.randn(1)\n"
    )
    made.cells.insert(2, nbformat.v4.new_code_cell("import random\nnoise = torch.randn(3) * random.random()"))
    return save(made, tmp_path_factory.mktemp("determinism"))


@pytest.mark.slow
@jailed
def test_cold_and_jailed_kernels_report_the_same(notebook: Path) -> None:
    """Down to the last digit, also for code that draws random numbers."""
    cold = grade(notebook, seed=4, only=ONLY)
    with jail() as host:
        warm = grade(notebook, seed=4, only=ONLY, host=host)
        again = grade(notebook, seed=4, only=ONLY, host=host)
    assert told(cold) == told(warm) == told(again)
    assert warm.provenance.isolation.startswith("jail")


@pytest.mark.slow
@jailed
def test_company_changes_nothing(notebook: Path) -> None:
    """Graded among others at the same time, in threads of one judge's process, the findings are those of a lonely run."""
    with jail() as host:
        assert isinstance(host, WarmKernelFactory)
        alone = told(grade(notebook, seed=4, only=("causal_mask",), host=host))
        with ThreadPoolExecutor(3) as pool:
            jobs = [pool.submit(grade, notebook, seed=4, only=("causal_mask",), host=host) for _ in range(6)]
            assert all(told(job.result()) == alone for job in jobs)


# What is judged in one process by several threads: no number drawn, no setting made by one may be seen by another.
TOGETHER = (
    ("multi_head", "scale_by_d_model"),  # compared in float64
    ("positional_encoding", ""),
    ("knock81", "no_batch_first"),
    ("encoder_block", "dropout_in_evaluation"),  # draws random numbers
)


def judged(name: str, mistake: str) -> list[object]:
    """What is told of the reference answer with one of the known mistakes, in this very process."""
    asked = exercise(name)
    edits = edits_of(name, mistake) if mistake else ()
    scope = source.namespace(asked.lesson, name, edits)
    with LocalSandbox(scope) as sandbox:
        return told(judge(Submission(name, "", "en", asked.lesson, ()), sandbox, lesson(asked.lesson), 4, only=(name,)))


@contextmanager
def load(processes: int) -> Iterator[None]:
    """A machine that has much else to do."""
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(processes)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


@pytest.mark.slow
def test_four_threads_and_much_else_to_do() -> None:
    """Four threads that change hands a hundred thousand times a second, on a busy machine, find what one finds alone."""
    alone = [judged(*case) for case in TOGETHER]
    before = sys.getswitchinterval(), sys.stdout, torch.get_default_dtype()
    sys.setswitchinterval(1e-5)
    try:
        with load(6), ThreadPoolExecutor(4) as pool:
            rounds = [[pool.submit(judged, *case) for case in TOGETHER] for _ in range(2)]
            found = [[job.result() for job in jobs] for jobs in rounds]
    finally:
        sys.setswitchinterval(before[0])
    assert [together == alone for together in found] == [True] * len(found)
    assert (sys.getswitchinterval(), sys.stdout, torch.get_default_dtype()) == before


def test_the_turn_is_given_away_only_while_a_room_is_waited_for() -> None:
    """One judges, the other waits for its turn; with the sandbox's reply outstanding the other goes on."""
    log: list[str] = []
    first_waits, second_done = threading.Event(), threading.Event()

    def first() -> None:
        with judge_lock.judging(), judge_lock.judging():
            log.append("first")
            with judge_lock.kept(), judge_lock.waiting():
                first_waits.set()
                assert not second_done.wait(0.2), "the turn was kept, and another judged"
            with judge_lock.waiting():
                assert second_done.wait(10)
            log.append("first again")

    def second() -> None:
        assert first_waits.wait(10)
        with judge_lock.judging():
            log.append("second")
            second_done.set()

    with ThreadPoolExecutor(2) as pool:
        for job in [pool.submit(first), pool.submit(second)]:
            job.result()
    assert log == ["first", "second", "first again"]


BY_HASH = """
import torch; torch.set_num_threads(1)
from tests.hand_ins import hand_ins
from tests.test_determinism import told
hand_in = next(h for h in hand_ins(()) if h.id == "variants/wrong/encoder_block__batch_norm")
print(told(hand_in.graded(7, None)))
"""


@pytest.mark.slow
def test_pythons_hash_seed_changes_nothing() -> None:
    """Answers that are equally near are tried in their own order, and a mistake has the same name in every process."""
    root = Path(__file__).parents[1]
    found = {
        subprocess.run(
            [sys.executable, "-c", BY_HASH], cwd=root, env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True, text=True, check=True, timeout=240,
        ).stdout
        for seed in ("0", "1")
    }  # fmt: skip
    (only,) = found
    assert "normalised_over_the_batch" in only
