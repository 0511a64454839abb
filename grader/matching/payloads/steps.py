"""An encoder or a decoder of the student's, asked for one step in the contract's form; see `wrappers` for the words of a spec."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from grader.matching.payloads.calls_read import CallsRead
from grader.matching.payloads.wrappers import Spec, as_parts, laid_out, time_first_back


class Stepped(torch.nn.Module):
    """The student's encoder or decoder, asked for one step with the contract's arguments.

    spec: `method`, what is called; `order`, `axes` and `roles` as above; `padding`, the id that fills up sentences; `weights`, that they
    are read off its softmax; `alone`, that it takes one sentence at a time: `self.embedding(x).view(len(x), 1, -1)`.
    """

    def __init__(self, inner: Any, spec: Spec) -> None:
        super().__init__()
        self.theirs, self.spec = inner, spec

    def forward(self, *values: Any) -> Any:
        if not self.spec["alone"]:
            return self.step(values)
        roles = self.spec["roles"]
        rows = [
            self.step([row_of(value, row, role) for role, value in zip(roles, values, strict=False)])
            for row in range(len(values[0]))
        ]
        return tuple(map(in_one_batch, zip(*rows, strict=True)))

    def step(self, values: Sequence[Any]) -> Any:
        known = dict(zip(self.spec["roles"], values, strict=False))
        given = []
        for role in self.spec["order"]:
            if role == "lengths":
                given.append((known["ids"] != self.spec["padding"]).sum(dim=1))
            else:
                given.append(laid_out(known.get(role), self.spec["axes"].get(role, "")))
        step = getattr(self.theirs, self.spec["method"])
        if not self.spec["weights"]:
            return self.read(as_parts(step(*given)), values)
        with CallsRead("softmax") as seen:
            found = as_parts(step(*given))
        return self.read(found, values, [result for _, _, result in seen.made])

    def read(self, found: Any, values: Sequence[Any], softmaxed: Sequence[torch.Tensor] | None = None) -> Any:
        """(outputs, state) of an encoder, (scores (B, V), state) of a decoder, with weights (B, S) of one that attends.

        softmaxed: what its softmaxes gave, among which the weights are where it returns none.
        """
        parts = list(found) if isinstance(found, (list, tuple)) else [found]
        axes = self.spec["axes"]
        if "ids" in self.spec["roles"] and self.spec["alone"]:
            return (parts[0].reshape(1, values[0].shape[1], -1), *parts[1:])
        if "ids" in self.spec["roles"]:
            return time_first_back(parts) if axes.get("ids") == "time" else (parts[0], *parts[1:])
        batch = len(values[0])
        scores = parts[0].reshape(batch, -1)
        if len(values) < 3:
            return (scores, *parts[1:])
        rows, time = values[2].shape[0], values[2].shape[1]
        given = parts[1:] if softmaxed is None else softmaxed
        tensors = (p for p in reversed(given) if isinstance(p, torch.Tensor))
        weights = next((p for p in tensors if p.numel() == rows * time), None)
        if weights is None:
            return (scores, *parts[1:])
        rest = [p for p in parts[1:] if p is not weights]
        if weights.dim() == 3 and weights.shape[-1] == 1 and time != 1:
            weights = weights.squeeze(-1)
        weights = weights.reshape(time, batch).T if axes.get("weights") == "time" else weights.reshape(batch, -1)
        return scores, rest[0], weights


def row_of(value: Any, row: int, role: str) -> Any:
    """One sentence of a batch, with the axis of sentences; that of a state (L, B, H) stands in the middle."""
    if isinstance(value, (list, tuple)):
        return type(value)(row_of(part, row, role) for part in value)
    if not isinstance(value, torch.Tensor):
        return value
    return value.narrow(1 if role == "state" and value.dim() == 3 else 0, row, 1)


def in_one_batch(rows: Sequence[Any]) -> Any:
    """What came back sentence by sentence: outputs (1, T, H) or scores (1, V) of each, or states (L, 1, H)."""
    if isinstance(rows[0], (list, tuple)):
        return tuple(in_one_batch(part) for part in zip(*rows, strict=True))
    if not isinstance(rows[0], torch.Tensor):
        return rows[0]
    return torch.cat(list(rows), dim=1 if rows[0].dim() == 3 and rows[0].shape[1] == 1 else 0)


def wrap_steps(theirs: Callable[..., Any], spec: Spec) -> Callable[..., Stepped]:
    """What builds the student's encoder or decoder and asks it for one step."""

    def build(*args: Any, **kwargs: Any) -> Stepped:
        return Stepped(theirs(*args, **kwargs), spec)

    return build
