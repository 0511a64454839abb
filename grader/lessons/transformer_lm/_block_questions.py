"""An encoder block of the student, built at drawn sizes, and what it does with its input."""

import re

import torch
from torch import Tensor

from grader.checks import (
    CallFailed,
    Draw,
    Module,
    Student,
    View,
    normalise,
)
from grader.lessons.transformer_lm._attention import of_the_past

SHAPE = "(B, T, D)"

# The matrix of a normalisation itself: addnorm.gamma.W, ln_1.weight, layer_norm.a; not norm_attn.fn.qkv.weight, which it is wrapped around
IN_A_NORM = re.compile(
    r"(?i)(?:norm\w*|(?:^|\.)ln_?\d*)(?:\.(?:gamma|beta|gain|scale|shift|alpha|affine|[abgw]))?\.\w+$"
)


def build(student: Student, draw: Draw, dropout: float = 0.0) -> tuple[Module, Tensor]:
    """A block as it is made, in evaluation mode, and an input (B, T, D)."""
    model, width, _ = build_sized(student, draw, dropout)
    return model, drawn_input(draw, width)


def build_sized(student: Student, draw: Draw, dropout: float = 0.0) -> tuple[Module, int, int]:
    """A block as it is made, in evaluation mode, and its widths D and d_ff. Without dropout, where it is not about that."""
    heads, head_width = draw.heads()
    width = heads * head_width  # small: a wrong block is compared with hundreds
    inner = width + draw.sample((4, 8, 10, 14), 1)[0]
    sizes = student.sized("EncoderBlock", d_model=width, num_heads=heads, d_ff=inner)
    return student.module("EncoderBlock", **sizes, dropout=dropout).eval(), width, int(sizes["d_ff"])


def drawn_input(draw: Draw, width: int) -> Tensor:
    """(B, T, D), all different, one of B and T even and one odd."""
    batch, time = draw.spread([size for size in range(5, 12) if 2 * size != width], 2, both_parities=True)
    return draw.normal(batch, time, width)


def masks(student: Student, x: Tensor, *masks: Tensor) -> tuple[Tensor, ...]:
    """What goes in beside x: these masks, none where the block takes none, that of the future where it has its own."""
    ways = student.limitations("EncoderBlock")
    if "causal" in ways:
        return (of_the_past(x.shape[1]),)
    return () if "no mask" in ways else masks


def needed(student: Student, model: Module, x: Tensor) -> tuple[Tensor, ...]:
    """What goes in beside x where it is not about the mask: one that hides nothing, if the attention cannot do without.

    That mistake is the attention's, and paid for there.
    """
    own = masks(student, x)
    if own or "no mask" in student.limitations("EncoderBlock"):
        return own
    try:
        model(x, view=view(x))
    except CallFailed:
        return (torch.ones(x.shape[1], x.shape[1], dtype=torch.bool),)
    return ()


def view(x: Tensor) -> View:
    return normalise.tensor(*x.shape, letters=SHAPE)


def at_rest(model: Module) -> dict[str, Tensor]:
    """Parameters that silence both stages: all zero, but for the gains of the normalisation, which are made as ones.

    nn.Parameter(torch.stack([torch.ones(d_model), torch.zeros(d_model)])) is gain and shift in one.
    """
    return {
        name: (w == 1).to(w.dtype) if is_made_plain(w) else torch.zeros_like(w) for name, w in model.weights.items()
    }


def is_made_plain(weight: Tensor) -> bool:
    """Whether it begins with ones and zeros only, and is a few rows of one width at most: a matrix may begin as ones too."""
    return (
        weight.numel() <= 3 * weight.shape[-1] and bool(((weight == 0) | (weight == 1)).all())
        if weight.dim()
        else False
    )


def turns_in_a_norm(model: Module) -> bool:
    """Whether a normalisation has a matrix that mixes the values: what it passes on cannot be told from a stage's.

    self.gamma = Affine(d_model, d_model); return self.gamma((x - mean) / std)
    """
    return any(w.dim() > 1 and not is_made_plain(w) and IN_A_NORM.search(name) for name, w in model.weights.items())


def lost_residuals(
    student: Student, model: Module, silent: dict[str, Tensor], x: Tensor, inner: int, draw: Draw
) -> str | None:
    """Which stage does not add its input back: with that stage alone silent, nothing at all comes out of the block.

    The matrices of the feed-forward network are known by its width; whatever else is wrong, that much can be told.
    """
    thinks = {name: inner in w.shape for name, w in model.weights.items()}
    empty = []
    for thinking in (False, True):  # which of the stages is silent
        drawn = {
            name: draw.normal(*w.shape) for name, w in silent.items() if w.dim() > 1 and thinks[name] is not thinking
        }
        model.load({**silent, **drawn})
        found = model(x, *needed(student, model, x), view=view(x))
        empty.append(not found.any())
    names = {(True, False): "attention", (False, True): "feed_forward"}
    lost = names.get((empty[0], empty[1]))
    return f"no_residual_around_{lost}" if lost else "no_residual_at_all" if all(empty) else None
