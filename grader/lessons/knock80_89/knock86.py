"""CNN(vocab_size, emb_size, padding_idx, output_size, out_channels, kernel_heights=3, stride=1, padding=1): (B, T) -> (B, L)."""

from grader import properties
from grader.draw import Draw
from grader.errors import Failure
from grader.lessons.declare import accepts, check, edit, misconception
from grader.lessons.knock80_89 import _models
from grader.model import Text
from grader.student import Student

TITLE = Text(en="86. A convolutional network (CNN)", ja="86. 畳み込みニューラルネットワーク（CNN）")
NAMES = ("CNN",)
STARTERS = (
    Text(
        en="Three layers: `nn.Embedding`, an `nn.Conv1d` from E to C channels, and an `nn.Linear` from C to L. "
        "Which arguments of yours does the convolution take?",
        ja="必要な層は 3 つです。`nn.Embedding`、E から C チャネルへの `nn.Conv1d`、C から L への `nn.Linear`。畳み込みに渡すべき引数はどれで"
        "しょう。",
    ),
    Text(
        en="`nn.Conv1d` slides along the last axis and wants (B, E, T), while the embedding gives (B, T, E).",
        ja="`nn.Conv1d` は最後の軸に沿って動くので (B, E, T) を受け取ります。埋め込みの出力は (B, T, E) です。",
    ),
    Text(
        en="After the activation the windows are (B, C, T'): pool over the windows to (B, C), whatever their number.",
        ja="活性化関数のあとの窓は (B, C, T') です。窓の数がいくつでも、窓の軸でプーリングして (B, C) にします。",
    ),
)


def build(student: Student, draw: Draw, **shape: int) -> _models.Classifier:
    """A model whose sizes are all distinct, with drawn parameters, in evaluation mode."""
    emb_size, output_size, out_channels = draw.sizes(3, smallest=7)
    sizes = {"vocab_size": _models.VOCABULARY, "emb_size": emb_size, "padding_idx": _models.PADDING}
    sizes |= {"output_size": output_size, "out_channels": out_channels}
    return _models.build(student, draw, "CNN", **sizes, **shape)


@check(points=1, ja="(B, T) の ID から (B, L) の出力が得られる")
def output_shape(student: Student, draw: Draw) -> None:
    """Ids (B, T) become scores (B, L)."""
    model = build(student, draw)
    batch, time = draw.sizes(2)
    model(model.titles(draw, batch, time))


@check(points=1, after=output_shape, ja="1 件だけのバッチでも、1 語だけの題名でも動く")
def one_title_one_word(student: Student, draw: Draw) -> None:
    """A batch of one title works, and so does a title of one word."""
    model = build(student, draw)
    batch, time = draw.sizes(2)
    model(model.titles(draw, 1, time))
    any_length(student)
    model(model.titles(draw, batch, 1))


def any_length(student: Student) -> None:
    """Raises Failure for a model that is made for titles of one length."""
    length = _models.own_length(student, "CNN")
    if length:
        raise Failure(
            Text(
                en=f"The model can only be asked about titles of about {length} words: shorter ones raise an error, and of "
                "longer ones the end is lost.",
                ja=f"{length} 語前後の題名しか入力できません。それより短いとエラーになり、長いと末尾が使われません。",
            ),
            misconception="fixed_pool_width",
        )


@check(points=4, after=output_shape, ja="3 語の窓を畳み込み、時間方向の最大値から y を計算する（あなたの重みで検算）")
def convolves_and_pools(student: Student, draw: Draw) -> None:
    """Windows of three words are convolved and the maximum over time gives y: recomputed with your own weights."""
    model = build(student, draw)
    batch, time = draw.sizes(2, smallest=5)
    model(model.titles(draw, batch, time))
    student.must_agree(_models.SCORES)


@check(points=1, after=output_shape, ja="長い題名でも、最後の単語まで最大値に加わる")
def long_titles(student: Student, draw: Draw) -> None:
    """The maximum runs over all of the time: the last words of a long title count as well."""
    model = build(student, draw)
    any_length(student)
    model(model.titles(draw, 3, 41))
    student.must_agree(_models.SCORES)


@check(points=1, after=output_shape, ja="バッチ内の題名どうしは影響し合わない")
def titles_are_independent(student: Student, draw: Draw) -> None:
    """Each title is judged by itself: the last one alone gives what it gives within the batch."""
    model = build(student, draw)
    batch, time = draw.sizes(2)
    ids = model.titles(draw, batch, time)
    together = model(ids)
    properties.equal(
        together[-1:], model(ids[-1:]), Text(en="the output of the last title", ja="最後の題名に対する出力")
    )


