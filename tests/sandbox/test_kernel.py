"""The kernel sandbox: real kernels, real forks, and what cells do to them."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path

import psutil
import pytest
import torch

from grader.errors import ReplyRefused, SandboxDied
from grader.grading import grade
from grader.judge.execution import execute_cells
from grader.model import Cell, CellRun, Ending, Limits, Outcome, Submission
from grader.sandbox.kernel import KernelSandbox
from tests.drawing import drawn
from tests.notebooks import answer_cells, save, solved

QUICK = Limits(cell_wall=2.0, cell_cpu=2.0, call_wall=10.0, check_wall=30.0)  # where running out of time is the point
PATIENT = Limits(cell_wall=60.0, cell_cpu=60.0, output=1 << 20)
linux = pytest.mark.skipif(sys.platform != "linux", reason="checks fork on Linux only")


def run(sandbox: KernelSandbox, source: str, exercise: str | None = None) -> CellRun:
    return sandbox.run(Cell(0, "code", source, exercise))


def ask(sandbox: KernelSandbox, section: str, name: str, *args: object):  # type: ignore[no-untyped-def]
    with sandbox.branch() as branch:
        return branch.ask({"op": "call", "section": section, "target": name, "args": args, "kwargs": {}, "seed": 1})


@pytest.fixture(scope="module")
def sandbox():  # type: ignore[no-untyped-def]
    with KernelSandbox(QUICK) as started:
        yield started


def test_a_cell_costs_itself_only(sandbox: KernelSandbox) -> None:
    """A cell that raises and one that does not parse leave the others as they were."""
    assert run(sandbox, "good = 1", "a").ending is Ending.OK
    raised = run(sandbox, "1 / 0", "a")
    assert raised.ending is Ending.RAISED and raised.error == "ZeroDivisionError: division by zero"
    assert run(sandbox, "def broken(:\n  pass", "a").ending is Ending.UNPARSED
    assert run(sandbox, "assert good == 1", "a").ending is Ending.OK


def test_a_kernel_runs_where_a_loop_runs_already() -> None:
    """From a cell of a notebook, whose own kernel is a running loop, cells are run and questions asked as from anywhere."""

    async def in_a_loop() -> None:
        with KernelSandbox(QUICK) as started:
            assert run(started, "def twice(x):\n  return 2 * x", "a").ending is Ending.OK
            assert ask(started, "a", "twice", 3).value == 6

    asyncio.run(in_a_loop())


def test_sections_keep_their_own_definition(sandbox: KernelSandbox) -> None:
    """A class of the same name further down hides nothing, and super(Name, self) means the class it meant."""
    model = "class Model(Base):\n  def __init__(self):\n    super(Model, self).__init__()\n    self.n = {n}\ndef make():\n  return Model().n"
    run(sandbox, "class Base: pass")
    run(sandbox, model.format(n=1), "first")
    run(sandbox, model.format(n=2), "second")
    assert ask(sandbox, "first", "make").value == 1
    assert ask(sandbox, "second", "make").value == 2
    assert ask(sandbox, "third", "make").value == 2


def test_what_a_call_rebinds_is_there_in_the_next(sandbox: KernelSandbox) -> None:
    """A global that a function rebinds keeps its value from call to call, and from check to check it does not."""
    run(sandbox, "count = 0\ndef counted():\n  global count\n  count += 1\n  return count", "counting")
    run(sandbox, "count = 50", "afterwards")
    request = {"op": "call", "section": "counting", "target": "counted", "args": (), "kwargs": {}, "seed": 1}
    for _ in range(2):
        with sandbox.branch() as branch:
            assert [branch.ask(request).value for _ in range(3)] == [1, 2, 3]


def test_an_error_points_at_the_students_line(sandbox: KernelSandbox) -> None:
    """A fault says type, message, line and source."""
    run(sandbox, "def outer(x):\n  return inner(x)\ndef inner(x):\n  return x / 0", "faulty")
    fault = ask(sandbox, "faulty", "outer", 1).fault
    assert (fault.type, fault.place.line, fault.place.source) == ("ZeroDivisionError", 4, "return x / 0")


def test_tensors_cross_unharmed(sandbox: KernelSandbox) -> None:
    """Every dtype the exercises use, and shapes of no and of zero size, come back as they went."""
    run(sandbox, "def same(x): return x", "same")
    for dtype in (torch.float32, torch.float64, torch.int64, torch.bool, torch.float16, torch.bfloat16):
        sent = (torch.arange(6).reshape(2, 3).to(dtype), torch.zeros(0, 3, dtype=dtype), torch.ones((), dtype=dtype))
        for mine, theirs in zip(sent, ask(sandbox, "same", "same", sent).value, strict=True):
            assert theirs.dtype is dtype and torch.equal(mine, theirs)


@linux
def test_a_check_cannot_touch_the_next(sandbox: KernelSandbox) -> None:
    """What a call changes, breaks or ends is gone with its branch."""
    run(
        sandbox,
        "import os\nstate = []\ndef push():\n  state.append(1); return len(state)\ndef leave(): os._exit(0)",
        "iso",
    )
    assert ask(sandbox, "iso", "push").value == 1
    with pytest.raises(SandboxDied) as died:
        ask(sandbox, "iso", "leave")
    assert died.value.cause is Outcome.CRASHED
    assert ask(sandbox, "iso", "push").value == 1


@linux
def test_a_call_that_hangs_is_ended(sandbox: KernelSandbox) -> None:
    """Endless loops in a call time out, and their process is gone."""
    run(sandbox, "import os\ndef forever(path):\n  open(path, 'w').write(str(os.getpid()))\n  while True: pass", "hang")
    path = sandbox.seat.private / "work" / "pid"
    with pytest.raises(SandboxDied) as died:
        ask(sandbox, "hang", "forever", str(path))
    assert died.value.cause is Outcome.TIMED_OUT
    pid = int(path.read_text())
    deadline = time.monotonic() + 5
    while (
        psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE and time.monotonic() < deadline
    ):
        time.sleep(0.02)
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_a_reply_has_a_size(sandbox: KernelSandbox) -> None:
    """Two gigabytes come back as one word, and the judge holds nothing of them."""
    run(sandbox, "import torch\ndef huge(): return torch.empty(1 << 29)", "huge")
    before = psutil.Process().memory_info().rss
    assert ask(sandbox, "huge", "huge").fault.type == "TooLarge"
    assert psutil.Process().memory_info().rss - before < 50 << 20


FORGED = {
    "length": "line.sendall(struct.pack('>Q', 1 << 60))",
    "header": "line.sendall(struct.pack('>Q', 16) + struct.pack('>Q', 1 << 60) + b'x' * 8)",
    "json": "line.sendall(struct.pack('>Q', 12) + struct.pack('>Q', 4) + b'[1]]')",
    "pickle": "import pickle; p = pickle.dumps(1); line.sendall(struct.pack('>Q', len(p)) + p)",
    "safetensors": "t = b'{\"value\": {\"tensor\": \"0\"}}'; m = struct.pack('>Q', len(t)) + t + struct.pack('<Q', 10 << 30) + b'{}'; line.sendall(struct.pack('>Q', len(m)) + m)",
    "missing tensor": "t = b'{\"dict\": [[\"value\", {\"tensor\": \"7\"}]]}'; m = struct.pack('>Q', len(t)) + t + struct.pack('<Q', 2) + b'{}'; line.sendall(struct.pack('>Q', len(m)) + m)",
    "nested": "t = b'{\"list\":[' * 100000; m = struct.pack('>Q', len(t)) + t; line.sendall(struct.pack('>Q', len(m)) + m)",
}


@linux
@pytest.mark.parametrize("name", FORGED)
def test_forged_replies_are_refused(name: str, sandbox: KernelSandbox) -> None:
    """A sandbox that answers for itself, with lies about lengths or with other formats, is refused without harm."""
    source = f"""
