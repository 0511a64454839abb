"""Encoder, MaskedLM, masked_lm_loss. Devlin et al. 2018, sections 3 and 3.1.

The encoder may be built in many ways (pre- or post-norm, learned or computed positions, one's own attention), so it is judged by
what influences what, not by its numbers.
"""

from typing import Any

import torch
from torch import Tensor

from grader import properties, views
from grader.draw import Draw
from grader.errors import Failure
from grader.lessons.bert import _lent
from grader.lessons.bert._lent import MOVED, STILL, change
from grader.lessons.bert._masked_lm_mistakes import *  # noqa: F403 - all of them: a list could forget one
from grader.lessons.declare import accepts, check, edit
from grader.model import Text
from grader.student import Module, Student

TITLE = Text(en="An encoder that looks both ways, and the masked LM", ja="両側を見るエンコーダーと Masked LM")
NAMES = ("Encoder", "MaskedLM", "masked_lm_loss")
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
LOGITS = Text(en="the output of the masked LM", ja="Masked LM の出力")
LOSS = Text(en="the loss", ja="損失")
WORDS, WIDTH, BATCH, TIME = 29, 15, 3, 9


def encoder(student: Student, draw: Draw) -> Module:
    """An encoder with drawn parameters, in evaluation mode. D = 15, N = 3, and no other size is the same."""
    sizes = {"vocab_size": WORDS, "d_model": WIDTH, "num_heads": 3, "d_ff": 21, "num_layers": 2, "max_len": 13}
    return student.module("Encoder", **sizes).randomise(draw).eval()


def words(draw: Draw) -> Tensor:
    return draw.integers(0, WORDS, BATCH, TIME)


def other(ids: Tensor, *positions: int) -> Tensor:
    """The same words, but others at these positions."""
    ids = ids.clone()
    ids[:, list(positions)] = (ids[:, list(positions)] + 7) % WORDS
    return ids


def hidden(value: Any) -> Tensor:
    try:
        seen = views.tensor(BATCH, TIME, WIDTH, what=HIDDEN, letters="(B, T, D)")(value)
    except Failure as failure:
        pooled = isinstance(value, Tensor) and tuple(value.shape) == (BATCH, WIDTH)
        name = "only_cls_returned" if pooled else None
        raise Failure(failure.rationale, failure.help, failure.evidence, name) from None
    return properties.finite(seen, HIDDEN)


@check(points=1, ja="エンコーダーは ID (B, T) を (B, T, D) に、Masked LM は (B, T, V) に写す")
def shapes(student: Student, draw: Draw) -> None:
    """The encoder turns ids (B, T) into (B, T, D), the masked LM into (B, T, V)."""
    model = encoder(student, draw)
    model(words(draw), view=hidden)
    inner = _lent.simple(student, draw, WORDS + 4, WIDTH)
    whole = student.module("MaskedLM", inner, d_model=WIDTH, vocab_size=WORDS)
    whole(words(draw), torch.ones(BATCH, TIME, dtype=torch.bool), view=logits)


def logits(value: Any) -> Tensor:
    return views.class_scores(BATCH, TIME, WORDS, what=LOGITS, letters="(B, T, V)")(value)


@check(points=2, after=shapes, ja="どの位置も、前と後ろの両方の単語を見る")
def looks_both_ways(student: Student, draw: Draw) -> None:
    """Every position sees the words before it and those after it."""
    model, ids, middle = encoder(student, draw), words(draw), TIME // 2
    moved = change(model(ids, view=hidden), model(other(ids, middle), view=hidden))
    before, after = moved[:middle], moved[middle + 1 :]
    if (before > MOVED).all() and (after > MOVED).all():
        return
    blind = "later" if (after > MOVED).all() else "earlier" if (before > MOVED).all() else "other"
    japanese = {"later": "後ろの", "earlier": "前の", "other": "ほかの"}[blind]
    raise Failure(
        Text(
            en=f"After the word at position {middle} was exchanged, some positions that should see it gave the same output: "
            f"they do not see {blind} words.",
            ja=f"位置 {middle} の単語を変えても、出力の変わらない位置があります。{japanese}単語が見えていません。",
        ),
        Text(
            en="The whole sentence is given. Is there a mask that should not be?",
            ja="文は最初から全部与えられています。余計なマスクが付いていませんか。",
        ),
        misconception="causal_mask_left_in" if blind == "later" else None,
    )


