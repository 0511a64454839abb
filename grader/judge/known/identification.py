"""The match of a student's parameters with ours, told by the outputs that each of them moves.

See `grader.judge.known.parameters.behaviour`. An answer that gives other values than the student's model when all
parameters of a shape are equal is another function, whatever the matching. Where the values are the same, each
parameter is moved alone, in the student's model and in ours, and those that move the output alike belong together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice, product
from typing import Any

import torch
from torch import Tensor

from grader.checks.exchange import Exchange
from grader.checks.rehearsal import Rehearsal
from grader.judge.known.attempts import (
    NOTHING,
    KeptModule,
    Layouts,
    LeftOut,
    MatchingChoice,
    Replay,
    numbers_in,
    to_double,
    ways_of,
)
from grader.judge.known.parameters import Assignments, Recipe, behaviour
from grader.judge.known.parameters.names import layer_of
from grader.judge.known.parameters.readings import Step, count_readings
from grader.lessons import source
from grader.sandbox.guest.codec import Handle

MOST = 16  # matchings of parameters that move the output alike
NEAR = 1e-2  # of the largest value: a matching is tried on the exchanges afterwards, so this only has to miss nothing
STILL = 1e-4  # of the largest value: rounding in float32 moves this much


@dataclass(frozen=True)
class IdentifiedParameters:
    """ways: the matchings that behaviour leaves. sure: whether a matching that is none of these can be excluded.

    far: how far the answer is from the student's when all parameters of a shape are equal.
    """

    ways: tuple[MatchingChoice, ...] = ()
    sure: bool = True
    far: float = float("inf")


UNSURE = IdentifiedParameters(sure=False)


class LevelReplay(Replay):
    """A pass in which every parameter that the check set is on its level instead."""

    def __init__(self, scope: dict[str, Any], exchanges: list[Exchange], left_out: LeftOut) -> None:
        super().__init__(scope, True, MatchingChoice(left_out=left_out))
        self.loaded: dict[
            int, dict[str, Tensor]
        ] = {}  # of the modules that the check set: the student's parameters as they were built
        with source.default_dtype(torch.float64):
            self.answered = self.run(exchanges)

    def parameters(self, number: int, loaded: dict[str, Tensor]) -> dict[str, Tensor] | None:
        built = self.built.get(number)
        if built is None or built.lent:
            return super().parameters(number, loaded)
        self.loaded[number] = self.way.without(built.students.weights, built.own)
        return level_parameters(built)

    def stir(self, number: int, name: str, last: Exchange) -> Any:
        """The last value with one parameter moved."""
        own = self.built[number].own
        load = {**last.request, "op": "load", "target": Handle(number), "args": (), "kwargs": {}, "section": None}
        with source.default_dtype(torch.float64):
            self.ask(to_double({**load, "weights": {name: behaviour.stir_parameter(own[name])}}))
            value = self.put(last, to_double({**last.request, "section": None})).value
            self.ask(to_double({**load, "weights": {name: behaviour.level_value(name, own[name])}}))
        return value


def level_parameters(built: KeptModule) -> dict[str, Tensor]:
    return {name: behaviour.level_value(name, tensor) for name, tensor in built.own.items()}


def identify_parameters(
    scope: dict[str, Any] | None, exchanges: list[Exchange], left_out: LeftOut = NOTHING
) -> IdentifiedParameters:
    """The matchings of the student's parameters to those of an answer that their effects leave."""
    rehearsal = exchanges[-1].rehearsal
    if scope is None:
        return IdentifiedParameters()
    if rehearsal is None:
        return UNSURE
    replay = LevelReplay(scope, exchanges, left_out)
    if replay.answered is None or not replay.loaded:
        return IdentifiedParameters()
    found = {number: ways_of(replay.built[number], students) for number, students in replay.loaded.items()}
    if not all(found.values()):
        return IdentifiedParameters()
    return identify_among(replay, found, rehearsal, exchanges[-1])


