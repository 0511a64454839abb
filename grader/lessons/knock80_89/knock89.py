"""encode(tokenizer, titles) -> ids, mask; BertClassifier(encoder, output_size): (B, T) -> (B, L); fine_tune(...) -> history."""

from __future__ import annotations

import math
import re
from typing import Any

import torch
from torch import Tensor

from grader.checks import (
    MODULE,
    CallFailed,
    Draw,
    Failure,
    Module,
    Student,
    Text,
    UnlikeAnyAnswer,
    Unmatched,
    View,
    check,
    normalise,
    properties,
    sign,
)
from grader.lessons.knock80_89 import _answers89, _interfaces, _models
from grader.lessons.knock80_89 import _encoder as lent
from grader.lessons.knock80_89 import _training as training
from grader.lessons.knock80_89._history import history, must_be, shown
from grader.lessons.knock80_89._learned import learned_from, rows_that_learnt
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
INTERFACES = _interfaces.KNOCK89
ANSWERS = _answers89
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

LABELS, EPOCHS = 5, 3
LR = 0.02
RATES = (LR, 1.0, 0.2, 0.002)  # nobody said which optimizer: what is right for one is far off for another
IDS = Text(en="the ids", ja="ID")
MASK = Text(en="the mask", ja="マスク")
SCORES = Text(en="the output", ja="出力")


def ids_and_mask(value: Any) -> dict[str, Tensor]:
    """A pair (ids, mask) or a mapping of input_ids and attention_mask. Their shapes are asked about afterwards."""
    if isinstance(value, dict) and {"input_ids", "attention_mask"} <= set(value):
        value = (value["input_ids"], value["attention_mask"])
    if not isinstance(value, list | tuple) or len(value) < 2:
        raise Failure(
            Text(en="encode should return the ids and the mask.", ja="encode は ID とマスクの 2 つを返すはずです。"),
            ENCODED,
        )
    ids, mask = properties.is_tensor(value[0], IDS), properties.is_tensor(value[1], MASK)
    if ids.is_complex() or mask.is_complex():
        properties.is_floating(ids, IDS)
    return {"ids": ids.long(), "mask": mask.long()}


def encoded(student: Student, tokenizer: Module, titles: list[str], rows: list[list[int]]) -> tuple[Tensor, Tensor]:
    """The student's ids and mask (B, T), cut to the longest title. Raises Failure."""
    longest = max(map(len, rows))
    found = student.call("encode", tokenizer, titles, view=as_far_as(longest))
    ids, mask = found["ids"], found["mask"]
    if ids.dim() != 2 or len(ids) != len(rows) or ids.shape[1] < longest:
        is_cut_off(ids, rows)
        properties.has_shape(ids, (len(rows), longest), IDS, "(B, T)")
    properties.has_shape(mask, tuple(ids.shape), MASK, "(B, T)")
    return ids, mask


def as_far_as(longest: int) -> View:
    """Ids and mask without the padding behind the longest title: to which length somebody pads is their own."""

    def view(value: Any) -> dict[str, Tensor]:
        found = ids_and_mask(value)
        whole = found["ids"].dim() == 2 and found["mask"].shape == found["ids"].shape
        return {name: part[:, :longest] for name, part in found.items()} if whole else found

    return view


def is_cut_off(ids: Tensor, rows: list[list[int]]) -> None:
    """Raises Failure where these are the right ids as far as they go."""
    if ids.dim() != 2 or len(ids) != len(rows) or ids.shape[1] < 3:
        return
    width = ids.shape[1] - 1  # the last one may be [SEP] in a word's place
    right = torch.tensor([(row + [0] * width)[:width] for row in rows])
    short = torch.tensor([len(row) <= width for row in rows])
    if not torch.equal(ids[:, :width][~short].long(), right[~short]) or bool(short.all()):
        return
    longest = max(map(len, rows))
    raise Failure(
        Text(
            en=f"The longest title has {longest} tokens with [CLS] and [SEP], but only {ids.shape[1]} are kept.",
            ja=f"いちばん長い題名は [CLS] と [SEP] を入れて {longest} トークンですが、{ids.shape[1]} 個しか残っていません。",
        ),
        ENCODED,
        misconception="titles_cut",
    )


ENCODED = Text(
    en='Print tokenizer(["a short title", "and one of many more words"], padding=True, truncation=True, max_length=64): each row of input_ids is [CLS] '
    "words [SEP] and then padding, all as long as the longest, (B, T); attention_mask (B, T) is 1 for tokens and 0 for padding. Which of the two is "
    "not what you return?",
    ja='tokenizer(["短い題名", "もっと長い題名"], padding=True, truncation=True, max_length=64) を表示しましょう。input_ids の各行は [CLS] 単語… [SEP] の後にパディングが続き、'
    "いちばん長い行に揃って (B, T)、attention_mask (B, T) はトークンが 1、パディングが 0 です。返しているものとどこが違いますか。",
)


