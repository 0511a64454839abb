"""A figure: its name, what it is called and shows in both languages, its size, and the function that draws it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tools.drawing.canvas import Canvas, Language

WIDTH = 760


@dataclass(frozen=True)
class Words:
    en: str
    ja: str

    def in_(self, lang: Language) -> str:
        return self.en if lang == "en" else self.ja


@dataclass(frozen=True)
class Figure:
    """title: its name for a screen reader; shows: what is to be seen, for one who cannot see it."""

    name: str
    title: Words
    shows: Words
    height: float
    draw: Callable[[Canvas], None]

    def svg(self, lang: Language) -> str:
        canvas = Canvas(WIDTH, self.height, lang)
        self.draw(canvas)
        return canvas.svg(self.title.in_(lang), self.shows.in_(lang))
