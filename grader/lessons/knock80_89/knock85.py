"""BiRNN(vocab_size, emb_size, padding_idx, output_size, hidden_size, num_layers): y from [h_T forward; h_1 backward]."""

import torch

from grader import properties
from grader.draw import Draw
from grader.errors import Failure
from grader.lessons.declare import accepts, check, edit, misconception
from grader.lessons.knock80_89 import _models
from grader.model import Text
from grader.student import Student, Unmatched

TITLE = Text(en="85. Bidirectional and multi-layer RNNs", ja="85. 双方向 RNN・多層化")
NAMES = ("BiRNN",)
STARTERS = (
    Text(
        en="Begin with the RNN of 81 and give `nn.RNN` two more arguments: `bidirectional=True` and `num_layers`.",
        ja="81 の RNN から始め、`nn.RNN` に `bidirectional=True` と `num_layers` を渡しましょう。",
    ),
    Text(
        en="`h_n` is (layers * 2, B, H). The two rows that you want, side by side, are (B, 2H): so how wide is "
        "the last `nn.Linear`?",
        ja="`h_n` の形は (層数 * 2, B, H) です。使う 2 つを横に並べると (B, 2H) になります。最後の `nn.Linear` の入力の幅は？",
    ),
    Text(
        en="Padding: count the real words of each title and pack the embedded titles (B, T, E) before the RNN "
        "reads them.",
        ja="パディング対策: 各題名の単語数を数え、埋め込んだ (B, T, E) を pack してから RNN に読ませます。",
    ),
)


def build(student: Student, draw: Draw, num_layers: int = 2) -> _models.Classifier:
    """A model whose sizes are all distinct, with drawn parameters, in evaluation mode."""
    emb_size, output_size, hidden_size = draw.sizes(3)
    sizes = {"vocab_size": _models.VOCABULARY, "emb_size": emb_size, "padding_idx": _models.PADDING}
    sizes |= {"output_size": output_size, "hidden_size": hidden_size, "num_layers": num_layers}
    return _models.build(student, draw, "BiRNN", directions=2, **sizes)


@check(points=1, ja="(B, T) の ID から (B, L) の出力が得られる（B = 1 でも）")
def output_shape(student: Student, draw: Draw) -> None:
    """Ids (B, T) become scores (B, L), also for a single title."""
    model = build(student, draw)
    batch, time = draw.sizes(2)
    model(model.titles(draw, batch, time))
    model(model.titles(draw, 1, time))


@check(
    points=4,
    after=output_shape,
    ja="左から読んだ最後の状態と、右から読んだ最後の状態から y を計算する（あなたの重みで検算）",
)
def reads_from_both_ends(student: Student, draw: Draw) -> None:
    """y comes from where each direction has read everything, [h_T forward; h_1 backward]: recomputed with your weights."""
    model = build(student, draw)
    batch, time = draw.sizes(2, smallest=5)
    model(model.titles(draw, batch, time))
    student.must_agree(_models.SCORES)


@check(points=1, after=output_shape, ja="バッチ内の題名どうしは影響し合わない")
def titles_are_independent(student: Student, draw: Draw) -> Text | None:
    """Each title is judged by itself: the last one alone gives what it gives within the batch."""
    model = build(student, draw)
    batch, time = draw.sizes(2)
    ids = model.titles(draw, batch, time)
    together = model(ids)
    alone = model(ids[-1:])
    properties.equal(together[-1:], alone, Text(en="the output of the last title", ja="最後の題名に対する出力"))
    kept = list(student.exchanges)
    padded = model(torch.cat([ids, torch.full((batch, 3), model.vocab_size - 1)], dim=1))
    student.exchanges[:] = kept  # a matter for advice: the known answers differ in it
    return None if properties.close(padded, together) else PADDING_IS_READ


ONE_LAYER = Text(
    en="The class has one layer and takes no number of layers; a person looks where it was made of several.",
    ja="このクラスは 1 層で、層の数を指定できません。多層化がどこで行われているかは、人が確認します。",
)
PADDING_IS_READ = Text(
    en="Padding changes your model's answer: with three padding ids behind a title it says something else. Nothing is "
    "deducted; pack_padded_sequence (or lengths) makes a title independent of its batch.",
    ja="パディングによってモデルの答えが変わります（題名の後ろに 3 つ足すと別の値になりました）。減点はありませんが、"
    "pack_padded_sequence（または長さの指定）を使えば、同じバッチの題名に左右されなくなります。",
)