@check(points=2, after=output_shape, ja="kernel_heights・stride・padding の指定が効く")
def sizes_are_respected(student: Student, draw: Draw) -> None:
    """kernel_heights, stride and padding do what they say."""
    if not _models.ask_for(student, "CNN", "kernel_heights", "stride", "padding"):
        return  # its sizes stand in the class or in globals: there is nothing to ask for
    any_length(student)
    model = build(student, draw, kernel_heights=5, stride=2, padding=2)
    model(model.titles(draw, 3, 12))  # of even length: the two ends are not treated alike
    student.must_agree(_models.SCORES)


CONVOLUTION = "nn.Conv1d(emb_size, out_channels, kernel_heights, stride, padding)"
WINDOWS = "self.conv(emb.transpose(1, 2))"

conv2d = accepts(
    edit(CONVOLUTION, "nn.Conv2d(1, out_channels, (kernel_heights, emb_size), stride, (padding, 0))"),
    edit(WINDOWS, "self.conv(emb.unsqueeze(1)).squeeze(3)"),
)
unfold = accepts(
    edit(
        CONVOLUTION,
        "nn.Linear(kernel_heights * emb_size, out_channels)\n        self.shape = kernel_heights, stride, padding",
    ),
    edit(
        WINDOWS,
        "self.conv(F.pad(emb, (0, 0, self.shape[2], self.shape[2])).unfold(1, self.shape[0], self.shape[1])\n"
        "            .transpose(2, 3).flatten(2)).transpose(1, 2)",
    ),
)
tanh = accepts(edit(".relu()", ".tanh()"))
pool_first = accepts(edit(".relu().amax(dim=2)", ".amax(dim=2).relu()"))
pool_function = accepts(
    edit(".amax(dim=2)", ""), edit("(pooled)", "(F.max_pool1d(pooled, pooled.shape[2]).squeeze(2))")
)
dropout = accepts(edit("self.fc(pooled)", "self.fc(F.dropout(pooled, 0.5, self.training))"))
log_probabilities = accepts(edit("self.fc(pooled)", "self.fc(pooled).log_softmax(dim=-1)"))

