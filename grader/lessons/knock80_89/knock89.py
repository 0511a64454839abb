"""encode(tokenizer, titles) -> ids, mask; BertClassifier(encoder, output_size): (B, T) -> (B, L); fine_tune(...) -> history."""

from __future__ import annotations

import math
import re
from contextlib import suppress

import torch
from torch import Tensor

from grader.checks import (
    MODULE,
    CallFailed,
    Draw,
    Failure,
    Student,
    Text,
    Unmatched,
    check,
    normalise,
    properties,
    sign,
    trace,
)
from grader.lessons.knock80_89 import _answers89, _interfaces
from grader.lessons.knock80_89 import _encoder as lent
from grader.lessons.knock80_89 import _training as training
from grader.lessons.knock80_89._classifier89 import EPOCHS, LABELS, SCORES, STEPS, as_it_reads, compute
from grader.lessons.knock80_89._encoding89 import NOT_WHOLE, encodes_rightly, long_titles, takes
from grader.lessons.knock80_89._history import must_be
from grader.lessons.knock80_89._settings89 import SETTINGS, TUNING
from grader.lessons.knock80_89._tuning89 import (
    A_NAME,
    FROZEN,
    LR,
    RATES,
    as_it_is_fed,
    head_learns,
    ignored,
    learned_from_the_other_set,
    learns_alone,
    measured,
    other_losses,
    titles_to_learn,
    tuned,
    untuned,
)
from grader.lessons.knock80_89._vocabulary import words

TITLE = Text(en="89. Transfer learning from a pretrained language model", ja="89. 事前学習済み言語モデルからの転移学習")
NAMES = ("encode", "BertClassifier", "fine_tune")
SIGNS = (
    sign(
        MODULE + r"(?:BertModel\b|AutoModel)|^class\s+\w*(?:Bert|BERT)\w*\(",
        "a class around BERT",
        "BERT を使うクラス",
        rank=10,
    ),
)
TRACES = (trace(r"(?i)\bbert|\btransformers\b"),)  # BertModel.from_pretrained("bert-base-uncased")
INTERFACES = _interfaces.KNOCK89
KNOWN_ANSWERS = _answers89
STARTERS = (
    Text(
        en="`encode` is one call of the tokenizer with padding and tensors asked for; it holds `input_ids` and "
        "`attention_mask`, both (B, T).",
        ja="`encode` はトークナイザーを 1 回呼ぶだけです。パディングとテンソルを指定すると、`input_ids` と `attention_mask`（どちらも (B, T)）が"
        "得られます。",
    ),
    Text(
        en="The classifier: `output[0]` of the encoder is (B, T, D), its first position (B, D), and one "
        "`nn.Linear` makes (B, L). The width D is in `encoder.config`.",
        ja="分類器: エンコーダーの `output[0]` は (B, T, D)、その先頭の位置が (B, D)、`nn.Linear` で (B, L) にします。幅 D は `encod"
        "er.config` にあります。",
    ),
    Text(
        en="`fine_tune` is the training of 83 with other batches: titles are encoded where the batch is made.",
        ja="`fine_tune` は 83 の学習と同じ形です。バッチを作る所で題名を encode します。",
    ),
)


@check(points=2, ja="題名が、エンコーダー自身のトークナイザーの ID と、単語の位置を示すマスクになる")
def ids_of_its_own_tokenizer(student: Student, draw: Draw) -> Text | None:
    """encode returns the tokenizer's ids and a mask that is 1 for real tokens."""
    if student.matching.ranks_for_bert:
        raise Failure(
            Text(
                en="Words are ranked by how often they occur, and these numbers are what BERT is given; its tokenizer is never asked.",
                ja="単語の頻度順位を BERT に入力しています。BERT のトークナイザーは一度も使われていません。",
            ),
            misconception="word_ids_of_80",
        )
    made = lent.TokenizerFacts(words(draw, lent.WORDS))
    tokenizer = lent.lend_tokenizer(student, made)
    few = draw.number(3, 7 if student.promised else 4)  # six words at most where the length is their own
    for titles in (lent.titles(draw, made.words, few), lent.titles(draw, made.words, 1)):
        encodes_rightly(student, tokenizer, titles, made)
    longer = long_titles(draw, made, few + 1)
    if student.promised:
        encodes_rightly(student, tokenizer, longer, made)
        return None
    return None if takes(student, tokenizer, longer, made) else NOT_WHOLE


