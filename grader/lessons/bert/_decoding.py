"""What a whole Transformer does at its ends: lengths, the future, order, what it remembers."""

from dataclasses import replace

import torch
from torch import Tensor

from grader.checks import (
    CallFailed,
    Draw,
    Failure,
    Student,
    Text,
    backward,
    normalise,
    properties,
    recompute,
)
from grader.lessons.bert._encoder_decoder_failures import leaked, source_half_read, source_unread, too_long, unordered
from grader.lessons.bert._figure_one import LOGITS, MEMORY, TransformerCase, build, further
from grader.lessons.bert._layers import for_comparison
from grader.lessons.bert._simple_encoder import STILL, change


def works_with_equal_lengths(scene: TransformerCase) -> bool:
    length = min(scene.src.shape[1], scene.tgt.shape[1])
    try:
        scene.model(scene.src[:, :length], scene.tgt[:, :length], scene.mask[:, :length])
    except CallFailed:
        return False
    return True


def as_long_as_promised(student: Student, draw: Draw) -> None:
    """A sentence of max_len words can be read and written, also after a short one."""
    if not student.promised and not student.takes("Transformer", "max_len"):
        return
    longest = draw.number(530, 560)
    scene = build(student, draw, layers=1, longest=longest)
    reads(scene, 3)
    try:
        reads(scene, longest)
    except CallFailed as error:
        if error.fault.kind != "raised":
            raise
        fresh = student.module("Transformer", **scene.sizes.arguments(), num_layers=1)
        try:
            reads(replace(scene, model=fresh.eval()), longest)
        except CallFailed:
            raise too_long(longest, error) from None
        raise recompute.remembered(LOGITS) from None


def reads(scene: TransformerCase, length: int) -> None:
    words, every = torch.ones(1, length, dtype=torch.int64), torch.ones(1, length, dtype=torch.bool)
    scene.model(words, words, every, view=normalise.class_scores(1, length, scene.sizes.tgt_vocab, what=LOGITS))


def which_future(student: Student, draw: Draw) -> str | None:
    """The mistake by which later words are seen in one layer, where it is the next word alone.

    Where all are seen, a mask may be missing, or rows may be mixed up some other way: only numbers can tell, and what is
    asked here last is for known answers to be compared with.
    """
    scene = build(student, draw, layers=1)
    last = scene.tgt.shape[1] - 1
    moved = change(scene.logits(), scene.logits(tgt=scene.other_target(last)))[:last] > STILL
    if moved[-1] and not moved[:-1].any():
        return "one_word_ahead"
    for_comparison(student, draw)
    return None


def remembers(scene: TransformerCase, read: Tensor) -> None:
    """encode gives the same for the same source, also after another one was read; the scores of what has none."""
    if not properties.close(scene.logits() if scene.form.whole else scene.read(), read):
        raise recompute.remembered(MEMORY)


def same_when_new(student: Student, scene: TransformerCase, src: Tensor) -> bool:
    """Whether a model made anew with the same weights, which has read nothing before, says the same of this source."""
    model = student.module("Transformer", **scene.sizes.arguments(), num_layers=2)
    model.load(scene.model.weights)
    return properties.close(replace(scene, model=model.eval()).logits(src), scene.logits(src))


def sees_no_future(scene: TransformerCase, place: int) -> None:
    """Raises Failure where another word at this position of the target moves a prediction before it."""
    moved = change(scene.logits(), scene.logits(tgt=scene.other_target(place)))[:place] > STILL
    if moved.any():
        where = moved.nonzero().flatten().tolist()
        raise Failure(
            Text(
                en=f"Exchanging the target word at position {place} moved the predictions at {where}, before it.",
                ja=f"訳文の位置 {place} の単語を変えると、それより前の位置 {where} の予測が変わりました。",
            )
        )


def reads_no_padding(scene: TransformerCase, elsewhere: Tensor) -> None:
    """Raises Failure where other words behind the mask, as in `elsewhere`, move the predictions."""
    if (change(scene.logits(), scene.logits(elsewhere)) > STILL).any():
        raise leaked("forward", False, None)


