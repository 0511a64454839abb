"""TransformerModel in the form of the course's notebook: ids (T, B) -> logits (T, B, V), with nn.TransformerEncoder."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

import torch
from torch import Tensor

from grader.checks import (
    Draw,
    Module,
    Student,
    Text,
    Unmatched,
    accepts,
    check,
    edit,
    misconception,
    normalise,
    properties,
    recompute,
    same,
)
from grader.lessons.transformer_lm import _tutorial

FORM = "tutorial"
TITLE = _tutorial.TITLE
SOLUTION = _tutorial.SOLUTION
NAMES = ("TransformerModel",)
SIGNATURES = (_tutorial.MODEL,)

LOGITS = Text(en="the logits", ja="logits")
FEW = 12
READY_MADE = Text(
    en="The layers come from torch.nn, so what is inside them (heads, residual paths, normalisation) is not yours to be judged. "
    "Build one block by hand to see it.",
    ja="層は torch.nn のものなので、その中身（ヘッド、残差接続、正規化）は採点の対象になりません。1 ブロックを自分で書いてみると、よく分かります。",
)


@dataclass(frozen=True)
class TurnedModel:
    """A model, asked with ids (B, T) and answering (B, T, V): the axes are turned on the way."""

    model: Module
    masked: bool  # by the model itself; else the mask is handed in

    def __call__(self, ids: Tensor) -> Tensor:
        batch, time = ids.shape
        mask = () if self.masked else (torch.full((time, time), float("-inf")).triu(1),)
        read = normalise.class_scores(time, batch, _tutorial.VOCABULARY, what=LOGITS, letters="(T, B, V)")
        found: Tensor = self.model(ids.T.contiguous(), *mask, view=read)
        return found.transpose(0, 1).contiguous()


def build(student: Student, draw: Draw) -> tuple[TurnedModel, Tensor]:
    model, _ = _tutorial.language_model(student, draw)
    batch, time = draw.spread(range(6, 12), 2, both_parities=True)
    return TurnedModel(model, not _tutorial.wants_mask(student, model)), draw.integers(
        0, _tutorial.VOCABULARY, batch, time
    )


@check(points=1, ja="(T, B) の ID から (T, B, V) の logits が得られる。長さが変わってもよい")
def output_shape(student: Student, draw: Draw) -> Text:
    """Ids (T, B) become logits (T, B, V), for one length after another."""
    model, ids = build(student, draw)
    model(ids[:, :5])
    model(ids)
    return READY_MADE


@check(points=4, after=output_shape, ja="埋め込み、位置、エンコーダー、得点の順に計算する（あなたの重みで検算）")
def computes_the_model(student: Student, draw: Draw) -> None:
    """Embedding, positions, encoder, scores (we recompute it with your weights)."""
    model, ids = build(student, draw)
    model(ids)
    likely = islice(student.known(), FEW)  # layers of torch.nn name their parameters: the first matchings are the ones
    close = (same(student.exchanges[-1].value, expected, rtol=3e-3, atol=1e-3) for expected in likely)
    if not any(close):  # two layers of float32, seen through a log-softmax
        raise Unmatched("none of the models we know computes this")


@check(points=3, after=output_shape, ja="どの位置の予測も、それより後ろの語に左右されない")
def sees_no_future(student: Student, draw: Draw) -> None:
    """No prediction depends on later words, and each depends on its own."""
    model, ids = build(student, draw)
    place = draw.number(1, ids.shape[1])
    properties.causal(model, ids, properties.changed_at(ids, place, _tutorial.VOCABULARY), place, LOGITS)


@check(points=1, after=output_shape, ja="語の並び順を区別する")
def knows_the_order(student: Student, draw: Draw) -> None:
    """It knows the order: the same words in another order give another prediction at the end."""
    recompute.until_seen(lambda: tells_order(student, draw))


def tells_order(student: Student, draw: Draw) -> None:
    """Raises Failure where another order gives the same prediction."""
    model, ids = build(student, draw)
    end = ids.shape[1] - 1
    ids[:, 0] = (ids[:, end - 1] + 1) % _tutorial.VOCABULARY
    order = torch.cat([torch.arange(end).flip(0), torch.tensor([end])])

    def last(x: Tensor) -> Tensor:
        found = model(x)
        return found[:, -1:].expand_as(found)

    properties.order_matters(last, ids, order)


@check(points=1, after=output_shape, ja="バッチ内の文どうしは影響し合わない")
def sentences_are_independent(student: Student, draw: Draw) -> None:
    """Sentences of a batch do not touch each other: the last one alone gives what it gives within the batch."""
    model, ids = build(student, draw)
    properties.batch_independent(model, ids, Text(en="the logits of the last sentence", ja="最後の文の logits"))


@check(points=1, after=output_shape, ja="評価モードでは dropout が止まり、同じ入力に同じ出力を返す")
def repeatable_in_evaluation(student: Student, draw: Draw) -> None:
    """In evaluation mode dropout is off: the same input gives the same output twice."""
    model, ids = build(student, draw)
    first = model(ids)
    student.seed += 1
    properties.repeatable(first, model(ids), LOGITS)


@check(points=1, after=output_shape, ja="どの層のパラメータも使われ、勾配が届く")
def every_layer_learns(student: Student, draw: Draw) -> None:
    """All layers take part: a gradient reaches every parameter."""
    model, ids = build(student, draw)
    mask = () if model.masked else (torch.full((ids.shape[1],) * 2, float("-inf")).triu(1),)
    ids = ids.T.contiguous()
    found = model.model.gradients(ids, *mask, cotangents=[draw.normal(*ids.shape, _tutorial.VOCABULARY)])
    properties.reached(found["parameters"])


# --- right answers -----------------------------------------------------------------------------

FORWARD = "    def forward(self, src):\n"
CACHED = (
    "        if self.src_mask is None or self.src_mask.size(0) != len(src):\n"
    "            self.src_mask = self._generate_square_subsequent_mask(len(src)).to(src.device)\n"
)

mask_handed_in = accepts(
    edit(FORWARD + CACHED, "    def forward(self, src, src_mask):\n"),
    edit("self.transformer_encoder(src, self.src_mask)", "self.transformer_encoder(src, src_mask)"),
)
unscaled = accepts(edit("self.encoder(src) * math.sqrt(self.ninp)", "self.encoder(src)"))
pre_norm = accepts(edit("nhead, nhid, dropout)", "nhead, nhid, dropout, norm_first=True)"))

# --- mistakes ----------------------------------------------------------------------------------

no_positions = misconception(
    edit("        src = self.pos_encoder(src)\n", ""),
    en="The positions are not added. Attention by itself sees a bag of words; call self.pos_encoder.",
    ja="位置エンコーディングを足していません。Attention だけでは語の集まりしか見えません。self.pos_encoder を呼びましょう。",
)
positions_scaled_too = misconception(
    edit("        src = self.encoder(src) * math.sqrt(self.ninp)\n", "        src = self.encoder(src)\n"),
    edit("src = self.pos_encoder(src)", "src = self.pos_encoder(src) * math.sqrt(self.ninp)"),
    en="The positions are added before the scaling, and so multiplied by sqrt(ninp) as well. Scale the embedding, then add.",
    ja="位置を足してから √ninp を掛けているので、位置まで大きくなっています。先に埋め込みに掛け、それから足しましょう。",
)
no_mask = misconception(
    edit("self.transformer_encoder(src, self.src_mask)", "self.transformer_encoder(src)"),
    en="The mask is not handed to the encoder: each position sees the very word it is to predict. Pass it as the second argument.",
    ja="エンコーダーにマスクを渡していないので、予測すべき語そのものが見えています。2 つ目の引数に渡しましょう。",
)
mask_transposed = misconception(
    edit("self.transformer_encoder(src, self.src_mask)", "self.transformer_encoder(src, self.src_mask.t())"),
    en="The mask lies on its side: each position sees itself and its future instead of its past. Rows are the positions that look.",
    ja="マスクが転置されていて、過去ではなく自分と未来が見えています。行が「見る側」です。",
)
mask_one_too_many = misconception(
    edit("torch.triu(torch.ones(sz, sz))", "torch.triu(torch.ones(sz, sz), -1)"),
    en="The mask is off by one: each position also sees the next, which is its answer.",
    ja="マスクが 1 つずれていて、答えである次の語まで見えています。",
)
mask_of_zeros_and_ones = misconception(
    edit('mask.float().masked_fill(mask == 0, float("-inf")).masked_fill(mask == 1, 0.0)', "mask.float()"),
    en="The mask holds 0 and 1, which are added to the scores and hide nothing. Hidden places need -inf.",
    ja="マスクが 0 と 1 のままで、スコアに足しても何も隠れません。隠す場所は -inf です。",
)
boolean_mask_inverted = misconception(
    edit(
        "self.transformer_encoder(src, self.src_mask)",
        "self.transformer_encoder(src, self.src_mask.isneginf().logical_not())",
    ),
    en="The boolean mask is the wrong way round, and rows that see nothing become NaN or see only the future. In nn.Transformer True "
    "hides: pass ~mask.",
    ja="真偽値のマスクの向きが逆です。nn.Transformer では True が「隠す」です。~mask を渡しましょう。",
)
attends_across_the_batch = misconception(
    edit("nhead, nhid, dropout)", "nhead, nhid, dropout, batch_first=True)"),
    edit("self.src_mask.size(0) != len(src)", "self.src_mask.size(0) != src.size(1)"),
    edit("self._generate_square_subsequent_mask(len(src))", "self._generate_square_subsequent_mask(src.size(1))"),
    en="Attention runs across the batch: with batch_first=True the layers take axis 0 for the sentences, but here it is time. Leave "
    "batch_first out, or turn the data.",
    ja="Attention がバッチの方向に働いています。batch_first=True では軸 0 が文とみなされますが、ここでは時間です。batch_first を外すか、データの向きを変えましょう。",
)
log_softmax_over_time = misconception(
    edit("return self.decoder(output)", "return self.decoder(output).softmax(dim=0)"),
    en="The softmax runs over axis 0, the time. The words of the vocabulary are the last axis; and CrossEntropyLoss takes the logits "
    "as they are.",
    ja="softmax を軸 0（時間）についてとっています。語彙は最後の軸です。CrossEntropyLoss には logits をそのまま渡します。",
)
mask_kept_from_the_first_call = misconception(
    edit("self.src_mask is None or self.src_mask.size(0) != len(src)", "self.src_mask is None"),
    en="The mask of the first call is kept for good, and does not fit the shorter last piece of the text. Make a new one when the "
    "length changes.",
    ja="最初に作ったマスクを使い続けるので、長さの違う入力（本文の最後の短い部分など）に合いません。長さが変わったら作り直しましょう。",
)
output_thrown_away = misconception(
    edit(
        "        output = self.transformer_encoder(src, self.src_mask)\n        return self.decoder(output)\n",
        "        self.transformer_encoder(src, self.src_mask)\n        return self.decoder(src)\n",
    ),
    en="What the encoder returns is thrown away: the scores come from the embeddings alone. Assign it.",
    ja="エンコーダーの返り値を捨てていて、埋め込みだけから得点を計算しています。代入しましょう。",
)
only_the_last_position = misconception(
    edit("self.decoder(output)", "self.decoder(output[-1])"),
    en="Only the last position is scored. A language model learns from all T positions at once.",
    ja="最後の位置の得点しか返していません。言語モデルは T 個の位置から一度に学びます。",
)
dropout_in_evaluation = misconception(
    edit("        src = self.pos_encoder(src)\n", "        src = nn.functional.dropout(self.pos_encoder(src), 0.2)\n"),
    en="Dropout stays on in evaluation: F.dropout does so unless told training=self.training. Use an nn.Dropout module.",
    ja="評価モードでも dropout が効いたままです。F.dropout は training=self.training を渡さない限り止まりません。nn.Dropout を使いましょう。",
)
