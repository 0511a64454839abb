"""The parts of a language model's training and its writing, looked for where nobody was handed our names.

Only what is proved to work is taken: everything else stays a person's to decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from grader.matching.adapters import generation, language_model, token_masking
from grader.matching.bind import parameters_of
from grader.matching.match import Match
from grader.matching.source_index import Definition
from grader.matching.trial import SIZES, TrialRunner, verified
from grader.model import Probe

if TYPE_CHECKING:
    from grader.matching.search import Search

Row = dict[str, Any]


def found(search: Search, runner: TrialRunner, rows: list[Row]) -> Match | None:
    """What answers to the name that is looked for, or None. Never raises for what the student's code does."""
    base = Match(search.wanted, search.wanted.name, search.wanted.roles, (), search.wanted.defaults)
    look = {Probe.STEPS: loop, Probe.LOSS: loss, Probe.WRITING: writer, Probe.GAPS: masker, Probe.WINDOWS: batches}[
        base.probe
    ]
    return verified(lambda: look(search, runner, base, rows))


def batches(search: Search, runner: TrialRunner, base: Match, rows: list[Row]) -> Match | None:
    """A function that draws windows of the text."""
    for _, row in search.candidates(rows):
        calls = search.written.calls(row["name"], search.section)
        parameters = parameters_of(row.get("parameters"), calls[0] if calls else None)
        match = language_model.batches(
            runner, replace(base, own=row["name"]), parameters, search.written, search.section
        )
        if match is not None and language_model.tried(runner, match).level == 2:
            return match
    return None


def masker(search: Search, runner: TrialRunner, base: Match, rows: list[Row]) -> Match | None:
    """A function that makes gaps for a masked language model."""
    for _, row in search.candidates(rows):
        match = token_masking.ported(
            replace(base, own=row["name"]), row.get("parameters") or [], search.written, search.section
        )
        if match is not None and token_masking.tried(runner, match):
            return match
    return None


def loss(search: Search, runner: TrialRunner, base: Match, _rows: list[Row]) -> Match | None:
    """A loss that the model makes by itself."""
    model = whole_model(search, language_model.makes_loss)
    return language_model.loss_tried(runner, language_model.loss_inside(base, *model)) if model is not None else None


def loop(search: Search, runner: TrialRunner, base: Match, _rows: list[Row]) -> Match | None:
    """A loop over steps that stands in no function."""
    loops = language_model.steppings(search.written, search.section)
    return next((match for loop in loops if (match := language_model.stepped(runner, base, loop)) is not None), None)


def writer(search: Search, runner: TrialRunner, base: Match, rows: list[Row]) -> Match | None:
    """What writes on from a prompt."""
    return next((match for match in writers(search, base, rows) if generation.tried(runner, match) is not None), None)


def writers(search: Search, base: Match, rows: list[Row]) -> Iterator[Match]:
    """Functions that may, then a method of the model."""
    for _, row in search.candidates(rows):
        own = replace(base, own=row["name"])
        yield from generation.as_function(own, row.get("parameters") or [], search.written, search.section)
    model = whole_model(search, generation.method_of)
    node = generation.method_of(search.written.definition(model[0].own, search.section)) if model is not None else None
    made = (
        generation.as_method(base, *model, node, search.written, search.section) if model is not None and node else None
    )
    if made is not None:
        yield made


def whole_model(search: Search, has: Callable[[Definition | None], object]) -> tuple[Match, dict[str, Any]] | None:
    """The student's language model where it has something, and sizes to build it at."""
    if not any(has(d) for d in search.written.definitions):
        return None
    model = search.other(Probe.LANGUAGE_MODEL)
    if model is None or not model.verified or not has(search.written.definition(model.own, search.section)):
        return None
    return model, SIZES | {role: value for role, value in model.defaults if role not in SIZES}
