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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product
from typing import Any

import torch
from torch import Tensor

from grader.matching.adapters.attention import KINDS, MASK_KINDS
from grader.matching.adapters.attention_arguments import plain_parameters
from grader.matching.adapters.texts_arguments import orders, roles_of_halves
from grader.matching.match import Match
from grader.matching.payloads.two_texts import wrap_translator
from grader.matching.trial import AskedModel, Trial, TrialRunner
from grader.matching.vocabulary import words
from grader.model import Fault, Text
from grader.sandbox.guest.codec import Handle, RemoteExpr
from grader.sandbox.payload import remote

SIZES = {
    "src_vocab": 29, "tgt_vocab": 23, "d_model": 12, "num_heads": 3, "d_ff": 20, "num_layers": 2, "max_len": 64,
}  # fmt: skip
BATCH, SOURCE, TARGET, HIDDEN = 4, 7, 5, 2  # sentences, words, and how many of the source are padding
LAYOUTS = ("", "batch", "heads")
PADDINGS = (0, 1, 2, 3)  # ids that stand for it where a model finds it by itself
MOST = 120  # forms
# What turns the last states into scores, where that is no part of what is called before: model.generator(out), model.project(out)
LASTS = words("generator project projection projection_layer proj fc_out output_layer out_proj lm_head linear")
NOTES = {
    "no encode": Text(
        en="it was judged as a whole, by its scores",
        ja="encode と decode に分けず、モデル全体の出力で確認しました",
    ),
    "padding by id": Text(
        en="it finds the padding by itself, so padding was given as its own id",
        ja="パディングを自分で見つける形なので、パディングの ID を渡しました",
    ),
    "no padding": Text(
        en="no way was found in which padding has no influence on it, so it was asked with full sentences",
        ja="パディングの影響を受けない渡し方が見つからなかったので、パディングのない文だけで確認しました",
    ),
}
TURNED = Text(
    en="it was given the time first, (S, B) and (T, B)", ja="入力は (S, B)・(T, B) の形（時間が先頭）で渡しました"
)


@dataclass(frozen=True, slots=True)
class TextsForm:
    """How one way of asking is put together; see `payloads.two_texts` for the words.

    last: what makes scores of what comes back. parts: how many of the roles are those of `encode`; the others are `decode`'s.
    scores_turned: scores come back in the other layout than the texts were handed in.
    """

    order: tuple[str, ...]
    time_first: bool = False
    source: tuple[str, str] = ("", "")
    target: tuple[str, str] = ("", "")
    padding: int | None = None
    last: str = ""
    parts: int = 0
    scores_turned: bool = False

    @property
    def hands_words(self) -> bool:
        """Whether the model is told which words of the source are padding."""
        return "source words" in self.order or "lengths" in self.order

    def made(self, match: Match, *ways: str) -> Match:
        spec = {
            "order": list(self.order), "time_first": self.time_first, "masks": [list(self.source), list(self.target)],
            "padding": self.padding, "last": self.last, "parts": self.parts,
            "scores_time_first": self.time_first != self.scores_turned,
        }  # fmt: skip
        inner = match.target if isinstance(match.target, RemoteExpr) else RemoteExpr(name=match.own)
        notes = [NOTES[way] for way in ways] + ([TURNED] if self.time_first else [])
        return replace(
            match,
            target=remote(wrap_translator, inner, spec),
            limitations=frozenset(ways),
            notes=(*match.notes, *notes),
            kind="module",
        )


class TextsTrial(AskedModel):
    """A model built and asked through a form: two rows of everything, and what is changed in the others."""

    def __init__(self, runner: TrialRunner, match: Match) -> None:
        super().__init__(runner, match, SIZES)

    def hides_the_future(self) -> bool:
        """Whether a place sees itself and all before it, and nothing after."""
        src, tgt, mask = example()
        tgt[1, -1], tgt[2, 0] = 17, 18
        found = self(src, tgt, mask)
        if not isinstance(found, Tensor) or not torch.isfinite(found).all():
            return False
        late, early = moved(found, 1), moved(found, 2)
        return not late[:-1].any() and bool(late[-1]) and bool(early.all())

    def hides_padding(self) -> bool:
        """Whether a sentence says the same with padding behind it as alone, and every word of it has an influence."""
        src, tgt, mask = example()
        src[1, -1], src[2, 0], src[3, SOURCE - HIDDEN - 1] = 17, 18, 19
        mask[:, SOURCE - HIDDEN :] = False
        found = self(src, tgt, mask)
        alone = self(src[:2, :-HIDDEN], tgt[:2], mask[:2, :-HIDDEN])
        if not isinstance(found, Tensor) or not isinstance(alone, Tensor) or not torch.isfinite(found).all():
            return False
        same = torch.allclose(found[:2], alone, atol=1e-5) and not moved(found, 1).any()
        return same and bool(moved(found, 2).all()) and bool(moved(found, 3).all())


