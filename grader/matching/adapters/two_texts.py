"""Whole encoder-decoders in somebody's own form: which text is which, which masks are handed in, and how these are meant.

Transformer(src_pad_idx, trg_pad_idx, trg_sos_idx, enc_voc_size, ...).forward(src, trg)     makes its masks of the padding's id
model(src, tgt, src_mask, tgt_mask)                                  is given them, as booleans, ones, or minus infinity to be added
Seq2SeqTransformer(...).forward(src, trg, src_mask, tgt_mask, src_padding_mask, tgt_padding_mask, memory_key_padding_mask)
model.project(model.decode(model.encode(src, src_mask), src_mask, tgt, tgt_mask))            has no forward of its own

Such a model has no `encode` and `decode` that are asked as the contract does, so what it computes is judged by its scores alone. A form is right where
no place sees what comes after it, padding has no influence and every word of the source has one; the model is then asked through
`payloads.two_texts`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice, product
from typing import Any

import torch
from torch import Tensor

from grader.matching.adapters.attention import KINDS, MASK_KINDS
from grader.matching.adapters.attention_arguments import plain_parameters
from grader.matching.adapters.texts_arguments import orders, roles_of, roles_of_halves
from grader.matching.adapters.texts_trial import (
    BATCH,
    SIZES,
    TARGET,
    TextsForm,
    TextsTrial,
    asked_through,
    example,
    heeds_nothing,
)
from grader.matching.match import Match
from grader.matching.trial import Trial, TrialRunner
from grader.matching.vocabulary import words
from grader.model import Fault
from grader.sandbox.guest.codec import Handle

LAYOUTS = ("", "batch", "heads")
PADDINGS = (0, 1, 2, 3)  # ids that stand for it where a model finds it by itself
MOST = 120  # forms
OF_SIZES = re.compile(r"size|shape|dimension|must match")
# What turns the last states into scores, where that is no part of what is called before: model.generator(out), model.project(out)
LASTS = words("generator project projection projection_layer proj fc_out output_layer out_proj lm_head linear")


def tried(runner: TrialRunner, match: Match) -> Trial:
    """The form in which a model of two texts answers in the right shape and hides what it should."""
    built = TextsTrial(runner, match)
    if built.fault is not None or not isinstance(built.handle, Handle):
        return Trial(0, match, built.fault)
    if not has_its_sizes(match, built.weights):
        return Trial(1, match)
    if in_parts(runner, built):
        return Trial(2, match)
    fault: Fault | None = None
    taken = parameters_of_method(runner, built, "forward")
    whole = [TextsForm(order) for order in orders(taken)]
    asked = whole or list(halves(runner, built))
    lasts = [name for name in last_names(runner, built) if described(runner, built, name) is not None]
    # by a name that says so: `mask` alone may be anything
    may_be_told = "past" in (roles_of([name for name, _ in taken]) or ()) or any(
        "past" in f.order for f in asked if not whole
    )
    equal = [replace(form, equal=True) for form in asked]  # keys of the source beside values of the target, say
    for form in (*asked, *equal):
        if form.equal and not (fault is not None and OF_SIZES.search(fault.message)):
            break
        answering, problem = shaped(runner, match, form, lasts)
        fault = fault or problem
        if may_be_told and "past" not in form.order:  # tgt_mask=None: without one, nothing need be hidden
            answering = [f for f in answering if asked_through(runner, match, f).hides_the_future()]
        if form.equal and "past" not in form.order:  # with a mask of the source for that of the target it works as well
            answering = [f for f in answering if asked_through(runner, match, f).hides_the_future()]
        settled = next((s for form in answering if (s := settle(runner, match, form))), None)
        if settled is not None:
            return Trial(2, settled)
    return Trial(1, match, fault)


def described(runner: TrialRunner, built: TextsTrial, method: str) -> list[Any] | None:
    """What a method or a part of the model takes, row by row; None where there is none of this name."""
    found = runner.ask("describe", built.handle, method=method).value
    rows = found.get("parameters") if isinstance(found, dict) else None
    return rows if isinstance(rows, list) else None


def last_names(runner: TrialRunner, built: TextsTrial) -> Iterator[str]:
    """What may make scores of the last states, likeliest first: the usual names, methods that take one thing, its own modules."""
    defined = runner.written.definition(built.kind, runner.section)
    methods = [part for part in defined.node.body if isinstance(part, ast.FunctionDef)] if defined is not None else []
    of_one = [m.name for m in methods if len(m.args.args) == 2 and not m.name.startswith("_")]
    yield from dict.fromkeys((*LASTS, *of_one, *(name.partition(".")[0] for name in built.weights)))


def parameters_of_method(runner: TrialRunner, built: TextsTrial, method: str) -> list[tuple[str, bool]]:
    """The names of what a method of the model takes, each with whether it can do without; none where there is no such method."""
    return plain_parameters(described(runner, built, method))


def halves(runner: TrialRunner, built: TextsTrial) -> Iterator[TextsForm]:
    """The form of a model without a `forward`: encode(src, src_mask), then decode(encoder_output, src_mask, tgt, tgt_mask)."""
    reads, writes = ([name for name, _ in parameters_of_method(runner, built, half)] for half in ("encode", "decode"))
    roles = roles_of_halves(reads, writes)
    if roles is not None:
        yield TextsForm(roles, parts=len(reads))


def has_its_sizes(match: Match, weights: dict[str, Tensor]) -> bool:
    """Whether the sizes that were asked for stand in the parameters; words may have a row or two more."""
    found = {size for weight in weights.values() for size in weight.shape}
    return all(
        any(size in found for size in range(SIZES[role], SIZES[role] + 1 + 3 * role.endswith("vocab")))
        for role in ("src_vocab", "tgt_vocab", "d_model", "d_ff")
        if role in match.accepts
    )


def in_parts(runner: TrialRunner, built: TextsTrial) -> bool:
    """Whether it goes by the contract: forward(src, tgt, src_mask), encode(src, src_mask), decode(tgt, memory, src_mask)."""
    src, tgt, mask = example()
    memory = runner.ask("call", built.handle, (src, mask), method="encode").value
    if not isinstance(memory, Tensor):
        return False
    scores = runner.ask("call", built.handle, (tgt, memory, mask), method="decode").value
    return isinstance(scores, Tensor) and scores.shape[:2] == tgt.shape and built.hides_padding()


def shaped(
    runner: TrialRunner, match: Match, asked: TextsForm, lasts: Sequence[str]
) -> tuple[list[TextsForm], Fault | None]:
    """The layouts in which scores of the right shape come back, for masks of some kind; and what was raised first."""
    found, fault, order = [], None, asked.order
    of_words, past = "source words" in order or "target words" in order, "past" in order
    masks = MASK_KINDS if of_words or past else KINDS[:1]
    vocabulary = SIZES["tgt_vocab" if "tgt_vocab" in match.accepts else "src_vocab"]
    layouts = product((False, True), LAYOUTS if of_words else ("",), LAYOUTS if past else ("",), masks)
    for time_first, source, target, kind in layouts:
        form = replace(asked, time_first=time_first, source=(kind, source), target=(kind, target))
        for last in ("", *lasts):
            form = replace(form, last=last)
            said = answer(runner, match, form)
            shape = tuple(said.shape) if isinstance(said, Tensor) else ()
            fault = fault or (said if isinstance(said, Fault) else None)
            if isinstance(said, Tensor) and shape in ((BATCH, TARGET, vocabulary), (TARGET, BATCH, vocabulary)):
                turned = shape[0] == TARGET
                rows = said.transpose(0, 1) if turned else said
                apart = not torch.allclose(rows, rows[:1].expand_as(rows), atol=1e-4)
                found.append(replace(form, scores_turned=turned, apart=apart))
            if shape != (BATCH, TARGET, SIZES["d_model"]):
                break  # no state that is still to be turned into scores
    return found, fault


def answer(runner: TrialRunner, match: Match, form: TextsForm) -> Tensor | Fault | None:
    """What comes back, or what was raised."""
    asked = asked_through(runner, match, form)
    return asked.fault or asked.of_example()


def settle(runner: TrialRunner, match: Match, form: TextsForm) -> Match | None:
    """The match with masks of the kinds that hide what they should.

    A model that makes its own mask of the future is taken as it is, and so is one that is told which id is the padding's: whether it
    hides these is for the checks to say. Where it is handed a mask of the future, and none hides that, nobody knows how it is meant,
    unless no mask at all moves what it says.
    """
    if "past" in form.order and heeds_nothing(runner, match, form):
        return form.made(match, "no encode", "no padding")
    ways: tuple[TextsForm, ...] = tuple(islice(kinds(form), MOST))
    blind = next((f for f in ways if "past" in f.order and asked_through(runner, match, f).hides_the_future()), None)
    if "past" in form.order and blind is None:
        return None
    kept = [f for f in ways if blind is None or f.target == blind.target]
    for found in kept:
        if asked_through(runner, match, found).hides_padding():
            return found.made(match, "no encode", *([] if found.padding is None else ["padding by id"]))
    told = any("pad" in argument.name.lower() for argument in match.arguments)
    if told and not form.hands_words:
        return kept[0].made(match, "no encode", "padding by id")
    return replace(blind or form, padding=None).made(match, "no encode", "no padding")


def kinds(form: TextsForm) -> Iterator[TextsForm]:
    """The kinds of mask that may be meant: the same for words and future first; and the ids that may stand for padding."""
    if not form.hands_words:
        pasts = KINDS if "past" in form.order else (form.target[0],)
        for past, padding in product(pasts, PADDINGS):
            yield replace(form, target=(past, form.target[1]), padding=padding)
        return
    pairs = product(KINDS, KINDS if "past" in form.order else KINDS[:1])
    for seen, past in sorted(pairs, key=lambda pair: pair[0] != pair[1]):
        yield replace(form, source=(seen, form.source[1]), target=(past, form.target[1]))
