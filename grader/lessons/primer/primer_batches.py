"""make_batches(sentences, batch_size) -> [(B, T)] and masked_mean(vectors, mask) -> (B, E)."""

from typing import Any

import torch
from torch import Tensor

from grader.checks import (
    Draw,
    Failure,
    Student,
    Text,
    View,
    accepts,
    check,
    edit,
    misconception,
    normalise,
    properties,
    recompute,
)

TITLE = Text(en="Sentences side by side", ja="長さの違う文を束ねる")
NAMES = ("make_batches", "masked_mean")
HEADINGS = ("sentences side by side", "長さの違う文を束ねる")
STARTERS = (
    Text(
        en="First without padding: cut a list of seven sentences into pieces of three with `range(0, 7, 3)` and slices, and print their lengths: 3, 3, 1.",
        ja="まずパディングなしで。`range(0, 7, 3)` とスライスで 7 文を 3 文ずつに切り、長さ 3, 3, 1 を表示してみましょう。",
    ),
    Text(
        en="For each piece find the longest sentence, and add `[0] * (what is missing)` to the others. `sentence + [0] * ...` leaves the sentence itself as it is.",
        ja="切り分けたら、それぞれでいちばん長い文を見つけ、ほかの文に `[0] * (足りない数)` を足します。`文 + [0] * ...` なら、渡された文は変わりません。",
    ),
    Text(
        en="For the mean: multiply by a mask of 0 and 1, (B, T, 1), add up over T, and divide by the number of real words of each sentence, (B, 1): the mask (B, T, 1), added up in the same way.",
        ja="平均は、0 と 1 のマスク (B, T, 1) を掛けて T にわたって足し、文ごとの本物の単語の数 (B, 1) で割ります。その数は、マスク (B, T, 1) を同じように足せば得られます。",
    ),
)
BATCHES = Text(en="a batch", ja="バッチ")
MEANS = Text(en="the means", ja="平均")
ON_PAPER = Text(
    en="Do it on paper for [[5, 2], [7, 1, 4, 2], [3]] with batch_size 2: two tensors, of shape (2, 4) and (1, 1). Print the shapes of yours, then the rows.",
    ja="[[5, 2], [7, 1, 4, 2], [3]] を batch_size 2 で紙に書いてみましょう。形が (2, 4) と (1, 1) の 2 つのテンソルです。自分のものの形と中身を表示して比べましょう。",
)
COUNT = Text(
    en="Take one sentence of three words of which the last is padding: two vectors are added up, and the sum is divided by 2. Print the mask as "
    "(B, T, 1), the products (B, T, E) and the divisor (B, 1).",
    ja="3 語のうち最後がパディングの文を考えましょう。足すのは 2 本、割るのも 2 です。マスク (B, T, 1)、積 (B, T, E)、割る数 (B, 1) を表示してみましょう。",
)


def read_batches(count: int) -> View:
    """A list of `count` tensors (B, T) of whole numbers."""

    def view(value: Any) -> list[Tensor]:
        found = list(value) if isinstance(value, list | tuple) else None
        if found is None or len(found) != count:
            kind = f"{len(found)}" if found is not None else getattr(value, "type_name", type(value).__name__)
            raise Failure(
                Text(
                    en=f"make_batches should return a list of {count} batches here, but it returned {kind}.",
                    ja=f"make_batches はここでは {count} 個のバッチのリストを返すはずですが、{kind} でした。",
                ),
                ON_PAPER,
            )
        return [whole_numbers(batch) for batch in found]

    return view


def whole_numbers(batch: Any) -> Tensor:
    """Ids (B, T), which can be used as indices."""
    tensor = properties.is_tensor(batch, BATCHES)
    if tensor.dim() != 2 or tensor.is_floating_point() or tensor.is_complex() or tensor.dtype is torch.bool:
        raise Failure(
            Text(
                en=f"A batch should be a (B, T) tensor of whole numbers, but one is {tuple(tensor.shape)} of {tensor.dtype}.",
                ja=f"バッチは整数のテンソル (B, T) のはずですが、形 {tuple(tensor.shape)}、dtype {tensor.dtype} のものがありました。",
            ),
            ON_PAPER,
        )
    return tensor.long()


