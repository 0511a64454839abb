"""Gradients through a function of the student's: to what it was given, and to the parameters of a module that it was given."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import torch
from torch import Tensor

from grader.checks import properties, slopes
from grader.checks.answers import Unmatched
from grader.checks.draw import Draw
from grader.checks.exchange import CallFailed, Exchange, request
from grader.checks.module import Module
from grader.checks.student import Student
from grader.errors import Failure
from grader.model import Text
from grader.sandbox.guest.codec import Handle
from grader.sandbox.guest.operations import flatten

Shape = tuple[int, ...]

NOT_KNOWN = Text(
    en="It takes its arguments in another form, so their gradients cannot be compared, and a person looks.",
    ja="引数の形が異なり、勾配を比べられないため、人が確認します。",
)


def to_inputs(
    student: Student, target: str | Handle, inputs: tuple[Any, ...], cotangent: Tensor
) -> tuple[Exchange, list[Any]]:
    """Call, and pull `cotangent` back from the first output to those inputs that ask for a gradient (None: none came).

    Raises Unmatched where what is reported is not how the output moves, and where the student's code is handed another
    tensor, as (T, B) for (B, T).
    """
    asked = student.exchange(request("call", student, target, inputs, {}, cotangents=[cotangent]))
    found = asked[1].extras.get("gradients")
    received = found.get("inputs") if isinstance(found, dict) else None
    if not isinstance(received, list):
        raise Unmatched("the gradients are not known", NOT_KNOWN)
    start, reported = slopes.as_inputs(inputs, received)

    def value_at(other: dict[str, Tensor]) -> Any:
        return student.send(request("call", student, target, slopes.with_inputs(inputs, other), {})).value

    if reported and not slopes.are_slopes(reported, start, value_at, [cotangent]):
        raise Unmatched("the gradients are not the slopes", slopes.NOT_ITS_SLOPE)
    return asked[0], received


def half_hidden(*shape: int) -> Tensor:
    """A mask (..., Tq, Tk), True where attention is allowed, that hides every other key from each query.

    Read the wrong way round it leaves several keys, too: the softmax over a single one passes no gradient to any score.
    """
    queries, keys = torch.arange(shape[-2]), torch.arange(shape[-1])
    return ((keys - queries[:, None]) % 2 == 1).expand(shape)


def learns_with_a_mask(model: Module, inputs: tuple[Tensor, ...], mask: Tensor, cotangent: Tensor) -> None:
    """What learns without a mask learns with one, too. Raises Failure. Known answers are not asked, and a call that stops says nothing here.

    scores = scores.data.masked_fill(~mask, -1e9)
    """
    with model.student.unrecorded(), suppress(CallFailed):
        try:
            properties.reached(model.gradients(*inputs, mask, cotangents=[cotangent])["parameters"])
        except Failure as failure:
            said = failure.rationale
            told = Text(
                en=f"With a mask that hides every other key: {said.en}",
                ja=f"key を 1 つおきに隠す mask を渡すと: {said.ja}",
            )
            raise Failure(told, failure.help) from None


def to_parameters(
    student: Student, target: str, inputs: tuple[Any, ...], cotangent: Tensor, of: Module
) -> dict[str, Any]:
    """As `to_inputs`, for the parameters of a module that the call was given."""
    reply = student.exchange(request("call", student, target, inputs, {}, cotangents=[cotangent], of=of.handle))[1]
    found = reply.extras.get("gradients")
    parameters = found.get("parameters") if isinstance(found, dict) else None
    of.confirm(parameters, request("call", student, target, inputs, {}), [cotangent])
    return parameters if isinstance(parameters, dict) else {}


def moves(gradient: Any) -> bool:
    """Whether something comes back: a gradient that is there and not all zero."""
    return isinstance(gradient, Tensor) and bool(gradient.any())


def not_cut_off(
    model: Module,
    draw: Draw,
    args: tuple[Any, ...],
    inputs: Mapping[str, Tensor] | None = None,
    without: Shape = (),
    parameters: bool = True,
) -> None:
    """Raises Failure where the outputs move with a parameter, or with one of these inputs, otherwise than the gradient says.

        return outputs, state[0].detach()

    inputs: those among the tensors of args that ask for a gradient, by what they are called. without: the shape of an output that
    need carry none, as weights that are only looked at. parameters: whether these are looked at; a forward pass that changes its own
    (`nn.Embedding(..., max_norm=1.0)`) moves otherwise, so only of what is known to compute the right numbers. Known answers are not
    asked, and a call that ends in an error is no answer.
    """
    with model.student.unrecorded(), suppress(CallFailed):
        pulls = cotangents(model(*args), draw, without)
        names = model.cut_off(*args, cotangents=pulls, generator=draw.generator) if parameters else []
        names += inputs_cut_off(model, args, inputs, pulls, draw) if inputs else []
        properties.not_cut_off(names)


def cotangents(value: Any, draw: Draw, without: Shape) -> list[Tensor | None]:
    """What to pull back from each output with fractions."""
    found = [leaf for leaf in flatten(value) if isinstance(leaf, Tensor) and leaf.is_floating_point()]
    return [None if without and tuple(leaf.shape) == without else draw.normal(*leaf.shape) for leaf in found]


def inputs_cut_off(
    model: Module, args: tuple[Any, ...], inputs: Mapping[str, Tensor], pulls: list[Tensor | None], draw: Draw
) -> list[str]:
    received = model.gradients(*args, cotangents=pulls, confirmed=False).get("inputs")
    leaves = flatten(args)
    if not isinstance(received, list) or len(received) != len(leaves):
        return []
    found = {name: received[n] for n, leaf in enumerate(leaves) for name, part in inputs.items() if leaf is part}

    def value_at(moved: dict[str, Tensor]) -> Any:
        return model(*exchanged(args, [(inputs[name], other) for name, other in moved.items()]))

    start = {name: part.detach() for name, part in inputs.items()}
    return slopes.cut_off(found, start, value_at, pulls, draw.generator)


def exchanged(value: Any, pairs: list[tuple[Tensor, Tensor]]) -> Any:
    """The same with other tensors in the place of these."""
    if isinstance(value, tuple | list):
        return type(value)(exchanged(item, pairs) for item in value)
    return next((other for part, other in pairs if part is value), value)
