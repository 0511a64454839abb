"""The sandbox without walls: cells run in this very process.

For self-checks inside a notebook (the student grades themselves), for our own reference answers and their variants,
and for unit tests. It speaks through the same packed messages as every other sandbox, so that nothing but data crosses.
"""

from __future__ import annotations

import copy
import linecache
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType
from typing import Any

from grader.errors import ReplyRefused
from grader.model import Cell, CellRun, Ending, Limits, Reply
from grader.model.run import error_words
from grader.notebook.syntax import TOO_DEEP
from grader.sandbox.channel import Desks, answered, read_reply
from grader.sandbox.guest import partial_execution
from grader.sandbox.guest.codec import pack
from grader.sandbox.guest.defaults import answer_message
from grader.sandbox.guest.faults import fault_of
from grader.sandbox.guest.namespace import Namespace


def compile_cell(cell: Cell, python: str, filename: str, flags: int = 0) -> CodeType | CellRun:
    """The cell's code, or how it ended where it does not parse. python: its source as Python is to read it."""
    try:
        code: CodeType = compile(python, filename, "exec", flags, dont_inherit=True)
    except SyntaxError as error:
        message = error_words(type(error).__name__, f"{error.msg} (line {error.lineno})")
        return CellRun(cell.index, Ending.UNPARSED, error=message, line=error.lineno)
    except (ValueError, RecursionError, MemoryError) as error:  # "\0" in it, or nested beyond the parser's stack
        return CellRun(cell.index, Ending.UNPARSED, error=error_words(type(error).__name__, str(error) or TOO_DEEP))
    return code


class LocalBranch:
    def __init__(self, guest: Namespace, limits: Limits) -> None:
        self.guest = guest
        self.limits = limits

    def ask(self, request: dict[str, Any]) -> Reply:
        desks: Desks = request.get("desks") or {}
        self.guest.ask_judge = lambda desk, value: answered(pack([desk, value]), desks)
        plain = {key: value for key, value in request.items() if key != "desks"}
        message = answer_message(self.guest, pack(plain), self.limits.reply)
        if len(message) > 2 * self.limits.reply:
            raise ReplyRefused("the reply is too large")
        return read_reply(message)


class LocalSandbox:
    isolation = "none: same process"
    alive = True
    lasted = 0.0
    answered = 0.0
    stuck = False

    def __init__(self, namespace: dict[str, Any] | None = None, limits: Limits | None = None) -> None:
        self.namespace = {"__name__": "__main__"} if namespace is None else namespace
        self.limits = limits or Limits()
        self.guest = Namespace(self.namespace)
        self.error: BaseException | None = None  # of the cell that was run last

    def __enter__(self) -> LocalSandbox:
        return self

    def __exit__(self, *exc: object) -> None:
        self.guest.objects.clear()

    def run(self, cell: Cell, cpu: float | None = None) -> CellRun:  # noqa: ARG002  # nobody watches the clock here
        filename = f"<cell {cell.index}>"
        linecache.cache[filename] = (len(cell.source), None, cell.source.splitlines(True), filename)
        code = compile_cell(cell, cell.source, filename)
        if isinstance(code, CellRun):
            return code
        began = time.monotonic()
        try:
            exec(code, self.namespace)  # the point of this sandbox: the student's cell, here
        except (Exception, SystemExit) as error:
            self.error = error
            fault = fault_of(error)
            line = fault.get("place", {}).get("line")
            ending, message = Ending.RAISED, f"{fault['type']}: {fault['message']}"
            return CellRun(cell.index, ending, time.monotonic() - began, message, line)
        finally:
            self.guest.note(cell.exercise)
        return CellRun(cell.index, Ending.OK, time.monotonic() - began)

    def define(self, cell: Cell, ran: bool, limit: float | None = None) -> None:  # noqa: ARG002  # as `run`
        partial_execution.define(self.namespace, cell.source, cell.index, ran, self.error if ran else None)
        self.guest.note(cell.exercise)

    def cpu_seconds(self) -> float:
        return time.process_time()

    @contextmanager
    def branch(self) -> Iterator[LocalBranch]:
        guest = copy.copy(self.guest)
        guest.objects = {}  # of this branch: another may be open
        yield LocalBranch(guest, self.limits)

    def restart(self) -> None:
        self.__init__(None, self.limits)  # type: ignore[misc]
