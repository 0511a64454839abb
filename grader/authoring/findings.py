"""What is found when a lesson is put to its demands."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from grader.model import Text


@dataclass(frozen=True)
class Fault:
    """Something that does not hold. mends: whether the lesson may not be used before; else it is advice."""

    file: Path
    line: int
    text: Text
    mends: bool = True


@dataclass(frozen=True)
class Demand:
    """What was asked of a lesson or an exercise, and what was found. asked: what holds where there is no fault."""

    where: str
    asked: Text
    faults: tuple[Fault, ...]


class Found(NamedTuple):
    """A fault of the part of an exercise that has this name. mends: as in Fault."""

    name: str
    text: Text
    mends: bool = True


def by_luck(fault: Text, times: int, draws: int) -> Text:
    return Text(
        en=f"with {times} of {draws} draws of the inputs {fault.en} With the others all is well, so what a student gets would hang on luck: draw "
        "inputs with which it shows every time.",
        ja=f"入力を {draws} 回引いたうち {times} 回で: {fault.ja}ほかの回は問題がないので、学習者への結果が運に左右されます。毎回必ず現れる入力を引くようにしてください。",
    )
