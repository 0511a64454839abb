"""The seam to Jupyter: a kernel provisioner whose kernels are forks of the warm process.

nbclient, papermill, jupyter-server and every other client that goes through jupyter_client can use it: a kernelspec
names it in its metadata, and the engine to ask is found by the name in the provisioner's configuration.
"""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.factory import KernelProvisionerFactory
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Unicode

from grader.sandbox.warm.handle import WarmKernel

NAME = "grader-warm"
SLOWLY = 60.0  # seconds that a kernel may take to die


def register() -> None:
    """Make the name known to Jupyter where the package's entry points are not: in a checkout that was not installed."""
    entry = EntryPoint(NAME, f"{__name__}:WarmProvisioner", KernelProvisionerFactory.GROUP_NAME)
    KernelProvisionerFactory.instance().provisioners.setdefault(NAME, entry)


class WarmProvisioner(LocalProvisioner):  # type: ignore[misc]  # jupyter_client has no types
    """Starts, signals and waits for one kernel of a `WarmEngine`.

    The signatures are Jupyter's, so some arguments are not used: the environment and the working folder above all,
    which are the sandbox's own.
    """

    engine = Unicode(help="The name of an engine that is open in this process.").tag(config=True)
    kernel: WarmKernel | None = None
    _over = False

    @property
    def has_process(self) -> bool:
        return self.kernel is not None and not self._over

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:  # noqa: ARG002
        """Fork the kernel. cmd: as the kernelspec has it, with "-f", the connection file, and further arguments."""
        from grader.sandbox.warm.engine import engine_named

        place = cmd.index("-f")
        connection_file, arguments = Path(cmd[place + 1]), cmd[place + 2 :]
        self.kernel = await asyncio.to_thread(engine_named(self.engine).spawn, connection_file, arguments)
        self._over = False
        self.pid = self.kernel.pid
        return self.connection_info

    async def poll(self) -> int | None:
        if self.kernel is None:
            return 0
        ending = self.kernel.poll()
        if ending is None:
            return None
        return ending.status if ending.status is not None else -signal.SIGKILL

    async def wait(self) -> int | None:
        """Return as soon as it has ended; callers bring their own timeout."""
        while (status := await self.poll()) is None:
            await readable(self.kernel.channel.fileno())  # type: ignore[union-attr]
        self._over = True
        return status

    async def send_signal(self, signum: int) -> None:
        if self.kernel is not None:
            self.kernel.signal(signum)

    async def kill(self, restart: bool = False) -> None:  # noqa: ARG002
        """Kill it and wait until it is dead, which takes milliseconds: the caller's own waiting is coarser.

        On a machine that has much else to do it may take many seconds; one that never dies is let go in `cleanup`.
        """
        await self.send_signal(signal.SIGKILL)
        with suppress(TimeoutError):
            async with asyncio.timeout(SLOWLY):
                await self.wait()

    async def terminate(self, restart: bool = False) -> None:  # noqa: ARG002
        await self.send_signal(signal.SIGTERM)

    async def cleanup(self, restart: bool = False) -> None:  # noqa: ARG002
        if self.kernel is not None and self.kernel.poll() is None:
            await asyncio.to_thread(self.kernel.abandon)


async def readable(descriptor: int) -> None:
    """Wait until there is something to read."""
    loop = asyncio.get_running_loop()
    heard: asyncio.Future[None] = loop.create_future()
    loop.add_reader(descriptor, heard.cancel)
    try:
        await asyncio.wait([heard])
    finally:
        loop.remove_reader(descriptor)
