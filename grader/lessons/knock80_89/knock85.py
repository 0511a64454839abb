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


STEPS = Text(
    en="Walk one title through: ids (B, T) → emb (B, T, E) → h_n (num_layers * 2, B, H) → the last two of it, h_n[-2] forward and "
    "h_n[-1] backward, (B, H) each → side by side (B, 2H) → fc (B, L). Print the shapes. Which two states go into fc, of which layer, and "
    "has each of them read the whole title? If you pack: is a length the number of ids that are not padding_idx?",
    ja="1 件の題名を順に追いましょう: ids (B, T) → emb (B, T, E) → h_n (層数 × 2, B, H) → その最後の 2 つ、順方向 h_n[-2] と逆方向 h_n[-1]（どちらも (B, H)）→ "
    "横に並べて (B, 2H) → fc (B, L)。形を表示し、fc に入る 2 つの状態がどの層のものか、どちらも題名を全部読み終えているかを確かめましょう。"
    "pack する場合、長さは「padding_idx でない ID の数」になっていますか。",
)


def build(student: Student, draw: Draw, num_layers: int = 2) -> _models.Classifier:
    """A model whose sizes are all distinct, with drawn parameters, in evaluation mode."""
    sizes = {**_models.drawn_sizes(draw, "emb_size", "hidden_size"), "num_layers": num_layers}
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
    few, many = draw.sizes(2, smallest=5)
    model.agrees(model.titles(draw, few, many), STEPS)
    model.agrees(model.titles(draw, many, 26 + few), STEPS, longer=True)  # a second call, of other sizes


@check(points=1, after=output_shape, ja="バッチ内の題名どうしは影響し合わない")
def titles_are_independent(student: Student, draw: Draw) -> Text | None:
    """Each title is judged by itself: alone it gives what it gives within a batch of long and short ones."""
    model = build(student, draw)
    _models.independent_titles(model, draw)
    kept = list(student.exchanges)
    batch, time = draw.sizes(2)
    ids = model.titles(draw, batch, time)
    padded = torch.cat([ids, torch.full((batch, 3), model.vocab_size - 1)], dim=1)
    unread = properties.close(model(padded), model(ids))
    student.exchanges[:] = kept  # a matter for advice: the known answers differ in it
    return None if unread else PADDING_IS_READ


@check(points=1, after=output_shape, ja="指定した大きさがどの層にも届き、どの式にも b がある")
def follows_the_formula(student: Student, draw: Draw) -> Text | None:
    """The sizes that are asked for reach their layers, and each layer adds its b."""
    return _models.follows_the_contract(build(student, draw), student, directions=2)


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


@check(points=1, after=output_shape, ja="num_layers の数だけ層が重なる")
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
UNPACKED = edit("self.rnn(packed)", "self.rnn(emb)")  # in whatever RNN
HALF = "out.shape[2] // 2"

