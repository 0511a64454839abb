"""Data for the lessons, one call each; what nothing is given for comes with the package.

    from grader.data import news, vectors, bert

    data = news()               # data.train, data.valid, data.test: headlines with .category and .title
    table = vectors()           # table["shares"] is a float32 tensor of table.dim numbers
    tokenizer, encoder = bert() # called like their namesakes in Hugging Face transformers

Importing this costs little: torch and everything else heavy is imported by the call that needs it.
`grader.data.cache.cache_folder` is the one place that asks the environment anything: where caches belong (platformdirs).
"""

from __future__ import annotations

from collections.abc import Collection
from os import PathLike
from typing import TYPE_CHECKING, Any

from grader.data.newscorpora import News, news, write_uci
from grader.data.synthetic import Headline, headlines, unlabelled

if TYPE_CHECKING:
    from grader.data.tiny_bert import TinyBert
    from grader.data.wordvectors import WordVectors

__all__ = [
    "Headline",
    "News",
    "TinyBert",
    "WordVectors",
    "bert",
    "headlines",
    "news",
    "unlabelled",
    "vectors",
    "write_uci",
]


def vectors(
    name_or_path: str | PathLike[str] | None = None, only: Collection[str] | None = None, download: bool = False
) -> WordVectors:
    """Word vectors: a file, the installed GloVe package, or the small ones that come with the package.

    See `grader.data.wordvectors.load` for what each argument means and which errors there are.
    """
    from grader.data.wordvectors import load

    return load(name_or_path, only=only, download=download)


def bert(name_or_path: str | PathLike[str] | None = None) -> tuple[Any, Any]:
    """A tokenizer and a pretrained encoder: any Hugging Face folder or name, or the tiny one that comes with the package.

    See `grader.data.encoders.load` for what the argument means and which errors there are.
    """
    from grader.data.encoders import load

    return load(name_or_path)


def __getattr__(name: str) -> Any:
    # The two classes need torch; whoever names them is about to import it anyway.
    if name == "TinyBert":
        from grader.data.tiny_bert import TinyBert

        return TinyBert
    if name == "WordVectors":
        from grader.data.wordvectors import WordVectors

        return WordVectors
    raise AttributeError(f"module 'grader.data' has no attribute {name!r}")
