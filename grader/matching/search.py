"""Which of the student's definitions is the answer: by its name, its section, what it contains, and by trial."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from grader.errors import ReplyRefused, SandboxDied
from grader.matching.adapter import Finder, Query, Row
from grader.matching.adapters import ADAPTERS, FINDERS
from grader.matching.adapters.injected_modules import handed_in
from grader.matching.adapters.training_loop import shown
from grader.matching.bind import SignatureParameter, parameters_of
from grader.matching.match import Match
from grader.matching.overrides import NameOverrides
from grader.matching.probes import try_match
from grader.matching.source_index import SourceIndex
from grader.matching.trees import dotted, with_layers
from grader.matching.trial import Trial, TrialRunner, surveyed, verified
from grader.matching.vocabulary import ATTENDS, is_one_of, squeezed, words
from grader.model import Interface, Probe, Trait
from grader.sandbox import Branch
from grader.sandbox.lazy import lazy

if TYPE_CHECKING:
    from grader.matching import Matching

SAME, CALLED, LIKE, OWN, USED, CONTAINS, LACKS = 70, 50, 30, 40, 25, 20, -40
RUNS = 100  # decides which is tried first, and not whether one is enough
ENOUGH = 60  # its section and what it contains, or its name and one of the two
TRIED = 5  # candidates
THINKS = words("relu gelu silu swish glu mish tanh feed ffn ffwd mlp")  # the second stage of a block


@dataclass(frozen=True)
class Search:
    """A look for one name of the contract, in a branch that nothing else is asked in."""

    wanted: Interface
    matching: Matching
    branch: Branch

    @property
    def written(self) -> SourceIndex:
        return self.matching.written

    @property
    def section(self) -> str:
        """The exercise that asks."""
        return self.matching.exercise

    @property
    def by_hand(self) -> NameOverrides:
        return self.matching.by_hand

    @property
    def handed_out(self) -> bool:
        return self.matching.handed_out

    def run(self) -> Match | None:
        """The best match there is, or None. Never raises for what the student's code does."""
        query = self.query
        if any(finder.alone for finder in self.finders):
            return self.found(query)
        guess = self.defined(query)
        if guess is not None and guess.verified:
            return guess
        return self.found(replace(query, guess=guess)) or guess

    @lazy
    def query(self) -> Query:
        rows = surveyed(self.branch, self.section)
        runner = TrialRunner(self.branch, self.section, self.written)
        return Query(
            self.wanted, self.matching, runner, rows, lambda: [row for _, row in self.candidates()], self.other
        )

    @property
    def finders(self) -> list[Finder]:
        """Those that serve; a person who says which definitions answer wants these."""
        asked = (finder for finder in FINDERS if finder.beside_map or not self.by_hand.names)
        return [finder for finder in asked if finder.serves(self.wanted)]

    def found(self, query: Query) -> Match | None:
        """A verified answer in a form that is no definition."""
        for finder in self.finders:
            match = verified(lambda finder=finder: next(finder.find(query), None))  # type: ignore[misc]
            if match is not None:
                return match
        return None

    def defined(self, query: Query) -> Match | None:
        """The first definition that is verified; else the likeliest that may be it."""
        best: tuple[int, int, Match] | None = None
        for score, row in self.candidates():
            try:
                trial = self.best_trial(query.at(row))
            except (SandboxDied, ReplyRefused):
                break  # whatever it does, it is no way to find out
            if trial.level == 2 and self.complete(trial.match):
                match = replace(trial.match, confident=True, verified=True)
                return shown(match, self.written, self.section) if self.wanted.trains else match
            if self.wanted.probe is Probe.SELF_ATTENTION and trial.level == 2 and not self.handed_out:
                continue  # it works with no number of heads, and is none of several
            own = self.is_own(row) or row["name"] == self.wanted.name
            in_place = own or self.matching.series
            if score >= ENOUGH and in_place and (best is None or (trial.level, score) > best[:2]):
                best = trial.level, score, replace(trial.match, confident=self.is_confident(row, trial))
        return best[2] if best else None

    def is_confident(self, row: Row, trial: Trial) -> bool:
        """Whether nothing had to be guessed, though no trial verified the match."""
        named = is_one_of(row["name"], (self.wanted.name, *self.wanted.called))
        known = all(a.confident for a in trial.match.arguments) and self.complete(trial.match)
        promised = self.handed_out or not (self.wanted.has_own_forms or trial.match.form.invents_labels)
        of_kind = (
            self.wanted.kind == "module" or row.get("kind") == "function"
        )  # a class may stand for a function by trial only
        return known and promised and of_kind and not trial.misfit and (named or self.wanted.kind == "module")

    def other(self, probe: Probe) -> Match | None:
        """The same look for the name of the lesson that is tried in this way."""
        if probe not in self.others:
            wanted = next((i for i in self.matching.interfaces.values() if i.probe is probe), None)
            self.others[probe] = Search(wanted, self.matching, self.branch).run() if wanted is not None else None
        return self.others[probe]

    @lazy
    def others(self) -> dict[Probe, Match | None]:
        """The looks that were made for the lesson's other names: each candidate may ask for the same."""
        return {}

    def candidates(self) -> list[tuple[int, Row]]:
        """Those that could be it, best first; of equals the one defined last."""
        rows = self.query.rows
        by_hand = self.by_hand.names.get(self.wanted.name)
        if by_hand is not None:
            return [(SAME + OWN, row) for row in rows if row["name"] == by_hand]
        scored = [(self.score(row), place, row) for place, row in enumerate(rows) if self.may_be(row)]
        possible = [(score, place, row) for score, place, row in scored if score >= LIKE]
        best = sorted(possible, key=lambda s: (-s[0] - RUNS * self.runs(s[2]["name"]), -s[1]))
        return [(score, row) for score, _, row in best[:TRIED]]

    def runs(self, name: str) -> bool:
        """Whether a hand-in of somebody's own comes to it when it runs; one of the contract's name may be an earlier try.

        Where exercises have headings, what stands below one is the answer, used or not.
        """
        return not self.handed_out and not self.matching.series and name in self.written.in_use

    def may_be(self, row: Row) -> bool:
        """`MultiHeadAttention` with its residual connection and its norm inside is no block, for one.

        In our own notebook a name of the contract means what the contract says, and nothing else: BiRNN is no RNN.
        """
        unlike = any(piece in squeezed(row["name"]) for piece in self.wanted.unlike)
        others = self.handed_out and row["name"] != self.wanted.name and row["name"] in self.matching.interfaces
        return not unlike and not others and is_readable(self.query.at(row))

    def score(self, row: Row) -> int:
        name, wanted = squeezed(row["name"]), self.wanted
        score = LIKE if any(piece in name for piece in wanted.like) or self.is_layer(row["name"]) else 0
        score = CALLED if is_one_of(name, wanted.called) else score
        score = SAME if row["name"] == wanted.name else score
        sections = row.get("sections") or []
        own = self.is_own(row)
        used = self.used_here(row["name"])
        defined = self.written.definition(row["name"], wanted.exercise)
        inside = defined.identifiers if defined else frozenset()
        if defined is not None and defined.pristine:
            return 0
        if not self.does_what_is_needed(row["name"], parameters_of(row.get("parameters"), None)):
            return 0
        contains, lacks = inside & with_layers(wanted.contains), inside & with_layers(wanted.lacks)
        named = row["name"] == wanted.name and not (sections and self.is_answered_apart)
        if not own and not used and not named and not self.stands_apart(sections, inside):
            return 0
        return (
            score
            + OWN * own
            + USED * used
            + CONTAINS * bool(contains)
            + LACKS * bool(lacks and not own and not contains)
        )

    def is_layer(self, name: str) -> bool:
        """Whether a block is looked for, and a model is made of several of these: `class TransformerModule(nn.Module)`.

        Of a stage that is one of two, `class AttentionSublayer`, a model has several as well; but it does not think.
        """
        if self.wanted.probe is not Probe.BLOCK or name not in self.written.stacked:
            return False
        found = self.written.words_reached(name, self.wanted.exercise)
        return any(piece in word.lower() for word in found for piece in THINKS)

    @lazy
    def is_answered_apart(self) -> bool:
        """Whether the exercise has a section of its own that does something: one of this name elsewhere is then another's."""
        return not self.handed_out and self.written.attempted(self.wanted.exercise)

    def is_own(self, row: Row) -> bool:
        """Whether it stands in the exercise's own section or one that it shares; 87 may define the CNN of 86 that it trains."""
        sections = row.get("sections") or []
        defined = self.written.definition(row["name"], self.wanted.exercise)
        shared = defined is not None and self.wanted.exercise in defined.also
        return self.wanted.exercise in sections or self.section in sections or shared

    def does_what_is_needed(self, name: str, parameters: list[SignatureParameter]) -> bool:
        """Whether its source, or what it calls of the notebook's own or is handed, has what nothing of this kind can do without."""
        if not self.wanted.needs:
            return True
        found = self.written.words_reached(name, self.wanted.exercise)
        if Trait.HANDED_PARTS in self.wanted.traits:
            handed = handed_in(parameters, self.written.definition(name, self.wanted.exercise), self.wanted.probe)
            found |= set(ATTENDS) if {"attention", "decoder"} & {*handed.values()} else set()
        also = self.wanted.also
        return not found or (
            bool(found & with_layers(self.wanted.needs)) and (not also or any(also in w.lower() for w in found))
        )

    def used_here(self, name: str) -> bool:
        """Whether the exercise's own section calls it. What a class of that section is made of is a part of the answer."""
        return name in self.own_code.called_outside_classes

    @lazy
    def is_tried_out(self) -> bool:
        """Whether the own section asks layers and defines no class: `rnn = nn.RNN(...)`, `out, h = rnn(embed(ids))`; the class comes with the training."""
        nodes = [node for _, tree in self.own_code.parsed for node in ast.walk(tree)]
        layers = with_layers((*self.wanted.needs, *self.wanted.contains))
        made = [node for node in nodes if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)]
        kept = {
            dotted(node.targets[0])
            for node in made
            if dotted(node.value.func).rpartition(".")[2] in layers  # type: ignore[attr-defined]  # a call
        }
        asked = {dotted(node.func) for node in nodes if isinstance(node, ast.Call) and node.args}
        return not any(isinstance(node, ast.ClassDef) for node in nodes) and bool(kept & asked - {""})

    @lazy
    def next_section(self) -> str | None:
        """The section that follows the exercise's own one in the hand-in."""
        own = [cell.index for cell in self.written.cells if cell.serves(self.wanted.exercise)]
        later = (cell.exercise for cell in self.written.cells if own and cell.index > own[-1])
        return next((name for name in later if name is not None and name != self.wanted.exercise), None)

    @lazy
    def own_code(self) -> SourceIndex:
        """What the student wrote in the exercise's own section."""
        section = {c.index for c in self.written.cells if c.serves(self.wanted.exercise)}
        return SourceIndex(tuple(c for c in self.written.cells if c.index in section and not c.pristine))

    def stands_apart(self, sections: list[Any], inside: frozenset[str]) -> bool:
        """Whether what the exercise's section neither defines nor uses can be its answer at all.

        Not if it stands in another exercise's section, unless the own one tries out the pieces of a class and the next one puts
        them together: it may earn there, and what does not hold costs nothing. What reads both ways has to show it.
        """
        if sections and self.matching.series:
            return self.wanted.kind == "module" and self.next_section in sections and self.is_tried_out
        if sections:
            return bool(self.wanted.needs)
        return Trait.SHOWS_DIRECTIONS not in self.wanted.traits or bool(inside & {"bidirectional", "flip"})

    def complete(self, match: Match) -> bool:
        return set(self.wanted.needed) <= set(match.accepts)

    # -- one candidate ------------------------------------------------------------------------

    def best_trial(self, query: Query) -> Trial:
        """The furthest that any way of asking the definition goes."""
        best: Trial | None = None
        for match in proposals(query):
            trial = try_match(query, match)
            if trial.level == 2:
                return trial
            own_call = bool(match.arguments) and not any(a.roles for a in match.arguments)
            own_call = own_call and not self.wanted.has_own_forms
            if best is None or trial.level > best.level or (own_call and trial.level == best.level):
                best = trial  # what fails even as the notebook calls it fails for a reason of its own
        return best or Trial(
            0, Match(self.wanted, query.name, self.wanted.roles, kind=self.wanted.kind, confident=False)
        )


def proposals(query: Query) -> Iterator[Match]:
    """Every way of asking a definition: of each adapter that serves the interface and can read the definition."""
    for adapter in ADAPTERS:
        if adapter.serves(query.interface) and adapter.reads(query):
            yield from adapter.propose(query)


def is_readable(query: Query) -> bool:
    return any(adapter.serves(query.interface) and adapter.reads(query) for adapter in ADAPTERS)