def as_if_alone(scene: TransformerCase) -> None:
    """Raises Failure where a sentence with padding behind it gives other predictions than alone."""
    seen = scene.logits()
    for row, words in enumerate(scene.mask.sum(dim=1).tolist()):
        part = slice(row, row + 1)
        alone = replace(scene, src=scene.src[part, :words], tgt=scene.tgt[part], mask=scene.mask[part, :words])
        if (change(seen[part], alone.logits()) > STILL).any():
            raise leaked("forward", False, None)


def words_of_the_source_learn(scene: TransformerCase, draw: Draw) -> None:
    """Raises Failure where the predictions depend on the vectors of the source's words, and no gradient comes back to these."""
    sizes = scene.sizes
    pull: list[Tensor | None] = [draw.normal(*scene.tgt.shape, sizes.tgt_vocab)]
    with scene.model.student.unrecorded():
        found = scene.model.gradients(scene.src, scene.tgt, scene.mask, cotangents=pull).get("parameters")
    gradients = found if isinstance(found, dict) else {}
    if any(map(backward.moves, gradients.values())):  # they may be switched off in evaluation mode
        tables = [n for n, w in scene.model.weights.items() if tuple(w.shape) == (sizes.src_vocab, sizes.d_model)]
        silent = [n for n in tables if n not in scene.model.frozen and not backward.moves(gradients.get(n))]
        with scene.model.student.unrecorded():
            properties.not_cut_off([n for n in silent if matters(scene, n)])


def reads_its_ends(student: Student, draw: Draw) -> tuple[TransformerCase, Tensor]:
    """A model, and how it reads (of one without `encode`, what it writes). Raises Failure where the first or the last word of the source moves nothing somewhere."""
    scene = build(student, draw)
    seen = scene.logits()
    read = seen if scene.form.whole else scene.read()
    for place in (0, scene.src.shape[1] - 1):
        turned, has = scene.other_source(place), scene.mask[:, place]
        if not (change(seen[has], scene.logits(turned)[has]) > STILL).all():
            raise source_unread(place) if same_when_new(student, scene, turned) else recompute.remembered(MEMORY)
        if scene.form.whole:
            continue
        moved = (read - scene.read(turned)).abs().amax(dim=2)  # (B, S)
        if not (moved[scene.mask & has[:, None]] > STILL).all():
            causal = place > 0 and not (moved[:, :place] > STILL).any()
            raise source_half_read(place, change(read[has], scene.read(turned)[has]), causal)
    return scene, read


def in_this_order(student: Student, draw: Draw) -> None:
    """Raises Failure where another order gives the same."""
    scene = build(student, draw, layers=1)  # with two, a causal mask alone lets the order through
    src, tgt = scene.src[:1], scene.tgt.clone()  # the first sentence has no padding
    tgt[:, 1] = further(tgt[:, 0], 3, scene.sizes.tgt_vocab, scene.form.first)
    alone = replace(scene, mask=scene.mask[:1], src=src)
    turned = src.flip(1)
    reads = (
        (alone.logits(tgt=tgt[:1]), alone.logits(turned, tgt[:1]))
        if scene.form.whole
        else (alone.read(), alone.read(turned).flip(1))
    )
    if properties.close(*reads):
        raise unordered("source", "原文", "no_source_positions")
    swapped = tgt[:, [1, 0, *range(2, tgt.shape[1])]]
    if properties.close(scene.logits(tgt=tgt)[:, 2:], scene.logits(tgt=swapped)[:, 2:]):
        raise unordered("target", "訳文", "no_target_positions")


def matters(scene: TransformerCase, name: str) -> bool:
    """Whether the logits are others with other numbers in this parameter."""
    before, weight = scene.logits(), scene.model.weights[name]
    scene.model.load({name: weight.flip(0)})
    after = scene.logits()
    scene.model.load({name: weight})
    return bool((change(before, after) > STILL).any())