@check(points=2, after=shapes, ja="パディングは何にも影響しない")
def padding_has_no_influence(student: Student, draw: Draw) -> None:
    """Padding influences nothing: other ids there, or more of it, leave the real words' outputs as they are."""
    model, ids, length = encoder(student, draw), words(draw), TIME - 3
    mask = (torch.arange(TIME) < length).expand(BATCH, TIME)
    seen = model(ids, mask, view=hidden)[:, :length]
    by_padding = change(seen, model(other(ids, TIME - 1, TIME - 2), mask, view=hidden)[:, :length])
    by_words = change(seen, model(other(ids, 0), mask, view=hidden)[:, :length])
    if (by_padding > STILL).any():
        flipped = not (by_words[1:] > MOVED).any()
        raise Failure(
            Text(
                en=f"Exchanging words behind mask = False moved the outputs of real words by up to {float(by_padding.max()):.3g}.",
                ja=f"mask が False の位置の単語を変えると、本物の単語の出力が最大 {float(by_padding.max()):.3g} 動きました。",
            ),
            Text(
                en="What does True mean in the mask of the function you call?",
                ja="呼び出している関数のマスクでは、True はどちらの意味でしょうか。",
            ),
            misconception="mask_polarity_flipped" if flipped else "padding_attended",
        )
    short = [tensor[:, : length + 1] for tensor in (ids, mask)]
    view = views.tensor(BATCH, length + 1, WIDTH, what=HIDDEN)
    properties.equal(model(*short, view=view)[:, :length], seen, HIDDEN)


@check(points=1, after=shapes, ja="単語の並び順が区別される")
def order_matters(student: Student, draw: Draw) -> None:
    """The order of the words matters."""
    model, ids = encoder(student, draw), words(draw)
    turned = ids.flip(1)
    seen, again = model(ids, view=hidden), model(turned, view=hidden).flip(1)
    if properties.close(seen, again):
        raise Failure(
            Text(
                en="The sentence read backwards gives the same outputs, backwards: the order is not seen.",
                ja="文を逆順にしても、出力が逆順に並ぶだけでした。並び順が見えていません。",
            ),
            Text(
                en="Which of the three embeddings carries the order?",
                ja="3 つの埋め込みのうち、順序を伝えるのはどれでしょう。",
            ),
            misconception="no_positions",
        )


@check(points=1, after=shapes, ja="1 文目と 2 文目（segments）が区別される")
def segments_matter(student: Student, draw: Draw) -> None:
    """A word of the second segment is told from the same word of the first."""
    model, ids = encoder(student, draw), words(draw)
    mask = torch.ones(BATCH, TIME, dtype=torch.bool)
    first, second = torch.zeros_like(ids), (torch.arange(TIME) > 4).long().expand(BATCH, TIME).contiguous()
    moved = change(model(ids, mask, first, view=hidden), model(ids, mask, second, view=hidden))
    if not (moved > MOVED).any():
        raise Failure(
            Text(
                en="The outputs are the same whatever segments says.",
                ja="segments を変えても出力が変わりませんでした。",
            ),
            Text(en="Three embeddings are added.", ja="足し合わせる埋め込みは 3 つです。"),
            misconception="segments_ignored",
        )


@check(
    points=1, after=shapes, ja="Masked LM は各位置を、その位置のエンコーダー出力から予測し、mask をエンコーダーに渡す"
)
def predicts_each_position(student: Student, draw: Draw) -> None:
    """The masked LM predicts each position from the encoder's output there, and hands the mask to the encoder."""
    ids, mask = words(draw), torch.ones(BATCH, TIME, dtype=torch.bool)
    model = student.module(
        "MaskedLM", _lent.simple(student, draw, WORDS + 4, WIDTH), d_model=WIDTH, vocab_size=WORDS
    ).eval()
    moved = change(model(ids, mask, view=logits), model(other(ids, 4), mask, view=logits))
    if not moved[4] > MOVED or (moved[:4] > STILL).any() or (moved[5:] > STILL).any():
        raise not_by_position(moved)
    mixing = _lent.simple(student, draw, WORDS + 4, WIDTH, mixing=1.0)
    model = student.module("MaskedLM", mixing, d_model=WIDTH, vocab_size=WORDS).eval()
    mask = (torch.arange(TIME) < 5).expand(BATCH, TIME)
    moved = change(model(ids, mask, view=logits), model(other(ids, 7), mask, view=logits))[:5]
    if (moved > STILL).any():
        raise Failure(
            Text(
                en="The predictions for real words depend on what stands in the padding: the encoder did not get the mask.",
                ja="パディングの中身によって、本物の単語の予測が変わりました。mask がエンコーダーに渡っていません。",
            ),
            misconception="mask_not_handed_on",
        )


