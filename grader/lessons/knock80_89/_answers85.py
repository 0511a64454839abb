"""The answers to problem 85 that are known beforehand, right and wrong, as edits of the reference."""

from grader.checks import accepts, edit, misconception
from grader.lessons.knock80_89 import _models

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
relu = accepts(edit("num_layers, bidirectional", 'num_layers, nonlinearity="relu", bidirectional'))
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
states_by_number = misconception(
    edit(BOTH, "torch.cat([h_n[2], h_n[3]], dim=1)"),
    en="h_n[2] and h_n[3] are the last layer's states of two layers only. Counted from the end they fit any number: h_n[-2] and "
    "h_n[-1].",
    ja="h_n[2] と h_n[3] が最終層の状態になるのは、2 層のときだけです。h_n[-2] と h_n[-1] のように後ろから数えれば、何層でも合います。",
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
one_reader_for_both = misconception(
    edit("num_layers, bidirectional=True, batch_first", "num_layers, batch_first"),
    edit(
        "        out, h_n = self.rnn(packed)",
        """        _, onward = self.rnn(packed)
        places = torch.arange(ids.size(1)).expand(ids.shape)
        turned = torch.where(places < lengths[:, None], lengths[:, None] - 1 - places, places)
        packed = pack_padded_sequence(
            emb.gather(1, turned[:, :, None].expand(emb.shape)), lengths.cpu(), batch_first=True, enforce_sorted=False
        )
        _, back = self.rnn(packed)""",
    ),
    edit("torch.cat([h_n[-2], h_n[-1]], dim=1)", "torch.cat([onward[-1], back[-1]], dim=1)"),
    en="One and the same RNN reads from the left and from the right. The two readers have weights of their own: pass bidirectional=True, or make a second RNN.",
    ja="左から読むのも右から読むのも、同じ 1 つの RNN です。2 つの読み手は別々の重みを持ちます。bidirectional=True を渡すか、RNN をもう 1 つ作りましょう。",
)
