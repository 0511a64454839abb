"""TransformerLM(vocab_size, d_model, num_heads, d_ff, num_layers, dropout): ids (B, T) -> logits (B, T, V).

Vaswani et al. 2017, figure 1 (its right half without the source) and section 3.4; pre-norm as in Radford et al. 2019.
"""

from typing import Any

import torch
from torch import Tensor

from grader import properties, views
from grader.draw import Draw
from grader.errors import Failure
from grader.lessons.declare import accepts, check, edit, misconception
from grader.lessons.transformer_lm import _tutorial_transformer, encoder_block, multi_head
from grader.model import Edit, Text, Variant
from grader.student import Module, Student, View

TITLE = Text(en="The whole language model", ja="言語モデルを組み立てる")
NAMES = ("TransformerLM",)
STARTERS = (
    Text(
        en="Parts: `nn.Embedding(vocab_size, d_model)`, an `nn.ModuleList` of `EncoderBlock`, and "
        "`nn.Linear(d_model, vocab_size)`.",
        ja="部品は `nn.Embedding(vocab_size, d_model)`、`EncoderBlock` の `nn.ModuleList`、`nn.Linear(d_mode"
        "l, vocab_size)` です。",
    ),
    Text(
        en="ids (B, T) become (B, T, D); `positional_encoding` gives (T, D), which is added to every sentence "
        "of the batch.",
        ja="ids (B, T) が (B, T, D) になります。`positional_encoding` の (T, D) は、バッチのどの文にも足します。",
    ),
    Text(
        en="Every block gets the same `causal_mask(T)`, with the T of these ids. The logits (B, T, V) are "
        "returned without a softmax.",
        ja="どのブロックにも同じ `causal_mask(T)` を渡します（T はその ids の長さ）。logits (B, T, V) は softmax をとらずに返します。",
    ),
)
FORMS = (_tutorial_transformer,)

LOGITS = Text(en="the logits", ja="logits")
VOCABULARY = 29


def build(student: Student, draw: Draw) -> tuple[Module, Tensor]:
    """A model of two layers with drawn parameters in evaluation mode, and ids (B, T)."""
    heads, head_width = draw.sample((3, 5), 2)
    batch, time, more = draw.sample((7, 9, 11), 3)
    width = heads * head_width  # small: a wrong model is compared with hundreds
    sizes = student.sized(
        "TransformerLM", vocab_size=VOCABULARY, d_model=width, num_heads=heads, d_ff=width + more, num_layers=2
    )
    model = student.module("TransformerLM", **sizes, dropout=0.3)
    student.adopt(model, "TransformerLM")
    return model.randomise(draw).eval(), draw.integers(0, VOCABULARY, batch, time)


def scores(ids: Tensor) -> View:
    """Logits or log-probabilities over the vocabulary, read as log-probabilities; the loss wants no probabilities."""
    read = views.class_scores(*ids.shape, VOCABULARY, what=LOGITS, letters="(B, T, V)")

    def view(value: Any) -> Tensor:
        found: Tensor = read(value)
        raw = views.first(value)
        if (raw >= 0).all() and (raw <= 1).all():
            raise Failure(
                Text(
                    en="The model returns probabilities; the loss takes logits and makes the softmax itself.",
                    ja="モデルが確率を返しています。softmax は損失の側でとるので、ここでは logits を返します。",
                )
            )
        return found

    return view


@check(points=1, ja="(B, T) の ID から (B, T, V) の logits が得られる")
def output_shape(student: Student, draw: Draw) -> None:
    """Ids (B, T) become logits (B, T, V)."""
    model, ids = build(student, draw)
    model(ids, view=scores(ids))


@check(points=4, after=output_shape, ja="埋め込み、位置、ブロック、点数の順に計算する（あなたの重みで検算）")
def computes_the_model(student: Student, draw: Draw) -> None:
    """Embedding, positions, blocks, scores: recomputed with your own weights."""
    model, ids = build(student, draw)
    model(ids, view=scores(ids))
    student.must_agree(LOGITS, rtol=3e-3, atol=1e-3)  # two layers of float32, seen through a log-softmax


