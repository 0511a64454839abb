"""EncoderRNN and DecoderRNN: the last state is all the decoder gets. Sutskever et al. 2014; Cho et al. 2014."""

from __future__ import annotations

from torch import Tensor

from grader.checks import (
    CallFailed,
    Draw,
    Failure,
    Module,
    Student,
    Text,
    backward,
    check,
    properties,
    recompute,
    sign,
    trace,
)
from grader.lessons.attention_translation import (
    _interfaces,
    _seq2seq_mistakes,
    _seq2seq_right,
    _tutorial_seq2seq,
    _views,
    _words,
)
from grader.lessons.attention_translation._seq2seq_models import (
    SCORES,
    TranslatorSizes,
    decoder,
    draw_sizes,
    encoder,
    knows_padding,
    reading,
    same_lengths,
    scores_only,
    writing,
)

TITLE = Text(en="A translator without attention", ja="Attention のない翻訳器")
NAMES = ("EncoderRNN", "DecoderRNN")
KNOWN_ANSWERS = (_seq2seq_mistakes, _seq2seq_right)
HEADINGS = ("sequence to sequence", "seq2seq", "encoder-decoder without attention", "系列変換", "Attention なし")
SIGNS = (
    sign(
        r"^class\s+(?:Encoder(?:RNN|LSTM|GRU)|Decoder(?:RNN|LSTM|GRU)|Seq2Seq)\w*\(",
        "an encoder or decoder RNN",
        "RNN のエンコーダー・デコーダー",
        rank=120,
    ),
)
# self.encoder = nn.LSTM(embed_size, hidden_size)
TRACES = (trace(r"(?i)seq2seq|\b(?:LSTM|GRU|RNN)(?:Cell)?\(|EncoderRNN|DecoderRNN"),)
INTERFACES = _interfaces.SEQ2SEQ
STARTERS = (
    Text(
        en="The encoder takes an `nn.Embedding` and a GRU: ids (B, S) become (B, S, E), then outputs (B, S, H).",
        ja="エンコーダーに使うのは `nn.Embedding` と GRU です。ID (B, S) が (B, S, E) になり、それが outputs (B, S, H) になります。",
    ),
    Text(
        en="Count the real words of each sentence first, with `padding_idx`: the state (B, H) is the one after "
        "the last real word.",
        ja="まず `padding_idx` を使って各文の単語数を数えましょう。返す状態 (B, H) は、最後の「単語」を読んだ直後のものです。",
    ),
    Text(
        en="One call of the decoder is one word: ids (B,) become (B, E), a GRU cell moves the state (B, H) on, "
        "and one `nn.Linear` makes (B, V).",
        ja="デコーダーの 1 回の呼び出しは 1 単語です。ID (B,) が (B, E) になり、GRU のセルが状態 (B, H) を進め、`nn.Linear` で (B, V) にしま"
        "す。",
    ),
)
FORMS = (_tutorial_seq2seq,)

READ = Text(en="the encoder's outputs and last state", ja="エンコーダーの出力と最後の状態")
WRITTEN = Text(en="the decoder's log-probabilities and new state", ja="デコーダーの対数確率と新しい状態")
READING = Text(
    en="Follow the encoder with the shapes beside it: ids (B, S) -> embedding (B, S, E) -> RNN, one word after the other -> outputs (B, S, H); the state "
    "(B, H) is the output at each sentence's last word.",
    ja="エンコーダーを、形を書き添えてたどってみましょう。ids (B, S) → 埋め込み (B, S, E) → RNN が 1 語ずつ読む → 出力 (B, S, H)。状態 (B, H) は、各文の最後の語での"
    "出力です。",
)
ONE_STEP = Text(
    en="Follow one step: previous (B,) -> embedding (B, E) -> RNN with the state that was given (B, H) -> new state (B, H) -> linear layer (B, V) -> "
    "log_softmax over V.",
    ja="1 歩をたどってみましょう。previous (B,) → 埋め込み (B, E) → 渡された状態 (B, H) から RNN を 1 歩 → 新しい状態 (B, H) → 線形層 (B, V) → V について "
    "log_softmax。",
)
LAST = Text(en="the state of the shortest sentence, padded", ja="パディングされたいちばん短い文の状態")


@check(points=1, ja="エンコーダーは出力 (B, S, H) と状態 (B, H) を返す")
def encoder_shapes(student: Student, draw: Draw) -> None:
    """The encoder returns outputs (B, S, H) and a state (B, H)."""
    sizes = draw_sizes(student, draw)
    ids = same_lengths(draw, sizes)
    encoder(student, draw, sizes)(ids, view=reading(ids, sizes))


@check(points=2, ja="エンコーダーの出力は RNN の各時刻の状態である（あなたの重みで検算）")
def encoder_reads_the_sentence(student: Student, draw: Draw) -> None:
    """The outputs are the states of the RNN at each word (we recompute it with your weights)."""
    sizes = draw_sizes(student, draw)
    ids, model = same_lengths(draw, sizes), encoder(student, draw, sizes)
    recompute.steady(student, lambda: model(ids, view=reading(ids, sizes)), READ, random="dropout_left_on")
    student.must_agree(READ, help=READING)
    if student.promised:
        backward.not_cut_off(model, draw, (other_words(draw, sizes.source, sizes.padding, 10).reshape(2, 5),))


