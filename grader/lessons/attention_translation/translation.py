"""sequence_loss and translate: teacher forcing that ignores padding, and a greedy search. Williams and Zipser 1989; Sutskever et al. 2014."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import torch
from torch import Tensor

from grader.checks import (
    CallFailed,
    Draw,
    Failure,
    Module,
    Student,
    Text,
    UnlikeAnyAnswer,
    View,
    backward,
    check,
    properties,
    recompute,
    sign,
    trace,
)
from grader.lessons.attention_translation import (
    _fakes,
    _translation_mistakes,
    _translation_right,
    _tutorial_translation,
    _views,
    _words,
)
from grader.lessons.attention_translation._translated import (
    IDS,
    NOTHING_WRITTEN,
    ROWS,
    SIGNS_KEPT,
    Signs,
    every_id,
    ids_only,
    translated,
)

TITLE = Text(en="Training and translating", ja="学習と翻訳")
NAMES = ("sequence_loss", "translate")
KNOWN_ANSWERS = (_translation_mistakes, _translation_right)
HEADINGS = ("translation", "翻訳")
SIGNS = (
    sign(
        r"^def\s+(?:translate|beam_search|greedy)\w*|teacher_forcing|\bsacrebleu\b|\b(?:corpus|sentence|get)_bleu\b|\bbleu_score\b|\bBLEUScore\b",
        "translating",
        "翻訳",
        rank=150,
    ),
    sign(r"^def\s+(?:decode|evaluate|inference|train)\w*", "translating", "翻訳", rank=155, within=True),
)
# loss = criterion(output, trg)
TRACES = (
    trace(
        r"(?i)translat|bleu|beam|greedy|teacher_forcing|(?:loss|criterion)\w{0,20}\([^)\n]{0,80}\b(?:trg|tgt|target)"
    ),
    # an encoder and a decoder that are trained, whatever the loss and the texts are called
    trace(
        r"\A(?=[\s\S]*?^class\s+\w{0,60}Encoder)(?=[\s\S]*?^class\s+\w{0,60}Decoder)[\s\S]*?(?:\.backward\(|def training_step)",
        alone=True,
    ),
)
STARTERS = (
    Text(
        en="Cut the target (B, T) in two: what goes in is all but the last column, what should come out is all "
        "but the first.",
        ja="target (B, T) から 2 つを切り出します。入力は最後の列を除いたもの、答えは最初の列を除いたものです。",
    ),
    Text(
        en="One step after the other: the decoder gives (B, V) for each column. Add up the losses of the real "
        "words and divide once, by their number.",
        ja="1 列ずつ進めます。デコーダーは列ごとに (B, V) を返します。実際の単語の損失だけを足し、最後に一度だけ、その個数で割ります。",
    ),
    Text(
        en="To translate, make a batch of one from (S,), begin with `start`, and feed the best word back until "
        "it is `stop`.",
        ja="翻訳では (S,) を 1 件のバッチにし、`start` から始めて、いちばん確率の高い単語を `stop` が出るまで入力に戻します。",
    ),
)
FORMS = (_tutorial_translation,)

LOSS = Text(en="the loss", ja="損失")
DROPPED = Text(
    en="the translation, or the weights behind it, by a model left in training mode",
    ja="学習モードのまま渡したモデルによる訳文、またはその重み",
)
MODES = Text(
    en="The models come in train() mode. Who switches dropout off, and in which of the two? torch.no_grad() does not.",
    ja="モデルは train() のまま渡されます。dropout を止めるのはだれで、どちらのモデルですか。torch.no_grad() では止まりません。",
)

LOSS_RTOL = 1e-4  # a mean over a few dozen words in float32; a single number has nothing else to give a mistake away
FORCED = Text(
    en="Write down for T = 4 which words go in and which should come out.",
    ja="T = 4 のとき、どの語を入力し、どの語を正解とするか、書き出してみましょう。",
)


def loss_of(value: Any) -> Tensor:
    """The loss as a tensor with one number, also where it came as a Python number or with other things."""
    if isinstance(value, list | tuple) and value:
        value = value[0]
    if isinstance(value, float | int) and not isinstance(value, bool):
        value = torch.tensor(float(value))
    tensor = properties.is_floating(value, LOSS)
    return properties.has_shape(tensor.reshape(()) if tensor.numel() == 1 else tensor, (), LOSS)


STEPS = Text(
    en="Write the shapes beside each line: source (B, S) -> outputs (B, S, H), mask (B, S); at step t target[:, t] (B,) goes in and log-probabilities (B, V) "
    "come out, whose right answer is target[:, t + 1] (B,). Which of all these answers count, and by what is the sum divided?",
    ja="1 行ずつ形を書き添えてみましょう。source (B, S) → 出力 (B, S, H)、mask (B, S)。時刻 t で target[:, t] (B,) を入れると対数確率 (B, V) が出て、その正解は "
    "target[:, t + 1] (B,) です。そのうちどれを数え、和を何で割りますか。",
)
GREEDY = Text(
    en="Follow one sentence: source (S,) -> (1, S) -> outputs (1, S, H), state; previous (1,) = start -> (1, V) -> argmax (1,) -> is it stop? -> keep word and "
    "weights (S,) -> previous.",
    ja="1 文でたどってみましょう。source (S,) → (1, S) → 出力 (1, S, H) と状態。previous (1,) = start → (1, V) → argmax (1,) → stop か → 語と重み (S,) を"
    "取っておく → previous へ。",
)


def sentences(
    draw: Draw, sources: list[int], targets: list[int], padding: int = _fakes.PADDING
) -> tuple[Tensor, Tensor]:
    """Source (B, S) and target (B, T): start, words, stop, then padding. `targets` counts the words between."""
    source = _words.sentences(draw, _fakes.SOURCE, padding, sources)
    target = torch.full((len(targets), max(targets) + 2), padding)
    words = torch.tensor([i for i in range(_fakes.TARGET) if i not in (padding, _fakes.START, _fakes.STOP)])
    for row, length in zip(target, targets, strict=True):
        row[0], row[length + 1] = _fakes.START, _fakes.STOP
        row[1 : length + 1] = words[draw.integers(0, len(words), length)]
    return source, target


def lent(student: Student, draw: Draw, padding: int = _fakes.PADDING) -> tuple[Module, Module]:
    encoder, decoder = _fakes.models(student, draw, padding=padding)
    return encoder.eval(), decoder.eval()


@check(points=2, ja="損失は teacher forcing で計算した、正解の語 1 つあたりの平均である")
def loss_is_teacher_forced(student: Student, draw: Draw) -> None:
    """The loss is the mean over the words to predict, each predicted from the right words before it."""
    encoder, decoder = lent(student, draw)
    for batch, length, words in ((3, 5, 4), (2, 8, 7)):  # one number alone could be that of another mistake by chance
        source, target = sentences(draw, [length] * batch, [words] * batch)
        student.call("sequence_loss", encoder, decoder, source, target, view=loss_of)
    try:
        student.must_agree(LOSS, rtol=LOSS_RTOL, help=FORCED)
    except UnlikeAnyAnswer as unlike:
        high = bool(student.exchanges[-1].value > 1)  # a loss that is near zero with any decoder is another matter
        copies = high and asks_for_what_it_read(student, draw, encoder)
        unlike.misconception = "target_not_shifted" if copies else None
        raise


def asks_for_what_it_read(student: Student, draw: Draw, encoder: Module) -> bool:
    """Whether a decoder that repeats the previous word loses next to nothing."""
    source, target = sentences(draw, [5, 5], [6, 6])
    with student.unrecorded(), suppress(CallFailed, Failure):
        loss = student.call("sequence_loss", encoder, _fakes.echo(student), source, target, view=loss_of)
        return bool(loss.abs() < 3)
    return False


@check(points=2, after=loss_is_teacher_forced, ja="パディングは損失に数えず、注意も向けない")
def padding_does_not_count(student: Student, draw: Draw) -> None:
    """Padding counts neither in the loss nor in the number it is divided by, and gets no attention."""
    encoder, decoder = lent(student, draw)
    for sources, targets in (([2, 9], [7, 1]), ([4, 6, 3], [1, 1, 8]), ([7, 3, 5], [2, 9, 4])):
        source, target = sentences(draw, sources, targets)
        given = (encoder, decoder, source, target)
        _, after = student.call_and_inputs("sequence_loss", *given, view=loss_of)
        recompute.untouched(
            given[2:], after[2:], ("source", "target"), dict.fromkeys(("source", "target"), recompute.IN_PLACE)
        )
    student.must_agree(LOSS, rtol=LOSS_RTOL, help=STEPS)
    if student.promised:
        padding = draw.number(4, 9)  # any id may be the padding, and 0 a word
        encoder, decoder = lent(student, draw, padding)
        source, target = sentences(draw, [6, 9, 4], [8, 3, 5], padding)
        student.call("sequence_loss", encoder, decoder, source, target, padding, view=loss_of)
        student.must_agree(LOSS, rtol=LOSS_RTOL, help=STEPS)


@check(points=1, after=loss_is_teacher_forced, ja="損失からモデルのパラメータへ勾配が届く")
def loss_teaches(student: Student, draw: Draw) -> None:
    """The gradient of the loss reaches the parameters of the encoder and of the decoder."""
    encoder, decoder = lent(student, draw)
    source, target = sentences(draw, [5] * 3, [6] * 3)
    for part in (encoder, decoder):
        inputs = (encoder, decoder, source, target)
        found = backward.to_parameters(student, "sequence_loss", inputs, torch.tensor(1.0), part)
        if not any(isinstance(g, Tensor) and (g.abs() > 0).any() for g in found.values()):
            raise Failure(
                Text(
                    en="No gradient goes from the loss to the model, so nothing is learned.",
                    ja="損失からモデルへ勾配が流れないので、何も学習されません。",
                ),
                _views.CUT,
                misconception="loss_is_a_number",
            )


def ask(
    student: Student,
    draw: Draw,
    view: Callable[[int, Signs], View],
    words: int,
    limit: int = 20,
    dropout: float = 0.0,
    signs: Signs = (_fakes.START, _fakes.STOP),
) -> Any:
    """What `view` reads in the translation of a drawn sentence; with dropout the models come in training mode."""
    encoder, decoder = _fakes.models(student, draw, dropout, words, *signs)
    if not dropout:
        encoder.eval()
        decoder.eval()
    (length,) = draw.sizes(1, smallest=5)
    source = _words.sentences(draw, _fakes.SOURCE, _fakes.PADDING, [length])[0]
    given = (encoder, decoder, source, *signs, limit)
    value, after = student.call_and_inputs("translate", *given, view=view(length, signs))
    recompute.untouched((source,), after[2:3], ("source",), {"source": recompute.IN_PLACE})
    return value


@check(points=2, ja="いちばん確率の高い語を選び、それを次の入力にして、stop で終わる")
def writes_greedily_until_the_stop(student: Student, draw: Draw) -> Text | None:
    """It takes the most probable word, feeds it back, and ends at the stop."""
    for words in draw.sizes(2, smallest=6):
        ask(student, draw, ids_only, words)
        student.must_agree(IDS, help=GREEDY)
    if student.promised:  # any ids may be the signs
        start, stop = draw.sample(range(3, 12), 2)
        ask(student, draw, ids_only, draw.number(6, 9), signs=(start, stop))
        student.must_agree(IDS, help=GREEDY)
        return may_write_nothing(student, draw) or keeps_signs(student, draw)
    return None


def keeps_signs(student: Student, draw: Draw) -> Text | None:
    """Advice where start or stop stand in the list that is returned, in which only words are wanted."""
    with student.unrecorded():
        ids = ask(student, draw, every_id, words=6)
    return SIGNS_KEPT if ids[:1] == [_fakes.START] or ids[-1:] == [_fakes.STOP] else None


def may_write_nothing(student: Student, draw: Draw) -> Text | None:
    """Advice where nothing can be written: torch.stack(rows) of no rows. Raises Failure where something is, though the stop comes first."""
    asked = len(student.exchanges)
    try:
        ask(student, draw, ids_only, words=0)
    except CallFailed:
        student.forget(asked)
        return NOTHING_WRITTEN
    student.must_agree(IDS, help=GREEDY)
    return None


@check(points=1, ja="stop が出なければ、ちょうど max_len 語で打ち切る")
def respects_the_limit(student: Student, draw: Draw) -> None:
    """Where no stop comes, it ends after exactly max_len words."""
    limit = draw.number(4, 7)
    ids = ask(student, draw, ids_only, words=15, limit=limit)
    if len(ids) != limit:
        raise Failure(
            Text(
                en=f"With max_len = {limit} and no stop in sight, {len(ids)} words were written.",
                ja=f"max_len = {limit} で stop が出ないとき、{len(ids)} 語を書きました。",
            ),
            Text(en="Count the words, not the calls before or after.", ja="書いた語を数えましょう。"),
        )


@check(points=1, after=writes_greedily_until_the_stop, ja="重みの各行は、その語を書いたときのもので、確率分布である")
def weights_belong_to_the_words(student: Student, draw: Draw) -> None:
    """Each row of the weights is the distribution with which that word was written."""
    _, weights = ask(student, draw, translated, words=draw.number(8, 11))
    properties.distribution(weights, dim=-1)
    student.must_agree(ROWS, help=GREEDY)


@check(points=1, ja="翻訳中は dropout が切れている")
def dropout_is_off(student: Student, draw: Draw) -> None:
    """Dropout is off while translating."""
    ask(student, draw, translated, words=draw.number(8, 11), dropout=0.5)
    student.must_agree(DROPPED, help=MODES)
