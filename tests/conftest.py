"""For all tests: what is imported once stays for good, so the garbage collector need not walk through torch again and again.

And answers are asked as they are when they are graded: where no GPU is to be seen.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
import torch  # the largest of what is imported

from grader import lesson_folders
from grader.sandbox.guest.compiler import leave_unloaded
from grader.sandbox.kernel_factory import KernelFactory
from tests import drawing
from tests.hand_ins import warm_host

leave_unloaded()  # as grading does: the first optimizer loads 800 modules otherwise
gc.collect()
gc.freeze()


@pytest.hookimpl(tryfirst=True)  # before -m is looked at
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in drawing.left_out(items):
        item.add_marker(pytest.mark.slow)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.write_line(f"drawn with the seed {drawing.SEED}; `make slow` runs what was not drawn")


@pytest.fixture(autouse=True, scope="module")
def no_gpu_in_sight(request: pytest.FixtureRequest) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        if request.module.__name__ != "tests.test_gpu":
            patch.setattr(torch.cuda, "is_available", lambda: False)
        yield


@pytest.fixture(autouse=True, scope="session")
def own_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What `grade` keeps from one time to the next is the tests' own, here and in the processes that they start."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture
def nothing_chosen() -> Iterator[None]:
    """Each test chooses lessons for itself, and the next one finds nothing of them."""
    yield
    lesson_folders.use_only()


@pytest.fixture(scope="session")
def host() -> Iterator[KernelFactory | None]:
    """One warm process for all notebooks where this machine has one; else a new interpreter for each."""
    with warm_host() as found:
        yield found
