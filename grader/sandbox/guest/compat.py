"""Calls that libraries have removed, given back: code of another year runs, and the report says what to write today.

A library is mended when the notebook imports it, never before: nothing is imported here that the notebook does not want.
"""

from __future__ import annotations

import functools
import importlib.util
import operator
import sys
import types
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .loaded import when_imported
from .tokens import STOP_WORDS


def of_numpy() -> None:
    """np.float and its like, which were Python's own types, other names of before numpy 2, and arrays of rows of different lengths."""
    for name in ("array", "asarray"):
        setattr(np, name, uneven_rows(getattr(np, name)))
    for name, value in {
        "float": float,
        "int": int,
        "bool": bool,
        "object": object,
        "str": str,
        "complex": complex,
        "float_": np.float64,
        "unicode_": np.str_,
        "Inf": np.inf,
        "NaN": np.nan,
        "product": np.prod,
        "cumproduct": np.cumprod,
        "alltrue": np.all,
        "sometrue": np.any,
        "VisibleDeprecationWarning": np.exceptions.VisibleDeprecationWarning,
    }.items():
        if name not in vars(np):
            setattr(np, name, value)
    moved_modules()


# from numpy.lib.function_base import average: an editor writes such a line by itself, and numpy 2 has no such module
MOVED = (
    "function_base",
    "shape_base",
    "arraysetops",
    "index_tricks",
    "twodim_base",
    "npyio",
    "nanfunctions",
    "polynomial",
)


def moved_modules() -> None:
    """Modules inside numpy that have gone, whose names stand in numpy itself."""
    for name in MOVED:
        place = f"numpy.lib.{name}"
        if place not in sys.modules and importlib.util.find_spec(place) is None:
            moved = types.ModuleType(place)
            vars(moved).update({n: v for n, v in vars(np).items() if not n.startswith("_") and callable(v)})
            sys.modules[place] = moved


