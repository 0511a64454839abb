"""Which of the student's definitions is the answer: by its name, its section, what it contains, and by trial."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from grader.errors import ReplyRefused, SandboxDied
from grader.matching import size_rules
from grader.matching.adapters import (
    attention,
    decoder_step,
    language_model_parts,
    positional_encoding,
    trainer_class,
)
from grader.matching.adapters.dataset_encode import as_encode, encodes
from grader.matching.adapters.injected_modules import (
    InjectedModule,
    handed_in,
    library_norm,
    normalises,
    of_what,
    parts,
)
from grader.matching.adapters.trainer_class import method_of
from grader.matching.adapters.training_loop import shown
from grader.matching.adapters.undefined import UndefinedSearch
from grader.matching.arguments import filled, pretrained
from grader.matching.bind import Binding, SignatureParameter, argument_choices, as_called, bind, parameters_of, settings
from grader.matching.match import Argument, Match, plain
from grader.matching.overrides import NameOverrides
from grader.matching.payloads.arguments import batches_padded
from grader.matching.payloads.fake_encoder import pretrained_encoder
from grader.matching.sizes import housed, read_outside, set_aside, used_by
from grader.matching.source_index import SourceIndex
from grader.matching.trial import SIZES, Trial, TrialRunner, surveyed
from grader.matching.vocabulary import ATTENDS, is_one_of, squeezed
from grader.model import Interface, Probe, Text, Trait
from grader.sandbox import Branch
from grader.sandbox.guest.codec import RemoteExpr
from grader.sandbox.payload import remote

if TYPE_CHECKING:
    from grader.matching import Matching

SAME, CALLED, LIKE, OWN, USED, CONTAINS, LACKS = 70, 50, 30, 40, 25, 20, -40
ENOUGH = 60  # its section and what it contains, or its name and one of the two
TRIED = 5  # candidates
TRAININGS = (Probe.TRAINING, Probe.TUNING)
LANGUAGE_MODEL_PARTS = (Probe.WINDOWS, Probe.LOSS, Probe.STEPS, Probe.WRITING, Probe.GAPS)
UNUSED = 99_999  # an id that no word has
Row = dict[str, Any]


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
        best: tuple[int, int, Match] | None = None
        rows = surveyed(self.branch, self.section)
        runner = TrialRunner(self.branch, self.section, self.written)
        if self.wanted.probe in LANGUAGE_MODEL_PARTS and not self.by_hand.names:
            return language_model_parts.found(self, runner, rows)
        for score, row in self.candidates(rows):
            try:
                trial = self.try_all(runner, row, rows)
            except (SandboxDied, ReplyRefused):
                break  # whatever it does, it is no way to find out
            if trial.level == 2 and self.complete(trial.match):
                verified = replace(trial.match, confident=True, verified=True)
                return shown(verified, self.written, self.section) if self.wanted.probe in TRAININGS else verified
            if self.wanted.probe is Probe.SELF_ATTENTION and trial.level == 2 and not self.handed_out:
                continue  # it works with no number of heads, and is none of several
            own = self.wanted.exercise in (row.get("sections") or []) or row["name"] == self.wanted.name
            in_place = own or self.matching.series
            if score >= ENOUGH and in_place and (best is None or (trial.level, score) > best[:2]):
                named = is_one_of(row["name"], (self.wanted.name, *self.wanted.called))
                known = all(a.confident for a in trial.match.arguments) and self.complete(trial.match)
                promised = self.handed_out or not has_own_forms(self.wanted)
                confident = known and promised and not trial.misfit and (named or self.wanted.kind == "module")
                best = trial.level, score, replace(trial.match, confident=confident)
        if best is None and self.wanted.probe is Probe.NORM and not self.handed_out:
            block = self.other(Probe.BLOCK)
            return library_norm(self.wanted, self.written) if block is not None and block.verified else None
        return self.unnamed(runner) or (best[2] if best else None)

    def other(self, probe: Probe) -> Match | None:
        """The same look for the name of the lesson that is tried in this way."""
        wanted = next((i for i in self.matching.interfaces.values() if i.probe is probe), None)
        return replace(self, wanted=wanted).run() if wanted is not None else None

    def unnamed(self, runner: TrialRunner) -> Match | None:
        """What stands in no definition that could be called, unless a person said which one it is."""
        return None if self.by_hand.names else UndefinedSearch(self.wanted, self.written, self.section, runner).run()

    def candidates(self, rows: list[Row]) -> list[tuple[int, Row]]:
        """Those that could be it, best first; of equals the one defined last."""
        by_hand = self.by_hand.names.get(self.wanted.name)
        if by_hand is not None:
            return [(SAME + OWN, row) for row in rows if row["name"] == by_hand]
        scored = [(self.score(row), place, row) for place, row in enumerate(rows) if self.right_kind(row)]
        possible = [(score, place, row) for score, place, row in scored if score >= LIKE]
        return [(score, row) for score, _, row in sorted(possible, key=lambda s: (-s[0], -s[1]))[:TRIED]]

    def right_kind(self, row: Row) -> bool:
        if self.wanted.probe is Probe.NORM:
            return row.get("kind") == "module" and normalises(row)
        if any(piece in squeezed(row["name"]) for piece in self.wanted.unlike):
            return False  # `MultiHeadAttention` with its residual connection and its norm inside is no block
        if self.wanted.kind == "module":
            return row.get("kind") == "module" or (row.get("kind") == "function" and row["name"] == self.wanted.name)
        if self.wanted.probe is Probe.ENCODING and row.get("kind") == "class":
            return encodes(self.written.definition(row["name"], self.wanted.exercise))
        if self.wanted.probe is Probe.POSITIONS:
            return row.get("kind") in ("function", "module")
        if self.wanted.probe is Probe.ATTENTION and row.get("kind") == "module":
            return all(p[2] for p in row.get("parameters") or [])
        if self.wanted.probe in TRAININGS and row.get("kind") == "class":
            return (
                method_of(self.written.definition(row["name"], self.wanted.exercise), self.written, self.section)
                is not None
            )
        callable_class = row.get("kind") == "class" and row.get("forward") and self.wanted.probe is Probe.BATCH
        return row.get("kind") == "function" or bool(callable_class)

    def score(self, row: Row) -> int:
        name, wanted = squeezed(row["name"]), self.wanted
        score = LIKE if any(piece in name for piece in wanted.like) else 0
        score = CALLED if is_one_of(name, wanted.called) else score
        score = SAME if row["name"] == wanted.name else score
        sections = row.get("sections") or []
        own = wanted.exercise in sections or self.section in sections  # 87 may define the CNN of 86 that it trains
        used = self.used_here(row["name"])
        defined = self.written.definition(row["name"], wanted.exercise)
        inside = defined.identifiers if defined else frozenset()
        if defined is not None and defined.pristine:
            return 0
        if not self.does_what_is_needed(row["name"], parameters_of(row.get("parameters"), None)):
            return 0
        contains, lacks = inside & set(wanted.contains), inside & set(wanted.lacks)
        if not own and not used and row["name"] != wanted.name and not self.stands_apart(sections, inside):
            return 0
        return (
            score
            + OWN * own
            + USED * used
            + CONTAINS * bool(contains)
            + LACKS * bool(lacks and not own and not contains)
        )

    def does_what_is_needed(self, name: str, parameters: list[SignatureParameter]) -> bool:
        """Whether its source, or what it calls of the notebook's own or is handed, has what nothing of this kind can do without."""
        if not self.wanted.needs:
            return True
        found = {w for d in self.written.reach(name, self.wanted.exercise) for w in self.written.words_of(d)}
        if Trait.HANDED_PARTS in self.wanted.traits:
            handed = handed_in(parameters, self.written.definition(name, self.wanted.exercise))
            found |= set(ATTENDS) if "attention" in handed.values() else set()
        also = self.wanted.also
        return not found or (
            bool(found & set(self.wanted.needs)) and (not also or any(also in w.lower() for w in found))
        )

    def used_here(self, name: str) -> bool:
        """Whether the exercise's own section calls it."""
        return bool(self.own_code.calls(name, self.wanted.exercise))

    @cached_property
    def own_code(self) -> SourceIndex:
        """What the student wrote in the exercise's own section."""
        section = {c.index for c in self.written.cells if c.exercise == self.wanted.exercise}
        return SourceIndex(tuple(c for c in self.written.cells if c.index in section and not c.pristine))

    def stands_apart(self, sections: list[Any], inside: frozenset[str]) -> bool:
        """Whether what the exercise's section neither defines nor uses can be its answer at all.

        Not if it stands in another exercise's section; and what reads both ways has to show it.
        """
        if sections:
            return bool(self.wanted.needs) and not self.matching.series
        return Trait.SHOWS_DIRECTIONS not in self.wanted.traits or bool(inside & {"bidirectional", "flip"})

    def complete(self, match: Match) -> bool:
        return set(self.wanted.needed) <= set(match.accepts)

    # -- one candidate ------------------------------------------------------------------------

    def try_all(self, runner: TrialRunner, row: Row, rows: list[Row]) -> Trial:
        best: Trial | None = None
        if self.wanted.probe in (Probe.POSITIONS, Probe.MASK):
            base = Match(self.wanted, row["name"], self.wanted.roles, kind="function")
            return positional_encoding.tried(runner, base, row, parameters_of(row.get("parameters"), None))
        for match in self.matches(runner, row, rows):
            trial = self.trial_of(runner, match, row)
            if trial.level == 2:
                return trial
            own_call = bool(match.arguments) and not any(a.roles for a in match.arguments)
            own_call = own_call and not has_own_forms(self.wanted)
            if best is None or trial.level > best.level or (own_call and trial.level == best.level):
                best = trial  # what fails even as the notebook calls it fails for a reason of its own
        return best or Trial(
            0, Match(self.wanted, row["name"], self.wanted.roles, kind=self.wanted.kind, confident=False)
        )

    def trial_of(self, runner: TrialRunner, match: Match, row: Row) -> Trial:
        """One way of calling it, tried as what it is tried for wants it."""
        if self.wanted.probe in decoder_step.PROBES:
            sizes = {role: SIZES[role] for role in match.roles if role in SIZES} | {"padding_idx": 0}
            sizes["emb_size"] = sizes["emb_size"] if "emb_size" in match.accepts else sizes["hidden_size"]
            return decoder_step.tried(runner, match, self.written.definition(match.own, self.section), sizes)
        if self.wanted.probe in attention.PROBES:
            return self.through_a_port(runner, match, row)
        if self.wanted.probe is Probe.NORM:
            return runner.norm(match)
        if self.wanted.kind != "module":
            return runner.function(match)
        trial = runner.module(match, pretrained_encoder if "encoder" in match.roles else None)
        return self.sized(runner, trial) if trial.level == 2 and self.wanted.probe is Probe.LANGUAGE_MODEL else trial

    def through_a_port(self, runner: TrialRunner, match: Match, row: Row) -> Trial:
        """An attention, asked with its own arguments and its own kind of mask."""
        values = {role: SIZES[role] for role in match.roles if role in SIZES}
        if match.probe is Probe.QUERY_OVER_KEYS and "key_size" not in match.accepts:
            values["key_size"] = values["query_size"]
        asked = row.get("forward") if match.kind == "module" or row.get("kind") == "module" else row.get("parameters")
        trial = attention.find_port(runner, match, asked if isinstance(asked, list) else [], values)
        return trial if trial.level < 2 or match.kind == "function" else self.sized(runner, trial, values)

    def sized(self, runner: TrialRunner, trial: Trial, values: dict[str, Any] | None = None) -> Trial:
        """With the sizes that the class does not take apart, as its parameters show them."""
        values = SIZES if values is None else values
        built = runner.run(trial.match, **{role: value for role, value in values.items() if role in trial.match.roles})
        weights = built.extras.get("weights")
        found = size_rules.tied(trial.match, weights if isinstance(weights, dict) else {}, values)
        return replace(trial, match=replace(trial.match, size_rules=found))

    def matches(self, runner: TrialRunner, row: Row, rows: list[Row]) -> Iterator[Match]:
        """Every way of calling a candidate, likeliest first."""
        name, wanted = row["name"], self.wanted
        by_hand = bool(self.by_hand.names)
        base = Match(wanted, name, wanted.roles, (), wanted.defaults, kind=wanted.kind, by_hand=by_hand)
        defined = self.written.definition(name, self.section)
        calls = self.written.calls(name, wanted.exercise)
        call = calls[0] if calls else None
        if row.get("kind") == "class" and wanted.probe is Probe.ENCODING and defined is not None:
            yield as_encode(base, defined, parameters_of(row.get("parameters"), call))
            return
        method = method_of(defined, self.written, self.section) if wanted.probe in TRAININGS else None
        if row.get("kind") == "class" and method is not None and defined is not None:
            taken = trainer_class.parameters(row, method, call)
            made = trainer_class.as_function(base, defined, method, row, self.written, self.section)
            yield from filled(made, taken, defined, self.written, self.section, rows, self.by_hand)
            return
        if row.get("kind") == "class":
            base = replace(base, target=self.instance(row, call))
            call = None
        asked = row.get("forward") if row.get("kind") == "class" else row.get("parameters")
        parameters = parameters_of(asked, call)
        if wanted.probe is Probe.ATTENTION:
            yield base
            return
        if wanted.kind == "function":
            yield from filled(base, parameters, defined, self.written, self.section, rows, self.by_hand)
            if wanted.probe is Probe.BATCH and parameters and row.get("kind") == "function":
                asked = [p.name for p in parameters[1:] if p.required or "len" in p.name.lower()]
                yield self.padder(base, asked)
            return
        yield from self.models(runner, pretrained(base, defined, self.written), parameters, rows)

    def models(
        self, runner: TrialRunner, base: Match, parameters: list[SignatureParameter], rows: list[Row]
    ) -> Iterator[Match]:
        """Every way of building a class."""
        defined = self.written.definition(base.own, self.section)
        takes = Trait.HANDED_PARTS in self.wanted.traits
        made = parts(parameters, defined, rows, self.written, self.section) if takes else {}
        base = replace(base, notes=(*base.notes, *map(of_what, made.values())))
        house, outside = self.with_globals(runner, base, [base.own, *(part.own for part in made.values())])
        if outside:
            yield from self.built(house, parameters, made, outside)
        yield from self.built(base, parameters, made, ())

    def built(
        self,
        base: Match,
        parameters: list[SignatureParameter],
        made: dict[str, InjectedModule],
        outside: tuple[Argument, ...],
    ) -> Iterator[Match]:
        """The same with these parts, and with globals that hold what these arguments say."""
        wanted, defined = self.wanted, self.written.definition(base.own, self.section)
        whole_config = settings(defined, parameters, wanted.roles, self.written)
        if whole_config is not None and not made:
            yield replace(base, arguments=(whole_config,))
            return
        aside = set_aside(parameters, wanted.roles) | {name: part.argument for name, part in made.items()}
        covered = {role for argument in outside for role in argument.roles}
        roles = sorted(
            wanted.roles, key=lambda role: role in covered
        )  # what no global says is likelier to be handed over
        bound = bind([p for p in parameters if p.name not in aside], roles)
        for parameter, role in self.by_hand.arguments.items():
            if any(p.name == parameter for p in parameters):
                bound.roles = {p: r for p, r in bound.roles.items() if r != role} | {parameter: role}
                bound.guessed.discard(parameter)
        bound.parameters = [p if self.written.readable(p.handed) else replace(p, handed=None) for p in bound.parameters]
        for arguments in argument_choices(bound, roles, dict(wanted.fixed)):
            yield replace(base, arguments=(*arguments, *aside.values()))
        whole = as_called(bound.parameters) if not aside else None
        if whole is not None:
            yield replace(base, arguments=whole)
        if aside or set(wanted.roles) - {role for role, _ in wanted.defaults} <= {p.name for p in parameters}:
            return  # the contract's own names mean what the contract says
        for arguments in argument_choices(Binding(bound.parameters), roles, dict(wanted.fixed)):  # names may mislead
            yield replace(base, arguments=arguments)

    def with_globals(self, runner: TrialRunner, base: Match, names: list[str]) -> tuple[Match, tuple[Argument, ...]]:
        """The match with the globals that hold sizes for it, where it is a Transformer's; and these."""
        if Trait.READS_GLOBALS not in self.wanted.traits or base.overrides:
            return base, ()
        may = read_outside(used_by(names, self.written, self.section), self.wanted.roles)
        outside = may.among(runner.ask("call", may.question).value) if may.numbers or may.settings else {}
        return housed(base, outside), tuple(outside.values())

    def padder(self, base: Match, further: list[str]) -> Match:
        """A function that only fills lists up, taken for one that makes batches."""
        note = Text(
            en=f"`{base.own}` fills up the ids; the labels were kept beside it",
            ja=f"`{base.own}` は ID の列の長さをそろえる関数なので、ラベルはそのまま添えました",
        )
        target = remote(batches_padded, RemoteExpr(name=base.own), further)
        return replace(base, target=target, arguments=(Argument("batch", ("batch",), plain("batch")),), notes=(note,))

    def instance(self, row: Row, call: ast.Call | None) -> RemoteExpr:
        """The object that is called, as the notebook makes it; else with a padding id that is no word's."""
        name = row["name"]
        if call is not None:
            return RemoteExpr(name=ast.unparse(call))
        required = [p for p in parameters_of(row.get("parameters"), None) if p.required]
        bound = bind(required, ("padding_idx",))
        values = ", ".join(f"{p.name}={UNUSED if p.name in bound.roles else None}" for p in required)
        return RemoteExpr(name=f"{name}({values})")


def has_own_forms(interface: Interface) -> bool:
    """Whether people have it in so many forms that even the contract's name says nothing of how it wants to be asked."""
    return bool(interface.forward)
