"""Stand-ins on the judge's side for earlier parts of the student's: each call of one is a question to the sandbox.

So that our answer to a later exercise can be run with the student's own earlier part in place of ours. Nothing of
ours goes into the sandbox but the arguments, as values. A module stands in with the parameters that the student's has,
by the same names, and passes gradients on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils import _pytree as tree

from grader.checks.exchange import CallFailed
from grader.checks.module import Module
from grader.checks.student import Student
from grader.errors import ReplyRefused, SandboxDied

PLAIN = (int, float, str, bool, type(None))


class CannotAskStudent(Exception):
    """A question that cannot be put to the sandbox: about one of our own objects, say."""


class StandIns:
    """The stand-ins for the names of one or more exercises.

    `failed`: something could not be asked, so nothing is known.
    """

    def __init__(self) -> None:
        self.names: dict[str, Any] = {}
        self.failed = False

    def add(self, name: str, ours: Any, student: Student) -> None:
        """ours: the reference's, which says whether it is a class."""
        self.names[name] = self.module(name, student) if isinstance(ours, type) else self.function(name, student)

    def function(self, name: str, student: Student) -> Callable[..., Any]:
        def stand_in(*args: Any, **kwargs: Any) -> Any:
            return self.guarded(lambda: to_default_dtype(student.call(name, *self.plain(args), **self.plain(kwargs))))

        return stand_in

    def module(self, name: str, student: Student) -> type[nn.Module]:
        outer = self

        class StandIn(nn.Module):
            def __init__(self, *args: Any, **kwargs: Any) -> None:
                super().__init__()
                self.far: Module = outer.guarded(
                    lambda: student.module(name, *outer.plain(args), **outer.plain(kwargs))
                )
                hold_parameters(self, self.far.weights)

            def forward(self, *args: Any, **kwargs: Any) -> Any:
                if kwargs:
                    self.refuse()
                leaves, spec = tree.tree_flatten(args)
                shape: list[Any] = []
                own = [parameter for _, parameter in self.named_parameters()]
                found = StudentModuleFunction.apply(outer, self, spec, shape, len(leaves), *leaves, *own)  # type: ignore[no-untyped-call]
                return tree.tree_unflatten(list(found), shape[0])

            def refuse(self) -> None:
                outer.failed = True
                raise CannotAskStudent(name)

        StandIn.__name__ = StandIn.__qualname__ = name
        return StandIn

    def guarded(self, question: Callable[[], Any]) -> Any:
        """Ask; an exception of the student's code is raised here again, by the same name and with the same words."""
        try:
            with torch.enable_grad():  # a sandbox that is this very process must not notice that autograd is off here
                return question()
        except CallFailed as error:
            raise type(error.fault.type, (Exception,), {})(error.fault.message) from None
        except (SandboxDied, ReplyRefused, CannotAskStudent):
            self.failed = True
            raise

    def plain(self, value: Any) -> Any:
        """Values as they go to the sandbox: floats of 32 bits, and no object of ours."""
        if isinstance(value, Tensor):
            return to_single(value.detach())
        if isinstance(value, list | tuple):
            return type(value)(self.plain(item) for item in value)
        if isinstance(value, dict):
            return {key: self.plain(item) for key, item in value.items()}
        if not isinstance(value, PLAIN):
            self.failed = True
            raise CannotAskStudent(type(value).__name__)
        return value


class StudentModuleFunction(torch.autograd.Function):
    """One forward pass of the student's module, and the gradients of it."""

    @staticmethod
    def forward(ctx: Any, outer: StandIns, near: Any, spec: Any, shape: list[Any], count: int, *given: Any) -> Any:
        args, own = given[:count], given[count:]
        sent = tree.tree_unflatten(
            [prepare_tensor(value) if isinstance(value, Tensor) else value for value in args], spec
        )
        ctx.outer, ctx.near, ctx.sent, ctx.count, ctx.spec = outer, near, sent, count, spec
        ctx.own = [value.detach().clone() for value in own]
        found, form = tree.tree_flatten(outer.guarded(lambda: ask_module(near, ctx.own, sent)))
        shape.append(form)
        return tuple(to_default_dtype(value) for value in found)

    @staticmethod
    def backward(ctx: Any, *cotangents: Any) -> Any:
        wanted = [to_single(c) if isinstance(c, Tensor) and c.is_floating_point() else None for c in cotangents]
        far = ctx.near.far
        set_up_module(ctx.near, ctx.own)
        found = ctx.outer.guarded(lambda: far.gradients(*ctx.sent, cotangents=wanted, confirmed=False))
        names = [name for name, _ in ctx.near.named_parameters()]
        inputs = list(found["inputs"])[: ctx.count]
        parameters = [found["parameters"].get(name) for name in names]
        return (None,) * 5 + tuple(to_default_dtype(gradient) for gradient in (*inputs, *parameters))


def ask_module(near: Any, own: list[Tensor], sent: Any) -> Any:
    set_up_module(near, own)
    return near.far(*sent)


def set_up_module(near: Any, own: list[Tensor]) -> None:
    """Give the student's module these parameters, and the mode of the one that stands in for it."""
    names = [name for name, _ in near.named_parameters()]
    if names:
        near.far.load({name: to_single(value) for name, value in zip(names, own, strict=True)})
    near.far.train(near.training)


def prepare_tensor(value: Tensor) -> Tensor:
    """A tensor as it is sent, which may ask for a gradient."""
    value = to_single(value.detach())
    return value.requires_grad_() if value.is_floating_point() else value


def to_single(value: Tensor) -> Tensor:
    return value.float() if value.is_floating_point() else value


def to_default_dtype(value: Any) -> Any:
    """Values as our answers compute with them: floats of the dtype that is the default now."""
    if isinstance(value, Tensor):
        # A copy: autograd writes into the tensors that a function gives back.
        return value.to(torch.get_default_dtype(), copy=True) if value.is_floating_point() else value.clone()
    if isinstance(value, list | tuple):
        return type(value)(to_default_dtype(item) for item in value)
    return value


def hold_parameters(module: nn.Module, weights: dict[str, Tensor]) -> None:
    """Parameters of these names and values, each in the child that its name says."""
    for dotted, value in weights.items():
        *parents, leaf = dotted.split(".")
        owner = module
        for parent in parents:
            if parent not in owner._modules:
                owner.add_module(parent, nn.Module())
            owner = owner.get_submodule(parent)
        owner.register_parameter(
            leaf, nn.Parameter(to_default_dtype(value.clone()), requires_grad=value.is_floating_point())
        )
