"""Transformer, seq2seq_loss, greedy_decode: figure 1 of Vaswani et al. 2017.

The model may be built in many ways (pre- or post-norm, nn.Transformer, one's own attention), so it is judged by what influences what.
"""

from typing import Any

import torch
from torch import Tensor

from grader import properties, views
from grader.draw import Draw
from grader.errors import Failure
from grader.lessons.bert import _writer
from grader.lessons.bert._encoder_decoder_mistakes import *  # noqa: F403 - all of them: a list could forget one
from grader.lessons.bert._lent import MOVED, STILL, change
from grader.lessons.declare import accepts, check, edit
from grader.model import Text
from grader.student import CallFailed, Module, Student

TITLE = Text(en="The whole Transformer", ja="Transformer の全体")
NAMES = ("Transformer", "seq2seq_loss", "greedy_decode")
STARTERS = (
    Text(
        en="A decoder block has three stages in this order: self-attention with a causal mask, attention on "
        "`memory`, feed-forward. Each has its own `nn.LayerNorm` and residual.",
        ja="デコーダのブロックは 3 段です。因果マスク付きの self-attention、`memory` への attention、全結合の順で、それぞれに `nn.LayerNorm`"
        " と残差接続を付けます。",
    ),
    Text(
        en="`encode` gives memory (B, S, D), `decode` starts from the embedded target (B, T, D) and ends with "
        "an `nn.Linear` to (B, T, V).",
        ja="`encode` は memory (B, S, D) を返します。`decode` は目標文の埋め込み (B, T, D) から始まり、`nn.Linear` で (B, T, "
        "V) にします。",
    ),
    Text(
        en="For the loss, `tgt[:, :-1]` goes in and `tgt[:, 1:]` should come out. `greedy_decode` adds one "
        "column at a time.",
        ja="損失では `tgt[:, :-1]` を入力し、`tgt[:, 1:]` を当てます。`greedy_decode` は 1 列ずつ書き足します。",
    ),
)

LOGITS = Text(en="the output", ja="出力")
MEMORY = Text(en="the output of encode", ja="encode の出力")
LOSS = Text(en="the loss", ja="損失")
BATCH, SOURCE, TARGET, WIDTH, SRC_WORDS, TGT_WORDS = 3, 7, 9, 15, 23, 29
REAL = 5  # words of each source; the rest is padding
MASK = (torch.arange(SOURCE) < REAL).expand(BATCH, SOURCE)


def build(student: Student, draw: Draw, layers: int = 2) -> Module:
    """A model with drawn parameters, in evaluation mode. No two sizes are the same."""
    sizes = {"src_vocab": SRC_WORDS, "tgt_vocab": TGT_WORDS, "d_model": WIDTH, "num_heads": 3, "d_ff": 21}
    return student.module("Transformer", **sizes, num_layers=layers, max_len=13).randomise(draw).eval()


def sentences(draw: Draw) -> tuple[Tensor, Tensor]:
    return draw.integers(0, SRC_WORDS, BATCH, SOURCE), draw.integers(0, TGT_WORDS, BATCH, TARGET)


def other(ids: Tensor, position: int, words: int) -> Tensor:
    ids = ids.clone()
    ids[:, position] = (ids[:, position] + 7) % words
    return ids


def logits(value: Any) -> Tensor:
    return views.class_scores(BATCH, TARGET, TGT_WORDS, what=LOGITS, letters="(B, T, V)")(value)


def memory(value: Any) -> Tensor:
    return properties.finite(views.tensor(BATCH, SOURCE, WIDTH, what=MEMORY, letters="(B, S, D)")(value), MEMORY)


