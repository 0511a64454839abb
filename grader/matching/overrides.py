"""What a person says about names: a file for `--map`.

[knock81]                       the exercise
RNN = "LSTMClassifier"          the contract's name = the student's

[knock81.arguments]
v_size = "vocab_size"           the student's parameter = the contract's
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from grader.errors import UsageError
from grader.matching.roles import ROLES
from grader.model import Exercise
from grader.model.text import nearest


@dataclass(frozen=True, slots=True)
class NameOverrides:
    """For one exercise. names: contract's -> student's. arguments: student's -> contract's."""

    names: dict[str, str] = field(default_factory=dict)
    arguments: dict[str, str] = field(default_factory=dict)


Map = dict[str, NameOverrides]


def read_map(path: Path, exercises: Mapping[str, Exercise]) -> Map:
    """The map in a TOML file. exercises: by id. Raises UsageError with one sentence."""
    try:
        return parse_map(path.read_text(encoding="utf-8-sig"), exercises, path.name)
    except OSError as error:
        raise UsageError(
            f"The map {path} cannot be read: {error.strerror}.", ja=f"対応表 {path} を読めません（{error.strerror}）。"
        ) from None
    except UnicodeDecodeError:
        raise UsageError(
            f"The map {path} is not text in UTF-8.", ja=f"対応表 {path} は UTF-8 のテキストではありません。"
        ) from None


def parse_map(text: str, exercises: Mapping[str, Exercise], where: str = "the map") -> Map:
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(
            f"{where} is not valid TOML: {error}.", ja=f"{where} は TOML として読めません（{error}）。"
        ) from None
    return {exercise: by_hand(exercise, entries, exercises, where) for exercise, entries in tables.items()}


def by_hand(exercise: str, entries: object, exercises: Mapping[str, Exercise], where: str) -> NameOverrides:
    if exercise not in exercises:
        en, ja = nearest(exercise, exercises)
        raise UsageError(
            f"{where}: there is no exercise called {exercise}.{en} There are: {', '.join(exercises)}.",
            ja=f"{where}: {exercise} という演習はありません。{ja}あるのは {', '.join(exercises)} です。",
        )
    if not isinstance(entries, dict):
        raise UsageError(
            f'{where}: {exercise} should be a table, such as [{exercise}] and below it NAME = "their_name".',
            ja=f'{where}: {exercise} は表にしてください。例: [{exercise}] の下に NAME = "their_name"',
        )
    arguments = entries.get("arguments", {})
    names = {name: own for name, own in entries.items() if name != "arguments"}
    for name, own in names.items():
        if name not in exercises[exercise].names:
            asked = ", ".join(exercises[exercise].names)
            raise UsageError(
                f"{where}: {exercise} asks for no {name}. It asks for: {asked}.",
                ja=f"{where}: {exercise} に {name} はありません。あるのは {asked} です。",
            )
        if not isinstance(own, str) or not own.isidentifier():
            raise UsageError(
                f'{where}: {exercise}.{name} should be the name of a class or function, such as "MyRNN".',
                ja=f'{where}: {exercise}.{name} には "MyRNN" のようにクラスか関数の名前を書いてください。',
            )
    if not isinstance(arguments, dict):
        raise UsageError(
            f'{where}: [{exercise}.arguments] should hold lines such as v_size = "vocab_size".',
            ja=f'{where}: [{exercise}.arguments] には v_size = "vocab_size" のような行を書いてください。',
        )
    known = roles_of(exercises[exercise])
    for parameter, role in arguments.items():
        if role not in known:
            raise UsageError(
                f"{where}: {exercise} has no argument called {role}. It has: {', '.join(known)}.",
                ja=f"{where}: {exercise} に {role} という引数はありません。あるのは {', '.join(known)} です。",
            )
        if not parameter.isidentifier():
            raise UsageError(
                f"{where}: {parameter} in [{exercise}.arguments] is not the name of a parameter.",
                ja=f"{where}: [{exercise}.arguments] の {parameter} は引数の名前ではありません。",
            )
    return NameOverrides(names, arguments)


def roles_of(exercise: Exercise) -> tuple[str, ...]:
    """The arguments that the names of an exercise take; any known one where that is not written down."""
    found = [
        role
        for interface in exercise.interfaces
        if interface.called and interface.exercise == exercise.id
        for role in interface.roles
    ]
    return tuple(dict.fromkeys(found)) or tuple(role.name for role in ROLES)
