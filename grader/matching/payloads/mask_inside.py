"""Which places of a text each place of a module's output depends on, as the contract's causal mask."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

MOST = 64  # places: each is asked for in turn


def places_seen(
    theirs: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    vocabulary: int,
    width: int,
    inputs: int,
    extras: list[str],
    batch_first: bool,
) -> Callable[[int], torch.Tensor]:
    """(T, T), True where the output at a place changes with the input at another.

    vocabulary: of a model of ids; 0 where it takes `inputs` times the same x of this width. extras: what else forward takes.
    """

    def ask(model: Any, x: torch.Tensor) -> torch.Tensor:
        x = x if batch_first else x.transpose(0, 1)
        more = [x.clone() if what == "targets" else None for what in extras]
        found = model(*[x] * inputs, *more)
        found = next(iter(found.values())) if isinstance(found, dict) else found
        found = found[0] if isinstance(found, (list, tuple)) else found
        out: torch.Tensor = found if batch_first else found.transpose(0, 1)
        return out

    def seen(size: int) -> torch.Tensor:
        if size > MOST:
            raise ValueError(f"it stands inside a module, which is asked with texts of up to {MOST} places")
        model = theirs(*args, **kwargs)
        model.eval()
        generator = torch.Generator().manual_seed(size)
        x = torch.randn(1, size, width, generator=generator)
        if vocabulary:
            x = torch.randint(vocabulary, (1, size), generator=generator)
        with torch.no_grad():
            for weight in model.parameters():
                weight.copy_(0.3 * torch.randn(weight.shape, generator=generator))
            rows = x.repeat(size + 1, *[1] * (x.dim() - 1))
            for place in range(size):
                rows[place, place] = (x[0, place] + 1) % vocabulary if vocabulary else 0.5 - x[0, place]
            found = torch.cat([ask(model, part) for part in torch.split(rows, 8)])
        changed = (found[:-1] - found[-1:]).abs().flatten(2).amax(dim=2) > 1e-6
        return changed.T.contiguous()

    return seen
