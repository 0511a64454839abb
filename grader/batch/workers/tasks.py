"""What a worker process does: open one warm host, then grade one submission after the other.

The same two functions run on this machine and on a cluster: `enter` once, `work` for each submission. `work` never
raises: what goes wrong with a submission is a result, and whatever else ends the call means that the worker is lost.
A task carries the bytes that were handed in, not a path, so that what is graded is what was hashed, and workers need
not share a disk. torch and the judge are imported when a worker enters, not when the coordinating process looks here.
"""

from __future__ import annotations

import os
import platform
import signal
import tempfile
import threading
import time
import traceback
from contextlib import ExitStack
from dataclasses import dataclass, field
from multiprocessing import connection, util
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from grader import lesson_folders
from grader.batch.cache_key import fingerprint
from grader.batch.gradebook.entries import Result, Status
from grader.batch.scratch import scratch
from grader.errors import GraderError, SubmissionError, UsageError
from grader.model import Limits, Text
from grader.model.printable import legible

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from grader.sandbox.kernel_factory import KernelFactory

Isolation = Literal["jail", "warm", "cold"]
OVERSTAYED = 75  # exit status of a worker whose submission did not come to an end
LATER = 300.0  # seconds beyond all limits before that is said


@dataclass(frozen=True)
class Plan:
    """What is the same for all tasks of a batch. grader: the fingerprint of who sends them. memory: bytes for one notebook.

    names: the text of a map, what the students' names mean. lessons: folders of lessons that somebody chose.
    """

    grader: str
    isolation: Isolation = "jail"
    lesson: str | None = None
    only: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    memory: int = 2 << 30
    names: str = ""
    lessons: tuple[str, ...] = ()
    overstay: float | None = None  # seconds after which a worker gives itself up; None: well beyond all limits

    @property
    def policy(self) -> str:
        """What decides a mark besides the checks, as text. Not the walls: they change no number."""
        return f"{self.lesson} {sorted(self.only)} {self.limits} {self.memory}" + (
            f" {self.names}" if self.names else ""
        )

    @property
    def longest(self) -> float:
        """Seconds after which a submission cannot still be within its limits: all cells, then 100 checks at their limit."""
        return self.overstay or 2 * self.limits.total_wall + 100 * self.limits.check_wall + LATER


@dataclass(frozen=True)
class Task:
    """One submission to grade. files: what lies beside the notebook, by name. parts: the names of those that are one
    submission with it, and its own first; empty where it is alone."""

    submission: int
    student: str
    name: str
    sha256: str
    seed: int
    notebook: bytes
    plan: Plan
    files: tuple[tuple[str, bytes], ...] = ()
    parts: tuple[str, ...] = ()


class WrongWorker(GraderError):
    """A worker that must not grade for this batch, and why."""


class KernelFactoryHolder:
    """The one host of this process, opened when first asked for and kept for all its submissions."""

    def __init__(self) -> None:
        self.lock = threading.Lock()  # the judge sets torch's defaults: one submission at a time in a process
        self.stack = ExitStack()
        self.host: KernelFactory | None = None
        self.kind: tuple[Isolation, int, lesson_folders.State] | None = None
        util.Finalize(None, self.close, exitpriority=10)  # what atexit is for the children of multiprocessing

    def open(self, plan: Plan) -> KernelFactory | None:
        """The host, opened anew where another kind is wanted. None: a new interpreter for each notebook."""
        wanted = (plan.isolation, plan.memory, lesson_folders.state())
        if self.kind != wanted:
            self.close()
            self.host = self.opened(plan)
            self.kind = wanted
        return self.host

    def opened(self, plan: Plan) -> KernelFactory | None:
        import torch

        torch.set_num_threads(1)  # as many workers as cores, each with one thread: more make all of them slow
        tempfile.tempdir = str(self.stack.enter_context(scratch()))
        self.stack.callback(setattr, tempfile, "tempdir", None)
        if plan.isolation == "cold":
            return None
        from grader.sandbox.doctor import Tier
        from grader.sandbox.kernel_factory import WarmKernelFactory
        from grader.sandbox.warm import KernelLimits, open_warm

        return WarmKernelFactory(
            self.stack.enter_context(open_warm(Tier(plan.isolation), KernelLimits(memory_bytes=plan.memory)))
        )

    def close(self) -> None:
        self.kind, self.host = None, None
        self.stack.close()


