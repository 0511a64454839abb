"""collate(batch) -> (ids (B, Tmax), labels (B,)); train_batches(..., batch_size, device=None) -> history."""

from __future__ import annotations

from collections.abc import Callable
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
STARTERS = (
    Text(
        en="Write `collate` first and try it on two titles of different length: it should give (2, Tmax) and (2,).",
        ja="まず `collate` を書き、長さの違う題名 2 件で試しましょう。(2, Tmax) と (2,) になるはずです。",
    ),
    Text(
        en="`DataLoader(train_set, batch_size, shuffle=True, collate_fn=...)` makes the batches. Each goes to "
        "the device that the model is on.",
        ja="バッチは `DataLoader(train_set, batch_size, shuffle=True, collate_fn=...)` が作ります。モデルと同じ device"
        " に送りましょう。",
    ),
    Text(
        en="A mean loss of a batch of b titles counts b times: add up loss * b, and divide by the number of "
        "titles in the end.",
        ja="b 件のバッチの平均損失は b 件ぶんです。損失 × b を足していき、最後に題名の数で割ります。",
    ),
)

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
                )
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
            )
        )
    return tensor.long()


def collated(student: Student, draw: Draw) -> tuple[list[training.Title], dict[str, Tensor]]:
    batch = uneven(draw, 5)
    return batch, student.call("collate", batch, view=batch_of(batch))


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
            )
        )


@check(points=1, ja="長さの違う題名を 1 つのバッチにして、SGD の 1 ステップを進める")
def one_step_on_a_padded_batch(student: Student, draw: Draw) -> None:
    """A batch of titles of different lengths makes one step of SGD."""
    model = training.plant(student, draw)
    data = mixed(draw, 7)
    valid = training.titles(draw, 3, training.VALID_TIME)
    ask(student)(model.module, data, valid, anything, epochs=1, lr=LR, batch_size=len(data), device="cpu")
    training.stepped(model, [data], LR)


@check(points=1, after=one_step_on_a_padded_batch, ja="最後の半端なバッチまで学習に使い、勾配は毎回空にする")
def every_batch_is_a_step(student: Student, draw: Draw) -> None:
    """Every batch is one step with its own gradients, the short last one too."""
    model = training.plant(student, draw)
    (title,) = training.titles(draw, 1, training.TRAIN_TIME)
    data, valid = [title] * 5, training.titles(draw, 3, training.VALID_TIME)
    ask(student)(model.module, data, valid, anything, epochs=2, lr=0.2, batch_size=2, device="cpu")
    training.stepped(
        model,
        [[title]] * 6,
        0.2,
        Text(
            en="5 titles in batches of 2 are 3 steps an epoch.",
            ja="5 件を 2 件ずつに分けると、1 エポックは 3 ステップです。",
        ),
    )


@check(points=1, ja="損失と正解率は、バッチではなく 1 件あたりの平均である")
def averages_are_true(student: Student, draw: Draw) -> None:
    """Losses and accuracies are means over the titles, not over the batches."""
    model = training.plant(student, draw)
    train, valid = mixed(draw, 11), mixed(draw, 7)
    sizes = {"epochs": EPOCHS, "lr": training.STILL, "batch_size": 4, "device": "cpu"}
    found = ask(student)(model.module, train, valid, history, **sizes)
    must_be(found, training.truth(train, valid, model.weight, model.bias, EPOCHS))


@check(points=1, ja="評価は dropout も勾配もなしで行い、学習に戻るときは学習モードにする")
def modes_are_switched(student: Student, draw: Draw) -> None:
    """Measuring is without dropout and gradients, and learning goes on in training mode."""
    model = training.plant(student, draw, dropout=0.5)
    train, valid = training.titles(draw, 5, training.TRAIN_TIME), training.titles(draw, 3, training.VALID_TIME)
    sizes = {"epochs": EPOCHS, "lr": training.STILL, "batch_size": 5, "device": "cpu"}
    ask(student)(model.module, train, valid, anything, **sizes)
    training.switches_modes(model, steps=1, epochs=EPOCHS)
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
