"""Japanese text for the lessons on language models, and small data for BERT's heads.

    from grader.data import language
    corpus = language.text()                         # 300,000 characters of our own, the same on every machine
    corpus = language.text("neko.txt", aozora=True)  # any text file; UTF-8, UTF-16 or cp932
    language.passages(), language.tagged(), language.sentence_pairs(), language.opinions()

The embedded text is one short story a line (see `language_scenes` and its neighbours for what they are made of).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Final

from grader.data.language_echoes import ECHOES
from grader.data.language_file import read, strip_aozora
from grader.data.language_grammar import pick, tell
from grader.data.language_lists import LISTS
from grader.data.language_scenes import SCENES
from grader.data.language_tales import TALES
from grader.data.language_tasks import (
    TAGS,
    Opinion,
    Passage,
    SentencePair,
    Split,
    Tagged,
    opinions,
    passages,
    sentence_pairs,
    tagged,
)
from grader.data.language_words import RULES
from grader.errors import DataError

__all__ = [
    "TAGS",
    "Corpus",
    "Opinion",
    "Passage",
    "SentencePair",
    "Split",
    "Tagged",
    "opinions",
    "passages",
    "sentence_pairs",
    "tagged",
    "text",
]

CHARACTERS: Final = 300_000
"""How long the embedded text is, to the end of its last story."""

SHORTEST: Final = 1_000
"""A file with fewer characters than this cannot be split in a way that says anything."""

_SEED: Final = 1905
_SCENES: Final = SCENES + TALES + LISTS + ECHOES * 3
# Echoes three times as often: looking back is what a small Transformer learns first and an LSTM of its size never quite does.


@dataclass(frozen=True)
class Corpus:
    """Text for training, choosing and testing, and where it comes from."""

    train: str
    valid: str
    test: str
    source: str


def text(source: str | Path | None = None, *, aozora: bool = False) -> Corpus:
    """The embedded text, or a file's: the first 90 % of its lines for training, then 5 % and 5 %.

    `aozora` takes readings, notes, head and colophon out of a file from Aozora Bunko.
    Raises DataError when the file is missing, in an unknown encoding, or shorter than 1,000 characters.
    """
    if source is None:
        return _split(_stories(), "embedded")
    found = read(source)
    found = strip_aozora(found) if aozora else found
    lines = tuple(line for line in found.split("\n") if line.strip())
    if sum(map(len, lines)) < SHORTEST:
        raise DataError(
            f"{source} has fewer than {SHORTEST} characters; a language model needs a longer text.",
            ja=f"{source} は {SHORTEST} 文字未満です。言語モデルにはもっと長いテキストが必要です。",
        )
    return _split(lines, str(source))


@cache
def _stories() -> tuple[str, ...]:
    """One telling after the other until there are `CHARACTERS`; no story is told twice."""
    rng = Random(_SEED)
    told: dict[str, None] = {}
    length = 0
    while length < CHARACTERS:
        scene = _SCENES[rng.randrange(len(_SCENES))]
        story = tell([pick(rng, line) for line in scene.lines], RULES, rng).text
        if story not in told:
            told[story] = None
            length += len(story) + 1
    return tuple(told)


def _split(lines: tuple[str, ...], source: str) -> Corpus:
    """Whole lines, cut where 90 % and 95 % of the characters are reached; each part ends with a line end."""
    total, length = sum(len(line) + 1 for line in lines), 0
    parts: tuple[list[str], list[str], list[str]] = ([], [], [])
    for line in lines:
        share = length / total
        parts[0 if share < 0.90 else 1 if share < 0.95 else 2].append(line + "\n")
        length += len(line) + 1
    train, valid, test = ("".join(part) for part in parts)
    if not (valid and test):
        raise DataError(
            f"{source} has too few lines to hold some out; put a sentence on each line.",
            ja=f"{source} は行数が少なすぎて、検証用に取り分けられません。1 行に 1 文ずつ書いてください。",
        )
    return Corpus(train, valid, test, source)
