"""The student as a check sees them: a partner who can be asked to call something and gives back numbers.

    student.call("positional_encoding", 7, 5)                 a function's value
    model = student.module("RNN", vocab_size=9, emb_size=5)   an object that stays in the sandbox
    model.randomise(draw); model(ids)                         its parameters set by us, then its output
    student.must_agree()                                      the last output is that of an accepted answer

Every exchange is kept, in the contract's terms. The same requests can then be put to right answers and to known mistakes: so a value is
judged, and a mistake gets its name. `send` alone puts a request into the student's own terms, as `grader.matching` found them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, TypeVar

from torch import Tensor

from grader.checks import properties
from grader.checks.answers import TOO_MANY_WAYS, Unmatched, require_accepted
from grader.checks.compare import same
from grader.checks.conversation import Conversation
from grader.checks.exchange import CHANGEABLE, CallFailed, Desk, Exchange, View, names_asked, request
from grader.checks.module import Module, kinds_in, read_module
from grader.checks.own_part import StandsFor, back
from grader.checks.rehearsal import Rehearsal
from grader.checks.signature import bind, fits
from grader.errors import ReplyRefused
from grader.matching import Match, Unresolved
from grader.matching.own_globals import global_for
from grader.model import Fault, Text
from grader.sandbox.guest.codec import Handle
from grader.sandbox.payload import text_of

D = TypeVar("D", bound=Desk)
KEEP = "def make(value):\n    return value\n"


class Student(Conversation):
    """Asks in the name of one check. `section`: the exercise whose definitions are meant.

    matching: the student's names for the contract's; without it, everything has to go by the contract's own.
    """

    # -- asking -------------------------------------------------------------------------------

    def call(self, name: str, *args: Any, view: View | None = None, **kwargs: Any) -> Any:
        """The value of `name(*args, **kwargs)`, passed through `view` (which may raise `Failure`)."""
        return self.ask(request("call", self, name, args, kwargs), view).value

    def printed(self, name: str, *args: Any, view: View | None = None, **kwargs: Any) -> Any:
        """The text that `name(*args, **kwargs)` prints."""
        return self.ask(request("call", self, name, args, kwargs, want="printed"), view).value

    def figure(self, name: str, *args: Any, view: View | None = None, **kwargs: Any) -> Any:
        """What `name(*args, **kwargs)` draws with matplotlib, as a `Figure`; None where it draws nothing."""
        return self.ask(request("call", self, name, args, kwargs, want="figure"), view).value

    def call_and_inputs(self, name: str, *args: Any, view: View | None = None) -> tuple[Any, tuple[Any, ...]]:
        """As `call`, and the arguments as they were afterwards, to see whether one was changed in place."""
        return self.ask_and_inputs(name, args, view)

    def ask_and_inputs(
        self, target: str | Handle, args: tuple[Any, ...], view: View | None
    ) -> tuple[Any, tuple[Any, ...]]:
        """As `call_and_inputs`, of a name or of an object kept in the sandbox.

        Where it is asked in the contract's terms, the same is asked once more with arguments that lie in the sandbox
        already, and these are fetched: a reply can easily make up what became of its own arguments.
        """
        form = self.forms.get(target.number) if isinstance(target, Handle) else self.matching.match(target)
        kept = {} if form is not None else self.keep_changeable(args)
        exchange, reply = self.exchange(request("call", self, target, args, {}, echo=True), view)
        told = reply.extras.get("inputs")
        after = list(told) if isinstance(told, list | tuple) else []
        laid = tuple(kept.get(n, arg) for n, arg in enumerate(args))
        if kept and self.send(request("call", self, target, laid, {})).fault is None:
            for n, handle in kept.items():
                method = "clone" if isinstance(args[n], Tensor) else "copy"
                found = self.send(request("call", self, handle, (), {}, method=method)).value
                if n < len(after) and not same(found, args[n], 0.0, 0.0):
                    after[n] = found
        return exchange.value, tuple(after)

    def keep_changeable(self, args: tuple[Any, ...]) -> dict[int, Handle]:
        """Copies, laid into the sandbox, of the arguments that can be changed in place."""
        return {n: self.lend(KEEP, arg).handle for n, arg in enumerate(args) if isinstance(arg, (Tensor, *CHANGEABLE))}

    def module(self, name: str, *args: Any, **kwargs: Any) -> Module:
        """Build the class (or call the function) `name` and keep the result in the sandbox."""
        described = self.describe(name)
        if self.matching.match(name) is None:
            if self.matching.may_look(name) and not fits(described["parameters"], args, kwargs):
                raise Unresolved(name)
            args, kwargs = bind(described["parameters"], args, kwargs)
        return self.build(request("call", self, name, args, kwargs, keep=True))

    def lend(self, payload: Callable[..., Any] | str, *args: Any, own: StandsFor | None = None) -> Module:
        """`payload(*args)`, a fake of ours for the student's code to use.

        payload: a function or class of a payload's module, see `grader.sandbox.payload`; or a text that defines `make`.
        own: the object of the student's that it stands for.
        """
        return self.backing(
            self.build(request("define", self, "lent", args, {}, source=text_of(payload))), payload, own
        )

    def backing(self, lent: Module, payload: Callable[..., Any] | str, own: StandsFor | None) -> Module:
        if own is not None:
            self.fakes.append(text_of(payload))
            if self.backed:
                back(self, lent, own)
        return lent

    def lend_asking(
        self, make: Callable[[], D], payload: Callable[..., Any] | str, *args: Any, own: StandsFor | None = None
    ) -> tuple[Module, D]:
        """As `lend`, for an object that has a name `ask`: its questions are answered here, by the function that
        `make` gives.

        So secrets that it must not know beforehand, and the questions, never lie in the sandbox.
        """
        number, answers = len(self.desks), make()
        self.desks[number] = answers
        lent = self.build(request("define", self, "lent", args, {}, source=text_of(payload), desk=number))
        self.exchanges[-1] = replace(self.exchanges[-1], desk=make)
        return self.backing(lent, payload, own), answers

    def build(self, message: dict[str, Any]) -> Module:
        exchange, reply = self.exchange(message)
        module = read_module(self, reply)
        kinds = kinds_in(reply.extras.get("kinds"))
        self.exchanges[-1] = Exchange(exchange.request, weights=module.weights, kinds=kinds)
        return module

    def value(self, name: str, view: View | None = None) -> Any:
        """The value of the variable `name` at the end of the section."""
        return self.ask({"op": "get", "section": self.section, "target": name}, view).value

    def describe(self, name: str) -> dict[str, Any]:
        """`{"kind": class|function|value, "parameters": [[name, kind, has default]], "own": bool}`.

        Of a matched definition, the parameters are the contract's, as far as the student's code takes them.
        """
        match = self.matching.match(name)
        reply = self.send({"op": "describe", "section": self.section, "target": name})
        if reply.fault is not None:
            raise CallFailed(reply.fault)
        self.answered = True
        if not isinstance(reply.value, dict) or not isinstance(reply.value.get("parameters"), list):
            raise ReplyRefused("the sandbox did not describe what was asked for")
        if match is not None:
            accepted = [[role, "POSITIONAL_OR_KEYWORD", False] for role in match.accepts]
            return {**reply.value, "kind": "class" if match.kind == "module" else "function", "parameters": accepted}
        if reply.value.get("kind") == "value":  # a name such as `train` is often the data's
            if self.matching.may_look(name):
                raise Unresolved(name)
            if self.matching.active:
                raise CallFailed(Fault("LookupError", name, kind="missing"))
        return reply.value

    def matched(self, name: str) -> Match | None:
        """The student's definition for this name, where it goes by another or takes other arguments."""
        return self.matching.match(name)

    def own_global(self, name: str, role: str) -> str | None:
        """The variable that the student's `name` reads for this argument. Raises Unresolved while nobody has looked."""
        if self.matching.may_look(name):
            raise Unresolved(name)
        return global_for(self.matching.match(name), role, self.matching.written)

    def limitations(self, name: str) -> frozenset[str]:
        """Features that the form of the student's own `name` lacks, or has built in: "self", "causal", "no mask"."""
        match = self.matching.match(name)
        return match.limitations if match is not None else frozenset()

    def sized(self, name: str, **sizes: int) -> dict[str, int]:
        """The sizes to ask for, where the student's class has one parameter for several of them.

        Raises Unresolved while nobody has looked for the class.
        """
        self.describe(name)
        match = self.matching.match(name)
        for role, other, times in match.size_rules if match is not None else ():
            sizes[role] = times * (sizes[other] if other else 1)
        return sizes

    def takes(self, name: str, argument: str) -> bool:
        """Whether the student's own `name` can surely be asked for this argument of the contract.

        Raises Unresolved while nobody has looked for it.
        """
        described, match = self.describe(name), self.matching.match(name)
        if match is not None:
            return argument in match.surely_accepts
        return any(str(row[0]) == argument for row in described["parameters"])

    @property
    def promised(self) -> bool:
        """Whether the section is our own notebook's, where the contract was read; elsewhere its details are advice."""
        return self.matching.handed_out or not self.matching.active

    # -- judging ------------------------------------------------------------------------------

    def expected(self) -> list[Any]:
        """The value of each accepted answer in the last exchange. Raises Unmatched where the parameters fit none."""
        return list(self.known())

    def known(self) -> Iterator[Any]:
        """The same one by one, likeliest first: most right answers agree with the first and need no other."""
        if self.answers is None:
            raise Unmatched("no reference answers are installed")
        nothing = True
        rehearsal = self.rehearsal()
        try:
            for value in self.answers.accepted(self.exchanges):
                nothing = False
                yield value
        finally:
            if rehearsal is not None:
                rehearsal.close()
        if nothing:
            raise Unmatched("the parameters are not those of any known answer")
        if self.answers.limited:
            raise Unmatched("not all matchings of the parameters were tried", TOO_MANY_WAYS)

    def rehearsal(self) -> Rehearsal | None:
        """The last question, to be asked again with other parameters; kept with its exchange."""
        message, view = self.sent
        last, loaded = self.exchanges[-1], any(exchange.request["op"] == "load" for exchange in self.exchanges)
        plain = message.get("op") == "call" and not message.get("keep") and message.get("cotangents") is None
        if not loaded or not plain or last.request["op"] != "call" or last.view is not view:
            return None
        found = Rehearsal(self, message, view)
        self.exchanges[-1] = replace(last, rehearsal=found)
        return found

    def must_agree(
        self,
        what: Text = properties.OUTPUT,
        rtol: float = properties.RTOL,
        atol: float = properties.ATOL,
        help: Text | None = None,
    ) -> None:
        """The last value equals that of an accepted answer to the same requests; else the nearest is shown."""
        if self.gathering:
            return
        require_accepted(self.exchanges[-1].value, self.known(), what, rtol, atol, help)
        target, names = self.exchanges[-1].request["target"], names_asked(self.exchanges)
        self.agreed |= {target} if isinstance(target, str) else set(names if len(names) == 1 else ())
