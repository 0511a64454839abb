"""A loop of ours where another runs already: somebody grades from a cell of a notebook, whose kernel is a running loop.

Runner.run() cannot be called from a running event loop
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def run(runner: asyncio.Runner, work: Coroutine[Any, Any, T]) -> T:
    """As `runner.run(work)`, also where a loop runs. Ctrl-C ends the work, as it does there."""
    if not is_looping():
        return runner.run(work)
    running: list[tuple[asyncio.AbstractEventLoop, asyncio.Task[Any]]] = []

    async def known() -> T:
        task = asyncio.current_task()
        if task is not None:
            running.append((asyncio.get_running_loop(), task))
        return await work

    with ThreadPoolExecutor(1) as threads:
        done = threads.submit(runner.run, known())
        try:
            return done.result()
        except KeyboardInterrupt:
            for loop, task in running:
                loop.call_soon_threadsafe(task.cancel)  # one that has ended meanwhile does not mind
            raise


def close(runner: asyncio.Runner) -> None:
    """As `runner.close()`, also where a loop runs."""
    if not is_looping():
        runner.close()
        return
    with ThreadPoolExecutor(1) as threads:
        threads.submit(runner.close).result()


def is_looping() -> bool:
    """Whether a loop runs in this thread."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
