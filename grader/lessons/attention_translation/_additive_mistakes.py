"""Mistakes people make in additive attention."""

from grader.checks import edit, misconception

no_tanh = misconception(
    edit("hidden = torch.tanh(", "hidden = ("),
    en="The tanh is missing. Without it the query adds the same number to every score, which the softmax takes out again: the "
    "attention no longer depends on the query at all. Put tanh around the sum.",
    ja="tanh がありません。tanh がないと、query はどのスコアにも同じ数を足すだけになり、それは softmax で打ち消されます。つまり Attention が query に"
    "まったくよらなくなります。和を tanh で包みましょう。",
)
tanh_outside = misconception(
    edit("hidden = torch.tanh(", "hidden = ("),
    edit("scores = self.v(hidden).squeeze(-1)", "scores = torch.tanh(self.v(hidden).squeeze(-1))"),
    en="tanh is taken of the score, outside v. The scores are then shut in between -1 and 1, and no word can stand out. "
    "tanh belongs inside: v . tanh(W_q q + W_k k).",
    ja="tanh が v の外側、スコアにかかっています。スコアが -1 から 1 に閉じこめられ、どの語も目立てません。v・tanh(W_q q + W_k k) のように"
    "内側に置きましょう。",
)
relu_for_tanh = misconception(
    edit("torch.tanh(", "torch.relu("),
    en="ReLU stands where tanh should. It is another network, whose scores are not those of the formula. Use torch.tanh.",
    ja="tanh のところに ReLU を使っています。別のネットワークになり、式のスコアと一致しません。torch.tanh を使いましょう。",
)
multiplied = misconception(
    edit(".unsqueeze(1) + ", ".unsqueeze(1) * "),
    en="Query and key are multiplied. Additive attention adds the two projections; multiplying is what the dot product does.",
    ja="query と key を掛けています。加法型は 2 つの射影を足します。掛けるのは内積型です。",
)
query_unused = misconception(
    edit("self.w_q(query).unsqueeze(1) + self.w_k(keys)", "self.w_k(keys)"),
    en="The query has no say in where to look: it is left out of the scores, or added outside the tanh, where it raises every "
    "score alike and the softmax takes it out again. Add W_q q to W_k k, then take tanh of the sum.",
    ja="query が注意の向きに関わっていません。スコアに入っていないか、tanh の外で足しています（外だと全部のスコアが同じだけ上がり、softmax で"
    "打ち消されます）。W_q q と W_k k を足してから、その和に tanh をかけましょう。",
)
sentences_mixed = misconception(
    edit("self.w_q(query).unsqueeze(1)", "self.w_q(query).repeat(keys.size(1), 1).view(len(keys), keys.size(1), -1)"),
    en="The queries get mixed among sentences: repeat(S, 1) puts the whole batch S times one below the other, and view then cuts "
    "it elsewhere. unsqueeze(1) and broadcasting, or expand, keep each query with its own keys.",
    ja="query が文どうしで混ざっています。repeat(S, 1) はバッチ全体を縦に S 回積むので、それを view で切ると別の文の query が入ってきます。"
    "unsqueeze(1) とブロードキャスト（または expand）を使いましょう。",
)
scaled_as_dot_product = misconception(
    edit("self.v(hidden).squeeze(-1)", "self.v(hidden).squeeze(-1) / math.sqrt(hidden.size(-1))"),
    en="The scores are divided by a square root. That belongs to the dot product, whose variance grows with d; here tanh bounds "
    "each term and v learns its own scale. Leave the division out.",
    ja="スコアを平方根で割っています。それは d とともに分散が増える内積型での工夫です。ここでは tanh が値を抑え、大きさは v が学習します。"
    "割らずに使いましょう。",
)
softmax_over_batch = misconception(
    edit("dim=-1)  # (B, S)", "dim=0)  # (B, S)"),
    en="The softmax runs over the batch, so the sentences compete with each other for attention. Take it over the words, dim=-1.",
    ja="softmax をバッチの方向にとっているので、文どうしが注意を奪いあっています。語の方向、dim=-1 でとりましょう。",
)
softmax_over_one_number = misconception(
    edit("torch.softmax(scores, dim=-1)", "torch.softmax(scores.unsqueeze(-1), dim=-1).squeeze(-1)"),
    en="The softmax runs over an axis of size 1, and the softmax of a single number is always 1. The scores (B, S, 1) need their "
    "last axis removed first, or dim=1.",
    ja="大きさ 1 の軸に softmax をとっています。数が 1 つだけの softmax はいつでも 1 です。(B, S, 1) のスコアから最後の軸を先に取り除くか、"
    "dim=1 にしましょう。",
)
scores_returned = misconception(
    edit("return context, weights", "return context, scores"),
    en="The scores are returned in the place of the weights. A heat map is drawn of the probabilities: return what came out of "
    "the softmax.",
    ja="重みの代わりにスコアを返しています。ヒートマップに描くのは確率です。softmax の結果を返しましょう。",
)
mask_flipped = misconception(
    edit("~mask", "mask"),
    en="The mask is read the wrong way round: the words are hidden and the padding is seen. True means a word is there; fill "
    "where ~mask.",
    ja="マスクを逆に読んでいて、語が隠れ、パディングが見えています。True が「語がある」です。~mask の場所を埋めましょう。",
)
mask_not_assigned = misconception(
    edit("scores = scores.masked_fill(", "scores.masked_fill("),
    en="The result of masked_fill is thrown away, so padding is attended to. masked_fill gives a new tensor: assign it.",
    ja="masked_fill の結果を捨てているので、パディングにも注意が向いています。masked_fill は新しいテンソルを返します。代入しましょう。",
)
mask_required = misconception(
    edit("        if mask is not None:\n", "        if True:\n"),
    en="It cannot do without a mask: the default None reaches the line that hides. Mask only `if mask is not None`.",
    ja="mask を省略すると動きません。既定値の None が、隠す処理の行まで届いています。`if mask is not None` のときだけ隠しましょう。",
)
masked_score_zero = misconception(
    edit("torch.finfo(scores.dtype).min", "0.0"),
    en="The scores of the padding are set to 0. exp(0) is 1, so padding may even get more attention than words do. Set them to a "
    "hugely negative number.",
    ja="パディングのスコアを 0 にしています。exp(0) は 1 なので、パディングのほうが語より注意を集めることさえあります。"
    "大きな負の数にしましょう。",
)
mask_after_softmax = misconception(
    edit("scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)", "pass"),
    edit("torch.softmax(scores, dim=-1)", "torch.softmax(scores, dim=-1) * (1 if mask is None else mask)"),
    en="The mask comes after the softmax. Padding has taken its share by then, and the weights of the words no longer sum to 1. "
    "Mask the scores before the softmax.",
    ja="softmax の後にマスクをかけています。パディングの取り分はもう引かれた後なので、語の重みの和が 1 になりません。softmax の前のスコアに"
    "マスクをかけましょう。",
)
projected_keys_averaged = misconception(
    edit("(weights.unsqueeze(1) @ keys).squeeze(1)", "(weights.unsqueeze(1) @ self.w_k(keys)).squeeze(1)"),
    en="The context is the mean of the projected keys, of size A. The projection serves the score only; what is averaged are the "
    "keys themselves, of size Hk.",
    ja="射影した後の key（大きさ A）を平均しています。射影はスコアを計算するためだけのもので、平均するのは key そのもの（大きさ Hk）です。",
)
plain_mean = misconception(
    edit("(weights.unsqueeze(1) @ keys).squeeze(1)", "keys.mean(dim=1)"),
    en="The context is the plain mean of the keys: the weights are computed and then not used. Weigh each key by its weight.",
    ja="文脈ベクトルが key の単純な平均です。せっかく計算した重みが使われていません。key ごとに重みを掛けて足しましょう。",
)
cut_from_the_gradient = misconception(
    edit("self.v(hidden)", "self.v(hidden).detach()"),
    en="The scores are cut off from the gradient (detach(), .data, torch.tensor(...)). The values are right, but W_q, W_k and v "
    "stay for ever as they were drawn. Keep the path whole.",
    ja="スコアが勾配から切り離されています（detach()、.data、torch.tensor(...) など）。値は正しくても、W_q、W_k、v が初期値のまま学習されません。"
    "勾配の通り道を切らないようにしましょう。",
)
squeezed_axes = misconception(
    edit("self.v(hidden).squeeze(-1)", "self.v(hidden).squeeze()"),
    edit("(weights.unsqueeze(1) @ keys).squeeze(1)", "(weights.unsqueeze(-2) @ keys).squeeze()"),
    en="squeeze() without an axis also removes the batch of one sentence, or the axis of one word. Name the axis, squeeze(-1), or index it.",
    ja="軸を指定しない squeeze() は、1 文だけのときのバッチの軸や、1 語だけのときの軸まで消してしまいます。squeeze(-1) のように軸を書くか、添字で取り出しましょう。",
)
dropout_never_off = misconception(
    edit("weights = torch.softmax(scores, dim=-1)", "weights = F.dropout(torch.softmax(scores, dim=-1), 0.1)"),
    en="Dropout stays on in evaluation mode: F.dropout drops by default, whatever model.eval() says. Pass training=self.training, or use nn.Dropout.",
    ja="評価モードでも dropout が働いています。F.dropout は、model.eval() と言われても既定では落とし続けます。training=self.training を渡すか、"
    "nn.Dropout を使いましょう。",
)
changed_in_place = misconception(
    edit(
        "hidden = torch.tanh(",
        "keys[~torch.ones(keys.shape[:2], dtype=torch.bool) if mask is None else ~mask] = 0.0; hidden = torch.tanh(",
    ),
    en="The keys that were passed in are changed. Whoever called has other outputs of the encoder afterwards. Mask the scores, or work on a copy.",
    ja="渡された keys を書き換えています。呼び出した側では、エンコーダーの出力が変わってしまいます。スコアのほうを隠すか、写しに対して作業しましょう。",
)