@check(points=2, after=output_shape, ja="num_layers の数だけ層が重なる")
def layers_are_stacked(student: Student, draw: Draw) -> None:
    """There are as many layers as num_layers says."""
    if not _models.ask_for(student, "BiRNN", "num_layers"):
        if _models.layers(build(student, draw).module.weights) == 1:
            raise Unmatched("one layer", ONE_LAYER)
        return  # its number of layers stands in the class: there is nothing to ask for
    one, three = (len(build(student, draw, num_layers).module.weights) for num_layers in (1, 3))
    if three <= one:
        raise Failure(
            Text(
                en=f"With num_layers=3 the model has as many parameters as with 1, {one} tensors.",
                ja=f"num_layers=3 にしても、パラメータは num_layers=1 のときと同じ {one} 個です。",
            ),
            Text(
                en="How does nn.RNN come to know the number of layers?",
                ja="層の数を nn.RNN にどうやって伝えますか。",
            ),
        )


BOTH = "torch.cat([h_n[-2], h_n[-1]], dim=1)"
PACKED = (
    "packed = pack_padded_sequence(emb, lengths.cpu(), batch_first=True, enforce_sorted=False)\n"
    "        out, h_n = self.rnn(packed)"
)
UNPACKED = "out, h_n = self.rnn(emb)"

backward_first = accepts(edit(BOTH, "torch.cat([h_n[-1], h_n[-2]], dim=1)"))
lstm = accepts(edit("nn.RNN(", "nn.LSTM("), edit("out, h_n =", "out, (h_n, _) ="))
gru = accepts(edit("nn.RNN(", "nn.GRU("))
lstm_backward_first = accepts(*lstm.edits, *backward_first.edits)
gru_backward_first = accepts(*gru.edits, *backward_first.edits)
not_packed = accepts(edit(PACKED, UNPACKED))
by_output = accepts(
    edit(PACKED, "out, h_n = self.rnn(emb)\n        half = out.shape[2] // 2"),
    edit(BOTH, "torch.cat([out[:, -1, :half], out[:, 0, half:]], dim=1)"),
)
reshaped = accepts(edit(BOTH, "h_n[-2:].transpose(0, 1).flatten(1)"))
two_readers = accepts(
    edit(
        "self.rnn = nn.RNN(emb_size, hidden_size, num_layers, bidirectional=True, batch_first=True)",
        "sizes = [emb_size] + [2 * hidden_size] * (num_layers - 1)\n"
        "        self.right = nn.ModuleList(nn.RNN(size, hidden_size, batch_first=True) for size in sizes)\n"
        "        self.left = nn.ModuleList(nn.RNN(size, hidden_size, batch_first=True) for size in sizes)",
    ),
    edit(
        PACKED,
        "out = emb\n"
        "        for right, left in zip(self.right, self.left, strict=True):\n"
        "            a, first = right(out)\n            b, second = left(out.flip(1))\n"
        "            out = torch.cat([a, b.flip(1)], dim=2)\n"
        "        h_n = torch.cat([first, second])",
    ),
)

