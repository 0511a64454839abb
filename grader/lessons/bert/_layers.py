"""The layers of figure 1, recomputed with the student's weights."""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Tensor

from grader.checks import Draw, Failure, Module, Student, Text, UnlikeAnyAnswer, Unmatched, by_shape, recompute
from grader.lessons.bert._figure_one import LOGITS, MEMORY, Form, ToldApart, draw_sizes, sized, told_apart

STAGES = Text(
    en="Follow one layer of the decoder with the shapes beside it: x (B, T, D) -> self-attention under the (T, T) mask -> add x, normalise -> "
    "source-target attention, query (B, T, D), key and value (B, S, D) -> add, normalise -> two linear layers D -> d_ff -> D -> add, normalise.",
    ja="デコーダーの 1 層を、形を書き添えてたどってみましょう。x (B, T, D) → (T, T) のマスク付き Self-Attention → x を足して正規化 → "
    "Source-Target Attention（Query は (B, T, D)、Key と Value は (B, S, D)）→ 足して正規化 → 線形層 D → d_ff → D → 足して正規化。",
)


READING = Text(
    en="Follow one layer of the encoder: words (B, S) -> embedding plus positions (B, S, D) -> self-attention that hides the padding -> add, normalise -> "
    "two linear layers D -> d_ff -> D -> add, normalise.",
    ja="エンコーダーの 1 層をたどってみましょう。単語 (B, S) → 埋め込みと位置の和 (B, S, D) → パディングを隠した Self-Attention → 足して正規化 → "
    "線形層 D → d_ff → D → 足して正規化。",
)


def for_comparison(student: Student, draw: Draw, equal: bool = False) -> None:
    """Ask for numbers of the decoder by which a known mistake is recognised, and forget what was asked before.

    equal: with a source as long as the target, of what answers nothing else.
    """
    student.forget(0)
    apart = told_apart(student, draw, equal)
    apart.load()
    scene = apart.scene
    if scene.form.whole:
        scene.logits()
        return
    scene.written(draw.normal(*scene.src.shape, scene.sizes.d_model))


def agree(student: Student, draw: Draw, apart: ToldApart) -> None:
    """Both halves are those of a known way to build figure 1; of a model that gives its scores alone, these are.

    With silent layers, embeddings and positions are all that is left. Where already these are none that we know
    (rotary positions, say), what the layers make of them cannot be judged.
    """
    scene = apart.scene
    memory = None if scene.form.whole else draw.normal(*scene.src.shape, scene.sizes.d_model)
    write = scene.logits if memory is None else partial(scene.written, memory)
    recompute.steady(student, write, LOGITS)
    try:
        student.must_agree(LOGITS, rtol=3e-3, atol=1e-3, help=STAGES)
        if memory is not None:
            recompute.steady(student, scene.read, MEMORY)
            student.must_agree(MEMORY, rtol=3e-3, atol=1e-3, help=READING)
    except UnlikeAnyAnswer as unlike:
        with student.unrecorded():
            apart.silence()
            write()
            known_positions(student)
        raise unlike from None


def known_positions(student: Student) -> None:
    """Raises Unmatched where a model with silent layers is none that we know already: its positions are others."""
    try:
        student.must_agree(LOGITS, rtol=3e-3, atol=1e-3)
    except UnlikeAnyAnswer:
        raise Unmatched("its positions are none that we know") from None


def has_its_parts(apart: ToldApart) -> bool:
    """Whether no matrix of the model is idle, and encoder and decoder have each a feed-forward network."""
    sizes = apart.scene.sizes
    shapes = (sizes.d_ff, sizes.d_model), (sizes.d_model, sizes.d_ff)
    used = {name: w for name, w in apart.weights.items() if name not in apart.known.left_out}
    idle = any(w.dim() > 1 for name, w in apart.weights.items() if name not in used)
    return not idle and sum(tuple(w.shape) in shapes for w in used.values()) >= 4


def every_layer_has_its_own(student: Student, draw: Draw) -> None:
    """A model of two layers has more parameters than a model of one, in the encoder and in the decoder, and uses them all.

    Nothing is asked of one whose number of layers is its own.
    """
    if not student.takes("Transformer", "num_layers"):
        return
    sizes = sized(student, draw_sizes(draw))
    one, two = (student.module("Transformer", **sizes.arguments(), num_layers=layers) for layers in (1, 2))
    twice_as_many(one, two, sizes.d_ff, sizes.d_model)
    form, mask = Form.of(student), torch.ones(3, 7, dtype=torch.bool)
    src, tgt = form.words(draw, 5, 3, 7), form.words(draw, 5, 3, 6)
    pull: list[Tensor | None] = [draw.normal(3, 6, sizes.tgt_vocab)]
    found = [model.eval().gradients(src, tgt, mask, cotangents=pull) for model in (one, two)]
    all_are_used((one, two), found, sizes.d_ff, sizes.d_model)


def twice_as_many(one: Module, two: Module, hidden: int, width: int) -> None:
    """A model of two layers has twice the feed-forward matrices of a model of one."""
    shapes = (hidden, width), (width, hidden)
    few, many = (sum(tuple(w.shape) in shapes for w in model.weights.values()) for model in (one, two))
    if few and many < 2 * few:
        raise Failure(
            Text(
                en=f"With num_layers = 1 there are {few} matrices of feed-forward layers, with num_layers = 2 there are {many}.",
                ja=f"全結合の行列は、num_layers = 1 で {few} 個、num_layers = 2 で {many} 個でした。",
            ),
            Text(
                en="How is the list of layers made: is each a new object?",
                ja="層のリストをどう作っていますか。1 つ 1 つが新しいオブジェクトですか。",
            ),
            misconception="one_layer_many_times",
        )


def all_are_used(models: tuple[Module, Module], gradients: list[dict[str, Any]], hidden: int, width: int) -> None:
    """Twice as many feed-forward matrices have a part in the output of a model of two layers as in that of one.

    What has none in a model of one layer is a leftover in it, and so are its twins in the other.
    """
    (_, used), (idle, more) = (
        idle_and_used(model, found, hidden, width) for model, found in zip(models, gradients, strict=True)
    )
    if idle and (not used or more < 2 * used):
        raise Failure(
            Text(
                en=f"With num_layers = 2, {idle} of the {idle + more} matrices of feed-forward layers have no influence on the output.",
                ja=f"num_layers = 2 のとき、全結合の行列 {idle + more} 個のうち {idle} 個が、出力にまったく影響していません。",
            ),
            Text(
                en="In the loop over the layers, what does the second one read, and what is returned in the end?",
                ja="層を順に通すループで、2 つ目の層は何を読んでいますか。最後に返すのはどれですか。",
            ),
            misconception="a_layer_is_passed_by",
        )


def idle_and_used(model: Module, gradients: dict[str, Any], hidden: int, width: int) -> tuple[int, int]:
    """How many feed-forward matrices have no part in the output, and how many have one."""
    found = gradients.get("parameters")
    known = found if isinstance(found, dict) else {}
    matrices = [name for name, w in model.weights.items() if tuple(w.shape) in ((hidden, width), (width, hidden))]
    idle = sum(by_shape.unused(known.get(name)) for name in matrices)
    return idle, len(matrices) - idle
