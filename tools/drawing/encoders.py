"""The figures of BERT: its stack, its four heads, and how masked and causal language models learn."""

from __future__ import annotations

from collections.abc import Sequence

from tools.drawing.canvas import Canvas
from tools.drawing.figure import Figure, Words
from tools.drawing.palette import ENCODER, FAINT, HEADS, NORM, PADDING, PLAIN, SOFT, VALUE, WEIGHT, WORD, Hue
from tools.drawing.parts import box, heading, vector, word

# --- the stack ---------------------------------------------------------------------------------

PLACES = tuple(44 + 86 * i for i in range(6))
SIDE = 540  # where the remarks begin


def stack(canvas: Canvas) -> None:
    tokens = canvas.say("[CLS] the rain falls hard [SEP]", "[CLS] 雨 が 激しく 降る [SEP]").split()
    for i, (x, token) in enumerate(zip(PLACES, tokens, strict=True)):
        word(canvas, x, 416, token, w=74, hue=NORM if token.startswith("[") else WORD)
        canvas.arrow((x, 401), (x, 384))
        for k, hue in enumerate((WORD, HEADS[1], HEADS[3])):
            vector(canvas, x, 350 + 13 * k, 5, hue, seed=3 * i + k + 1, cell=11, across=True)
        canvas.arrow((x, 342), (x, 316))
        canvas.arrow((x, 68), (x, 32))
        vector(canvas, x, 14, 5, ENCODER, seed=i + 7, cell=11, across=True)
    layer(canvas, 180)
    upper(canvas)
    remarks(canvas)


def layer(canvas: Canvas, top: float) -> None:
    """One layer opened up: all words with all, then each word by itself."""
    canvas.rect(0, top, 518, 136, ENCODER, radius=10)
    low, high = top + 120, top + 66
    for a in PLACES:
        for b in PLACES:
            canvas.line([(a, low), (b, high)], WEIGHT.line, 0.5)
    for x in PLACES:
        canvas.circle(x, low, 5, WEIGHT)
        canvas.circle(x, high, 5, WEIGHT)
        canvas.arrow((x, high - 6), (x, top + 42), width=1.4)
        box(canvas, x, top + 26, canvas.say("FFN", "全結合"), PLAIN, w=66, h=28, size=14)


def upper(canvas: Canvas) -> None:
    """The further layers, closed."""
    for y, name in ((150, canvas.say("layer 2", "2 層目")), (84, canvas.say("layer N", "N 層目"))):
        canvas.rect(0, y - 16, 518, 32, ENCODER, radius=8)
        canvas.text(259, y, name, 15)
    for x in PLACES:
        canvas.arrow((x, 179), (x, 167), width=1.2)
    canvas.text(259, 117, "⋮", 16, SOFT)


def remarks(canvas: Canvas) -> None:
    told = (
        (
            4,
            canvas.say(
                "output: a vector for each\nword, which knows its context",
                "出力: 語ごとに 1 本。\n文脈を知ったベクトル",
            ),
        ),
        (196, canvas.say("feed-forward network (FFN):\neach word by itself", "全結合: 語ごとに別々に計算")),
        (
            256,
            canvas.say(
                "self-attention: every word\nlooks at all words, on both sides",
                "Self-Attention: どの語も\n前後すべての語を見る",
            ),
        ),
        (343, canvas.say("word + position + segment", "単語 + 位置 + セグメント")),
    )
    for y, words in told:
        canvas.lines(SIDE, y, words, 14, SOFT, anchor="start")


# --- four heads --------------------------------------------------------------------------------


def four_heads(canvas: Canvas) -> None:
    for number, (x, y) in enumerate(((0, 0), (400, 0), (0, 232), (400, 232))):
        PANELS[number](canvas, x, y)
    canvas.line([(380, 0), (380, 436)], FAINT, 1, dashed=True)
    canvas.line([(0, 215), (760, 215)], FAINT, 1, dashed=True)


def panel(canvas: Canvas, x: float, y: float, name: str, words: str, used: Sequence[int]) -> list[float]:
    """Tokens, BERT above them, an output above each; those that the head uses are filled. -> the places of the outputs"""
    heading(canvas, x, y + 8, name, size=16)
    tokens = words.split()
    step = 360 / len(tokens)
    places = [x + step * (i + 0.5) for i in range(len(tokens))]
    canvas.rect(x, y + 112, 360, 30, ENCODER)
    canvas.text(x + 180, y + 127, "BERT", 15)
    for i, (place, token) in enumerate(zip(places, tokens, strict=True)):
        word(canvas, place, y + 178, token, w=step - 5, hue=NORM if token.startswith("[") else WORD, size=13)
        canvas.arrow((place, y + 163), (place, y + 144), width=1.2)
        canvas.arrow((place, y + 111), (place, y + 97), width=1.2)
        canvas.circle(place, y + 88, 8, Hue(VALUE.line, "#9CCDB1") if i in used else Hue(FAINT, "#FFFFFF"))
    return places


def answer(canvas: Canvas, place: float, y: float, words: str, w: float = 0) -> None:
    canvas.arrow((place, y + 79), (place, y + 62), colour=VALUE.line)
    box(canvas, place if w < 120 else place + w / 2 - 22, y + 47, words, VALUE, w=w, h=28, size=13.5)


def pair(canvas: Canvas, x: float, y: float) -> None:
    words = canvas.say("[CLS] it rains [SEP] we stay [SEP]", "[CLS] 雨 だ [SEP] 傘 を [SEP]")
    places = panel(canvas, x, y, canvas.say("(a) two sentences: how related?", "(a) 2 文の関係の分類"), words, [0])
    answer(canvas, places[0], y, canvas.say("follows / does not", "続く / 続かない"), w=150)


