"""Attention in somebody's own form: which of `forward`'s arguments is the query, how the mask is meant, what comes back.

The contract asks with query, key, value and a mask that is True where attention is allowed. Others take the keys first, one
x for all three, a mask of what is hidden, of ones or of -inf, with more axes, time first, or no mask. The names say what they can;
trials settle the rest: a form is right when what it hides has no influence and what it shows has. The module is then asked
through a wrapper in the sandbox (`payloads.wrappers`), and judged in the contract's terms.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import torch

from grader.matching.adapters.attention_arguments import orders
from grader.matching.adapters.attention_trials import SQUARE, AttentionTrial, alone, hides_the_future, obeys
from grader.matching.match import Argument, Match, plain
from grader.matching.payloads.wrappers import wrap_function, wrap_module
from grader.matching.trial import Trial, TrialRunner
from grader.model import Fault, Probe, Text
from grader.sandbox.payload import remote

PROBES = (Probe.SELF_ATTENTION, Probe.BLOCK, Probe.ATTENTION, Probe.QUERY_OVER_KEYS)
KINDS = ("allowed", "hidden", "ones", "hidden ones", "added")
MASK_LAYOUTS = ("", "batch", "heads", "keys")
MASK_KINDS = ("allowed", "ones", "added")  # one of each kind of number
NOTES = {
    "self": Text(en="it attends to its own input alone (one x)", ja="自分の入力だけを見る形です（引数は x のみ）"),
    "shared": Text(
        en="it takes keys and values as one, and was given the same for both",
        ja="key と value を 1 つの引数で受け取る形なので、同じものを渡しました",
    ),
    "causal": Text(en="it hides the future by itself", ja="未来は自分で隠す形です"),
    "one length": Text(
        en="it takes as many keys as queries, and was asked so",
        ja="key と query の数が同じ場合だけに対応しているので、そのように確認しました",
    ),
    "padding only": Text(
        en="its mask only says which words are padding (B, T); it was given one that hides nothing",
        ja="mask はパディングの位置 (B, T) だけを表す形なので、何も隠さない mask を渡しました",
    ),
    "no mask": Text(en="it takes no mask", ja="mask は受け取りません"),
}
INSISTS = Text(
    en="it cannot be asked without a mask: where the exercise gives none, it was given one that hides nothing",
    ja="mask なしでは呼び出せないので、mask を使わない確認では、何も隠さない mask を渡しました",
)
LEFT_EMPTY = Text(
    en="it was given None where it takes lengths or the like, which means none",
    ja="長さなどの引数には None（指定なし）を渡しました",
)
TURNED = Text(en="it was given the time first, (T, B, D)", ja="入力は (T, B, D) の形（時間が先頭）で渡しました")
THRICE = Text(en="it was given the same x as query, key and value", ja="query・key・value には同じ x を渡しました")
MEANT = {
    "hidden": Text(en="your mask is True where attention is hidden", ja="mask は「隠す場所」が True とみなしました"),
    "ones": Text(en="your mask is 1 where attention is allowed", ja="mask は「見てよい場所」が 1 とみなしました"),
    "hidden ones": Text(en="your mask is 1 where attention is hidden", ja="mask は「隠す場所」が 1 とみなしました"),
    "added": Text(en="your mask is added to the scores", ja="mask はスコアに足すものとみなしました"),
}


@dataclass(frozen=True, slots=True)
class AttentionForm:
    """How one way of asking is put together; see `wrapping` for the words. ways: what the form cannot do, or does itself.

    insists: it cannot be asked without a mask, and gets one that allows everything where the contract has none. built: what the
    constructor of a class without parameters takes, see `wrap_function`.
    """

    order: tuple[str, ...]
    axes: tuple[tuple[str, str], ...] = ()
    mask: str = "allowed"
    mask_layout: str = ""
    output_order: str = ""
    limitations: frozenset[str] = frozenset()
    min_args: int = 1
    mask_required: bool = False
    built: tuple[tuple[str, str], ...] = ()

    def made(self, match: Match) -> Match:
        spec = {
            "order": list(self.order), "axes": dict(self.axes), "mask": self.mask, "mask_layout": self.mask_layout, "output_order": self.output_order,
            "roles": list(match.interface.forward), "min_args": self.min_args, "mask_required": self.mask_required, "built": dict(self.built),
        }  # fmt: skip
        wrap = wrap_function if match.kind == "function" else wrap_module
        ways = self.limitations - ({"no mask"} if "padding only" in self.limitations else set())
        notes = [NOTES[way] for way in sorted(ways)] + ([MEANT[self.mask]] if self.mask in MEANT else [])
        notes += [INSISTS] if self.mask_required and not ways & {"padding only", "causal"} else []
        notes += [LEFT_EMPTY] if "none" in self.order else []
        notes += [TURNED] if ("out", "time") in self.axes else []
        notes += [THRICE] if self.order.count("x") > 1 else []
        inner = match.callee
        made = replace(
            match, target=remote(wrap, inner, spec), limitations=self.limitations, notes=(*match.notes, *notes)
        )
        if match.kind != "function":
            return made
        return replace(made, arguments=tuple(Argument(r, (r,), plain(r), by_place=True) for r in match.roles))


# --- trials --------------------------------------------------------------------------------------


def find_port(
    runner: TrialRunner, match: Match, rows: list[Any], values: dict[str, Any], built: Mapping[str, str] | None = None
) -> Trial:
    """The first way of asking in which the answer has the right shape, with the mask that is understood.

    values: sizes. built: what the constructor of a class without parameters takes.
    """
    fault: Fault | None = None
    ready: list[AttentionForm] = []
    min_args = sum(not row[2] for row in rows if isinstance(row, list | tuple) and "VAR_" not in str(row[1]))
    taken = tuple((built or {}).items())
    for port in (
        replace(p, min_args=min_args, built=taken)
        for p in ports(orders(rows, match.interface), match, runner.handed_out)
    ):
        if port.mask_required and port.order.index("mask") >= min_args and not (fault and fault.place):
            continue  # it can do without, and not only by its signature: mask=None ... masked_fill(mask == 0, -1e9)
        asked = AttentionTrial(runner, port.made(match), values)
        problem = asked.ready()
        fault = fault or problem
        if asked.fault is not None:
            break  # it could not even be built
        if problem is None:
            ready = [port] if asked.sound else [*ready, port]
            if asked.sound:
                break
    if ready:
        port = settle(runner, turned(runner, ready[0], match, values), match, values)
        return Trial(2, bounded(runner, port, match, values).made(match))
    return Trial(1 if fault is None or fault.place else 0, match, fault)


def ports(found: Iterator[tuple[str, ...]], match: Match, ours: bool) -> Iterator[AttentionForm]:
    """The forms that the roles of the parameters may mean. ours: it is our own notebook, which asks for keys and values apart."""
    for order in found:
        mask = "allowed" if "mask" in order or "lengths" in order else ""
        ways = frozenset() if mask else frozenset({"no mask"})
        if match.probe is Probe.QUERY_OVER_KEYS:
            for time in ("", "time"):
                for query in ("", "query", "layer"):
                    axes = (("query", query), ("keys", time))
                    yield AttentionForm(order, axes, mask, "", "row", ways)
                    if time:
                        yield AttentionForm(order, (*axes, ("weights", time)), mask, "time", "row", ways)
        elif match.kind == "function":
            for output_order in ("pair", "swapped", "out"):
                for head in ("", "head"):
                    yield AttentionForm(order, (("q", head),), mask, "", output_order, ways)
        else:
            alone = "key" not in order and match.probe is not Probe.BLOCK
            shared = "key" in order and "value" not in order and not ours
            more = {"self"} if alone else {"shared"} if shared else set()
            plain = AttentionForm(order, (), mask, "", "", ways | more)
            yield plain
            if mask:
                yield from (
                    replace(plain, mask_layout=mask_layout, mask=k, mask_required=True)
                    for mask_layout in MASK_LAYOUTS
                    for k in KINDS
                    if k in MASK_KINDS
                )


def settle(runner: TrialRunner, port: AttentionForm, match: Match, values: dict[str, Any]) -> AttentionForm:
    """The port with the kind of mask that hides what it should; and whether the module hides the future by itself."""
    own = AttentionTrial(runner, port.made(match), values)
    if match.probe in SQUARE and hides_the_future(own):
        return replace(
            port,
            mask="",
            limitations=port.limitations - {"no mask"} | {"causal"},
            order=tuple(r for r in port.order if r != "mask"),
        )
    if not port.mask or "lengths" in port.order:
        return port
    layouts = MASK_LAYOUTS if match.probe in SQUARE else (port.mask_layout,)
    for mask_layout, axes in product(layouts, axes_of(port, match)):
        for kind in KINDS:
            tried = replace(port, mask=kind, mask_layout=mask_layout, axes=axes)
            if obeys(AttentionTrial(runner, tried.made(match), values), match):
                return padding_only(tried) if mask_layout == "keys" else tried
    return port


def padding_only(port: AttentionForm) -> AttentionForm:
    """The port of a module whose mask is one of words, which cannot say who looks at whom: `scores.masked_fill(pad[:, None, None, :], ...)`."""
    return replace(port, mask_required=True, limitations=port.limitations | {"no mask", "padding only"})


def bounded(runner: TrialRunner, port: AttentionForm, match: Match, values: dict[str, Any]) -> AttentionForm:
    """The port, with what is told of one that raises where there are more keys than queries: k.view(B, q.size(1), heads, -1)."""
    if match.probe is not Probe.SELF_ATTENTION or "key" not in port.order:
        return port
    asked = AttentionTrial(runner, port.made(match), values)
    query = asked.inputs[0]
    longer = torch.cat([query, 0.5 - query[:, :2]], dim=1)
    same, other = asked(query, query, query), asked(query, longer, longer)
    if isinstance(same, Fault) or not isinstance(other, Fault):
        return port
    return replace(port, limitations=port.limitations | {"one length"})


def axes_of(port: AttentionForm, match: Match) -> tuple[tuple[tuple[str, str], ...], ...]:
    """The axes that a port may mean: a function may take heads, and may add their axis to the mask by itself.

    def attention(q, k, v, d_k, mask): mask = mask.unsqueeze(1)
    """
    if match.probe is not Probe.ATTENTION:
        return (port.axes,)
    heads = (("q", "head"),)
    return tuple(dict.fromkeys((port.axes, heads, (*heads, ("mask", "bare")))))


def turned(runner: TrialRunner, port: AttentionForm, match: Match, values: dict[str, Any]) -> AttentionForm:
    """The port with the time first, where only so the sentences of a batch do not touch each other."""
    if match.probe not in SQUARE:
        return port
    inputs = [role for role in dict.fromkeys(port.order) if role not in ("mask", "none")]
    other = replace(port, axes=tuple((role, "time") for role in (*inputs, "out")))
    if alone(AttentionTrial(runner, port.made(match), values)) or not alone(
        AttentionTrial(runner, other.made(match), values)
    ):
        return port
    return other
