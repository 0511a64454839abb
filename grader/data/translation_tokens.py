"""Sentences into tokens, tokens into numbers, and back.

English goes by lower-case words, Japanese by characters: neither needs a package. Japanese words are there for who has
lindera (`pip install lindera-python-ipadic`) or fugashi (`pip install fugashi unidic-lite`).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Final

from grader.errors import DataError

Tokenizer = Callable[[str], list[str]]

_WORD: Final = re.compile(r"[^\W_]+(?:['-][^\W_]+)*|[^\w\s]")
_INSTALL: Final = {"lindera": "lindera-python-ipadic", "fugashi": "fugashi unidic-lite"}


def words(text: str) -> list[str]:
    """Lower-case English words; each punctuation mark is a token: "Don't go." -> ["don't", "go", "."]."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).replace("\u2019", "'").lower())


def characters(text: str) -> list[str]:
    """The characters without white space: "本を 読む。" -> ["本", "を", "読", "む", "。"]."""
    return [character for character in text if not character.isspace()]


def japanese_words(text: str, tool: str = "lindera") -> list[str]:
    """The words of a Japanese text, cut by lindera or fugashi.

    Raises DataError when the tool is another one or is not installed.
    """
    if tool not in _INSTALL:
        raise DataError(
            f"There is no tokenizer {tool!r}; choose one of {', '.join(_INSTALL)}, or use characters().",
            ja=f"トークナイザー {tool!r} はありません。{'、'.join(_INSTALL)} から選ぶか、characters() を使ってください。",
        )
    return [word for word in _cutter(tool)(text) if not word.isspace()]


@cache
def _cutter(tool: str) -> Tokenizer:
    """The tool's own tokenizer, loaded once: its dictionary takes a moment."""
    if find_spec(tool) is None:
        raise DataError(
            f"The Japanese tokenizer {tool} is not installed; run `pip install {_INSTALL[tool]}`, or use characters().",
            ja=f"トークナイザー {tool} がありません。`pip install {_INSTALL[tool]}` で入れるか、characters() を使ってください。",
        )
    module = import_module(tool)
    if tool == "lindera":
        tokenizer = module.Tokenizer(module.load_dictionary("embedded://ipadic"))
        return lambda text: [str(token.surface) for token in tokenizer.tokenize(text)]
    try:
        tagger = module.Tagger()
    except RuntimeError as error:  # fugashi is there, its dictionary is not
        raise DataError(
            "fugashi finds no dictionary; run `pip install unidic-lite`, or use characters().",
            ja="fugashi の辞書が見つかりません。`pip install unidic-lite` で入れるか、characters() を使ってください。",
        ) from error
    return lambda text: [str(token.surface) for token in tagger(text)]


class Vocabulary:
    """Tokens and their numbers. 0 to 3 are `<pad>`, `<bos>`, `<eos>`, `<unk>`; the others follow by frequency."""

    pad, bos, eos, unk = 0, 1, 2, 3
    SPECIAL: Final = ("<pad>", "<bos>", "<eos>", "<unk>")

    def __init__(self, sentences: Iterable[Sequence[str]], at_least: int = 1) -> None:
        """Number the tokens that occur `at_least` times in the (training) sentences; ties by the order of the text."""
        counts = Counter(token for sentence in sentences for token in sentence)
        known = (token for token, count in counts.most_common() if count >= at_least)
        self.tokens: tuple[str, ...] = (*self.SPECIAL, *(token for token in known if token not in self.SPECIAL))
        self._ids = {token: number for number, token in enumerate(self.tokens)}

    def __len__(self) -> int:
        return len(self.tokens)

    def __contains__(self, token: str) -> bool:
        return token in self._ids

    def encode(self, tokens: Iterable[str], bos: bool = False, eos: bool = True) -> list[int]:
        """The numbers of the tokens, unknown ones as 3, with the start and end marks asked for."""
        ids = [self._ids.get(token, self.unk) for token in tokens]
        return [self.bos] * bos + ids + [self.eos] * eos

    def decode(self, ids: Iterable[int]) -> list[str]:
        """The tokens up to the first end mark, without padding and start marks. Raises IndexError beyond the size."""
        tokens: list[str] = []
        for number in map(int, ids):
            if number == self.eos:
                break
            if not 0 <= number < len(self.tokens):
                raise IndexError(f"token {number} is outside a vocabulary of {len(self.tokens)}")
            if number not in (self.pad, self.bos):
                tokens.append(self.tokens[number])
        return tokens
