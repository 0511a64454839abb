"""The figures of the lesson on translation: the networks without and with attention."""

from __future__ import annotations

from tools.drawing.canvas import Canvas
from tools.drawing.figure import Figure, Words
from tools.drawing.palette import DECODER, ENCODER, FAINT, INK, KEY, QUERY, VALUE, WEIGHT
from tools.drawing.parts import box, heading, vector, word

SOURCE = ("It", "rains", "heavily")
TARGET = ("雨", "が", "激しく", "降る")
READS, WRITES = (50, 145, 240), (455, 545, 635, 725)
STEP = 2  # the step whose attention is drawn: 激しく
SHARES = (0.06, 0.14, 0.80)  # how strongly it looks; drawn as the width of its arrows, no number stands there


def encoder(canvas: Canvas, y: float) -> None:
    """RNN steps from left to right, a word below each."""
    for i, (x, text) in enumerate(zip(READS, SOURCE, strict=True)):
        word(canvas, x, y + 66, text, w=76)
        canvas.arrow((x, y + 51), (x, y + 20))
        box(canvas, x, y, f"$h_{i + 1}$", ENCODER, w=58, h=38)
        if i:
            canvas.arrow((READS[i - 1] + 30, y), (x - 30, y))


def decoder(canvas: Canvas, y: float, bold: int | None = None) -> None:
    """RNN steps that each write a word above and read it again below."""
    for i, (x, text) in enumerate(zip(WRITES, TARGET, strict=True)):
        word(canvas, x, y + 66, ("<bos>", *TARGET)[i], w=66)
        canvas.arrow((x, y + 51), (x, y + 20))
        box(canvas, x, y, f"$s_{i + 1}$", DECODER, w=54, h=38)
        canvas.arrow((x, y - 20), (x, y - 51))
        word(canvas, x, y - 66, text, w=66, hue=QUERY if i == bold else DECODER)
        if i:
            canvas.arrow((WRITES[i - 1] + 28, y), (x - 28, y))


def captions(canvas: Canvas, y: float) -> None:
    canvas.text(
        READS[1], y, canvas.say("encoder: reads English", "エンコーダー: 英語を読む"), 15, ENCODER.line, bold=True
    )
    middle = (WRITES[0] + WRITES[-1]) / 2
    canvas.text(
        middle, y, canvas.say("decoder: writes Japanese", "デコーダー: 日本語を書く"), 15, DECODER.line, bold=True
    )


def neck(canvas: Canvas, y: float) -> None:
    """The one vector that passes from the encoder to the decoder."""
    canvas.arrow((READS[-1] + 30, y), (WRITES[0] - 28, y), width=2.4, colour=INK)
    vector(canvas, 340, y, 8, ENCODER, seed=3)


def bottleneck(canvas: Canvas) -> None:
    y = 104
    encoder(canvas, y)
    decoder(canvas, y)
    neck(canvas, y)
    canvas.lines(
        340,
        y - 84,
        canvas.say("one vector, $h_3$,\nis all that passes", "渡るのはベクトル\n$h_3$ の 1 本だけ"),
        14,
        QUERY.line,
    )
    captions(canvas, y + 112)


def attention_network(canvas: Canvas) -> None:
    heading(canvas, 0, 10, canvas.say("before: without attention", "入れる前: Attention なし"))
    y = 122
    encoder(canvas, y)
    decoder(canvas, y)
    neck(canvas, y)
    canvas.line([(0, y + 106), (760, y + 106)], FAINT, 1, dashed=True)
    heading(canvas, 0, y + 136, canvas.say("after: with attention", "入れた後: Attention あり"))
    with_attention(canvas, y + 376)


def with_attention(canvas: Canvas, y: float) -> None:
    """The step that writes 激しく: its query goes up, the encoder's outputs come back as one context."""
    high, top = y - 108, y - 178
    asks = (WRITES[STEP - 1] + WRITES[STEP]) / 2
    encoder(canvas, y)
    decoder(canvas, y, bold=STEP)
    canvas.arrow((READS[-1] + 30, y), (WRITES[0] - 28, y))
    stops = [asks, *(x + 18 for x in reversed(READS))]
    canvas.arrow((asks, y), (asks, high), (stops[1], high), colour=QUERY.line)
    for start, stop in zip(reversed(READS[1:]), stops[2:], strict=True):
        canvas.arrow((start - 18, high), (stop, high), colour=QUERY.line)
    for i, (x, share) in enumerate(zip(READS, SHARES, strict=True)):
        canvas.arrow((x, y - 20), (x, high + 17), colour=KEY.line)
        lane = top - 10 + 10 * i
        canvas.line([(x, high - 17), (x, lane), (360, lane)], VALUE.line, 1.2 + 6 * share)
        canvas.circle(x, high, 16, WEIGHT)
        canvas.text(x, high, f"$α_{i + 1}$", 16)
    back = (WRITES[STEP] + WRITES[STEP + 1]) / 2
    path = ((440, top), (back, top), (back, y - 11), (WRITES[STEP] + 28, y - 11))
    canvas.arrow(*path, colour=VALUE.line, width=2.6)
    box(canvas, 405, top, canvas.say("context $c_3$", "文脈 $c_3$"), VALUE, w=106, h=40)
    legend(canvas, y, high, top)


def legend(canvas: Canvas, y: float, high: float, top: float) -> None:
    captions(canvas, y + 112)
    canvas.text(400, high - 14, "query", 15, QUERY.line)
    canvas.text(READS[-1] + 24, y - 56, "key", 15, KEY.line)
    words = canvas.say("value × weight (thicker: more)", "value × 重み（太いほど大きい）")
    canvas.text(READS[0] - 10, top - 30, words, 15, VALUE.line, anchor="start")


FIGURES = (
    Figure(
        "bottleneck",
        Words("A translator without attention", "Attention のない翻訳器"),
        Words(
            "An encoder reads It, rains, heavily. Its last state, one vector, is all that the decoder gets to write 雨 が 激しく 降る.",
            "エンコーダーが It rains heavily を読み、最後の状態ベクトル 1 本だけをデコーダーに渡し、デコーダーが「雨 が 激しく 降る」と書く。",
        ),
        228,
        bottleneck,
    ),
    Figure(
        "attention_network",
        Words("The network before and after attention", "Attention を入れる前と後のネットワーク"),
        Words(
            "Above, the decoder gets one vector. Below, for each word it writes, its state is compared with every output of the encoder; "
            "the weighted sum of the outputs, the context, goes into the decoder's step. For 激しく the weight is largest on heavily.",
            "上では、デコーダーはベクトルを 1 本だけ受け取る。下では、1 語書くたびに状態をエンコーダーの全出力と見比べ、"
            "その重みつきの和（文脈）を受け取る。「激しく」を書くときは heavily の重みがいちばん大きい。",
        ),
        624,
        attention_network,
    ),
)
