"""The conversation below a check's questions: requests go out in the student's own terms, and every exchange is kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from torch import Tensor

from grader.checks.answers import Answers
from grader.checks.exchange import CallFailed, Desk, Exchange, View, crash_signature
from grader.checks.module import Module, ask_in_form
from grader.checks.own_part import OwnPartRead, lacked_by
from grader.errors import Failure
from grader.matching import CallConvention, Matching, Unresolved
from grader.matching.call_convention import read_form
from grader.matching.match import picked, translated, turned_back
from grader.model import Fault, Reply
from grader.sandbox import Branch
from grader.sandbox.guest.codec import Handle


class Conversation:
    """With the sandbox, about one section, by way of what is known of the student's names and of the answers."""

    def __init__(
        self,
        branch: Branch,
        section: str,
        seed: int,
        answers: Answers | None = None,
        matching: Matching | None = None,
    ) -> None:
        self.branch = branch
        self.section = section
        self.seed = seed
        self.answers = answers
        self.matching = matching or Matching(section, active=False)
        self.exchanges: list[Exchange] = []
        self.aside: list[Exchange] = []  # what was asked and forgotten since
        self.built_aside: list[Exchange] = []  # what was built by it
        self.sent: tuple[dict[str, Any], View | None] = ({}, None)  # the last message, as it was before it was restated
        self.forms: dict[int, tuple[CallConvention, dict[str, Tensor]]] = {}  # of kept modules, with their parameters
        self.desks: dict[int, Desk] = {}
        self.backed = False  # whether fakes have what they lack from the student's own objects, see `own_part`
        self.fakes: list[str] = []  # the sources of those that stand for an object of the student's
        self.gathering = False  # whether a check goes on after a value that differs, for a mistake to be told by
        self.agreed = set[str]()  # the names whose values were those of a known right answer
        self.answered = False  # whether anything was there to be asked, also where the exchange was forgotten since

    def adopt(self, module: Module, own: str) -> CallConvention:
        """From now on hand `forward` its further arguments (h_0, lengths, a batch object) as well, in its own form."""
        match = self.matching.match(own)
        form = match.form if match is not None and not match.form.plain else self.form_of(module, own)
        if not form.plain:
            self.forms[module.handle.number] = (form, module.weights)
        return form

    def form(self, module: Module) -> CallConvention:
        """The form in which a module is asked, since it was adopted."""
        return self.forms[module.handle.number][0] if module.handle.number in self.forms else CallConvention()

    def form_of(self, module: Module, own: str) -> CallConvention:
        reply = self.branch.ask(
            {"op": "describe", "section": self.section, "target": module.handle, "method": "forward"}
        )
        found = reply.value.get("parameters") if isinstance(reply.value, dict) else None
        match = self.matching.match(own)
        name = match.own if match is not None else own
        return read_form(self.matching.written, name, self.section, found if isinstance(found, list) else [])

    # -- what the known answers are not asked ---------------------------------------------------

    @contextmanager
    def unrecorded(self) -> Iterator[None]:
        """Questions that the known answers are not asked; behind them the random numbers are what they would have been."""
        asked, seed = len(self.exchanges), self.seed
        try:
            yield
        finally:
            self.forget(asked)
            self.seed = seed

    def forget(self, since: int) -> None:
        """Do not ask the known answers what was asked since there were so many exchanges.

        A kept module is known by its number. What was built meanwhile is therefore built by them too, once something is
        built behind it.
        """
        self.aside += self.exchanges[since:]
        self.built_aside += [exchange for exchange in self.exchanges[since:] if exchange.builds]
        del self.exchanges[since:]

    def restate(self, since: int = 0, **form: Any) -> None:
        """Keep the last request in another form, the contract's say, if anything was asked since there were so many exchanges."""
        if len(self.exchanges) > since:
            last = self.exchanges[-1]
            self.exchanges[-1] = replace(last, request={**last.request, **form})

    # -- one request --------------------------------------------------------------------------

    def ask(self, message: dict[str, Any], view: View | None = None) -> Exchange:
        return self.exchange(message, view)[0]

    def exchange(self, message: dict[str, Any], view: View | None = None) -> tuple[Exchange, Reply]:
        """Send one request and keep the exchange. Raises CallFailed, or the `Failure` of the view."""
        self.sent = (message, view)
        reply = self.send(message)
        if reply.fault is not None:
            if not self.backed and lacked_by(reply.fault, self.fakes):
                raise OwnPartRead(reply.fault.message)
            self.exchanges.append(Exchange(message, refused=crash_signature(reply.fault), view=view))
            raise CallFailed(reply.fault, (*message.get("args", ()), *message.get("kwargs", {}).values()))
        self.answered = self.answered or message["op"] != "define"  # which lends a thing of ours
        try:
            value = view(reply.value) if view else reply.value
        except Failure as failure:
            self.exchanges.append(Exchange(message, refused=failure.rationale.en, view=view, raw=reply.value))
            if isinstance(reply.value, dict) and list(reply.value) == ["unread"]:  # ours: see `matching.rerun`
                raise CallFailed(Fault("Unread", str(reply.value["unread"]))) from None
            raise
        found = Exchange(message, value, view=view)
        if found.builds:
            self.exchanges += self.built_aside
            self.built_aside = []
        self.exchanges.append(found)
        return found, reply

    def send(self, message: dict[str, Any]) -> Reply:
        """The sandbox's reply to a request, which is put into the student's terms. Raises Unresolved."""
        target = message["target"]
        message = {**message, "desks": self.desks} if self.desks else message
        if isinstance(target, Handle):
            form = self.forms.get(target.number)
            if form is None or message["op"] != "call" or message.get("method"):
                return self.branch.ask(message)
            return ask_in_form(self.branch, message, *form)
        match = self.matching.match(target)
        if match is None:
            if self.matching.must_look(target):
                raise Unresolved(target)
            if self.matching.hides(target):
                return Reply(None, fault=Fault("LookupError", target, kind="missing"))
            reply = self.branch.ask(message)
            if reply.fault is not None and self.matching.doubts(target, reply.fault):
                raise Unresolved(target)
            return reply
        told = translated(match, message)
        reply = self.branch.ask(told)
        value = picked(match, reply.value) if match.picks_dict else reply.value
        return replace(reply, value=value, extras=turned_back(match, message, told, reply.extras))
