"""A match tried out, in a branch of its own: does the student's code take what it is given and give back the right kind?

0: it raised. 1: it ran, and what came back is of another kind. 2: it ran and gave what the contract asks for. Nothing here
is judged; a wrong answer of the right kind is a 2.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from grader.errors import ReplyRefused, SandboxDied
from grader.matching.adapters.library_classifier import used
from grader.matching.call_convention import (
    PLAIN,
    CallConvention,
    arranged,
    meaning,
    one_by_one,
    preparation,
    read_form,
    time_first,
    with_labels,
    with_targets,
)
from grader.matching.layout import feeds_batch_first, says_time_first
from grader.matching.match import Match, given, translated
from grader.matching.payloads.scores_at_loss import read_at_loss
from grader.matching.replies import LABELS, SIZES, VOCABULARY, WIDTH, first_tensor, fits
from grader.matching.source_index import SourceIndex
from grader.model import Fault, Probe, Reply, Text, Trait, handed_out
from grader.sandbox import Branch
from grader.sandbox.channel import read_names
from grader.sandbox.guest.codec import Handle
from grader.sandbox.lazy import lazy
from grader.sandbox.payload import remote

LENGTHS = range(7, 65)  # of titles, for a model that is made for one alone
AT_LOSS = Text(
    en="its `forward` gives a loss and no scores: what it hands to that loss was read as its scores",
    ja="`forward` がスコアではなく損失を返すため、損失の計算に渡される値をスコアとして読み取りました",
)
ARGUMENTS = re.compile(r"positional argument|keyword argument|required .*argument|takes \d|not callable|no attribute")


@dataclass(frozen=True, slots=True)
class Trial:
    """How far it went, and with which match: the form of a model's `forward` is found out here."""

    level: int
    match: Match
    fault: Fault | None = None

    @property
    def misfit(self) -> bool:
        """The arguments themselves were refused: the fault of whoever chose them."""
        return self.fault is not None and self.fault.type in ("TypeError", "AttributeError") and bool(
            ARGUMENTS.search(self.fault.message)
        )  # fmt: skip


