"""EncoderRNN and DecoderRNN: the last state is all the decoder gets. Sutskever et al. 2014; Cho et al. 2014."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from grader import properties, views
from grader.draw import Draw
from grader.lessons.attention_translation import _tutorial_seq2seq, _views, _words
from grader.lessons.attention_translation._seq2seq_mistakes import *  # noqa: F403 - they are this exercise's
from grader.lessons.declare import accepts, check, edit
from grader.model import Edit, Text
from grader.student import Module, Student, View

TITLE = Text(en="A translator without attention", ja="Attention のない翻訳器")
NAMES = ("EncoderRNN", "DecoderRNN")
STARTERS = (
    Text(
        en="The encoder takes an `nn.Embedding` and a GRU: ids (B, S) become (B, S, E), then outputs (B, S, H).",
        ja="エンコーダに使うのは `nn.Embedding` と GRU です。ID (B, S) が (B, S, E) になり、それが outputs (B, S, H) になります。",
    ),
    Text(
        en="Count the real words of each sentence first, with `padding_idx`: the state (B, H) is the one after "
        "the last real word.",
        ja="まず `padding_idx` を使って各文の単語数を数えましょう。返す状態 (B, H) は、最後の「単語」を読んだ直後のものです。",
    ),
    Text(
        en="One call of the decoder is one word: ids (B,) become (B, E), a GRU cell moves the state (B, H) on, "
        "and one `nn.Linear` makes (B, V).",
        ja="デコーダの 1 回の呼び出しは 1 単語です。ID (B,) が (B, E) になり、GRU のセルが状態 (B, H) を進め、`nn.Linear` で (B, V) にしま"
        "す。",
    ),
)
FORMS = (_tutorial_seq2seq,)

READ = Text(en="the encoder's outputs and last state", ja="エンコーダーの出力と最後の状態")
WRITTEN = Text(en="the decoder's log-probabilities and new state", ja="デコーダーの対数確率と新しい状態")
OUTPUTS = Text(en="the encoder's outputs", ja="エンコーダーの出力")
SCORES = Text(en="the decoder's log-probabilities", ja="デコーダーの対数確率")
LAST = Text(en="the state of the shortest sentence, padded", ja="パディングされた一番短い文の状態")

SOURCE, TARGET = 23, 29  # sizes of the vocabularies: shapes of parameters occur once


@dataclass(frozen=True)
class Sizes:
    emb: int
    hidden: int
    padding: int


def draw_sizes(student: Student, draw: Draw) -> Sizes:
    emb, hidden = draw.sizes(2)
    sizes = student.sized("EncoderRNN", emb_size=emb, hidden_size=hidden)
    return Sizes(sizes["emb_size"], hidden, draw.number(1, 5) if knows_padding(student) else 0)


def knows_padding(student: Student) -> bool:
    """Whether the encoder is told which id is the padding; who is not, has it built in, and it is mostly 0."""
    match = student.matched("EncoderRNN")
    return match is None or "padding_idx" in match.accepts


def encoder(student: Student, draw: Draw, sizes: Sizes) -> Module:
    named = {"emb_size": sizes.emb, "hidden_size": sizes.hidden, "padding_idx": sizes.padding}
    return student.module("EncoderRNN", vocab_size=SOURCE, **named).randomise(draw).eval()


def decoder(student: Student, draw: Draw, sizes: Sizes) -> Module:
    named = student.sized("DecoderRNN", emb_size=sizes.emb, hidden_size=sizes.hidden, padding_idx=sizes.padding)
    return student.module("DecoderRNN", vocab_size=TARGET, **named).randomise(draw).eval()


def reading(ids: Tensor, sizes: Sizes) -> _words.Kept:
    """Outputs (B, S, H), zero at the padding where they do not matter, and the state."""
    batch, length = ids.shape

    def view(value: Any) -> tuple[Tensor, list[Tensor]]:
        outputs, state = _views.parts(value, 2, "(outputs, state)")
        found = _views.floating(outputs, (batch, length, sizes.hidden), OUTPUTS, "(B, S, H)")
        real = (ids != sizes.padding)[:, :, None].expand_as(found)
        return torch.where(real, found, torch.zeros_like(found)), _words.state(batch, sizes.hidden)(state)

    return _words.Kept(view)


def writing(batch: int, sizes: Sizes) -> _words.Kept:
    """Log-probabilities (B, V) and the state."""

    def view(value: Any) -> tuple[Tensor, list[Tensor]]:
        scores, state = _views.parts(value, 2, "(log_probs, state)")
        read = views.class_scores(batch, TARGET, what=SCORES, letters="(B, V)")
        return read(scores), _words.state(batch, sizes.hidden)(state)

    return _words.Kept(view)


def scores_only(batch: int) -> View:
    """Log-probabilities (B, V), whatever the state."""
    read = views.class_scores(batch, TARGET, what=SCORES, letters="(B, V)")
    return lambda value: read(_views.parts(value, 2, "(log_probs, state)")[0])


def same_lengths(draw: Draw, sizes: Sizes) -> Tensor:
    batch, length = draw.sizes(2)
    return _words.sentences(draw, SOURCE, sizes.padding, [length] * batch)


@check(points=1, ja="エンコーダーは出力 (B, S, H) と状態 (B, H) を返す")
def encoder_shapes(student: Student, draw: Draw) -> None:
    """The encoder returns outputs (B, S, H) and a state (B, H)."""
    sizes = draw_sizes(student, draw)
    ids = same_lengths(draw, sizes)
    encoder(student, draw, sizes)(ids, view=reading(ids, sizes))


@check(points=2, ja="エンコーダーの出力は RNN の各時刻の状態である（あなたの重みで検算）")
def encoder_reads_the_sentence(student: Student, draw: Draw) -> None:
    """The outputs are the states of the RNN at each word: recomputed with your own weights."""
    sizes = draw_sizes(student, draw)
    ids = same_lengths(draw, sizes)
    encoder(student, draw, sizes)(ids, view=reading(ids, sizes))
    student.must_agree(READ)


@check(points=2, after=encoder_shapes, ja="パディングは読まれない: 短い文の状態は、1 文だけで読んだときと同じになる")
def padding_is_not_read(student: Student, draw: Draw) -> Text | None:
    """Padding is not read: a short sentence in a batch ends in the state that it ends in alone."""
    sizes = draw_sizes(student, draw)
    if "no mask" in student.ways("EncoderRNN") and not knows_padding(student):
        return READS_PADDING
    lengths = [5, 9, 7, 3]
    ids = _words.sentences(draw, SOURCE, sizes.padding, lengths)
    model = encoder(student, draw, sizes)
    alone = ids[-1:, : lengths[-1]]
    _, single = model(alone, view=reading(alone, sizes))
    _, together = model(ids, view=reading(ids, sizes))
    for mine, theirs in zip(together, single, strict=False):
        properties.equal(mine[-1:], theirs, LAST, help=NOT_PADDING)
    student.must_agree(READ, help=NOT_PADDING)
    return None


READS_PADDING = Text(
    en="The encoder is told neither lengths nor the id of the padding. One sentence at a time that is right; in a batch short "
    "sentences end in a state that has read the padding (pack_padded_sequence avoids it).",
    ja="エンコーダーは長さもパディングの ID も受け取りません。1 文ずつなら問題ありませんが、バッチでは短い文の状態がパディングまで読んだものになります"
    "（pack_padded_sequence を使うと避けられます）。",
)
NOT_PADDING = Text(
    en="At which position does each sentence of the batch end, and whose state is the one you return?",
    ja="バッチ内の文は、それぞれどの位置で終わっていますか。返した状態は、どの位置のものでしょう。",
)


@check(points=1, ja="1 文だけのバッチでも、読めて書ける")
def a_batch_of_one(student: Student, draw: Draw) -> None:
    """A batch of one sentence can be read and written."""
    sizes = draw_sizes(student, draw)
    ids = _words.sentences(draw, SOURCE, sizes.padding, draw.sizes(1))
    read, write = reading(ids, sizes), writing(1, sizes)
    encoder(student, draw, sizes)(ids, view=read)
    decoder(student, draw, sizes)(draw.integers(0, TARGET, 1), read.raw[1], view=write)


@check(points=2, ja="デコーダーはエンコーダーの最後の状態から書き始める（あなたの重みで検算）")
def decoder_starts_from_the_state(student: Student, draw: Draw) -> None:
    """The decoder's first word follows from the encoder's last state: recomputed with your own weights."""
    sizes = draw_sizes(student, draw)
    ids = same_lengths(draw, sizes)
    read = reading(ids, sizes)
    encoder(student, draw, sizes)(ids, view=read)
    previous = draw.integers(0, TARGET, len(ids))
    decoder(student, draw, sizes)(previous, read.raw[1], view=scores_only(len(ids)))
    student.must_agree(SCORES)


@check(points=2, after=decoder_starts_from_the_state, ja="デコーダーは 1 語ごとに状態を進める")
def decoder_moves_on(student: Student, draw: Draw) -> None:
    """The decoder moves its state on with every word."""
    sizes = draw_sizes(student, draw)
    ids = same_lengths(draw, sizes)
    read, write = reading(ids, sizes), writing(len(ids), sizes)
    encoder(student, draw, sizes)(ids, view=read)
    model, state = decoder(student, draw, sizes), read.raw[1]
    for _ in range(3):
        model(draw.integers(0, TARGET, len(ids)), state, view=write)
        state = write.raw[1]
    student.must_agree(WRITTEN)


# --- other right answers -----------------------------------------------------------------------

RELU = edit("word = self.emb(previous)", "word = F.relu(self.emb(previous))")


def by_sequence(kind: str) -> tuple[Edit, ...]:
    """Encoder and decoder both as a layer over sequences, the decoder's of length one."""
    return (
        edit("nn.GRU(emb_size", f"nn.{kind}(emb_size"),
        edit("return outputs, state[0]", "return outputs, state"),
        edit("nn.GRUCell(emb_size, hidden_size)", f"nn.{kind}(emb_size, hidden_size, batch_first=True)"),
        edit("state = self.cell(word, state)", "output, state = self.cell(word.unsqueeze(1), state)"),
        edit("self.out(state)", "self.out(output[:, 0])"),
    )


