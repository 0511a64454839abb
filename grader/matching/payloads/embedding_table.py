"""A class that reads the vectors' file itself and fills its embedding, asked for that table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from grader.matching.payloads.datasets import Spec, specified
from grader.matching.payloads.fragments import overridden


class Loads:
    """Whatever is looked up in it, it loads these vectors: `gensim.models.KeyedVectors.load_word2vec_format(...)`."""

    def __init__(self, vectors: Any) -> None:
        self.__dict__["_given"] = vectors

    def __getattr__(self, name: str) -> Any:
        return (lambda *_args, **_options: self.__dict__["_given"]) if name.startswith("load") else self


def table_inside(
    namespace: dict[str, Any], own: str, spec: Spec, loaders: Sequence[str], vocabularies: Sequence[str]
) -> Callable[..., torch.Tensor]:
    """The class `own` as `init_embedding(vocab, vectors, dim)`: its first embedding, (V, dim).

    loaders: the names that load vectors; vocabularies: the globals that hold one. Both hold the judge's while it is
    built.
    """

    def run(vocab: dict[str, int], vectors: Any, dim: int) -> torch.Tensor:
        known = {"size": len(vocab) + 1, "dim": dim}
        fakes: dict[str, Any] = {name: Loads(vectors) for name in loaders}
        fakes.update({name: type(namespace[name])(vocab) for name in vocabularies if name not in fakes})
        with overridden(namespace, fakes):
            made = namespace[own](**specified(spec, known))
            tables = [part for part in made.modules() if isinstance(part, torch.nn.Embedding)]
            return tables[0].weight.detach().clone()

    return run
