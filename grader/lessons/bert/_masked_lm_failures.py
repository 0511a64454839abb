"""What is said of an encoder in which something influences what it should not, or does not."""

from __future__ import annotations

import torch
from torch import Tensor

from grader.checks import CallFailed, Failure, Text, properties
from grader.lessons.bert._reader import Reader
from grader.lessons.bert._simple_encoder import MOVED, STILL


def reads_so_many(reader: Reader, time: int) -> None:
    try:
        reader.read(torch.ones(1, time, dtype=torch.int64))
    except CallFailed as error:
        if error.fault.kind != "raised" or time == 1:
            raise
        fault = f"{error.fault.type}: {error.fault.message}"
        raise Failure(
            Text(
                en=f"With max_len = {time}, a sentence of {time} words raises {fault}",
                ja=f"max_len = {time} のエンコーダーに {time} 語の文を渡すと {fault} が発生します",
            ),
            Text(
                en="How many rows does the table of positions have, and where does that number come from?",
                ja="位置の表は何行ありますか。その数はどこから来ていますか。",
            ),
            misconception="table_of_fixed_size",
        ) from None


def padding_seen(far: float, flipped: bool) -> Failure:
    return Failure(
        Text(
            en=f"Exchanging words behind mask = False moved the outputs of real words by up to {far:.3g}.",
            ja=f"mask が False の位置の単語を変えると、本物の単語の出力が最大 {far:.3g} 動きました。",
        ),
        Text(
            en="What does True mean in the mask of the function you call?",
            ja="呼び出している関数のマスクでは、True はどちらの意味でしょうか。",
        ),
        misconception="mask_polarity_flipped" if flipped else "padding_attended",
    )


def other_segments(reader: Reader, mask: Tensor, plain: Tensor) -> Failure:
    """Without segments they are none that are all 0. plain: what the encoder then gives."""
    return Failure(
        Text(
            en="Without segments the outputs are not those with segments that are all 0.",
            ja="segments を省いたときの出力が、すべて 0 の segments を渡したときと違います。",
        ),
        Text(
            en="Segment 0 has a vector of its own, which is not zero.",
            ja="セグメント 0 にも、0 ではない埋め込みベクトルがあります。",
        ),
        misconception=segments_by_default(reader, mask, plain),
    )


def segments_by_default(reader: Reader, mask: Tensor, plain: Tensor) -> str | None:
    """What stands in for segments that are not given: all ones, or nothing, which is as if the table had only zeros."""
    first = torch.zeros_like(reader.ids)
    if properties.close(plain, reader.read(reader.ids, mask, first + 1)):
        return "second_segment_by_default"
    tables = {name: w for name, w in reader.model.current().items() if tuple(w.shape) == (2, reader.width)}
    reader.model.load({name: torch.zeros_like(w) for name, w in tables.items()})
    silent = reader.read(reader.ids, mask, first)
    reader.model.load(tables)
    return "segments_only_if_given" if tables and properties.close(plain, silent) else None


def not_by_position(place: int, moved: Tensor) -> Failure:
    first = not moved[place] > MOVED and not (moved > STILL).any()
    where = (moved > STILL).nonzero().flatten().tolist()
    return Failure(
        Text(
            en=f"With an encoder that leaves each word by itself, exchanging the word at position {place} should move the prediction "
            f"at position {place} alone; those at {where} moved.",
            ja=f"単語どうしを混ぜないエンコーダーで位置 {place} の単語を変えたので、位置 {place} の予測だけが変わるはずですが、変わったのは "
            f"{where} でした。",
        ),
        Text(
            en="hidden (B, T, D) -> a linear layer -> (B, T, V): each position predicts its own word.",
            ja="hidden (B, T, D) → 線形層 → (B, T, V)。各位置は、その位置の単語を予測します。",
        ),
        misconception="predicts_from_cls" if first else None,
    )


NO_SEGMENTS = Text(
    en="It takes no segments: two sentences in one text could not be told apart. RoBERTa does without them, too.",
    ja="segments を受け取らないので、2 つの文を並べたときに区別できません（RoBERTa のように、区別しないモデルもあります）。",
)
