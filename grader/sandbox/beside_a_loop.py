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
    with ThreadPoolExecutor(1) as threads:
        done = threads.submit(runner.run, work)
        try:
            return done.result()
        except KeyboardInterrupt:
            loop = runner.get_loop()
            loop.call_soon_threadsafe(cancel_all, loop)
            raise


def cancel_all(loop: asyncio.AbstractEventLoop) -> None:
    for task in asyncio.all_tasks(loop):
        task.cancel()
