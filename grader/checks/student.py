"""The student as a check sees them: someone who can be asked to call something and gives back numbers.

    student.call("positional_encoding", 7, 5)                 a function's value
    model = student.module("RNN", vocab_size=9, emb_size=5)   an object that stays in the room
    model.randomise(draw); model(ids)                         its parameters set by us, then its output
    student.must_agree()                                      the last output is that of an accepted answer

Every exchange is kept. The same requests can then be put to the reference answer, to other right answers and to the
known mistakes, which is how a value is judged and how a mistake gets its name.

A check asks in the contract's terms, and exchanges are kept in them. `send` is the one place where a request is put into
the student's own terms, as `grader.matching` found them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, TypeVar

import torch
from torch import Tensor

from grader.checks import properties, slopes
from grader.checks.compare import distance, pairs, show
from grader.checks.compare import same as same
from grader.checks.draw import Draw
from grader.checks.rehearsal import Rehearsal
from grader.errors import Failure, GraderError, ReplyRefused, UnlikeAnyAnswer
from grader.matching import CallConvention, Match, Matching, Unresolved
from grader.matching.call_convention import arranged, read_form
from grader.matching.match import picked, translated
from grader.model import Fault, Reply, Text
from grader.sandbox import Branch
from grader.sandbox.guest.codec import Handle
from grader.sandbox.payload import text_of

View = Callable[[Any], Any]
Desk = Callable[[Any], Any]
D = TypeVar("D", bound=Desk)
MOST_PARAMETERS, LONGEST_NAME = 5_000, 300  # a BERT of 12 layers has 199, the longest name 52 letters
TOO_MANY_WAYS = Text(
    en="The parameters of this model can be matched with ours in more ways than were tried, and none of those gives your "
    "values, so a person looks.",
    ja="このモデルのパラメータと模範解答のパラメータの対応のさせ方が多すぎて、すべては試せませんでした。試した範囲では値が一致しなかったため、人が確認します。",
)


KEEP = "def make(value):\n    return value\n"


def is_kept(value: Any) -> bool:
    """Whether an argument is of a kind that can be changed in place."""
    return isinstance(value, Tensor | list)


class CallFailed(GraderError):
    """The student's code raised, or what was asked for is not there; `fault` says which."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"{fault.type}: {fault.message}")
        self.fault = fault


class Unmatched(GraderError):
    """The student's parameters are not those of any answer we know: a person has to look. reason: what to tell them."""

    def __init__(self, message: str, reason: Text | None = None) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True)
class Exchange:
    """A request and what came back: a canonical value, or the sentence or exception instead of one.

    settled: it makes no difference which of the parameters of one shape is which, so one matching is as good as all.
    raw: what came, where the sentence says why it has no canonical form.
    """

    request: dict[str, Any]
    value: Any = None
    refused: str | None = None
    view: View | None = None
    weights: dict[str, Tensor] = field(default_factory=dict)
    settled: bool = False
    raw: Any = None
    kinds: dict[str, str] = field(default_factory=dict)  # of what was built: the module that owns each parameter
    rehearsal: Rehearsal | None = (
        None  # the same question with other parameters, of what was compared with right answers
    )
    desk: Callable[[], Desk] | None = None  # of what was lent: makes what answers its questions, for each who is asked


class Answers(Protocol):
    """Where right answers to a list of exchanges come from."""

    limited: bool  # whether the last search for a matching of parameters ended before all were tried

    def accepted(self, exchanges: list[Exchange]) -> Iterator[Any]:
        """For each accepted answer whose parameters fit: its value in the last exchange, in float64."""
        ...


