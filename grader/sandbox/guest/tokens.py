"""spaCy's tokenizer of English where spaCy is not installed: `spacy.blank("en")`, `English()`, and `spacy.load` as far as words go.

What needs a trained model (lemmas, parts of speech, entities, vectors) says that it is not here. The rules are spaCy's usual
ones: blanks separate, punctuation and `n't`, `'s` are words of their own.
"""

from __future__ import annotations

import importlib.util
import re
import sys
import types
from collections.abc import Iterable, Iterator
from typing import Any

NOT_HERE = "spacy is not installed here, and its stand-in only cuts words"
# "don't" -> do n't, "it's" -> it 's, "U.S." and "3.5" and "a-b" -> as spaCy has them, "--" and "..." each one
WORD = re.compile(
    r"(?:[A-Za-z]\.){2,}|\d+(?:[.,:/]\d+)*(?=[A-Za-z%$]|\b)|\w+?(?=n['’]t\b)|n['’]t\b|['’](?:s|re|ve|ll|d|m|S)\b|\.{2,}|-{2,}|\w+|[^\w\s]"
)
STOP_WORDS = frozenset(
    [
        "a",
        "about",
        "after",
        "all",
        "also",
        "an",
        "and",
        "any",
        "are",
        "as",
        "at",
        "be",
        "been",
        "before",
        "but",
        "by",
        "can",
        "could",
        "did",
        "do",
        "does",
        "down",
        "for",
        "from",
        "had",
        "has",
        "have",
        "he",
        "her",
        "him",
        "his",
        "how",
        "i",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "just",
        "me",
        "more",
        "most",
        "my",
        "no",
        "not",
        "now",
        "of",
        "off",
        "on",
        "only",
        "or",
        "our",
        "out",
        "over",
        "re",
        "s",
        "she",
        "so",
        "some",
        "such",
        "than",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "to",
        "too",
        "under",
        "up",
        "us",
        "very",
        "was",
        "we",
        "were",
        "what",
        "when",
        "where",
        "which",
        "while",
        "who",
        "why",
        "will",
        "with",
        "would",
        "you",
        "your",
    ]
)


class Token:
    """One word of a text. idx: where it begins."""

    def __init__(self, text: str, i: int, idx: int, space: str) -> None:
        self.text, self.i, self.idx, self.whitespace_ = text, i, idx, space
        self.orth_ = self.text
        self.lower_ = self.norm_ = text.lower()
        self.text_with_ws = text + space
        self.is_space = not text.strip()
        self.is_punct = not any(letter.isalnum() or letter.isspace() for letter in text)
        self.is_alpha, self.is_digit = text.isalpha(), text.isdigit()
        self.is_lower, self.is_upper, self.is_title = text.islower(), text.isupper(), text.istitle()
        self.is_stop = self.lower_ in STOP_WORDS
        self.like_num = bool(re.fullmatch(r"[\d.,]*\d", text))
        self.like_url = self.like_email = False

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"{NOT_HERE}: token.{name}")

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__

    def __len__(self) -> int:
        return len(self.text)


class Doc:
    """A text cut into words."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(cut(text))

    def __iter__(self) -> Iterator[Token]:
        return iter(self.tokens)

    def __len__(self) -> int:
        return len(self.tokens)

    def __getitem__(self, key: Any) -> Any:
        return self.tokens[key]

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"{NOT_HERE}: doc.{name}")


def cut(text: str) -> Iterator[Token]:
    """The words of a text, and longer blanks as spaCy has them: all but one blank between words are a word."""
    for number, (first, last) in enumerate(pieces(text)):
        space = " " if text[last : last + 1] == " " else ""
        yield Token(text[first:last], number, first, space)


def pieces(text: str) -> Iterator[tuple[int, int]]:
    """Where each word begins and ends."""
    place = 0
    for found in re.finditer(r"\S+", text):
        blank = found.start() - place - (1 if place else 0)
        if blank > 0:
            yield found.start() - blank, found.start()
        for word in WORD.finditer(found.group()):
            yield found.start() + word.start(), found.start() + word.end()
        place = found.end()


class Language:
    """`nlp`: called with a text, it gives its words."""

    lang = "en"

    def __init__(self, *_args: Any, **_options: Any) -> None:
        self.vocab = types.SimpleNamespace()
        self.pipe_names: list[str] = []
        self.max_length = 1_000_000
        self.Defaults = types.SimpleNamespace(stop_words=set(STOP_WORDS))

    def __call__(self, text: str, **_options: Any) -> Doc:
        return Doc(text)

    make_doc = __call__

    @property
    def tokenizer(self) -> Language:
        return self

    def pipe(self, texts: Iterable[str], **_options: Any) -> Iterator[Doc]:
        return (Doc(text) for text in texts)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"{NOT_HERE}: nlp.{name}")


def small_spacy() -> None:
    """`import spacy` where it is not installed."""
    if importlib.util.find_spec("spacy") is not None:
        return
    spacy, lang, english, tokenizer, load = (
        types.ModuleType(name) for name in ("spacy", "spacy.lang", "spacy.lang.en", "spacy.tokenizer", "spacy.tokens")
    )
    spacy.__path__, lang.__path__, english.__path__ = [], [], []
    for name in ("blank", "load"):
        setattr(spacy, name, Language)
    english.English = Language  # type: ignore[attr-defined]
    tokenizer.Tokenizer = Language  # type: ignore[attr-defined]
    load.Doc, load.Token = Doc, Token  # type: ignore[attr-defined]
    words = types.ModuleType("spacy.lang.en.stop_words")
    words.STOP_WORDS = set(STOP_WORDS)  # type: ignore[attr-defined]
    spacy.lang, lang.en, spacy.tokenizer, spacy.tokens = lang, english, tokenizer, load  # type: ignore[attr-defined]
    spacy.__version__ = "3 (stand-in)"  # type: ignore[attr-defined]
    spacy.prefer_gpu = spacy.require_gpu = lambda *_: False  # type: ignore[attr-defined]
    sys.modules |= {m.__name__: m for m in (spacy, lang, english, tokenizer, load, words)}