@check(points=2, ja="題名が、エンコーダー自身のトークナイザーの ID と、単語の位置を示すマスクになる")
def ids_of_its_own_tokenizer(student: Student, draw: Draw) -> Text | None:
    """encode returns the tokenizer's ids and a mask that is 1 for real tokens."""
    if student.matching.ranks_for_bert:
        raise Failure(
            Text(
                en="Words are ranked by how often they occur, and these numbers are what BERT is given; there is no tokenizer anywhere.",
                ja="単語の頻度順位を BERT に入力しています。トークナイザーがどこにも使われていません。",
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


def encodes_rightly(student: Student, tokenizer: Module, titles: list[str], made: lent.TokenizerFacts) -> None:
    """Raises Failure where ids or mask of these titles are others than the tokenizer's."""
    found, real = encoded(student, tokenizer, titles, [made.ids(title) for title in titles])
    ids, mask = made.batch(titles)
    properties.equal(torch.where(mask.bool(), found, 0), ids, IDS, help=ENCODED)
    properties.equal(real, mask, MASK, help=ENCODED)


def takes(student: Student, tokenizer: Module, titles: list[str], made: lent.TokenizerFacts) -> bool:
    """Whether somebody's own code, which may have a length of its own, encodes these too. It leaves no trace."""
    asked = len(student.exchanges)
    try:
        encodes_rightly(student, tokenizer, titles, made)
    except (Failure, CallFailed):
        return False
    finally:
        del student.exchanges[asked:]
    return True


NOT_WHOLE = Text(
    en="A title of 16 words does not come out whole. With a length of your own that is a choice; the longest headlines have some thirty tokens, "
    "so max_length=64 would keep them all.",
    ja="16 語の題名が最後まで変換されません。長さを自分で決めているなら、それも 1 つの選択です。ただ、見出しは長いもので 30 トークンほどあるので、max_length=64 にすればすべて"
    "残ります。",
)


def long_titles(draw: Draw, made: lent.TokenizerFacts, count: int) -> list[str]:
    """Titles as long as headlines can be, and short ones."""
    return [*lent.titles(draw, made.words, count), " ".join(draw.sample(made.words, 16))]


def build(student: Student, draw: Draw, as_tuple: bool) -> tuple[Module, int, bool]:
    """A classifier on a lent encoder, with drawn parameters, in evaluation mode; its outputs, and whether they were asked for."""
    sizes = _models.drawn_sizes(draw, "hidden_size")
    width, output_size = sizes["hidden_size"], sizes["output_size"]
    match = student.matched("BertClassifier")
    encoder = lent.lend_encoder(student, draw, match.width if match and match.width else width, as_tuple)
    before = len(student.exchanges)
    model = student.module("BertClassifier", encoder=encoder, output_size=output_size)
    fixed = head_of_its_own(model, width, output_size)
    if fixed or (match is not None and "output_size" not in match.accepts):  # it stands in the class
        output_size = len(_models.head(model.weights))
        _models.restate(student, before, (), {"encoder": encoder.handle, "output_size": output_size})
    model.randomise(draw).eval()
    student.adopt(model, "BertClassifier")
    return model, output_size, not fixed


def head_of_its_own(model: Module, width: int, output_size: int) -> int:
    """The number of outputs of a head that does not follow output_size; 0 where it follows, or where there is none."""
    if any(output_size in w.shape for w in model.weights.values()):
        return 0
    last = _models.head(model.weights).shape if any(w.dim() == 2 for w in model.weights.values()) else (0, 0)
    return last[0] if last[1] == width != last[0] else 0


def as_it_reads(student: Student, draw: Draw) -> tuple[Module, int, bool, Tensor, Tensor]:
    """A classifier on the kind of encoder whose output it can read, with ids and mask that it has been asked."""
    for as_tuple in (False, True):
        model, output_size, follows = build(student, draw, as_tuple)
        ids, mask = batch(draw, *draw.sizes(2, smallest=5))
        try:
            model(ids, mask)
        except CallFailed:
            if as_tuple:
                raise
            continue
        break
    return model, output_size, follows, ids, mask


def batch(draw: Draw, count: int, time: int) -> tuple[Tensor, Tensor]:
    """Ids (B, T) and a mask (B, T) of titles of different lengths; the first fills its row."""
    ids = draw.integers(lent.SPECIAL, lent.SPECIAL + lent.WORDS, count, time)
    ids[:, 0] = 1
    lengths = torch.tensor([time, *[draw.number(2, time) for _ in range(count - 1)]])
    mask = (torch.arange(time) < lengths[:, None]).long()
    return ids * mask, mask


def compute(student: Student, draw: Draw, as_tuple: bool) -> None:
    model, output_size, _ = build(student, draw, as_tuple)
    for count, time in (draw.sizes(2, smallest=5), draw.sizes(2)):
        ids, mask = batch(draw, count, time)
        view = normalise.class_scores(len(ids), output_size)
        scores = properties.is_tensor(model(ids, mask, view=view))
        try:
            student.must_agree(SCORES, help=STEPS)
        except UnlikeAnyAnswer as failure:
            kept, student.seed = list(student.exchanges), student.seed + 1
            again = properties.is_tensor(model(ids, mask, view=view))
            student.exchanges[:], student.seed = kept, student.seed - 1
            if properties.close(again, scores):
                raise
            raise Failure(failure.rationale, failure.help, failure.evidence, "dropout_left_on") from None


STEPS = Text(
    en="Walk a batch through: ids (B, T) and mask (B, T) → encoder(ids, attention_mask=mask) → its first output, states (B, T, D) → one vector a "
    "title, (B, D): states[:, 0], the pooler, or a mean over the tokens where the mask is 1 → fc (B, L). Print the shape after each line. Which axis "
    "does your index pick, and does the mask reach the encoder?",
    ja="バッチを順に追いましょう: ids (B, T) と mask (B, T) → encoder(ids, attention_mask=mask) → 1 つ目の出力 states (B, T, D) → 題名ごとに 1 本のベクトル (B, D)"
    "（states[:, 0]、pooler、またはマスクが 1 の位置だけの平均）→ fc (B, L)。1 行ごとに形を表示し、添字がどの軸を選んでいるか、マスクがエンコーダーに渡っているかを確かめましょう。",
)


@check(
    points=2, ja="ModelOutput を返すエンコーダーで、題名のベクトルから (B, L) の得点を計算する（あなたの重みで検算）"
)
def scores_from_a_model_output(student: Student, draw: Draw) -> None:
    """With an encoder that returns a ModelOutput, scores (B, L) come from one vector a title: recomputed with your weights."""
    try:
        compute(student, draw, as_tuple=False)
    except CallFailed as error:
        if not re.search(A_NAME, error.fault.message):
            raise
        raise Failure(
            Text(
                en=f"A text stands where a tensor should: {error.fault.type}: {error.fault.message}",
                ja=f"テンソルのはずの場所が文字列になっています。{error.fault.type}: {error.fault.message}",
            ),
            misconception="names_for_tensors",
        ) from error


A_NAME = r"must be Tensor, not str|'str' object|string ind(?:ices|ex)"


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


FROZEN = Text(
    en="The encoder gets no gradient: it is used as it is. That is faster and a choice one can make; fine-tuning it as well "
    "usually gains some per cent.",
    ja="エンコーダーには勾配が届かず、固定して使っています。速くて十分によい方法ですが、エンコーダーもファインチューニングするとふつう数 % 上がります。",
)


def tuned(
    student: Student,
    draw: Draw,
    count: int,
    epochs: int,
    batch_size: int,
    lr: float = LR,
    lesson: Lesson | None = None,
    valid: list[tuple[str, int]] | None = None,
) -> tuple[Module, dict[str, Tensor], list[tuple[str, int]], lent.TokenizerFacts]:
    """A classifier fine-tuned on `count` titles. lesson: the titles of an earlier training. valid: the same where none are given."""
    for as_tuple in (False, True):
        model, tokenizer, data, made = untuned(student, draw, count, as_tuple, lesson)
        view = history if student.promised else shown
        try:
            found = student.call(
                "fine_tune", model, tokenizer, data, valid or data, epochs, lr, batch_size, "cpu", view=view
            )
        except CallFailed as error:
            if as_tuple or not re.search(A_NAME, error.fault.message):
                raise
            student.exchanges.clear()  # that it reads only tuples has been said
            continue
        break
    model.eval()
    return model, found, data, made


Lesson = tuple[list[tuple[str, int]], lent.TokenizerFacts]


def untuned(
    student: Student, draw: Draw, count: int, as_tuple: bool, lesson: Lesson | None = None
) -> tuple[Module, Module, list[tuple[str, int]], lent.TokenizerFacts]:
    """A classifier, a tokenizer, and `count` titles with their labels."""
    data, made = lesson or titles_to_learn(draw, count)
    match = student.matched("BertClassifier")
    width = match.width if match is not None and match.width else 48
    encoder, tokenizer = lent.lend_encoder(student, draw, width, as_tuple), lent.lend_tokenizer(student, made)
    model = student.module("BertClassifier", encoder=encoder, output_size=LABELS)
    student.adopt(model, "BertClassifier")
    outputs = outputs_of(model)
    return model, tokenizer, [(title, label % outputs) for title, label in data], made


def outputs_of(model: Module) -> int:
    """The categories that a model made for LABELS of them has: fewer or more where it does not follow."""
    widths = [w.shape for w in model.weights.values() if w.dim() == 2]
    if not widths or any(LABELS in shape for shape in widths):
        return LABELS
    return head_of_its_own(model, widths[-1][1], LABELS) or LABELS


def titles_to_learn(draw: Draw, count: int, length: int = 0) -> Lesson:
    """Titles with labels of all kinds, of different lengths unless one is given."""
    made = lent.TokenizerFacts(words(draw, lent.WORDS))
    titles = lent.titles(draw, made.words, count)
    titles = [" ".join(draw.sample(made.words, length)) for _ in titles] if length else titles
    return [(title, row % LABELS) for row, title in enumerate(titles)], made


def measure(model: Module, data: list[tuple[str, int]], fed: tuple[Tensor, Tensor]) -> tuple[float, float]:
    """Mean loss and accuracy of the model as it is, by the judge. fed: ids (B, T) and mask (B, T)."""
    ids, mask = fed
    rows = properties.is_tensor(model(ids, mask, view=normalise.class_scores(len(data), outputs_of(model))))
    losses = [-float(row[label]) for row, (_, label) in zip(rows, data, strict=True)]
    hits = [int(row.argmax()) == label for row, (_, label) in zip(rows, data, strict=True)]
    return sum(losses) / len(data), sum(hits) / len(data)


def as_it_is_fed(
    student: Student, model: Module, data: list[tuple[str, int]], made: lent.TokenizerFacts
) -> tuple[float, float]:
    """Mean loss and accuracy with the ids and the mask of the student's own encode: what is wrong with these is told in its place."""
    titles = [title for title, _ in data]
    try:
        found = student.call("encode", lent.lend_tokenizer(student, made), titles, view=ids_and_mask)
        if found["ids"].dim() == 2 and found["ids"].shape == found["mask"].shape and len(found["ids"]) == len(data):
            return measure(model, data, (found["ids"], found["mask"]))
    except (CallFailed, Failure):
        pass  # there is no encode to be asked: the right ids then
    return measure(model, data, made.batch(titles))


def measured(model: Module, data: list[tuple[str, int]], made: lent.TokenizerFacts) -> float:
    """The loss alone; infinite where a rate was far too large."""
    try:
        return measure(model, data, made.batch([title for title, _ in data]))[0]
    except Failure:
        if model.student.promised:
            raise
        return math.inf


def other_losses(model: Module, data: list[tuple[str, int]], made: lent.TokenizerFacts) -> list[float]:
    """What else a loss may be that somebody chose: of the scores as they come, one for all categories or one for each."""
    scores = properties.is_tensor(
        model(*made.batch([title for title, _ in data]), view=normalise.tensor(len(data), LABELS))
    )
    gold = torch.tensor([label for _, label in data])
    each = torch.nn.functional.one_hot(gold, LABELS).double()
    scores = scores.double()
    found = [torch.nn.functional.cross_entropy(scores, gold)]
    found.append(torch.nn.functional.binary_cross_entropy_with_logits(scores, each))
    if bool(((scores >= 0) & (scores <= 1)).all()):
        found.append(torch.nn.functional.binary_cross_entropy(scores, each))
    return [float(loss) for loss in found]


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


TUNING = Text(
    en="fine_tune is: a collate that makes (ids, mask, labels) of pairs, with encode for the titles; two DataLoaders with batch_size; an optimizer of "
    "model.parameters() with lr; learn(model, train_loader, valid_loader, optimizer, epochs, device). Tick off each argument, and print ids.shape, "
    "mask.shape and labels of one batch: do titles and labels belong together, is the mask there when the model is measured too?",
    ja="fine_tune の流れ: 組のリストから (ids, mask, labels) を作る collate（題名は encode に渡す）、batch_size を渡した 2 つの DataLoader、model.parameters() と lr から作る optimizer、"
    "learn(model, train_loader, valid_loader, optimizer, epochs, device)。引数を 1 つずつ確かめ、1 バッチの ids.shape・mask.shape・labels を表示しましょう。"
    "題名とラベルは組のままですか。評価のときもマスクを渡していますか。",
)


@check(points=1, ja="epochs・lr・batch_size の指定がファインチューニングに届き、出力層が学習データで学習される")
def settings_are_passed_on(student: Student, draw: Draw) -> None:
    """epochs, lr and batch_size reach the fine-tuning, and the output layer is learned, from the training data alone."""
    if not student.promised:
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


def learned_from_the_other_set(student: Student, draw: Draw, before: dict[str, Tensor]) -> str | None:
    """The mistake of learning from the validation data, whose words are not those of the training data.

    before: the parameters of an untuned model. None where no word vectors are found, or where they are not learned.
    """
    made = lent.TokenizerFacts(words(draw, lent.WORDS))
    half = len(made.words) // 2
    train, valid = (
        [(" ".join(draw.sample(part, 5)), row % LABELS) for row in range(6)]
        for part in (made.words[:half], made.words[half:])
    )
    model, *_ = tuned(student, draw, len(train), 2, 2, lesson=(train, made), valid=valid)
    after = model.current()
    table = next((name for name, w in before.items() if w.dim() == 2 and len(w) == lent.WORDS + lent.SPECIAL), None)
    if table is None or table not in after:
        return None
    trained, validated = (
        set(made.batch([title for title, _ in data])[0].flatten().tolist()) for data in (train, valid)
    )
    return learned_from(rows_that_learnt(before[table], after[table]), trained, validated)


def head_learns(model: Module, fed: tuple[Tensor, Tensor]) -> bool:
    """Whether a gradient reaches the output layer at all."""
    outputs = outputs_of(model)
    found = model.gradients(*fed, cotangents=[torch.arange(outputs)[None].float()])["parameters"]
    reached = (name for name, gradient in found.items() if isinstance(gradient, Tensor) and bool(gradient.any()))
    return any(outputs in model.weights[name].shape for name in reached if name in model.weights)


def ignored(
    before: dict[str, Tensor], usual: dict[str, Tensor], slower: dict[str, Tensor], at_once: dict[str, Tensor]
) -> str | None:
    """Which setting makes no difference to the parameters; first of all, whether the output layer was learned."""
    head = [name for name, w in before.items() if LABELS in w.shape]
    if equal(before, usual):
        return "nothing_is_learnt"
    if head and all(torch.equal(before[name], usual[name]) for name in head if name in usual):
        return "optimizer_of_the_encoder_alone"
    return "lr_ignored" if equal(usual, slower) else "batch_size_ignored" if equal(usual, at_once) else None


def equal(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return all(torch.equal(w, other[name]) for name, w in one.items() if name in other)


SETTINGS = {
    "nothing_is_learnt": Text(
        en="After fine-tuning all parameters are what they were before.",
        ja="ファインチューニングの前後で、どのパラメータも変わっていません。",
    ),
    "optimizer_of_the_encoder_alone": Text(
        en="After fine-tuning the output layer is what it was before.",
        ja="ファインチューニングの前後で、出力層が変わっていません。",
    ),
    "lr_ignored": Text(
        en=f"With lr = {LR} and with lr = {LR / 4} exactly the same model comes out.",
        ja=f"lr = {LR} でも {LR / 4} でも、まったく同じモデルになります。",
    ),
    "batch_size_ignored": Text(
        en="With batch_size=2 and with batch_size=7 exactly the same model comes out.",
        ja="batch_size=2 でも batch_size=7 でも、まったく同じモデルになります。",
    ),
    "sets_swapped": Text(
        en="Only words of the validation data were learned, none of the training data.",
        ja="学習されたのは検証データの単語だけで、学習データの単語は 1 つも学習されていません。",
    ),
    "validation_learnt_too": Text(
        en="Words that only the validation data has were learned too.",
        ja="検証データにしかない単語まで学習されています。",
    ),
    "epochs_ignored": Text(
        en="2 epochs were asked for, but the history has another number of entries.",
        ja="2 エポックを指定したのに、履歴の個数が違います。",
    ),
}


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
            student.exchanges.clear()
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


def learns_alone(student: Student, draw: Draw, lesson: Lesson, bound: float) -> bool:
    """Whether the same titles are learned one at a time, where none can be given another's label."""
    if not student.promised:
        return False
    with training.by_what_it_does(student):
        model, _, data, made = tuned(student, draw, 8, 4, 1, LR, lesson)
        return measured(model, data, made) < bound
