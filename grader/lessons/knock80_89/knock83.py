"""collate(batch) -> (ids (B, Tmax), labels (B,)); train_batches(..., batch_size, device=None) -> history."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

import torch
from torch import Tensor

from grader import properties
from grader.draw import Draw
from grader.errors import Failure
from grader.lessons.declare import accepts, check, edit, misconception
from grader.lessons.knock80_89 import _training as training
from grader.lessons.knock80_89._history import EPOCHS, anything, history, must_be
from grader.model import Text
from grader.student import Student

TITLE = Text(en="83. Mini-batches, and training on a GPU", ja="83. ミニバッチ化・GPU 上での学習")
NAMES = ("collate", "train_batches")

VOCABULARY = 40  # word ids 1..40 in the judge's titles
LR = 0.5
IDS = Text(en="ids, the first thing that collate returns,", ja="collate の 1 つ目の戻り値 ids ")
LABELS = Text(en="labels, the second thing that collate returns,", ja="collate の 2 つ目の戻り値 labels ")


def uneven(draw: Draw, count: int) -> list[training.Title]:
    """Titles of distinct lengths in no order of length, with distinct words and labels that betray the row."""
    lengths = draw.sample(range(2, 2 + 2 * count), count)
    if lengths == sorted(lengths) or lengths == sorted(lengths, reverse=True):
        lengths = [*lengths[1:], lengths[0]]
    batch = [(draw.permutation(VOCABULARY)[:length] + 1, 10 + row) for row, length in enumerate(lengths)]
    # Each word stands in some title: whatever a padding is taken from the words, it is seen to be one.
    everything = (torch.arange(VOCABULARY) + 1, 10 + count)
    return [*batch, everything]


def batch_of(batch: list[training.Title]) -> Callable[[Any], dict[str, Tensor]]:
    """What collate returns, with everything that is no word as -1."""

    def view(value: Any) -> dict[str, Tensor]:
        parts = list(value.values()) if isinstance(value, dict) else value
        if not isinstance(parts, list | tuple) or len(parts) < 2:
            raise Failure(
                Text(
                    en="collate should return the ids and the labels.",
                    ja="collate は ids と labels の 2 つを返すはずです。",
                ),
                ROWS,
            )
        ids, labels = whole(parts[0], IDS), whole(parts[1], LABELS)
        longest = max(len(title) for title, _ in batch)
        if ids.dim() != 2 or ids.shape[0] != len(batch):
            properties.has_shape(ids, (len(batch), longest), IDS, "(B, Tmax)")
        properties.has_shape(labels, (len(batch),), LABELS, "(B,)")
        known = (ids >= 1) & (ids <= VOCABULARY)
        return {
            "ids": torch.where(known, ids, -1),
            "labels": labels,
            "fill": torch.tensor(sorted(set(ids[~known].tolist()))),
        }

    return view


def whole(value: Any, what: Text) -> Tensor:
    """Whole numbers as an int64 tensor. Raises Failure."""
    if isinstance(value, list | tuple) and all(isinstance(v, int) for v in value):
        value = torch.tensor(value, dtype=torch.int64)
    if hasattr(value, "__array__") and not isinstance(value, Tensor):
        value = torch.as_tensor(value)
    tensor = properties.is_tensor(value, what)
    if tensor.is_floating_point() or tensor.is_complex():
        raise Failure(
            Text(
                en=f"{properties.sentence(what.en)} should hold whole numbers, but its dtype is {tensor.dtype}.",
                ja=f"{what.ja}は整数のはずですが、dtype は {tensor.dtype} でした。",
            ),
            ROWS,
        )
    return tensor.long()


def collated(student: Student, draw: Draw) -> tuple[list[training.Title], dict[str, Tensor]]:
    """What becomes of a batch, of an odd or an even size."""
    batch = uneven(draw, draw.number(4, 8))
    return batch, student.call("collate", batch, view=batch_of(batch))


ROWS = Text(
    en="Walk three titles of 2, 5 and 3 words through: a list of ids (T,) → one row each, all Tmax = 5 long, the rest filled with padding_idx → (3, 5); "
    "labels (3,) in the same order. Print ids and labels beside the batch.",
    ja="2 語・5 語・3 語の題名で追ってみましょう: ids (T,) のリスト → どの行も Tmax = 5 に揃え、余りを padding_idx で埋めて (3, 5)。labels は同じ順番で (3,)。"
    "ids と labels を元のバッチの隣に表示しましょう。",
)


def holds(row: Tensor, title: Tensor) -> bool:
    """The title's words in a row, with padding before or after them only."""
    room = len(row) - len(title)
    for before in {0, room}:
        inside = row[before : before + len(title)]
        outside = torch.cat([row[:before], row[before + len(title) :]])
        if torch.equal(inside, title) and len(set(outside.tolist())) <= 1:
            return True
    return False


