"""Building and asking the text classifiers of this lesson, in whatever shape they come.

The contract is `Name(vocab_size, ..., output_size, ...)` and `model(ids (B, T)) -> (B, L)`. What a `forward` wants besides
the ids, the student's `adopt` sees to. Two other habits are met half-way here: classes that have some or all of their
sizes from elsewhere than their arguments, and models that declare `batch_first = False` and read (T, B). The request is
kept in the contract's form, so that the known answers can be asked the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from torch import Tensor

from grader import views
from grader.draw import Draw
from grader.errors import Failure
from grader.model import Text
from grader.student import CallFailed, Module, Student, Unmatched

VOCABULARY = 29  # word ids 0..27 in the judge's titles; 28 is the padding
PADDING = VOCABULARY - 1
SCORES = Text(en="the output", ja="出力")

FEWEST = 4  # rows of an embedding with which a title can be asked about at all
TOO_FEW_WORDS = Text(
    en="The class takes its vocabulary from the notebook's own data, and hardly a word was there when it was graded; a person looks.",
    ja="このクラスは語彙をノートブック自身のデータから作りますが、採点時にはほとんど単語がありませんでした。人が確認します。",
)


@dataclass(frozen=True)
class Classifier:
    """A model in the student's room."""

    module: Module
    output_size: int
    vocab_size: int = VOCABULARY
    batch_first: bool = True
    length: int = 0  # the only one at which it can be asked, 0 where there is none

    def __call__(self, ids: Tensor) -> Tensor:
        """ids (B, T) -> log-probabilities (B, L). Raises Failure or CallFailed."""
        student = self.module.student
        before = len(student.exchanges)
        arranged = ids if self.batch_first else ids.T.contiguous()
        try:
            scores = self.module(arranged, view=views.class_scores(len(ids), self.output_size))
        finally:
            restate(student, before, (ids,), {})
        if not isinstance(scores, Tensor):
            raise TypeError("a view of class scores gives a tensor")
        return scores

    def titles(self, draw: Draw, batch: int, time: int) -> Tensor:
        """Ids (B, T) of known words: no unknown ones and no padding; T is the model's own where it has one."""
        return draw.integers(1, min(self.vocab_size, VOCABULARY) - 1, batch, self.length or time)


def build(student: Student, draw: Draw, name: str, directions: int = 1, **sizes: int) -> Classifier:
    """The student's model with drawn parameters, in evaluation mode.

    directions: how many final states the head reads side by side.
    """
    taken = takes(student, name)
    before = len(student.exchanges)
    module = student.module(name, **({} if taken == () else sizes))
    sizes = sizes_of(module, sizes, taken, directions)
    restate(student, before, (), sizes)
    module.randomise(draw).eval()
    form = student.adopt(module, name)
    batch_first = not form.batch_first or declared_batch_first(module)
    return Classifier(module, sizes["output_size"], sizes["vocab_size"], batch_first, form.length)


def own_length(student: Student, name: str) -> int:
    """The one length of titles that their model is made for; 0 for any. Whether that is right is asked in 86."""
    match = student.matched(name)
    return match.form.length if match is not None else 0


def takes(student: Student, name: str) -> tuple[str, ...] | None:
    """The contract's arguments that reach the class, () where it takes nothing, None where it takes what it is given."""
    described = student.describe(name)
    match = student.matched(name)
    if match is not None:
        return match.accepts
    return () if described["kind"] == "class" and not described["parameters"] else None


def ask_for(student: Student, name: str, *sizes: str) -> bool:
    """Whether the class can be asked for these sizes at all."""
    taken = takes(student, name)
    return taken is None or set(sizes) <= set(taken)


def sizes_of(module: Module, asked: dict[str, int], taken: tuple[str, ...] | None, directions: int) -> dict[str, int]:
    """The contract's sizes: as asked for where they reach the class, else read from its parameters.

    The rows of the embedding are always read: many classes add one or two for unknown words and padding.
    """
    if taken is None or set(asked) <= set(taken):
        tables = [len(w) for w in module.weights.values() if w.dim() == 2 and w.shape[1] == asked["emb_size"]]
        grown = [count for count in tables if asked["vocab_size"] < count <= asked["vocab_size"] + 3]
        return asked if asked["vocab_size"] in tables or not grown else {**asked, "vocab_size": grown[0]}
    matrices = {name: w for name, w in module.weights.items() if w.dim() == 2}
    if len(matrices) < 2:
        raise Failure(
            Text(
                en="The model holds no embedding and no output layer, so nothing can be recomputed.",
                ja="モデルに埋め込み層と出力層が見つからないため、検算できません。",
            )
        )
    embedding = next((w for name, w in matrices.items() if "emb" in name.lower()), next(iter(matrices.values())))
    rows, width = embedding.shape
    if rows < FEWEST:
        raise Unmatched("the vocabulary is too small", TOO_FEW_WORDS)
    outputs, states = head(module.weights).shape
    read = {"vocab_size": rows, "emb_size": width, "padding_idx": rows - 1, "output_size": outputs}
    read["hidden_size"] = states // directions
    read["out_channels"] = states
    read |= {"num_layers": count} if (count := layers(module.weights)) else {}
    kept = set(taken) - {"vocab_size", "padding_idx"}
    return {key: value if key in kept else read.get(key, value) for key, value in asked.items()}


def layers(weights: dict[str, Tensor]) -> int:
    """How many recurrent layers there are, by the matrices from state to state of one direction; 0 if it cannot be told."""
    return sum("weight_hh" in name and "reverse" not in name for name in weights)


def head(weights: dict[str, Tensor]) -> Tensor:
    """The output layer's (L, H): the last matrix."""
    return [w for w in weights.values() if w.dim() == 2][-1]


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
