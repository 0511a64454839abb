"""jupyter_client's manager and client, with the waiting taken out of them.

Both wait in fixed steps that are longer than a warm kernel takes to start: 0.2 s of silence on iopub before a kernel
counts as ready, 0.1 s between looks whether it has died. Everything else is jupyter_client's.
"""

from __future__ import annotations

import time
from queue import Empty

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager
from traitlets import Type

from grader.box.warm.handle import WarmKernel
from grader.box.warm.limits import KernelEnd


class WarmClient(AsyncKernelClient):  # type: ignore[misc]  # jupyter_client has no types
    """A client that takes a kernel for ready when both channels have answered the same question."""

    async def _async_wait_for_ready(self, timeout: float | None = None) -> None:
        """Raises RuntimeError when the kernel dies or `timeout` seconds pass before it answers."""
        deadline = time.monotonic() + (60.0 if timeout is None else timeout)
        while True:
            asked = self.kernel_info()
            if await self._answered(asked):
                return
            if not await self.is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
            if time.monotonic() > deadline:
                raise RuntimeError(f"Kernel didn't respond in {timeout} seconds")

    async def _answered(self, asked: str) -> bool:
        """Whether the reply came, and then, on iopub, the status that ends it: nothing older is left to come."""
        try:
            reply = await self.shell_channel.get_msg(timeout=1)
            while reply["parent_header"].get("msg_id") != asked:
                reply = await self.shell_channel.get_msg(timeout=1)
            self._handle_kernel_info_reply(reply)
            while True:
                message = await self.iopub_channel.get_msg(timeout=0.1)
                idle = message["content"].get("execution_state") == "idle"
                if idle and message["parent_header"].get("msg_id") == asked:
                    return True
        except Empty:  # iopub subscribes a moment after shell connects: ask again
            return False

    wait_for_ready = _async_wait_for_ready


class WarmKernelManager(AsyncKernelManager):  # type: ignore[misc]  # as above
    """A manager of one warm kernel; `WarmEngine.kernel_manager` makes them."""

    client_factory = Type(WarmClient)

    def ending(self) -> KernelEnd | None:
        """How the kernel ended: None before it started and while it runs."""
        kernel = self.kernel()
        return kernel.poll() if kernel is not None else None

    def kernel(self) -> WarmKernel | None:
        """The judge's end of the kernel: `memory_kills()`, `log()`, `signal()`. None before it started."""
        found: WarmKernel | None = getattr(self.provisioner, "kernel", None)
        return found