import sys, struct
def forged(room, address, limit):
    line = probe.dial(address)
    probe.read_exactly(line, struct.unpack('>Q', probe.read_exactly(line, 8))[0])
    {FORGED[name]}
    probe.read_exactly(line, 1)
probe = sys.modules["grader_agent"]
kept = probe.serve
probe.serve = forged
"""
    assert run(sandbox, source).ending is Ending.OK
    with pytest.raises(ReplyRefused):
        ask(sandbox, "same", "same", 1)
    run(sandbox, "probe.serve = kept")


def test_an_interrupted_cell_leaves_the_kernel() -> None:
    """A cell over its time is stopped; what was there before still is."""
    with KernelSandbox(QUICK) as sandbox:
        run(sandbox, "x = 41")
        stopped = run(sandbox, "while True: x = 42", "loop")
        assert (
            stopped.ending is Ending.INTERRUPTED and sandbox.lasted < 4
        )  # of its own: the wall is the machine's business
        assert run(sandbox, "assert x == 42").ending is Ending.OK


def test_a_cell_that_swallows_interrupts_is_ended() -> None:
    """It costs its kernel, and the sandbox starts again."""
    deaf = "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: time.sleep(0.01)"
    with KernelSandbox(QUICK) as sandbox:
        assert run(sandbox, deaf).ending is Ending.DIED and not sandbox.alive
        sandbox.restart()
        assert run(sandbox, "x = 1").ending is Ending.OK


@drawn(2)
@pytest.mark.parametrize(
    "source",
    [
        "import os; os._exit(0)",
        "import os, signal; os.kill(os.getpid(), 9)",
        "exit()",
        "import ctypes; ctypes.string_at(0)",
    ],
)
def test_a_cell_that_ends_the_kernel_is_said_to(source: str) -> None:
    """However it ends, it is the cell's doing and the kernel can be started again."""
    with KernelSandbox(PATIENT) as sandbox:
        assert run(sandbox, source).ending is Ending.DIED and not sandbox.alive
        sandbox.restart()
        assert run(sandbox, "x = 1").ending is Ending.OK