@check(points=1, ja="原文 (B, S) と訳文 (B, T) から (B, T, V) が得られる")
def shapes(student: Student, draw: Draw) -> None:
    """A source (B, S) and a target (B, T) give (B, T, V), and encode gives (B, S, D)."""
    model = build(student, draw)
    src, tgt = sentences(draw)
    try:
        model(src, tgt, MASK, view=logits)
    except CallFailed as error:
        if error.fault.kind == "raised" and works_with_equal_lengths(model, src, tgt):
            raise Failure(
                Text(
                    en=f"It works when source and target have the same length, but with S = {SOURCE} and T = {TARGET} it raises "
                    f"{error.fault.type}: {error.fault.message}",
                    ja=f"原文と訳文が同じ長さなら動きますが、S = {SOURCE}、T = {TARGET} では {error.fault.type} が発生します: "
                    f"{error.fault.message}",
                ),
                Text(
                    en="How many rows should the source-target attention return?",
                    ja="Source-Target Attention の出力は何行になるべきでしょう。",
                ),
                misconception="query_and_key_swapped",
            ) from None
        raise
    model.method("encode", src, MASK, view=memory)


def works_with_equal_lengths(model: Module, src: Tensor, tgt: Tensor) -> bool:
    try:
        model(src, tgt[:, :SOURCE], MASK)
    except CallFailed:
        return False
    return True


@check(points=2, after=shapes, ja="デコーダーは、自分とそれより前だけを見る")
def the_decoder_is_causal(student: Student, draw: Draw) -> None:
    """A position of the target sees itself and what is before it, and nothing after."""
    model, place = build(student, draw), 6
    src, tgt = sentences(draw)
    seen = model(src, tgt, MASK, view=logits)
    late = change(seen, model(src, other(tgt, place, TGT_WORDS), MASK, view=logits))
    early = change(seen, model(src, other(tgt, 2, TGT_WORDS), MASK, view=logits))
    leaks, forgets = (late[:place] > STILL), ~(early[3:] > MOVED)
    if not leaks.any() and not forgets.any():
        return
    name = "history_not_seen" if not leaks.any() else "mask_upside_down" if forgets.all() else None
    name = name or ("no_causal_mask" if leaks[0] else "one_word_ahead")
    raise Failure(
        Text(
            en=f"Exchanging the target word at position {place} moved the predictions at {leaks.nonzero().flatten().tolist()}, before it; "
            f"exchanging that at position 2 left those at {(3 + forgets.nonzero().flatten()).tolist()} as they were.",
            ja=f"訳文の位置 {place} の単語を変えると、それより前の位置 {leaks.nonzero().flatten().tolist()} の予測が変わりました。位置 2 の単語を"
            f"変えても変わらなかった後ろの位置は {(3 + forgets.nonzero().flatten()).tolist()} です。",
        ),
        Text(
            en="Draw the (T, T) mask: in nn.MultiheadAttention True means hidden.",
            ja="(T, T) のマスクを書き出してみましょう。nn.MultiheadAttention では True が「見ない」です。",
        ),
        misconception=name,
    )


@check(points=2, after=shapes, ja="原文のパディングは、エンコーダーにもデコーダーにも影響しない")
def padding_has_no_influence(student: Student, draw: Draw) -> None:
    """Padding of the source influences neither the encoder nor the decoder."""
    model = build(student, draw)
    src, tgt = sentences(draw)
    read = model.method("encode", src, MASK, view=memory)[:, :REAL]
    by_padding = change(read, model.method("encode", other(src, REAL, SRC_WORDS), MASK, view=memory)[:, :REAL])
    turned = model.method("encode", other(src, 0, SRC_WORDS), MASK, view=memory)
    by_words = change(read[:, 1:], turned[:, 1:REAL])
    if (by_padding > STILL).any():
        raise leaked("encode", not (by_words > MOVED).any(), "encoder_padding_attended")
    state = draw.normal(BATCH, SOURCE, WIDTH)
    plain = model.method("decode", tgt, state, MASK, view=logits)
    behind, real = state.clone(), state.clone()
    behind[:, REAL] += 1.0
    real[:, :REAL] += draw.normal(BATCH, REAL, WIDTH)
    if (change(plain, model.method("decode", tgt, behind, MASK, view=logits)) > STILL).any():
        untouched = not (change(plain, model.method("decode", tgt, real, MASK, view=logits)) > MOVED).any()
        raise leaked("decode", untouched, "memory_mask_dropped")


