"""The operations that the judge may ask for, each a function of the namespace and the request."""

from __future__ import annotations

import contextlib
import functools
import inspect
import io
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .codec import Handle, RemoteExpr, pack
from .faults import fault_of
from .figures import figure_of, watched
from .introspect import plain_signature, survey_of
from .lazy_layers import is_lazy, make_lazy
from .loaded import is_module, is_tensor, torch_if_loaded
from .namespace import Namespace, seed_everything


def target_of(namespace: Namespace, request: dict[str, Any]) -> Any:
    target = request["target"]
    if isinstance(target, RemoteExpr):
        return namespace.make(target)
    owner = (
        namespace.objects[target.number] if isinstance(target, Handle) else namespace.find(request["section"], target)
    )
    return getattr(owner, request["method"]) if request.get("method") else owner


def answer(namespace: Namespace, request: dict[str, Any], limit: int, send: Callable[[Any, int], Any] = pack) -> Any:
    """Serve one request; whatever the student's code raises becomes a fault. The reply as `send` makes it: bytes."""
    try:
        with namespace.as_of(request.get("section")), quiet(), namespace.standing_in(request.get("globals") or {}):
            reply = OPERATIONS[request["op"]](namespace, request)
        return send(reply, limit)
    except BaseException as error:  # everything, also SystemExit: it is the student's code that ran
        return send({"fault": fault_of(error)}, limit)


def call(namespace: Namespace, request: dict[str, Any]) -> dict[str, Any]:
    """Call a function, class or kept object. Extras on request: keep the result, inputs afterwards, gradients.

    want: "printed" or "figure", for what the call printed or drew in the place of what it returned.
    """
    target = target_of(namespace, request)
    args = namespace.revive(request["args"])
    kwargs = namespace.revive(request["kwargs"])
    seed_everything(request["seed"])
    value = WANTED[request.get("want", "value")](functools.partial(target, *args, **kwargs), args)
    reply: dict[str, Any] = {}
    given = (*args, *kwargs.values())
    if request.get("cotangents") is not None:
        reply["gradients"] = gradients(value, request["cotangents"], given, request.get("of"), namespace)
    if request.get("echo"):
        reply["inputs"] = given
    if request.get("keep"):
        make_lazy(value, [*given])
        reply["handle"] = namespace.keep(value)
        reply["weights"] = weights_of(value)
        reply["kinds"] = kinds_of(value)
        reply["class"] = type(value).__name__
        reply["training"] = getattr(value, "training", None)
    else:
        reply["value"] = value
    return reply


def printed_by(ask: Callable[[], Any], _args: Any) -> str:
    """What a call prints."""
    sink = io.StringIO()
    with contextlib.redirect_stdout(sink):
        ask()
    return sink.getvalue()


def drawn_by(ask: Callable[[], Any], args: Any) -> Any:
    """What a call draws: on a figure that it makes, on one that it returns, or on axes that it was given; None for nothing."""
    with watched() as made:
        return figure_of(ask(), made, args)


WANTED: dict[str, Callable[[Callable[[], Any], Any], Any]] = {
    "value": lambda ask, _args: ask(),
    "printed": printed_by,
    "figure": drawn_by,
}


def gradients(value: Any, cotangents: list[Any], args: Any, of: Handle | None, namespace: Namespace) -> dict[str, Any]:
    """d(sum of cotangent * output) with respect to the inputs that ask for it and the parameters of `of`; which of these ask for none."""
    outputs = [item for item in flatten(value) if is_tensor(item) and item.requires_grad]
    loss: Any = sum(
        (output * cotangent.to(output.dtype)).sum()
        for output, cotangent in zip(outputs, cotangents, strict=False)
        if cotangent is not None
    )
    if of is not None:  # of this call alone: another may have left its own
        for parameter in namespace.objects[of.number].parameters():
            parameter.grad = None
    if is_tensor(loss):
        loss.backward()
    found: dict[str, Any] = {"inputs": [a.grad if is_tensor(a) and a.is_leaf else None for a in flatten(args)]}
    if of is not None:
        module = namespace.objects[of.number]
        found["parameters"] = {name: dense(p.grad) for name, p in module.named_parameters()}
        found["frozen"] = [name for name, p in module.named_parameters() if not p.requires_grad]
    return found


def dense(gradient: Any) -> Any:
    """nn.Embedding(..., sparse=True) makes sparse ones."""
    return gradient.to_dense() if gradient is not None and gradient.is_sparse else gradient


