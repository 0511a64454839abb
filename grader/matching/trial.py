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
from grader.matching.adapters.training_loop import TrainingLoop, kinds, lifted, takes_batches
from grader.matching.call_convention import (
    PLAIN,
    CallConvention,
    arranged,
    one_by_one,
    preparation,
    read_form,
    time_first,
    with_targets,
)
from grader.matching.layout import feeds_batch_first, says_time_first
from grader.matching.match import Match, is_word_dict, picked, translated
from grader.matching.payloads.fake_encoder import Tokenizer
from grader.matching.payloads.fake_models import Bag, Vectors
from grader.matching.replies import LABELS, SIZES, VOCABULARY, WIDTH, first_tensor, fits, id_like, ids_and_mask
from grader.matching.source_index import SourceIndex
from grader.model import Fault, Probe, Reply, Trait, handed_out
from grader.sandbox import Branch
from grader.sandbox.channel import read_names
from grader.sandbox.guest.codec import Handle, Opaque, RemoteExpr
from grader.sandbox.lazy import lazy
from grader.sandbox.payload import remote, source_of

TITLES = ("red dog sat", "red dog ran", "red cat sat on red mat")
COMMONEST = "red"
LENGTHS = range(7, 65)  # of titles, for a model that is made for one alone
WORDS = ("red", "zzz", "dog")
VOCAB = {"red": 1, "dog": 2, "sat": 3}
PAIRS = [("red dog sat", 0), ("red dog", 1), ("dog sat on red", 2), ("red", 3), ("sat red dog", 4)]
UNSEEN = 6  # the titles of a loop's trial hold the words 1 to 6, each with a column of its own in the model
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
        if not encoder or found.level == 2 or found.misfit:
            return found
        other = self.built(match, encoder, as_tuple=True)
        return other if other.level == 2 else found

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
                failed = failed or Trial(1, match, fault)
        length = (
            self.own_length(handle, weights, outputs)
            if ran is None and Trait.ONE_LENGTH in match.interface.traits
            else 0
        )
        if length and fits(match, weights):
            return Trial(2, replace(match, form=replace(PLAIN, length=length)))
        return ran or failed or Trial(1, match)

    def own_length(self, handle: Handle, weights: dict[str, Any], outputs: int | None) -> int:
        """The one length that a model is made for; 0 where there is none, or where it takes any that is long enough."""

        def works(length: int) -> bool:
            return self.forward(handle, weights, replace(PLAIN, length=length), outputs, two=False)[0] == 2

        found = next((length for length in LENGTHS if works(length)), 0)
        return found if found and not works(2 * found + 3) else 0

    def forms(self, match: Match, handle: Handle, two: bool) -> list[CallConvention]:
        """Likeliest first; the next is tried only where one raises, or gives scores of another shape."""
        described = self.ask("describe", handle, method="forward")
        rows = described.value.get("parameters") if isinstance(described.value, dict) else None
        form = read_form(self.written, match.own, self.section, rows if isinstance(rows, list) else [])
        # Our own notebook asks for (B, T), and batch_first=False is a slip there.
        ours = handed_out(self.written.cells, self.section)
        if not ours and says_time_first(self.written, match.own, self.section):
            return [time_first(form), form]
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

    # -- functions ----------------------------------------------------------------------------

    def function(self, match: Match) -> Trial:
        """Try a function by what it is wanted for. Names without a trial of their own only have to exist."""
        trial = {
            Probe.VOCABULARY: self.vocabulary,
            Probe.IDS: self.ids,
            Probe.BATCH: self.batch,
            Probe.TRAINING: self.training,
            Probe.TABLE: self.table,
            Probe.ENCODING: self.encoding,
            Probe.TUNING: self.tuning,
        }.get(match.probe)
        return trial(match) if trial else Trial(1, match)

    def vocabulary(self, match: Match) -> Trial:
        faults = []
        for titles in (list(TITLES), [title.split() for title in TITLES]):
            reply = self.run(match, titles=titles)
            if reply.fault is not None:
                faults.append(reply.fault)
                continue
            several = not isinstance(reply.value, dict) and is_word_dict(
                picked(replace(match, picks_dict=True), reply.value)
            )
            found = replace(match, picks_dict=several)
            value = picked(found, reply.value)
            ranks = [v for v in value.values() if v] if isinstance(value, dict) else []
            if match.lifted and (len(set(map(str, ranks))) != len(ranks) or not holds_a_word(value)):
                continue  # counts, not yet ids; or made of other titles
            if is_word_dict(value) and any(len(key) > 1 for key in value):
                return Trial(2, found)
        return Trial(1, match) if len(faults) < 2 else Trial(0, match, faults[0])

    def ids(self, match: Match) -> Trial:
        faults = []
        for words in (list(WORDS), " ".join(WORDS)):
            reply = self.run(match, words=words, vocab=VOCAB)
            if reply.fault is not None:
                faults.append(reply.fault)
            elif id_like(reply.value):
                return Trial(2, match)
        return Trial(1, match) if len(faults) < 2 else Trial(0, match, faults[0])

    def encoding(self, match: Match) -> Trial:
        """Titles to ids, with the judge's tokenizer."""
        reply = self.run(match, tokenizer=tokenizer(), titles=["red dog sat", "dog"])
        if reply.fault or not ids_and_mask(reply.value):
            return Trial(0 if reply.fault else 1, match, reply.fault)
        other = self.run(match, tokenizer=tokenizer(), titles=["dog", "red dog sat"])  # in the other order: read anew?
        fresh = ids_and_mask(other.value) and str(reply.value) != str(other.value)
        return Trial(2 if fresh else 1, match)

    def batch(self, match: Match) -> Trial:
        reply = self.run(match, batch=[(torch.arange(1, 2 + n), n) for n in range(3)])
        value = list(reply.value.values()) if isinstance(reply.value, dict) else reply.value
        fine = isinstance(value, list | tuple) and len(value) >= 2 and isinstance(value[0], Tensor)
        return Trial(0, match, reply.fault) if reply.fault else Trial(2 if fine else 1, match)

    def training(self, match: Match) -> Trial:
        model = self.ask("define", "lent", source=source_of(Bag)).extras.get("handle")
        data = [(torch.arange(1, 5) + n, n) for n in range(3)]
        options = {
            "epochs": 1,
            "lr": 0.1,
            "batch_size": 2 if Trait.MINI_BATCHES in match.interface.traits else 1,
            "device": "cpu",
        }
        reply = self.run(match, model=model, train_set=data, valid_set=data[:2], **options)
        return Trial(0, match, reply.fault) if reply.fault else Trial(2, match)

    def tuning(self, match: Match) -> Trial:
        """Training on titles, with the judge's tokenizer and a model that counts words."""
        model = self.ask("define", "lent", (self.ready,), source=source_of(Bag)).extras.get("handle")
        options = {"tokenizer": tokenizer(), "epochs": 1, "lr": 0.1, "batch_size": 2, "device": "cpu"}
        reply = self.run(match, model=model, train_set=PAIRS, valid_set=PAIRS, **options)
        return Trial(0, match, reply.fault) if reply.fault else Trial(2, match)

    def loop(self, base: Match, loop: TrainingLoop) -> Match | None:
        """A training loop that stands in no function, run with a model of ours: whether it asked that model and moved it."""
        found = self.ask("call", kinds(loop)).value
        held = [str(kind) for kind in found.values()] if isinstance(found, dict) else []
        if "model" not in held:
            return None
        batches = Trait.MINI_BATCHES in base.interface.traits or takes_batches(found)
        match = lifted(base, loop, batches)
        before = self.ask("define", "lent", ("tokenizer" in base.roles and self.ready,), source=source_of(Bag))
        model = before.extras.get("handle")
        data: list[Any] = [(torch.arange(1, 5) + n, n) for n in range(3)]
        options: dict[str, Any] = {"epochs": 2, "lr": 0.1, "batch_size": 2, "device": "cpu"}
        if "tokenizer" in base.roles:
            data, options = PAIRS, options | {"tokenizer": tokenizer()}
        few = data if "tokenizer" in base.roles else data[:2]
        reply = self.run(match, model=model, train_set=data, valid_set=few, **options)
        if reply.fault is not None and reply.fault.type != "Unread":
            return None
        now = self.ask("weights", model).value
        weights = [w for w in now.values() if isinstance(w, Tensor)] if isinstance(now, dict) else []
        if "tokenizer" not in base.roles and any(bool(w[:, UNSEEN:].any()) for w in weights if w.dim() == 2):
            return None  # it learnt words that none of these titles has: from data of its own, where ours were not put
        moved = any(bool(w.any()) for w in weights)
        return match if moved or not loop.steps else None

    def table(self, match: Match) -> Trial:
        vectors = remote(Vectors, ["red", "dog", "sat"], torch.ones(3, WIDTH))
        reply = self.run(match, vocab=VOCAB, vectors=vectors, dim=WIDTH)
        fine = reply.value is not None and not isinstance(reply.value, tuple | str | dict)
        if match.lifted and isinstance(reply.value, Opaque):  # model = RNN(..., weights): no table
            fine = False
        if isinstance(reply.value, Tensor) and reply.value.dim() == 2:
            fine = reply.value.shape[1] == WIDTH  # else it has vectors of its own
        rows = len(reply.value) if isinstance(reply.value, Tensor) and reply.value.dim() else len(VOCAB)
        if fine and match.lifted and rows != len(VOCAB):  # a row for each vector of the file is a known mistake
            longer = self.run(match, vocab=VOCAB | {"ran": 4, "cat": 5, "mat": 6}, vectors=vectors, dim=WIDTH).value
            fine = (
                not isinstance(longer, Tensor) or len(longer) != rows
            )  # else one for each of the notebook's own words
        return Trial(0, match, reply.fault) if reply.fault else Trial(2 if fine else 1, match)


def holds_a_word(vocab: Any) -> bool:
    """Whether the commonest word of the titles is in a vocabulary that was made of them."""
    return isinstance(vocab, dict) and any(str(key).lower() == COMMONEST for key in vocab)


def verified(look: Callable[[], Match | None]) -> Match | None:
    """What a look finds by trial, taken as sure; None where the student's code ends the sandbox or lies: it is no way to find out."""
    try:
        match = look()
    except (SandboxDied, ReplyRefused):
        return None
    return replace(match, confident=True, verified=True) if match is not None else None


def tokenizer() -> RemoteExpr:
    """The judge's, which knows three words."""
    return remote(Tokenizer, ["red", "dog", "sat"])


def surveyed(branch: Branch, section: str) -> list[dict[str, Any]]:
    """What the sandbox says of its names, as far as it has the agreed form."""
    try:
        reply = branch.ask({"op": "survey", "section": section})
    except ReplyRefused:
        return []
    return read_names(reply.value)