view_for_transpose = misconception(
    edit("emb.transpose(1, 2)", "emb.reshape(len(emb), emb.shape[2], -1)"),
    en="view or reshape stands where a transpose is due. (B, T, E) and (B, E, T) hold as many numbers, but view only "
    "cuts the same sequence at other places, so each window mixes parts of different words. Use transpose(1, 2).",
    ja="transpose すべきところで view（reshape）を使っています。(B, T, E) と (B, E, T) は要素数が同じでも、view は並びを変えずに切り方を変えるだけなので、"
    "別々の単語の成分が混ざります。transpose(1, 2) を使いましょう。",
)
mean_pooling = misconception(
    edit(".amax(dim=2)", ".mean(dim=2)"),
    en="The pool takes the mean over time. The problem asks for the maximum: how strongly a pattern occurs at its best "
    "place, wherever that is. Use amax, max(...).values or max_pool1d.",
    ja="時間方向の平均をとっています。問題では最大値プーリングです。パターンがどこに現れても、いちばん強い反応を取り出します。"
    "amax や max(...).values、max_pool1d を使いましょう。",
)
pool_over_channels = misconception(
    edit(".amax(dim=2)", ".amax(dim=1)"),
    en="The maximum runs over the channels and not over time. What is left has the length of the title, which no "
    "output layer can fit. After Conv1d the axes are (B, C, T): pool over the last.",
    ja="時間方向ではなく、チャネル方向に最大値をとっています。残るのは題名の長さの分だけの数で、出力層と大きさが合いません。"
    "Conv1d の出力は (B, C, T) なので、最後の軸でプーリングしましょう。",
)
last_window = misconception(
    edit(".amax(dim=2)", "[:, :, -1]"),
    en="The last window stands for the whole title. That is the habit of the RNN, whose last state has read everything; "
    "a window has read three words. Take the maximum over time.",
    ja="最後の窓だけを題名全体の代わりに使っています。RNN の最後の状態は題名全体を読んでいますが、窓が見ているのは 3 語だけです。時間方向の最大値をとりましょう。",
)
fixed_pool_width = misconception(
    edit(".amax(dim=2)", "[:, :, :20].amax(dim=2)"),
    en="The pool has a fixed width and ignores what stands beyond it. The words at the end of a long title never count. "
    "Pool over all there is: amax(dim=2), or max_pool1d with x.shape[2].",
    ja="プーリングの幅が固定で、その先の単語を見ていません。長い題名では末尾の単語が無視されます。amax(dim=2) か、幅を x.shape[2] にした max_pool1d で全体を対象にしましょう。",
)
pool_kernel_two = misconception(
    edit(".amax(dim=2)", ""),
    edit("(pooled)", "(F.max_pool1d(pooled, 2)[:, :, 0])"),
    en="Only the beginning of the title is pooled. A pool of width 2, as for images, leaves half of the positions; "
    "taking one of them forgets the rest. The maximum has to run over the whole time axis.",
    ja="題名の先頭しかプーリングしていません。画像のように幅 2 でプーリングすると位置が半分残り、その 1 つだけを使えば残りは捨てられます。"
    "時間軸全体で最大値をとりましょう。",
)
no_padding = misconception(
    edit("kernel_heights, stride, padding)", "kernel_heights, stride)"),
    en="The title is not padded. A window of three does not fit into a title of one or two words, which raises an error, "
    "and the words at both ends are seen less often. Pass padding on to the convolution.",
    ja="題名の前後にパディングしていません。3 語の窓は 1〜2 語の題名に収まらずエラーになり、両端の単語は見られる回数も減ります。padding を畳み込みに渡しましょう。",
)
no_activation = misconception(
    edit(".relu()", ""),
    en="The activation function is missing. The problem asks for g(W x + b); without g (ReLU or tanh) the windows' "
    "scores are only linear in the words.",
    ja="活性化関数が抜けています。問題の式は g(W x + b) です。g（ReLU や tanh）がないと、窓の得点は単語の線形和にしかなりません。",
)
squeezed = misconception(
    edit("self.fc(pooled)", "self.fc(pooled.squeeze())"),
    en="squeeze() also removes the batch when it holds a single title. It drops every axis of size 1. Name the axis that "
    "is meant, such as squeeze(2).",
    ja="squeeze() が、1 件だけのバッチの軸まで消しています。大きさ 1 の軸をすべて落とすからです。squeeze(2) のように軸を指定しましょう。",
)
stride_ignored = misconception(
    edit("kernel_heights, stride, padding)", "kernel_heights, 1, padding)"),
    en="The stride is not passed on. The parameter stands in the signature and does nothing, which is found out when 88 "
    "tries other values. Pass it to the convolution.",
    ja="stride が畳み込みに渡っていません。引数にはあるのに効かないので、88 で値を変えても何も変わりません。畳み込みに渡しましょう。",
)
kernel_fixed = misconception(
    edit("kernel_heights, stride, padding)", "3, stride, padding)"),
    en="The kernel is always three words high. kernel_heights stands in the signature and does nothing; pass it to the "
    "convolution.",
    ja="カーネルの高さが常に 3 語です。引数の kernel_heights が効いていません。畳み込みに渡しましょう。",
)
softmax_over_batch = misconception(
    edit("self.fc(pooled)", "self.fc(pooled).softmax(dim=0)"),
    en="The softmax runs over the batch, so the titles compete with one another. Use dim=-1, or return the logits.",
    ja="softmax をバッチの軸でとっているので、題名どうしが競い合っています。dim=-1 にするか、ロジットのまま返しましょう。",
)
no_output_layer = misconception(
    edit("self.fc(pooled)", "pooled"),
    en="The pooled channels are returned as they are, (B, C). An output layer has to turn them into one score for each "
    "of the L categories.",
    ja="プーリングした (B, C) をそのまま返しています。L 個のカテゴリの得点に変える出力層が必要です。",
)
wrong_axis = misconception(
    edit(CONVOLUTION, "nn.Conv2d(1, out_channels, (emb_size, kernel_heights), stride, (0, padding))"),
    edit(WINDOWS, "self.conv(emb.unsqueeze(1)).flatten(2)"),
    en="The kernel lies on the wrong axis. Its height has to be the words it covers and its width the whole embedding: "
    "(kernel_heights, emb_size) over (B, 1, T, E), with padding (padding, 0).",
    ja="カーネルの向きが逆です。高さが「まとめて見る単語数」、幅が「埋め込み全体」です。(B, 1, T, E) に対して (kernel_heights, emb_size)、"
    "padding は (padding, 0) にしましょう。",
)