@check(points=2, after=encoder_shapes, ja="パディングは読まれない: 短い文の状態は、1 文だけで読んだときと同じになる")
def padding_is_not_read(student: Student, draw: Draw) -> Text | None:
    """Padding is not read: a short sentence in a batch ends in the state that it ends in alone."""
    sizes = draw_sizes(student, draw)
    if "no mask" in student.limitations("EncoderRNN") and not knows_padding(student):
        return READS_PADDING
    model = encoder(student, draw, sizes)
    for batch in (4, 3):
        reads_to_the_last_word(student, draw, model, sizes, batch)
    return padded_further(student, draw, model, sizes)


def padded_further(student: Student, draw: Draw, model: Module, sizes: TranslatorSizes) -> Text | None:
    """Advice where a batch that is padded beyond its longest sentence comes back shorter: few batches are."""
    ids = _words.sentences(draw, sizes.source, sizes.padding, [3, 5, 9])[:2]
    asked = len(student.exchanges)
    try:
        model(ids, view=reading(ids, sizes))
    except (Failure, CallFailed):
        student.forget(asked)
        return CUT_SHORT
    student.must_agree(READ, help=NOT_PADDING)
    return None


def reads_to_the_last_word(student: Student, draw: Draw, model: Module, sizes: TranslatorSizes, batch: int) -> None:
    """Sentences of a padded batch, all of different lengths and in no order, end in the states they end in alone."""
    shortest, *others, longest = sorted(draw.sample(range(2, 12), batch))
    lengths = [*others, longest, shortest]
    ids = _words.sentences(draw, sizes.source, sizes.padding, lengths)
    alone = ids[-1:, :shortest]
    _, single = model(alone, view=reading(alone, sizes))
    _, together = model(ids, view=reading(ids, sizes))
    for mine, theirs in zip(together, single, strict=False):
        properties.equal(mine[-1:], theirs, LAST, help=NOT_PADDING)
    student.must_agree(READ, help=NOT_PADDING)


READS_PADDING = Text(
    en="The encoder is told neither lengths nor the id of the padding. One sentence at a time that is right; in a batch short "
    "sentences end in a state that has read the padding (pack_padded_sequence avoids it).",
    ja="エンコーダーは長さもパディングの ID も受け取りません。1 文ずつなら問題ありませんが、バッチでは短い文の状態がパディングまで読んだものになります"
    "（pack_padded_sequence を使うと避けられます）。",
)
CUT_SHORT = Text(
    en="A batch of 9 columns whose longest sentence has 5 words comes back with fewer than 9 outputs, or not at all. A batch padded to its longest sentence goes "
    "through; for all others there is pad_packed_sequence(..., total_length=ids.size(1)).",
    ja="9 列のバッチでいちばん長い文が 5 語のとき、出力が 9 列になりません。いちばん長い文に合わせたバッチなら問題ありません。ほかの場合は pad_packed_sequence(..., "
    "total_length=ids.size(1)) とします。",
)
NOT_PADDING = Text(
    en="At which position does each sentence of the batch end, and whose state is the one you return?",
    ja="バッチ内の文は、それぞれどの位置で終わっていますか。返した状態は、どの位置のものでしょう。",
)


@check(points=1, ja="1 文だけのバッチでも、読めて書ける")
def a_batch_of_one(student: Student, draw: Draw) -> Text | None:
    """A batch of one sentence can be read and written."""
    sizes = draw_sizes(student, draw)
    ids = _words.sentences(draw, sizes.source, sizes.padding, draw.sizes(1))
    read, write = reading(ids, sizes), writing(1, sizes)
    encoder(student, draw, sizes)(ids, view=read)
    decoder(student, draw, sizes)(draw.integers(0, sizes.target, 1), read.raw[1], view=write)
    return _views.advice_on(write.raw[0])


@check(points=2, ja="デコーダーはエンコーダーの最後の状態から書き始める（あなたの重みで検算）")
def decoder_starts_from_the_state(student: Student, draw: Draw) -> None:
    """The decoder's first word follows from the encoder's last state (we recompute it with your weights)."""
    sizes = draw_sizes(student, draw)
    ids = same_lengths(draw, sizes)
    read = reading(ids, sizes)
    encoder(student, draw, sizes)(ids, view=read)
    previous = draw.integers(0, sizes.target, len(ids))
    decoder(student, draw, sizes)(previous, read.raw[1], view=scores_only(len(ids), sizes))
    student.must_agree(SCORES, help=ONE_STEP)


@check(points=2, after=decoder_starts_from_the_state, ja="デコーダーは 1 語ごとに状態を進める")
def decoder_moves_on(student: Student, draw: Draw) -> None:
    """The decoder moves its state on with every word."""
    sizes = draw_sizes(student, draw)
    ids = same_lengths(draw, sizes)
    read, write = reading(ids, sizes), writing(len(ids), sizes)
    encoder(student, draw, sizes)(ids, view=read)
    model, state = decoder(student, draw, sizes), read.raw[1]
    previous = draw.integers(0, sizes.target, len(ids))
    recompute.steady(student, lambda: model(previous, state, view=write), WRITTEN, random="dropout_left_on")
    for _ in range(3):
        model(draw.integers(0, sizes.target, len(ids)), state, view=write)
        state = write.raw[1]
    student.must_agree(WRITTEN, help=ONE_STEP)
    if student.promised:
        state, parts = _words.asking_for_gradients(state)
        previous = other_words(draw, sizes.target, sizes.padding, len(ids))
        backward.not_cut_off(model, draw, (previous, state), parts)


def other_words(draw: Draw, vocabulary: int, padding: int, count: int) -> Tensor:
    """So many words, each once and none the padding: Embedding(scale_grad_by_freq=True, padding_idx=...) changes their gradients."""
    words = draw.permutation(vocabulary - 1)[:count]
    return words + (words >= padding)
