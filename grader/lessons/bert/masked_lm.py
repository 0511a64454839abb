"""Encoder, MaskedLM, masked_lm_loss. Devlin et al. 2018, sections 3 and 3.1.

The encoder may be built in many ways (pre- or post-norm, learned or computed positions, one's own attention): it is judged by what
influences what, and then recomputed in all of these ways with the student's own weights.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import torch
from torch import Tensor

from grader.checks import (
    Draw,
    Failure,
    Student,
    Text,
    Unmatched,
    backward,
    check,
    own_scores,
    properties,
    recompute,
    sign,
    trace,
)
from grader.lessons.bert import _interfaces, _masked_lm_mistakes, _masked_lm_right
from grader.lessons.bert._figure_one import other, padded
from grader.lessons.bert._losses import LOSS, scalar, teaches_nothing
from grader.lessons.bert._masked_lm_failures import (
    NO_SEGMENTS,
    not_by_position,
    other_segments,
    padding_seen,
    reads_so_many,
)
from grader.lessons.bert._masked_models import (
    LOGITS,
    encoder,
    every_layer_has_its_own,
    every_word_is_real,
    head_inputs,
    logits,
)
from grader.lessons.bert._reader import Reader, told_apart
from grader.lessons.bert._simple_encoder import MOVED, STILL, change
from grader.lessons.bert._what_moves import (
    in_this_order,
    sees_both_sides,
    tells_late_places_apart,
    tells_segments_apart,
)

TITLE = Text(en="An encoder that looks both ways, and the masked LM", ja="両側を見るエンコーダーと Masked LM")
NAMES = ("Encoder", "MaskedLM", "masked_lm_loss")
KNOWN_ANSWERS = (_masked_lm_mistakes, _masked_lm_right)
HEADINGS = ("masked language model", "masked LM", "MLM", "マスク言語モデル", "穴埋め言語モデル")
SIGNS = (
    sign(
        r"^class\s+\w*(?:MaskedLM|MLM|MaskedLanguage\w*)\w*\(|^class\s+(?:BERT|Bert)(?:Model|LM|ForPre[Tt]raining)?\s*[(:]",
        "a masked language model",
        "マスク言語モデルのクラス",
        rank=240,
    ),
)
TRACES = (
    trace(r"(?i)\bmlm|masked_?(?:lm|language)|\bbert"),  # class MLMHead(nn.Module)
    trace(r"\w{0,60}ForMaskedLM\b", alone=True),  # AutoModelForMaskedLM.from_pretrained("distilbert-base-uncased")
)
INTERFACES = _interfaces.MASKED_LM
STARTERS = (
    Text(
        en="Three `nn.Embedding` of width D: words (V), positions (max_len), segments (2). Their sum (B, T, D) "
        "goes through an `nn.LayerNorm`.",
        ja="幅 D の `nn.Embedding` を 3 つ用意します。単語（V）、位置（max_len）、文の区別（2）です。和 (B, T, D) を `nn.LayerNorm` に"
        "通します。",
    ),
    Text(
        en="`nn.TransformerEncoder` with `batch_first=True` does the layers. Its `src_key_padding_mask` is True "
        "where our `mask` is False.",
        ja="層は `nn.TransformerEncoder`（`batch_first=True`）に任せられます。`src_key_padding_mask` は、この課題の `mask"
        "` と True・False が逆です。",
    ),
    Text(
        en="The masked LM is one `nn.Linear` from D to V. For the loss see which index `F.cross_entropy` ignores.",
        ja="MaskedLM は D から V への `nn.Linear` 1 つです。損失では、`F.cross_entropy` がどの番号を無視するかを確かめましょう。",
    ),
)

HIDDEN = Text(en="the encoder's output", ja="エンコーダーの出力")
READING = Text(
    en="Follow the encoder with the shapes beside it: words + positions + segments, each (B, T, D) -> LayerNorm -> layers that get the padding as "
    "(B, T), True where it is to be ignored -> (B, T, D).",
    ja="エンコーダーを、形を書き添えてたどってみましょう。単語・位置・セグメントの埋め込み（それぞれ (B, T, D)）の和 → LayerNorm → 無視する位置が True の "
    "(B, T) を渡した層 → (B, T, D)。",
)
MEAN = Text(
    en="Follow one position: logits (V,) -> log-softmax -> minus the number at its label. Which positions are averaged, and by what is divided?",
    ja="1 つの位置でたどってみましょう。logits (V,) → log-softmax → ラベルの位置の値の符号を変える。どの位置について平均し、何で割りますか。",
)


@check(points=1, ja="エンコーダーは ID (B, T) を (B, T, D) に、Masked LM は (B, T, V) に写す")
def shapes(student: Student, draw: Draw) -> None:
    """The encoder turns ids (B, T) into (B, T, D), the masked LM into (B, T, V)."""
    encoder(student, draw).read()
    if "own form" in student.limitations("Encoder"):
        return  # its head is asked for below
    inner, ids, width, words = head_inputs(student, draw)
    whole = student.module("MaskedLM", inner, d_model=width, vocab_size=words)
    whole(ids, torch.ones(*ids.shape, dtype=torch.bool), view=logits(ids, words))


@check(points=1, after=shapes, ja="どの位置も、前と後ろの両方の単語を見る")
def looks_both_ways(student: Student, draw: Draw) -> None:
    """Every position sees the words before it and those after it."""
    recompute.until_seen(lambda: sees_both_sides(student, draw))


@check(points=1, after=shapes, ja="パディングは何にも影響せず、mask を省けばすべて本物の単語である")
def padding_has_no_influence(student: Student, draw: Draw) -> None:
    """Padding influences nothing, whatever ids stand there and however much of it; without a mask every word is real."""
    reader = encoder(student, draw)
    ids, mask = reader.ids, reader.form.mask(draw, *reader.ids.shape)
    seen, behind = reader.read(ids, mask), ~mask
    by_padding = (seen - reader.read(torch.where(behind, reader.others(ids), ids), mask)).abs().amax(dim=2)[mask]
    by_words = (seen - reader.read(reader.other(0), mask)).abs().amax(dim=2)[:, 1:][mask[:, 1:]]
    if (by_padding > STILL).any():
        raise padding_seen(float(by_padding.max()), flipped=not (by_words > MOVED).any())
    length = int(mask[1:].sum(1).max())
    short = reader.read(ids[1:, : length + 1], mask[1:, : length + 1])
    properties.equal(short[mask[1:, : length + 1]], seen[1:][mask[1:]], HIDDEN, help=READING)
    every_word_is_real(reader)
    if student.promised:
        recompute.also_in_training(reader.model, partial(sees_no_padding, reader, mask))


def sees_no_padding(reader: Reader, mask: Tensor) -> None:
    """Raises Failure where other words behind the mask move the outputs of real words."""
    elsewhere = torch.where(~mask, reader.others(reader.ids), reader.ids)
    by_padding = (reader.read(reader.ids, mask) - reader.read(elsewhere, mask)).abs().amax(dim=2)[mask]
    if (by_padding > STILL).any():
        raise padding_seen(float(by_padding.max()), flipped=False)


@check(points=1, after=shapes, ja="単語の並び順が区別され、max_len 語まで読める")
def order_matters(student: Student, draw: Draw) -> None:
    """The order of the words matters, and max_len of them can be read."""
    longest = draw.number(530, 560) if student.promised or student.takes("Encoder", "max_len") else 0
    reader = encoder(student, draw, longest)
    for time in (1, reader.sizes["max_len"] if longest else 2):
        reads_so_many(reader, time)
    after_others = reader.read()
    fresh = student.module("Encoder", **{"num_layers": 2} | reader.sizes)
    fresh.load(reader.model.weights)
    if not properties.close(replace(reader, model=fresh.eval()).read(), after_others):
        raise recompute.remembered(HIDDEN)
    if student.promised:  # elsewhere positions may be such that far words are out of sight, as with ALiBi
        tells_late_places_apart(reader, draw)
    looked = iter([reader])  # at the one that was built, and then at others
    recompute.until_seen(lambda: in_this_order(next(looked, None) or encoder(student, draw)))


@check(points=1, after=shapes, ja="1 文目と 2 文目（segments）が区別され、segments を省けばすべて 0 である")
def segments_matter(student: Student, draw: Draw) -> Text | None:
    """A word of the second segment is told from the same word of the first; without segments all are of the first."""
    if "no segments" in student.limitations("Encoder"):
        return NO_SEGMENTS
    reader, mask, one = recompute.until_seen(lambda: tells_segments_apart(student, draw))
    plain = reader.read(reader.ids, mask, given=(reader.ids, mask))
    if not properties.close(plain, one):
        raise other_segments(reader, mask, plain)
    return None


@check(
    points=2,
    after=(looks_both_ways, padding_has_no_influence, order_matters, segments_matter),
    ja="3 つの埋め込みの和を正規化し、Transformer の層に通す（あなたの重みで検算）",
)
def computes_the_encoder(student: Student, draw: Draw) -> Text | None:
    """The sum of three embeddings is normalised and goes through Transformer layers (we recompute it with your weights)."""
    if "scores" in student.limitations("Encoder"):
        return NOT_RECOMPUTED
    reader, known, weights = told_apart(student, draw)
    known.load(weights)
    reader.model.eval()
    mask, segments = reader.form.mask(draw, *reader.ids.shape), draw.integers(0, 2, *reader.ids.shape)
    recompute.steady(student, lambda: reader.read(reader.ids, mask, segments), HIDDEN)
    try:
        student.must_agree(HIDDEN, rtol=3e-3, atol=1e-3, help=READING)
    except Unmatched:
        if student.promised:
            raise
        return NOT_RECOMPUTED
    every_layer_has_its_own(student, draw)
    return None


NOT_RECOMPUTED = Text(
    en="What influences what is as it should be; the layers are built in a way that could not be recomputed.",
    ja="何が何に影響するかは正しくできています。層の中身は、検算できる形ではありませんでした。",
)


@check(
    points=1, after=shapes, ja="Masked LM は各位置を、その位置のエンコーダー出力から予測し、mask をエンコーダーに渡す"
)
def predicts_each_position(student: Student, draw: Draw) -> None:
    """The masked LM predicts each position from the encoder's output there, and hands the mask to the encoder."""
    inner, ids, width, words = head_inputs(student, draw)
    model = student.module("MaskedLM", inner, d_model=width, vocab_size=words).randomise(draw).eval()
    view, mask, place = logits(ids, words), torch.ones_like(ids, dtype=torch.bool), ids.shape[1] // 2
    seen = recompute.steady(student, lambda: model(ids, mask, view=view), LOGITS)
    moved = change(seen, model(other(ids, place, words), mask, view=view))
    if not moved[place] > MOVED or (moved[:place] > STILL).any() or (moved[place + 1 :] > STILL).any():
        raise not_by_position(place, moved)
    inner, ids, width, words = head_inputs(student, draw, mixing=1.0)
    model = student.module("MaskedLM", inner, d_model=width, vocab_size=words).randomise(draw).eval()
    mask, view = padded(draw, *ids.shape), logits(ids, words)
    padding = torch.where(mask, ids, (ids + 7) % words)
    moved = (model(ids, mask, view=view) - model(padding, mask, view=view)).abs().amax(dim=2)[mask]
    if (moved > STILL).any():
        raise Failure(
            Text(
                en="The predictions for real words depend on what stands in the padding: the encoder did not get the mask.",
                ja="パディングの中身によって、本物の単語の予測が変わりました。mask がエンコーダーに渡っていません。",
            ),
            Text(
                en="What does `self.encoder` need besides ids?", ja="`self.encoder` には ids のほかに何が要りますか。"
            ),
            misconception="mask_not_handed_on",
        )