def order(batch: list[training.Title], ids: Tensor) -> list[int | None]:
    """For each row the title that it holds."""
    return [next((i for i, (title, _) in enumerate(batch) if holds(row, title)), None) for row in ids]


@check(points=1, ja="ids は (B, Tmax)、labels は (B,) の整数である")
def shapes(student: Student, draw: Draw) -> Text | None:
    """The ids are whole numbers of shape (B, Tmax) and the labels of shape (B,)."""
    batch, found = collated(student, draw)
    if found["ids"].shape[1] <= max(len(title) for title, _ in batch):
        return None
    return Text(
        en="Padding to the longest title of the batch is enough; a fixed length costs time in every batch.",
        ja="そのバッチでいちばん長い題名に合わせれば十分です。固定長にすると、毎回むだな計算が増えます。",
    )


@check(points=1, after=shapes, ja="どの題名の単語も、並び順のまま残っている")
def titles_keep_their_words(student: Student, draw: Draw) -> None:
    """Every title is there with all its words in order, filled up at one end."""
    batch, found = collated(student, draw)
    lost = sorted(set(range(len(batch))) - set(order(batch, found["ids"])))
    if lost:
        title = batch[lost[0]][0].tolist()
        raise Failure(
            Text(
                en=f"{len(lost)} of {len(batch)} titles are not found in the rows, such as {title[:6]} of length {len(title)}.",
                ja=f"{len(batch)} 件中 {len(lost)} 件の題名が、どの行にもそのままの形では見つかりません（長さ {len(title)} の {title[:6]} など）。",
            ),
            ROWS,
        )


@check(points=2, after=titles_keep_their_words, ja="ラベルは、それぞれの題名と同じ行にある")
def labels_stay_with_their_titles(student: Student, draw: Draw) -> None:
    """Each label stands in the row of its title, also where titles are sorted by length."""
    batch, found = collated(student, draw)
    due = torch.tensor([batch[i][1] if i is not None else -1 for i in order(batch, found["ids"])])
    off = (found["labels"] != due).nonzero().flatten().tolist()
    if off:
        raise Failure(
            Text(
                en=f"Row {off[0]} holds a title with the label {int(due[off[0]])}, but the label there is {int(found['labels'][off[0]])}.",
                ja=f"{off[0]} 行目の題名のラベルは {int(due[off[0]])} ですが、labels では {int(found['labels'][off[0]])} になっています。",
            ),
            Text(
                en="Whatever changes the order of the titles has to change that of the labels.",
                ja="題名を並べ替えたら、ラベルも同じように並べ替える必要があります。",
            ),
        )


@check(points=1, after=shapes, ja="どの単語の ID とも違う、1 つの番号で埋めている")
def padding_is_no_word(student: Student, draw: Draw) -> None:
    """What fills up the rows is one id that no word has."""
    _, found = collated(student, draw)
    if len(found["fill"]) != 1:
        raise Failure(
            Text(
                en="Short titles are filled up with ids that words have, so padding cannot be told from a word.",
                ja="短い題名が単語の ID で埋められていて、パディングと単語の区別がつきません。",
            ),
            ROWS,
        )


@check(points=1, ja="長さの違う題名を 1 つのバッチにして、渡された optimizer の 1 ステップを進める")
def one_step_on_a_padded_batch(student: Student, draw: Draw) -> None:
    """A batch of titles of different lengths makes one step of SGD, or of the optimizer_class that is given."""
    train, moves = ask(student), []
    for count, lr in ((7, LR), (4, 0.2)):
        model, data, valid = training.plant(student, draw), mixed(draw, count), mixed(draw, 3)
        train(model.module, data, valid, anything, epochs=1, lr=lr, batch_size=count, device="cpu")
        moves.append(training.move(model, [data], lr))
    try:
        training.stepped(moves, STEP)
    except Failure as failure:
        name = failure.misconception or batches_of_its_own(model, count, count)
        raise Failure(failure.rationale, failure.help, failure.evidence, name) from None
    if train.takes("optimizer_class"):
        model, data, valid = training.plant(student, draw), mixed(draw, 5), mixed(draw, 3)
        options = {"batch_size": 5, "device": "cpu", "optimizer_class": student.lend(TWICE)}
        train(model.module, data, valid, anything, epochs=1, lr=0.1, **options)
        made = training.move(model, [data], 0.2)
        once = training.move(model, [data], 0.1)
        training.stepped([made], OPTIMIZER if once.is_to([data]) else STEP)