last_output_of_both = misconception(
    edit(PACKED, UNPACKED),
    edit(BOTH, "out[:, -1]"),
    en="out[:, -1] is taken for both directions. At the last word the backward reader has only just begun: its half of "
    "out[:, -1] has seen one word. It has read everything at the first word. Take h_n[-2] and h_n[-1], or the backward half of "
    "out[:, 0].",
    ja="両方向とも out[:, -1] を使っています。最後の単語の位置では、右から読む RNN はまだ 1 語しか読んでいません。読み終えるのは先頭の単語の位置です。"
    "h_n[-2] と h_n[-1] を使うか、逆方向の半分は out[:, 0] から取りましょう。",
)
first_layer = misconception(
    edit(BOTH, "torch.cat([h_n[0], h_n[1]], dim=1)"),
    en="h_n[0] and h_n[1] are the states of the first layer. The layers above it are computed and not used. The last layer's "
    "two directions are h_n[-2] and h_n[-1].",
    ja="h_n[0] と h_n[1] は 1 層目の状態です。上の層は計算されるだけで使われていません。最終層の 2 方向は h_n[-2] と h_n[-1] です。",
)
same_direction_twice = misconception(
    edit(BOTH, "torch.cat([h_n[-1], h_n[-1]], dim=1)"),
    en="The same direction is used twice. h_n[-1] is the backward reader of the last layer; the forward one is h_n[-2].",
    ja="同じ方向の状態を 2 回使っています。h_n[-1] は最終層の逆方向で、順方向は h_n[-2] です。",
)
reshaped_across_the_batch = misconception(
    edit(BOTH, "h_n[-2:].reshape(len(ids), -1)"),
    en="The states are reshaped, which mixes titles. h_n is (layers * 2, B, H), so reshape puts the state of another title "
    "beside one's own. Swap the axes first, or concatenate h_n[-2] and h_n[-1].",
    ja="reshape によって、別の題名の状態が混ざっています。h_n は (層数 × 2, B, H) なので、そのまま並べ直すと隣の題名の状態が横に来ます。"
    "先に軸を入れ替えるか、h_n[-2] と h_n[-1] を連結しましょう。",
)
joined_along_the_batch = misconception(
    edit("h_n[-1]], dim=1)", "h_n[-1]], dim=0)"),
    en="The two directions are put below one another, (2B, H), not side by side, (B, 2H). Concatenate along dim=1.",
    ja="2 つの方向を横 (B, 2H) ではなく縦 (2B, H) に並べています。dim=1 で連結しましょう。",
)
layers_ignored = misconception(
    edit("hidden_size, num_layers, bidirectional", "hidden_size, bidirectional"),
    en="num_layers is not passed on, so there is always one layer. Hand it to nn.RNN.",
    ja="num_layers が渡っておらず、いつも 1 層です。nn.RNN に渡しましょう。",
)
one_direction_only = misconception(
    edit("bidirectional=True, ", ""),
    edit("2 * hidden_size", "hidden_size"),
    edit(BOTH, "h_n[-1]"),
    en="The RNN reads in one direction only. The problem asks for bidirectional=True, and an output layer for 2H numbers.",
    ja="一方向にしか読んでいません。問題では bidirectional=True とし、出力層は 2H 個の数を受け取ります。",
)
directions_added = misconception(
    edit("2 * hidden_size", "hidden_size"),
    edit(BOTH, "h_n[-2] + h_n[-1]"),
    en="The two directions are added. The formula puts them side by side, [forward; backward], so that the output layer can "
    "weigh them separately. Concatenate along dim=1.",
    ja="2 つの方向を足し合わせています。式では [順方向; 逆方向] と並べるので、出力層がそれぞれに別の重みを付けられます。dim=1 で連結しましょう。",
)
no_batch_first = misconception(
    edit(PACKED, UNPACKED),
    edit("bidirectional=True, batch_first=True", "bidirectional=True"),
    edit(BOTH, "torch.cat([out[-1, :, : self.rnn.hidden_size], out[0, :, self.rnn.hidden_size :]], dim=1)"),
    edit("emb = self.emb(ids)", "emb = self.emb(ids).reshape(ids.shape[1], len(ids), -1)"),
    en="reshape or view stands where a transpose is due. (B, T, E) and (T, B, E) hold as many numbers, but the words of all "
    "titles get mixed. Use batch_first=True, or transpose(0, 1).",
    ja="transpose すべきところで reshape（view）を使っています。(B, T, E) と (T, B, E) は要素数が同じでも、別々の題名の単語が混ざります。"
    "batch_first=True か transpose(0, 1) を使いましょう。",
)
mean_over_time = misconception(
    edit(PACKED, UNPACKED),
    edit(BOTH, "out.mean(dim=1)"),
    en="The states are averaged over time. y comes from the last state of each direction: h_n[-2] and h_n[-1].",
    ja="全時刻の状態を平均しています。y は各方向の最後の状態（h_n[-2] と h_n[-1]）から計算します。",
)
squeezed = misconception(
    edit("return self.fc(states)", "return self.fc(states).squeeze()"),
    en="squeeze() also removes the batch when it holds a single title. Leave it out: (1, L) is what a batch of one should give.",
    ja="squeeze() が、1 件だけのバッチの軸まで消しています。1 件でも (1, L) を返すべきなので、squeeze() は要りません。",
)
