"""A causal mask that is no function but a part of an attention, a block or a model: read off which places reach which.

self.register_buffer("tril", torch.tril(torch.ones(block_size, block_size)))
out = F.scaled_dot_product_attention(q, k, v, is_causal=True)

What was asked as the whole, and verified, is asked place by place: a place may look at those that its output changes with. Only
a whole in which nobody sees the future is taken for an answer; of any other nobody knows whether it was meant to hide it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import torch
from torch import Tensor

from grader.matching.adapter import Query
from grader.matching.bind import parameters_of
from grader.matching.match import Argument, Match, given, plain, translated
from grader.matching.payloads.mask_inside import places_seen
from grader.matching.replies import SIZES
from grader.matching.vocabulary import is_one_of, words
from grader.model import Probe, Text
from grader.sandbox.payload import remote

WHOLES = (Probe.SELF_ATTENTION, Probe.BLOCK, Probe.LANGUAGE_MODEL)  # the smallest first: it shows most of its mask
LENGTH = 9
FLAGS = words(
    "causal is_causal causal_mask masked is_masked mask_future use_causal_mask apply_causal_mask autoregressive is_decoder"
)


def found_inside(query: Query) -> Iterator[Match]:
    """The mask of the first whole that hides the future by itself."""
    if query.matching.handed_out:
        return
    for probe in WHOLES:
        whole = query.other(probe)
        if whole is None or not whole.verified:
            continue
        for asked in (whole,) if may_hide(whole) else switched_on(query, whole):
            match = mask_of(query, asked)
            if hides_the_future(query, match):
                yield match
                return


def switched_on(query: Query, whole: Match) -> Iterator[Match]:
    """The whole, built to hide the future: def __init__(self, d_model, num_heads, causal=False)."""
    row = next((r for r in query.rows if r["name"] == whole.own), {})
    for parameter in parameters_of(row.get("parameters"), None):
        if is_one_of(parameter.name, FLAGS):
            kept = tuple(a for a in whole.arguments if a.name != parameter.name)
            yield replace(whole, arguments=(*kept, Argument(parameter.name, (), given(True))))


def may_hide(whole: Match) -> bool:
    """Whether the trial saw it hide the future; a model's did not ask, and says how it takes its ids."""
    if whole.probe is not Probe.LANGUAGE_MODEL:
        return "causal" in whole.limitations
    form = whole.form
    return not (form.batch or form.single or form.first) and all(
        what in ("nothing", "targets") for _, what in form.extras
    )


def mask_of(query: Query, whole: Match) -> Match:
    """What is asked as `causal_mask(size)`: the places that the whole's places look at."""
    sizes = {role: SIZES[role] for role in whole.roles if role in SIZES}
    request = translated(whole, {"op": "call", "args": (), "kwargs": sizes})
    of_ids = whole.probe is Probe.LANGUAGE_MODEL
    extras = [what for _, what in whole.form.extras]
    given_once = 1 if of_ids else len(whole.interface.forward) - 1  # query, key and value; the mask is its own
    target = remote(
        places_seen,
        whole.callee,
        request["args"],
        request["kwargs"],
        SIZES["vocab_size"] if of_ids else 0,
        SIZES["d_model"],
        given_once,
        extras,
        whole.form.batch_first,
    )
    held = tuple(Argument(a.name, (), given(a.value(sizes))) for a in whole.overrides if set(a.roles) <= set(sizes))
    return replace(
        query.base,
        own=whole.own,
        kind="function",
        target=target,
        arguments=(Argument("size", ("size",), plain("size"), by_place=True),),
        overrides=held,
        notes=(inside_text(whole.own),),
    )


def hides_the_future(query: Query, match: Match) -> bool:
    reply = query.runner.run(match, size=LENGTH)
    found = reply.value if reply.fault is None else None
    return isinstance(found, Tensor) and torch.equal(found, torch.ones(LENGTH, LENGTH, dtype=torch.bool).tril())


def inside_text(own: str) -> Text:
    return Text(
        en=f"judged inside `{own}`: which places its outputs change with",
        ja=f"`{own}` の中で判断しました（出力がどの位置の入力で変わるかを調べました）",
    )