@check(points=3, after=output_shape, ja="どの位置の予測も、それより後ろの文字に左右されない")
def sees_no_future(student: Student, draw: Draw) -> None:
    """No prediction depends on later characters, and each depends on its own."""
    model, ids = build(student, draw)
    place = draw.number(1, ids.shape[1])
    changed = properties.changed_at(ids, place, VOCABULARY)
    properties.causal(lambda x: model(x, view=scores(x)), ids, changed, place, LOGITS)


@check(points=1, after=output_shape, ja="文字の並び順を区別する")
def knows_the_order(student: Student, draw: Draw) -> None:
    """It knows the order: the same characters in another order give another prediction at the end."""
    model, ids = build(student, draw)
    end = ids.shape[1] - 1
    ids[:, 0] = (ids[:, end - 1] + 1) % VOCABULARY  # or turning the first of them round might change nothing
    order = torch.cat([torch.arange(end).flip(0), torch.tensor([end])])

    def last(x: Tensor) -> Tensor:
        """The prediction at the end, which has seen everything: one answer for the whole row."""
        found: Tensor = model(x, view=scores(x))
        return found[:, -1:].expand_as(found)

    properties.order_matters(last, ids, order)


@check(points=1, after=output_shape, ja="バッチ内の文どうしは影響し合わない")
def sentences_are_independent(student: Student, draw: Draw) -> None:
    """Sentences of a batch do not touch each other: the last one alone gives what it gives within the batch."""
    model, ids = build(student, draw)
    properties.batch_independent(
        lambda x: model(x, view=scores(x)), ids, Text(en="the logits of the last sentence", ja="最後の文の logits")
    )


@check(points=1, after=output_shape, ja="評価モードでは dropout が止まり、同じ入力に同じ出力を返す")
def repeatable_in_evaluation(student: Student, draw: Draw) -> None:
    """In evaluation mode dropout is off: the same input gives the same output twice."""
    model, ids = build(student, draw)
    first = model(ids, view=scores(ids))
    student.seed += 1  # another stream of random numbers, so that what depends on them shows
    properties.repeatable(first, model(ids, view=scores(ids)), LOGITS)


@check(points=1, after=output_shape, ja="どの層のパラメータも使われ、勾配が届く")
def every_layer_learns(student: Student, draw: Draw) -> None:
    """All layers take part: a gradient reaches every parameter."""
    model, ids = build(student, draw)
    found = model.gradients(ids, cotangents=[draw.normal(*ids.shape, VOCABULARY)])
    properties.reached(found["parameters"])


# --- right answers -----------------------------------------------------------------------------

# What a Transformer may choose freely; any of these go together.
NO_LAST_NORM = (edit("        x = self.norm(x)\n", ""), edit("        self.norm = LayerNorm(d_model)\n", ""))
CHOICES: dict[str, tuple[Edit, ...]] = {
    "no_last_norm": NO_LAST_NORM,
    "post_norm": (*encoder_block.POST, *NO_LAST_NORM),
    "gelu": (encoder_block.GELU,),
    "gelu_tanh": (encoder_block.GELU_TANH,),
    "unscaled": (edit("self.embedding(ids) * self.scale", "self.embedding(ids)"),),
    "tied": (
        edit(
            "self.head = nn.Linear(d_model, vocab_size)",
            "self.head = nn.Linear(d_model, vocab_size, bias=False)\n        self.head.weight = self.embedding.weight",
        ),
    ),
    "learned_positions": (
        edit(
            'self.register_buffer("positions", positional_encoding(max_len, d_model), persistent=False)',
            "self.positions = nn.Parameter(0.1 * torch.randn(max_len, d_model))",
        ),
    ),
}


def together(*names: str) -> Variant:
    return accepts(*(change for name in names for change in CHOICES[name]))


