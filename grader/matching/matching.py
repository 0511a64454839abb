"""The student's code made to satisfy an interface: definitions mapped to the names that an exercise asks for.

Theory of operation. A check asks for "RNN" with the contract's names, and goes on doing so; what is recorded of it stays in
those terms, so that the known answers can be asked the same. The `Student` puts each request into the student's terms on
its way to the sandbox. An exact name with a fitting signature goes through untouched and costs nothing. Where it does not
fit, the check is broken off (`Unresolved`), and the judge has a `Matching` look in a branch of its own: the sandbox describes
what its names are, the student's text says how the notebook itself uses them, and trials settle the rest. Then the check
begins again. Whatever was assumed is told in the report. What cannot be told is a person's to decide, never a zero.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from grader.errors import ReplyRefused, SandboxDied
from grader.matching.adapters.generation import method_of
from grader.matching.adapters.library_classifier import without_tokenizer
from grader.matching.adapters.training_loop import is_silent
from grader.matching.bind import misplaced, surely_called
from grader.matching.match import Argument, Match, assumed, plain
from grader.matching.overrides import NameOverrides
from grader.matching.protected import is_protected
from grader.matching.refusals import REFUSED, refuses
from grader.matching.search import Search
from grader.matching.source_index import SourceIndex
from grader.matching.vocabulary import is_one_of, squeezed
from grader.model import Cell, Exercise, Fault, Interface, Probe, Sign, Text, Trace, Trait, handed_out, has_roles
from grader.notebook.code_patterns import answers_of
from grader.sandbox import Branch


@dataclass
class Matching:
    """What was found for one exercise of one submission. looked: name of the contract -> match, None if there is no better.

    handed_out: the section is that of our own notebook, with the contract in it."""

    exercise: str = ""
    written: SourceIndex = field(default_factory=SourceIndex)
    by_hand: NameOverrides = field(default_factory=NameOverrides)
    active: bool = True
    handed_out: bool = False
    signs: tuple[Sign, ...] = ()
    traces: tuple[Trace, ...] = ()
    interfaces: Mapping[str, Interface] = field(default_factory=dict)
    series: bool = False
    resolved: dict[str, Match | None] = field(default_factory=dict)

    @classmethod
    def of(
        cls, exercise: Exercise, cells: tuple[Cell, ...], by_hand: NameOverrides | None = None, headed: bool = False
    ) -> Matching:
        """headed: headings or names of files say where each problem of a series stands, so that it stands nowhere else."""
        return cls(
            exercise.id,
            SourceIndex(tuple(c for c in cells if c.kind == "code")),
            by_hand or NameOverrides(),
            handed_out=handed_out(cells, exercise.id),
            signs=exercise.signs,
            traces=() if exercise.series and headed else tuple(t for t in exercise.traces if not t.of),
            interfaces={interface.name: interface for interface in exercise.interfaces},
            series=exercise.series,
        )

    def match(self, name: str) -> Match | None:
        return self.resolved.get(name)

    def may_look(self, name: str) -> bool:
        interface = self.interfaces.get(name)
        return self.active and interface is not None and bool(interface.called) and name not in self.resolved

    def must_look(self, name: str) -> bool:
        """Whether the name must not be taken as it is: a person says so, or the section answers under other names."""
        if self.active and name not in self.resolved and self.reordered(name) is not None:
            return True
        if not self.may_look(name):
            return False
        if name in self.by_hand.names or self.by_hand.arguments:
            return True
        interface = self.interfaces[name]
        section = interface.exercise
        found = self.written.definition(name, self.exercise)
        if not self.handed_out and (interface.has_own_forms or (found and misplaced(found.node, interface.roles))):
            return True
        trains = interface.trains and not self.handed_out
        defined = self.written.definition(name, self.exercise) if trains else None
        if defined is not None and is_silent(defined, self.written, self.exercise):
            return True
        if not self.handed_out and not self.series and self.written.is_left_aside(name, interface.called):
            return True
        own = {d.name for d in self.written.own(section) if not d.pristine}
        elsewhere = any(d.name == name and d.section != section for d in self.written.definitions)
        return bool(own) and name not in own and elsewhere and section == self.exercise

    def reordered(self, name: str) -> Match | None:
        """The function of this very name whose parameters surely say which of the contract's they are, in another order.

        `def best_span(end, start, passage)`, `def get_batch(data, block_size, batch_size)`. Where the contract was handed out nothing else of it is guessed, so it is asked by
        these names and no trial is needed; in a notebook of somebody's own the search goes by them too, and finds out the rest
        (the sense of a mask, the form of the data). None where a person has said what is what.
        """
        if name in self.by_hand.names or self.by_hand.arguments:
            return None
        interface, defined = self.interfaces.get(name), self.written.definition(name, self.exercise)
        if interface is None or defined is None or defined.pristine or not isinstance(defined.node, ast.FunctionDef):
            return None
        taken = defined.node.args
        by_name = [argument.arg for argument in taken.kwonlyargs]
        names = [argument.arg for argument in taken.args] + by_name
        required = names[: len(taken.args) - len(taken.defaults)]
        required += [name for name, default in zip(by_name, taken.kw_defaults, strict=True) if default is None]
        said = dict(zip(names, surely_called(names, interface.roles), strict=True))
        open_, left = [n for n in required if not said[n]], [r for r in interface.roles if r not in said.values()]
        if len(open_) == len(left) == 1:
            said[open_[0]] = left[0]
        own = tuple(role for role in said.values() if role)
        if (
            taken.posonlyargs
            or not all(said[name] for name in required)
            or sorted(own) != sorted(interface.roles)
            or (own == interface.roles and not any(said[name] for name in by_name))
        ):
            return None
        arguments = tuple(Argument(name, (role,), plain(role)) for name, role in said.items() if role)
        return Match(interface, name, interface.roles, arguments, interface.defaults, verified=True)

    def doubts(self, name: str, fault: Fault) -> bool:
        """Whether a fault says that the name or the arguments were wrong, and nobody has looked yet."""
        if not self.may_look(name):
            return False
        missing = fault.kind == "missing" and fault.type == "LookupError"
        # A line of theirs was reached, so our arguments were taken; what another call of theirs is refused is their crash.
        within = self.handed_out and fault.place is not None and not refuses(name, fault)
        return missing or (fault.type == "TypeError" and bool(REFUSED.search(fault.message)) and not within)

    def look(self, name: str, branch: Branch) -> None:
        """Look for a name in a branch that nothing else is asked in. Never raises for what the student's code does."""
        self.resolved[name] = None
        interface = self.interfaces.get(name)
        if interface is None:
            return
        reordered = self.reordered(name)
        if reordered is not None and (self.handed_out or not interface.called):
            self.resolved[name] = reordered
            return
        try:
            match = Search(interface, self, branch).run()
        except (SandboxDied, ReplyRefused):
            return
        guessed = match is not None and not match.verified and interface.has_own_forms
        there = self.written.definition(name, self.exercise) is not None
        self.resolved[name] = None if guessed and there else match

    def second_look(self, names: tuple[str, ...], branch: Branch) -> bool:
        """Look for the models among `names` that go by the contract and still cannot be asked: one title at a time, say.

        What proves no better is left as it was; what nothing goes by at all keeps the best guess. Whether anything did.
        """
        found = [self.interfaces[name] for name in names if self.may_look(name)]
        # Who read the contract is asked by it, in these as in all it says.
        asked = [i.name for i in found if i.kind == "module" and not (self.handed_out and i.has_own_forms)]
        for name in asked:
            self.look(name, branch)
            match, there = self.resolved[name], self.written.definition(name, self.exercise) is not None
            there = there or (match is not None and match.own == name)  # where there is no source to read it in
            better = match is not None and not match.goes_by_contract and (match.verified or not there)
            better = better or (match is not None and match.form.invents_labels and not self.handed_out)
            self.resolved[name] = match if better else None
        return any(self.resolved[name] for name in asked)

    def has_many_designs(self, names: Collection[str]) -> bool:
        """Whether one of these is built in so many right ways that an unknown value need not be wrong."""
        return any(Trait.MANY_DESIGNS in self.interfaces[name].traits for name in names if name in self.interfaces)

    # -- what is told -------------------------------------------------------------------------

    def assumptions(self) -> tuple[Text, ...]:
        """What was taken for what, in the order in which it was looked for."""
        found = [text for match in self.resolved.values() if match for text in assumed(match, match.interface.exercise)]
        return tuple(dict.fromkeys(found))

    def prove(self, names: Collection[str]) -> None:
        """Take no match among `names` for a guess any more: what it was asked for, it gave, value for value."""
        guesses = {n: m for n, m in self.resolved.items() if m and n in names and not (m.confident and m.verified)}
        for name, match in guesses.items():
            if not is_protected(self.written, match.own, self.exercise):
                self.resolved[name] = replace(match, confident=True, verified=True)

    def uncertain(self, names: set[str]) -> Match | None:
        """A match among `names` that had to be guessed, where what fails may be the guess."""
        return next((m for name, m in self.resolved.items() if name in names and m and not m.confident), None)

    def unproved(self, names: set[str]) -> Match | None:
        """A match among `names` of which no trial has shown that it can be asked."""
        return next((m for name, m in self.resolved.items() if name in names and m and not m.verified), None)

    def apart(self, names: Collection[str]) -> tuple[str, str] | None:
        """The definition of one of these names that stands in another exercise's section and is not used in its own."""
        for interface in (self.interfaces[name] for name in names if name in self.interfaces):
            match = self.resolved.get(interface.name)
            own, section = match.own if match is not None else interface.name, interface.exercise
            defined = self.written.definition(own, section)
            if defined is None or defined.section is None or own in self.by_hand.names.values():
                continue
            called_here = any(where == section for where, _ in self.written.called.get(own, []))
            if not (defined.serves(section) or defined.serves(self.exercise) or called_here):
                return own, defined.section
        return None

    def hides(self, name: str) -> bool:
        """Whether a name means another exercise's definition, while the section answers in a form that was not understood."""
        interface = self.interfaces.get(name)
        if not self.active or self.handed_out or interface is None or self.resolved.get(name, self) is not None:
            return False
        return self.written.attempted(interface.exercise) and self.apart((name,)) is not None

    def incomplete(self, match: Match) -> tuple[str, ...]:
        """What cannot be handed to a function, though nothing can be asked without."""
        return tuple(role for role in match.interface.needed if role not in match.accepts)

    def signed(self) -> bool:
        """Whether something in the notebook looks like an answer to this exercise, in whatever section it stands.

        In a series each problem has a section: there it is only what stands in that of the problem it goes on from.
        """
        cells = [cell for cell in self.written.cells if not cell.pristine]
        if not self.series:
            return any(s.pattern.search(c.source) for s in self.signs for c in cells) or self.resembled()
        return any(s.after and s.pattern.search(c.source) for s in self.signs for c in cells if c.exercise == s.after)

    def traced(self) -> Trace | None:
        """What speaks for an answer that stands inside something else, in a notebook that is not ours."""
        if has_roles(self.written.cells):
            return None
        code = answers_of(self.written.cells)
        return next((trace for trace in self.traces if trace.pattern.search(code)), None)

    def resembled(self) -> bool:
        """Whether a definition goes by a name that is usual for one of the exercise's own."""
        asked = [i for i in self.interfaces.values() if i.exercise == self.exercise]
        names = [d.name for d in self.written.definitions if not d.pristine]
        return any(is_one_of(name, (i.name, *i.called)) for i in asked for name in names)

    def look_alike(self, names: Collection[str]) -> bool:
        """Whether one of these names is like those that answers to the exercise have."""
        asked = [i for i in self.interfaces.values() if i.exercise == self.exercise]
        pieces = [piece for interface in asked for piece in interface.like]
        return any(is_one_of(name, i.called) for i in asked for name in names) or any(
            piece in squeezed(name) for piece in pieces for name in names
        )

    @property
    def attempted(self) -> bool:
        """Whether its section does something; in one that several exercises share, something that looks like its answer."""
        own = [c for c in self.written.cells if c.exercise == self.exercise]
        shared = [c for c in self.written.cells if self.exercise in c.also and not c.pristine]
        if own or not shared:
            return self.written.attempted(self.exercise)
        return any(sign.pattern.search(cell.source) for sign in self.signs for cell in shared)

    @property
    def ranks_for_bert(self) -> bool:
        """Whether the section hands a BERT ids of words that it ranked itself, with no tokenizer anywhere."""
        return self.active and not self.handed_out and without_tokenizer(self.written, self.exercise)

    def unclear(self, name: str) -> Text | None:
        """Why a section that does something holds nothing to be called, or None where nothing was attempted."""
        interface = self.interfaces.get(name)
        writes = interface is not None and interface.probe is Probe.WRITING
        writes = writes and any(map(method_of, self.written.definitions))  # the model does, by a method
        if not self.active:
            return None
        trace = self.traced()
        if not (self.attempted or self.signed() or writes):
            return trace.told if trace is not None else None
        if trace is not None and trace.explains:
            return trace.told
        seen = self.written.last_output(self.exercise)
        apart = interface is not None and Trait.APART_FROM_TRAINING in interface.traits
        if self.written.trains_at_top(self.exercise) and not apart:
            return Text(
                en="The training stands at the top level of the notebook, in no function, so it cannot be asked with other "
                "data; a person looks at it." + (f" The saved output ends with: {seen}" if seen else ""),
                ja="学習のループが関数の中ではなくノートブックに直接書かれているため、別のデータで試せません。人が確認します。"
                + (f"保存された出力の最後: {seen}" if seen else ""),
            )
        defined = [d.name for d in self.written.own(self.exercise) or self.written.definitions if not d.pristine]
        if shown := ", ".join(defined[:6]):
            return Text(
                en=f"Nothing here could be told to be {name}: the section defines {shown}. A person looks at it.",
                ja=f"この節のどれが {name} にあたるのか判断できませんでした（定義: {shown}）。人が確認します。",
            )
        return Text(
            en=f"The section does its work at the top level and defines nothing that can be called as {name}. A person looks "
            "at it." + (f" The saved output ends with: {seen}" if seen else ""),
            ja=f"この節では処理が直接書かれていて、{name} として呼び出せる定義がありません。人が確認します。"
            + (f"保存された出力の最後: {seen}" if seen else ""),
        )
