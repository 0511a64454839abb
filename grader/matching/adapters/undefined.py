"""An answer that stands in no definition: a loop, statements, a ready-made model, a table inside a class; found and proved by trial."""

from __future__ import annotations

from dataclasses import dataclass

from grader.matching.adapters import library_classifier
from grader.matching.adapters.embedding_table import as_table, loads_itself
from grader.matching.adapters.top_level import as_kinds, flat, holding, opened_cells, rebuilt, sliced, tables, writes
from grader.matching.adapters.training_loop import loops
from grader.matching.match import Match
from grader.matching.payloads.classify import HELD_OUT
from grader.matching.payloads.fake_encoder import pretrained_encoder
from grader.matching.source_index import SourceIndex
from grader.matching.trial import Trial, TrialRunner, surveyed, verified
from grader.model import Interface, Probe

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


@dataclass(frozen=True)
class UndefinedSearch:
    """A look for one name of the contract among what no name stands for. section: who asks."""

    wanted: Interface
    written: SourceIndex
    section: str
    runner: TrialRunner

    def run(self) -> Match | None:
        """It as one function; only where that is proved to work."""
        return verified(self.look)

    def look(self) -> Match | None:
        base = Match(self.wanted, self.wanted.name, self.wanted.roles, (), self.wanted.defaults)
        if self.wanted.probe in RESULTS:
            return self.rebuilt(base) or self.embedded(base)
        if "encoder" in self.wanted.roles:
            return self.ready(base)
        if "train_set" not in self.wanted.roles or "model" not in self.wanted.roles:
            return None
        sections = dict.fromkeys((self.section, self.wanted.exercise))
        found = (loop for section in sections for loop in loops(self.written, section))
        return next((match for loop in found if (match := self.runner.loop(base, loop)) is not None), None)

    def ready(self, base: Match) -> Match | None:
        """A model of the library's that stands in no class of theirs."""
        use = library_classifier.used(self.written, self.wanted.exercise)
        return (
            working(self.runner.module(library_classifier.as_classifier(base, use), pretrained_encoder))
            if use is not None
            else None
        )

    def rebuilt(self, base: Match) -> Match | None:
        """A vocabulary or a table that the section makes at its top level."""
        section, needed = self.wanted.exercise, RESULTS[self.wanted.probe]
        holds = as_kinds(self.runner.ask("call", holding()).value)
        known = {n: k for n, k in holds.items() if k in TAKEN[needed]}
        for result in self.results(holds):
            found = sliced(self.written, section, result, known, needed)
            match = working(self.runner.function(rebuilt(base, found, holds))) if found is not None else None
            if match is not None:
                return match
        return None

    def embedded(self, base: Match) -> Match | None:
        """A table of vectors that a class of the section reads from their file by itself."""
        own = [d for d in self.written.own(self.wanted.exercise) if loads_itself(d) and not d.pristine]
        if self.wanted.probe is not Probe.TABLE or not own:
            return None
        row = next((r for r in surveyed(self.runner.branch, self.section) if r["name"] == own[-1].name), None)
        if row is None:
            return None
        holds = as_kinds(self.runner.ask("call", holding()).value)
        return working(self.runner.function(as_table(base, own[-1], row, holds, self.written)))

    def results(self, holds: dict[str, str]) -> list[str]:
        """What could be the result of the section: the vocabularies that it makes, the tables that it fills."""
        section = self.wanted.exercise
        if self.wanted.probe is Probe.TABLE:
            return list(dict.fromkeys(tables(self.written, section)))[:TRIED]
        made = {name for node in flat(self.written, section) for name in writes(node)[0]}
        if self.wanted.probe is Probe.ENCODING:
            return self.encoded(holds, made)
        return [name for name, kind in holds.items() if kind == "vocab" and name in made][::-1][:TRIED]

    def encoded(self, holds: dict[str, str], made: set[str]) -> list[str]:
        """The tables of ids that the section makes, each with the mask that goes with it by its name, longest way first."""
        own = {name for node in opened_cells(self.written, self.wanted.exercise) for name in writes(node)[0]} & made
        ids = [name for name, kind in holds.items() if kind == "encoded" and name in own]
        masks = [name for name, kind in holds.items() if kind == "shown" and name in own]
        found = []
        for name in sorted(ids, key=lambda n: (bool(HELD_OUT.search(n)), n)):
            mine = sorted(masks, key=lambda m: -alike(name, m))[:1]
            found.append(f"({name}, {mine[0]})" if mine else name)
        return found[:TRIED]


def working(trial: Trial) -> Match | None:
    return trial.match if trial.level == 2 else None


def alike(one: str, other: str) -> int:
    """How many words two names share: train_ids and train_mask."""
    return len(set(one.lower().split("_")) & set(other.lower().split("_")))
