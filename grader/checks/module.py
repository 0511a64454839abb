"""A module of the student's that stays in the sandbox, as a check holds it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from grader.checks import slopes
from grader.checks.answers import Unmatched
from grader.checks.draw import Draw
from grader.checks.exchange import View, request
from grader.errors import ReplyRefused
from grader.matching.call_convention import CallConvention, arranged, preparation
from grader.model import Reply
from grader.sandbox import Branch
from grader.sandbox.guest.codec import Handle

if TYPE_CHECKING:
    from grader.checks.student import Student

MOST_PARAMETERS, LONGEST_NAME = 5_000, 300  # a BERT of 12 layers has 199, the longest name 52 letters
WRAPPED = "theirs."  # before the names of a module that is asked by way of one of ours: see `matching.payloads`
SHOWN, SHOWN_LETTERS = 3, 60


class Module:
    """An object that stays in the student's sandbox; `weights` are its parameters as it was built."""

    def __init__(self, student: Student, handle: Handle, weights: dict[str, Tensor]) -> None:
        self.student = student
        self.handle = handle
        self.weights = weights
        self.frozen = frozenset[str]()  # those that asked for no gradient when gradients were last asked for

    def __call__(self, *args: Any, view: View | None = None, **kwargs: Any) -> Any:
        """What the object gives for these arguments, passed through `view`."""
        return self.student.ask(request("call", self.student, self.handle, args, kwargs), view).value

    def method(self, name: str, *args: Any, view: View | None = None) -> Any:
        """The value of a method of its own."""
        return self.student.ask(request("call", self.student, self.handle, args, {}, method=name), view).value

    def load(self, weights: dict[str, Tensor]) -> None:
        """Set parameters by name."""
        self.student.ask(request("load", self.student, self.handle, (), {}, weights=weights))
        self.weights = {**self.weights, **weights}

    def randomise(self, draw: Draw) -> Module:
        """Give every parameter a drawn value, so that nothing is zero or one by initialisation.

        Before it is asked: with the random weights that it begins with, it agrees with no other right answer, itself included.
        """
        self.load(draw.weights({name: tuple(w.shape) for name, w in self.weights.items()}))
        return self

    def train(self, training: bool = True) -> Module:
        """Put it into the mode for training."""
        self.student.ask(request("mode", self.student, self.handle, (), {}, training=training))
        return self

    def eval(self) -> Module:
        """Put it into the mode for evaluation, in which dropout is off."""
        return self.train(False)

    def is_training(self) -> bool:
        """Whether it is in the mode for training."""
        return bool(self.student.ask(request("mode", self.student, self.handle, (), {})).value)

    def current(self) -> dict[str, Tensor]:
        """The parameters as they are now."""
        weights = self.student.ask(request("weights", self.student, self.handle, (), {})).value
        if not isinstance(weights, dict) or not all(isinstance(w, Tensor) for w in weights.values()):
            raise ReplyRefused("the parameters of the module are not tensors")
        return weights

    def gradients(
        self, *args: Any, cotangents: list[Tensor | None], method: str = "", confirmed: bool = True
    ) -> dict[str, Any]:
        """Gradients of the sum of cotangent * output: `inputs` (a list, None where not asked) and `parameters`.

        confirmed: those of the parameters are the slopes of the outputs. Raises Unmatched.
        """
        extra = {"cotangents": cotangents, "of": self.handle, "method": method}
        found = self.student.exchange(request("call", self.student, self.handle, args, {}, **extra))[1]
        gradients = found.extras.get("gradients")
        if not isinstance(gradients, dict):
            raise ReplyRefused("the sandbox did not give the gradients it was asked for")
        self.frozen = frozen_in(gradients)
        if confirmed:
            asked = request("call", self.student, self.handle, args, {}, method=method)
            self.confirm(gradients.get("parameters"), asked, cotangents)
        return gradients

    def cut_off(self, *args: Any, cotangents: list[Tensor | None], generator: torch.Generator) -> list[str]:
        """The parameters by which the output moves otherwise than their gradients say, see `slopes.cut_off`."""
        with self.student.unrecorded():
            found = self.gradients(*args, cotangents=cotangents, confirmed=False)["parameters"]
        learning = {name: weight for name, weight in self.weights.items() if name not in self.frozen}
        with self.moved(request("call", self.student, self.handle, args, {})) as value_at:
            return slopes.cut_off(found, learning, value_at, cotangents, generator)

    def confirm(self, gradients: Any, asked: dict[str, Any], cotangents: list[Tensor | None]) -> None:
        """See that the gradients reported for the parameters are the slopes of the value that `asked` gives.

        Raises Unmatched.
        """
        found = slopes.claimed(gradients)
        if found:
            with self.moved(asked) as value_at:
                agree = slopes.are_slopes(found, self.weights, value_at, cotangents)
            if not agree:
                raise Unmatched("the gradients are not the slopes", slopes.NOT_ITS_SLOPE)

    @contextmanager
    def moved(self, asked: dict[str, Any]) -> Iterator[Callable[[dict[str, Tensor]], Any]]:
        """A function that gives the value of `asked` with these parameters moved; afterwards all are where they were.

        Nothing of it is kept as an exchange.
        """
        away = set[str]()

        def load(weights: dict[str, Tensor]) -> None:
            self.student.send(request("load", self.student, self.handle, (), {}, weights=weights))

        def value_at(weights: dict[str, Tensor]) -> Any:
            load({name: self.weights[name] for name in away - weights.keys()} | weights)
            away.clear()
            away.update(weights.keys() & self.weights.keys())
            return self.student.send(asked).value

        try:
            yield value_at
        finally:
            load({name: self.weights[name] for name in away})