def find_inert(exchanges: list[Exchange], known: LeftOut) -> tuple[LeftOut, LeftOut]:
    """The student's parameters that move nothing in the last question: those of whole layers, and all of them.

    A layer of which nothing moves is used by nobody. One parameter alone may be in use: all keys of an attention may
    be shifted by one bias, and the softmax does not see it. Of a module that has no part in the last question only
    what is known already counts. What was not asked while the check lasted is taken to move.
    """
    rehearsal, loaded = exchanges[-1].rehearsal, dict[int, dict[str, Tensor]]()
    for exchange in exchanges:
        if exchange.request["op"] == "load":
            loaded.setdefault(exchange.request["target"].number, {}).update(exchange.request["weights"])
    layers, inert = known, known
    for number, weights in loaded.items() if rehearsal else ():
        assert rehearsal is not None
        stirred = {name: behaviour.stir_parameter(weight) for name, weight in weights.items()}
        values = {name: rehearsal.ask((number, name), {number: {name: new}}) for name, new in stirred.items()}
        moving = {name for name, value in values.items() if value is None or moves(value, exchanges[-1].value)}
        names = tuple(rehearsal.before.get(number, ()))
        if moving and names:
            in_use = {layer_of(name) for name in moving}
            inert |= {(names, name) for name in weights.keys() - moving}
            layers |= {(names, name) for name in weights if layer_of(name) not in in_use}
    return layers, inert


def moves(value: Any, start: Any) -> bool:
    return not moves_nothing(flatten_numbers(value), flatten_numbers(start))


def identify_among(
    replay: LevelReplay, found: dict[int, Assignments], rehearsal: Rehearsal, last: Exchange
) -> IdentifiedParameters:
    assert replay.answered is not None
    ways, sure, far = list[MatchingChoice](), True, float("inf")
    fillings = [fill_levels(rehearsal, number, replay.loaded[number], ways) for number, ways in found.items()]
    for chosen in islice(product(*fillings), behaviour.FILLINGS):
        asked = LevelledModel(rehearsal, dict(zip(found, chosen, strict=True)))
        theirs = asked.level()
        if theirs is None:
            return UNSURE
        far = min(far, largest_difference(flatten_numbers(theirs), flatten_numbers(replay.answered[-1].value)))
        if not is_near(flatten_numbers(theirs), flatten_numbers(replay.answered[-1].value)):
            continue
        told, whole = match_by_effect(replay, found, asked, last)
        ways, sure = [*ways, *told], sure and whole
    return IdentifiedParameters(tuple(ways), sure, far)


def fill_levels(
    rehearsal: Rehearsal, number: int, students: dict[str, Tensor], ways: Assignments
) -> list[behaviour.LevelledParameters]:
    """The fillings of one module, worked out once for answers of one layout."""
    key = number, *((name, tensor.shape) for name, tensor in ways.target.items())
    if key not in rehearsal.kept:
        rehearsal.kept[key] = list(behaviour.find_fillings(students, ways))
    found: list[behaviour.LevelledParameters] = rehearsal.kept[key]
    return found


@dataclass
class LevelledModel:
    """The student's model on its level, and with one parameter of it stirred."""

    rehearsal: Rehearsal
    filled: dict[int, behaviour.LevelledParameters]

    def level(self) -> Any:
        """Its value on the level.

        Each parameter is stirred at once: later, when a mistake is looked for, nobody answers.
        """
        value = self.ask()
        for number, filling in self.filled.items() if value is not None and self.rehearsal.open else ():
            for name in filling.stirred:
                self.ask(number, name)
        return value

    def ask(self, number: int = 0, name: str = "") -> Any:
        """The value on the level, or with one parameter stirred."""
        parts = {key: filling.level for key, filling in self.filled.items()}
        if name:
            parts[number] = {**parts[number], **self.filled[number].stirred[name]}
        key = (*((key, filling.mark) for key, filling in self.filled.items()), number, name)
        return self.rehearsal.ask(key, parts)


@dataclass
class ParameterTable:
    """Which of the student's parameters may be which of the answer's own, in one module."""

    fits: dict[str, list[str]] = field(default_factory=dict)  # own -> the student's, nearest first
    still: dict[str, bool] = field(default_factory=dict)  # whether own moves nothing


