"""Warm kernels: forked from a process that has torch loaded already, each behind its own walls where Linux has them.

    with open_warm() as engine, engine.folder() as run:
        client = NotebookClient(notebook, km=engine.kernel_manager(run))

`engine` opens and replaces the warm process, `container` and `guest.jail` are the two walls, `provisioner` is the seam to Jupyter,
`handle` knows how a kernel ended. What runs on the far side is all in `guest`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.sandbox.warm.engine import WarmEngine as WarmEngine
    from grader.sandbox.warm.engine import open_warm as open_warm
    from grader.sandbox.warm.limits import How as How
    from grader.sandbox.warm.limits import KernelEnd as KernelEnd
    from grader.sandbox.warm.limits import KernelLimits as KernelLimits

__all__ = ["How", "KernelEnd", "KernelLimits", "WarmEngine", "open_warm"]


def __getattr__(name: str) -> Any:
    """Load what is asked for: `limits` and the doctor are wanted where nbclient is not."""
    if name in ("WarmEngine", "open_warm"):
        from grader.sandbox.warm import engine

        return getattr(engine, name)
    if name in __all__:
        from grader.sandbox.warm import limits

        return getattr(limits, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
