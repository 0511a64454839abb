"""Words for people, in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["ja", "en"]


@dataclass(frozen=True, slots=True)
class Text:
    """Words for a person, in both languages."""

    en: str
    ja: str

    def in_(self, language: Language) -> str:
        return self.ja if language == "ja" else self.en
