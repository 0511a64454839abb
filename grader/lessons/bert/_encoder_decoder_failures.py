"""What is said of an encoder-decoder in which something influences what it should not, or does not."""

from __future__ import annotations

from torch import Tensor

from grader.checks import CallFailed, Failure, Text
from grader.lessons.bert._figure_one import TransformerCase
from grader.lessons.bert._simple_encoder import STILL


def lengths_confused(scene: TransformerCase, error: CallFailed) -> Failure:
    source, target = scene.src.shape[1], scene.tgt.shape[1]
    fault = f"{error.fault.type}: {error.fault.message}"
    return Failure(
        Text(
            en=f"It works when source and target have the same length, but with S = {source} and T = {target} it raises {fault}",
            ja=f"原文と訳文が同じ長さなら動きますが、S = {source}、T = {target} では {fault} が発生します",
        ),
        Text(
            en="How many rows should the source-target attention return?",
            ja="Source-Target Attention の出力は何行になるべきでしょう。",
        ),
    )


def too_long(longest: int, error: CallFailed) -> Failure:
    fault = f"{error.fault.type}: {error.fault.message}"
    return Failure(
        Text(
            en=f"With max_len = {longest}, a sentence of {longest} words raises {fault}",
            ja=f"max_len = {longest} のモデルに {longest} 語の文を渡すと {fault} が発生します",
        ),
        Text(
            en="How many rows does the table of positions have, and where does that number come from?",
            ja="位置の表は何行ありますか。その数はどこから来ていますか。",
        ),
        misconception="table_of_fixed_size",
    )


def leaked(where: str, flipped: bool, mistake: str | None) -> Failure:
    return Failure(
        Text(
            en=f"What stands behind src_mask = False changes the output of {where}.",
            ja=f"src_mask が False の位置の中身によって、{where} の出力が変わりました。",
        ),
        Text(
            en="Two attentions look at the source: that of the encoder, and the source-target attention. Both need (B, S), True at the padding.",
            ja="原文を見る Attention は 2 つあります。エンコーダーの Self-Attention と Source-Target Attention です。どちらにも、パディングの位置が True の (B, S) を渡します。",
        ),
        misconception="mask_polarity_flipped" if flipped else mistake,
    )


def source_unread(place: int) -> Failure:
    return Failure(
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


def source_half_read(place: int, moved: Tensor, causal: bool) -> Failure:
    at = (moved > STILL).nonzero().flatten().tolist()
    return Failure(
        Text(
            en=f"Exchanging source word {place} moves the output of encode only at {at}.",
            ja=f"原文の単語 {place} を変えても、encode の出力が位置 {at} でしか変わりません。",
        ),
        Text(en="The source is known to its end.", ja="原文は最後まで分かっています。"),
        misconception="encoder_causal" if causal else None,
    )


def unordered(side: str, japanese: str, mistake: str) -> Failure:
    return Failure(
        Text(
            en=f"Words of the {side} in another order give the same.",
            ja=f"{japanese}の単語を並べ替えても、結果が変わりませんでした。",
        ),
        Text(
            en="Figure 1 adds a positional encoding in two places.",
            ja="図 1 では、位置エンコーディングが 2 か所で足されています。",
        ),
        misconception=mistake,
    )


def what_is_seen(place: int, leaks: Tensor, forgets: Tensor) -> Text:
    """What another word at this position moves before it, and what one at position 2 does not move behind it."""
    before, behind = leaks.nonzero().flatten().tolist(), (3 + forgets.nonzero().flatten()).tolist()
    leaking = Text(
        en=f"Exchanging the target word at position {place} moved the predictions at {before}, before it.",
        ja=f"訳文の位置 {place} の単語を変えると、それより前の位置 {before} の予測が変わりました。",
    )
    forgotten = Text(
        en=f"Exchanging the target word at position 2 left the predictions at {behind} as they were.",
        ja=f"訳文の位置 2 の単語を変えても、その後ろの位置 {behind} の予測は変わりませんでした。",
    )
    said = [text for text, there in ((leaking, before), (forgotten, behind)) if there]
    return Text(en=" ".join(text.en for text in said), ja="".join(text.ja for text in said))