def sentences(draw: Draw, count: int) -> list[list[int]]:
    """Sentences of ids from 1 on; neighbours differ in length, and the longest of all stands in the middle."""
    lengths = draw.sizes(count, smallest=2)
    lengths.insert(count // 2, lengths.pop(lengths.index(max(lengths))))
    return [[int(word) for word in draw.integers(1, 90, length)] for length in lengths]


def batches(student: Student, given: list[list[int]], size: int) -> list[Tensor]:
    found: list[Tensor] = student.call("make_batches", given, size, view=read_batches(-(-len(given) // size)))
    return found


def stay_as_they_are(student: Student, name: str, what: str, *given: Any) -> None:
    """Raises Failure where a call changes the first of its arguments, which is called `what`."""
    _, after = student.call_and_inputs(name, *given)
    recompute.untouched(given[:1], after[:1], (what,), {what: f"{what}_changed"})


def means(student: Student, vectors: Tensor, mask: Tensor) -> Tensor:
    view = normalise.tensor(len(vectors), vectors.shape[2], what=MEANS, letters="(B, E)")
    found: Tensor = student.call("masked_mean", vectors, mask, view=view)
    return found


@check(points=1, ja="batch_size 文ずつのテンソル (B, T) のリストになる（最後は少なくてもよい）")
def cut_into_batches(student: Student, draw: Draw) -> None:
    """It becomes a list of tensors (B, T) of batch_size sentences; the last one may have fewer."""
    for count, size in ((7, 3), (6, 2), (5, 8)):
        batches(student, sentences(draw, count), size)


@check(points=2, after=cut_into_batches, ja="どの文も順番どおりに入り、そのバッチの最長の文に合わせて後ろが 0 で埋まる")
def padded_at_the_end(student: Student, draw: Draw) -> None:
    """Every sentence is there, in order, filled up with 0 at its end to the longest of its batch."""
    for count, size in ((7, 3), (6, 4), (4, 1)):
        batches(student, sentences(draw, count), size)
        student.must_agree(BATCHES, help=ON_PAPER)
    stay_as_they_are(student, "make_batches", "sentences", sentences(draw, 5), 3)


@check(points=1, ja="平均は (B, E) になる")
def means_shape(student: Student, draw: Draw) -> None:
    """The means are (B, E)."""
    batch, time, width = draw.sizes(3)
    means(student, draw.normal(batch, time, width), real_words(draw, batch, time))


@check(points=2, after=means_shape, ja="本物の単語だけの平均である（埋めた場所に何があっても変わらない）")
def mean_of_the_real_words(student: Student, draw: Draw) -> None:
    """It is the mean of the real words alone, whatever stands at the padding."""
    batch, time, width = draw.sizes(3, smallest=4)
    for number in (batch, 1):
        vectors, mask = draw.normal(number, time, width), real_words(draw, number, time)
        means(student, vectors, mask)
        student.must_agree(MEANS, help=COUNT)
    vectors, mask = draw.normal(batch, time, width), real_words(draw, batch, time)
    stay_as_they_are(student, "masked_mean", "vectors", vectors, mask)


def real_words(draw: Draw, batch: int, time: int) -> Tensor:
    """(B, T), True at the first words of each sentence: at least one, and somewhere fewer than T."""
    lengths = torch.tensor([1 + (draw.number(1, time) + row) % (time - 1) for row in range(batch)])
    return torch.arange(time) < lengths.unsqueeze(1)


pad_sequence = accepts(
    edit(
        "        longest = max(len(sentence) for sentence in part)\n"
        "        rows = [sentence + [0] * (longest - len(sentence)) for sentence in part]\n"
        "        batches.append(torch.tensor(rows))\n",
        "        rows = [torch.tensor(sentence) for sentence in part]\n"
        "        batches.append(nn.utils.rnn.pad_sequence(rows, batch_first=True))\n",
    )
)
filled_into_zeros = accepts(
    edit(
        "        rows = [sentence + [0] * (longest - len(sentence)) for sentence in part]\n"
        "        batches.append(torch.tensor(rows))\n",
        "        batch = torch.zeros(len(part), longest, dtype=torch.long)\n"
        "        for row, sentence in zip(batch, part):\n"
        "            row[: len(sentence)] = torch.tensor(sentence)\n"
        "        batches.append(batch)\n",
    )
)
masked_fill = accepts(
    edit("(vectors * real).sum(dim=1)", "vectors.masked_fill(~mask.unsqueeze(2), 0.0).sum(dim=1)"),
)
sentence_by_sentence = accepts(
    edit(
        "    real = mask.unsqueeze(2).float()  # (B, T, 1)\n    return (vectors * real).sum(dim=1) / real.sum(dim=1)\n",
        "    return torch.stack([words[real].mean(dim=0) for words, real in zip(vectors, mask)])\n",
    )
)
by_einsum = accepts(
    edit(
        "(vectors * real).sum(dim=1) / real.sum(dim=1)",
        'torch.einsum("bte,bt->be", vectors, mask.float()) / mask.sum(dim=1, keepdim=True)',
    )
)

last_batch_lost = misconception(
    edit("range(0, len(sentences), batch_size)", "range(0, len(sentences) - batch_size + 1, batch_size)"),
    en="The last batch is left out when it is not full, and its sentences are never learned. A slice beyond the end is simply shorter.",
    ja="最後のバッチが半端だと捨てられ、その文は学習されません。スライスは、末尾を越えても短くなるだけです。",
)
all_in_one_batch = misconception(
    edit("part = sentences[start : start + batch_size]", "part = sentences[start:]"),
    en="Each batch goes on to the last sentence. End the slice at start + batch_size.",
    ja="どのバッチも最後の文まで続いています。スライスを start + batch_size で終わらせましょう。",
)
batches_overlap = misconception(
    edit("range(0, len(sentences), batch_size)", "range(len(sentences))"),
    en="A new batch begins at every sentence, so the batches overlap. The third argument of range says how far each step goes.",
    ja="1 文ごとに新しいバッチが始まり、重なっています。range の 3 つ目の引数で、batch_size ずつ進めましょう。",
)
padded_at_the_front = misconception(
    edit("sentence + [0] * (longest - len(sentence))", "[0] * (longest - len(sentence)) + sentence"),
    en="The zeros stand before the sentence; here they belong behind it.",
    ja="0 が文の前に入っています。ここでは後ろに足します。",
)
padded_to_the_longest_of_all = misconception(
    edit("max(len(sentence) for sentence in part)", "max(len(sentence) for sentence in sentences)"),
    en="Every batch is as long as the longest sentence of all. It works, but most of it is zeros to compute with; take the longest of the batch.",
    ja="どのバッチも、全体でいちばん長い文の長さになっています。動きますが、計算の大半が 0 になります。そのバッチの最長に合わせましょう。",
)
cut_to_the_shortest = misconception(
    edit("longest = max(len(sentence) for sentence in part)", "longest = min(len(sentence) for sentence in part)"),
    edit("sentence + [0] * (longest - len(sentence))", "sentence[:longest]"),
    en="The sentences are cut to the shortest of the batch, and words are lost. Fill up the short ones instead.",
    ja="いちばん短い文に合わせて切っているので、単語が失われます。短いほうを埋めましょう。",
)
padded_with_minus_one = misconception(
    edit("[0] * (longest", "[-1] * (longest"),
    en="The padding is -1; here it is 0. An nn.Embedding has no row -1.",
    ja="-1 で埋めています。ここでは 0 で埋めます。nn.Embedding に -1 番の行はありません。",
)
sorted_by_length = misconception(
    edit(
        "part = sentences[start : start + batch_size]", "part = sorted(sentences, key=len)[start : start + batch_size]"
    ),
    en="The sentences are sorted by their length, and no longer fit their labels, which stay in order. Keep the order.",
    ja="文が長さの順に並べ替えられ、並べ替えていないラベルと合わなくなります。順番はそのままにしましょう。",
)
summed_over_the_columns = misconception(
    edit("(vectors * real).sum(dim=1)", "(vectors * real).sum(dim=2)"),
    en="The sum runs along the numbers of a word vector, dim=2, instead of along the words, dim=1. What is left should be (B, E).",
    ja="足す軸が単語（dim=1）ではなく、単語ベクトルの成分（dim=2）になっています。残るのは (B, E) のはずです。",
)
divided_by_the_length = misconception(
    edit("/ real.sum(dim=1)", "/ mask.size(1)"),
    en="The sum is divided by T, padding included. Divide by the number of real words of each sentence: mask.unsqueeze(2).sum(dim=1).",
    ja="パディングも含めた T で割っています。文ごとの本物の単語の数 mask.unsqueeze(2).sum(dim=1) で割りましょう。",
)
padding_counts = misconception(
    edit("(vectors * real).sum(dim=1) / real.sum(dim=1)", "vectors.mean(dim=1)"),
    en="The mask is not used: the padding is part of the mean. Multiply by it, and divide by the number of real words.",
    ja="マスクを使っていないので、パディングまで平均に入っています。マスクを掛け、本物の単語の数で割りましょう。",
)
padding_is_summed = misconception(
    edit("(vectors * real).sum(dim=1)", "vectors.sum(dim=1)"),
    en="The divisor counts real words, but the sum has the padding in it. Multiply the vectors by the mask first.",
    ja="割る数は本物の単語の数なのに、足した和にはパディングも入っています。先にマスクを掛けましょう。",
)
mask_is_flipped = misconception(
    edit("mask.unsqueeze(2).float()", "(~mask).unsqueeze(2).float()"),
    en="The mask is the wrong way round: the mean is that of the padding. True means a real word here.",
    ja="マスクの向きが逆で、パディングのほうを平均しています。ここでは True が本物の単語です。",
)
not_divided = misconception(
    edit(" / real.sum(dim=1)", ""),
    en="The vectors are added up but not divided. Divide by the number of real words of each sentence: mask.unsqueeze(2).sum(dim=1).",
    ja="足しただけで割っていません。文ごとの本物の単語の数 mask.unsqueeze(2).sum(dim=1) で割りましょう。",
)
divided_by_all_words = misconception(
    edit("/ real.sum(dim=1)", "/ real.sum()"),
    en="The sum is divided by the number of real words of the whole batch. Count those of each sentence: mask.unsqueeze(2).sum(dim=1).",
    ja="バッチ全体の本物の単語の数で割っています。mask.unsqueeze(2).sum(dim=1) で文ごとに数えましょう。",
)
sentences_changed = misconception(
    edit(
        "        rows = [sentence + [0] * (longest - len(sentence)) for sentence in part]\n",
        "        for sentence in part:\n            sentence += [0] * (longest - len(sentence))\n        rows = part\n",
    ),
    en="The caller's own sentences are changed: append, extend, +=, pop and sort work on the list itself. Make a new list, sentence + [0] * ..., "
    "and the next call gets the sentences as they were.",
    ja="渡された文そのものを書き換えています。append・extend・+=・pop・sort は、元のリストを変えます。sentence + [0] * ... で新しいリストを作れば、次に使うときも元の文のままです。",
)
vectors_changed = misconception(
    edit(
        "    return (vectors * real).sum(dim=1)",
        "    vectors *= real\n    return vectors.sum(dim=1)",
    ),
    en="The caller's own vectors are changed: *=, /= and x[...] = write into the tensor that was passed. Make a new one, such as vectors * real.",
    ja="渡された vectors そのものを書き換えています。*=・/=・x[...] = は、元のテンソルに書き込みます。vectors * real のように、新しいテンソルを作りましょう。",
)
divisor_without_its_axis = misconception(
    edit("/ real.sum(dim=1)", "/ mask.sum(dim=1)"),
    en="The divisor has the shape (B,), and broadcasting lines it up with E instead of B. Give it an axis of its own: (B, 1), as with mask.unsqueeze(2).sum(dim=1) or keepdim=True.",
    ja="割る数の形が (B,) なので、B ではなく E の軸に合わせて割ろうとしています。mask.unsqueeze(2).sum(dim=1) や keepdim=True で (B, 1) にしましょう。",
)
