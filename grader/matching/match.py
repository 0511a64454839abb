"""Which definition of the student's answers to which name of the contract, and how it is called: values, and the call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from torch import Tensor

from grader.matching.call_convention import PLAIN, CallConvention
from grader.model import Interface, Probe, Text
from grader.sandbox.guest.codec import RemoteExpr
from grader.sandbox.guest.operations import flatten

SizeRule = tuple[str, str, int]  # a role, and the one that it is always so many times as large as; "" for just so many
Values = dict[str, Any]  # what a request hands over, by role
# What a form without this does not hear of. A temperature is none of them: it gets scores that are divided by it.
UNHEARD = {"no mask": "mask", "no segments": "segments", "no top_k": "top_k"}


@dataclass(frozen=True, slots=True)
class Argument:
    """One parameter of the student's. roles: what of the request it is made of, by `value`; none where it is always so.

    sure: its own name says what it is for. also: roles that are used where the request has them.
    """

    name: str
    roles: tuple[str, ...]
    value: Callable[[Values], Any]
    confident: bool = True
    by_place: bool = False
    note: Text | None = None
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """own: the student's name for it; roles: the contract's arguments in order.

    target: what is called where it is not the name itself. stands_in: globals that hold what the contract hands over.
    width: the states' width that the class insists on. lifted: no function of theirs, but statements that stand in none.
    ways: what its form cannot do or does by itself, see `ported`. ties: sizes that it does not take apart.
    proved: a trial went well. sure: it did, or nothing had to be guessed: what then fails is the student's own.
    """

    interface: Interface
    own: str
    roles: tuple[str, ...]
    arguments: tuple[Argument, ...] = ()
    defaults: tuple[tuple[str, Any], ...] = ()
    target: RemoteExpr | None = None
    overrides: tuple[Argument, ...] = ()
    form: CallConvention = PLAIN
    kind: str = "function"
    confident: bool = True
    verified: bool = False
    picks_dict: bool = False
    width: int | None = None
    lifted: bool = False
    limitations: frozenset[str] = frozenset()
    size_rules: tuple[SizeRule, ...] = ()
    notes: tuple[Text, ...] = ()

    @property
    def wanted(self) -> str:
        """The contract's name."""
        return self.interface.name

    @property
    def probe(self) -> Probe:
        return self.interface.probe

    @property
    def callee(self) -> RemoteExpr:
        """What is called: the target, else what has the student's name."""
        return self.target or RemoteExpr(name=self.own)

    @property
    def goes_by_contract(self) -> bool:
        """Whether it asks just what the contract asks, by its name and those of its arguments."""
        masked = "encoder" in self.roles  # elsewhere no contract hands a mask to what takes ids alone
        plain = (self.form if masked else replace(self.form, alone=False)).plain
        own_way = self.target is not None or self.overrides or not plain or self.lifted
        return not own_way and self.own == self.wanted and all(a.roles == (a.name,) for a in self.arguments)

    @property
    def is_loop(self) -> bool:
        """Whether it is a training loop that stands in no function, read by what it shows."""
        return self.lifted and "epochs" in self.roles

    @property
    def accepts(self) -> tuple[str, ...]:
        """The contract's arguments that reach the student's code."""
        return self.reached((*self.arguments, *self.overrides))

    @property
    def surely_accepts(self) -> tuple[str, ...]:
        """Those of them that a name says; the others are what was left over, and may be meant for something else."""
        return self.reached(a for a in (*self.arguments, *self.overrides) if a.confident)

    @property
    def unheard(self) -> frozenset[str]:
        """Those that do not reach it in any way."""
        left = {role for role in self.roles if role not in self.accepts} if self.kind == "function" else set()
        return frozenset(left | {UNHEARD[way] for way in self.limitations & UNHEARD.keys()})

    def reached(self, arguments: Iterable[Argument]) -> tuple[str, ...]:
        found = {role for a in arguments for role in (*a.roles, *a.also)}
        return tuple(role for role in self.roles if role in found)


def given(value: Any) -> Callable[[Values], Any]:
    return lambda _values: value


def here(folders: Sequence[str]) -> tuple[Argument, ...]:
    """The folder in which the grader runs, for globals that nothing in the hand-in sets: f"{main_path}/train.txt"."""
    return tuple(Argument(name, (), given(".")) for name in folders)


def plain(role: str) -> Callable[[Values], Any]:
    return lambda values: values[role]


def translated(match: Match, request: dict[str, Any]) -> dict[str, Any]:
    """A request in the contract's terms, in the student's."""
    if request["op"] != "call":
        return {**request, "target": match.target or match.own}
    values = dict(match.defaults) | values_by_role(match, request)
    placed, named = handed_over(match, values)
    args, kwargs = tuple(a.value(values) for a in placed), {a.name: a.value(values) for a in named}
    overrides = {a.name: a.value(values) for a in match.overrides if all(role in values for role in a.roles)}
    made = {**request, "target": match.target or match.own, "args": args, "kwargs": kwargs}
    return made | ({"globals": overrides} if overrides else {})