@check(
    points=2, ja="ModelOutput を返すエンコーダーで、題名のベクトルから (B, L) の得点を計算する（あなたの重みで検算）"
)
def scores_from_a_model_output(student: Student, draw: Draw) -> Text | None:
    """With an encoder that returns a ModelOutput, scores (B, L) come from one vector a title: recomputed with your weights."""
    try:
        compute(student, draw, as_tuple=False)
    except CallFailed as error:
        if not re.search(A_NAME, error.fault.message):
            raise
        match = student.matched("BertClassifier")
        own = student.matching.written.definition(match.own if match else "BertClassifier", student.section)
        own_class = not student.promised and own is not None
        if own_class and computes_from_a_tuple(student, draw):
            return NEEDS_A_TUPLE
        raise Failure(
            Text(
                en=f"A text stands where a tensor should: {error.fault.type}: {error.fault.message}",
                ja=f"テンソルのはずの場所が文字列になっています。{error.fault.type}: {error.fault.message}",
            ),
            misconception="names_for_tensors",
        ) from error
    return None


def computes_from_a_tuple(student: Student, draw: Draw) -> bool:
    """Whether it is right with an encoder of older libraries, which returned a tuple."""
    with student.unrecorded(), suppress(CallFailed, Failure):
        compute(student, draw, as_tuple=True)
        return True
    return False


NEEDS_A_TUPLE = Text(
    en="Your class takes the encoder's output apart as a tuple, as older libraries returned it; now it would get names there. "
    "bert(...).pooler_output, or return_dict=False, works with today's.",
    ja="エンコーダーの出力を（以前のライブラリのように）タプルとして分けています。今の既定では名前が返るので、bert(...).pooler_output とするか、"
    "return_dict=False を付けましょう。",
)


@check(points=1, ja="タプルを返すエンコーダーでも同じように動く")
def scores_from_a_tuple(student: Student, draw: Draw) -> Text | None:
    """It also works with an encoder that returns a tuple."""
    try:
        compute(student, draw, as_tuple=True)
    except CallFailed as error:
        if error.fault.type in ("AttributeError", "TypeError") and re.match(READS_NAMES, error.fault.message):
            return NEEDS_A_MODEL_OUTPUT
        raise
    return None


READS_NAMES = "'tuple' object has no attribute|tuple indices must be integers or slices, not str"
NEEDS_A_MODEL_OUTPUT = Text(
    en="Your class asks the encoder's output for something by name, which only a ModelOutput has. That is what encoders return by "
    "default now, so nothing is deducted; output[0] would work with older ones too.",
    ja="エンコーダーの出力を名前で読んでいるので、ModelOutput を返すエンコーダーでしか動きません。今はそれが既定なので減点はありませんが、"
    "output[0] と書けば古いエンコーダーでも動きます。",
)


@check(points=1, ja="マスクされた位置の ID は結果に影響しない")
def mask_is_used(student: Student, draw: Draw) -> None:
    """Tokens at masked positions do not change the output."""
    model, output_size, _, ids, mask = as_it_reads(student, draw)
    other = torch.where(mask.bool(), ids, draw.integers(lent.SPECIAL, lent.SPECIAL + lent.WORDS, *ids.shape))
    view = normalise.class_scores(len(ids), output_size)
    properties.equal(
        model(other, mask, view=view),
        properties.is_tensor(model(ids, mask, view=view)),
        Text(en="the output with other ids behind the mask", ja="マスクの裏の ID を変えたときの出力"),
        help=STEPS,
    )
    if student.form(
        model
    ).alone:  # it was given no mask, only ids that are 0 behind it: whether it tells, the values say
        student.must_agree(SCORES, help=STEPS)


@check(points=1, ja="出力層にもエンコーダーにも勾配が届く（エンコーダーの固定は助言のみ）")
def head_can_learn(student: Student, draw: Draw) -> Text | None:
    """Gradients reach the head; a frozen encoder gets advice and loses nothing."""
    model, output_size, follows, ids, mask = as_it_reads(student, draw)
    if student.promised and not follows:
        raise Failure(
            Text(
                en=f"The model has {output_size} outputs whatever output_size says.",
                ja=f"output_size の指定にかかわらず、出力が {output_size} 個です。",
            ),
            STEPS,
            misconception="size_ignored",
        )
    found = model.gradients(ids, mask, cotangents=[draw.normal(len(ids), output_size)])["parameters"]
    learned = {name for name, gradient in found.items() if isinstance(gradient, Tensor) and bool(gradient.any())}
    head = {name for name, value in model.weights.items() if output_size in value.shape}
    if not head & learned:
        raise Failure(
            Text(
                en="No gradient reaches the output layer, so it can never learn.",
                ja="出力層に勾配が届かないので、いつまでも学習できません。",
            ),
            Text(
                en="Look for no_grad, detach and requires_grad around the head.",
                ja="出力層のまわりに no_grad・detach・requires_grad がないか探してみましょう。",
            ),
            misconception="learns_nothing",
        )
    body = {name for name, value in model.weights.items() if lent.WORDS + lent.SPECIAL in value.shape}
    return None if body & learned else FROZEN


