"""What a lent object asks in the middle of a request: answered outside, whatever it asks, and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from grader.checks.exchange import CallFailed
from grader.checks.student import Student
from grader.errors import ReplyRefused
from grader.model import Cell
from grader.sandbox.channel import answered
from grader.sandbox.kernel import KernelSandbox
from grader.sandbox.local import LocalSandbox

COUNTS = "def make(first):\n    return lambda: first + ask('how many?')\n"
USES = "def twice(count):\n    return count() + count()"


class Desk:
    def __init__(self) -> None:
        self.asked: list[Any] = []

    def __call__(self, question: Any) -> int:
        self.asked.append(question)
        return len(self.asked)


def student_of(branch: Any) -> Student:
    return Student(branch, "", 1)


def test_questions_are_answered_one_at_a_time() -> None:
    """Each call of the lent object is a question to the judge, who remembers it."""
    with LocalSandbox() as sandbox:
        sandbox.run(Cell(0, "code", USES))
        with sandbox.branch() as branch:
            student = student_of(branch)
            lent, desk = student.lend_asking(Desk, COUNTS, 10)
            assert student.call("twice", lent) == 23
            assert desk.asked == ["how many?"] * 2


def test_a_kernel_asks_through_the_wall() -> None:
    """The same in a kernel; and a process that the student's code has forked has nobody to ask."""
    forks = "import multiprocessing\ndef elsewhere(count):\n    with multiprocessing.get_context('fork').Pool(1) as pool:\n        return pool.apply(eval, ('1',)) + count()"
    alone = "import os\ndef alone(count):\n    read, write = os.pipe()\n    if os.fork() == 0:\n        try:\n            count()\n        except RuntimeError:\n            os.write(write, b'refused')\n        os._exit(0)\n    os.wait()\n    return os.read(read, 20).decode()"
    with KernelSandbox() as sandbox:
        for number, source in enumerate((USES, forks, alone)):
            sandbox.run(Cell(number, "code", source))
        with sandbox.branch() as branch:
            student = student_of(branch)
            lent, desk = student.lend_asking(Desk, COUNTS, 10)
            assert student.call("twice", lent) == 23
            assert student.call("elsewhere", lent) == 14
            assert student.call("alone", lent) == "refused"
            assert len(desk.asked) == 3


def test_a_question_may_be_anything() -> None:
    """What cannot be read, and what goes to a desk that is not there, is refused."""
    for message in (b"", b"\xff" * 20, b"\x00" * 8):
        with pytest.raises(ReplyRefused):
            answered(message, {0: lambda value: value})


def test_without_a_desk_nobody_answers() -> None:
    """An object that asks without having been lent so finds no judge."""
    with LocalSandbox() as sandbox:
        sandbox.run(Cell(0, "code", USES))
        with sandbox.branch() as branch:
            student = student_of(branch)
            lent = student.lend("def make(first):\n    return lambda: ask(first)\n", torch.zeros(1))
            with pytest.raises(CallFailed):
                student.call("twice", lent)
