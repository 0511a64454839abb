"""Known answers without the solutions: their replies to the questions of one public seed, recorded beforehand.

`grade release` writes them; a package that has them has no solution file and no edit of one. A question is recognised
by its form (which names are called, with arguments and parameters of which shapes, and every whole number in them)
and by two sums over each tensor of floats, so that a last digit that differs between machines does not matter. A
model that is laid out like no recorded answer gets no verdict here: those checks are judged when the notebook is
handed in. So does one with other values whose layers of one shape may stand for one another in more ways than were recorded.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import struct
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from grader.checks.answers import Unmatched
from grader.checks.compare import same
from grader.checks.exchange import Exchange
from grader.judge.known.attempts import is_alike
from grader.judge.known.candidates import Candidates
from grader.judge.known.known_answers import LOOSE, KnownAnswers
from grader.model import Exercise, Text, Variant
from grader.sandbox.guest.codec import Handle, Packer, pack, unpack

SEED = 2020  # of the public questions
FOLDER = Path(__file__).parents[2] / "_recorded"
MOST = 16  # different right values of one question that are kept
CLOSE = 1e-3
LARGEST = 24 << 20  # bytes of one record
LATER = Text(
    en="Your model is laid out like none of the answers recorded here; this one is judged when you hand the notebook in.",
    ja="ここに記録されている解答とは構成が異なるため、この項目は提出後に採点されます。",
)
TWINS = Text(
    en="Your values are none of those recorded here. Several parts of your model have one shape, and which of them is which is not told by their "
    "order; this one is judged when you hand the notebook in.",
    ja="ここに記録されているどの値とも違います。モデルには同じ形の部品がいくつかあり、順番だけではどれがどれか決まらないため、この項目は提出後に採点されます。",
)


@dataclass(frozen=True, slots=True)
class Record:
    """Known replies to one list of questions.

    values: right ones; layouts: how the models were laid out that gave them. mistake: the id of the mistake that gave `given`, or empty.
    """

    form: str
    marks: tuple[float, ...]
    values: tuple[Any, ...] = ()
    layouts: tuple[str, ...] = ()
    mistake: str = ""
    given: tuple[tuple[Any, str | None], ...] = ()

    def fits(self, form: str, marks: tuple[float, ...]) -> bool:
        return form == self.form and len(marks) == len(self.marks) and all(map(is_close, marks, self.marks))


class RecordedAnswers:
    """The answer key of one exercise whose answers were recorded beforehand."""

    unmatched = LATER
    limited = False
    replayed = None

    def __init__(self, exercise: Exercise) -> None:
        self.exercise = exercise
        path = FOLDER / f"{exercise.id}.records"
        self.records = read_records(path.read_bytes()) if path.is_file() else []

    def accepted(self, exchanges: list[Exchange]) -> Iterator[Any]:
        form, marks = outline_questions(exchanges)
        record = next((r for r in self.records if not r.mistake and r.fits(form, marks)), None)
        if record is None:
            return
        near = [value for value in record.values if same(exchanges[-1].value, value, **LOOSE)]
        sure = near or layout_of(exchanges) in record.layouts or not has_twins(exchanges)
        if not sure and not self.candidates(exchanges).mistakes:
            raise Unmatched("parts of one shape may stand for one another", TWINS)
        yield from record.values

    def candidates(self, exchanges: list[Exchange]) -> Candidates:
        """The mistakes that gave exactly these answers when they were recorded."""
        fitting = {record.mistake for record in self.about(exchanges) if record_agrees(record, exchanges)}
        return Candidates(tuple(v for v in self.exercise.misconceptions if v.id in fitting))

    def name(
        self,
        candidates: Candidates,
        others: list[list[Exchange]],
        passed: Collection[int] = (),  # noqa: ARG002  # the protocol's
    ) -> tuple[Variant, ...]:
        """The one of them for which the other checks speak.

        Nothing where they do not: the questions are always the same here, and a wrong name is worse than none.
        """
        evidence = [self.evidence(v.id, others) if candidates.mistakes[1:] else 0 for v in candidates.mistakes]
        best = [v for v, count in zip(candidates.mistakes, evidence, strict=True) if count == max(evidence)]
        return tuple(best) if len(best) == 1 else ()

    def about(self, exchanges: list[Exchange]) -> list[Record]:
        """The replies of mistakes to these questions."""
        form, marks = outline_questions(exchanges)
        return [record for record in self.records if record.mistake and record.fits(form, marks)]

    def evidence(self, mistake: str, others: list[list[Exchange]]) -> int:
        """How many of the other checks speak for it, less those that speak against it."""
        count = 0
        for exchanges in others:
            known = [record for record in self.about(exchanges) if record.mistake == mistake]
            count += (1 if any(record_agrees(record, exchanges) for record in known) else -1) if known else 0
        return count


class Recorder:
    """An answer key that records the questions put to `replayed` and its answers.

    playing: the mistake in the student's place. in_other_order: the solution is, with its layers made in another order.
    """

    unmatched = None

    def __init__(self, exercise: Exercise) -> None:
        self.exercise = exercise
        self.replayed = KnownAnswers(exercise)
        self.records: list[Record] = []
        self.playing = ""
        self.in_other_order = False

    def play(self, mistake: str = "", in_other_order: bool = False) -> None:
        """Somebody else takes the student's place: what was learned of one's parameters is not true of another's."""
        self.playing, self.in_other_order = mistake, in_other_order
        self.replayed = KnownAnswers(self.exercise)

    @property
    def limited(self) -> bool:
        return self.replayed.limited

    def accepted(self, exchanges: list[Exchange]) -> Iterator[Any]:
        form, marks = outline_questions(exchanges)
        place = next(
            (i for i, r in enumerate(self.records) if not r.mistake and r.fits(form, marks)), len(self.records)
        )
        known, layout = (*self.records[place : place + 1], Record(form, marks))[0], layout_of(exchanges)
        if not known.layouts:
            known = replace(known, values=more_values((), self.replayed.accepted(exchanges)), layouts=(layout,))
        elif self.in_other_order:  # it is the solution itself that answers
            known = replace(known, values=more_values(known.values, (exchanges[-1].value,)))
        self.records[place : place + 1] = [known] if known.values else []
        yield from known.values

    def candidates(self, exchanges: list[Exchange]) -> Candidates:
        found = self.replayed.candidates(exchanges)
        if found.mistakes:
            given = tuple((exchange.value, exchange.refused) for exchange in exchanges)
            mistake = self.playing or found.mistakes[0].id
            self.records.append(Record(*outline_questions(exchanges), mistake=mistake, given=given))
        return found

    def name(
        self, candidates: Candidates, others: list[list[Exchange]], passed: Collection[int] = ()
    ) -> tuple[Variant, ...]:
        return self.replayed.name(candidates, others, passed)