@check(points=1, ja="ファインチューニングの履歴は、学習し終えたモデルの実際の値と一致する")
def history_is_of_this_model(student: Student, draw: Draw) -> Text | None:
    """The last entry of the history matches the tuned model."""
    with training.by_what_it_does(student):
        # All of one length: what becomes of padding is asked above.
        model, found, data, made = tuned(student, draw, 7, EPOCHS, 4, lesson=titles_to_learn(draw, 7, length=5))
        match = student.matched("fine_tune")
        if not found and not (match is not None and match.verified):
            raise Unmatched("nothing is shown", NOTHING_SHOWN)
        others = [] if student.promised else other_losses(model, data, made)
        loss, accuracy = as_it_is_fed(student, model, data, made)
        losses = [torch.tensor([number]).double() for number in (loss, *others)]
        must_be(found, {"valid_loss": losses, "valid_accuracy": [torch.tensor([accuracy]).double()]}, TUNING)
    return None if len(found) == 4 else MEASURE_MORE


@check(points=1, ja="epochs・lr・batch_size の指定がファインチューニングに届き、出力層が学習データで学習される")
def settings_are_passed_on(student: Student, draw: Draw) -> None:
    """epochs, lr and batch_size reach the fine-tuning, and the output layer is learned, from the training data alone."""
    if not student.promised:
        student.describe("fine_tune")  # nobody told them to; but it has to be there
        return
    with training.by_what_it_does(student):
        lesson = titles_to_learn(draw, 7)
        before = untuned(student, draw, 7, False, lesson)[0].weights
        runs = [(2, 2, LR), (2, 2, LR / 4), (2, 7, LR)]
        after = []
        for epochs, batch_size, lr in runs:
            model, found, data, made = tuned(student, draw, 7, epochs, batch_size, lr, lesson)
            after.append(model.current())
        entries = len(next(iter(found.values())))
        name = ignored(before, *after) or (None if entries == 2 else "epochs_ignored")
        if name == "optimizer_of_the_encoder_alone" and not head_learns(model, made.batch([data[0][0]])):
            name = "learns_nothing"
        name = name or learned_from_the_other_set(student, draw, before)
    if name is not None:
        words_of_it = SETTINGS.get(name, SETTINGS["optimizer_of_the_encoder_alone"])
        raise Failure(words_of_it, TUNING, misconception=name)


NOTHING_SHOWN = Text(
    en="No losses or accuracies of this training could be read, so a person looks.",
    ja="この学習の損失や正解率を読み取れなかったので、人が確認します。",
)
MEASURE_MORE = Text(
    en="Your training does not show loss and accuracy on data that it has not learned from. Nothing is deducted for that here; but "
    "without them nobody can tell when the model begins to learn its titles by heart.",
    ja="学習に使っていないデータでの損失と正解率が表示されていません。ここでは減点しませんが、これがないと過学習が始まったことに気づけません。",
)


@check(points=1, ja="8 件の題名をファインチューニングすると、損失がはっきり下がる")
def learns_from_eight_titles(student: Student, draw: Draw) -> None:
    """Fine-tuned on eight titles, the loss falls clearly below that of guessing."""
    match = student.matched("fine_tune")
    slowly = match is not None and not student.promised and not {"lr"} & set(match.accepts)  # the rate is their own
    if slowly:
        before, _, data, made = untuned(student, draw, 8, as_tuple=False)
        bound = measured(before.eval(), data, made)
    else:
        # Measured: below 0.2 when all is learned, about 0.9 with a frozen encoder, above 1.4 with mixed-up labels.
        bound = 0.8 * math.log(LABELS)
    for rate in (LR,) if student.promised or slowly else RATES:
        if not student.promised:
            student.forget(0)
        with training.by_what_it_does(student):
            lesson = titles_to_learn(draw, 8, length=6)  # what becomes of padding is asked above
            model, _, data, made = tuned(student, draw, 8, 30, 8, rate, lesson)
            loss = measured(model, data, made)
        if loss < bound:
            return
    raise Failure(
        Text(
            en=f"After 30 epochs on eight titles the loss is still {loss:.2f}; guessing costs {math.log(LABELS):.2f}.",
            ja=f"8 件だけを 30 エポック学習しても、損失が {loss:.2f} のままです（でたらめに選ぶと {math.log(LABELS):.2f}）。",
        ),
        Text(
            en="Do titles and labels stay together? Does the optimizer hold the model's parameters?",
            ja="題名とラベルは対応していますか。optimizer にモデルのパラメータを渡していますか。",
        ),
        misconception="labels_in_another_order" if learns_alone(student, draw, (data, made), bound) else None,
    )