class Student:
    """Asks in the name of one check. `section`: the exercise whose definitions are meant.

    matching: what the student calls things; without it, everything has to go by the contract's names.
    """

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
        self.sent: tuple[dict[str, Any], View | None] = ({}, None)  # the last message, as it was before it was restated
        self.forms: dict[int, tuple[CallConvention, dict[str, Tensor]]] = {}  # of kept modules, with their parameters
        self.desks: dict[int, Desk] = {}

    # -- asking -------------------------------------------------------------------------------

    def call(self, name: str, *args: Any, view: View | None = None, **kwargs: Any) -> Any:
        """The value of `name(*args, **kwargs)`, passed through `view` (which may raise `Failure`)."""
        return self.ask(request("call", self, name, args, kwargs), view).value

    def call_and_inputs(self, name: str, *args: Any, view: View | None = None) -> tuple[Any, tuple[Any, ...]]:
        """As `call`, and the arguments as they were afterwards, to see whether one was changed in place."""
        return self.ask_and_inputs(name, args, view)

    def ask_and_inputs(
        self, target: str | Handle, args: tuple[Any, ...], view: View | None
    ) -> tuple[Any, tuple[Any, ...]]:
        """As `call_and_inputs`, of a name or of what is kept in the room.

        Where it is asked in the contract's terms, the same is asked once more with arguments that lie in the room already,
        and these are fetched: what a reply says of its own arguments is easily made up.
        """
        form = self.forms.get(target.number) if isinstance(target, Handle) else self.matching.match(target)
        kept = (
            {} if form is not None else {n: self.lend(KEEP, arg).handle for n, arg in enumerate(args) if is_kept(arg)}
        )
        exchange, reply = self.exchange(request("call", self, target, args, {}, echo=True), view)
        told = reply.extras.get("inputs")
        after = list(told) if isinstance(told, list | tuple) else []
        if (
            kept
            and self.send(
                request("call", self, target, tuple(kept.get(n, arg) for n, arg in enumerate(args)), {})
            ).fault
            is None
        ):
            for n, handle in kept.items():
                method = "clone" if isinstance(args[n], Tensor) else "copy"
                found = self.send(request("call", self, handle, (), {}, method=method)).value
                if n < len(after) and not same(found, args[n], 0.0, 0.0):
                    after[n] = found
        return exchange.value, tuple(after)

    def module(self, name: str, *args: Any, **kwargs: Any) -> Module:
        """Build the class (or call the function) `name` and keep the result in the room."""
        described = self.describe(name)
        if self.matching.match(name) is None:
            if self.matching.may_look(name) and not fits(described["parameters"], args, kwargs):
                raise Unresolved(name)
            args, kwargs = bind(described["parameters"], args, kwargs)
        return self.build(request("call", self, name, args, kwargs, keep=True))

    def lend(self, payload: Callable[..., Any] | str, *args: Any) -> Module:
        """`payload(*args)`, a fake of ours for the student's code to use.

        payload: a function or class of a payload's module, see `grader.sandbox.payload`; or a text that defines `make`.
        """
        return self.build(request("define", self, "lent", args, {}, source=text_of(payload)))

    def lend_asking(self, make: Callable[[], D], payload: Callable[..., Any] | str, *args: Any) -> tuple[Module, D]:
        """As `lend`, for an object that has a name `ask`: what it asks is answered here, by what `make` gives.

        So what it must not know beforehand, and what it was asked, never lie in the room.
        """
        number, answers = len(self.desks), make()
        self.desks[number] = answers
        lent = self.build(request("define", self, "lent", args, {}, source=text_of(payload), desk=number))
        self.exchanges[-1] = replace(self.exchanges[-1], desk=make)
        return lent, answers

    def build(self, message: dict[str, Any]) -> Module:
        exchange, reply = self.exchange(message)
        handle, weights = reply.extras.get("handle"), reply.extras.get("weights")
        if not isinstance(handle, Handle) or not isinstance(weights, dict):
            raise ReplyRefused("the room did not say what it built")
        if not all(isinstance(k, str) and isinstance(v, Tensor) for k, v in weights.items()):
            raise ReplyRefused("the parameters of the module are not tensors")
        if len(weights) > MOST_PARAMETERS or any(len(name) > LONGEST_NAME for name in weights):
            raise ReplyRefused("the module has more parameters, or longer names, than anybody could match")
        self.exchanges[-1] = Exchange(exchange.request, weights=weights, kinds=kinds_in(reply.extras.get("kinds")))
        return Module(self, handle, weights)

    def value(self, name: str, view: View | None = None) -> Any:
        """What the variable `name` holds at the end of the section."""
        return self.ask({"op": "get", "section": self.section, "target": name}, view).value

    def describe(self, name: str) -> dict[str, Any]:
        """`{"kind": class|function|value, "parameters": [[name, kind, has default]], "own": bool}`.

        Of what was matched, the parameters are the contract's, as far as the student's code takes them.
        """
        match = self.matching.match(name)
        reply = self.send({"op": "describe", "section": self.section, "target": name})
        if reply.fault is not None:
            raise CallFailed(reply.fault)
        if not isinstance(reply.value, dict) or not isinstance(reply.value.get("parameters"), list):
            raise ReplyRefused("the room did not describe what was asked for")
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
        """What the student has under this name of the contract, where it goes by another or takes other arguments."""
        return self.matching.match(name)

    def limitations(self, name: str) -> frozenset[str]:
        """What the form of the student's own `name` cannot do, or does by itself: "self", "causal", "no mask"."""
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

    @property
    def promised(self) -> bool:
        """Whether the section is our own notebook's, where the contract was read; else what it asks beyond the topic is advice."""
        return self.matching.handed_out or not self.matching.active

    def adopt(self, module: Module, own: str) -> CallConvention:
        """Give `forward` from now on whatever else it wants (h_0, lengths, a batch object), in its own form."""
        match = self.matching.match(own)
        form = match.form if match is not None and not match.form.plain else self.form_of(module, own)
        if not form.plain:
            self.forms[module.handle.number] = (form, module.weights)
        return form

    def form(self, module: Module) -> CallConvention:
        """In which form a module is asked, since it was adopted."""
        return self.forms[module.handle.number][0] if module.handle.number in self.forms else CallConvention()

    def form_of(self, module: Module, own: str) -> CallConvention:
        reply = self.branch.ask(
            {"op": "describe", "section": self.section, "target": module.handle, "method": "forward"}
        )
        found = reply.value.get("parameters") if isinstance(reply.value, dict) else None
        match = self.matching.match(own)
        name = match.own if match is not None else own
        return read_form(self.matching.written, name, self.section, found if isinstance(found, list) else [])

    def ask(self, message: dict[str, Any], view: View | None = None) -> Exchange:
        return self.exchange(message, view)[0]

    def exchange(self, message: dict[str, Any], view: View | None = None) -> tuple[Exchange, Reply]:
        """Send one request and keep what came of it. Raises CallFailed, or the `Failure` of the view."""
        self.sent = (message, view)
        reply = self.send(message)
        if reply.fault is not None:
            self.exchanges.append(Exchange(message, refused=crash(reply.fault), view=view))
            raise CallFailed(reply.fault)
        try:
            value = view(reply.value) if view else reply.value
        except Failure as failure:
            self.exchanges.append(Exchange(message, refused=failure.rationale.en, view=view, raw=reply.value))
            if isinstance(reply.value, dict) and list(reply.value) == ["unread"]:  # ours: see `matching.rerun`
                raise CallFailed(Fault("Unread", str(reply.value["unread"]))) from None
            raise
        self.exchanges.append(Exchange(message, value, view=view))
        return self.exchanges[-1], reply

    def send(self, message: dict[str, Any]) -> Reply:
        """The room's reply to a request, which goes to it in the student's terms. Raises Unresolved."""
        target = message["target"]
        message = {**message, "desks": self.desks} if self.desks else message
        if isinstance(target, Handle):
            form = self.forms.get(target.number)
            plain_call = form is None or message["op"] != "call" or message.get("method")
            return self.branch.ask(message) if form is None or plain_call else self.in_form(message, *form)
        match = self.matching.match(target)
        if match is None:
            if self.matching.must_look(target):
                raise Unresolved(target)
            reply = self.branch.ask(message)
            if reply.fault is not None and self.matching.doubts(target, reply.fault):
                raise Unresolved(target)
            return reply
        reply = self.branch.ask(translated(match, message))
        return replace(reply, value=picked(match, reply.value)) if match.picks_dict else reply

    def in_form(self, message: dict[str, Any], form: CallConvention, weights: dict[str, Tensor]) -> Reply:
        """Ask a module in the form that its `forward` wants; one title after the other where that is what it takes."""
        if not form.single:
            return self.branch.ask({**message, "args": arranged(form, message["args"], weights)})
        rows: list[Tensor] = []
        for title in message["args"][0]:
            reply = self.branch.ask({**message, "args": (title,)})
            value = reply.value[0] if isinstance(reply.value, list | tuple) and reply.value else reply.value
            if reply.fault is not None or not isinstance(value, Tensor):
                return reply
            rows.append(value.reshape(1, -1) if value.dim() == 1 else value)
        if len({row.shape for row in rows}) != 1:
            return Reply(rows)
        return Reply(torch.cat(rows))

    # -- judging ------------------------------------------------------------------------------

    def expected(self) -> list[Any]:
        """What each accepted answer gives in the last exchange. Raises Unmatched when the parameters fit none."""
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
        actual, known = self.exchanges[-1].value, []
        for expected in self.known():
            if same(actual, expected, rtol, atol):
                return
            known.append(expected)
        nearest = min(known, key=lambda expected: distance(actual, expected))
        try:
            for part, wanted in pairs(actual, nearest):
                properties.equal(part, wanted, what, rtol, atol, help)
        except Failure as failure:
            raise UnlikeAnyAnswer(failure.rationale, failure.help, failure.evidence, failure.misconception) from None
        raise UnlikeAnyAnswer(
            Text(
                en=f"{properties.sentence(what.en)} is {show(actual)} and should be {show(nearest)}.",
                ja=f"{what.ja}は {show(nearest)} のはずですが、{show(actual)} でした。",
            ),
            help,
        )


