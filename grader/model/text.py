"""Words for people, in both languages."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Language = Literal["ja", "en"]


@dataclass(frozen=True, slots=True)
class Text:
    """Words for a person, in both languages. Where they are written in one only, the other has the same."""

    en: str = ""
    ja: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "en", self.en or self.ja)
        object.__setattr__(self, "ja", self.ja or self.en)

    def in_(self, language: Language) -> str:
        return self.ja if language == "ja" else self.en


def nearest(name: str, names: Iterable[str]) -> tuple[str, str]:
    """Words for who may have misspelled a name, English and Japanese; empty where no other is near."""
    near = difflib.get_close_matches(name, list(names), 1)
    return (f" Did you mean {near[0]}?", f"{near[0]} のことですか。") if near else ("", "")


def counted(number: int, noun: str) -> str:
    """ "1 student", "2 students"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