def as_written(*names: str) -> str:
    """Names of parameters as their owner knows them, the first few of many."""
    told = [name.removeprefix(WRAPPED)[:SHOWN_LETTERS] for name in names]
    return ", ".join(told[:SHOWN]) + (" ..." if told[SHOWN:] else "")


def frozen_in(gradients: dict[str, Any]) -> frozenset[str]:
    """The parameters that ask for no gradient: frozen on purpose, as `nn.Embedding.from_pretrained` does."""
    names = gradients.get("frozen")
    return (
        frozenset(name for name in names if isinstance(name, str)) if isinstance(names, list | tuple) else frozenset()
    )


def read_module(student: Student, reply: Reply) -> Module:
    """The module that a reply says was built. Raises ReplyRefused where that cannot be believed."""
    handle, weights = reply.extras.get("handle"), reply.extras.get("weights")
    if not isinstance(handle, Handle) or not isinstance(weights, dict):
        raise ReplyRefused("the sandbox did not say what it built")
    if not all(isinstance(k, str) and isinstance(v, Tensor) for k, v in weights.items()):
        raise ReplyRefused("the parameters of the module are not tensors")
    if len(weights) > MOST_PARAMETERS or any(len(name) > LONGEST_NAME for name in weights):
        raise ReplyRefused("the module has more parameters, or longer names, than anybody could match")
    return Module(student, handle, weights)


def kinds_in(value: Any) -> dict[str, str]:
    """The kinds of the modules, where the reply can be read: they order a search and decide nothing."""
    if not isinstance(value, dict):
        return {}
    return {str(name)[:200]: str(kind)[:80] for name, kind in value.items()}


def ask_in_form(branch: Branch, message: dict[str, Any], form: CallConvention, weights: dict[str, Tensor]) -> Reply:
    """Ask a module in the form that its `forward` wants; one title after the other where it takes no batch."""
    ids = message["args"][0] if message["args"] else ()
    prepare = preparation(form, message, 1 if form.single else len(ids))
    if not form.single:
        prepared = branch.ask(prepare) if prepare is not None else None
        if prepared is not None and prepared.fault is not None:
            return prepared
        return branch.ask({**message, "args": arranged(form, message["args"], weights)})
    rows: list[Tensor] = []
    for title in ids:
        if prepare is not None:
            branch.ask(prepare)
        reply = branch.ask({**message, "args": (title,)})
        value = reply.value[0] if isinstance(reply.value, list | tuple) and reply.value else reply.value
        if reply.fault is not None or not isinstance(value, Tensor):
            return reply
        rows.append(value.reshape(1, -1) if value.dim() == 1 else value)
    if len({row.shape for row in rows}) != 1:
        return Reply(rows)
    return Reply(torch.cat(rows))
