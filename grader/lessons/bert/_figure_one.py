"""A Transformer of the student's, with sources of different lengths; and one whose parameters have been told apart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from grader.checks import Draw, Module, Student, Text, View, by_shape, normalise, properties

LOGITS = Text(en="the output (as log-probabilities)", ja="出力（対数確率に直したもの）")
MEMORY = Text(en="the output of encode", ja="encode の出力")


@dataclass(frozen=True)
class TransformerSizes:
    """No two are the same, and no product of the heads' widths is either: a shape of a parameter says what it is for."""

    src_vocab: int
    tgt_vocab: int
    d_model: int
    num_heads: int
    d_ff: int
    max_len: int

    def arguments(self) -> dict[str, int]:
        return dict(vars(self))


def draw_sizes(draw: Draw, longest: int = 0) -> TransformerSizes:
    heads, head_width = draw.heads()
    width = heads * head_width
    taken = {width, 2 * width, 3 * width}
    hidden = draw.sample([n for n in range(width + 4, width + 20, 2) if n not in taken], 1)[0]
    pool = [n for n in range(19, 50) if n not in {*taken, hidden}]
    src, tgt, most = draw.spread(pool, 3, both_parities=True)
    return TransformerSizes(src, tgt, width, heads, hidden, longest or most)


@dataclass(frozen=True)
class Form:
    """How a student's own model can be asked.

    whole: only as a whole, without `encode` and `decode`. padded: with sentences that have padding behind them. first: the smallest id
    of a word; 0 is the padding's where a model finds that by itself.
    """

    whole: bool
    padded: bool
    first: int

    @classmethod
    def of(cls, student: Student, name: str = "Transformer") -> Form:
        ways = student.limitations(name)
        return cls("no encode" in ways, "no padding" not in ways, int("padding by id" in ways))

    def words(self, draw: Draw, vocabulary: int, *shape: int) -> Tensor:
        return draw.integers(self.first, vocabulary, *shape)

    def mask(self, draw: Draw, batch: int, length: int) -> Tensor:
        found = padded(draw, batch, length)
        return found if self.padded else torch.ones_like(found)

    def other(self, ids: Tensor, position: int, vocabulary: int) -> Tensor:
        """The ids (B, T) with another word at this position."""
        return other(ids, position, vocabulary, self.first)


def other(ids: Tensor, position: int, words: int, first: int = 0) -> Tensor:
    """The ids (B, T) with another one of `first` to `words` at this position."""
    ids = ids.clone()
    ids[:, position] = further(ids[:, position], 7, words, first)
    return ids


def further(ids: Tensor, steps: int, words: int, first: int = 0) -> Tensor:
    """So many ids further on, round and round from `first` to `words`."""
    return first + (ids - first + steps) % (words - first)


@dataclass(frozen=True)
class TransformerCase:
    """src (B, S) with padding behind its words, tgt (B, T), mask (B, S) True at the words.

    form: how the student's own model can be asked.
    """

    model: Module
    sizes: TransformerSizes
    src: Tensor
    tgt: Tensor
    mask: Tensor
    form: Form

    def logits(self, src: Tensor | None = None, tgt: Tensor | None = None) -> Tensor:
        src, tgt = self.src if src is None else src, self.tgt if tgt is None else tgt
        found: Tensor = self.model(src, tgt, self.mask[:, : src.shape[1]], view=self.scores(tgt))
        return found

    def read(self, src: Tensor | None = None) -> Tensor:
        """What encode gives for real words (B, S, D); zero at the padding, where it does not matter."""
        src = self.src if src is None else src
        found: Tensor = self.model.method("encode", src, self.mask, view=self.memory())
        return found

    def written(self, memory: Tensor) -> Tensor:
        found: Tensor = self.model.method("decode", self.tgt, memory, self.mask, view=self.scores(self.tgt))
        return found

    def scores(self, tgt: Tensor) -> View:
        return normalise.class_scores(*tgt.shape, self.sizes.tgt_vocab, what=LOGITS, letters="(B, T, V)")

    def memory(self) -> View:
        mask = self.mask
        read = normalise.tensor(*mask.shape, self.sizes.d_model, what=MEMORY, letters="(B, S, D)")

        def view(value: Any) -> Tensor:
            found: Tensor = read(value)
            real = mask[:, :, None].expand_as(found)
            return properties.finite(torch.where(real, found, torch.zeros_like(found)), MEMORY)

        return view

    def other_source(self, position: int) -> Tensor:
        """The source with another word at this position of every sentence."""
        return self.form.other(self.src, position, self.sizes.src_vocab)

    def other_target(self, position: int) -> Tensor:
        return self.form.other(self.tgt, position, self.sizes.tgt_vocab)


def sized(student: Student, sizes: TransformerSizes) -> TransformerSizes:
    """The sizes to ask for, where the student's model has one number for several of them."""
    found = student.sized("Transformer", **sizes.arguments())
    return TransformerSizes(**{name: found[name] for name in sizes.arguments()})


