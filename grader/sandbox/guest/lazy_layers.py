"""Layers that take their sizes from the first input, such as nn.LazyLinear(4): given them before anybody asks.

Until then their parameters hold nothing, can be neither told nor set, and a copy of them is impossible.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from .loaded import is_module, torch_if_loaded

LENGTH = 12  # of the texts that are put in: longer than any usual kernel is high


def is_unmade(module: Any) -> bool:
    """Whether some of its parameters have no size yet."""
    return is_module(module) and any(map(is_lazy, module.parameters()))


def is_lazy(parameter: Any) -> bool:
    """Whether a parameter has no size yet."""
    from torch.nn.parameter import is_lazy as unmade  # only a module has parameters: torch is there

    return bool(unmade(parameter))


def make_lazy(module: Any, given: list[Any]) -> None:
    """Put an input in, in evaluation mode and with nothing learned, so that every layer knows its sizes.

    given: what the module was built with: its inputs may be as wide as one of these numbers says. Where no input will do, it
    stays as it is, and so does the state of the random numbers.
    """
    if not is_unmade(module):
        return
    torch = torch_if_loaded()
    training, state = module.training, torch.get_rng_state()
    module.eval()
    for inputs in likely_inputs(module, given):
        try:
            with torch.no_grad():
                module(*inputs)
        except Exception:  # the student's code, with a guess of ours: another guess may do
            continue
        if not is_unmade(module):
            break
    module.train(training)
    torch.set_rng_state(state)


def likely_inputs(module: Any, given: list[Any]) -> Iterator[list[Any]]:
    """Ids with masks beside them, then vectors of each width, as many as `forward` cannot do without."""
    wanted = inspect.signature(module.forward).parameters.values()
    count = max(1, sum(p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD for p in wanted))
    torch = torch_if_loaded()
    ids = torch.ones(2, LENGTH, dtype=torch.long)
    yield [ids, *[torch.ones_like(ids, dtype=torch.bool)] * (count - 1)]
    for width in dict.fromkeys(size for size in given if type(size) is int and 0 < size < 1000):
        yield [torch.ones(2, LENGTH, width)] * count