def leaked(where: str, flipped: bool, mistake: str) -> Failure:
    return Failure(
        Text(
            en=f"What stands behind src_mask = False changes the output of {where}.",
            ja=f"src_mask が False の位置の中身によって、{where} の出力が変わりました。",
        ),
        Text(
            en="Two attentions look at the source: that of the encoder, and the source-target attention.",
            ja="原文を見る Attention は 2 つあります。エンコーダーの Self-Attention と Source-Target Attention です。",
        ),
        misconception="mask_polarity_flipped" if flipped else mistake,
    )


@check(points=1, after=padding_has_no_influence, ja="訳文のどの位置も、原文のどの単語も見る")
def reads_all_of_the_source(student: Student, draw: Draw) -> None:
    """Every position of the target sees every word of the source, and so does every position of the source."""
    model = build(student, draw)
    src, tgt = sentences(draw)
    seen, read = model(src, tgt, MASK, view=logits), model.method("encode", src, MASK, view=memory)
    for place in (0, REAL - 1):
        changed = other(src, place, SRC_WORDS)
        if not (change(seen, model(changed, tgt, MASK, view=logits)) > MOVED).all():
            raise Failure(
                Text(
                    en=f"Exchanging source word {place} leaves some predictions as they were.",
                    ja=f"原文の単語 {place} を変えても、変わらない予測があります。",
                ),
                Text(
                    en="Where do key and value of the source-target attention come from?",
                    ja="Source-Target Attention の Key と Value はどこから来ますか。",
                ),
                misconception="source_not_read",
            )
        moved = change(read, model.method("encode", changed, MASK, view=memory))[:REAL]
        if not (moved > MOVED).all():
            causal = place == REAL - 1 and not (moved[:place] > STILL).any()
            raise Failure(
                Text(
                    en=f"Exchanging source word {place} moves the output of encode only at {(moved > MOVED).nonzero().flatten().tolist()}.",
                    ja=f"原文の単語 {place} を変えても、encode の出力が位置 {(moved > MOVED).nonzero().flatten().tolist()} でしか変わりません。",
                ),
                Text(en="The source is known to its end.", ja="原文は最後まで分かっています。"),
                misconception="encoder_causal" if causal else None,
            )


@check(
    points=1, after=(padding_has_no_influence, the_decoder_is_causal), ja="原文でも訳文でも、単語の並び順が区別される"
)
def order_matters(student: Student, draw: Draw) -> None:
    """The order of the words matters, in the source and in the target."""
    model = build(student, draw, layers=1)  # with two, a causal mask alone lets the order through
    src, tgt = sentences(draw)
    tgt[:, 1] = (tgt[:, 0] + 3) % TGT_WORDS
    turned = torch.cat([src[:, :REAL].flip(1), src[:, REAL:]], dim=1)
    read, again = (model.method("encode", ids, MASK, view=memory)[:, :REAL] for ids in (src, turned))
    if properties.close(read, again.flip(1)):
        raise unordered("source", "原文", "no_source_positions")
    swapped = tgt[:, [1, 0, *range(2, TARGET)]]
    seen, later = (model(src, ids, MASK, view=logits)[:, 2:] for ids in (tgt, swapped))
    if properties.close(seen, later):
        raise unordered("target", "訳文", "no_target_positions")


def unordered(side: str, japanese: str, mistake: str) -> Failure:
    return Failure(
        Text(
            en=f"Words of the {side} in another order give the same.",
            ja=f"{japanese}の単語を並べ替えても、結果が変わりませんでした。",
        ),
        Text(
            en="Figure 1 adds a positional encoding in two places.",
            ja="図 1 では、位置の符号化が 2 か所で足されています。",
        ),
        misconception=mistake,
    )


