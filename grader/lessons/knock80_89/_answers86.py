"""The answers to problem 86 that are known beforehand, right and wrong, as edits of the reference."""

from grader.checks import accepts, edit, misconception
from grader.lessons.knock80_89 import _models

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
POOL = "windows.relu().amax(dim=2)"

tanh = accepts(edit(".relu()", ".tanh()"))
gelu = accepts(edit("windows.relu()", "F.gelu(windows)"))
silu = accepts(edit("windows.relu()", "F.silu(windows)"))
sigmoid = accepts(edit(".relu()", ".sigmoid()"))
elu = accepts(edit("windows.relu()", "F.elu(windows)"))
leaky_relu = accepts(edit("windows.relu()", "F.leaky_relu(windows)"))
leaky_relu_tenth = accepts(edit("windows.relu()", "F.leaky_relu(windows, 0.1)"))
leaky_relu_fifth = accepts(edit("windows.relu()", "F.leaky_relu(windows, 0.2)"))
softplus = accepts(edit("windows.relu()", "F.softplus(windows)"))
mish = accepts(edit("windows.relu()", "F.mish(windows)"))
selu = accepts(edit("windows.relu()", "F.selu(windows)"))
relu6 = accepts(edit("windows.relu()", "F.relu6(windows)"))
softsign = accepts(edit("windows.relu()", "F.softsign(windows)"))
hardtanh = accepts(edit("windows.relu()", "F.hardtanh(windows)"))
hardswish = accepts(edit("windows.relu()", "F.hardswish(windows)"))
hardsigmoid = accepts(edit("windows.relu()", "F.hardsigmoid(windows)"))
gelu_tanh = accepts(edit("windows.relu()", 'F.gelu(windows, approximate="tanh")'))
prelu = accepts(  # a slope that is left out is 0, which is ReLU; of an nn.PReLU it would be 1
    edit("self.fc = nn.Linear", "self.slope = nn.Parameter(torch.full((1,), 0.25))\n        self.fc = nn.Linear"),
    edit("windows.relu()", "F.prelu(windows, self.slope)"),
)
pool_first = accepts(edit(".relu().amax(dim=2)", ".amax(dim=2).relu()"))
# These three are not monotone: it matters which comes first.
pool_before_gelu = accepts(edit(POOL, "F.gelu(windows.amax(dim=2))"))
pool_before_silu = accepts(edit(POOL, "F.silu(windows.amax(dim=2))"))
pool_before_mish = accepts(edit(POOL, "F.mish(windows.amax(dim=2))"))
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
    en="The kernel has the same height always. kernel_heights stands in the signature and does nothing; pass it to the "
    "convolution.",
    ja="カーネルの高さがいつも同じです。引数の kernel_heights が効いていません。畳み込みに渡しましょう。",
)
kernel_and_stride_swapped = misconception(
    edit("kernel_heights, stride, padding)", "stride, kernel_heights, padding)"),
    en="kernel_heights and stride are swapped: the window covers one word and skips two. Conv1d takes kernel_size before stride. Give them by name, "
    "and the order no longer matters.",
    ja="kernel_heights と stride が入れ替わっています。窓が 1 語しか見ず、次の 2 語を飛ばします。Conv1d の引数は kernel_size, stride の順です。"
    "名前を付けて渡せば順番を気にせずに済みます。",
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
no_transpose = misconception(
    edit(WINDOWS, "F.conv1d(F.pad(emb, (0, self.conv.in_channels - emb.shape[2])), self.conv.weight, self.conv.bias)"),
    en="The transpose is missing: Conv1d is given (B, T, E), reads the words of a title as its channels and slides along the word "
    "vector. It expects (B, E, T): emb.transpose(1, 2).",
    ja="transpose がありません。Conv1d に (B, T, E) を渡しているので、単語がチャネルとみなされ、窓が単語ベクトルの中を動いてしまいます。"
    "Conv1d が読むのは (B, E, T) です。emb.transpose(1, 2) としましょう。",
)
padded_on_one_side = misconception(
    edit("kernel_heights, stride, padding)", "kernel_heights, stride)\n        self.padding = padding"),
    edit(WINDOWS, "self.conv(F.pad(emb.transpose(1, 2), (2 * self.padding, 0)))"),
    en="All the padding stands in front of the title. The window then sees a word and the two before it, never the one behind, and the "
    "last word is never in the middle of one. Put padding zero vectors on each side: Conv1d(..., padding=padding).",
    ja="パディングがすべて題名の前に付いています。窓が見るのは「その単語と前の 2 語」になり、後ろの単語が入りません。0 のベクトルは両側に "
    "padding 個ずつです。Conv1d(..., padding=padding) に任せましょう。",
)
padded_behind_only = misconception(
    edit("kernel_heights, stride, padding)", "kernel_heights, stride)\n        self.padding = padding"),
    edit(WINDOWS, "self.conv(F.pad(emb.transpose(1, 2), (0, 2 * self.padding)))"),
    en="All the padding stands behind the title, so the first word is never in the middle of a window. Put padding zero vectors on each "
    "side: Conv1d(..., padding=padding).",
    ja="パディングがすべて題名の後ろに付いているので、最初の単語が窓の中央に来ません。0 のベクトルは両側に padding 個ずつです。"
    "Conv1d(..., padding=padding) に任せましょう。",
)
padded_once = misconception(
    edit("kernel_heights, stride, padding)", "kernel_heights, stride)\n        self.padding = padding"),
    edit(WINDOWS, "self.conv(F.pad(emb.transpose(1, 2), (self.padding, 0)))"),
    en="The last window is missing: there is padding in front of the title only (F.pad wants a number for each end), or the last window is cut off "
    "before the maximum. As it is, the last word is never in the middle of a window.",
    ja="最後の窓がありません。パディングが題名の前にしかないか（F.pad には両端の数を渡します）、最大値をとる前に最後の窓を落としています。このままでは最後の単語が窓の中央に来ません。",
)
stride_and_padding_swapped = misconception(
    edit("kernel_heights, stride, padding)", "kernel_heights, max(padding, 1), stride)"),
    en="stride and padding are swapped. Conv1d takes them in this order: kernel_size, stride, padding. Give them by name, and the order "
    "no longer matters.",
    ja="stride と padding が入れ替わっています。Conv1d の引数は kernel_size, stride, padding の順です。名前を付けて渡せば順番を気にせずに済みます。",
)
padding_fixed = misconception(
    edit("kernel_heights, stride, padding)", "kernel_heights, stride, 1)"),
    en="The padding is always 1. padding stands in the signature and does nothing; pass it to the convolution.",
    ja="パディングが常に 1 です。引数の padding が効いていません。畳み込みに渡しましょう。",
)
padding_from_the_kernel = misconception(
    edit("kernel_heights, stride, padding)", "kernel_heights, stride, kernel_heights // 2)"),
    en="The padding is worked out from the kernel, and the argument padding does nothing. Pass it to the convolution.",
    ja="パディングをカーネルの高さから計算していて、引数の padding が効いていません。畳み込みに渡しましょう。",
)
sum_pooling = misconception(
    edit(".amax(dim=2)", ".sum(dim=2)"),
    en="The pool adds up the windows. Long titles then have larger numbers than short ones. The problem asks for the maximum over time: "
    "amax, or max(...).values.",
    ja="窓の値を足し合わせています。これでは長い題名ほど値が大きくなります。問題では時間方向の最大値です（amax や max(...).values）。",
)
first_window = misconception(
    edit(".amax(dim=2)", "[:, :, 0]"),
    en="Only the first window is used. It has seen the first two words of the title; take the maximum over time.",
    ja="最初の窓しか使っていません。見ているのは題名の先頭 2 語だけです。時間方向の最大値をとりましょう。",
)
places_for_values = misconception(
    edit(".amax(dim=2)", ".max(dim=2).indices.float()"),
    en="The places of the maxima are used and not the maxima: max(dim=2) gives (values, indices), and the second is where it was found. "
    "Take .values, or use amax.",
    ja="最大値ではなく、最大値のあった位置を使っています。max(dim=2) は (values, indices) を返し、2 つ目は位置です。.values を取るか amax を使いましょう。",
)
minimum_pooling = misconception(
    edit(".amax(dim=2)", ".amin(dim=2)"),
    en="The pool takes the minimum over time: the weakest response is kept, not the strongest. Use amax.",
    ja="時間方向の最小値をとっています。残すのはいちばん弱い反応ではなく、いちばん強い反応です。amax を使いましょう。",
)
activation_on_logits = misconception(
    edit("self.fc(pooled)", "self.fc(pooled).relu()"),
    en="A ReLU stands behind the output layer. Every negative logit becomes 0, so unlikely categories cannot be told apart. Return the output "
    "of the linear layer as it is.",
    ja="出力層の後ろに ReLU があります。負のロジットがすべて 0 になり、ありそうもないカテゴリどうしの区別がつきません。線形層の出力をそのまま返しましょう。",
)
no_bias = misconception(
    edit("nn.Conv1d(emb_size, out_channels, kernel_heights, stride, padding)", CONVOLUTION[:-1] + ", bias=False)"),
    en="A bias is missing. Both formulas of 86 end in “+ b”; bias=False leaves it out. b_p is how strong a pattern must be before the ReLU lets "
    "it through.",
    ja="バイアスがありません。86 の 2 つの式はどちらも「+ b」で終わります。bias=False を外しましょう。b_p は、パターンがどれだけ強ければ ReLU を通るかを決めます。",
)
size_ignored = misconception(
    edit("nn.Linear(out_channels, output_size)", "nn.Linear(out_channels, 4)"),
    en="A size stands in the signature and does nothing: a number is written where it should go. With other data, or when 88 tries other sizes, "
    "the model stays as it was. Hand the argument on to the layer.",
    ja="引数で受け取った大きさが使われず、層に決まった数が書かれています。別のデータで使うときも、88 で大きさを変えるときも、モデルが変わりません。"
    "引数を層に渡しましょう。",
)
dropout_left_on = misconception(
    edit("self.fc(pooled)", "self.fc(F.dropout(pooled, 0.5))"),
    en=_models.DROPOUT_EN,
    ja=_models.DROPOUT_JA,
)
half_precision = misconception(
    edit("self.fc(pooled)", "self.fc(pooled.bfloat16().float())"),
    en=_models.ROUNDED_EN,
    ja=_models.ROUNDED_JA,
)
