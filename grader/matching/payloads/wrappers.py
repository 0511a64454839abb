"""An attention of the student's, asked in the contract's form with its numbers untouched.

spec: `order`, the role of each of the student's parameters; `min_args`, how many must be given; `mask_required`, that a
mask must be; `axes`, how each tensor is laid out for them; `mask`, which kind of mask they take, and `mask_layout`,
with which axes; `output_order`, how what comes back is read. Nothing is computed here that the student has to compute:
a tensor gets another shape, a mask another kind.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Sequence
from typing import Any

import torch

Spec = dict[str, Any]


def laid_out(tensor: torch.Tensor | None, layout: str) -> torch.Tensor | None:
    """A tensor with the axes that the student's code wants; "" and what is no layout leave it as it is."""
    if tensor is None:  # what the contract has nothing for
        return None
    if layout == "flat":  # one sentence without its axis
        return tensor[0]
    if layout in ("query", "column"):
        return tensor[:, None]
    if layout in ("layer", "row"):
        return tensor[None]
    if layout == "inverted":
        return ~tensor
    return tensor.transpose(0, 1) if layout == "time" else tensor


def mask_of_kind(mask: torch.Tensor, kind: str) -> torch.Tensor:
    """A mask that is True where attention is allowed, in another kind; one of numbers as it is."""
    if mask.dtype != torch.bool:
        return mask
    if kind == "hidden":
        return ~mask
    if kind == "ones":
        return mask.long()
    if kind == "hidden ones":
        return (~mask).long()
    if kind == "added":
        return torch.zeros(mask.shape).masked_fill(~mask, float("-inf"))
    return mask


def mask_as(mask: torch.Tensor | None, kind: str, layout: str, batch: int, square: bool) -> torch.Tensor | None:
    """A mask of this kind with these axes. square: it is one of (T, T) for all sentences, and not one of (B, T)."""
    if mask is None:
        return None
    if layout == "keys" and square and mask.dtype == torch.bool:  # a word is hidden that nobody looks at
        return mask_of_kind(mask.any(dim=-2).expand(batch, mask.shape[-1]), kind)
    mask = mask_of_kind(mask, kind)
    if layout == "batch" and mask.dim() == 2 and square:
        mask = mask[None].expand(batch, *mask.shape)
    if layout == "heads":
        mask = mask[None, None] if mask.dim() == 2 and square else mask[:, None]
    return mask.transpose(0, 1) if layout == "time" else mask


def in_order(spec: Spec, values: Sequence[Any], roles: Sequence[str], square: bool) -> list[Any]:
    """The contract's arguments in the student's order and form."""
    known = dict(zip(roles, values, strict=False))
    mask = known.get("mask")
    batch = len(values[0])
    if mask is None and spec["mask_required"]:
        mask = torch.ones(values[0].shape[1], values[min(1, len(values) - 1)].shape[1], dtype=torch.bool)
    given = []
    for role in spec["order"]:
        if role == "mask":
            part = mask_as(mask, spec["mask"], spec["mask_layout"], batch, square)
        elif role == "lengths":
            part = torch.full((batch,), values[1].shape[1]) if mask is None else mask.sum(dim=1)
        else:
            part = laid_out(known.get(role), spec["axes"].get(role, ""))
        given.append(part)
    return trimmed(given, spec["min_args"])


def trimmed(given: list[Any], min_args: int) -> list[Any]:
    """Without what is left to its default at the end."""
    while len(given) > min_args and given[-1] is None:
        given.pop()
    return given


def of_shape(value: Any, shape: tuple[int, ...], time_first: bool) -> torch.Tensor | None:
    """A tensor of this shape, whatever axes of size one it came with; None if it is none of that shape."""
    if not isinstance(value, torch.Tensor) or not value.is_floating_point():
        return None
    turned = (shape[1], shape[0]) if time_first else shape
    if tuple(n for n in value.shape if n != 1) != tuple(n for n in turned if n != 1):
        return None
    made = value.reshape(turned)
    return made.transpose(0, 1) if time_first else made


def context_and_weights(
    found: Any,
    keys: torch.Tensor,
    values_shape: tuple[int, ...],
    weights_shape: tuple[int, ...],
    time_first: bool,
) -> Any:
    """(context, weights) in the contract's order; where only the weights come back, what they say of the keys."""
    parts = list(found) if isinstance(found, (list, tuple)) else [found]
    weights = next(
        (w for w in (of_shape(p, weights_shape, time_first) for p in reversed(parts)) if w is not None), None
    )
    context = next((c for c in (of_shape(p, values_shape, False) for p in parts) if c is not None), None)
    if context is None and weights is not None and len(parts) == 1:
        context = (weights[:, None] @ keys)[:, 0]
    return found if context is None or weights is None else (context, weights)