def values_by_role(match: Match, request: dict[str, Any]) -> Values:
    return {**dict(zip(match.roles, request["args"], strict=False)), **request["kwargs"]}


def handed_over(match: Match, values: Values) -> tuple[list[Argument], list[Argument]]:
    """The student's parameters that are given a value, by place and by name."""
    given = [a for a in match.arguments if all(role in values for role in a.roles)]
    return [a for a in given if a.by_place], [a for a in given if not a.by_place]


def turned_back(match: Match, request: dict[str, Any], told: dict[str, Any], extras: dict[str, Any]) -> dict[str, Any]:
    """What a reply says of its arguments, in the contract's order: what became of each, and the gradient to it.

        def scaled_dot_product_attention(value, key, query, mask=None)   # told in this order, asked for (q, k, v, mask)

    told: the request as it was translated. What the student's code was handed in another form is as it was, and no gradient is known.
    """
    after, gradients = extras.get("inputs"), extras.get("gradients")
    if after is None and gradients is None:  # nobody asked for them
        return extras
    asked, sent = values_by_role(match, request), [*told["args"], *told["kwargs"].values()]
    placed, named = handed_over(match, dict(match.defaults) | asked)
    roles = [argument.roles[0] if len(argument.roles) == 1 else "" for argument in (*placed, *named)]
    places = {role: n for n, role in enumerate(roles) if role in asked and sent[n] is asked[role]}
    found = dict(extras)
    if isinstance(after, list | tuple) and len(after) == len(sent):
        found["inputs"] = tuple(after[places[role]] if role in places else value for role, value in asked.items())
    if isinstance(gradients, dict) and isinstance(received := gradients.get("inputs"), list):
        leaves = iter(received)
        parts = [list(islice(leaves, len(flatten(value)))) for value in sent]
        turned = [parts[places[role]] if role in places else [None] * len(flatten(v)) for role, v in asked.items()]
        changed = [value for role, value in asked.items() if role in match.accepts and role not in places]
        unknown = any(isinstance(leaf, Tensor) and leaf.requires_grad for leaf in flatten(changed))
        found["gradients"] = {**gradients, "inputs": None if unknown else flatten(turned)}
    return found


def picked(match: Match, value: Any) -> Any:
    """The dict of words among several things that a function returns."""
    if match.picks_dict and isinstance(value, list | tuple):
        return next((part for part in value if is_word_dict(part)), value)
    return value


def is_word_dict(value: Any) -> bool:
    return isinstance(value, dict) and bool(value) and all(isinstance(key, str) for key in value)


def assumed(match: Match, exercise: str) -> tuple[Text, ...]:
    """What was taken for what, for the report."""
    renamed = [a for a in (*match.arguments, *match.overrides) if len(a.roles) == 1 and a.name != a.roles[0]]
    named = [a for a in renamed if a.note is None]
    named = [] if match.lifted and match.own == match.wanted else named  # its own note says what was put where
    pairs = dict.fromkeys((a.name, a.roles[0]) for a in named)
    pairs_en = ", ".join(f"`{name}` as {role}" for name, role in pairs)
    pairs_ja = "、".join(f"`{name}` = {role}" for name, role in pairs)
    whose = Text(
        en=f"graded `{match.own}` as {match.wanted} of {exercise}" + (f", {pairs_en}" if pairs_en else ""),
        ja=f"`{match.own}` を {exercise} の {match.wanted} とみなして採点しました"
        + (f"（{pairs_ja}）" if pairs_ja else ""),
    )
    told = whose if match.own != match.wanted or named else None
    notes = (*match.notes, *(a.note for a in match.arguments if a.note), *said_of_form(match.form))
    return (*([told] if told else []), *notes)


def said_of_form(form: CallConvention) -> tuple[Text, ...]:
    found = []
    if form.single:
        found.append(Text(en="asked one title at a time", ja="題名を 1 件ずつ入力しました"))
    if not form.batch_first:
        found.append(Text(en="ids were given as (T, B)", ja="ID を (T, B) の形で入力しました"))
    if form.one_hot:
        found.append(Text(en="words were given as one-hot vectors", ja="単語を one-hot ベクトルで入力しました"))
    if form.length:
        en = "at least" if form.longer else "exactly"
        ja = f"{form.length} 語以上" if form.longer else f"ちょうど {form.length} 語"
        en = f"We could only ask it about titles of {en} {form.length} words"
        found.append(Text(en=en, ja=f"{ja}の題名でだけ試しました"))
    if form.batch:
        names = ", ".join(f"{name} = {what}" for name, what in form.parts)
        found.append(Text(en=f"`forward` was given a batch ({names})", ja=f"`forward` にバッチを渡しました（{names}）"))
    return tuple(found)
