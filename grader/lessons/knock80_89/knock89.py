"""encode(tokenizer, titles) -> ids, mask; BertClassifier(encoder, output_size): (B, T) -> (B, L); fine_tune(...) -> history."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from grader import properties, views
from grader.draw import Draw
from grader.errors import Failure
from grader.lessons.declare import accepts, check, edit, misconception
from grader.lessons.knock80_89 import _encoder as lent
from grader.lessons.knock80_89 import _models
from grader.lessons.knock80_89._history import history, must_be, shown
from grader.lessons.knock80_89._vocabulary import words
from grader.model import Text
from grader.student import CallFailed, Module, Student, Unmatched

TITLE = Text(en="89. Transfer learning from a pretrained language model", ja="89. 事前学習済み言語モデルからの転移学習")
NAMES = ("encode", "BertClassifier", "fine_tune")
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
        ja="分類器: エンコーダの `output[0]` は (B, T, D)、その先頭の位置が (B, D)、`nn.Linear` で (B, L) にします。幅 D は `encod"
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


def ids_and_mask(rows: list[list[int]]) -> Callable[[Any], dict[str, Tensor]]:
    """A pair (ids, mask) or a mapping of input_ids and attention_mask, cut to the longest title."""

    def view(value: Any) -> dict[str, Tensor]:
        if isinstance(value, dict) and {"input_ids", "attention_mask"} <= set(value):
            value = (value["input_ids"], value["attention_mask"])
        if not isinstance(value, list | tuple) or len(value) < 2:
            raise Failure(
                Text(en="encode should return the ids and the mask.", ja="encode は ID とマスクの 2 つを返すはずです。")
            )
        ids, mask = properties.is_tensor(value[0], IDS), properties.is_tensor(value[1], MASK)
        longest = max(map(len, rows))
        if ids.dim() != 2 or len(ids) != len(rows) or ids.shape[1] < longest:
            properties.has_shape(ids, (len(rows), longest), IDS, "(B, T)")
        properties.has_shape(mask, tuple(ids.shape), MASK, "(B, T)")
        return {"ids": ids[:, :longest].long(), "mask": mask[:, :longest].long()}

    return view


@check(points=2, ja="題名が、エンコーダ自身のトークナイザの ID と、単語の位置を示すマスクになる")
def ids_of_its_own_tokenizer(student: Student, draw: Draw) -> None:
    """Titles become the ids of the encoder's own tokenizer, and a mask that says which are real."""
    if student.matching.ranks_for_bert:
        raise Failure(
            Text(
                en="Words are ranked by how often they occur, and these numbers are what BERT is given; there is no tokenizer anywhere.",
                ja="単語の頻度順位を BERT に入力しています。トークナイザがどこにも使われていません。",
            ),
            misconception="word_ids_of_80",
        )
    made = lent.Lent(words(draw, lent.WORDS))
    tokenizer, titles = lent.lend_tokenizer(student, made), lent.titles(draw, made.words, 4)
    found = student.call("encode", tokenizer, titles, view=ids_and_mask([made.ids(title) for title in titles]))
    ids, mask = made.batch(titles)
    real = mask.bool()
    properties.equal(torch.where(real, found["ids"], 0), ids, IDS)
    properties.equal(found["mask"], mask, MASK)


def build(student: Student, draw: Draw, as_tuple: bool) -> tuple[Module, int]:
    """A classifier on a lent encoder, with drawn parameters, in evaluation mode."""
    width, output_size = draw.sizes(2)
    match = student.matched("BertClassifier")
    encoder = lent.lend_encoder(student, draw, match.width if match and match.width else width, as_tuple)
    before = len(student.exchanges)
    model = student.module("BertClassifier", encoder=encoder, output_size=output_size)
    if match is not None and "output_size" not in match.accepts:  # it stands in the class
        output_size = len(_models.head(model.weights))
        _models.restate(student, before, (), {"encoder": encoder.handle, "output_size": output_size})
    model.randomise(draw).eval()
    student.adopt(model, "BertClassifier")
    return model, output_size