@check(points=1, after=shapes, ja="損失の勾配がエンコーダーまで届く")
def the_encoder_learns(student: Student, draw: Draw) -> None:
    """The gradient of the loss reaches the encoder."""
    inner, ids, width, words = head_inputs(student, draw)
    model = student.module("MaskedLM", inner, d_model=width, vocab_size=words)
    mask = torch.ones_like(ids, dtype=torch.bool)
    found = model.gradients(ids, mask, cotangents=[draw.normal(*ids.shape, words)]).get("parameters")
    gradients = found.values() if isinstance(found, dict) else ()
    if not any(isinstance(g, Tensor) and tuple(g.shape) == (words + 4, width) and (g != 0).any() for g in gradients):
        raise Failure(
            Text(en="No gradient reaches the encoder.", ja="エンコーダーに勾配が届いていません。"),
            Text(
                en="`detach()`, `torch.no_grad()`, or an encoder that is not an attribute of the module cuts it off.",
                ja="`detach()` や `torch.no_grad()`、あるいはエンコーダーをモジュールの属性にしていないことが原因です。",
            ),
            misconception="encoder_cut_off",
        )


def what_its_loss_is_handed(student: Student, draw: Draw) -> Callable[[Tensor], Tensor]:
    """The scores for a loss: logits, or their log-softmax where the student's own masked LM and loss agree on that."""
    labels = torch.tensor([[3, -100, 1]])

    def own_model() -> Any:
        inner, ids, width, words = head_inputs(student, draw)
        return student.module("MaskedLM", inner, d_model=width, vocab_size=words)(ids, torch.ones_like(ids).bool())

    loss = partial(student.call, "masked_lm_loss", view=scalar)
    in_logs = own_scores.in_logs(student, lambda logits: loss(logits, labels), draw.normal(1, 3, 7), own_model)
    return (lambda logits: logits.log_softmax(dim=-1)) if in_logs else (lambda logits: logits)


