"""gensim's KeyedVectors where gensim is not installed: word2vec files, and what people ask of them.

Names as in gensim 4; the older ones are given back by `compat`, to the true gensim as to this one.
"""

from __future__ import annotations

import gzip
import importlib.util
import sys
import types
from collections.abc import Iterable, Iterator
from typing import IO, Any

import numpy as np

NOT_HERE = "gensim is not installed here, and its stand-in lacks"


class KeyedVectors:
    """Words and their vectors (V, D), float32."""

    def __init__(self, words: list[str], vectors: Any) -> None:
        self.index_to_key = words
        self.key_to_index = {word: index for index, word in enumerate(words)}
        self.vectors = vectors
        self.vector_size = int(vectors.shape[1])

    @classmethod
    def load_word2vec_format(
        cls, fname: Any, binary: bool = False, limit: int | None = None, **_options: Any
    ) -> KeyedVectors:
        """Read word2vec's binary or text format, plain or gzip."""
        with open(fname, "rb") as probe:
            packed = probe.read(2) == b"\x1f\x8b"
        open_it: Any = gzip.open if packed else open
        with open_it(fname, "rb") as file:
            count, size = map(int, file.readline().split())
            count = count if limit is None else min(count, limit)
            rows = list(binary_rows(file, count, size) if binary else text_rows(file, count, size))
        return cls([word for word, _ in rows], np.stack([row for _, row in rows]))

    @classmethod
    def load(cls, fname: Any, **_options: Any) -> KeyedVectors:
        """What gensim's own `save` wrote cannot be read here; a file that is not there says so."""
        with open(fname, "rb"):
            raise AttributeError(f"{NOT_HERE}: KeyedVectors.load")

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, str | int | np.integer):
            return self.get_vector(key)
        return np.stack([self.get_vector(word) for word in key])

    def get_vector(self, key: Any, norm: bool = False) -> Any:
        if isinstance(key, str) and key not in self.key_to_index:
            raise KeyError(f"Key '{key}' not present")
        row = self.vectors[self.key_to_index[key] if isinstance(key, str) else key]
        return row / np.linalg.norm(row) if norm else row

    word_vec = get_vector

    def __contains__(self, word: object) -> bool:
        return word in self.key_to_index

    has_index_for = __contains__

    def __len__(self) -> int:
        return len(self.index_to_key)

    def similarity(self, one: str, other: str) -> float:
        return float(self.get_vector(one, norm=True) @ self.get_vector(other, norm=True))

    def most_similar(self, positive: Any = (), negative: Any = (), topn: int = 10) -> list[tuple[str, float]]:
        plus, minus = ([words] if isinstance(words, str) else list(words) for words in (positive, negative))
        wanted = sum(self.get_vector(w, norm=True) for w in plus) - sum(self.get_vector(w, norm=True) for w in minus)
        lengths = np.linalg.norm(self.vectors, axis=1) * np.linalg.norm(wanted)
        scores = self.vectors @ wanted / np.maximum(lengths, 1e-12)
        order = [int(i) for i in np.argsort(-scores) if self.index_to_key[int(i)] not in {*plus, *minus}]
        return [(self.index_to_key[i], float(scores[i])) for i in order[:topn]]

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"{NOT_HERE}: KeyedVectors.{name}")


def binary_rows(file: IO[bytes], count: int, size: int) -> Iterator[tuple[str, Any]]:
    for _ in range(count):
        word = bytearray()
        while (letter := file.read(1)) not in (b" ", b""):
            word += letter if letter != b"\n" else b""
        row = np.frombuffer(file.read(4 * size), dtype="<f4").astype(np.float32)
        if len(row) < size:
            raise EOFError("unexpected end of input; is count incorrect or file otherwise damaged?")
        yield word.decode("utf-8", "replace"), row


def text_rows(file: Iterable[bytes], count: int, size: int) -> Iterator[tuple[str, Any]]:
    for _, line in zip(range(count), file, strict=False):
        parts = line.decode("utf-8", "replace").rstrip().rsplit(" ", size)
        yield parts[0], np.array(parts[1:], dtype=np.float32)


def small_gensim() -> None:
    """`from gensim.models import KeyedVectors` where gensim is not installed; nothing else of it."""
    if importlib.util.find_spec("gensim") is not None:
        return
    gensim, models, inner = (types.ModuleType(f"gensim{part}") for part in ("", ".models", ".models.keyedvectors"))
    gensim.__path__, models.__path__ = [], []
    for module in (models, inner):
        module.KeyedVectors = KeyedVectors  # type: ignore[attr-defined]
    gensim.models, models.keyedvectors = models, inner  # type: ignore[attr-defined]
    gensim.__version__ = "4 (stand-in)"  # type: ignore[attr-defined]
    sys.modules |= {"gensim": gensim, "gensim.models": models, "gensim.models.keyedvectors": inner}