def as_it_reads(student: Student, draw: Draw) -> tuple[Module, int, Tensor, Tensor]:
    """A classifier on the kind of encoder whose output it can read, with ids and mask that it has been asked."""
    for as_tuple in (False, True):
        model, output_size = build(student, draw, as_tuple)
        ids, mask = batch(draw, *draw.sizes(2, smallest=5))
        try:
            model(ids, mask)
        except CallFailed:
            if as_tuple:
                raise
            continue
        break
    return model, output_size, ids, mask


def batch(draw: Draw, count: int, time: int) -> tuple[Tensor, Tensor]:
    """Ids (B, T) and a mask (B, T) of titles of different lengths; the first fills its row."""
    ids = draw.integers(lent.SPECIAL, lent.SPECIAL + lent.WORDS, count, time)
    ids[:, 0] = 1
    lengths = torch.tensor([time, *[draw.number(2, time) for _ in range(count - 1)]])
    mask = (torch.arange(time) < lengths[:, None]).long()
    return ids * mask, mask


def compute(student: Student, draw: Draw, as_tuple: bool) -> None:
    model, output_size = build(student, draw, as_tuple)
    ids, mask = batch(draw, *draw.sizes(2, smallest=5))
    model(ids, mask, view=views.class_scores(len(ids), output_size))
    student.must_agree(SCORES)


@check(points=2, ja="ModelOutput を返すエンコーダで、題名のベクトルから (B, L) の得点を計算する（あなたの重みで検算）")
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


@check(points=1, ja="タプルを返すエンコーダでも同じように動く")
def scores_from_a_tuple(student: Student, draw: Draw) -> Text | None:
    """With an encoder that returns a tuple, the same."""
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
    ja="エンコーダの出力を名前で読んでいるので、ModelOutput を返すエンコーダでしか動きません。今はそれが既定なので減点はありませんが、"
    "output[0] と書けば古いエンコーダでも動きます。",
)


@check(points=2, ja="マスクされた位置の ID は結果に影響しない")
def mask_is_used(student: Student, draw: Draw) -> None:
    """What stands at masked positions has no influence."""
    model, output_size, ids, mask = as_it_reads(student, draw)
    other = torch.where(mask.bool(), ids, draw.integers(lent.SPECIAL, lent.SPECIAL + lent.WORDS, *ids.shape))
    view = views.class_scores(len(ids), output_size)
    properties.equal(
        model(other, mask, view=view),
        properties.is_tensor(model(ids, mask, view=view)),
        Text(en="the output with other ids behind the mask", ja="マスクの裏の ID を変えたときの出力"),
    )
    if student.form(
        model
    ).alone:  # it was given no mask, only ids that are 0 behind it: whether it tells, the values say
        student.must_agree(SCORES)


@check(points=1, ja="出力層にもエンコーダにも勾配が届く（エンコーダの固定は助言のみ）")
def head_can_learn(student: Student, draw: Draw) -> Text | None:
    """Gradients reach the head; a frozen encoder gets advice and loses nothing."""
    model, output_size, ids, mask = as_it_reads(student, draw)
    found = model.gradients(ids, mask, cotangents=[draw.normal(len(ids), output_size)])["parameters"]
    learnt = {name for name, gradient in found.items() if isinstance(gradient, Tensor) and bool(gradient.any())}
    head = {name for name, value in model.weights.items() if output_size in value.shape}
    if not head & learnt:
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
    return None if body & learnt else FROZEN


FROZEN = Text(
    en="The encoder gets no gradient: it is used as it is. That is faster and a choice one can make; fine-tuning it as well "
    "usually gains some per cent.",
    ja="エンコーダには勾配が届かず、固定して使っています。速くて立派な選択肢ですが、エンコーダも微調整するとふつう数 % 上がります。",
)


