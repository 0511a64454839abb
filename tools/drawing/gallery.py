"""All figures, and their SVGs by file name."""

from __future__ import annotations

from importlib import import_module

from tools.drawing.canvas import Language
from tools.drawing.figure import Figure

MODULES = (
    "tensors",
    "recurrent",
    "convolution",
    "translation",
    "attention",
    "transformer",
    "encoders",
    "whole",
    "toolbox",
)
LANGUAGES: tuple[Language, ...] = ("en", "ja")


def figures() -> tuple[Figure, ...]:
    return tuple(figure for name in MODULES for figure in import_module(f"tools.drawing.{name}").FIGURES)


def pictures() -> dict[str, str]:
    """ "bottleneck.en.svg" -> SVG, for every figure in both languages."""
    return {f"{figure.name}.{lang}.svg": figure.svg(lang) for figure in figures() for lang in LANGUAGES}
