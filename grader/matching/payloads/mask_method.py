"""A method that makes a mask, asked on an object that has nothing but what the method reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from grader.matching.payloads.positional_encoding import Settings

A_WORD = 7  # an id that is nobody's padding


def of_method(
    theirs: Any, method: str, held: dict[str, Any], kinds: list[str], static: bool
) -> Callable[[torch.Tensor], torch.Tensor]:
    """A function of words (1, T) that gives what the method makes of them: of several masks, the last that is (T, T).

    held: what the object is given to read. kinds: what each argument of the method is, "words", "size", "device" or "padding".
    """

    def bare() -> Any:
        made = theirs.__new__(theirs)
        if isinstance(made, torch.nn.Module):
            torch.nn.Module.__init__(made)
        for name, value in held.items():
            setattr(made, name, Settings() if value == "settings" else value)
        return made

    def mask(ids: torch.Tensor) -> torch.Tensor:
        words = torch.full_like(ids, A_WORD)
        known = {"words": words, "size": ids.shape[1], "device": "cpu", "padding": -1}
        owner = theirs if static else bare()
        found = getattr(owner, method)(*[known[kind] for kind in kinds])
        parts = list(found) if isinstance(found, (list, tuple)) else [found]
        size = ids.shape[1]
        whole = [part for part in parts if isinstance(part, torch.Tensor) and part.numel() == size * size]
        made: torch.Tensor = whole[-1]
        return made

    return mask
