"""A loop of ours where another runs already: somebody grades from a cell of a notebook, whose kernel is a running loop.

Runner.run() cannot be called from a running event loop
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def is_looping() -> bool:
    """Whether a loop runs in this thread."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def in_a_thread(do: Callable[..., T], *args: Any) -> T:
    """What it gives, done in a thread that lives as long as this takes."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(do, *args).result()


def beside_a_loop(runner: asyncio.Runner, work: Coroutine[Any, Any, T]) -> T:
    """As `runner.run(work)`. Ctrl-C ends the work, as it does there."""
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