@check(points=1, ja="seq2seq_loss は 1 つずらした正解に対する、パディングを除いた平均である")
def loss_is_shifted_by_one(student: Student, draw: Draw) -> None:
    """seq2seq_loss is the mean over the target shifted by one, without padding."""
    start, stop, pad = draw.sample(range(_writer.WORDS), 3)
    ordinary = torch.tensor([i for i in range(_writer.WORDS) if i not in (start, stop, pad)])
    tgt = ordinary[draw.integers(0, len(ordinary), BATCH, TARGET)]
    place, end = torch.arange(TARGET), torch.tensor([[4], [TARGET - 1], [2]])
    tgt = torch.where(place > end, pad, torch.where(place == end, stop, tgt))
    tgt[:, 0] = start
    model = _writer.writer(student, draw).eval()
    student.call("seq2seq_loss", model, draw.integers(0, 9, BATCH, SOURCE), MASK, tgt, pad, view=scalar)
    student.must_agree(LOSS)


def scalar(value: Any) -> Tensor:
    if isinstance(value, float):
        return torch.tensor(value, dtype=torch.float64)
    return properties.finite(properties.has_shape(value, (), LOSS), LOSS)


@check(points=1, ja="greedy_decode は、書いたものを全部渡して最良の単語を足し、全文が終わるまで続ける")
def decodes_greedily(student: Student, draw: Draw) -> None:
    """greedy_decode hands over all that is written, appends the best word, and goes on until every sentence has stopped."""
    batch, max_len, (start, stop) = 17, 12, draw.sample(range(1, _writer.WORDS), 2)
    model = _writer.writer(student, draw).train()
    mask = torch.arange(SOURCE) < draw.integers(3, SOURCE, batch, 1)
    src = draw.integers(0, 9, batch, SOURCE)
    view = _writer.written(batch, start, stop, max_len)
    student.call("greedy_decode", model, src, mask, start, stop, max_len, view=view)
    student.must_agree(_writer.WRITTEN)


pre_norm = accepts(
    edit(
        "seen, _ = self.self_attention(x, x, x, attn_mask=future)",
        "z = self.norm1(x); seen, _ = self.self_attention(z, z, z, attn_mask=future)",
    ),
    edit("self.norm1(x + self.dropout(seen))", "x + self.dropout(seen)"),
    edit("self.source_attention(x, memory, memory", "self.source_attention(self.norm2(x), memory, memory"),
    edit("self.norm2(x + self.dropout(read))", "x + self.dropout(read)"),
    edit("self.norm3(x + self.dropout(self.feed_forward(x)))", "x + self.dropout(self.feed_forward(self.norm3(x)))"),
)
library_layer = accepts(
    edit(
        "DecoderBlock(d_model, num_heads, d_ff, dropout) for",
        "nn.TransformerDecoderLayer(d_model, num_heads, d_ff, dropout, batch_first=True) for",
    ),
    edit(
        "block(y, memory, ~src_mask)",
        "block(y, memory, tgt_mask=nn.Transformer.generate_square_subsequent_mask(y.shape[1]).isinf(), "
        "memory_key_padding_mask=~src_mask)",
    ),
)
lesson_encoder = accepts(
    edit("self.encoder(self.dropout(x), src_key_padding_mask=~src_mask)", "self.whole(src, src_mask)"),
    edit(
        "self.encoder = nn.TransformerEncoder(layer, num_layers, enable_nested_tensor=False)",
        "self.whole = Encoder(src_vocab, d_model, num_heads, d_ff, num_layers, max_len, dropout)",
    ),
)
log_probabilities = accepts(edit("self.fc(y)", "self.fc(y).log_softmax(-1)"))
buffer_filled = accepts(
    edit(
        "torch.full((len(src), 1), start_id, device=src.device)",
        "torch.zeros(len(src), max_len + 1, dtype=torch.int64)\n        words[:, 0] = start_id",
    ),
    edit("for _ in range(max_len)", "for t in range(max_len)"),
    edit("model.decode(words, memory, src_mask)[:, -1]", "model.decode(words, memory, src_mask)[:, t]"),
    edit("words = torch.cat([words, best[:, None]], dim=1)", "words[:, t + 1] = best"),
)
one_by_one = accepts(
    edit("words[:, 1:]\n", "[row[: row.index(stop_id) + 1] if stop_id in row else row for row in words.tolist()]\n"),
)
