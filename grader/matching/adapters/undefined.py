"""An answer that stands in no definition: a loop, statements, a ready-made model, a table inside a class; found and proved by trial."""

from __future__ import annotations

from collections.abc import Iterator

from grader.matching.adapter import Query
from grader.matching.adapters import library_classifier
from grader.matching.adapters.embedding_table import as_table, entry_at_zero, from_zero, gives_table, loads_itself
from grader.matching.adapters.title_files import of_the_file
from grader.matching.adapters.top_level import (
    as_kinds,
    flat,
    holding,
    loaded_vectors,
    opened_cells,
    rebuilt,
    sliced,
    tables,
    writes,
)
from grader.matching.adapters.training_loop import loops
from grader.matching.function_trial import try_function, try_loop
from grader.matching.match import Match
from grader.matching.payloads.classify import HELD_OUT
from grader.matching.payloads.fake_encoder import pretrained_encoder
from grader.matching.trial import Trial
from grader.model import Probe

TRIED = 5  # results
RESULTS = {
    Probe.VOCABULARY: ("texts",),
    Probe.TABLE: ("vectors",),
    Probe.ENCODING: ("texts", "tokenizer"),
}  # and what the way to it must begin with
TAKEN = {
    ("texts",): ("texts",),
    ("texts", "tokenizer"): ("texts", "tokenizer"),
    ("vectors",): ("vocab", "vectors", "words", "dim", "size"),
}


def results_of_statements(query: Query) -> Iterator[Match]:
    """A vocabulary or a table that the section makes at its top level."""
    section, needed = query.interface.exercise, RESULTS[query.interface.probe]
    holds = as_kinds(query.runner.ask("call", holding()).value) | loaded_vectors(query.written, section)
    known = {n: k for n, k in holds.items() if k in TAKEN[needed]}
    first = entry_at_zero(query) if query.interface.probe is Probe.TABLE else None
    ways = ((result, through_calls) for through_calls in (False, True) for result in results(query, holds))
    for result, through_calls in ways:
        found = sliced(query.written, section, result, known, needed, through_calls)
        if found is not None:
            yield from working(try_function(query.runner, from_zero(rebuilt(query.base, found, holds), first)))


def results_from_a_file(query: Query) -> Iterator[Match]:
    """A vocabulary that the section makes of the file of the training titles."""
    section = query.interface.exercise
    holds = as_kinds(query.runner.ask("call", holding()).value)
    for result in results(query, holds):
        found = sliced(query.written, section, result, {}, ())
        if found is not None:  # where other data were counted, the trial says so: a person sees whose
            yield from working(try_function(query.runner, of_the_file(query.base, found)))


def embedded_table(query: Query) -> Iterator[Match]:
    """A table of vectors that a function or a class of the section reads from their file by itself."""
    there = [d for d in query.written.own(query.interface.exercise) if not d.pristine]
    own = [d for d in there if gives_table(d)] or [d for d in there if loads_itself(d)]
    row = next((r for r in query.rows if own and r["name"] == own[-1].name), None)
    if row is not None:
        holds = as_kinds(query.runner.ask("call", holding()).value)
        made = as_table(query.base, own[-1], row, holds, query.written)
        yield from working(try_function(query.runner, from_zero(made, entry_at_zero(query))))


def library_model(query: Query) -> Iterator[Match]:
    """A model of the library's that stands in no class of the student's."""
    use = library_classifier.used(query.written, query.interface.exercise)
    if use is not None:
        made = library_classifier.as_classifier(query.base, use)
        yield from working(query.runner.module(made, pretrained_encoder))


def training_loops(query: Query) -> Iterator[Match]:
    """A training loop that stands in no function."""
    for section in dict.fromkeys((query.section, query.interface.exercise)):
        for loop in loops(query.written, section):
            match = try_loop(query.runner, query.base, loop)
            if match is not None:
                yield match


def results(query: Query, holds: dict[str, str]) -> list[str]:
    """What could be the result of the section: the vocabularies that it makes, the tables that it fills."""
    section = query.interface.exercise
    if query.interface.probe is Probe.TABLE:
        return list(dict.fromkeys(tables(query.written, section)))[:TRIED]
    made = {name for node in flat(query.written, section) for name in writes(node)[0]}
    if query.interface.probe is Probe.ENCODING:
        return encoded(query, holds, made)
    return [name for name, kind in holds.items() if kind == "vocab" and name in made][::-1][:TRIED]


def encoded(query: Query, holds: dict[str, str], made: set[str]) -> list[str]:
    """The tables of ids that the section makes, each with the mask that goes with it by its name, longest way first."""
    own = {name for node in opened_cells(query.written, query.interface.exercise) for name in writes(node)[0]} & made
    ids = [name for name, kind in holds.items() if kind == "encoded" and name in own]
    masks = [name for name, kind in holds.items() if kind == "shown" and name in own]
    found = []
    for name in sorted(ids, key=lambda n: (bool(HELD_OUT.search(n)), n)):
        mine = sorted(masks, key=lambda m: -alike(name, m))[:1]
        found.append(f"({name}, {mine[0]})" if mine else name)
    return found[:TRIED]


def working(trial: Trial) -> Iterator[Match]:
    if trial.level == 2:
        yield trial.match


def alike(one: str, other: str) -> int:
    """How many words two names share: train_ids and train_mask."""
    return len(set(one.lower().split("_")) & set(other.lower().split("_")))