# A kind of SGD that is told from the usual one by how far it goes.
TWICE = """
import torch


class Twice(torch.optim.SGD):
    def __init__(self, params, lr=0.1, **options):
        super().__init__(params, lr=2 * lr)


def make():
    return Twice
"""

STEP = Text(
    en="One step: the loader hands out ids (B, Tmax) and labels (B,); model(ids) is (B, L); F.cross_entropy takes its mean over the batch; "
    "zero_grad, backward, step, with the lr that was given. Print the shapes, and one label beside its title: do they still belong together?",
    ja="1 ステップの流れ: ローダーが ids (B, Tmax) と labels (B,) を渡し、model(ids) は (B, L)、F.cross_entropy がバッチの平均をとり、zero_grad・backward・step を、"
    "渡された lr で行います。形と、題名の隣のラベルを表示して、組が崩れていないか確かめましょう。",
)
OPTIMIZER = Text(
    en="The steps are those of torch.optim.SGD whatever is handed in. Follow optimizer_class from the arguments to the line that makes the "
    "optimizer.",
    ja="何を渡しても torch.optim.SGD のステップになっています。引数の optimizer_class が、optimizer を作る行まで届いているかをたどってみましょう。",
)


@check(points=1, after=one_step_on_a_padded_batch, ja="最後の半端なバッチまで学習に使い、勾配は毎回空にする")
def every_batch_is_a_step(student: Student, draw: Draw) -> None:
    """Every batch is one step with its own gradients, the short last one too."""
    model = training.plant(student, draw)
    (title,) = training.titles(draw, 1, training.TRAIN_TIME)
    data, valid = [title] * 5, training.titles(draw, 3, training.VALID_TIME)
    ask(student)(model.module, data, valid, anything, epochs=1, lr=0.2, batch_size=2, device="cpu")
    try:
        training.stepped([training.move(model, [[title]] * 3, 0.2)], BATCHES)
    except Failure as failure:
        if (name := batches_of_its_own(model, 5, 2)) is None:
            raise
        raise Failure(failure.rationale, failure.help, failure.evidence, name) from None
    since, model = len(student.exchanges), training.plant(student, draw)
    data = mixed(draw, 4)
    ask(student)(model.module, data, valid, anything, epochs=1, lr=LR, batch_size=2, device="cpu")
    halves = [
        ([data[i], data[j]], [t for n, t in enumerate(data) if n not in (i, j)]) for i, j in combinations(range(4), 2)
    ]
    made = training.move(model, list(halves[0]), LR)
    training.forget(student, since)
    training.each_once(made, map(list, halves), STEP)


def batches_of_its_own(model: training.Planted, titles: int, size: int) -> str | None:
    """The mistake of learning from all titles in batches of another size than was asked for."""
    learnt = [seen.batch for seen in model.seen() if seen.gradient and seen.training]
    if sum(learnt) != titles:
        return None
    return "batch_size_ignored" if learnt and (max(learnt) > size or size not in learnt) else None


BATCHES = Text(
    en="5 titles in batches of 2 are 3 steps an epoch, of 2, 2 and 1 titles, each with gradients of its own. Print len(labels) in the inner loop, "
    "and one parameter's .grad before each backward().",
    ja="5 件を 2 件ずつに分けると、1 エポックは 2・2・1 件の 3 ステップで、勾配は毎回空から始まります。内側のループで len(labels) を、backward() の前に .grad を表示してみましょう。",
)


