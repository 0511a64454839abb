"""A class or a function that reads the vectors' file itself, asked for the table that it makes of them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any
from unittest.mock import patch

import torch

from grader.matching.payloads.datasets import Spec, specified
from grader.matching.payloads.fragments import overridden


class Loads:
    """Whatever is looked up in it, it loads these vectors: `gensim.models.KeyedVectors.load_word2vec_format(...)`."""

    def __init__(self, vectors: Any) -> None:
        self.__dict__["_given"] = vectors

    def __getattr__(self, name: str) -> Any:
        return (lambda *_args, **_options: self.__dict__["_given"]) if name.startswith("load") else self


def fakes(
    namespace: dict[str, Any],
    vocab: dict[str, int],
    vectors: Any,
    loaders: Sequence[str],
    vocabularies: Sequence[str],
) -> dict[str, Any]:
    """The judge's in the place of the names that load vectors, and of the globals that hold a vocabulary."""
    loading: dict[str, Any] = {name: Loads(vectors) for name in loaders}
    return {name: type(namespace[name])(vocab) for name in vocabularies} | loading


@contextmanager
def fake_modules(vectors: Any) -> Iterator[None]:
    """`from gensim.models import KeyedVectors` inside a function finds the judge's too, while the block runs."""
    gensim, models, loads = ModuleType("gensim"), ModuleType("gensim.models"), Loads(vectors)
    for module, name, value in (
        (models, "KeyedVectors", loads),
        (gensim, "models", models),
        (gensim, "downloader", loads),
    ):
        setattr(module, name, value)
    faked: dict[str, Any] = {"gensim": gensim, "gensim.models": models, "gensim.models.keyedvectors": models}
    with patch.dict(sys.modules, faked | {"gensim.downloader": loads}):
        yield


def table_from(
    namespace: dict[str, Any], own: str, spec: Spec, loaders: Sequence[str], vocabularies: Sequence[str]
) -> Callable[..., Any]:
    """The function `own`, which reads the vectors' file itself, as `init_embedding(vocab, vectors, dim)`."""

    def run(vocab: dict[str, int], vectors: Any, dim: int) -> Any:
        known = {"vocab": vocab, "size": len(vocab) + 1, "dim": dim}
        with overridden(namespace, fakes(namespace, vocab, vectors, loaders, vocabularies)), fake_modules(vectors):
            made = namespace[own](**specified(spec, known))
        several = made if isinstance(made, (tuple, list)) else (made,)
        table = next((part for part in several if getattr(part, "ndim", 0) == 2), made)
        return table.weight.detach().clone() if isinstance(table, torch.nn.Embedding) else table

    return run


def table_inside(
    namespace: dict[str, Any], own: str, spec: Spec, loaders: Sequence[str], vocabularies: Sequence[str]
) -> Callable[..., torch.Tensor]:
    """The class `own` as `init_embedding(vocab, vectors, dim)`: its first embedding, (V, dim).

    loaders: the names that load vectors; vocabularies: the globals that hold one. Both hold the judge's while it is
    built.
    """

    def run(vocab: dict[str, int], vectors: Any, dim: int) -> torch.Tensor:
        known = {"vocab": vocab, "size": len(vocab) + 1, "dim": dim}
        with overridden(namespace, fakes(namespace, vocab, vectors, loaders, vocabularies)), fake_modules(vectors):
            made = namespace[own](**specified(spec, known))
            tables = [part for part in made.modules() if isinstance(part, torch.nn.Embedding)]
            return tables[0].weight.detach().clone()

    return run