class Module:
    """An object that stays in the student's room; `weights` are its parameters as it was built."""

    def __init__(self, student: Student, handle: Handle, weights: dict[str, Tensor]) -> None:
        self.student = student
        self.handle = handle
        self.weights = weights

    def __call__(self, *args: Any, view: View | None = None, **kwargs: Any) -> Any:
        return self.student.ask(request("call", self.student, self.handle, args, kwargs), view).value

    def method(self, name: str, *args: Any, view: View | None = None) -> Any:
        return self.student.ask(request("call", self.student, self.handle, args, {}, method=name), view).value

    def load(self, weights: dict[str, Tensor]) -> None:
        """Set parameters by name."""
        self.student.ask(request("load", self.student, self.handle, (), {}, weights=weights))
        self.weights = {**self.weights, **weights}

    def randomise(self, draw: Draw) -> Module:
        """Give every parameter a drawn value, so that nothing is zero or one by initialisation."""
        self.load(draw.weights({name: tuple(w.shape) for name, w in self.weights.items()}))
        return self

    def train(self, training: bool = True) -> Module:
        self.student.ask(request("mode", self.student, self.handle, (), {}, training=training))
        return self

    def eval(self) -> Module:
        return self.train(False)

    def is_training(self) -> bool:
        return bool(self.student.ask(request("mode", self.student, self.handle, (), {})).value)

    def current(self) -> dict[str, Tensor]:
        """The parameters as they are now."""
        weights = self.student.ask(request("weights", self.student, self.handle, (), {})).value
        if not isinstance(weights, dict) or not all(isinstance(w, Tensor) for w in weights.values()):
            raise ReplyRefused("the parameters of the module are not tensors")
        return weights

    def gradients(
        self, *args: Any, cotangents: list[Tensor | None], method: str = "", confirmed: bool = True
    ) -> dict[str, Any]:
        """Gradients of the sum of cotangent * output: `inputs` (a list, None where not asked) and `parameters`.

        confirmed: those of the parameters are the slopes of the outputs. Raises Unmatched.
        """
        extra = {"cotangents": cotangents, "of": self.handle, "method": method}
        found = self.student.exchange(request("call", self.student, self.handle, args, {}, **extra))[1]
        gradients = found.extras.get("gradients")
        if not isinstance(gradients, dict):
            raise ReplyRefused("the room did not give the gradients it was asked for")
        if confirmed:
            asked = request("call", self.student, self.handle, args, {}, method=method)
            self.confirm(gradients.get("parameters"), asked, cotangents)
        return gradients

    def confirm(self, gradients: Any, asked: dict[str, Any], cotangents: list[Tensor | None]) -> None:
        """See that what was reported for the parameters are the slopes of what `asked` gives. Raises Unmatched."""

        def value_at(weights: dict[str, Tensor]) -> Any:
            self.student.send(request("load", self.student, self.handle, (), {}, weights=weights))
            return self.student.send(asked).value

        found = slopes.claimed(gradients)
        if found and not slopes.are_slopes(found, self.weights, value_at, cotangents):
            raise Unmatched("the gradients are not the slopes", slopes.NOT_ITS_SLOPE)
        value_at({name: self.weights[name] for name in found if name in self.weights})


