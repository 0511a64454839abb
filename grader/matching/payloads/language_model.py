"""The parts of a language model's training as lectures write them: a text and sizes in globals, a loss inside
`forward`, a bare loop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch.nn import functional

from grader.matching.payloads.classify import STREAMS, kind_of
from grader.matching.payloads.fragments import rerun
from grader.matching.payloads.training_data import optimizer_like


def tell_streams(namespace: dict[str, Any], names: Sequence[str]) -> Callable[[], dict[str, str]]:
    """A function that says what these globals hold: text, number, "" for neither, or absent; so is what only a later call sets, None."""
    return lambda: {n: kind_of(namespace[n], STREAMS) if namespace.get(n) is not None else "absent" for n in names}


def text_like(theirs: Any, ids: torch.Tensor) -> Any:
    """The judge's text (T,) as the student keeps a text: a tensor, an array or a list, or one for each split."""
    if isinstance(theirs, dict):
        return {k: text_like(v, ids) for k, v in theirs.items()}
    if isinstance(theirs, (list, tuple)):
        return type(theirs)(ids.tolist())
    if isinstance(theirs, torch.Tensor):
        return ids.to(theirs.dtype)
    return ids if theirs is None else ids.numpy().astype(theirs.dtype)


# --- the loss ------------------------------------------------------------------------------------


def parts_of(found: Any) -> list[Any]:
    if isinstance(found, dict):
        return list(found.values())
    return list(found) if isinstance(found, (list, tuple)) else [found]


def flat_loss(theirs: Callable[..., Any]) -> Callable[..., Any]:
    """A loss of scores (N, V) and targets (N,) as one of scores (B, T, V) and targets (B, T), in either order."""

    def loss(*given: torch.Tensor) -> Any:
        return theirs(*(part.flatten(0, 1) for part in given))

    return loss


def loss_inside(theirs: Any, given: dict[str, Any], counted: list[str], shifts: bool = False) -> Callable[..., Any]:
    """The loss that `forward(ids, targets)` makes, as a function of scores (B, T, V) and targets (B, T).

    The last layer that gives scores of that form gives ours instead. counted: the arguments that are the number of
    words. shifts: its labels are its inputs, and it moves them by one itself; so they get one more in front.
    """

    def loss(logits: torch.Tensor, targets: torch.Tensor) -> Any:
        if shifts:
            logits = torch.cat([logits, logits[:, -1:]], dim=1)
            targets = torch.cat([targets[:, :1], targets], dim=1)
        model = theirs(**{**given, **dict.fromkeys(counted, logits.shape[-1])}).eval()
        ids = torch.zeros_like(targets)
        last = last_layer(model, ids)
        last.register_forward_hook(lambda module, inputs, output: logits.clone())  # noqa: ARG005  # torch's names
        if not torch.equal(parts_of(model(ids))[0], logits):
            raise ValueError("the scores are not what the last layer of the model gives")
        return next(p for p in parts_of(model(ids, targets)) if isinstance(p, torch.Tensor) and p.numel() == 1)

    return loss


def last_layer(model: torch.nn.Module, ids: torch.Tensor) -> torch.nn.Module:
    """The part of a model that is the last to give something for each position. Raises ValueError if there is none."""
    seen: list[torch.nn.Module] = []

    def watch(module: torch.nn.Module, _inputs: Any, output: Any) -> None:
        if isinstance(output, torch.Tensor) and output.dim() == 3 and output.shape[:2] == ids.shape:
            seen.append(module)

    hooks = [m.register_forward_hook(watch) for m in model.modules() if m is not model]
    scores = parts_of(model(ids))[0]
    for hook in hooks:
        hook.remove()
    if not seen or scores.dim() != 3:
        raise ValueError("the scores are not what a layer of the model gives")
    return seen[-1]


# --- the loop ------------------------------------------------------------------------------------


class FakeModel(torch.nn.Module):
    """The judge's model in the form of the student's.

    pair: it gives (logits, loss), and (logits, None) without targets.
    """

    def __init__(self, inner: Any, pair: bool) -> None:
        super().__init__()
        self.inner, self.pair = inner, pair

    def forward(self, idx: torch.Tensor, targets: torch.Tensor | None = None) -> Any:
        logits = self.inner(idx)
        if targets is not None:
            return logits, functional.nll_loss(torch.log_softmax(logits, dim=-1).movedim(-1, 1), targets)
        return (logits, None) if self.pair else logits


def gives_pair(theirs: Any) -> bool:
    try:
        with torch.no_grad():
            return isinstance(theirs(torch.zeros(1, 1, dtype=torch.long)), (list, tuple))
    except Exception:  # whatever it wants, it is not asked in this loop with one word
        return False


@contextmanager
def backward_watched(losses: list[float]) -> Iterator[None]:
    """Every loss that `backward()` is called on is added."""
    plain = torch.Tensor.backward

    def backward(self: torch.Tensor, *given: Any, **named: Any) -> Any:
        losses.append(float(self.detach().mean()))
        return plain(self, *given, **named)  # type: ignore[no-untyped-call]

    torch.Tensor.backward = backward  # type: ignore[method-assign]
    try:
        yield
    finally:
        torch.Tensor.backward = plain  # type: ignore[method-assign]


def run_steps(namespace: dict[str, Any], body: str, names: Sequence[str], counts: Sequence[str]) -> Callable[..., Any]:
    """A loop over steps as a function of model, steps and rate that gives the loss of each step.

    body: the loop, of `__steps__` turns; names: what it reads; counts: those that say how many steps there are.
    """

    def run(model: Any, steps: int, lr: float) -> list[float]:
        models = [n for n in names if isinstance(namespace.get(n), torch.nn.Module) and list(namespace[n].parameters())]
        optimizers = [n for n in names if isinstance(namespace.get(n), torch.optim.Optimizer)]
        if not models or len({id(namespace[n]) for n in models}) != 1 or not optimizers:
            raise LookupError("one model and its optimizer")
        fake = FakeModel(model, gives_pair(namespace[models[0]])).train()  # what such a loop gets was just made
        values: dict[str, Any] = {"__steps__": steps, **dict.fromkeys(models, fake)}
        values.update({n: optimizer_like(namespace[n], fake, lr) for n in optimizers})
        values.update({n: steps for n in counts if type(namespace.get(n)) is int})
        losses: list[float] = []
        called: list[float] = []
        for name in optimizers:
            values[name].register_step_post_hook(lambda *_: losses.append(called[-1] if called else float("nan")))
        with backward_watched(called):
            found: list[float] = rerun(namespace, body, lambda: values, lambda: losses)
        return found

    return run