def more_values(known: tuple[Any, ...], others: Iterable[Any]) -> tuple[Any, ...]:
    """With those that are none of them, as many as are kept."""
    values = list(known)
    for value in others:
        if len(values) < MOST and not any(same(value, one) for one in values):
            values.append(value)
    return tuple(values)


def record_agrees(record: Record, exchanges: list[Exchange]) -> bool:
    told = (Exchange({}, value, refused) for value, refused in record.given)
    return len(record.given) == len(exchanges) and all(map(is_alike, exchanges, told))


# --- the form of a question --------------------------------------------------------------------


def outline_questions(exchanges: list[Exchange]) -> tuple[str, tuple[float, ...]]:
    """A digest of everything but floats, and two sums for each tensor of floats."""
    marks: list[float] = []
    tree = [shape_of({**e.request, "section": None}, marks) for e in exchanges]
    return hashlib.sha256(json.dumps(tree).encode()).hexdigest(), tuple(marks)


def weights_of(exchanges: list[Exchange]) -> Iterator[dict[str, Tensor]]:
    """The parameters of each model that is asked, by the student's names."""
    yield from (e.request["weights"] for e in exchanges if isinstance(e.request.get("weights"), dict))


def layout_of(exchanges: list[Exchange]) -> str:
    """A digest of how parameters are called, in their order; "" where no model is asked."""
    names = [list(weights) for weights in weights_of(exchanges)]
    return hashlib.sha256(json.dumps(names).encode()).hexdigest()[:16] if names else ""