def padded(draw: Draw, batch: int, length: int, least: int = 2) -> Tensor:
    """A mask (B, S): the first sentence fills it, the others end at different places, none before `least`."""
    places = list(range(least, length)) * (batch // (length - least) + 1)
    ends = torch.tensor([length, *draw.sample(places[: max(batch - 1, length - least)], batch - 1)])
    return torch.arange(length) < ends[:, None]


def build(student: Student, draw: Draw, layers: int = 2, longest: int = 0, larger: str = "") -> TransformerCase:
    """A model with drawn parameters, in evaluation mode. larger: which of the two vocabularies is, "src_vocab" or "tgt_vocab"."""
    sizes = draw_sizes(draw, longest)
    if larger and getattr(sizes, larger) < max(sizes.src_vocab, sizes.tgt_vocab):
        sizes = replace(sizes, src_vocab=sizes.tgt_vocab, tgt_vocab=sizes.src_vocab)
    sizes = sized(student, sizes)
    model = student.module("Transformer", **sizes.arguments(), num_layers=layers)
    form = Form.of(student)
    batch, source, target = draw.sample(((3, 7, 10), (4, 10, 7), (2, 9, 8), (5, 8, 11)), 1)[0]
    src, tgt = form.words(draw, sizes.src_vocab, batch, source), form.words(draw, sizes.tgt_vocab, batch, target)
    mask = form.mask(draw, batch, source)
    by_shape.randomise(student, "Transformer", model, draw)
    return TransformerCase(model.eval(), sizes, src, tgt, mask, form)


@dataclass(frozen=True)
class ToldApart:
    """A model of one layer whose parameters are known by what they do. weights: the same wherever the shape is."""

    scene: TransformerCase
    known: by_shape.IdentifiedModel
    weights: dict[str, Tensor]
    tables: frozenset[str]
    gains: frozenset[str]

    def load(self) -> None:
        self.known.load(self.weights)
        self.scene.model.eval()

    def silence(self) -> None:
        """Leave nothing but embeddings, normalisations and the output layer: all other weights are zero."""
        words = {self.scene.sizes.src_vocab, self.scene.sizes.tgt_vocab}
        outer = {name for name, weight in self.weights.items() if name in self.tables or words & set(weight.shape)}
        quiet = {n: torch.full_like(w, float(n in self.gains)) for n, w in self.weights.items() if n not in outer}
        self.known.load({**self.weights, **quiet})
        self.scene.model.eval()


def told_apart(student: Student, draw: Draw, equal: bool = False) -> ToldApart:
    """A model of one layer, its parameters told apart. equal: asked with a source as long as the target.

    The vectors of words are zero where the output layer is another parameter: what goes into the layers is then the
    positions alone, and it makes no difference by what the vectors of words are multiplied.
    """
    sizes = sized(student, draw_sizes(draw))
    model = student.module("Transformer", **sizes.arguments(), num_layers=1)
    form = Form.of(student)
    made, weights = len(student.exchanges) - 1, by_shape.drawn(draw, model.weights)
    gains = frozenset(name for name, weight in model.weights.items() if by_shape.kind_of(weight)[1])
    half_open = by_shape.half_open(draw, sizes.d_ff)
    weights |= {name: half_open.clone() for name, weight in weights.items() if weight.shape == half_open.shape}
    batch, source, target = draw.sample(((3, 7, 10), (4, 10, 7), (2, 9, 8)), 1)[0]
    source = target if equal else source
    src, tgt = form.words(draw, 5, batch, source), form.words(draw, 5, batch, target)
    scene = TransformerCase(model, sizes, src, tgt, form.mask(draw, batch, source), form)
    found = gradients(student, draw, scene, weights)
    tables = frozenset(name for name, gradient in found.items() if by_shape.is_table(gradient))
    both = of_target_words(model, sizes)
    names = {n: "tgt_words.weight" if n in tables else "fc.weight" for n in both} if len(both) == 2 else {}
    for name in tables:
        if tuple(weights[name].shape) in ((sizes.src_vocab, sizes.d_model), (sizes.tgt_vocab, sizes.d_model)):
            weights[name] = torch.zeros_like(weights[name])
    left_out = frozenset(name for name in model.weights if by_shape.unused(found.get(name)))
    return ToldApart(scene, by_shape.IdentifiedModel(student, model, names, left_out, made), weights, tables, gains)


def of_target_words(model: Module, sizes: TransformerSizes) -> list[str]:
    return [n for n, w in model.weights.items() if tuple(w.shape) == (sizes.tgt_vocab, sizes.d_model)]


def gradients(student: Student, draw: Draw, scene: TransformerCase, weights: dict[str, Tensor]) -> dict[str, Any]:
    """The gradient of every parameter."""
    cotangent = draw.normal(*scene.tgt.shape, scene.sizes.tgt_vocab)
    with student.unrecorded():
        scene.model.load(weights)
        scene.model.eval()
        found = scene.model.gradients(scene.src, scene.tgt, scene.mask, cotangents=[cotangent])
    parameters = found.get("parameters")
    return parameters if isinstance(parameters, dict) else {}