def tuned(
    student: Student, draw: Draw, count: int, epochs: int, batch_size: int, lr: float = LR
) -> tuple[Module, dict[str, Tensor], list[tuple[str, int]], lent.Lent]:
    """A classifier fine-tuned on `count` titles, and validated on the same."""
    for as_tuple in (False, True):
        model, tokenizer, data, made = untuned(student, draw, count, as_tuple)
        view = history if student.promised else shown
        try:
            found = student.call("fine_tune", model, tokenizer, data, data, epochs, lr, batch_size, "cpu", view=view)
        except CallFailed as error:
            if as_tuple or not re.search(A_NAME, error.fault.message):
                raise
            student.exchanges.clear()  # that it reads only tuples has been said
            continue
        break
    model.eval()
    return model, found, data, made


def untuned(
    student: Student, draw: Draw, count: int, as_tuple: bool
) -> tuple[Module, Module, list[tuple[str, int]], lent.Lent]:
    """A classifier, a tokenizer, and `count` titles with their labels."""
    made = lent.Lent(words(draw, lent.WORDS))
    data = [(title, row % LABELS) for row, title in enumerate(lent.titles(draw, made.words, count))]
    match = student.matched("BertClassifier")
    width = match.width if match is not None and match.width else 48
    encoder, tokenizer = lent.lend_encoder(student, draw, width, as_tuple), lent.lend_tokenizer(student, made)
    model = student.module("BertClassifier", encoder=encoder, output_size=LABELS)
    student.adopt(model, "BertClassifier")
    return model, tokenizer, data, made


def measure(model: Module, data: list[tuple[str, int]], made: lent.Lent) -> tuple[float, float]:
    """Mean loss and accuracy of the model as it is, by the judge."""
    ids, mask = made.batch([title for title, _ in data])
    rows = properties.is_tensor(model(ids, mask, view=views.class_scores(len(data), LABELS)))
    losses = [-float(row[label]) for row, (_, label) in zip(rows, data, strict=True)]
    hits = [int(row.argmax()) == label for row, (_, label) in zip(rows, data, strict=True)]
    return sum(losses) / len(data), sum(hits) / len(data)


def measured(model: Module, data: list[tuple[str, int]], made: lent.Lent) -> float:
    """The loss alone; infinite where a rate was far too large."""
    try:
        return measure(model, data, made)[0]
    except Failure:
        if model.student.promised:
            raise
        return math.inf


def other_losses(model: Module, data: list[tuple[str, int]], made: lent.Lent) -> list[float]:
    """What else a loss may be that somebody chose: of the scores as they come, one for all categories or one for each."""
    scores = properties.is_tensor(
        model(*made.batch([title for title, _ in data]), view=views.tensor(len(data), LABELS))
    )
    gold = torch.tensor([label for _, label in data])
    each = torch.nn.functional.one_hot(gold, LABELS).double()
    scores = scores.double()
    found = [torch.nn.functional.cross_entropy(scores, gold)]
    found.append(torch.nn.functional.binary_cross_entropy_with_logits(scores, each))
    if bool(((scores >= 0) & (scores <= 1)).all()):
        found.append(torch.nn.functional.binary_cross_entropy(scores, each))
    return [float(loss) for loss in found]


@check(points=1, ja="微調整の履歴は、学習し終えたモデルの実際の値と一致する")
def history_is_of_this_model(student: Student, draw: Draw) -> Text | None:
    """The history of fine-tuning ends with what the tuned model really does."""
    model, found, data, made = tuned(student, draw, 7, EPOCHS, 4)
    match = student.matched("fine_tune")
    if not found and not (match is not None and match.proved):
        raise Unmatched("nothing is shown", NOTHING_SHOWN)
    others = [] if student.promised else other_losses(model, data, made)
    loss, accuracy = measure(model, data, made)
    losses = [torch.tensor([number]).double() for number in (loss, *others)]
    must_be(found, {"valid_loss": losses, "valid_accuracy": [torch.tensor([accuracy]).double()]})
    return None if len(found) == 4 else MEASURE_MORE


