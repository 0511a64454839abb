"""Words for people, in both languages."""

from __future__ import annotations

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
