"""One proposed way of asking a definition, tried with what its interface is tried with."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from grader.matching import size_rules
from grader.matching.adapter import Query
from grader.matching.adapters import (
    attention,
    attention_methods,
    decoder_step,
    one_text,
    positional_encoding,
    texts_trial,
    two_texts,
)
from grader.matching.bind import parameters_of
from grader.matching.function_trial import try_function
from grader.matching.match import Match
from grader.matching.payloads.fake_encoder import pretrained_encoder
from grader.matching.replies import SIZES
from grader.matching.settings import settings
from grader.matching.trial import Trial
from grader.model import Probe


def try_match(query: Query, match: Match) -> Trial:
    """How far the match goes, completed by the form that the trial finds out."""
    probe = match.probe
    if probe in (Probe.POSITIONS, Probe.MASK):
        parameters = parameters_of(query.row.get("parameters"), None)
        config = settings(query.defined, parameters, match.roles, query.written) if query.kind == "module" else None
        return positional_encoding.tried(query.runner, match, query.row, parameters, config)
    if probe in decoder_step.PROBES:
        return try_step(query, match)
    if probe is Probe.ONE_TEXT:
        trial = one_text.tried(query.runner, match)
        return sized(query, trial, one_text.SIZES) if trial.level == 2 else trial
    if probe is Probe.TWO_TEXTS:
        trial = two_texts.tried(query.runner, match)
        return sized(query, trial, texts_trial.SIZES) if trial.level == 2 else trial
    if probe in attention.PROBES:
        return try_attention(query, match)
    if probe is Probe.NORM:
        return query.runner.norm(match)
    if match.interface.kind != "module":
        return try_function(query.runner, match)
    trial = query.runner.module(match, pretrained_encoder if "encoder" in match.roles else None)
    return sized(query, trial, SIZES) if trial.level == 2 and probe is Probe.LANGUAGE_MODEL else trial


def try_step(query: Query, match: Match) -> Trial:
    """An encoder or a decoder, one step at a time."""
    sizes = {role: SIZES[role] for role in match.roles if role in SIZES} | {
        "padding_idx": 0,
        "hidden_size": 10,
    }  # two halves
    sizes["emb_size"] = sizes["emb_size"] if "emb_size" in match.accepts else sizes["hidden_size"]
    return decoder_step.tried(query.runner, match, query.written.definition(match.own, query.section), sizes)


def try_attention(query: Query, match: Match) -> Trial:
    """An attention, asked with its own arguments and its own kind of mask."""
    values = {role: SIZES[role] for role in match.roles if role in SIZES}
    if match.probe is Probe.QUERY_OVER_KEYS and "key_size" not in match.accepts:
        values["key_size"] = values["query_size"]
    called = match.kind == "module" or query.kind == "module"
    asked = query.row.get("forward") if called else query.row.get("parameters")
    method = attention_methods.method_meant(query.defined, match)
    rows = attention_methods.rows_of(method) if method is not None else asked
    made = match.kind == "function" and (method is None or not attention_methods.stands_alone(method))
    built = attention_methods.constructor_of(query) if made else None
    trial = attention.find_port(query.runner, match, rows if isinstance(rows, list) else [], values, built)
    return trial if trial.level < 2 or match.kind == "function" else sized(query, trial, values)


def sized(query: Query, trial: Trial, values: dict[str, Any]) -> Trial:
    """With the sizes that the class does not take apart, as its parameters show them."""
    roles = trial.match.roles
    built = query.runner.run(trial.match, **{role: value for role, value in values.items() if role in roles})
    weights = built.extras.get("weights")
    found = size_rules.tied(trial.match, weights if isinstance(weights, dict) else {}, values)
    return replace(trial, match=replace(trial.match, size_rules=found))