NOTHING_SHOWN = Text(
    en="No losses or accuracies of this training could be read, so a person looks.",
    ja="この学習の損失や正解率を読み取れなかったので、人が確認します。",
)
MEASURE_MORE = Text(
    en="Your training does not show loss and accuracy on data that it has not learnt from. Nothing is deducted for that here; but "
    "without them nobody can tell when the model begins to learn its titles by heart.",
    ja="学習に使っていないデータでの損失と正解率が表示されていません。ここでは減点しませんが、これがないと過学習が始まったことに気づけません。",
)


@check(points=1, after=history_is_of_this_model, ja="8 件の題名を微調整すると、損失がはっきり下がる")
def learns_from_eight_titles(student: Student, draw: Draw) -> None:
    """Fine-tuned on eight titles, the loss falls clearly below that of guessing."""
    match = student.matched("fine_tune")
    slowly = match is not None and not student.promised and not {"lr"} & set(match.accepts)  # the rate is their own
    if slowly:
        before, _, data, made = untuned(student, draw, 8, as_tuple=False)
        bound = measure(before.eval(), data, made)[0]
    else:
        # Measured: below 0.2 when all is learnt, about 0.9 with a frozen encoder, above 1.4 with mixed-up labels.
        bound = 0.8 * math.log(LABELS)
    for rate in (LR,) if student.promised or slowly else RATES:
        student.exchanges.clear()
        model, _, data, made = tuned(student, draw, 8, 30, 8, rate)
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
    )


CLS = "states[:, 0]"

pooler = accepts(edit(CLS, "output[1]"))
mean_pooling = accepts(edit(CLS, "(states * mask[:, :, None]).sum(dim=1) / mask.sum(dim=1, keepdim=True)"))
not_as_dict = accepts(edit("attention_mask=mask)", "attention_mask=mask, return_dict=False)"))
dropout = accepts(edit(f"self.fc({CLS})", f"self.fc(F.dropout({CLS}, 0.1, self.training))"))
frozen = accepts(edit("self.encoder = encoder", "self.encoder = encoder.requires_grad_(False)"))
plain_sgd = accepts(
    edit("torch.optim.AdamW(model.parameters(), lr=lr)", "torch.optim.SGD(model.parameters(), lr=50 * lr)")
)
as_mapping = accepts(
    edit('return batch["input_ids"], batch["attention_mask"]', "return batch"),
    edit(
        "ids, mask = encode(tokenizer, [title for title, _ in pairs])",
        "ids, _, mask = encode(tokenizer, [title for title, _ in pairs]).values()",
    ),
)
fixed_length = accepts(edit("padding=True", 'padding="max_length"'))

