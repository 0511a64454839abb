"""How long a notebook may take: the options that say so, and the limits they mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from grader.model import Limits

F = TypeVar("F", bound=Callable[..., Any])
DEFAULT = Limits()
SHARE = DEFAULT.cell_cpu / DEFAULT.total_cpu  # of the budget, for one cell

OPTIONS = (
    click.option(
        "--budget", type=click.FloatRange(1),
        show_default=f"{DEFAULT.total_cpu:g}; a fifth of it for a notebook that was not handed out",
        help="Seconds of CPU time for all cells; one cell may use a third. What is cut short is judged by its functions.",
    ),
    click.option(
        "--cell-time", type=click.FloatRange(1), default=DEFAULT.cell_wall, show_default=True,
        help="Seconds by the clock that a cell may take.",
    ),
    click.option(
        "--total-time", type=click.FloatRange(1), default=DEFAULT.total_wall, show_default=True,
        help="Seconds by the clock that all cells may take.",
    ),
)  # fmt: skip


def budget_options(command: F) -> F:
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def limits_of(budget: float | None, cell_time: float, total_time: float) -> Limits:
    """A cell that may take less by the clock may not use more of the CPU either."""
    total = DEFAULT.total_cpu if budget is None else budget
    share = min(total * SHARE, cell_time)
    return Limits(
        cell_wall=cell_time,
        cell_cpu=share,
        total_cpu=total,
        least_cpu=min(DEFAULT.least_cpu, share),
        total_wall=total_time,
        is_chosen=budget is not None,
    )
