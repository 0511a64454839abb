"""An attention module built and asked in one form: does it answer in the right shape, and what has an influence?"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from grader.matching.match import Match
from grader.matching.trial import TrialRunner
from grader.model import Fault, Probe
from grader.sandbox.guest.codec import Handle

SQUARE = (Probe.SELF_ATTENTION, Probe.BLOCK)  # their places look at one another
BATCH, SHORT, LONG = 2, 5, 7  # no number of heads, and no width of one, of the sizes that are asked with


class AttentionTrial:
    """A module (or function) built and asked through a port."""

    def __init__(self, runner: TrialRunner, match: Match, values: dict[str, Any]) -> None:
        self.runner, self.match = runner, match
        self.inputs = example(match, values)
        self.fault: Fault | None = None
        self.handle: Any = None
        self.sound = False
        if match.kind != "function":
            built = runner.run(match, **{role: value for role, value in values.items() if role in match.roles})
            self.fault, self.handle = built.fault, built.extras.get("handle")
            if isinstance(self.handle, Handle):
                runner.ask("mode", self.handle, training=False)

    def __call__(self, *inputs: Tensor) -> Any:
        """What comes back, or the fault."""
        if self.match.kind == "function":
            reply = self.runner.run(self.match, **dict(zip(self.match.roles, inputs, strict=False)))  # with its globals
        else:
            reply = self.runner.ask("call", self.handle, inputs)
        return reply.fault if reply.fault is not None else reply.value

    def ready(self) -> Fault | None:
        """None if it answers in the right shape without a mask, else what was wrong."""
        if self.fault is not None:
            return self.fault
        found = self(*self.inputs)
        if isinstance(found, Fault) and self.match.probe not in SQUARE:
            masked = self(*self.inputs, full(self.match))  # it may insist on a mask
            if isinstance(masked, Fault):
                return found
            found = masked
        if isinstance(found, Fault):
            return found
        out = first(found)
        if out is not None and tuple(out.shape) == shape_of(self.match, self.inputs) and pairs(self.match, found):
            self.sound = self.match.probe in SQUARE or is_mean(found, self.inputs[-1])
            return None
        return Fault("TypeError", "what comes back has another shape")


def example(match: Match, values: dict[str, Any]) -> tuple[Tensor, ...]:
    """Query and the rest, every size different."""
    torch.manual_seed(5)
    if match.probe is Probe.QUERY_OVER_KEYS:
        return torch.randn(BATCH, values["query_size"]), torch.randn(BATCH, LONG, values["key_size"])
    if match.probe is Probe.ATTENTION:
        return torch.randn(BATCH, SHORT, 8), torch.randn(BATCH, LONG, 8), torch.randn(BATCH, LONG, 10)
    x = torch.randn(BATCH, SHORT, values["d_model"])
    return (x,) if match.probe is Probe.BLOCK else (x, x, x)


def full(match: Match) -> Tensor:
    shapes = {Probe.QUERY_OVER_KEYS: (BATCH, LONG), Probe.ATTENTION: (BATCH, SHORT, LONG)}
    return torch.ones(shapes.get(match.probe, (SHORT, SHORT)), dtype=torch.bool)


def shape_of(match: Match, inputs: tuple[Tensor, ...]) -> tuple[int, ...]:
    if match.probe is Probe.QUERY_OVER_KEYS:
        return BATCH, inputs[1].shape[2]
    return (BATCH, SHORT, inputs[-1].shape[2])


def pairs(match: Match, found: Any) -> bool:
    """Whether the weights are beside it, where the contract asks for them."""
    if match.probe in SQUARE:
        return True
    shape = (BATCH, LONG) if match.probe is Probe.QUERY_OVER_KEYS else (BATCH, SHORT, LONG)
    return (
        isinstance(found, list | tuple)
        and len(found) > 1
        and isinstance(found[1], Tensor)
        and tuple(found[1].shape) == shape
    )


def is_mean(found: Any, values: Tensor) -> bool:
    """Whether the weights sum to one and the output is the mean that they make of the values."""
    out, weights = found[0], found[1]
    means = weights @ values if weights.dim() == 3 else (weights[:, None] @ values)[:, 0]
    return torch.allclose(weights.sum(dim=-1), torch.ones(()), atol=1e-4) and torch.allclose(out, means, atol=1e-4)


def first(found: Any) -> Tensor | None:
    value = found[0] if isinstance(found, list | tuple) and found else found
    return value if isinstance(value, Tensor) else None


# --- what has an influence ------------------------------------------------------------------------


def alone(own: AttentionTrial) -> bool:
    """Whether another first sentence leaves the second as it is."""
    x = own.inputs[0]
    other = torch.cat([0.5 - x[:1], x[1:]])
    before, after = (first(own(*[y] * len(own.inputs))) for y in (x, other))
    return before is not None and after is not None and torch.allclose(before[1:], after[1:], atol=1e-5)


def hides_the_future(own: AttentionTrial) -> bool:
    """Whether the last place has no influence on those before it, and the first has on those behind."""
    x = own.inputs[0]
    last, start = x.clone(), x.clone()
    last[:, -1], start[:, 0] = 0.5 - x[:, -1], 0.5 - x[:, 0]
    before, *after = (first(own(*[y] * len(own.inputs))) for y in (x, last, start))
    if before is None or after[0] is None or after[1] is None:
        return False
    blind = torch.allclose(before[:, :-1], after[0][:, :-1], atol=1e-5)
    return blind and not torch.allclose(before[:, 1:], after[1][:, 1:], atol=1e-4)


def obeys(asked: AttentionTrial, match: Match) -> bool:
    """Whether the second place, hidden, has no influence on the others, and the first, shown, has."""
    mask = full(match)
    mask[..., 1] = False
    before = first(asked(*asked.inputs, mask))
    if before is None or tuple(before.shape) != shape_of(match, asked.inputs):
        return False  # mask (B, T, S) with one more axis: out (B, B, T, D)
    results = []
    for place in (1, 0):
        changed = [x.clone() for x in asked.inputs]
        for x in changed if match.probe in SQUARE else changed[1:]:
            x[:, place] = x[:, place] * -1 + 0.5
        after = first(asked(*changed, mask))
        if after is None:
            return False
        seen = slice(2, None) if match.probe in SQUARE else slice(None)
        results.append(torch.allclose(before[:, seen], after[:, seen], atol=1e-5))
    return results == [True, False]