def test_a_cell_that_ends_the_kernel_leaves_its_definitions() -> None:
    """As a training that wants more memory than there is: what it defines is there for later cells; one that kills by defining is dropped."""
    sources = (
        "import os",
        "def f():\n    return 2\nos._exit(0)",
        "class Deadly:\n    os._exit(0)",
        "x = f() + 1",
        "assert x == 3",
    )
    cells = tuple(Cell(index, "code", source) for index, source in enumerate(sources))
    with KernelSandbox(PATIENT) as sandbox:
        run_of_all = execute_cells(Submission("n", "0", "en", None, cells), sandbox, Limits())
    assert [cell.ending for cell in run_of_all.cells] == [Ending.OK, Ending.DIED, Ending.DIED, Ending.OK, Ending.OK]
    assert run_of_all.defined == (1, 2)


@pytest.mark.parametrize("source", ["x = 1\nexit()", "x = 1\nquit(0)", "x = 1\nimport sys\nsys.exit()"])
def test_a_script_that_ends_itself_ends_alone(source: str) -> None:
    """exit() in one file of a hand-in leaves the kernel to the others, and what stands before it."""
    with KernelSandbox(PATIENT, stand_ins=True) as sandbox:
        found = run(sandbox, source)
        assert found.ending is Ending.RAISED and found.error.startswith("SystemExit") and sandbox.alive
        assert run(sandbox, "x + 1").ending is Ending.OK


def test_output_is_kept_in_bounds() -> None:
    """A flood of output is dropped, and said so."""
    with KernelSandbox(PATIENT) as sandbox:
        flooded = run(sandbox, "for _ in range(3000): print('x' * 1000)")
        assert flooded.note is not None and "dropped" in flooded.note.en


def test_children_of_the_kernel_die_with_it() -> None:
    """A process that a cell started is gone when the sandbox closes."""
    with KernelSandbox(PATIENT) as sandbox:
        run(sandbox, "import subprocess; child = subprocess.Popen(['sleep', '600'])", "child")
        run(sandbox, "def pid(): return child.pid", "child")
        pid = ask(sandbox, "child", "pid").value
        assert psutil.pid_exists(pid)
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_the_kernel_sees_no_secrets_and_no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment is a chosen few variables."""
    monkeypatch.setenv("GRADER_SECRET", "x")
    with KernelSandbox(PATIENT) as sandbox:
        seen = run(
            sandbox, "import os; assert 'GRADER_SECRET' not in os.environ and os.environ['CUDA_VISIBLE_DEVICES'] == ''"
        )
        assert seen.ending is Ending.OK


def test_files_beside_the_notebook_can_be_read_and_none_is_left(tmp_path: Path) -> None:
    """The notebook's own data is there; what a cell writes goes with the sandbox."""
    (tmp_path / "train.txt").write_text("b\ttitle\n")
    with KernelSandbox(PATIENT, tmp_path) as sandbox:
        assert (
            run(sandbox, "assert open('train.txt').read() == 'b\\ttitle\\n'; open('new.txt', 'w').write('x')").ending
            is Ending.OK
        )
        private = sandbox.seat.private
    assert os.listdir(tmp_path) == ["train.txt"] and not private.exists()


def test_colab_and_a_gpu_have_stand_ins() -> None:
    """A Drive mount, .cuda(), device="cuda" and Apple's "mps" run on a machine that has neither."""
    source = """
from google.colab import drive
drive.mount('/content/drive')
import torch
device = torch.device('cuda')
model = torch.nn.Linear(2, 3).cuda()
out = model.to('cuda')(torch.ones(1, 2, device='cuda').to(device))
assert out.device.type == 'cpu'
assert torch.zeros(3).cuda().device.type == 'cpu'
torch.set_default_device('mps')
torch.mps.synchronize()
assert torch.zeros(3).to('mps').device.type == torch.ones(2, device=torch.device('mps')).device.type == 'cpu'
"""
    with KernelSandbox(PATIENT, stand_ins=True, without_gpu=True) as sandbox:
        found = run(sandbox, source)
        assert found.ending is Ending.OK, found.error


def test_scripts_know_where_they_lie() -> None:
    """`__file__` leads to the working folder; packages that only download are quiet where they are not installed."""
    source = """
import os, gdown
assert os.path.dirname(os.path.abspath(__file__)) == os.getcwd()
gdown.download(id="0B7XkCwpI5KDYNlNUTTlSS21pQmM", output="vectors.bin")
"""
    with KernelSandbox(PATIENT, stand_ins=True, modules=("knock80",), script="knock80.py") as sandbox:
        found = run(sandbox, source)
        assert found.ending is Ending.OK, found.error


@pytest.mark.slow
def test_without_fork_a_check_still_costs_only_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on macOS and Windows: the kernel itself answers, and is brought back when a check took it down."""
    monkeypatch.setattr("grader.sandbox.kernel.FORKS", False)
    notebook = solved("transformer_lm")
    (cell,) = answer_cells(notebook, "causal_mask")
    cell.source = "import os\ndef causal_mask(size): os._exit(1)"
    report = grade(save(notebook, tmp_path), seed=2, only=("causal_mask", "positional_encoding"))
    positions, mask = report.exercises
    assert mask.score.earned == 0 and mask.findings[0].outcome is Outcome.CRASHED
    assert positions.score.earned == positions.score.possible