def as_parts(found: Any) -> Any:
    """A dict, or an object with fields, as the tuple of what it holds: `{"output": ..., "attention": ...}`."""
    if isinstance(found, dict):
        return tuple(found.values())
    if dataclasses.is_dataclass(found) and not isinstance(found, type):
        return tuple(getattr(found, field.name) for field in dataclasses.fields(found))
    if isinstance(found, types.SimpleNamespace):
        return tuple(vars(found).values())
    return found


def without_cache(found: Any) -> Any:
    """What comes back without the keys and values that are kept for later: `return out, (k, v)`."""
    if not isinstance(found, (list, tuple)) or not found:
        return found
    kept = [part for part in found[1:] if isinstance(part, torch.Tensor)]
    return (found[0], *kept) if kept else found[0]


def time_first_back(found: Any) -> Any:
    """(T, B, ...) as (B, T, ...), of the first thing that comes back."""
    if isinstance(found, (list, tuple)):
        return (found[0].transpose(0, 1), *found[1:])
    return found.transpose(0, 1)


# --- attention -----------------------------------------------------------------------------------


class Asked(torch.nn.Module):
    """The student's module, with a `forward` that takes the contract's arguments."""

    def __init__(self, inner: Any, spec: Spec) -> None:
        super().__init__()
        self.theirs, self.spec = inner, spec

    def forward(self, *values: Any) -> Any:
        spec = self.spec
        row = spec["output_order"] == "row"
        if spec["mask"] == "":
            values = values[: len(spec["roles"]) - 1]
        found = as_parts(self.theirs(*in_order(spec, values, spec["roles"], not row)))
        found = found if row else without_cache(found)
        axes = spec["axes"]
        if not row:
            return time_first_back(found) if axes.get("out") == "time" else found
        keys = values[1]
        shapes = (len(keys), keys.shape[2]), tuple(keys.shape[:2])
        return context_and_weights(found, keys, *shapes, axes.get("weights") == "time")


def wrap_module(theirs: Callable[..., Any], spec: Spec) -> Callable[..., Asked]:
    """What builds the student's module and asks it in the contract's form."""

    def build(*args: Any, **kwargs: Any) -> Asked:
        return Asked(theirs(*args, **kwargs), spec)

    return build


def made_for(theirs: Any, built: dict[str, str], width: int) -> Any:
    """What is called: a function itself; of a class, or what makes one of its methods, one for queries of this width and one head."""
    if not built and not isinstance(theirs, type):
        return theirs
    sizes = {"width": width, "root": width**0.5, "heads": 1, "none": None, "dropout": 0.0}
    made = theirs(**{name: sizes[kind] for name, kind in built.items()})
    return made.eval() if isinstance(made, torch.nn.Module) else made


def wrap_function(theirs: Any, spec: Spec) -> Callable[..., Any]:
    """A function of q, k, v and a mask, or a class of one, as the contract's: (out, weights).

    spec: `built`, what the class takes; axes: q "head" where there is an axis for the heads, which the mask has too unless it is "bare".
    """
    axes = spec["axes"]
    four = axes.get("q") == "head"
    fixed = None if spec["built"] else made_for(theirs, {}, 0)

    def add(tensor: torch.Tensor) -> torch.Tensor:
        return tensor[:, None] if four else tensor

    def ask(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor | None = None) -> Any:
        headed = four and mask is not None and mask.dim() == 3 and axes.get("mask") != "bare"
        owner = made_for(theirs, spec["built"], q.shape[-1]) if fixed is None else fixed
        shown = mask_as(mask, spec["mask"], "heads" if headed else "", len(q), False)
        given = {"q": add(q), "k": add(k), "mask": shown, "width": q.shape[-1]}

        def once(v: torch.Tensor) -> list[Any]:
            known = {**given, "v": v}
            found = as_parts(owner(*trimmed([known.get(role) for role in spec["order"]], spec["min_args"])))
            return list(found) if isinstance(found, (list, tuple)) else [found]

        found = once(add(v))
        if spec["output_order"] == "swapped":
            found = found[1::-1]
        if spec["output_order"] == "out":  # alone: the weights are what it makes of the unit vectors
            found = [found[0], once(add(torch.eye(k.shape[1]).expand(len(q), -1, -1)))[0]]
        out, weights = found[:2]
        return (out[:, 0], weights[:, 0]) if four else (out, weights)

    return ask