def flatten(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return [leaf for item in value.values() for leaf in flatten(item)]
    if isinstance(value, list | tuple):
        return [leaf for item in value for leaf in flatten(item)]
    return [value]


def weights_of(value: Any) -> dict[str, Any]:
    """Parameters by name, each with its tensor; nothing for what is not a module."""
    if not is_module(value):
        return {}
    return {name: p.detach() for name, p in value.named_parameters() if not is_lazy(p)}


def kinds_of(value: Any) -> dict[str, str]:
    """The class of the module that owns each parameter, "torch." before torch's own: `{"tok.weight": "torch.Embedding"}`."""
    if not is_module(value):
        return {}
    owned = ((path, part) for path, part in value.named_modules() if next(iter(part._parameters), None))
    return {f"{path}.{name}".lstrip("."): kind_of(type(part)) for path, part in owned for name in part._parameters}


def kind_of(module: type[Any]) -> str:
    """A ParameterDict or a ParameterList only holds what is the student's own."""
    layer = module.__module__.startswith("torch.") and not module.__name__.startswith("Parameter")
    return f"torch.{module.__name__}" if layer else module.__name__


def load(namespace: Namespace, request: dict[str, Any]) -> dict[str, Any]:
    """Set parameters by name, in place."""
    own = dict(namespace.objects[request["target"].number].named_parameters())
    with torch_if_loaded().no_grad():
        for name, tensor in request["weights"].items():
            own[name].copy_(tensor)
    return {"value": None}


def mode(namespace: Namespace, request: dict[str, Any]) -> dict[str, Any]:
    """Switch a kept module to training or evaluation, or read which it is in."""
    module = namespace.objects[request["target"].number]
    if request.get("training") is not None:
        module.train(request["training"])
    return {"value": bool(module.training)}


def weights(namespace: Namespace, request: dict[str, Any]) -> dict[str, Any]:
    return {"value": weights_of(namespace.objects[request["target"].number])}


def get(namespace: Namespace, request: dict[str, Any]) -> dict[str, Any]:
    return {"value": namespace.find(request["section"], request["target"])}


def describe(namespace: Namespace, request: dict[str, Any]) -> dict[str, Any]:
    """What a name is: its kind and its parameters as (name, kind, has a default)."""
    target = target_of(namespace, request)
    kind = "class" if inspect.isclass(target) else "function" if callable(target) else "value"
    parameters = [row[:3] for row in plain_signature(target)]
    own = request["target"] in namespace.defined.get(request["section"] or "", set())
    return {"value": {"kind": kind, "parameters": parameters, "own": own}}


def survey(namespace: Namespace, request: dict[str, Any]) -> dict[str, Any]:
    """What the names of the notebook are, see `survey_of`; those of the section with what they were there."""
    return {"value": survey_of(namespace.names, namespace.defined, request["section"])}


def names(namespace: Namespace, request: dict[str, Any]) -> dict[str, Any]:
    return {"value": sorted(namespace.defined.get(request["section"] or "", set()))}


def define(namespace: Namespace, request: dict[str, Any]) -> dict[str, Any]:
    """Lend the student's code an object of ours (a planted model, say): build it and keep it."""
    wanted, desk = RemoteExpr(request["source"], request["args"]), request.get("desk")
    value = (
        namespace.make(wanted)
        if desk is None
        else namespace.made(wanted, {"ask": functools.partial(namespace.inquire, desk)})
    )
    kinds = kinds_of(value)
    return {
        "handle": namespace.keep(value),
        "weights": weights_of(value),
        "kinds": kinds,
        "class": type(value).__name__,
    }


def tests(namespace: Namespace, request: dict[str, Any]) -> dict[str, Any]:
    """Run somebody's tests among the student's names, and put the names back: a test may take one away to see who uses it."""
    before = dict(namespace.names)
    seed_everything(request["seed"])
    try:
        exec(compile(request["source"], request["file"], "exec"), namespace.names)
    finally:
        namespace.names.clear()
        namespace.names.update(before)
    return {"value": True}


OPERATIONS: dict[str, Callable[[Namespace, dict[str, Any]], dict[str, Any]]] = {
    "call": call,
    "load": load,
    "mode": mode,
    "weights": weights,
    "get": get,
    "describe": describe,
    "names": names,
    "survey": survey,
    "define": define,
    "tests": tests,
}


class PrintSink(io.StringIO):
    """Where prints end."""


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Prints and warnings during a call go nowhere: only the returned value counts."""
    if isinstance(sys.stdout, PrintSink):  # it is quiet already, as during a replay of many requests
        yield
        return
    sink = PrintSink()
    with contextlib.redirect_stdout(sink), contextlib.redirect_stderr(sink), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
