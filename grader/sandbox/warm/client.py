"""jupyter_client's manager and client: careful with what they hear, and with the waiting taken out of them.

Careful: what a kernel says is rebuilt field by field (`grader.sandbox.messages`), and may not be larger than the judge has room for.
Quick: both wait in fixed steps that are longer than a warm kernel takes to start: 0.2 s of silence on iopub before
a kernel counts as ready, 0.1 s between looks whether it has died. Everything else is jupyter_client's, so a cold kernel can
be driven by `CarefulClient` as well.
"""

from __future__ import annotations

import time
from queue import Empty
from typing import Any

import zmq.asyncio
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from jupyter_client.manager import AsyncKernelManager
from traitlets import Type

from grader.sandbox.messages import rebuild
from grader.sandbox.warm.handle import WarmKernel
from grader.sandbox.warm.limits import KernelEnd

LARGEST_MESSAGE = 64 << 20  # bytes; a kernel that sends more is cut off
UNREAD = 16  # messages that may wait in the judge's memory, for each channel


MOST_PARTS = 200_000  # lists and objects of one message: 60 MB of "[]," would be 2 GB of lists
MOST_ITEMS = 2_000_000


def is_plain(frame: bytes) -> bool:
    """Whether a frame can be read as JSON in little more memory than it has itself."""
    return frame.count(b"[") + frame.count(b"{") <= MOST_PARTS and frame.count(b",") <= MOST_ITEMS


class CarefulChannel(AsyncZMQSocketChannel):  # type: ignore[misc]  # jupyter_client has no types
    """A channel on which only well-formed messages are heard."""

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:
        """The next message that is one. Raises queue.Empty after `timeout` seconds."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            left = None if deadline is None else max(0, int(1000 * (deadline - time.monotonic())))
            if not await self.socket.poll(left):
                raise Empty
            message = rebuild(self._read(await self.socket.recv_multipart()))
            if message is not None:
                return message

    def _read(self, parts: list[bytes]) -> Any:
        try:
            _, signed = self.session.feed_identities(parts)
            return self.session.deserialize(signed) if all(map(is_plain, signed)) else None
        except Exception:  # a stranger wrote it: whatever the parser raises, it is not a message
            return None


class CarefulClient(AsyncKernelClient):  # type: ignore[misc]  # as above
    """A client that takes a kernel for ready when both channels have answered the same question."""

    shell_channel_class = Type(CarefulChannel)
    iopub_channel_class = Type(CarefulChannel)

    def _context_default(self) -> zmq.asyncio.Context:
        self._created_context = True
        context = zmq.asyncio.Context()
        context.setsockopt(zmq.MAXMSGSIZE, LARGEST_MESSAGE)
        context.setsockopt(zmq.RCVHWM, UNREAD)
        return context

    def start_channels(self, shell: bool = True, iopub: bool = True, stdin: bool = True, hb: bool = False,
                       control: bool = True) -> None:  # fmt: skip
        """As jupyter_client's, but without the thread that listens for heartbeats: the manager knows the process."""
        super().start_channels(shell, iopub, stdin, hb, control)

    async def _async_wait_for_ready(self, timeout: float | None = None) -> None:
        """Raises RuntimeError when the kernel dies or `timeout` seconds pass before it answers."""
        deadline = time.monotonic() + (60.0 if timeout is None else timeout)
        while not await self._answered(self.kernel_info()):
            if not await self.is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
            if time.monotonic() > deadline:
                raise RuntimeError(f"Kernel didn't respond in {timeout} seconds")

    async def _answered(self, asked: str) -> bool:
        """Whether the reply came, and then, on iopub, the status that ends it: nothing older is left to come."""
        try:
            reply = await self.shell_channel.get_msg(timeout=1)
            while reply["parent_header"]["msg_id"] != asked:
                reply = await self.shell_channel.get_msg(timeout=1)
            self._handle_kernel_info_reply(reply)
            while True:
                message = await self.iopub_channel.get_msg(timeout=0.1)
                idle = message["content"].get("execution_state") == "idle"
                if idle and message["parent_header"]["msg_id"] == asked:
                    return True
        except Empty:  # iopub subscribes a moment after shell connects: ask again
            return False

    wait_for_ready = _async_wait_for_ready


class WarmKernelManager(AsyncKernelManager):  # type: ignore[misc]  # as above
    """A manager of one warm kernel; `WarmEngine.kernel_manager` makes them."""

    client_factory = Type(CarefulClient)

    def ending(self) -> KernelEnd | None:
        """How the kernel ended: None before it started and while it runs."""
        kernel = self.kernel()
        return kernel.poll() if kernel is not None else None

    def kernel(self) -> WarmKernel | None:
        """The judge's end of the kernel: `memory_kills()`, `log`, `signal()`. None before it started."""
        found: WarmKernel | None = getattr(self.provisioner, "kernel", None)
        return found