sequence_decoder = accepts(*by_sequence("GRU"))
sequence_decoder_activated = accepts(RELU, *by_sequence("GRU"))
lstm = accepts(*by_sequence("LSTM"))
lstm_activated = accepts(RELU, *by_sequence("LSTM"))
sequence_rnn = accepts(*by_sequence("RNN"))
lstm_cell = accepts(
    edit("nn.GRU(emb_size", "nn.LSTM(emb_size"),
    edit("return outputs, state[0]", "return outputs, (state[0][0], state[1][0])"),
    edit("nn.GRUCell(", "nn.LSTMCell("),
    edit("self.out(state)", "self.out(state[0])"),
)
plain_rnn = accepts(edit("nn.GRU(emb_size", "nn.RNN(emb_size"), edit("nn.GRUCell(", "nn.RNNCell("))
picked_by_length = accepts(
    edit("outputs, state = self.rnn(packed)", "outputs, _ = self.rnn(self.emb(ids))"),
    edit(
        "outputs, _ = pad_packed_sequence(outputs, batch_first=True, total_length=ids.size(1))",
        "state = outputs[torch.arange(len(ids)), lengths - 1].unsqueeze(0)",
    ),
)
activated_embedding = accepts(RELU)
logits = accepts(edit("F.log_softmax(self.out(state), dim=-1)", "self.out(state)"))
