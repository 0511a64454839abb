"""Encoders that look both ways, in somebody's own form: what goes in beside the ids, and how a mask is meant.

BERT(vocab_size, hidden, n_layers, attn_heads).forward(x, segment_info)          finds the padding by its id
BertModel(config).forward(input_ids, attention_mask=None, token_type_ids=None)   is given a mask of ones and zeros

A form is right where states (B, T, D) come back, padding has no influence, and every word has one, on both sides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import torch
from torch import Tensor

from grader.matching.adapters.attention import KINDS, MASK_KINDS
from grader.matching.adapters.attention_arguments import is_mask, plain_parameters
from grader.matching.adapters.texts_trial import NOTES, TURNED
from grader.matching.adapters.two_texts import LAYOUTS, PADDINGS
from grader.matching.match import Match
from grader.matching.payloads.one_text import wrap_reader
from grader.matching.trial import AskedModel, Trial, TrialRunner
from grader.model import Fault, Text
from grader.sandbox.guest.codec import Handle
from grader.sandbox.payload import remote

SIZES = {"vocab_size": 29, "d_model": 12, "num_heads": 3, "d_ff": 20, "num_layers": 2, "max_len": 64}
BATCH, TIME, HIDDEN = 4, 7, 2  # sentences, words, and how many of these are padding
OWN_NOTES = {
    "no segments": Text(
        en="it does not tell two sentences apart (segments), as some such models do not; nothing is asked about it",
        ja="1 文目と 2 文目（segments）を区別しない形なので、それについては確認していません",
    ),
    "scores": Text(
        en="it gives scores of words in place of states, and was judged by these",
        ja="状態ではなく単語のスコアを返す形なので、スコアで確認しました",
    ),
}


@dataclass(frozen=True, slots=True)
class TextForm:
    """How one way of asking is put together; see `payloads.one_text` for the words."""

    order: tuple[str, ...]
    time_first: bool = False
    mask: tuple[str, str] = ("", "")
    padding: int | None = None
    part: int | None = None
    scores: bool = False  # of words, and no states

    @property
    def hands_words(self) -> bool:
        """Whether the model is told which words are padding."""
        return "words" in self.order or "lengths" in self.order

    def made(self, match: Match, *ways: str) -> Match:
        spec = {
            "order": list(self.order),
            "time_first": self.time_first,
            "mask": list(self.mask),
            "padding": self.padding,
            "part": self.part,
        }
        inner = match.callee
        ways = (
            *ways,
            *(["scores"] if self.scores else []),
            *([] if "segments" in self.order else ["no segments"]),
        )
        notes = [OWN_NOTES.get(way) or NOTES[way] for way in ways]
        return replace(
            match,
            target=remote(wrap_reader, inner, spec),
            limitations=frozenset((*ways, "own form")),
            notes=(*match.notes, *notes, *([TURNED] if self.time_first else [])),
            kind="module",
        )


class TextTrial(AskedModel):
    """A model built and asked through a form."""

    def __init__(self, runner: TrialRunner, match: Match) -> None:
        super().__init__(runner, match, SIZES)

    def parts(self) -> list[Any] | Fault:
        """All that comes back for the example."""
        reply = self.runner.ask("call", self.handle, example())
        value = reply.value if isinstance(reply.value, list | tuple) else [reply.value]
        return reply.fault if reply.fault is not None else list(value)

    def hides_padding(self) -> bool:
        """Whether a sentence says the same with padding behind it as alone, and every word of it moves all places."""
        ids, mask = example()
        ids[1, -1], ids[2, 0], ids[3, TIME - HIDDEN - 1] = 17, 18, 19
        mask[:, TIME - HIDDEN :] = False
        found = self(ids, mask)
        alone = self(ids[:2, :-HIDDEN], mask[:2, :-HIDDEN])
        if not isinstance(found, Tensor) or not isinstance(alone, Tensor) or not torch.isfinite(alone).all():
            return False
        seen = found[:, :-HIDDEN]
        moved = (seen - seen[0]).abs().amax(dim=-1) > 1e-6
        same = torch.allclose(seen[:2], alone, atol=1e-5) and not moved[1].any()
        return same and bool(moved[2:].all())


def example() -> tuple[Tensor, Tensor]:
    """The same words (B, T) in every row, and a mask (B, T) of full sentences. No id is small enough for a padding's."""
    return torch.arange(5, 5 + TIME).repeat(BATCH, 1), torch.ones(BATCH, TIME, dtype=torch.bool)