def kinds_in(value: Any) -> dict[str, str]:
    """What the room says of the kinds of its modules, where that can be read: it orders a search and decides nothing."""
    if not isinstance(value, dict):
        return {}
    return {str(name)[:200]: str(kind)[:80] for name, kind in value.items()}


def request(
    op: str, student: Student, target: str | Handle, args: tuple[Any, ...], kwargs: dict[str, Any], **extra: Any
) -> dict[str, Any]:
    return {
        "op": op,
        "section": student.section,
        "target": target,
        "args": tuple(map(lower, args)),
        "kwargs": {name: lower(value) for name, value in kwargs.items()},
        "seed": student.seed,
        **extra,
    }


def crash(fault: Fault) -> str:
    """What makes two crashes the same: not the type alone, for half of all mistakes end in some RuntimeError."""
    return f"{fault.type}: {fault.message}"


def lower(value: Any) -> Any:
    """Modules become their handles before they cross the wall."""
    if isinstance(value, Module):
        return value.handle
    if isinstance(value, list | tuple):
        return type(value)(lower(item) for item in value)
    return value


def fits(parameters: list[Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Whether a signature takes these arguments by the contract's names, and asks for no others."""
    rows = [p for p in parameters if isinstance(p, list | tuple) and len(p) >= 3]
    if any(p[1] == "VAR_KEYWORD" for p in rows) or any(p[1] == "VAR_POSITIONAL" for p in rows):
        return True
    names = [p[0] for p in rows]
    required = {p[0] for p in rows[len(args) :] if not p[2]}
    return set(kwargs) <= set(names) and required <= set(kwargs) and len(args) <= len(names)


def bind(
    parameters: list[Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """By name where the student's signature has all the names of the contract, else in the contract's order."""
    names = {p[0] for p in parameters} - {"self"}
    open_ended = any(p[1] == "VAR_KEYWORD" for p in parameters)
    if open_ended or set(kwargs) <= names:
        return args, kwargs
    return (*args, *kwargs.values()), {}
