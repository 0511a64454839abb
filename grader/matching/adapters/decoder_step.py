"""Encoders and decoders of a translator in somebody's own form: one step at a time, asked in the contract's terms.

A decoder takes the previous word, a state and perhaps the encoder's outputs and a mask, in any order, as (B,), (B, 1) or (1, B),
in `forward` or in a `forward_step` that `forward` calls in a loop. The names say which is which, a trial says how they are laid
out; `wrap_steps` is sent into the sandbox and asks in that form.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from grader.matching.adapters.attention import MEANT
from grader.matching.adapters.attention_arguments import is_mask
from grader.matching.match import Match, SizeRule
from grader.matching.payloads.steps import wrap_steps
from grader.matching.source_index import Definition
from grader.matching.trial import Trial, TrialRunner
from grader.model import Probe, Text
from grader.sandbox.guest.codec import Handle, RemoteExpr
from grader.sandbox.payload import remote

BATCH, LENGTH = 2, 4
PROBES = (Probe.ENCODER, Probe.DECODER_STEP, Probe.ATTENDING_STEP)
READ_OFF = Text(
    en="it returns no weights: they were read off its softmax",
    ja="重みを返さない形なので、softmax の結果を読み取って確認しました",
)
ONE_BY_ONE = Text(en="it was asked one sentence at a time", ja="1 文ずつ入力しました")
STEPS = ("forward_step", "step", "decode_step", "forward")


def tried(runner: TrialRunner, match: Match, defined: Definition | None, values: dict[str, Any]) -> Trial:
    """The first form in which a step answers in the right shapes."""
    fault, touching = None, None
    for form in forms(match, defined, runner.handed_out):
        made = replace(match, target=remote(wrap_steps, RemoteExpr(name=match.own), form))
        built = runner.run(made, **values)
        handle, weights = built.extras.get("handle"), built.extras.get("weights")
        if built.fault is not None or not isinstance(handle, Handle) or not isinstance(weights, dict):
            return Trial(0, match, built.fault)
        runner.ask("mode", handle, training=False)
        reply = answer(runner, handle, match, values)
        if reply.fault is None and fits(match, reply.value, values):
            ways = frozenset() if "mask" in form["order"] or "lengths" in form["order"] else frozenset({"no mask"})
            inverted = form["axes"].get("mask") == "inverted"
            told = (*match.notes, *([READ_OFF] if form["weights"] else []), *([ONE_BY_ONE] if form["alone"] else []))
            made = replace(made, notes=(*told, MEANT["hidden"]) if inverted else told)
            if "mask" in form["order"] and not hides(runner, handle, values):
                other = None if inverted else mask_turned(runner, match, form, values)
                if other is None and form["weights"]:
                    continue  # softmax(scores) * mask: its softmax gives no weights yet
                made = made if other is None else replace(other, notes=(*told, MEANT["hidden"]))
            found = Trial(2, replace(made, size_rules=size_rules(match), limitations=ways))
            if match.probe is not Probe.ENCODER or reads_apart(runner, handle, reply.value[0]):
                return found
            touching = touching or found  # its axes of time and batch may be the other way round
        fault = fault or reply.fault
    return touching or Trial(1, match, fault)


def mask_turned(runner: TrialRunner, match: Match, form: dict[str, Any], values: dict[str, Any]) -> Match | None:
    """The match with a mask that is True where a word is hidden, if that hides it."""
    turned = {**form, "axes": {**form["axes"], "mask": "inverted"}}
    other = replace(match, target=remote(wrap_steps, RemoteExpr(name=match.own), turned))
    again = runner.run(other, **values).extras.get("handle")
    return other if isinstance(again, Handle) and hides(runner, again, values) else None


def reads_apart(runner: TrialRunner, handle: Handle, before: Tensor) -> bool:
    """Whether another first sentence leaves what an encoder makes of the second as it is."""
    ids = torch.arange(1, BATCH * LENGTH + 1).reshape(BATCH, LENGTH)
    ids[0] = ids[0].flip(0)
    after = runner.ask("call", handle, (ids,)).value
    after = after[0] if isinstance(after, list | tuple) and after else after
    same_shape = isinstance(after, Tensor) and after.shape == before.shape
    return same_shape and torch.allclose(after[1:], before[1:], atol=1e-5) and not torch.equal(after[0], before[0])


def size_rules(match: Match) -> tuple[SizeRule, ...]:
    return () if "emb_size" in match.accepts else (("emb_size", "hidden_size", 1),)


def forms(match: Match, defined: Definition | None, ours: bool) -> Iterator[dict[str, Any]]:
    """The ways to ask: by what the parameters of the step are called, then by how they may be laid out; sentence by sentence last.

    ours: it is our own notebook, which asks for batches.
    """
    if defined is None:
        return
    alone = not ours and takes_one_sentence(defined)
    roles = match.interface.forward
    for method in STEPS:
        node = defined.method(method)
        order = order_of([a.arg for a in node.args.args[1:]], len(node.args.defaults), match.probe) if node else None
        if order is None:
            continue
        common = {
            "method": method,
            "order": order,
            "roles": list(roles),
            "padding": 0,
            "weights": False,
            "alone": False,
        }
        single = {**common, "alone": True}
        if match.probe is Probe.ENCODER:
            yield from ({**common, "axes": {"ids": how}} for how in ("", "time"))
            yield from ({**single, "axes": {"ids": how}} for how in ("flat", "", "time") if alone)
            continue
        laid_out = list(layouts(order))
        yield from ({**common, "axes": axes} for axes in laid_out)
        if "outputs" in order:
            yield from ({**common, "axes": axes, "weights": True} for axes in laid_out)
        yield from ({**single, "axes": axes} for axes in layouts(order, ("", "time", "flat")) if alone)
        return


def takes_one_sentence(defined: Definition) -> bool:
    """Whether a class puts the axis of a batch of one in itself: `self.embedding(x).view(1, 1, -1)`, `.view(len(x), 1, -1)`."""
    calls = [node for node in ast.walk(defined.node) if isinstance(node, ast.Call)]
    laid = [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr in ("view", "reshape")]
    return any(isinstance(part, ast.Constant) and part.value == 1 for call in laid for part in call.args[:2])


def layouts(order: list[str], of_outputs: tuple[str, ...] = ("", "time")) -> Iterator[dict[str, str]]:
    """How what a step takes and gives may be laid out."""
    for outputs in of_outputs if "outputs" in order else ("",):
        for previous in ("", "column", "row"):
            axes = {"previous": previous, "outputs": outputs}
            for mask in ("", "inverted") if "mask" in order else ("",):
                turned = {**axes, "mask": mask} if mask else axes
                yield turned
                if outputs:
                    yield {**turned, "weights": "time"}


def order_of(names: list[str], optional: int, probe: Probe) -> list[str] | None:
    """The role of each parameter, or None where one that is required has none."""
    found = []
    for place, name in enumerate(names):
        role = role_of(name.lower(), probe)
        if role is None or role in found:
            if place < len(names) - optional:
                return None
            break
        found.append(role)
    needed = {
        Probe.ENCODER: {"ids"},
        Probe.DECODER_STEP: {"previous", "state"},
        Probe.ATTENDING_STEP: {"previous", "state", "outputs"},
    }
    return found if needed[probe] <= set(found) else None


def role_of(name: str, probe: Probe) -> str | None:
    if probe is Probe.ENCODER:
        if "len" in name:
            return "lengths"
        return None if "hid" in name or "state" in name or name in ("h", "h0") else "ids"
    if is_mask(name):
        return "mask"
    if ("enc" in name and "hid" not in name) or "output" in name or name in ("memory", "context", "annotations"):
        return "outputs"
    if "hid" in name or "state" in name or name in ("h", "s", "hc"):
        return "state"
    return (
        "previous"
        if name.startswith(("in", "word", "prev", "x", "y", "tok", "tgt", "trg", "dec", "target", "emb"))
        else None
    )


def answer(
    runner: TrialRunner, handle: Handle, match: Match | None, values: dict[str, Any], mask: Tensor | None = None
) -> Any:
    """A step with the state as a GRUCell, a GRU, an LSTM or an LSTMCell has it, the first that does not raise."""
    torch.manual_seed(3)
    words = torch.arange(1, BATCH + 1)
    probe = match.probe if match is not None else Probe.ATTENDING_STEP
    if probe is Probe.ENCODER:
        return runner.ask("call", handle, (torch.arange(1, BATCH * LENGTH + 1).reshape(BATCH, LENGTH),))
    h = torch.randn(BATCH, values["hidden_size"])
    shown = torch.ones(BATCH, LENGTH, dtype=torch.bool) if mask is None else mask
    more = (torch.randn(BATCH, LENGTH, values["hidden_size"]), shown)
    reply = None
    for state in (h, h[None], (h[None], h[None]), (h, h)):
        reply = runner.ask("call", handle, (words, state, *(more if probe is Probe.ATTENDING_STEP else ())))
        if reply.fault is None:
            break
    return reply


def hides(runner: TrialRunner, handle: Handle, values: dict[str, Any]) -> bool:
    """Whether a word where the mask is False gets no weight, and the others do."""
    runner.ask("mode", handle, training=False)
    mask = torch.ones(BATCH, LENGTH, dtype=torch.bool)
    mask[:, -1] = False
    found = answer(runner, handle, None, values, mask).value
    weights = found[2] if isinstance(found, list | tuple) and len(found) > 2 else None
    return isinstance(weights, Tensor) and float(weights[:, -1].abs().max()) < 1e-6 < float(weights[:, 0].min())


def fits(match: Match, found: Any, values: dict[str, Any]) -> bool:
    if not isinstance(found, list | tuple) or len(found) < 2 or not isinstance(found[0], Tensor):
        return False
    if match.probe is Probe.ENCODER:
        whole = tuple(found[0].shape) == (BATCH, LENGTH, values["hidden_size"])
        return whole and is_one_state(found[1], BATCH * values["hidden_size"])
    if tuple(found[0].shape) != (BATCH, values["vocab_size"]):
        return False
    if match.probe is Probe.DECODER_STEP:
        return True
    weights = found[2] if len(found) > 2 else None
    return isinstance(weights, Tensor) and tuple(weights.shape) == (BATCH, LENGTH) and torch.allclose(
        weights.sum(dim=1), torch.ones(BATCH), atol=1e-4
    )  # fmt: skip


def is_one_state(state: Any, size: int) -> bool:
    """Whether it is the state of one layer that reads one way, or of two ways put together: a decoder may choose among more."""
    parts = state if isinstance(state, list | tuple) else [state]
    return all(isinstance(part, Tensor) and part.numel() == size for part in parts)
