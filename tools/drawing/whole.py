"""The whole Transformer with its three attentions, and the three families of models."""

from __future__ import annotations

from collections.abc import Callable

from tools.drawing.canvas import Canvas
from tools.drawing.figure import Figure, Words
from tools.drawing.palette import DECODER, ENCODER, FAINT, HEADS, INK, NORM, PADDING, PLAIN, SOFT, VALUE, WEIGHT, Hue
from tools.drawing.parts import box, grid, heading, shade

READS, WRITES, BOX = 272, 488, 152
SELF, CROSS, PAST = HEADS[0], HEADS[2], HEADS[1]  # the three attentions


def whole(canvas: Canvas) -> None:
    heading(
        canvas,
        0,
        10,
        canvas.say("the Transformer (figure 1 of the paper, redrawn)", "Transformer（論文の図 1 を描き直したもの）"),
    )
    for x, words, hue, name in (
        (READS, "It rains heavily", ENCODER, canvas.say("encoder × N", "エンコーダー × N")),
        (WRITES, "<bos> 雨 が 激しく", DECODER, canvas.say("decoder × N", "デコーダー × N")),
    ):
        top = 268 if hue is ENCODER else 176
        canvas.rect(x - 94, top, 188, 456 - top, hue, radius=12)
        canvas.text(x, 564, words, 15)
        canvas.arrow((x, 553), (x, 536))
        box(canvas, x, 516, canvas.say("embedding\n+ position", "埋め込み + 位置"), PLAIN, w=BOX, h=40, size=14)
        canvas.line([(x, 496), (x, 442)])
        canvas.text(x - 14, 474, name, 15, hue.line, anchor="end", bold=True)
    reading(canvas)
    writing(canvas)
    callouts(canvas)


def sublayer(canvas: Canvas, x: float, y: float, words: str, hue: Hue, outer: float) -> None:
    """One stage with its addition and normalisation above, and the path that goes around it at the side."""
    turn = x + outer * 86
    canvas.line([(x, y + 29), (turn, y + 29), (turn, y - 33), (x + outer * 66, y - 33)], FAINT, 1.4)
    canvas.arrow((x, y + 34), (x, y + 18))
    box(canvas, x, y, words, hue, w=BOX, h=34, size=14)
    canvas.line([(x, y - 17), (x, y - 24)], SOFT)
    box(canvas, x, y - 33, canvas.say("add, normalise", "足して正規化"), NORM, w=130, h=20, size=12.5)


def reading(canvas: Canvas) -> None:
    sublayer(canvas, READS, 408, "① Self-Attention", SELF, -1)
    sublayer(canvas, READS, 322, canvas.say("feed-forward", "全結合"), PLAIN, -1)
    canvas.line([(READS, 365), (READS, 350)], SOFT)
    canvas.arrow((READS, 279), (READS, 246), (380, 246), (380, 322), (WRITES - 77, 322), colour=ENCODER.line, width=2.4)
    canvas.text(318, 228, "memory: key, value", 14, ENCODER.line)


def writing(canvas: Canvas) -> None:
    sublayer(canvas, WRITES, 408, "② Self-Attention", PAST, 1)
    sublayer(canvas, WRITES, 322, "③ Source-Target", CROSS, 1)
    sublayer(canvas, WRITES, 236, canvas.say("feed-forward", "全結合"), PLAIN, 1)
    for y in (365, 279):
        canvas.line([(WRITES, y), (WRITES, y - 15)], SOFT)
    canvas.arrow((WRITES, 193), (WRITES, 144))
    box(canvas, WRITES, 126, "Linear + softmax", PLAIN, w=BOX, h=34, size=14)
    canvas.arrow((WRITES, 108), (WRITES, 84))
    canvas.text(WRITES, 70, "雨 が 激しく 降る", 15, VALUE.line, bold=True)
    canvas.text(WRITES, 46, canvas.say("the next word, at every position", "どの位置でも次の語"), 14, SOFT)


def callouts(canvas: Canvas) -> None:
    """What each of the three learns to use, in the manner of which training."""
    told: tuple[tuple[float, float, Hue, str, str], ...] = (
        (
            0,
            350,
            SELF,
            canvas.say("① source – source", "① 原文どうし"),
            canvas.say(
                "looks both ways,\nas a masked LM does:\nhow words of the\nsource relate",
                "Masked LM のように\n前後の両方を見て、\n原文の語どうしの\n関連を学ぶ",
            ),
        ),
        (
            604,
            388,
            PAST,
            canvas.say("② target – target", "② 訳文どうし"),
            canvas.say(
                "looks back only,\nas a causal LM does:\nhow the translation\ngoes on",
                "Causal LM のように\n前だけを見て、\n訳文の続き方を学ぶ",
            ),
        ),
        (
            604,
            246,
            CROSS,
            canvas.say("③ target – source", "③ 訳文と原文"),
            canvas.say(
                "query from the target,\nkey and value from\nthe source: which word\nto translate now",
                "query は訳文、\nkey と value は原文。\nいま訳す語はどれか\nを学ぶ",
            ),
        ),
    )
    for x, y, hue, name, words in told:
        canvas.text(x, y, name, 15, hue.line, anchor="start", bold=True)
        canvas.lines(x, y + 24, words, 14, SOFT, anchor="start")


