"""RNN(vocab_size, emb_size, padding_idx, output_size, hidden_size): ids (B, T) -> (B, L), y from h_T, h_0 = 0."""

from grader import properties
from grader.draw import Draw
from grader.lessons.declare import accepts, check, edit, misconception
from grader.lessons.knock80_89 import _models
from grader.model import Text
from grader.student import Student

TITLE = Text(en="81. Predicting with an RNN", ja="81. RNN による予測")
NAMES = ("RNN",)
STARTERS = (
    Text(
        en="Three layers: `nn.Embedding(vocab_size, emb_size)`, `nn.RNN(emb_size, hidden_size)` and "
        "`nn.Linear(hidden_size, output_size)`.",
        ja="必要な層は 3 つです。`nn.Embedding(vocab_size, emb_size)`、`nn.RNN(emb_size, hidden_size)`、`nn.Linea"
        "r(hidden_size, output_size)`。",
    ),
    Text(
        en="Write the shapes beside each line: (B, T), (B, T, E), (B, T, H), (B, H), (B, L). Which order of "
        "axes does `nn.RNN` expect by default?",
        ja="各行に形を書き添えましょう。(B, T)、(B, T, E)、(B, T, H)、(B, H)、(B, L)。`nn.RNN` が既定で想定する軸の順番はどうでしょう。",
    ),
    Text(
        en="Return the numbers as they come out of the last layer: no softmax, the loss does that.",
        ja="最後の層の出力をそのまま返します。softmax は損失の側でとるので要りません。",
    ),
)


def build(student: Student, draw: Draw) -> _models.Classifier:
    """A model whose sizes are all distinct, with drawn parameters, in evaluation mode."""
    emb_size, output_size, hidden_size = draw.sizes(3)
    sizes = {"vocab_size": _models.VOCABULARY, "emb_size": emb_size, "padding_idx": _models.PADDING}
    return _models.build(student, draw, "RNN", **sizes, output_size=output_size, hidden_size=hidden_size)


@check(points=1, ja="(B, T) の ID から (B, L) の出力が得られる")
def output_shape(student: Student, draw: Draw) -> None:
    """Ids (B, T) become scores (B, L)."""
    model = build(student, draw)
    batch, time = draw.sizes(2)
    model(model.titles(draw, batch, time))


@check(points=1, after=output_shape, ja="1 件だけのバッチでも動く")
def a_batch_of_one(student: Student, draw: Draw) -> None:
    """A batch of one title works too."""
    model = build(student, draw)
    (time,) = draw.sizes(1)
    model(model.titles(draw, 1, time))


@check(points=4, after=output_shape, ja="出力は h_0 = 0 から始めた最後の状態 h_T で決まる（あなたの重みで検算）")
def computes_the_recurrence(student: Student, draw: Draw) -> None:
    """The output is computed from the last state h_T, starting from h_0 = 0: recomputed with your own weights."""
    model = build(student, draw)
    batch, time = draw.sizes(2)
    model(model.titles(draw, batch, time))
    student.must_agree(_models.SCORES)


@check(points=2, after=output_shape, ja="バッチ内の題名どうしは影響し合わない")
def titles_are_independent(student: Student, draw: Draw) -> None:
    """Each title is judged by itself: the last one alone gives what it gives within the batch."""
    model = build(student, draw)
    batch, time = draw.sizes(2)
    ids = model.titles(draw, batch, time)
    together = model(ids)
    # The first row would not do: with batch and time confused it still looks right.
    alone = model(ids[-1:])
    properties.equal(together[-1:], alone, Text(en="the output of the last title", ja="最後の題名に対する出力"))


@check(points=2, after=output_shape, ja="前のバッチの状態を引きずらない")
def every_batch_starts_afresh(student: Student, draw: Draw) -> None:
    """Nothing is carried over from batch to batch: the same titles give the same output again."""
    model = build(student, draw)
    batch, time = draw.sizes(2)
    ids = model.titles(draw, batch, time)
    once = model(ids)
    model(model.titles(draw, batch, time))
    again = model(ids)
    properties.equal(
        again,
        once,
        Text(en="the output for the same titles, asked again", ja="同じ題名をもう一度入れたときの出力"),
        help=Text(en="What does the model keep between two calls?", ja="モデルは呼び出しの間に何を覚えていますか。"),
    )


gru = accepts(edit("nn.RNN(", "nn.GRU("))
lstm = accepts(edit("nn.RNN(", "nn.LSTM("), edit("out, h_n =", "out, (h_n, _) ="))
relu = accepts(edit("hidden_size, batch_first", 'hidden_size, nonlinearity="relu", batch_first'))
last_output = accepts(edit("self.fc(h_n[-1])", "self.fc(out[:, -1])"))
log_probabilities = accepts(edit("self.fc(h_n[-1])", "self.fc(h_n[-1]).log_softmax(dim=-1)"))
probabilities = accepts(edit("self.fc(h_n[-1])", "self.fc(h_n[-1]).softmax(dim=-1)"))
time_first_inside = accepts(edit(", batch_first=True", ""), edit("self.rnn(emb)", "self.rnn(emb.transpose(0, 1))"))
optional_h0 = accepts(edit("def forward(self, ids):", "def forward(self, ids, h0=None):"), edit("(emb)", "(emb, h0)"))
loop_over_cells = accepts(
    edit("self.rnn = nn.RNN(emb_size, hidden_size, batch_first=True)", "self.rnn = nn.RNNCell(emb_size, hidden_size)"),
    edit(
        "out, h_n = self.rnn(emb)",
        "h = torch.zeros(len(ids), self.fc.in_features)\n"
        "        for t in range(ids.shape[1]):\n            h = self.rnn(emb[:, t], h)\n        h_n = h[None]",
    ),
)

no_batch_first = misconception(
    edit(", batch_first=True", ""),
    en="Batch and time are confused: without batch_first=True, nn.RNN reads (T, B, E), so the titles of the batch are "
    "read as one sentence. Pass batch_first=True.",
    ja="バッチと時間を取り違えています。batch_first=True がないと nn.RNN は入力を (T, B, E) と読むので、バッチ内の題名が 1 つの文のように"
    "つながってしまいます。batch_first=True を付けましょう。",
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
    edit("self.fc(h_n[-1])", "self.fc(h_n[-1]).relu()"),
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
