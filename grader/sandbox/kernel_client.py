"""nbclient, bounded, and one conversation with a kernel."""

from __future__ import annotations

import re
from contextlib import suppress
from queue import Empty
from typing import Any

import psutil
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError

from grader.model import Limits, Reply
from grader.sandbox import judge_lock
from grader.sandbox.channel import Connection, read_reply
from grader.sandbox.guest.codec import pack
from grader.sandbox.patience import Patience, family_of

BRINGS_TORCH = re.compile(rb'"tensor"|\btorch\b')  # a tensor as it crosses, or code of ours that uses it


class CountingClient(NotebookClient):  # type: ignore[misc]  # nbclient has no types
    """nbclient, with a limit on what a cell may print (bytes)."""

    output_limit = 1 << 20
    output_bytes = 0
    leaves = False  # whether the cell has told the kernel to end, which it does a moment after its reply

    def heed(self, execute_reply: dict[str, Any], **_cell: Any) -> None:
        """What a reply to a cell says besides how it went."""
        payload = execute_reply["content"]["payload"]
        self.leaves = any(item["source"] == "ask_exit" and not item["keepkernel"] for item in payload)

    async def _async_check_alive(self) -> None:
        """nbclient goes on looking once a second after a cell was given up: a kernel that was let go is a dead one."""
        if self.kc is None:
            raise DeadKernelError("the kernel was let go")
        await super()._async_check_alive()

    def process_message(self, msg: dict[str, Any], cell: Any, cell_index: int) -> Any:
        if msg["msg_type"] in ("stream", "display_data", "execute_result", "update_display_data", "error"):
            self.output_bytes += len(str(msg["content"]))
            if self.output_bytes > self.output_limit:
                return None
        return super().process_message(msg, cell, cell_index)

    # -- code of ours -------------------------------------------------------------------------

    @property
    def kernel_pid(self) -> int | None:
        return getattr(self.km.provisioner, "pid", None)

    def is_there(self) -> bool:
        return self.kernel_pid is not None and psutil.pid_exists(self.kernel_pid)

    async def send(self, code: str) -> str:
        """Code of ours for the kernel, in a namespace of its own; the number of the message."""
        wrapped = f"exec({code!r}, {{'__builtins__': __builtins__}})"
        number: str = self.kc.execute(wrapped, silent=True, store_history=False, allow_stdin=False)
        return number

    async def answers(self, number: str, patience: Patience) -> bool:
        """Whether the kernel says, while there is patience, that it has done what this message told it."""
        while not patience.over():
            with suppress(Empty):
                reply = await self.kc.get_shell_msg(timeout=0.2)
                if reply["parent_header"].get("msg_id") == number:
                    return True
                continue
            if not self.is_there() or not await self.km.is_alive():
                return False
        return False


class KernelBranch:
    def __init__(self, line: Connection, limits: Limits) -> None:
        self.line = line
        self.limits = limits
        self.spent = 0.0  # seconds of its own
        self.brings_torch = False  # whether the kernel had to load it for what was asked, if it had not before

    def ask(self, request: dict[str, Any]) -> Reply:
        desks = request.get("desks")
        message = pack({key: value for key, value in request.items() if key != "desks"})
        self.brings_torch |= BRINGS_TORCH.search(message) is not None
        patience = Patience(
            lambda: family_of(self.line.pid), min(self.limits.check_wall - self.spent, self.limits.call_wall)
        )
        with judge_lock.waiting():
            try:  # packing doubles what a reply holds at most; the remainder is for the JSON around it
                reply = self.line.ask(message, patience, 2 * self.limits.reply, desks)
            finally:
                self.spent += patience.own
        return read_reply(reply)
