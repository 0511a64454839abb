"""Packages of a few lines where they are not installed: einsum with words for axes, a tokenizer of the bytes of a text, the cleaning of titles,
and settings from a file that nobody handed in.
"""

from __future__ import annotations

import importlib.util
import re
import string
import sys
import types
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

END_OF_TEXT = "<|endoftext|>"
SIZES = {"gpt2": 50257, "r50k_base": 50257, "p50k_base": 50281, "cl100k_base": 100277, "o200k_base": 200019}


def einsum(equation: str, *operands: Any) -> Any:
    """`einsum("batch head dest src, batch head src d -> batch head dest d", weights, values)`, as torch writes it with letters."""
    import torch

    named = (word for word in re.findall(r"[^\W\d]\w*", equation))
    letters = dict(zip(dict.fromkeys(named), string.ascii_letters, strict=False))
    short = re.sub(r"[^\W\d]\w*", lambda found: letters[found.group()], equation)
    return torch.einsum(short.replace(" ", ""), *operands)


class Encoding:
    """Text to ids and back: the bytes of UTF-8, and one id for the end of a text. It knows no words, so nobody's pretrained model fits."""

    def __init__(self, name: str = "gpt2") -> None:
        self.name, self.n_vocab = name, SIZES.get(name, SIZES["gpt2"])
        self.max_token_value = self.n_vocab - 1
        self.eot_token = SIZES["gpt2"] - 1

    def encode_ordinary(self, text: str) -> list[int]:
        return list(text.encode("utf-8", "replace"))

    def encode(self, text: str, **_options: Any) -> list[int]:
        parts = [self.encode_ordinary(part) for part in text.split(END_OF_TEXT)]
        return parts[0] + [id_ for part in parts[1:] for id_ in (self.eot_token, *part)]

    def encode_batch(self, texts: Sequence[str], **options: Any) -> list[list[int]]:
        return [self.encode(text, **options) for text in texts]

    def decode(self, ids: Sequence[int], **_options: Any) -> str:
        written = b"".join(bytes([id_]) if 0 <= id_ < 256 else b"?" for id_ in map(int, ids) if id_ != self.eot_token)
        return written.decode("utf-8", "replace")


PUNCTUATION = f"[{re.escape(string.punctuation)}]+"


def without_accents(text: Any) -> Any:
    return (
        "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
        if isinstance(text, str)
        else text
    )


def stop_words() -> frozenset[str]:
    """scikit-learn's, which are nearly those of texthero; none where that is not installed."""
    try:
        from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS  # type: ignore[import-untyped]
    except ImportError:
        return frozenset()
    return frozenset(ENGLISH_STOP_WORDS)


def without_stop_words(texts: Any) -> Any:
    stop = stop_words()
    return texts.map(lambda text: " ".join(word for word in text.split() if word not in stop))


# What texthero does with a column of texts (a Series), in the order of `clean`.
CLEANING: dict[str, Callable[[Any], Any]] = {
    "fillna": lambda texts: texts.fillna("").astype(str),
    "lowercase": lambda texts: texts.str.lower(),
    "remove_digits": lambda texts: texts.str.replace(r"\b\d+\b", " ", regex=True),
    "remove_punctuation": lambda texts: texts.str.replace(PUNCTUATION, " ", regex=True),
    "remove_diacritics": lambda texts: texts.map(without_accents),
    "remove_stopwords": without_stop_words,
    "remove_whitespace": lambda texts: texts.str.split().str.join(" "),
}


def clean(texts: Any, pipeline: Sequence[Callable[[Any], Any]] | None = None) -> Any:
    """`hero.clean(df["title"])`, or with steps of one's own."""
    for step in pipeline or CLEANING.values():
        texts = step(texts)
    return texts


def texthero() -> types.ModuleType:
    module, steps = types.ModuleType("texthero"), types.ModuleType("texthero.preprocessing")
    for part in (module, steps):
        vars(part).update(CLEANING, clean=clean)
    vars(module).update(preprocessing=steps, __path__=[])
    sys.modules["texthero.preprocessing"] = steps
    return module


def dotenv() -> types.ModuleType:
    """There is no .env here, and what it would hold is no part of an answer."""
    module = types.ModuleType("dotenv")
    vars(module).update(
        load_dotenv=lambda *_args, **_options: False,
        dotenv_values=lambda *_args, **_options: {},
        find_dotenv=lambda *_args, **_options: "",
    )
    return module


def small_packages() -> None:
    """`from fancy_einsum import einsum`, `import tiktoken`, `import texthero as hero`, `from dotenv import load_dotenv`."""
    for name, make in (("texthero", texthero), ("dotenv", dotenv)):
        if importlib.util.find_spec(name) is None:
            sys.modules[name] = make()
    if importlib.util.find_spec("fancy_einsum") is None:
        module = types.ModuleType("fancy_einsum")
        module.einsum = einsum  # type: ignore[attr-defined]
        sys.modules["fancy_einsum"] = module
    if importlib.util.find_spec("tiktoken") is None:
        module = types.ModuleType("tiktoken")
        module.Encoding = module.get_encoding = Encoding  # type: ignore[attr-defined]
        module.encoding_for_model = lambda _model: Encoding("cl100k_base")  # type: ignore[attr-defined]
        sys.modules["tiktoken"] = module