@check(points=1, ja="損失と正解率は、バッチではなく 1 件あたりの平均である")
def averages_are_true(student: Student, draw: Draw) -> None:
    """Losses and accuracies are means over the titles, not over the batches."""
    model = training.plant(student, draw)
    train, valid = mixed(draw, 11), mixed(draw, 6)
    sizes = {"epochs": EPOCHS, "lr": training.STILL, "batch_size": 4, "device": "cpu"}
    found = ask(student)(model.module, train, valid, history, **sizes)
    must_be(
        found,
        training.truth(train, valid, model.weight, model.bias, EPOCHS),
        Text(
            en="11 titles in batches of 4 make batches of 4, 4 and 3. Losses: sum loss.item() * len(labels). Hits: sum over the batches. Both are "
            "divided by the number of titles. What is summed in your loop, and what is it divided by?",
            ja="11 件を 4 件ずつに分けると 4・4・3 件です。損失は loss.item() * len(labels) の合計、正解は正解数の合計で、どちらも題名の数で割ります。"
            "あなたのループでは何を合計し、何で割っていますか。",
        ),
    )
    training.has_an_entry_an_epoch(model, found, len(train))


@check(points=1, ja="評価は dropout も勾配もなしで行い、学習に戻るときは学習モードにする")
def modes_are_switched(student: Student, draw: Draw) -> None:
    """Measuring is without dropout and gradients, and learning goes on in training mode."""
    model = training.plant(student, draw, dropout=0.5)
    train, valid = training.titles(draw, 5, training.TRAIN_TIME), training.titles(draw, 3, training.VALID_TIME)
    sizes = {"epochs": EPOCHS, "lr": training.STILL, "batch_size": 5, "device": "cpu"}
    ask(student)(model.module, train, valid, anything, **sizes)
    training.switches_modes(model, len(train), EPOCHS)
    training.measures_without_gradients(model, "gradients_in_evaluation")


@check(points=1, ja="GPU がなければ CPU で動き、device を指定すればそれに従う")
def runs_where_it_is_told(student: Student, draw: Draw) -> Text | None:
    """Without a GPU it runs on the CPU, and it goes where `device` says."""
    model = training.plant(student, draw)
    data = training.titles(draw, 5, training.TRAIN_TIME)
    valid = training.titles(draw, 3, training.VALID_TIME)
    ask(student)(model.module, data, valid, anything, epochs=1, lr=LR, batch_size=5)
    ask(student)(model.module, data, valid, anything, epochs=1, lr=LR, batch_size=5, device="cpu")
    went = [seen.device for seen in training.measured(model)]
    if went[-1] == "cpu" and "missing" not in went:
        return None
    if not student.promised:  # written for a machine with a GPU
        return TO_THE_GPU
    raise Failure(TO_THE_GPU, misconception="cuda_hard_coded")


TO_THE_GPU = Text(
    en="The model is sent to a GPU, without looking whether there is one.",
    ja="GPU があるかどうかを確かめずに、モデルを GPU に載せています。",
)


def ask(student: Student) -> training.Trainer:
    return training.trainer(student, "train_batches", "train")


def mixed(draw: Draw, count: int) -> list[training.Title]:
    """Titles of the planted model's words, of different lengths."""
    return [(title[: draw.number(1, len(title) + 1)], label) for title, label in training.titles(draw, count, 9)]


PAD = 'pad_sequence([ids for ids, _ in batch], batch_first=True, padding_value=padding_idx, padding_side="left")'

another_padding_id = accepts(edit("collate(batch, padding_idx=0)", "collate(batch, padding_idx=12345)"))
padded_behind = accepts(edit(', padding_side="left")', ")"))
sorted_by_length = accepts(
    edit(
        "    padded = pad",
        "    batch = sorted(batch, key=lambda item: -len(item[0]))\n    padded = pad",
    )
)
with_lengths = accepts(
    edit("return padded, labels", "return padded, labels, torch.tensor([len(ids) for ids, _ in batch])"),
    edit("for *inputs, labels in loader", "for *inputs, labels, _ in loader"),
)
padded_by_hand = accepts(
    edit(
        PAD,
        "torch.full((len(batch), max(len(ids) for ids, _ in batch)), padding_idx)\n"
        "    for row, (ids, _) in enumerate(batch):\n        padded[row, : len(ids)] = ids",
    )
)
fixed_length = accepts(
    edit(
        PAD,
        PAD.replace(
            "[ids for ids, _ in batch]", "[F.pad(ids, (0, 64 - len(ids)), value=padding_idx) for ids, _ in batch]"
        ),
    )
)