def match_by_effect(
    replay: LevelReplay, found: dict[int, Assignments], asked: LevelledModel, last: Exchange
) -> tuple[list[MatchingChoice], bool]:
    assert replay.answered is not None
    start, options, sure = flatten_numbers(replay.answered[-1].value), [], True
    for number, ways in found.items():
        theirs = {name: flatten_numbers(asked.ask(number, name)) for name in asked.filled[number].stirred}
        ours = {name: flatten_numbers(replay.stir(number, name, last)) for name in ways.target}
        table = compare_effects(ours, theirs, start, ways)
        recipes = list(
            islice(complete_recipes(table, list(ways.target), ways, asked.filled[number].recipe, {}), MOST + 1)
        )
        sure = sure and len(recipes) <= MOST
        key: Layouts = (tuple(replay.loaded[number]), tuple(ways.target))
        options.append([(key, recipe) for recipe in recipes[:MOST]])
    left_out = replay.way.left_out
    return [MatchingChoice(told=dict(chosen), left_out=left_out) for chosen in islice(product(*options), MOST)], sure


def compare_effects(
    ours: dict[str, Tensor], theirs: dict[str, Tensor], start: Tensor, ways: Assignments
) -> ParameterTable:
    table, scale = ParameterTable(), float(start.abs().max()) if start.numel() else 0.0
    for name, moved in ours.items():
        allowed = 2 * NEAR * largest_difference(moved, start) + STILL * (1 + scale)
        table.still[name] = moves_nothing(moved, start)
        apart = {
            other: largest_difference(moved, value)
            for other, value in theirs.items()
            if count_readings(ways.source[other].shape, ways.target[name].shape)
        }
        table.fits[name] = sorted((o for o, d in apart.items() if d <= allowed), key=lambda o: apart[o])
    return table


def complete_recipes(
    table: ParameterTable, wanted: list[str], ways: Assignments, habits: Recipe, chosen: Recipe
) -> Iterator[Recipe]:
    """The matchings that the table leaves. Of those that move nothing any will do."""
    used = {step[0] for step in chosen.values() if step}
    if not wanted:
        if used == set(ways.source):
            yield from turn_readings(chosen, ways, habits)
        return
    name, rest = wanted[0], wanted[1:]
    free = [other for other in table.fits[name] if other not in used]
    if not free and ways.target[name].dim() != 1:
        return
    steps: list[Step | None] = [(other, 0) for other in (free[:1] if table.still[name] else free)]
    for step in steps or [None]:
        yield from complete_recipes(table, rest, ways, habits, {**chosen, name: step})


def turn_readings(chosen: Recipe, ways: Assignments, habits: Recipe) -> Iterator[Recipe]:
    """The readings: those of the habits, and of square matrices that may be meant transposed both, which a level cannot tell apart."""
    known = {kind_of(ways, name, step): step[1] for name, step in habits.items() if step is not None}
    read: Recipe = {name: step and (step[0], known.get(kind_of(ways, name, step), 0)) for name, step in chosen.items()}
    yield read
    squares = {
        name for name, step in read.items() if step and step[0] in ways.turning and is_square(ways.source[step[0]])
    }
    if squares:
        yield {name: (step[0], 1 - step[1]) if step and name in squares else step for name, step in read.items()}


def kind_of(ways: Assignments, name: str, step: tuple[str, int]) -> tuple[Any, ...]:
    return ways.source[step[0]].shape, ways.target[name].shape, step[0] in ways.turning


def is_square(tensor: Tensor) -> bool:
    return tensor.dim() == 2 and tensor.shape[0] == tensor.shape[1]


# --- values as rows of numbers -----------------------------------------------------------------


def flatten_numbers(value: Any) -> Tensor:
    """Every number in a value, in a row; infinite ones become large."""
    numbers = list(numbers_in(value))
    row = torch.cat(numbers) if numbers else torch.zeros(0, dtype=torch.float64)
    return row.nan_to_num(nan=1e6, posinf=1e6, neginf=-1e6)


def largest_difference(one: Tensor, other: Tensor) -> float:
    """The largest difference; infinite where there are more numbers on one side."""
    if one.shape != other.shape:
        return float("inf")
    return float((one - other).abs().max()) if one.numel() else 0.0


def moves_nothing(moved: Tensor, start: Tensor) -> bool:
    return largest_difference(moved, start) <= STILL * (1 + float(start.abs().max() if start.numel() else 0.0))


def is_near(one: Tensor, other: Tensor) -> bool:
    return largest_difference(one, other) <= NEAR * (1 + float(other.abs().max() if other.numel() else 0.0))
