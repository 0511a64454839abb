"""Building and asking the text classifiers of this lesson, in whatever shape they come.

The contract is `Name(vocab_size, ..., output_size, ...)` and `model(ids (B, T)) -> (B, L)`. Three other habits are
common enough to be met half-way: classes without arguments that read their sizes from globals, a `forward` that wants
h_0 or lengths handed in, and models that declare `batch_first = False` and read (T, B). The request is kept in the
contract's form, so that the known answers can be asked the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from grader import views
from grader.draw import Draw
from grader.errors import Failure
from grader.model import Text
from grader.student import CallFailed, Module, Student

VOCABULARY = 29  # word ids 0..27 in the judge's titles; 28 is the padding
PADDING = VOCABULARY - 1
SCORES = Text(en="the output", ja="出力")


@dataclass(frozen=True)
class Classifier:
    """A model in the student's room. `extras`: what its forward wants besides the ids."""

    module: Module
    output_size: int
    vocab_size: int = VOCABULARY
    extras: tuple[str, ...] = ()
    batch_first: bool = True

    def __call__(self, ids: Tensor) -> Tensor:
        """ids (B, T) -> log-probabilities (B, L). Raises Failure or CallFailed."""
        student = self.module.student
        before = len(student.exchanges)
        arranged = ids if self.batch_first else ids.T.contiguous()
        try:
            scores = self.module(
                arranged,
                *(self.extra(name, ids) for name in self.extras),
                view=views.class_scores(len(ids), self.output_size),
            )
        finally:
            restate(student, before, (ids,), {})
        if not isinstance(scores, Tensor):
            raise TypeError("a view of class scores gives a tensor")
        return scores

    def extra(self, name: str, ids: Tensor) -> Tensor:
        """Lengths where the name says so, else h_0 = 0 of (layers, B, H)."""
        if "len" in name:
            return torch.full((len(ids),), ids.shape[1])
        recurrent = [w for n, w in self.module.weights.items() if "weight_hh" in n and w.dim() == 2]
        hidden = recurrent[0].shape[1] if recurrent else head(self.module.weights).shape[1]
        return torch.zeros(max(1, len(recurrent)), len(ids), hidden)

    def titles(self, draw: Draw, batch: int, time: int) -> Tensor:
        """Ids (B, T) of known words: no unknown ones and no padding."""
        return draw.integers(1, min(self.vocab_size, VOCABULARY) - 1, batch, time)


def build(student: Student, draw: Draw, name: str, directions: int = 1, **sizes: int) -> Classifier:
    """The student's model with drawn parameters, in evaluation mode.

    directions: how many final states the head reads side by side.
    """
    own_sizes = takes_nothing(student, name)
    before = len(student.exchanges)
    module = student.module(name, **({} if own_sizes else sizes))
    if own_sizes:
        sizes = sizes_of(module, sizes, directions)
        restate(student, before, (), sizes)
    module.randomise(draw).eval()
    return Classifier(
        module,
        sizes["output_size"],
        sizes["vocab_size"],
        wanted(module),
        batch_first=declared_batch_first(module),
    )


def takes_nothing(student: Student, name: str) -> bool:
    described = student.describe(name)
    return described["kind"] == "class" and not described["parameters"]


def sizes_of(module: Module, asked: dict[str, int], directions: int) -> dict[str, int]:
    """The contract's sizes, read from the parameters of a model that took its own from globals."""
    matrices = [w for w in module.weights.values() if w.dim() == 2]
    if len(matrices) < 2:
        raise Failure(
            Text(
                en="The model holds no embedding and no output layer, so nothing can be recomputed.",
                ja="モデルに埋め込み層と出力層が見つからないため、検算できません。",
            )
        )
    rows, width = matrices[0].shape
    outputs, states = head(module.weights).shape
    read = {"vocab_size": rows, "emb_size": width, "padding_idx": rows - 1, "output_size": outputs}
    read["hidden_size"] = states // directions
    read["out_channels"] = states
    return {key: read.get(key, value) for key, value in asked.items()}


def head(weights: dict[str, Tensor]) -> Tensor:
    """The output layer's (L, H): the last matrix."""
    return [w for w in weights.values() if w.dim() == 2][-1]


def wanted(module: Module) -> tuple[str, ...]:
    """The parameters of `forward` after the first that have no default."""
    reply = module.student.branch.ask(
        {"op": "describe", "section": module.student.section, "target": module.handle, "method": "forward"}
    )
    found = reply.value.get("parameters") if isinstance(reply.value, dict) else None
    plain = ("POSITIONAL_ONLY", "POSITIONAL_OR_KEYWORD")
    parameters = [p for p in found or [] if isinstance(p, list) and len(p) == 3 and p[1] in plain]
    return tuple(str(p[0]) for p in parameters[1:] if not p[2])


def declared_batch_first(module: Module) -> bool:
    """False where the model says `batch_first = False` of itself."""
    exchanges = module.student.exchanges
    kept = list(exchanges)
    try:
        return module.method("__getattribute__", "batch_first") is not False
    except CallFailed:
        return True  # it says nothing: the contract's (B, T) is meant
    finally:
        exchanges[:] = kept  # a question about form, not one that the known answers are asked too


def restate(student: Student, before: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Keep the last request in the contract's form."""
    if len(student.exchanges) > before:
        last = student.exchanges[-1]
        student.exchanges[-1] = replace(last, request={**last.request, "args": args, "kwargs": kwargs})