def uneven_rows(make: Callable[..., Any]) -> Callable[..., Any]:
    """np.array([[1], [2, 3]]) as numpy made it before 1.24: an array of the rows as they are."""

    @functools.wraps(make)
    def array(value: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return make(value, *args, **kwargs)
        except ValueError as error:
            if args or kwargs.get("dtype") is not None or "inhomogeneous" not in str(error):
                raise
            return make(value, **{**kwargs, "dtype": object})

    return array


def of_torch(torch: Any) -> None:
    """`iterator.next()` of a data loader, and torch.load of what the notebook itself saved, whatever it holds."""
    from torch.utils.data import dataloader

    setattr(dataloader._BaseDataLoaderIter, "next", dataloader._BaseDataLoaderIter.__next__)  # noqa: B010  # not in its type
    load = torch.load

    @functools.wraps(load)
    def whole(*args: Any, **kwargs: Any) -> Any:
        return load(*args, **{"weights_only": False, **kwargs})

    torch.load = whole


def of_pandas(pandas: types.ModuleType) -> None:
    def append(self: Any, other: Any, ignore_index: bool = False, **_options: Any) -> Any:
        if isinstance(other, dict):
            other = pandas.DataFrame([other])
        elif isinstance(other, pandas.Series) and isinstance(self, pandas.DataFrame):
            other = other.to_frame().T
        elif isinstance(other, list) and other and not isinstance(other[0], pandas.DataFrame | pandas.Series):
            other = pandas.DataFrame(other)
        return pandas.concat([self, *other] if isinstance(other, list) else [self, other], ignore_index=ignore_index)

    for kind in (pandas.DataFrame, pandas.Series):
        for name, value in {"append": append, "iteritems": kind.items, "as_matrix": kind.to_numpy}.items():
            if not hasattr(kind, name):
                setattr(kind, name, value)
    # Where there is no such folder, `open` leads to the working folder; pandas asks before it opens.
    pandas.io.common.check_parent_directory = lambda _path: None
    for name in ("read_csv", "read_table"):
        setattr(pandas, name, lenient(getattr(pandas, name)))


def lenient(read: Callable[..., Any]) -> Callable[..., Any]:
    """read_csv with the arguments that it took once."""

    @functools.wraps(read)
    def call(*args: Any, **kwargs: Any) -> Any:
        bad = kwargs.pop("error_bad_lines", None)
        kwargs.pop("warn_bad_lines", None)
        kwargs.pop("squeeze", None)
        return read(*args, **({"on_bad_lines": "skip"} if bad is False else {}), **kwargs)

    return call


def of_sklearn_text(module: types.ModuleType) -> None:
    for kind in (module.CountVectorizer, module.TfidfVectorizer):
        if not hasattr(kind, "get_feature_names"):
            kind.get_feature_names = lambda self: list(self.get_feature_names_out())


def of_nltk(nltk: Any) -> None:
    """word_tokenize and English stop words without the data that nltk.download would fetch."""
    nltk.download = lambda *_names, **_options: True
    cut = nltk.tokenize.word_tokenize

    @functools.wraps(cut)
    def word_tokenize(text: str, language: str = "english", preserve_line: bool = False) -> list[str]:
        try:
            return list(cut(text, language, preserve_line))
        except LookupError:  # the sentences cannot be told apart: a title is one
            return list(cut(text, language, True))

    nltk.word_tokenize = nltk.tokenize.word_tokenize = word_tokenize
    try:
        nltk.corpus.stopwords.words("english")
    except LookupError:
        nltk.corpus.stopwords = types.SimpleNamespace(words=english_stop_words)


def english_stop_words(fileids: str | Sequence[str] | None = None) -> list[str]:
    """As `nltk.corpus.stopwords.words("english")`; of other languages there are none here."""
    if fileids not in (None, "english", ["english"]):
        raise LookupError(f"Resource stopwords not found for {fileids}. Please use the NLTK Downloader")
    return sorted(STOP_WORDS)


class WordEntry(int):
    """A word's number, as `vectors.vocab["dog"].index` in gensim 3. A word with the number 0 is there, too: `if vocab.get(word):`."""

    count: int

    @property
    def index(self) -> int:
        return int(self)

    def __bool__(self) -> bool:
        return True


def word_entries(vectors: Any) -> dict[str, WordEntry]:
    """Every word with its entry, the commonest first; made once."""
    made: dict[str, WordEntry] = vars(vectors).setdefault("word_entries", {})
    if not made:
        made |= {word: WordEntry(number) for word, number in vectors.key_to_index.items()}
        for number, entry in enumerate(made.values()):
            entry.count = len(made) - number  # as gensim says where a file has no counts
    return made


def of_gensim(module: types.ModuleType) -> None:
    """What vectors were asked for before gensim 4: `model.vocab`, `model.wv.vocab`, `model.index2word`, `model.syn0`."""
    module.KeyedVectors.vocab = property(word_entries)
    own = {"index2word": "index_to_key", "index2entity": "index_to_key", "syn0": "vectors"}
    for old, new in own.items():
        setattr(module.KeyedVectors, old, property(operator.attrgetter(new)))
    module.KeyedVectors.wv = property(lambda vectors: vectors)


def of_transformers(_module: Any) -> None:
    """`from transformers import AdamW`, which was its own optimiser before version 5."""
    package = sys.modules["transformers"]  # it puts something else in its own place
    kind: Any = type(package)
    look = kind.__getattr__  # names are looked up when they are asked for, and so is this one

    def found(self: Any, name: str) -> Any:
        try:
            return look(self, name)
        except AttributeError:
            if self is not package or name != "AdamW":
                raise
        from .pretrained import AdamW

        return AdamW

    kind.__getattr__ = found


def of_tokenizers(module: Any) -> None:
    """`tokenizer.encode_plus(text, max_length=64, pad_to_max_length=True)` of before version 5: cut and filled up to that length."""
    kind = module.PreTrainedTokenizerBase
    call = kind.__call__

    @functools.wraps(call)
    def called(self: Any, *args: Any, pad_to_max_length: bool = False, **kwargs: Any) -> Any:
        filled = {"padding": "max_length", "truncation": True} if pad_to_max_length else {}
        return call(self, *args, **{**filled, **kwargs})

    def encoded(self: Any, *args: Any, **kwargs: Any) -> Any:
        cut = {"truncation": True} if kwargs.get("max_length") else {}
        return called(self, *args, **{**cut, **kwargs})

    kind.__call__ = called
    for name in ("encode_plus", "batch_encode_plus"):
        if not hasattr(kind, name):
            setattr(kind, name, encoded)


WHEN_IMPORTED = {
    "torch": of_torch,
    "transformers": of_transformers,
    "transformers.tokenization_utils_base": of_tokenizers,
    "pandas": of_pandas,
    "sklearn.feature_extraction.text": of_sklearn_text,
    "nltk": of_nltk,
    "gensim.models.keyedvectors": of_gensim,
}


def given_back() -> None:
    """What numpy, torch, transformers, pandas and scikit-learn once had."""
    of_numpy()
    for name, mend in WHEN_IMPORTED.items():
        when_imported(name, mend)