_rooms: list[KernelFactoryHolder] = []


def room() -> KernelFactoryHolder:
    if not _rooms:
        _rooms.append(KernelFactoryHolder())
    return _rooms[0]


def enter(plan: Plan) -> str:
    """Get ready: the same grader, the host open. Returns the worker's name. Raises WrongWorker, or what opening raises."""
    name = f"{platform.node()}:{os.getpid()}"
    lesson_folders.use_only(*map(Path, plan.lessons))
    if fingerprint() != plan.grader:
        raise WrongWorker(
            f"{name} has the grader {fingerprint()}, but this batch was begun with {plan.grader}; "
            "install the same there, or run it again where the grader was changed meanwhile.",
            ja=f"{name} の採点プログラムは {fingerprint()} ですが、この採点は {plan.grader} で始めました。そこに同じものを"
            "入れるか、途中で変更した場合はもう一度実行してください。",
        )
    from grader.lessons import catalogue

    catalogue()  # a fault of an author's is said once, and not for every submission
    with room().lock:
        room().open(plan)
    return name


def work(task: Task) -> Result:
    """Grade one submission. Whatever happens becomes a result; a worker that cannot come to an end ends itself."""
    alarm = threading.Timer(task.plan.longest, os._exit, (OVERSTAYED,))
    alarm.daemon = True
    alarm.start()
    began = time.monotonic()
    try:
        with room().lock:
            result = graded(task)
    finally:
        alarm.cancel()
    return Result(
        result.status, result.lesson, result.report, result.problem,
        seconds=time.monotonic() - began, worker=f"{platform.node()}:{os.getpid()}",
    )  # fmt: skip


def graded(task: Task) -> Result:
    from grader.grading import grade, map_in
    from grader.report import json

    plan = task.plan
    try:
        host = room().open(plan)
        with tempfile.TemporaryDirectory(prefix="in-") as folder:
            path = unpacked(task, Path(folder))
            names = map_in(plan.names)
            report = grade(
                path, task.seed, plan.only, plan.lesson, plan.limits, host=host, by_hand=names, order=task.parts,
                one_lesson=True,
            )  # fmt: skip  # everybody's total is that of one lesson
        return Result(Status.GRADED, report.lesson, json.render(report).encode())
    except (SubmissionError, UsageError) as error:
        return Result(Status.UNREADABLE, plan.lesson, problem=Text(en=str(error), ja=error.in_("ja")))
    except Exception as error:  # a fault of ours: told, never a mark, and never another submission's loss
        frame = traceback.extract_tb(error.__traceback__)[-1]
        where = "" if isinstance(error, GraderError) else f" ({Path(frame.filename).name}:{frame.lineno})"
        return Result(Status.BROKEN, plan.lesson, problem=failed(error, where))


def failed(error: Exception, where: str) -> Text:
    kind, said = type(error).__name__, legible(str(error))
    told = error.in_("ja") if isinstance(error, GraderError) else said
    return Text(
        en=f"The grader itself failed: {kind}: {said}{where}",
        ja=f"採点プログラム側の不具合です（{kind}: {told}{where}）",
    )


def unpacked(task: Task, folder: Path) -> Path:
    """What was handed in, in a folder of its own: nothing of anybody else's lies beside it. Several parts are a folder."""
    name = task.parts[0] if task.parts else Path(task.name).name
    place = folder / Path(task.name).name if task.parts else folder
    place.mkdir(exist_ok=True)
    for file, content in (*task.files, (name, task.notebook)):
        (place / Path(file).name).write_bytes(content)
    return place if task.parts else place / name


def follow(lifeline: Connection) -> None:
    """For a worker on this machine: end when the coordinating process lets go or ends, and leave Ctrl-C to it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=leave_with, args=(lifeline,), daemon=True).start()


def leave_with(lifeline: Connection) -> None:
    connection.wait([lifeline])
    room().close()  # even in the middle of a submission: nobody waits for it
    os._exit(0)
