"""What is sent into the room to ask an attention of the student's in the contract's form, with its numbers untouched.

`WRAP` makes `build(*args, **kwargs)`, which builds the student's module inside one whose `forward` takes the contract's
arguments; `CALL` does the same for a function. spec: `order`, the role of each of the student's parameters; `min_args`, how many must be given; `mask_required`, that a mask must be; `axes`, how each
tensor is laid out for them; `mask`, which kind of mask they take, and `mask_layout`, with which axes; `output_order`, how what comes back is
read. Nothing is computed here that the student has to compute: a tensor gets another shape, a mask another dress.
"""

from __future__ import annotations

COMMON = r'''
import torch

def laid(tensor, how):
    if tensor is None:  # what the contract has nothing for
        return None
    if how == "query":
        return tensor[:, None]
    if how == "layer":
        return tensor[None]
    if how == "time":
        return tensor.transpose(0, 1)
    return tensor

def dressed(mask, kind, layout, heads):
    if mask is None:
        return None
    if mask.dtype == torch.bool:
        if kind == "hidden":
            mask = ~mask
        elif kind == "ones":
            mask = mask.long()
        elif kind == "hidden ones":
            mask = (~mask).long()
        elif kind == "added":
            mask = torch.zeros(mask.shape).masked_fill(~mask, float("-inf"))
    batch, kind = heads
    if layout == "batch" and mask.dim() == 2 and kind == "square":
        mask = mask[None].expand(batch, *mask.shape)
    if layout == "heads":
        mask = mask[None, None] if mask.dim() == 2 and kind == "square" else mask[:, None]
    if layout == "time":
        mask = mask.transpose(0, 1)
    return mask

def handed(spec, values, roles, square):
    known = dict(zip(roles, values))
    mask = known.get("mask")
    batch = len(values[0])
    if mask is None and spec["mask_required"]:
        mask = torch.ones(values[0].shape[1], values[min(1, len(values) - 1)].shape[1], dtype=torch.bool)
    given = []
    for role in spec["order"]:
        if role == "mask":
            part = dressed(mask, spec["mask"], spec["mask_layout"], (batch, "square" if square else "row"))
        elif role == "lengths":
            part = torch.full((batch,), values[1].shape[1]) if mask is None else mask.sum(dim=1)
        else:
            part = laid(known.get(role), spec["axes"].get(role, ""))
        given.append(part)
    return trimmed(given, spec["min_args"])

def trimmed(given, min_args):
    """Without what is left to its default at the end."""
    while len(given) > min_args and given[-1] is None:
        given.pop()
    return given

def of_shape(value, shape, time_first):
    """A tensor of this shape, whatever axes of size one it came with; None if it is none of that shape."""
    if not isinstance(value, torch.Tensor) or not value.is_floating_point():
        return None
    turned = (shape[1], shape[0]) if time_first else shape
    if tuple(n for n in value.shape if n != 1) != tuple(n for n in turned if n != 1):
        return None
    value = value.reshape(turned)
    return value.transpose(0, 1) if time_first else value

def both(found, keys, values_shape, weights_shape, time_first):
    """(context, weights) in the contract's order; where only the weights come back, what they say of the keys."""
    parts = list(found) if isinstance(found, (list, tuple)) else [found]
    weights = next((w for w in (of_shape(p, weights_shape, time_first) for p in reversed(parts)) if w is not None), None)
    context = next((c for c in (of_shape(p, values_shape, False) for p in parts) if c is not None), None)
    if context is None and weights is not None and len(parts) == 1:
        context = (weights[:, None] @ keys)[:, 0]
    return found if context is None or weights is None else (context, weights)
'''

WRAP = (
    COMMON
    + r"""
def back(found):
    if isinstance(found, (list, tuple)):
        return (found[0].transpose(0, 1), *found[1:])
    return found.transpose(0, 1)

class Asked(torch.nn.Module):
    def __init__(self, inner, spec):
        super().__init__()
        self.inner, self.spec = inner, spec

    def forward(self, *values):
        spec = self.spec
        square = spec["output_order"] != "row"
        if spec["mask"] == "":
            values = values[: len(spec["roles"]) - 1]
        found = self.inner(*handed(spec, values, spec["roles"], square))
        if spec["output_order"] != "row":
            return back(found) if spec["axes"].get("out") == "time" else found
        keys = values[1]
        return both(found, keys, (len(keys), keys.shape[2]), tuple(keys.shape[:2]), spec["axes"].get("weights") == "time")

def make(theirs, spec):
    def build(*args, **kwargs):
        return Asked(theirs(*args, **kwargs), spec)
    return build
"""
)

CALL = (
    COMMON
    + r"""
def make(theirs, spec):
    owner = theirs().eval() if isinstance(theirs, type) else theirs

    def ask(q, k, v, mask=None):
        four = spec["axes"].get("q") == "head"
        add = (lambda t: t[:, None]) if four else (lambda t: t)
        known = {"q": add(q), "k": add(k), "v": add(v)}

        def once(v):
            given = []
            for role in spec["order"]:
                if role == "mask":
                    part = dressed(mask, spec["mask"], "heads" if four and mask is not None and mask.dim() == 3 else "", (len(q), "row"))
                else:
                    part = {**known, "v": v}[role]
                given.append(part)
            found = owner(*trimmed(given, spec["min_args"]))
            return list(found) if isinstance(found, (list, tuple)) else [found]

        found = once(known["v"])
        if spec["output_order"] == "swapped":
            found = found[1::-1]
        if spec["output_order"] == "out":  # alone: the weights are what it makes of the unit vectors
            found = [found[0], once(add(torch.eye(k.shape[1]).expand(len(q), -1, -1)))[0]]
        out, weights = found[:2]
        return (out[:, 0], weights[:, 0]) if four else (out, weights)
    return ask
"""
)
