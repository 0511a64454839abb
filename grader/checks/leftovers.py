"""Parameters that no gradient reaches: cut off by mistake, or a leftover that has no part in a right answer.

    class Better(Simple):                      # whose own layers stay behind, unused
    self.old = nn.Linear(d_model, d_model)     # first try

A leftover computes nothing, so it costs nothing: it is told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from grader.checks.answers import Unmatched
from grader.checks.compare import same
from grader.checks.exchange import CallFailed
from grader.checks.module import as_written
from grader.errors import Failure, ReplyRefused
from grader.model import Text

if TYPE_CHECKING:
    from grader.checks.module import Module
    from grader.checks.student import Student


def tell_leftovers(
    student: Student,
    failure: Failure,
    model: Module,
    gradients: Mapping[str, Any],
    ask: Callable[[], Any],
    compute: Callable[[], Any],
) -> Text:
    """Advice where all parameters without a gradient are leftovers of a right answer. Raises the failure otherwise.

    ask: the model's value. compute: raises where the values are not those of a right answer. Nothing stays among the exchanges.
    What asks for no gradient is none of them: a table of positions may be frozen, and used all the same.
    """
    silent = [name for name in model.weights if name not in model.frozen and not is_moved(gradients.get(name))]
    if not any(map(is_moved, gradients.values())):
        raise failure  # frozen as a whole it learns nothing
    with student.unrecorded():
        try:
            compute()
            before = ask()
            # not the same more everywhere: a normalisation behind it would take that out again
            model.load({name: elsewhere(model.weights[name]) for name in silent})
            still = not silent or same(before, ask())
        except (CallFailed, Failure, ReplyRefused, Unmatched):
            still = False
    if not still:
        raise failure
    if not silent:
        return Text(
            en=f"{as_written(*sorted(model.frozen))} is frozen (requires_grad=False) and stays as it was made. Nothing is deducted for that choice.",
            ja=f"{as_written(*sorted(model.frozen))} は固定（requires_grad=False）されていて、学習されません。1 つの選択なので減点はありません。",
        )
    unused = as_written(*(name for name in silent if model.weights[name].dim() > 1))
    return Text(
        en=f"The result is right without {unused}: nothing uses it, and it never learns. If it is left from an earlier try, take it out.",
        ja=f"{unused} はどこにも使われておらず、学習もされませんが、結果は正しくなっています。前の試みの名残なら、消しておきましょう。",
    )


def elsewhere(weight: Tensor) -> Tensor:
    """Other numbers of the same shape, the same in every run."""
    return weight + torch.randn(weight.shape, generator=torch.Generator().manual_seed(0), dtype=weight.dtype)


def is_moved(gradient: Any) -> bool:
    return isinstance(gradient, Tensor) and bool(gradient.any())