def has_twins(exchanges: list[Exchange]) -> bool:
    """Whether two parts of a model have parameters of the same shapes: which is which is not told by their order.

    A list's members (`layers.0`, `layers.1`) are told by their numbers, and within a layer of torch's own the names are its own.
    """
    return any(len(paths) > 1 for weights in weights_of(exchanges) for paths in alike_parts(weights).values())


def alike_parts(weights: dict[str, Tensor]) -> dict[Any, set[str]]:
    """The parts of a model, by what they are made of: `query.weight` and `query.bias` are one, a parameter of the model's own is another."""
    parts: dict[str, list[Any]] = {}
    for name, tensor in weights.items():
        path, _, leaf = name.rpartition(".")
        parts.setdefault(path or name, []).append((leaf if path else "", tuple(tensor.shape)))
    alike: dict[Any, set[str]] = {}
    for path, made_of in parts.items():
        alike.setdefault(tuple(made_of), set()).add(re.sub(r"\d+", "#", path))
    return alike


def shape_of(value: Any, marks: list[float]) -> Any:
    if isinstance(value, Tensor):
        return tensor_shape(value.detach(), marks)
    if isinstance(value, Handle):
        return ["handle", value.number]
    if isinstance(value, float):
        marks.append(value)
        return "float"
    if isinstance(value, dict):
        # Parameters are told by their order, not by what somebody calls them.
        named = [] if "weights" not in value else [[shape_of(w, marks) for w in value["weights"].values()]]
        return [*named, *([str(k), shape_of(v, marks)] for k, v in sorted(value.items(), key=str) if k != "weights")]
    if isinstance(value, list | tuple):
        return [shape_of(item, marks) for item in value]
    return value if isinstance(value, str | int | bool | None) else type(value).__name__


def tensor_shape(value: Tensor, marks: list[float]) -> Any:
    form = [str(value.dtype), list(value.shape)]
    if not value.is_floating_point():
        return [*form, hashlib.sha256(json.dumps(value.tolist()).encode()).hexdigest()]
    flat = value.double().flatten().nan_to_num(posinf=1e6, neginf=-1e6)
    marks += [float(flat.sum()), float(flat @ torch.cos(torch.arange(flat.numel(), dtype=torch.float64)))]
    return form


def is_close(a: float, b: float) -> bool:
    return abs(a - b) <= CLOSE * (1 + abs(b)) or (math.isnan(a) and math.isnan(b))


# --- the file ----------------------------------------------------------------------------------


def write_records(records: list[Record]) -> bytes:
    """Each record as a message of JSON and safetensors behind its length.

    Of right values there are as many as fit, the reference's first; a mistake that does not fit is left out.
    """
    parts = []
    for record in records:
        values, given = list(record.values), [list(g) for g in record.given]
        content = [record.form, list(record.marks), values, record.mistake, given, list(record.layouts)]
        while (large := size_of(content) > LARGEST) and values:
            values.pop()
        if not large and (values or given):
            message = pack(content, LARGEST)
            parts.append(struct.pack(">Q", len(message)) + message)
    return b"".join(parts)


def size_of(content: Any) -> float:
    """Bytes of a record, or infinity where it does not fit into a message."""
    packer = Packer(LARGEST)
    try:
        packer.tree(content)
    except ValueError:
        return math.inf
    return float(LARGEST - packer.left)


def read_records(data: bytes) -> list[Record]:
    found, at = [], 0
    while at < len(data):
        (length,) = struct.unpack_from(">Q", data, at)
        form, marks, values, mistake, given, layouts = unpack(data[at + 8 : at + 8 + length])
        gave = tuple((value, refused) for value, refused in given)
        found.append(Record(form, tuple(marks), tuple(values), tuple(layouts), mistake, gave))
        at += 8 + length
    return found