@dataclass(frozen=True)
class TrialRunner:
    """Where matches are tried: a branch that nothing else is asked in."""

    branch: Branch
    section: str
    written: SourceIndex

    @lazy
    def handed_out(self) -> bool:
        """Whether the section is that of our own notebook, which says how everything is to be asked."""
        return handed_out(self.written.cells, self.section)

    def ask(self, op: str, target: Any, args: tuple[Any, ...] = (), **extra: Any) -> Reply:
        request = {"op": op, "section": self.section, "target": target, "args": args, "kwargs": {}, "seed": 1}
        return self.branch.ask({**request, **extra})

    def run(self, match: Match, **values: Any) -> Reply:
        request = {"op": "call", "section": self.section, "target": match.own, "args": (), "kwargs": values, "seed": 1}
        return self.branch.ask(translated(match, request) | ({"keep": True} if match.kind == "module" else {}))

    # -- models -------------------------------------------------------------------------------

    def module(self, match: Match, encoder: Callable[..., Any] | None = None) -> Trial:
        """A model built and asked. encoder: what makes the judge's, whose output is a mapping, or else a tuple."""
        found = self.built(match, encoder, as_tuple=False)
        if found.level < 2 and (fixed := self.of_its_own_width(match)) is not None:
            again = self.built(fixed, encoder, as_tuple=False)
            found = again if again.level == 2 else found
        if found.level < 2 and (scored := self.at_its_loss(match)) is not None:
            return scored
        if not encoder or found.level == 2 or found.misfit:
            return found
        other = self.built(match, encoder, as_tuple=True)
        return other if other.level == 2 else found

    def of_its_own_width(self, match: Match) -> Match | None:
        """The match with the width that the model's table of words has, whatever width is asked for; None where it has the one asked for.

        self.emb = nn.Embedding.from_pretrained(load_vectors(path, word2id))     # 300, and self.rnn = nn.RNN(emb_size, hidden_size)
        """
        if "emb_size" not in match.accepts:
            return None
        weights = self.run(match, **{r: v for r, v in SIZES.items() if r in match.roles}).extras.get("weights")
        held = weights.values() if isinstance(weights, dict) else ()
        widths = {
            w.shape[1]
            for w in held
            if isinstance(w, Tensor) and w.dim() == 2 and VOCABULARY <= len(w) <= VOCABULARY + 3
        }
        if len(widths) != 1 or SIZES["emb_size"] in widths:
            return None
        width = widths.pop()
        note = Text(en=f"its own width of the word vectors, {width}", ja=f"単語ベクトルの次元は決まった {width}")
        fixed = {
            a: replace(a, roles=(), value=given(width), note=note) for a in match.arguments if a.roles == ("emb_size",)
        }
        return replace(match, arguments=tuple(fixed.get(argument, argument) for argument in match.arguments))

    def at_its_loss(self, match: Match) -> Trial | None:
        """A model that gives its loss alone, read by the scores that it hands to that loss; None where it is no such model.

        def forward(self, ids, y): return self.criterion(self.fc(h), y)
        """
        defined = self.written.definition(match.own, self.section)
        forward = defined.method("forward") if defined is not None else None
        taken = [argument.arg for argument in forward.args.args[1:]] if forward is not None else []
        place = next((n for n, name in enumerate(taken) if n and meaning(name) == "labels"), None)
        if place is None or self.handed_out:
            return None
        for per_word in (False, True):
            read = replace(
                match, target=remote(read_at_loss, match.callee, place, per_word), notes=(*match.notes, AT_LOSS)
            )
            trial = self.built(read, None, as_tuple=False)
            if trial.level == 2:
                return trial
        return None

    def built(self, match: Match, encoder: Callable[..., Any] | None, as_tuple: bool) -> Trial:
        values: dict[str, Any] = {role: value for role, value in SIZES.items() if role in match.roles}
        if encoder:
            values["encoder"] = remote(encoder, VOCABULARY, match.width or WIDTH, as_tuple, 1)
        built = self.run(match, **values)
        handle, weights = built.extras.get("handle"), built.extras.get("weights")
        if built.fault is not None:
            return Trial(0, match, built.fault)
        if not isinstance(handle, Handle) or not isinstance(weights, dict) or not weights:
            return Trial(0, match)
        outputs = LABELS if "output_size" in match.accepts else None
        ran: Trial | None = None
        failed: Trial | None = None
        for form in self.forms(match, handle, two=bool(encoder)):
            if form.single and ran is not None:
                break  # it takes a batch: asked one title at a time, time and batch could not be told apart
            level, fault = self.forward(handle, weights, form, outputs, two=bool(encoder))
            if level == 2 and fits(match, weights):
                return Trial(2, replace(match, form=form))
            if fault is None:
                ran = ran or Trial(1, replace(match, form=form))
            else:
                failed = failed or Trial(1, replace(match, form=form) if form.invents_labels else match, fault)
        if ran is None and Trait.ONE_LENGTH in match.interface.traits and fits(match, weights):
            length, alone = self.own_length(handle, weights, outputs)
            if length:
                return Trial(2, replace(match, form=replace(PLAIN, length=length, longer=not alone)))
        return ran or failed or Trial(1, match)

    def own_length(self, handle: Handle, weights: dict[str, Any], outputs: int | None) -> tuple[int, bool]:
        """The shortest length that a model takes, 0 where there is none; and whether it is the only one, or it takes any that is long enough."""

        def works(length: int) -> bool:
            return self.forward(handle, weights, replace(PLAIN, length=length), outputs, two=False)[0] == 2

        found = next((length for length in LENGTHS if works(length)), 0)
        return found, bool(found) and not works(2 * found + 3)

    def forms(self, match: Match, handle: Handle, two: bool) -> list[CallConvention]:
        """Likeliest first; the next is tried only where one raises, or gives scores of another shape."""
        described = self.ask("describe", handle, method="forward")
        rows = described.value.get("parameters") if isinstance(described.value, dict) else None
        form = read_form(self.written, match.own, self.section, rows if isinstance(rows, list) else [])
        # Our own notebook asks for (B, T), and batch_first=False is a slip there.
        ours = self.handed_out
        if not ours and says_time_first(self.written, match.own, self.section):
            return [time_first(form), form]
        if labelled := with_labels(form):
            return [*labelled, *map(time_first, labelled)]
        learning = with_targets(form, rows if isinstance(rows, list) else [])
        if match.probe is Probe.LANGUAGE_MODEL and learning is not None and not ours:
            return [form, learning]
        if form.batch or any(what == "lengths" for _, what in form.extras):
            return [form, time_first(form)]
        if two:
            return [form]
        declared = ours or feeds_batch_first(self.written, match.own, self.section)
        return [form, one_by_one(form)] if declared else [form, time_first(form), one_by_one(form)]

    def forward(
        self, handle: Handle, weights: dict[str, Any], form: CallConvention, outputs: int | None, two: bool
    ) -> tuple[int, Fault | None]:
        time = form.length or 6
        ids = torch.arange(3 * time).reshape(3, time) % (VOCABULARY - 3) + 1
        inputs = list(ids) if form.single else [ids]
        rows = []
        for part in inputs:
            whole = (
                (part,) if form.single else arranged(form, (part, torch.ones_like(part)) if two else (part,), weights)
            )
            self.prepare(form, handle, 1 if form.single else len(part))
            reply = self.ask("call", handle, whole)
            if reply.fault is not None:
                return 0, reply.fault
            rows.append(first_tensor(reply.value))
        if any(row is None for row in rows):
            return 1, None
        shapes = [tuple(row.shape) for row in rows if row is not None]
        if outputs is None and len(shapes[0]) == 3 and not form.single:  # a language model scores every place
            fine = shapes[0] == (3, time, VOCABULARY)
        elif form.single:
            fine = all(len(s) in (1, 2) and s[-1] == (outputs or s[-1]) and (len(s) == 1 or s[0] == 1) for s in shapes)
        else:
            fine = len(shapes[0]) == 2 and shapes[0][0] == 3 and shapes[0][1] == (outputs or shapes[0][1])
        return (2 if fine else 1), None

    def prepare(self, form: CallConvention, handle: Handle, batch: int) -> None:
        """Call what has to be called before `forward`; what it raises shows there."""
        asked = preparation(form, {"op": "call", "section": self.section, "target": handle, "seed": 1}, batch)
        if asked is not None:
            self.branch.ask(asked)

    def norm(self, match: Match) -> Trial:
        """A normalisation built for one width and asked with (B, T, D): the same shape comes back."""
        built = self.run(match, d_model=SIZES["d_model"])
        handle = built.extras.get("handle")
        if built.fault is not None or not isinstance(handle, Handle):
            return Trial(0, match, built.fault)
        x = torch.arange(2 * 4 * SIZES["d_model"]).reshape(2, 4, -1).sin()
        reply = self.ask("call", handle, (x,))
        fine = isinstance(reply.value, Tensor) and reply.value.shape == x.shape
        return Trial(2 if fine else 1, match, reply.fault)

    @lazy
    def ready(self) -> bool:
        """Whether the section trains a model of the library's, which computes its loss itself."""
        return used(self.written, self.section) is not None