# --- three families ----------------------------------------------------------------------------

Sees = Callable[[int, int], bool]
SOURCE = 3  # in the table of seq2seq, so many places are the source's


def families(canvas: Canvas) -> None:
    say = canvas.say
    decoder = (
        say("autoregressive", "自己回帰モデル"),
        say("decoder only", "デコーダーのみ"),
        say("next word (causal LM)", "次の語（Causal LM）"),
        say("writing text", "文生成"),
        "GPT, Llama",
    )
    encoder = (
        say("autoencoding", "自動符号化モデル"),
        say("encoder only", "エンコーダーのみ"),
        say("filling gaps (masked LM)", "穴埋め（Masked LM）"),
        say("classifying, tagging", "文分類、単語タギング"),
        "BERT, RoBERTa",
    )
    both = (
        say("seq2seq", "Seq2Seq モデル"),
        say("encoder and decoder", "エンコーダーとデコーダー"),
        say("source → target", "入力文 → 出力文"),
        say("translating, summarising", "機械翻訳、要約、Q&A"),
        "T5, BART",
    )
    sees: tuple[Sees, ...] = (
        lambda row, column: column <= row,
        lambda *_place: True,
        lambda row, column: column < SOURCE or (row >= SOURCE and column <= row),
    )
    for i, (words, allowed) in enumerate(zip((decoder, encoder, both), sees, strict=True)):
        if i:
            canvas.line([(260 * i - 14, 0), (260 * i - 14, 340)], FAINT, 1, dashed=True)
        family(canvas, 260 * i + 116, words, allowed)
    told = say(
        "The tables: a row for each place that looks, a column for each that is looked at (seq2seq: source, then target).",
        "表の行は見る側、列は見られる側、色つきは「見てよい」（Seq2Seq は入力文、出力文の順）。",
    )
    canvas.text(380, 366, told, 13.5, SOFT)


def family(canvas: Canvas, middle: float, words: tuple[str, ...], sees: Sees) -> None:
    """Who looks at whom, and four lines on what it is, learns, and is good for."""
    cell = 22
    canvas.text(middle, 10, words[0], 17, INK, bold=True)
    canvas.text(middle, 38, words[1], 15, SOFT)

    def colour(row: int, column: int) -> str:
        return shade(WEIGHT, 0.42) if sees(row, column) else PADDING.fill

    grid(canvas, middle - 3 * cell, 66, 6, 6, cell, colour)
    captions = (canvas.say("training", "学習"), canvas.say("use", "応用"), canvas.say("examples", "例"))
    for i, (caption, line) in enumerate(zip(captions, words[2:], strict=True)):
        canvas.text(middle, 222 + 46 * i, caption, 13, SOFT)
        canvas.text(middle, 242 + 46 * i, line, 15)


FIGURES = (
    Figure(
        "whole_transformer",
        Words("The whole Transformer and its three attentions", "Transformer の全体と 3 つの Attention"),
        Words(
            "The encoder on the left reads It rains heavily, the decoder on the right writes 雨 が 激しく 降る. Attention 1 lets the source look at "
            "itself both ways, attention 2 lets the target look back at itself, attention 3 lets the target look at the source.",
            "左のエンコーダーが It rains heavily を読み、右のデコーダーが「雨 が 激しく 降る」を書く。① は原文どうしが前後を見る Attention、"
            "② は訳文どうしが前だけを見る Attention、③ は訳文が原文を見る Attention。",
        ),
        580,
        whole,
    ),
    Figure(
        "families",
        Words("Three families of models", "モデルの 3 つの系統"),
        Words(
            "For each family a table of who may look at whom: a triangle for autoregressive models such as GPT, everything for autoencoding "
            "ones such as BERT; in seq2seq models such as T5 the source sees itself, the target sees the source and its own past.",
            "どの位置がどの位置を見てよいかの表。自己回帰モデル（GPT など）は三角形、自動符号化モデル（BERT など）は全部。"
            "Seq2Seq モデル（T5 など）では、入力文は入力文全体を、出力文は入力文全体と自分の過去を見る。",
        ),
        376,
        families,
    ),
)
