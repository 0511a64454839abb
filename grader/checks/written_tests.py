"""Tests that somebody wrote for another grader: they run in the student's own process, and either run through or raise.

That is weaker evidence than a value that comes back: the student's code can make them pass, and can read what is hidden in them.
A check that asks so says `forgeable=True`, and the report says it too.
"""

from __future__ import annotations

from pathlib import Path

from grader.checks.exchange import CallFailed, Exchange, crash_signature
from grader.checks.student import Student
from grader.errors import Failure, ReplyRefused
from grader.model import Text


def run_tests(student: Student, tests: Path) -> None:
    """Run a file of statements where the student's names are, as they were at the end of the section, and put the names back.

    Raises Failure where an assertion does not hold, CallFailed where something else is raised.
    """
    source = tests.read_text(encoding="utf-8")
    what = {"source": source, "file": f"<{tests.stem}>", "seed": student.seed}
    message = {"op": "tests", "section": student.section, "target": None, "args": (), "kwargs": {}, **what}
    reply = student.branch.ask(message)
    if reply.fault is None and reply.value is not True:
        raise ReplyRefused("the sandbox did not say how the tests ended")
    if reply.fault is None:
        student.exchanges.append(Exchange(message, True))
        return
    student.exchanges.append(Exchange(message, refused=crash_signature(reply.fault)))
    if reply.fault.type != "AssertionError":
        raise CallFailed(reply.fault)
    said = f": {reply.fault.message}" if reply.fault.message else "."
    raise Failure(
        Text(
            en=f"An assertion of {tests.stem} does not hold{said}", ja=f"{tests.stem} の assert が成り立ちません{said}"
        ),
        Text(
            en="Run the cell with the tests below your answer: it shows the line, unless it is a test that you cannot see. Then try small inputs of "
            "your own, empty ones and the first and last values too.",
            ja="解答の下にあるテストのセルを実行すると、どの行かが分かります。見えないテストの場合は分からないので、小さな入力、空の入力、最初や最後の値などを"
            "自分で試してみましょう。",
        ),
    )