labels_left_behind = misconception(
    edit(
        "[ids for ids, _ in batch], batch_first",
        "sorted((ids for ids, _ in batch), key=len, reverse=True), batch_first",
    ),
    en="The titles are sorted by length, the labels are not. Every title then learns with some other title's label. Sort "
    "the pairs, before they are taken apart.",
    ja="題名だけを長さ順に並べ替えていて、ラベルがついてきていません。題名が別の題名のラベルで学習されてしまいます。組のまま並べ替えてから分けましょう。",
)
cut_to_the_shortest = misconception(
    edit(
        "[ids for ids, _ in batch], batch_first",
        "[ids[: min(len(i) for i, _ in batch)] for ids, _ in batch], batch_first",
    ),
    en="The titles are cut to the shortest of the batch. Their last words are lost, and one very short title ruins the whole "
    "batch. Fill the short ones up instead.",
    ja="いちばん短い題名に合わせて切り詰めています。末尾の単語が失われ、極端に短い題名が 1 件あるだけでバッチ全体が台無しになります。短いほうを埋めましょう。",
)
padded_with_a_word = misconception(
    edit("padding_value=padding_idx", "padding_value=1"),
    en="The padding has the id of a word. 1 is the most frequent word, so short titles seem to end in a row of it. Choose an "
    "id that no word has.",
    ja="単語の ID でパディングしています。1 は最頻出の単語なので、短い題名の後ろにその単語が並んでいるように見えます。どの単語も使わない番号を選びましょう。",
)
last_word_repeated = misconception(
    edit(
        PAD,
        "torch.stack([torch.cat([i, i[-1:].expand(max(len(j) for j, _ in batch) - len(i))]) for i, _ in batch])",
    ),
    en="Short titles are filled up by repeating their last word. The model cannot tell it from a word said many times. Fill "
    "up with an id that no word has.",
    ja="最後の単語を繰り返して長さを揃えています。モデルには、その単語が何度も出てきたのと区別がつきません。どの単語も使わない番号で埋めましょう。",
)
time_first = misconception(
    edit("batch_first=True, padding_value", "batch_first=False, padding_value"),
    en="The ids come out as (T, B). pad_sequence puts the time first unless batch_first=True is given, and the models of this "
    "lesson read (B, T).",
    ja="ids が (T, B) になっています。pad_sequence は batch_first=True を付けないと時間を先頭にします。この章のモデルは (B, T) を読みます。",
)
labels_as_floats = misconception(
    edit("for _, label in batch])", "for _, label in batch], dtype=torch.float)"),
    en="The labels are floats. cross_entropy takes (B,) floats for probabilities and complains about the shape; the number of "
    "a category is a whole number. Use dtype=torch.long.",
    ja="ラベルが小数になっています。カテゴリの番号は整数です。cross_entropy は小数を渡されると確率とみなし、形が合わないというエラーになります。dtype=torch.long にしましょう。",
)
cuda_hard_coded = misconception(
    edit('"cuda" if torch.cuda.is_available() else "cpu"', '"cuda"'),
    en="The device is always CUDA. Without a GPU the notebook stops there. Choose it by torch.cuda.is_available(), and let the "
    "argument decide.",
    ja="デバイスが cuda に固定されています。GPU のない環境ではそこで止まってしまいます。torch.cuda.is_available() で選び、引数があればそれに従いましょう。",
)
last_batch_dropped = misconception(
    edit("shuffle=True, collate_fn", "shuffle=True, drop_last=True, collate_fn"),
    en="The short last batch is dropped. With few data that is a good part of them, and with fewer titles than a batch nothing "
    "is learnt at all. Leave drop_last out.",
    ja="半端な最後のバッチを捨てています。データが少ないときには無視できない量になり、1 バッチに満たなければ何も学習されません。drop_last は付けないでおきましょう。",
)
zero_grad_forgotten = misconception(
    edit("                optimizer.zero_grad()\n", ""),
    en="zero_grad() is missing: backward() adds to the gradients of the batches before. Call it before every backward().",
    ja="zero_grad() がありません。backward() は前のバッチの勾配に足し込みます。backward() の前に毎回呼びましょう。",
)
mean_of_batch_means = misconception(
    edit("total += loss.item() * len(labels)", "total += loss.item()"),
    edit("return total / count, correct", "return total / len(loader), correct"),
    en="The batches' means are averaged as if all were equally large. The titles of the short last batch weigh more than the "
    "others. Multiply each mean by len(labels), and divide by the number of titles.",
    ja="大きさの違うバッチの平均を、そのまま平均しています。半端な最後のバッチの題名だけ重みが大きくなります。len(labels) を掛けて足し、件数で割りましょう。",
)
batch_means_by_size = misconception(
    edit("total += loss.item() * len(labels)", "total += loss.item()"),
    en="Means of batches are divided by the number of titles, so the loss comes out too small by the batch size. Multiply each "
    "by len(labels) first.",
    ja="バッチ平均の合計を件数で割っているので、損失がバッチサイズ分の 1 に小さくなっています。足す前に len(labels) を掛けましょう。",
)
eval_forgotten = misconception(
    edit("model.train(optimizer is not None)", "model.train()"),
    en="The model is measured in training mode, with dropout. Call model.eval() before measuring.",
    ja="学習モードのまま評価しているので、dropout が効いています。評価の前に model.eval() を呼びましょう。",
)
gradients_in_evaluation = misconception(
    edit("torch.set_grad_enabled(optimizer is not None)", "torch.enable_grad()"),
    en="Gradients are prepared while the model is only measured, which costs time and the GPU's memory. Measure under "
    "torch.no_grad().",
    ja="評価だけなのに勾配の準備をしていて、時間と GPU のメモリを余計に使います。torch.no_grad() の中で評価しましょう。",
)
always_sgd = misconception(
    edit("optimizer_class(model.parameters()", "torch.optim.SGD(model.parameters()"),
    en="optimizer_class is not used: it is SGD whatever is handed in. Adam then makes no difference, and it looks as if optimizers were all alike. Write "
    "optimizer_class(model.parameters(), lr=lr).",
    ja="optimizer_class が使われず、何を渡しても SGD になっています。Adam を渡しても結果が変わらず、最適化手法に差がないように見えてしまいます。"
    "optimizer_class(model.parameters(), lr=lr) としましょう。",
)
adam = misconception(
    edit("optimizer_class(model.parameters()", "torch.optim.Adam(model.parameters()"),
    en="The optimizer is Adam whatever is handed in. Without a word it should be SGD, w - lr * gradient; Adam rescales every step. Write "
    "optimizer_class(model.parameters(), lr=lr).",
    ja="何を渡しても Adam になっています。何も渡さなければ SGD（w - lr × 勾配）のはずで、Adam は更新幅を自動で変えます。"
    "optimizer_class(model.parameters(), lr=lr) としましょう。",
)
batch_size_ignored = misconception(
    edit("train_loader = DataLoader(train_set, batch_size,", "train_loader = DataLoader(train_set, 32,"),
    en="The batch size is a fixed number, and the argument batch_size does nothing. Hand it on to the DataLoader.",
    ja="バッチサイズが固定値で、引数 batch_size が使われていません。DataLoader に渡しましょう。",
)
lr_ignored = misconception(
    edit("model.parameters(), lr=lr)", "model.parameters(), lr=0.01)"),
    en="The learning rate is a fixed number, and the argument lr does nothing. Hand lr on to the optimizer.",
    ja="学習率が固定値で、引数 lr が使われていません。lr を optimizer に渡しましょう。",
)
no_step = misconception(
    edit("                optimizer.step()\n", ""),
    en="step() is missing. The gradients are computed and nothing is done with them: the model never changes. Call optimizer.step() after backward().",
    ja="step() がありません。勾配を計算しただけで使っていないため、モデルはまったく変わりません。backward() の後に optimizer.step() を呼びましょう。",
)
loss_summed = misconception(
    edit("loss = F.cross_entropy(logits, labels)", 'loss = F.cross_entropy(logits, labels, reduction="sum")'),
    edit("loss.item() * len(labels)", "loss.item()"),
    en="The loss is summed over the batch. The step then grows with the batch size, and a learning rate that is right for one title is too large for 32. "
    'Keep reduction="mean".',
    ja="損失をバッチで合計しています。バッチが大きいほど更新幅も大きくなり、1 件用の学習率では 32 件のときに大きすぎます。"
    'reduction="mean"（既定値）のままにしましょう。',
)
softmax_before_cross_entropy = misconception(
    edit("F.cross_entropy(logits, labels)", "F.cross_entropy(logits.softmax(dim=-1), labels)"),
    en="There is a softmax before the cross-entropy, which contains one itself. Applied twice, the probabilities can never come near 0 or 1. Give "
    "cross_entropy the logits.",
    ja="cross-entropy の前に softmax を掛けています。cross_entropy の中にも softmax があるので二重になり、確率が 0 や 1 に近づけません。ロジットをそのまま渡しましょう。",
)
hits_by_batches = misconception(
    edit("correct / count", "correct / len(loader)"),
    en="The hits are divided by the number of batches. The “accuracy” then goes up to the batch size. Hits are counted by titles, so divide by the number "
    "of titles.",
    ja="正解数をバッチの数で割っています。これでは「正解率」がバッチサイズまで上がってしまいます。正解は題名ごとに数えるので、題名の数で割りましょう。",
)
hits_not_divided = misconception(
    edit("correct / count", "correct"),
    en="The accuracy is the number of hits. Divide it by the number of titles, so that sets of different size can be compared.",
    ja="正解率ではなく正解数になっています。大きさの違うデータを比べられるように、件数で割りましょう。",
)
hits_of_the_last_batch = misconception(
    edit("correct += ", "correct = "),
    edit("correct / count", "correct / len(labels)"),
    en="The accuracy is that of the last batch. Count the hits of all batches, correct += ..., and divide by the number of titles.",
    ja="正解率が、最後のバッチだけのものになっています。correct += ... のように全バッチの正解数を足し、題名の数で割りましょう。",
)
trains_on_validation = misconception(
    edit("train_loader = DataLoader(train_set,", "train_loader = DataLoader(valid_set,"),
    en="The model learns from the validation data. They are there to show how it does on titles that it has not learnt from. Make the loader of train_set.",
    ja="検証データで学習しています。検証データは、学習に使っていない題名での成績を見るためのものです。ローダーは train_set から作りましょう。",
)
stays_in_eval = misconception(
    edit("model.train(optimizer is not None)", "model.eval() if optimizer is None else None"),
    en="From the second epoch on, the model learns in evaluation mode. model.eval() stays in force until model.train() is called, so dropout is off. Call "
    "model.train() at the beginning of every epoch.",
    ja="2 エポック目から、評価モードのまま学習しています。model.eval() は model.train() を呼ぶまで有効なので、dropout が止まったままです。"
    "各エポックの先頭で model.train() を呼びましょう。",
)
same_batch_every_step = misconception(
    edit("for *inputs, labels in loader:", "for *inputs, labels in [next(iter(loader))] * len(loader):"),
    en="Every step learns from the same batch. A batch that is drawn once before the loop never changes; use what the loader hands out: for ids, labels "
    "in loader.",
    ja="どのステップも同じバッチで学習しています。ループの前に一度だけ取り出したバッチは変わりません。for ids, labels in loader のように、ローダーが渡すものを使いましょう。",
)
stops_after_the_first = misconception(
    edit("            count += len(labels)\n", "            count += len(labels)\n            break\n"),
    en="Each pass ends after its first batch: a break or return stands inside the loop. The other titles are neither learnt from nor measured.",
    ja="どのパスも最初のバッチで終わっています。ループの中に break か return があり、残りの題名は学習にも評価にも使われていません。",
)
epochs_ignored = misconception(
    edit("for _ in range(epochs):", "for _ in range(1):"),
    en="The number of epochs is fixed, and the argument epochs does nothing. Write range(epochs).",
    ja="エポック数が固定され、引数 epochs が使われていません。range(epochs) としましょう。",
)
last_epoch_only = misconception(
    edit("return history", "return {name: series[-1:] for name, series in history.items()}"),
    en="Only the last epoch is returned. A learning curve needs a number for every epoch: append to the lists, and return all of them.",
    ja="最後のエポックの値しか返していません。学習曲線を描くにはエポックごとの値が要ります。リストに追加していき、全体を返しましょう。",
)
cut_at_ten = misconception(
    edit("[ids for ids, _ in batch], batch_first", "[ids[:10] for ids, _ in batch], batch_first"),
    en="Titles are cut off at a fixed number of words. What stands behind is lost for ever. Fill up to the longest title of the batch instead.",
    ja="題名を決まった語数で切っています。その後ろの単語は失われます。そのバッチでいちばん長い題名に合わせて埋めましょう。",
)
