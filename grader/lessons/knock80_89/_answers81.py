"""The answers to problem 81 that are known beforehand, right and wrong, as edits of the reference."""

from grader.checks import accepts, edit, misconception
from grader.lessons.knock80_89 import _models

gru = accepts(edit("nn.RNN(", "nn.GRU("))
lstm = accepts(edit("nn.RNN(", "nn.LSTM("), edit("out, h_n =", "out, (h_n, _) ="))
relu = accepts(edit("hidden_size, batch_first", 'hidden_size, nonlinearity="relu", batch_first'))
last_output = accepts(edit("self.fc(h_n[-1])", "self.fc(out[:, -1])"))
log_probabilities = accepts(edit("self.fc(h_n[-1])", "self.fc(h_n[-1]).log_softmax(dim=-1)"))
probabilities = accepts(edit("self.fc(h_n[-1])", "self.fc(h_n[-1]).softmax(dim=-1)"))
time_first_inside = accepts(edit(", batch_first=True", ""), edit("self.rnn(emb)", "self.rnn(emb.transpose(0, 1))"))
optional_h0 = accepts(edit("def forward(self, ids):", "def forward(self, ids, h0=None):"), edit("(emb)", "(emb, h0)"))
CELL = "self.rnn = nn.RNN(emb_size, hidden_size, batch_first=True)"
LOOP = (
    "h = torch.zeros(len(ids), self.fc.in_features)\n"
    "        for t in range(ids.shape[1]):\n            h = {step}\n        h_n = h[None]"
)
loop_over_cells = accepts(
    edit(CELL, "self.rnn = nn.RNNCell(emb_size, hidden_size)"),
    edit("out, h_n = self.rnn(emb)", LOOP.format(step="self.rnn(emb[:, t], h)")),
)
# One matrix for the word and the state together cannot be matched with two.
one_linear = accepts(
    edit(CELL, "self.rnn = nn.Linear(emb_size + hidden_size, hidden_size)"),
    edit("out, h_n = self.rnn(emb)", LOOP.format(step="self.rnn(torch.cat([emb[:, t], h], dim=1)).tanh()")),
)
one_linear_state_first = accepts(
    edit(CELL, "self.rnn = nn.Linear(hidden_size + emb_size, hidden_size)"),
    edit("out, h_n = self.rnn(emb)", LOOP.format(step="self.rnn(torch.cat([h, emb[:, t]], dim=1)).tanh()")),
)
one_linear_relu = accepts(
    edit(CELL, "self.rnn = nn.Linear(emb_size + hidden_size, hidden_size)"),
    edit("out, h_n = self.rnn(emb)", LOOP.format(step="self.rnn(torch.cat([emb[:, t], h], dim=1)).relu()")),
)