@check(points=1, ja="損失は、選ばれた位置だけの平均である")
def loss_over_chosen_positions(student: Student, draw: Draw) -> None:
    """The loss is the mean over the chosen positions alone."""
    handed = what_its_loss_is_handed(student, draw)
    for batch, time, words, scale in ((3, 9, 28, 2.0), (4, 10, 13, 3.0), (2, 7, 90, 60.0), (1, 1, 6, 1.0)):
        scores, labels = handed(draw.normal(batch, time, words, scale=scale)), draw.integers(0, words, batch, time)
        for row, count in enumerate((5, 2, 1, 3)[:batch] if time > 1 else ()):
            labels[row, draw.permutation(time)[count:]] = -100
        _, after = student.call_and_inputs("masked_lm_loss", scores, labels, view=scalar)
        student.must_agree(LOSS, help=MEAN)
        recompute.untouched((scores, labels), after, ("logits", "labels"), {"labels": recompute.IN_PLACE})
    if student.promised:
        comes_back_to_the_scores(student, handed(draw.normal(2, 5, 11)), draw.integers(0, 11, 2, 5))


def comes_back_to_the_scores(student: Student, scores: Tensor, labels: Tensor) -> None:
    """Raises Failure where no gradient of the loss comes back."""
    with student.unrecorded():
        given = (scores.detach().requires_grad_(), labels)
        _, (received, *_) = backward.to_inputs(student, "masked_lm_loss", given, torch.tensor(1.0))
    if not backward.moves(received):
        raise teaches_nothing()