post_norm = together("post_norm")
unscaled = together("unscaled")
gelu = together("gelu")
tied = together("tied")
learned_positions = together("learned_positions", "unscaled")
gelu_unscaled = together("gelu", "unscaled")
tied_unscaled = together("tied", "unscaled")
tied_gelu = together("tied", "gelu")
gelu_learned_positions = together("gelu", "learned_positions", "unscaled")
as_gpt_2 = together("tied", "gelu", "learned_positions", "unscaled")
gelu_tanh_learned_positions = together("gelu_tanh", "learned_positions", "unscaled")
as_gpt_2_tanh = together("tied", "gelu_tanh", "learned_positions", "unscaled")
learned_positions_without_last_norm = together("learned_positions", "no_last_norm", "unscaled")
without_last_norm_unscaled = together("no_last_norm", "unscaled")
post_norm_unscaled = together("post_norm", "unscaled")
post_norm_gelu = together("post_norm", "gelu")
post_norm_gelu_unscaled = together("post_norm", "gelu", "unscaled")
post_norm_tied = together("post_norm", "tied")
post_norm_learned_positions = together("post_norm", "learned_positions", "unscaled")
post_norm_and_one_more = accepts(*encoder_block.POST)
without_last_norm = together("no_last_norm")
log_probabilities = accepts(edit("self.head(x)  #", "self.head(x).log_softmax(dim=-1)  #"))

# --- mistakes ----------------------------------------------------------------------------------