def verified(look: Callable[[], Match | None]) -> Match | None:
    """What a look finds by trial, taken as sure; None where the student's code ends the sandbox or lies: it is no way to find out."""
    try:
        match = look()
    except (SandboxDied, ReplyRefused):
        return None
    return replace(match, confident=True, verified=True) if match is not None else None


class AskedModel:
    """A model built at sizes, where its class takes them, and asked in evaluation mode."""

    def __init__(self, runner: TrialRunner, match: Match, sizes: dict[str, int]) -> None:
        self.runner = runner
        built = runner.run(match, **{role: size for role, size in sizes.items() if role in match.roles})
        self.fault, self.handle = built.fault, built.extras.get("handle")
        weights = built.extras.get("weights")
        self.weights: dict[str, Tensor] = weights if isinstance(weights, dict) else {}
        self.kind = str(built.extras.get("class"))  # the name of its class, whatever built it
        if isinstance(self.handle, Handle):
            runner.ask("mode", self.handle, training=False)

    def __call__(self, *given: Tensor) -> Tensor | Fault | None:
        reply = self.runner.ask("call", self.handle, given)
        return reply.fault if reply.fault is not None else first_tensor(reply.value)


def surveyed(branch: Branch, section: str) -> list[dict[str, Any]]:
    """What the sandbox says of its names, as far as it has the agreed form."""
    try:
        reply = branch.ask({"op": "survey", "section": section})
    except ReplyRefused:
        return []
    return read_names(reply.value)