names_for_tensors = misconception(
    edit("states = output[0]", "states, _ = output"),
    edit(CLS, "states[:, 0]"),
    en="A ModelOutput is unpacked like a tuple. It is a mapping, and unpacking a mapping gives its names: states is then the string "
    '"last_hidden_state". Use output.last_hidden_state or output[0], or ask for return_dict=False.',
    ja='ModelOutput をタプルのように展開しています。これは辞書の一種なので、展開して得られるのは名前（"last_hidden_state" という文字列）です。'
    "output.last_hidden_state か output[0] を使うか、return_dict=False を指定しましょう。",
)
mask_dropped = misconception(
    edit("self.encoder(ids, attention_mask=mask)", "self.encoder(ids)"),
    en="The mask is not handed to the encoder. It then reads the padding as words, and a title's scores depend on how long the others "
    "in its batch are. Pass attention_mask=mask.",
    ja="マスクをエンコーダに渡していません。パディングまで単語として読むため、同じバッチにある他の題名の長さで得点が変わります。attention_mask=mask を渡しましょう。",
)
mean_over_padding = misconception(
    edit(CLS, "states.mean(dim=1)"),
    en="The mean runs over the padding too. Short titles in a long batch are then mostly padding. Weigh by the mask: sum of states * mask, "
    "divided by the number of real tokens.",
    ja="パディングまで平均に入れています。長いバッチの中の短い題名は、ほとんどパディングの平均になってしまいます。states * mask の和を、実際のトークン数で割りましょう。",
)
last_token = misconception(
    edit(CLS, "states[:, -1]"),
    en="The last position is used, which is padding for all but the longest title. BERT gathers the sentence in [CLS], the first: "
    "states[:, 0].",
    ja="最後の位置の状態を使っていますが、いちばん長い題名以外ではそこはパディングです。BERT で文全体を代表するのは先頭の [CLS]、つまり states[:, 0] です。",
)
first_title = misconception(
    edit(CLS, "states[0]"),
    en="states[0] is the first title of the batch, all its tokens, not the first token of each title. The axes are (B, T, D): "
    "states[:, 0].",
    ja="states[0] は「バッチの 1 件目の全トークン」で、「各題名の先頭トークン」ではありません。軸は (B, T, D) なので states[:, 0] です。",
)
word_ids_of_80 = misconception(
    edit(
        'batch = tokenizer(titles, padding=True, truncation=True, max_length=64, return_tensors="pt")',
        "vocab = build_vocab(titles + titles)\n"
        "    ids = pad_sequence([torch.tensor(to_ids(title, vocab)) for title in titles], batch_first=True)\n"
        '    batch = {"input_ids": ids, "attention_mask": (ids != 0).long()}',
    ),
    en="The encoder is given the word ids of problem 80. Number 5 of your vocabulary is some other word in BERT's, so it reads nonsense, "
    "and everything it has learnt is lost. Use its own tokenizer.",
    ja="80 の単語 ID をエンコーダに渡しています。あなたの語彙の 5 番は、BERT の語彙では別の単語です。でたらめな文を読ませることになり、事前学習が無駄になります。"
    "そのモデルのトークナイザを使いましょう。",
)
no_special_tokens = misconception(
    edit("truncation=True,", "truncation=True, add_special_tokens=False,"),
    en="The special tokens are left out. Without [CLS] the first position is an ordinary word, and the encoder has never seen a text "
    "that begins so. Keep add_special_tokens=True, the default.",
    ja="特殊トークンが抜けています。[CLS] がないと先頭がただの単語になり、事前学習で見たことのない形の入力になります。add_special_tokens は既定値の True のままにしましょう。",
)
mask_of_ones = misconception(
    edit('batch["attention_mask"]', 'torch.ones_like(batch["input_ids"])'),
    en="The mask is all ones, so the padding counts as text. Return the tokenizer's attention_mask.",
    ja="マスクがすべて 1 で、パディングも本文扱いになっています。トークナイザの attention_mask を返しましょう。",
)
learns_nothing = misconception(
    edit(
        "output = self.encoder(ids, attention_mask=mask)",
        "output = self.encoder(ids, attention_mask=mask)\n        self.fc.requires_grad_(False)",
    ),
    en="The output layer is frozen. It starts from random numbers and has to be learnt, whatever is done with the encoder. Freeze "
    "encoder.parameters(), never model.parameters().",
    ja="出力層が固定されています。出力層は乱数から始まるので、エンコーダをどう扱うにせよ学習が必要です。固定するなら model.parameters() ではなく encoder.parameters() です。",
)
labels_in_another_order = misconception(
    edit("for _, label in pairs])", "for _, label in sorted(pairs)])"),
    en="Titles and labels are in different orders within the batch, so titles learn with the labels of others. Take both from the same list "
    "of pairs.",
    ja="バッチの中で、題名とラベルの並び順が食い違っています。題名が別の題名のラベルで学習されてしまうので、同じ組のリストから両方を取り出しましょう。",
)
optimizer_of_the_encoder_alone = misconception(
    edit("torch.optim.AdamW(model.parameters(), lr=lr)", "torch.optim.AdamW(model.encoder.parameters(), lr=lr * 1e-3)"),
    en="The optimizer holds the encoder's parameters alone, with a rate for big models, and the head never changes. Give it "
    "model.parameters(), and the lr that is asked for.",
    ja="optimizer に渡しているのがエンコーダのパラメータだけで、学習率も勝手に変えているため、出力層が変わりません。model.parameters() と、指定された lr を渡しましょう。",
)