def example() -> tuple[Tensor, Tensor, Tensor]:
    """The same source (B, S) and target (B, T) in every row, and a mask (B, S) of full sentences. No id is small enough for a padding's."""
    src, tgt = torch.arange(5, 5 + SOURCE), torch.arange(5, 5 + TARGET)
    return src.repeat(BATCH, 1), tgt.repeat(BATCH, 1), torch.ones(BATCH, SOURCE, dtype=torch.bool)


def moved(found: Tensor, row: int) -> Tensor:
    """Where a row says something else than the first: (T,)"""
    return (found[row] - found[0]).abs().amax(dim=-1) > 1e-6


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
    whole = [TextsForm(order) for order in orders(parameters_of_method(runner, built, "forward"))]
    asked = whole or list(halves(runner, built))
    lasts = [name for name in last_names(runner, built) if described(runner, built, name) is not None]
    may_be_told = any("past" in form.order for form in asked)
    for form in asked:
        answering, problem = shaped(runner, match, form, lasts)
        fault = fault or problem
        if may_be_told and "past" not in form.order:  # tgt_mask=None: without one, nothing need be hidden
            answering = [f for f in answering if TextsTrial(runner, f.made(match)).hides_the_future()]
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
            shape, problem = answer(runner, match, form)
            fault = fault or problem
            if shape in ((BATCH, TARGET, vocabulary), (TARGET, BATCH, vocabulary)):
                found.append(replace(form, scores_turned=shape[0] == TARGET))
            if shape != (BATCH, TARGET, SIZES["d_model"]):
                break  # no state that is still to be turned into scores
    return found, fault


def answer(runner: TrialRunner, match: Match, form: TextsForm) -> tuple[tuple[int, ...], Fault | None]:
    """The shape of what comes back."""
    asked = TextsTrial(runner, form.made(match))
    if asked.fault is not None:
        return (), asked.fault
    found = asked(*example())
    return (tuple(found.shape), None) if isinstance(found, Tensor) else ((), found)


def settle(runner: TrialRunner, match: Match, form: TextsForm) -> Match | None:
    """The match with masks of the kinds that hide what they should.

    A model that makes its own mask of the future is taken as it is, and so is one that is told which id is the padding's: whether it
    hides these is for the checks to say. Where it is handed a mask of the future, and none hides that, nobody knows how it is meant,
    unless no mask at all moves what it says.
    """
    if "past" in form.order and heeds_nothing(runner, match, form):
        return form.made(match, "no encode", "no padding")
    ways: tuple[TextsForm, ...] = tuple(islice(kinds(form), MOST))
    blind = next((f for f in ways if "past" in f.order and TextsTrial(runner, f.made(match)).hides_the_future()), None)
    if "past" in form.order and blind is None:
        return None
    kept = [f for f in ways if blind is None or f.target == blind.target]
    for found in kept:
        if TextsTrial(runner, found.made(match)).hides_padding():
            return found.made(match, "no encode", *([] if found.padding is None else ["padding by id"]))
    told = any("pad" in argument.name.lower() for argument in match.arguments)
    if told and not form.hands_words:
        return kept[0].made(match, "no encode", "padding by id")
    return replace(blind or form, padding=None).made(match, "no encode", "no padding")


def heeds_nothing(runner: TrialRunner, match: Match, form: TextsForm) -> bool:
    """Whether masks of every kind, upside down as well, leave the scores of a model as they are that does not hide the future by itself.

    scores.masked_fill(mask == 0, -1e9)     # the result is not kept
    """
    first, *others = (replace(form, source=(kind, form.source[1]), target=(kind, form.target[1])) for kind in KINDS)
    plain = TextsTrial(runner, first.made(match))
    scores = plain(*example())
    if not isinstance(scores, Tensor) or not torch.isfinite(scores).all() or plain.hides_the_future():
        return False
    for other in others:
        found = TextsTrial(runner, other.made(match))(*example())
        if not isinstance(found, Tensor) or not torch.equal(found, scores):
            return False
    return True


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