def tried(runner: TrialRunner, match: Match) -> Trial:
    """The form in which an encoder answers in the right shape and hides the padding."""
    built = TextTrial(runner, match)
    if built.fault is not None or not isinstance(built.handle, Handle):
        return Trial(0, match, built.fault)
    described = runner.ask("describe", built.handle, method="forward")
    rows = described.value.get("parameters") if isinstance(described.value, dict) else None
    fault: Fault | None = None
    answering: list[TextForm] = []
    for order in orders(rows if isinstance(rows, list) else []):
        found, problem = shaped(runner, match, order)
        answering, fault = [*answering, *found], fault or problem
    for form in answering:
        for way in kinds(form):
            if TextTrial(runner, way.made(match)).hides_padding():
                return Trial(2, way.made(match, *([] if way.padding is None else ["padding by id"])))
    if answering:
        return Trial(2, replace(answering[0], padding=None).made(match, "no padding"))
    return Trial(1, match, fault)


def orders(rows: Sequence[Any]) -> Iterator[tuple[str, ...]]:
    """The role of each parameter of `forward`: all that is known, then what it cannot do without."""
    plain = plain_parameters(rows)
    roles = tuple(role_of(name, first=not place) for place, (name, _) in enumerate(plain))
    if not roles or roles[0] != "ids":
        return
    required = max((n + 1 for n, (_, optional) in enumerate(plain) if not optional), default=1)
    known = max(n + 1 for n, role in enumerate(roles) if role != "none")
    yield from dict.fromkeys((roles[: max(required, known)], roles[:required]))


def role_of(name: str, first: bool) -> str:
    low = name.lower()
    if is_mask(name):
        return "words"
    if "seg" in low or "type" in low or "sent_id" in low:
        return "segments"
    if "pos" in low:
        return "places"
    if "len" in low:
        return "lengths"
    return "ids" if first else "none"


def shaped(runner: TrialRunner, match: Match, order: tuple[str, ...]) -> tuple[list[TextForm], Fault | None]:
    """The layouts in which states of the right shape come back, for masks of some kind; and what was raised first."""
    found, fault = [], None
    words = "words" in order
    for time_first, layout, kind in product(
        (False, True), LAYOUTS if words else ("",), MASK_KINDS if words else KINDS[:1]
    ):
        form = TextForm(order, time_first, (kind, layout))
        asked = TextTrial(runner, form.made(match))
        parts = asked.parts() if asked.fault is None else asked.fault
        if isinstance(parts, Fault):
            fault = fault or parts
            continue
        kinds_of = [what_it_is(match, part) for part in parts]
        for meant in ("states", "scores"):
            if meant in kinds_of:
                found.append(replace(form, part=kinds_of.index(meant), scores=meant == "scores"))
                break
    return found, fault


def what_it_is(match: Match, part: Any) -> str:
    """Whether a part of what comes back is states (B, T, D) or scores of words (B, T, V), "" for anything else."""
    if (
        not isinstance(part, Tensor)
        or part.dim() != 3
        or part.shape[:2] != (BATCH, TIME)
        or not part.is_floating_point()
    ):
        return ""
    if "vocab_size" in match.accepts and part.shape[2] == SIZES["vocab_size"]:
        return "scores"
    return "states" if "d_model" not in match.accepts or part.shape[2] == SIZES["d_model"] else ""


def kinds(form: TextForm) -> Iterator[TextForm]:
    """The kinds of mask that may be meant, and the ids that may stand for padding."""
    if form.hands_words:
        yield from (replace(form, mask=(kind, form.mask[1])) for kind in KINDS)
    else:
        yield from (replace(form, padding=padding) for padding in PADDINGS)
