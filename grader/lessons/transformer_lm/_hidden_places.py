"""What stands where the mask is False, or behind one's own place, must not be seen: asked of modules of any form."""

from __future__ import annotations

import torch
from torch import Tensor

from grader.checks import Draw, Module, Student, Text, properties
from grader.lessons.transformer_lm._attention import AttentionSizes


def sees_no_future(model: Module, sizes: AttentionSizes, draw: Draw) -> None:
    """Of a module with a mask of its own: no place is told by what comes behind it."""
    x, _, _, future = sizes.inputs(draw)
    place = draw.number(1, sizes.queries)
    changed = torch.cat([x[:, :place], draw.normal(*x[:, place:].shape)], dim=1)
    properties.causal(lambda x: model(x, x, x, future, view=sizes.output()), x, changed, place)


def hides_places(model: Module, sizes: AttentionSizes, draw: Draw) -> None:
    """Of a module with one input: what stands at hidden places has no influence on the others, and what is shown has."""
    x = sizes.inputs(draw)[0]
    shown = draw.mask(sizes.keys)
    mask = shown.expand(sizes.queries, sizes.keys)
    other = draw.normal(*x.shape)

    def at_shown(x: Tensor) -> Tensor:
        found: Tensor = model(x, x, x, mask, view=sizes.output())
        return found[:, shown]

    hidden = torch.where(shown[:, None], x, other)
    properties.equal(
        at_shown(hidden),
        at_shown(x),
        Text(en="the output after hidden places were changed", ja="隠した場所を変えた後の出力"),
    )
    properties.moves(at_shown(x), at_shown(torch.where(shown[:, None], other, x)))


def lets_hidden_through(
    student: Student, model: Module, sizes: AttentionSizes, inputs: tuple[Tensor, ...], draw: Draw
) -> bool:
    """Whether hidden values reach the output. Of one that hides them among small scores: its hidden scores are not low enough."""
    query, key, value = inputs
    shown = draw.mask(sizes.keys)
    mask = shown.expand(sizes.queries, sizes.keys)
    other = torch.where(shown[:, None], value, draw.normal(*value.shape))
    with student.unrecorded():
        one, two = (model(query, key, values, mask, view=sizes.output()) for values in (value, other))
    return not properties.close(one, two)