def not_by_position(moved: Tensor) -> Failure:
    first = not moved[4] > MOVED and not (moved > STILL).any()
    return Failure(
        Text(
            en="With an encoder that leaves each word by itself, exchanging the word at position 4 should move the prediction "
            f"at position 4 alone; those at {(moved > STILL).nonzero().flatten().tolist()} moved.",
            ja="単語どうしを混ぜないエンコーダーで位置 4 の単語を変えたので、位置 4 の予測だけが変わるはずですが、変わったのは "
            f"{(moved > STILL).nonzero().flatten().tolist()} でした。",
        ),
        Text(en="Each position predicts its own word.", ja="各位置は、その位置の単語を予測します。"),
        misconception="predicts_from_cls" if first else None,
    )


@check(points=1, after=shapes, ja="損失の勾配がエンコーダーまで届く")
def the_encoder_learns(student: Student, draw: Draw) -> None:
    """The gradient of the loss reaches the encoder."""
    inner = _lent.simple(
        student, draw, WORDS + 4, WIDTH
    )  # a table (V + 4, D): no parameter of the student's has this shape
    model = student.module("MaskedLM", inner, d_model=WIDTH, vocab_size=WORDS)
    mask = torch.ones(BATCH, TIME, dtype=torch.bool)
    found = model.gradients(words(draw), mask, cotangents=[draw.normal(BATCH, TIME, WORDS)]).get("parameters")
    gradients = found.values() if isinstance(found, dict) else ()
    if not any(isinstance(g, Tensor) and tuple(g.shape) == (WORDS + 4, WIDTH) and (g != 0).any() for g in gradients):
        raise Failure(
            Text(en="No gradient reaches the encoder.", ja="エンコーダーに勾配が届いていません。"),
            Text(
                en="`detach()`, `torch.no_grad()`, or an encoder that is not an attribute of the module cuts it off.",
                ja="`detach()` や `torch.no_grad()`、あるいはエンコーダーをモジュールの属性にしていないことが原因です。",
            ),
            misconception="encoder_cut_off",
        )


@check(points=1, ja="損失は、選ばれた位置だけの平均である")
def loss_over_chosen_positions(student: Student, draw: Draw) -> None:
    """The loss is the mean over the chosen positions alone."""
    scores = draw.normal(BATCH, TIME, WORDS, scale=2.0)
    labels = draw.integers(0, WORDS, BATCH, TIME)
    for row, count in enumerate((5, 2, 1)):
        labels[row, draw.permutation(TIME)[count:]] = -100
    student.call("masked_lm_loss", scores, labels, view=scalar)
    student.must_agree(LOSS)


def scalar(value: Any) -> Tensor:
    """One number, as a tensor."""
    if isinstance(value, float):
        return torch.tensor(value, dtype=torch.float64)
    return properties.finite(properties.has_shape(value, (), LOSS), LOSS)


computed_positions = accepts(
    edit("self.positions = nn.Embedding(max_len, d_model)", "self.d_model = d_model"),
    edit("(self.words, self.positions, self.segments)", "(self.words, self.segments)"),
    edit(
        "self.positions(place)",
        "torch.sin(place[:, None] / 10000 ** (torch.arange(self.d_model, device=ids.device) / self.d_model))",
    ),
)
pre_norm = accepts(edit('activation="gelu", ', 'activation="relu", norm_first=True, '))
additive_mask = accepts(
    edit(
        "None if mask is None else ~mask",
        'None if mask is None else torch.zeros(mask.shape).masked_fill(~mask, float("-inf"))',
    ),
)
transformed_and_log = accepts(
    edit(
        "self.fc = nn.Linear(d_model, vocab_size)",
        "self.fc = nn.Sequential(nn.Linear(d_model, d_model), nn.GELU(), nn.LayerNorm(d_model), nn.Linear(d_model, vocab_size),"
        " nn.LogSoftmax(dim=-1))",
    ),
)
chosen_first = accepts(
    edit(
        "F.cross_entropy(logits.transpose(1, 2), labels)",
        "F.cross_entropy(logits[labels != -100], labels[labels != -100])",
    ),
)
by_hand = accepts(
    edit(
        "F.cross_entropy(logits.transpose(1, 2), labels)",
        "-(logits.log_softmax(-1).gather(2, labels.clamp(min=0)[..., None])[..., 0] * (labels != -100)).sum() / (labels != -100).sum()",
    ),
)