no_positions = misconception(
    edit("words + self.positions[:length]", "words"),
    en="The positions are not added. Attention by itself sees a bag of characters; without the positional encoding their order "
    "is lost.",
    ja="位置エンコーディングを足していません。Attention だけでは文字の集まりしか見えず、順番が失われます。",
)
positions_scaled_too = misconception(
    edit("x = words + self.positions[:length]", "x = (self.embedding(ids) + self.positions[:length]) * self.scale"),
    en="The positions are added before the scaling, and so multiplied by sqrt(D) as well. The factor belongs to the embedding "
    "alone: scale, then add.",
    ja="位置を足してから √D を掛けているので、位置まで √D 倍になっています。掛けるのは埋め込みだけです。先に掛け、それから足しましょう。",
)
positions_of_the_batch = misconception(
    edit("self.positions[:length]", "self.positions[: ids.size(0)].unsqueeze(1)"),
    en="The positions run along the batch: every character of a row gets the row's number as its position. Axis 1 of "
    "(B, T, D) is time; cut the table to T rows.",
    ja="位置がバッチの軸に沿って振られ、同じ行の文字がみな同じ位置になっています。(B, T, D) の軸 1 が時間です。表を T 行に切りましょう。",
)
table_not_cut = misconception(
    edit("self.positions[:length]", "self.positions"),
    en="The whole table of positions is added, all max_len rows of it, which fits no shorter text. Cut it to the first T rows.",
    ja="位置の表を max_len 行すべて足そうとしていて、それより短い文に合いません。先頭の T 行に切りましょう。",
)
no_mask = misconception(
    edit("block(x, mask)", "block(x)"),
    en="There is no causal mask: each position sees the very character it is to predict, and learns to copy it. Pass the mask "
    "to every block.",
    ja="因果マスクがありません。どの位置からも、予測すべき文字そのものが見えていて、写すことしか学べません。すべてのブロックに mask を渡しましょう。",
)
mask_one_too_many = misconception(
    edit("causal_mask(length)", "torch.ones(length, length, dtype=torch.bool).tril(1)"),
    en="The mask is off by one: each position also sees the next, which is its answer. The diagonal is the last that may be "
    "seen: tril() without an argument.",
    ja="マスクが 1 つずれていて、答えである次の文字まで見えています。見てよいのは対角線までです。引数なしの tril() にしましょう。",
)
mask_one_too_few = misconception(
    edit("causal_mask(length)", "torch.ones(length, length, dtype=torch.bool).tril(-1)"),
    en="The mask leaves a position with nothing to look at, and its softmax is NaN. It is off by one, so that a position does "
    "not even see itself (keep the diagonal), or inverted (True means allowed).",
    ja="マスクのせいで、どこも見えない位置があり、softmax が NaN になっています。1 つずれて自分自身も見えない（対角線を残しましょう）か、True と False が"
    "逆です（True が「見てよい」です）。",
)
mask_transposed = misconception(
    edit("causal_mask(length)", "causal_mask(length).T"),
    en="The mask lies on its side: each position sees itself and its future instead of its past. Rows are the positions that "
    "look; take the lower triangle, tril.",
    ja="マスクが転置されていて、過去ではなく自分と未来が見えています。行が「見る側」です。下三角（tril）を使いましょう。",
)
attention_scaled_by_d_model = misconception(
    *multi_head.scale_by_d_model.edits,
    en="The model is put together rightly; it is the attention inside that divides its scores by sqrt(d_model) instead of the root of "
    "a head's width, d_model / num_heads.",
    ja="モデルの組み立ては正しくできています。中の attention が、点数をヘッドの幅 d_model / num_heads の平方根ではなく √d_model で割っています。",
)
attention_not_scaled = misconception(
    *multi_head.no_scale.edits,
    en="The model is put together rightly; it is the attention inside that does not divide its scores by sqrt(d_h).",
    ja="モデルの組み立ては正しくできています。中の attention が、点数を √d_h で割っていません。",
)
one_block_many_times = misconception(
    edit(
        "[EncoderBlock(d_model, num_heads, d_ff, dropout) for _ in range(num_layers)]",
        "[EncoderBlock(d_model, num_heads, d_ff, dropout)] * num_layers",
    ),
    en="One block stands in the list num_layers times: [block] * n repeats the same object, so all layers share their weights. "
    "Make a new one each time, in a list comprehension.",
    ja="同じ 1 つのブロックが num_layers 回並んでいます。[block] * n は同じものを繰り返すだけで、全層が重みを共有してしまいます。内包表記で毎回新しく"
    "作りましょう。",
)
only_the_first_block = misconception(
    edit("            x = block(x, mask)\n", "            x = block(x, mask)\n            break\n"),
    en="Only the first block is used; the others never see anything. Let x go through all of them.",
    ja="最初のブロックしか使われていません。x をすべてのブロックに順に通しましょう。",
)
blocks_side_by_side = misconception(
    edit(
        "        for block in self.blocks:\n            x = block(x, mask)\n",
        "        x = sum(block(x, mask) for block in self.blocks)\n",
    ),
    en="The blocks stand side by side: each gets the embeddings, and their outputs are added. They are a stack, each reading "
    "what the one before it wrote.",
    ja="ブロックが横に並んでいて、どれも埋め込みを直接受け取り、出力が足し合わされています。ブロックは積み重ね、前の出力を次の入力にします。",
)
output_thrown_away = misconception(
    edit("x = block(x, mask)", "block(x, mask)"),
    en="What the blocks return is thrown away, so x stays the embedding. Assign it: x = block(x, mask).",
    ja="ブロックの返り値を捨てているので、x が埋め込みのままです。x = block(x, mask) と代入しましょう。",
)
last_norm_unused = misconception(
    edit("        x = self.norm(x)\n", ""),
    en="The last normalisation is made but not used. In a pre-norm stack nothing has normalised the sum that reaches the head.",
    ja="最後の正規化を作ったのに使っていません。pre-norm では、出力層に届く和がまだ一度も正規化されていません。",
)
softmax_in_the_model = misconception(
    edit("self.head(x)", "self.head(x).softmax(dim=-1)"),
    en="The model ends in a softmax. F.cross_entropy makes its own, and a second one flattens everything: the loss hardly "
    "moves. Return the logits.",
    ja="モデルの最後に softmax があります。F.cross_entropy も softmax をとるので 2 重になり、値がならされて損失がほとんど動きません。logits を返しましょう。",
)
only_the_last_position = misconception(
    edit("self.head(x)", "self.head(x[:, -1])"),
    en="Only the last position is scored. A language model learns from all T positions at once: return (B, T, V), and take the "
    "last one when generating.",
    ja="最後の位置の点数しか返していません。言語モデルは T 個の位置から一度に学びます。(B, T, V) を返し、最後だけを使うのは生成のときです。",
)
logits_transposed = misconception(
    edit("self.head(x)", "self.head(x).transpose(1, 2)"),
    en="The logits are (B, V, T). F.cross_entropy can take that, but here (B, T, V) is asked for; flatten for the loss instead.",
    ja="logits が (B, V, T) の向きです。F.cross_entropy には渡せますが、ここで返すのは (B, T, V) です。損失の計算のときに平らにしましょう。",
)
dropout_in_evaluation = misconception(
    edit("self.dropout(x)", "F.dropout(x, 0.1)"),
    en="Dropout stays on in evaluation: F.dropout does so unless told training=self.training. Use the nn.Dropout module.",
    ja="評価モードでも dropout が効いたままです。F.dropout は training=self.training を渡さない限り止まりません。nn.Dropout を使いましょう。",
)