def single(canvas: Canvas, x: float, y: float) -> None:
    words = canvas.say("[CLS] what a film ! [SEP]", "[CLS] 楽しい 映画 だ [SEP]")
    places = panel(canvas, x, y, canvas.say("(b) one sentence: which class?", "(b) 1 文の分類"), words, [0])
    answer(canvas, places[0], y, canvas.say("positive / negative", "肯定 / 否定"), w=150)


def span(canvas: Canvas, x: float, y: float) -> None:
    words = canvas.say("[CLS] who ? [SEP] Mr Ito came [SEP]", "[CLS] 誰 ？ [SEP] 伊藤 さん が [SEP]")
    places = panel(
        canvas, x, y, canvas.say("(c) question answering: where?", "(c) 質問応答: 答えはどこ？"), words, [4, 5, 6]
    )
    answer(canvas, places[4], y, canvas.say("start", "始"), w=42)
    answer(canvas, places[5], y, canvas.say("end", "終"), w=40)


def tags(canvas: Canvas, x: float, y: float) -> None:
    words = canvas.say("[CLS] Mr Ito lives here [SEP]", "[CLS] 伊藤 さん が 来た [SEP]")
    names = canvas.say("O PER O O", "PER O O O").split()
    places = panel(
        canvas,
        x,
        y,
        canvas.say("(d) tagging: a label for each word", "(d) 単語タギング: 語ごとにラベル"),
        words,
        [1, 2, 3, 4],
    )
    for place, name in zip(places[1:5], names, strict=True):
        answer(canvas, place, y, name, w=48)


PANELS = (pair, single, span, tags)

# --- language models ---------------------------------------------------------------------------

LEFT, RIGHT = tuple(46 + 86 * i for i in range(4)), tuple(456 + 86 * i for i in range(4))
IN, OUT = 186, 72


def language_models(canvas: Canvas) -> None:
    heading(canvas, 0, 8, canvas.say("masked: fill the gap", "Masked LM: 穴を埋める"))
    heading(canvas, 410, 8, canvas.say("causal: guess the next word", "Causal LM: 次の語を当てる"))
    canvas.line([(380, 0), (380, 270)], FAINT, 1, dashed=True)
    words = canvas.say("the rain falls heavily", "雨 が 激しく 降る").split()
    masked(canvas, words)
    causal(canvas, words)
    canvas.lines(
        176,
        238,
        canvas.say("looks to both sides; is asked\nat the gaps only", "前後の両方を見る。\n問われるのは穴の所だけ"),
        15,
    )
    canvas.lines(
        586,
        238,
        canvas.say(
            "looks at itself and before;\nis asked at every position",
            "自分とそれより前だけを見る。\nどの位置でも問われる",
        ),
        15,
    )


def masked(canvas: Canvas, words: Sequence[str], gap: int = 2) -> None:
    for i, (x, text) in enumerate(zip(LEFT, words, strict=True)):
        canvas.arrow((x, IN - 15), (LEFT[gap] + 6 * (i - gap), OUT + 17), colour=WEIGHT.line)
        hidden = canvas.say("[MASK]", "[ ]")
        word(canvas, x, IN, hidden if i == gap else text, w=76, hue=PADDING if i == gap else WORD)
    word(canvas, LEFT[gap], OUT, words[gap], w=76, hue=VALUE)


def causal(canvas: Canvas, words: Sequence[str]) -> None:
    following = [*words[1:], "<eos>"]
    for t, x in enumerate(RIGHT):
        for s in range(t + 1):
            canvas.arrow((RIGHT[s], IN - 15), (x + 9 * (s - t), OUT + 17), colour=WEIGHT.line, width=1.3)
        word(canvas, x, OUT, following[t], w=76, hue=VALUE)
    for x, text in zip(RIGHT, words, strict=True):
        word(canvas, x, IN, text, w=76)


FIGURES = (
    Figure(
        "language_models",
        Words("A masked and a causal language model", "Masked LM と Causal LM"),
        Words(
            "Left, one word is hidden and guessed from the words on both sides. Right, at each position the next word is guessed from "
            "this word and those before it.",
            "左では 1 語を隠し、前後の語から当てる。右ではどの位置でも、その語とそれより前の語から次の語を当てる。",
        ),
        272,
        language_models,
    ),
    Figure(
        "bert_stack",
        Words("BERT: a stack of layers", "BERT: 層の積み重ね"),
        Words(
            "Each token becomes the sum of three embeddings. In each layer every word looks at all words, then a feed-forward network "
            "works on each word by itself. After N layers there is one output vector for each token.",
            "各トークンは 3 つの埋め込みの和になる。どの層でも、全部の語が全部の語を見てから、語ごとに全結合を通る。N 層の後、トークンごとに出力が 1 本ある。",
        ),
        432,
        stack,
    ),
    Figure(
        "bert_heads",
        Words("The four heads of BERT", "BERT の 4 種類の出力層"),
        Words(
            "Four uses of the same encoder: (a) sentence pairs and (b) single sentences are classified from the output at CLS; (c) for "
            "questions the passage's outputs score start and end; (d) for tagging every word's output gets a label.",
            "同じエンコーダーの 4 つの使い方。(a) 2 文と (b) 1 文の分類は CLS の出力、(c) 質問応答は本文の各出力に始まりと終わりの点、"
            "(d) タギングは各語の出力にラベルを付ける。",
        ),
        430,
        four_heads,
    ),
)
