"""The parts of a language model's training and its writing, looked for where nobody was handed our names.

Only what is proved to work is taken: everything else stays a person's to decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from grader.matching.adapter import Query
from grader.matching.adapters import generation, language_model, masked_sentence, token_masking
from grader.matching.bind import parameters_of
from grader.matching.match import Match
from grader.matching.replies import SIZES
from grader.matching.source_index import Definition
from grader.model import Probe


def batches(query: Query) -> Iterator[Match]:
    """A function that draws windows of the text."""
    for row in query.candidates():
        calls = query.written.calls(row["name"], query.section)
        parameters = parameters_of(row.get("parameters"), calls[0] if calls else None)
        base = replace(query.base, own=row["name"])
        for match in language_model.batches(query.runner, base, parameters, query.written, query.section):
            if language_model.tried(query.runner, match).level == 2:
                yield match


def masker(query: Query) -> Iterator[Match]:
    """A function that makes gaps for a masked language model."""
    for row in query.candidates():
        base = replace(query.base, own=row["name"])
        match = token_masking.ported(base, row.get("parameters") or [], query.written, query.section)
        if match is not None and token_masking.tried(query.runner, match):
            yield match
    yield from masked_sentence.found_for_sentences(query)


def loss(query: Query) -> Iterator[Match]:
    """A function of scores and targets that is the loss, or one that the model makes by itself."""
    for row in query.candidates() if not query.named else ():
        parameters = parameters_of(row.get("parameters"), None)
        if row.get("kind") == "function" and sum(p.required for p in parameters) == 2:
            base = replace(query.base, own=row["name"])
            yield from language_model.losses(query.runner, base, parameters)
    model = whole_model(query, language_model.makes_loss)
    if model is None:
        return
    shifts = language_model.labels_are_inputs(query.written, model[0].own)
    match = language_model.loss_tried(query.runner, language_model.loss_inside(query.base, *model, shifts))
    if match is not None:
        yield match


def loop(query: Query) -> Iterator[Match]:
    """A loop over steps that stands in no function."""
    for steps in language_model.steppings(query.written, query.section):
        match = language_model.stepped(query.runner, query.base, steps)
        if match is not None:
            yield match


def writer(query: Query) -> Iterator[Match]:
    """A function or a method of the model that writes on from a prompt."""
    yield from (match for match in writers(query) if generation.tried(query.runner, match) is not None)


def writers(query: Query) -> Iterator[Match]:
    """Functions that may, then a method of the model."""
    for row in query.candidates():
        own = replace(query.base, own=row["name"])
        yield from generation.as_function(own, row.get("parameters") or [], query.written, query.section)
    model = whole_model(query, generation.method_of)
    if model is None:
        return
    node = generation.method_of(query.written.definition(model[0].own, query.section))
    if node is not None:
        yield from generation.as_method(query.base, *model, node, query.written, query.section)


def whole_model(query: Query, has: Callable[[Definition | None], object]) -> tuple[Match, dict[str, Any]] | None:
    """The student's language model where it has something, and sizes to build it at."""
    if not any(has(d) for d in query.written.definitions):
        return None
    model = query.other(Probe.LANGUAGE_MODEL)
    if model is None or not model.verified or not has(query.written.definition(model.own, query.section)):
        return None
    return model, SIZES | {role: value for role, value in model.defaults if role not in SIZES}