backward_first = accepts(edit(BOTH, "torch.cat([h_n[-1], h_n[-2]], dim=1)"))
lstm = accepts(edit("nn.RNN(", "nn.LSTM("), edit("out, h_n =", "out, (h_n, _) ="))
gru = accepts(edit("nn.RNN(", "nn.GRU("))
lstm_backward_first = accepts(*lstm.edits, *backward_first.edits)
gru_backward_first = accepts(*gru.edits, *backward_first.edits)
not_packed = accepts(UNPACKED)
by_output = accepts(UNPACKED, edit(BOTH, f"torch.cat([out[:, -1, : {HALF}], out[:, 0, {HALF} :]], dim=1)"))
reshaped = accepts(edit(BOTH, "h_n[-2:].transpose(0, 1).flatten(1)"))
gathered = accepts(
    UNPACKED,
    edit(BOTH, f"torch.cat([out[torch.arange(len(ids)), lengths - 1, : {HALF}], out[:, 0, {HALF} :]], dim=1)"),
)
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
    UNPACKED,
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
    UNPACKED,
    edit("bidirectional=True, batch_first=True", "bidirectional=True"),
    edit(BOTH, "torch.cat([out[-1, :, : self.rnn.hidden_size], out[0, :, self.rnn.hidden_size :]], dim=1)"),
    edit("emb = self.emb(ids)", "emb = self.emb(ids).reshape(ids.shape[1], len(ids), -1)"),
    en="reshape or view stands where a transpose is due. (B, T, E) and (T, B, E) hold as many numbers, but the words of all "
    "titles get mixed. Use batch_first=True, or transpose(0, 1).",
    ja="transpose すべきところで reshape（view）を使っています。(B, T, E) と (T, B, E) は要素数が同じでも、別々の題名の単語が混ざります。"
    "batch_first=True か transpose(0, 1) を使いましょう。",
)
mean_over_time = misconception(
    UNPACKED,
    edit(BOTH, "out.mean(dim=1)"),
    en="The states are averaged over time. y comes from the last state of each direction: h_n[-2] and h_n[-1].",
    ja="全時刻の状態を平均しています。y は各方向の最後の状態（h_n[-2] と h_n[-1]）から計算します。",
)
squeezed = misconception(
    edit("return self.fc(states)", "return self.fc(states).squeeze()"),
    en="squeeze() also removes the batch when it holds a single title. Leave it out: (1, L) is what a batch of one should give.",
    ja="squeeze() が、1 件だけのバッチの軸まで消しています。1 件でも (1, L) を返すべきなので、squeeze() は要りません。",
)
sorted_and_not_put_back = misconception(
    edit(
        "lengths = (~padding).sum(dim=1).clamp(min=1)",
        "lengths, order = (~padding).sum(dim=1).clamp(min=1).sort(descending=True)",
    ),
    edit("emb = self.emb(ids)", "emb = self.emb(ids[order])"),
    en="The titles are sorted by length for packing and never put back. Each row of the output belongs to some other title. Undo it, "
    "h_n[:, order.argsort()], or let enforce_sorted=False do both.",
    ja="pack のために題名を長さ順に並べ替え、元の順番に戻していません。出力の各行が別の題名のものになります。h_n[:, order.argsort()] で戻すか、"
    "enforce_sorted=False に任せましょう。",
)
padding_taken_to_be_zero = misconception(
    edit("ids == self.emb.padding_idx", "ids == 0"),
    en="Padding is taken to be the id 0, whatever padding_idx says. 0 is the unknown word, so unknown words are thrown out of the titles "
    "and the padding is read. Compare with padding_idx.",
    ja="padding_idx の指定にかかわらず、ID 0 をパディングとみなしています。0 は未知語の番号なので、題名から未知語が捨てられ、本当のパディングは読まれてしまいます。"
    "padding_idx と比べましょう。",
)
first_layer_forward = misconception(
    edit(BOTH, "torch.cat([h_n[0], h_n[-1]], dim=1)"),
    en="h_n[0] is the forward state of the first layer, h_n[-1] the backward one of the last. With one layer they fit together; with more, "
    "count from the end for both: h_n[-2] and h_n[-1].",
    ja="h_n[0] は 1 層目の順方向、h_n[-1] は最終層の逆方向です。1 層のときだけ正しい組になります。どちらも後ろから数えて h_n[-2] と h_n[-1] を使いましょう。",
)
last_word_dropped = misconception(
    edit("(~padding).sum(dim=1).clamp(min=1)", "((~padding).sum(dim=1) - 1).clamp(min=1)"),
    en="The lengths are one too small, so the last word of each title is never read. -1 is right for an index, not for a length.",
    ja="長さが 1 つ小さく、各題名の最後の単語が読まれていません。-1 するのは添字のときで、長さは単語数そのものです。",
)
lengths_of_the_first = misconception(
    edit(
        "lengths = (~padding).sum(dim=1).clamp(min=1)",
        "lengths = (~padding).sum(dim=1).clamp(min=1)[:1].expand(len(ids))",
    ),
    en="All titles are given the length of the first. Shorter ones are read with their padding, longer ones lose their end. Count the words "
    "of each row: sum(dim=1).",
    ja="すべての題名に 1 件目の長さを使っています。それより短い題名はパディングまで読まれ、長い題名は末尾が失われます。行ごとに sum(dim=1) で数えましょう。",
)
second_reader_not_turned = misconception(
    UNPACKED,
    edit(BOTH, f"torch.cat([out[:, 0, : {HALF}], out[:, -1, {HALF} :]], dim=1)"),
    en="The two ends are taken the wrong way round: the forward reader at the first word, the backward reader at the last, where each has "
    "read one word only. Forward belongs to out[:, -1], backward to out[:, 0].",
    ja="両端の取り方が逆です。順方向を先頭の単語で、逆方向を最後の単語で取り出していて、どちらも 1 語しか読んでいません。順方向は out[:, -1]、逆方向は out[:, 0] です。",
)
no_bias = misconception(
    edit("nn.Linear(2 * hidden_size, output_size)", "nn.Linear(2 * hidden_size, output_size, bias=False)"),
    en="A bias is missing. The formula of y ends in “+ b_y”, and that of the states has one too; bias=False leaves it out.",
    ja="バイアスがありません。y の式は「+ b_y」で終わり、状態の式にもバイアスがあります。bias=False を外しましょう。",
)
size_ignored = misconception(
    edit("nn.Linear(2 * hidden_size, output_size)", "nn.Linear(2 * hidden_size, 4)"),
    en="A size stands in the signature and does nothing: a number is written where it should go. With other data, or when 88 tries other "
    "sizes, the model stays as it was. Hand the argument on to the layer.",
    ja="引数で受け取った大きさが使われず、層に決まった数が書かれています。別のデータで使うときも、88 で大きさを変えるときも、モデルが変わりません。"
    "引数を層に渡しましょう。",
)
dropout_left_on = misconception(
    edit("self.fc(states)", "self.fc(F.dropout(states, 0.5))"),
    en=_models.DROPOUT_EN,
    ja=_models.DROPOUT_JA,
)
half_precision = misconception(
    edit("self.fc(states)", "self.fc(states.bfloat16().float())"),
    en=_models.ROUNDED_EN,
    ja=_models.ROUNDED_JA,
)
titles_cut = misconception(
    edit("padding = ids == self.emb.padding_idx", "ids = ids[:, :20]\n        padding = ids == self.emb.padding_idx"),
    en=_models.CUT_EN,
    ja=_models.CUT_JA,
)