no_batch_first = misconception(
    edit(", batch_first=True", ""),
    en="Batch and time are confused: without batch_first=True, nn.RNN reads (T, B, E), so the titles of the batch are "
    "read as one sentence. Pass batch_first=True.",
    ja="バッチと時間を取り違えています。batch_first=True がないと nn.RNN は入力を (T, B, E) と読むので、バッチ内の題名が 1 つの文のように"
    "つながってしまいます。batch_first=True を付けましょう。",
)
view_for_transpose = misconception(
    edit(", batch_first=True", ""),
    edit("self.rnn(emb)", "self.rnn(emb.view(emb.size(1), emb.size(0), -1))"),
    en="view and reshape do not exchange axes: they read the numbers in the same order into another shape, so the words of several titles are mixed. Use "
    "emb.transpose(0, 1), or batch_first=True.",
    ja="view や reshape では軸は入れ替わりません。同じ順に並んだ数を別の形に区切り直すだけなので、別々の題名の単語が混ざります。emb.transpose(0, 1) か、batch_first=True を使いましょう。",
)
layer_axis_kept = misconception(
    edit("self.fc(h_n[-1])", "self.fc(h_n)"),
    en="The state has its axis of layers in front, (1, B, H): take h_n[-1]. (h_n = self.rnn(emb) alone is the pair of outputs and state: unpack it "
    "first.)",
    ja="状態の先頭に層の軸が付いたままで、形が (1, B, H) です。h_n[-1] を使いましょう。（h_n = self.rnn(emb) とだけ書くと、出力と状態の組になります。その場合は先に 2 つに"
    "分けて受け取りましょう。）",
)
mean_over_time = misconception(
    edit("self.fc(h_n[-1])", "self.fc(out.mean(dim=1))"),
    en="The states are averaged over time. The problem asks for y from the last state h_T alone: h_n[-1] or out[:, -1].",
    ja="全時刻の状態を平均しています。問題では最後の状態 h_T だけから y を計算します。h_n[-1] か out[:, -1] を使いましょう。",
)
sum_over_time = misconception(
    edit("self.fc(h_n[-1])", "self.fc(out.sum(dim=1))"),
    en="The states are summed over time. y comes from the last state h_T alone, which has already read the whole title: "
    "h_n[-1] or out[:, -1].",
    ja="全時刻の状態を足し合わせています。最後の状態 h_T はすでに題名全体を読み終えているので、y はそれだけから計算します。"
    "h_n[-1] か out[:, -1] を使いましょう。",
)
first_state = misconception(
    edit("self.fc(h_n[-1])", "self.fc(out[:, 0])"),
    en="The output comes from the first state. h_1 has seen only the first word; the whole title is in the last state, "
    "h_n[-1] or out[:, -1].",
    ja="最初の状態から出力を計算しています。h_1 は先頭の 1 語しか見ていません。題名全体を読んだのは最後の状態（h_n[-1] か out[:, -1]）です。",
)
squeezed = misconception(
    edit("self.fc(h_n[-1])", "self.fc(h_n.squeeze())"),
    en="squeeze() also removes the batch when it holds a single title. It drops every axis of size 1, so (1, 1, H) "
    "becomes (H) instead of (1, H). Name the axis: squeeze(0), or take h_n[-1].",
    ja="squeeze() が、1 件だけのバッチの軸まで消しています。大きさ 1 の軸をすべて落とすので、(1, 1, H) が (1, H) ではなく (H) になります。"
    "squeeze(0) のように軸を指定するか、h_n[-1] を使いましょう。",
)
softmax_over_batch = misconception(
    edit("self.fc(h_n[-1])", "self.fc(h_n[-1]).softmax(dim=0)"),
    en="The softmax runs over the batch. The titles compete with one another, where the categories of one title should; "
    "a title's probabilities then depend on its neighbours. Use dim=-1, or return the logits.",
    ja="softmax をバッチの軸でとっています。1 つの題名のカテゴリどうしではなく、題名どうしが競い合うことになり、隣の題名しだいで確率が変わります。"
    "dim=-1 にするか、ロジットのまま返しましょう。",
)
relu_on_logits = misconception(
    edit(
        "nn.Linear(hidden_size, output_size)", "nn.Sequential(nn.Linear(hidden_size, output_size), nn.ReLU())"
    ),  # there, so that it can be made whatever goes into the layer
    en="A ReLU stands behind the output layer. Every negative logit becomes 0, so unlikely categories cannot be told "
    "apart and get no gradient. Return the output of the linear layer as it is.",
    ja="出力層の後ろに ReLU があります。負のロジットがすべて 0 になり、ありそうもないカテゴリどうしの区別がつかず、勾配も流れません。"
    "線形層の出力をそのまま返しましょう。",
)
no_output_layer = misconception(
    edit("self.fc(h_n[-1])", "h_n[-1]"),
    en="The state is returned as it is, (B, H). The output layer is what turns H numbers into one score for each of the "
    "L categories: return self.fc(h_n[-1]).",
    ja="状態 (B, H) をそのまま返しています。H 個の数を L 個のカテゴリの得点に変えるのが出力層です。self.fc(h_n[-1]) を返しましょう。",
)
every_step = misconception(
    edit("self.fc(h_n[-1])", "self.fc(out)"),
    en="There is an output for every word, (B, T, L). A title has one category: compute y from the last state only.",
    ja="単語ごとに出力があり、形が (B, T, L) になっています。題名のカテゴリは 1 つなので、最後の状態だけから y を計算しましょう。",
)
random_h0 = misconception(
    edit("self.rnn(emb)", "self.rnn(emb, torch.randn(1, len(ids), self.rnn.hidden_size))"),
    en="The state starts from random numbers. The same title then gets another output each time; the problem says "
    "h_0 = 0, which is what nn.RNN takes when no h_0 is given.",
    ja="初期状態が乱数になっています。同じ題名でも毎回出力が変わってしまいます。問題では h_0 = 0 で、nn.RNN は h_0 を渡さなければ 0 を使います。",
)
h0_of_one_size = misconception(
    edit("self.rnn(emb)", "self.rnn(emb, torch.zeros(1, 32, self.rnn.hidden_size))"),
    en="h_0 is made for one batch size. The last batch of the data is nearly always smaller, and a single title never "
    "fits. Make it from the input, torch.zeros(1, len(ids), H), or leave it out.",
    ja="h_0 の大きさが特定のバッチサイズに固定されています。最後のバッチはたいてい小さく、1 件だけの予測も動きません。"
    "torch.zeros(1, len(ids), H) のように入力から作るか、省略しましょう。",
)
state_carried_over = misconception(
    edit(
        "out, h_n = self.rnn(emb)",
        "h0 = getattr(self, 'h0', None)\n        out, h_n = self.rnn(emb, h0)\n        self.h0 = h_n.detach()",
    ),
    en="The state of the last batch is the beginning of the next. Titles are no continuous text: what stood before must "
    "not matter, so start every batch from h_0 = 0.",
    ja="前のバッチの最後の状態から読み始めています。題名は続き物の文章ではないので、直前に何を読んだかで結果が変わってはいけません。毎回 h_0 = 0 から始めましょう。",
)
reads_from_the_right = misconception(
    edit("emb = self.emb(ids)", "emb = self.emb(ids).flip(1)"),
    en="The title is read from the right: it is turned round before the RNN reads it. h_T is then the state after the first word. "
    "Leave flip out; reading from both ends comes in 85.",
    ja="題名を右から読んでいます。RNN に入れる前に並びを逆にしているので、h_T が先頭の単語を読んだ後の状態になります。"
    "flip は外しましょう（両側から読むのは 85 です）。",
)
state_before_the_last = misconception(
    edit("self.fc(h_n[-1])", "self.fc(out[:, max(0, out.shape[1] - 2)])"),
    en="The state before the last is used, so the last word of the title never counts. The index of h_T is -1: h_n[-1] or out[:, -1].",
    ja="最後の 1 つ手前の状態を使っているので、題名の最後の単語が結果に入りません。h_T の添字は -1 です（h_n[-1] か out[:, -1]）。",
)
maximum_over_time = misconception(
    edit("self.fc(h_n[-1])", "self.fc(out.amax(dim=1))"),
    en="The maximum of the states over time is used. That is the pool of the CNN in 86; here y comes from the last state h_T alone.",
    ja="全時刻の状態の最大値を使っています。それは 86 の CNN のプーリングです。ここでは最後の状態 h_T だけから y を計算します。",
)
first_title_only = misconception(
    edit("self.fc(h_n[-1])", "self.fc(out[-1])"),
    en="out[-1] is the last title of the batch with all its words, not the last word of each title. The axes are (B, T, H): out[:, -1].",
    ja="out[-1] は「バッチの最後の題名の全単語」で、「各題名の最後の単語」ではありません。軸は (B, T, H) なので out[:, -1] です。",
)
no_activation = misconception(
    edit(CELL, "self.rnn = nn.RNNCell(emb_size, hidden_size)"),
    edit(
        "out, h_n = self.rnn(emb)",
        LOOP.format(
            step="F.linear(emb[:, t], self.rnn.weight_ih, self.rnn.bias_ih)"
            " + F.linear(h, self.rnn.weight_hh, self.rnn.bias_hh)"
        ),
    ),
    en="The tanh is missing: the new state is W_hx emb + W_hh h + b as it is. Without it the states grow from word to word, and the "
    "whole RNN is linear. Put the sum through torch.tanh.",
    ja="tanh が抜けていて、新しい状態が W_hx emb + W_hh h + b のままです。これでは状態が 1 語ごとに膨らみ、RNN 全体が線形になってしまいます。"
    "和を torch.tanh に通しましょう。",
)
state_not_used = misconception(
    edit(CELL, "self.rnn = nn.RNNCell(emb_size, hidden_size)"),
    edit("out, h_n = self.rnn(emb)", LOOP.format(step="self.rnn(emb[:, t], torch.zeros_like(h))")),
    en="The state is never handed on: each step starts from zero again, so the last state has seen only the last word. Give each "
    "step the state of the step before.",
    ja="状態が次の時刻に渡っていません。毎回 0 から始めているので、最後の状態は最後の 1 語しか見ていません。前の時刻の状態を渡しましょう。",
)
no_bias = misconception(
    edit("nn.Linear(hidden_size, output_size)", "nn.Linear(hidden_size, output_size, bias=False)"),
    en="A bias is missing. Both formulas of 81 end in “+ b”; bias=False leaves it out. Without b_y the model cannot say that some "
    "categories are more frequent than others.",
    ja="バイアスがありません。81 の 2 つの式はどちらも「+ b」で終わります。bias=False を外しましょう。b_y がないと、"
    "もともと多いカテゴリと少ないカテゴリの差を表せません。",
)
size_ignored = misconception(
    edit("nn.Linear(hidden_size, output_size)", "nn.Linear(hidden_size, 4)"),
    en="A size stands in the signature and does nothing: a number is written where it should go. With other data, or when 88 tries "
    "other sizes, the model stays as it was. Hand the argument on to the layer.",
    ja="引数で受け取った大きさが使われず、層に決まった数が書かれています。別のデータで使うときも、88 で大きさを変えるときも、モデルが変わりません。"
    "引数を層に渡しましょう。",
)
dropout_left_on = misconception(
    edit("self.fc(h_n[-1])", "self.fc(F.dropout(h_n[-1], 0.5))"),
    en=_models.DROPOUT_EN,
    ja=_models.DROPOUT_JA,
)
half_precision = misconception(
    edit("self.fc(h_n[-1])", "self.fc(h_n[-1].bfloat16().float())"),
    en=_models.ROUNDED_EN,
    ja=_models.ROUNDED_JA,
)
titles_cut = misconception(
    edit("emb = self.emb(ids)", "emb = self.emb(ids[:, :20])"),
    en=_models.CUT_EN,
    ja=_models.CUT_JA,
)
zero_taken_for_padding = misconception(
    edit("self.fc(h_n[-1])", "self.fc(out[torch.arange(len(ids)), (ids != 0).sum(dim=1).clamp(min=1) - 1])"),
    en="Id 0 is taken for padding: the end of a title is looked for by ids != 0. But 0 is an unknown word, which may stand anywhere, so the state is read too "
    "early. Compare with padding_idx.",
    ja="ID 0 をパディングとみなし、題名の終わりを ids != 0 で探しています。0 は未知語の番号で、題名のどこにでも現れるので、状態を読む位置が手前にずれます。padding_idx と比べ"
    "ましょう。",
)
