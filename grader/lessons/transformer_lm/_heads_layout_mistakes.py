"""Mistakes people make in MultiHeadAttention: how heads are cut and joined, and what is projected."""

from grader.checks import edit, misconception
from grader.lessons.transformer_lm._heads_mistakes import scale_by_d_model
from grader.lessons.transformer_lm._lines_heads import LINEARS, MERGED, SPLIT

# --- mistakes: one of the commonest, of the scale -----------------------------------------------

no_scale = misconception(
    edit(" / math.sqrt(q.size(-1))", ""),
    en="The scores are not divided by sqrt(d_h). Dot products grow with the width, the softmax turns into a hard maximum, "
    "and the gradient dies. Divide by the root of the width of a head.",
    ja="スコアを √d_h で割っていません。内積は次元とともに大きくなり、softmax が最大値だけを選ぶようになって、勾配が消えます。ヘッドの幅の平方根で割りましょう。",
)

# --- mistakes: cutting and joining -------------------------------------------------------------

split_without_transpose = misconception(
    edit(SPLIT, "x.reshape(x.size(0), self.num_heads, x.size(1), -1)"),
    en="The heads are cut out by a view straight to (B, N, T, d_h). That cuts along time, so each head gets pieces of other "
    "positions. Cut the last axis first, (B, T, N, d_h), then transpose.",
    ja="view でいきなり (B, N, T, d_h) に切っています。これは時間方向に切ることになり、各ヘッドに別の位置の断片が混ざります。まず最後の軸を切って "
    "(B, T, N, d_h) にし、それから転置しましょう。",
)
head_and_width_confused = misconception(
    edit(SPLIT, "x.unflatten(-1, (-1, self.num_heads)).permute(0, 3, 1, 2)"),
    en="Heads and their width are confused in the split: each head takes every N-th column instead of d_h neighbouring ones, "
    "while the merge puts neighbours together. Cut into (N, d_h), in this order.",
    ja="分割でヘッドの数と幅を取り違えています。各ヘッドが隣り合う d_h 列ではなく N 列おきの列を取り、結合の並びと合いません。(N, d_h) の順に切りましょう。",
)
merged_without_transpose = misconception(
    edit(MERGED, "heads.reshape(query.size(0), query.size(1), -1)"),
    en="The heads are merged without the transpose back: (B, N, T, d_h) read as (B, T, D) mixes positions and heads. Swap "
    "axes 1 and 2 first.",
    ja="転置で戻さずにヘッドを結合しています。(B, N, T, d_h) をそのまま (B, T, D) と読むと、位置とヘッドが混ざります。先に軸 1 と 2 を入れ替えましょう。",
)
view_after_transpose = misconception(
    edit(".flatten(2)", ".view(query.size(0), query.size(1), query.size(2))"),
    en="view stands directly after a transpose, and stops with an error: the numbers no longer lie in that order in memory. "
    "Put .contiguous() before it, or use reshape or flatten.",
    ja="transpose の直後に view を呼んでいてエラーになります。メモリ上の並びが変わっているためです。間に .contiguous() を入れるか、reshape・flatten を使いましょう。",
)
heads_summed = misconception(
    edit(MERGED, "heads.sum(dim=1).repeat(1, 1, self.num_heads)"),
    en="The heads are summed up. They are concatenated: each keeps its own place in the D columns, and W_O mixes them.",
    ja="ヘッドを足し合わせています。ヘッドは連結します。それぞれが D 列の中に自分の場所を持ち、混ぜるのは W_O の仕事です。",
)
attention_among_heads = misconception(
    edit("        scores = q @ k", "        q, k, v = (x.transpose(1, 2) for x in (q, k, v))\n        scores = q @ k"),
    edit(MERGED, "heads.flatten(2)"),
    en="The heads attend to each other instead of the positions: the product ran over (B, T, N, d_h), whose last but one axis "
    "holds the heads. Transpose to (B, N, T, d_h) first.",
    ja="位置どうしではなくヘッドどうしで Attention を計算しています。(B, T, N, d_h) のまま積をとると、後ろから 2 番目の軸はヘッドです。先に "
    "(B, N, T, d_h) に転置しましょう。",
)
one_big_head = misconception(
    edit("(self.num_heads, -1)", "(1, -1)"),
    en="There is only one head, as wide as the model: num_heads is not used. Cut the D columns into num_heads pieces.",
    ja="num_heads が使われておらず、D 次元まるごとの 1 ヘッドになっています。D 列を num_heads 個に切りましょう。",
)

# --- mistakes: the projections -----------------------------------------------------------------

no_output_projection = misconception(
    edit("self.w_o(merged)", "merged"),
    en="The output projection W_O is there but not used. Without it what one head found stays in its own columns; apply it to "
    "the merged heads.",
    ja="出力の射影 W_O を用意したのに使っていません。これがないと、各ヘッドが見つけたことが自分の列に留まったままです。結合したヘッドに掛けましょう。",
    elsewhere=True,  # BERT's own code has it in the layer around the attention
)
one_projection = misconception(
    edit("self.w_k(key)", "self.w_q(key)"),
    edit("self.w_v(value)", "self.w_q(value)"),
    en="One projection makes query, key and value alike. What a word looks for, what it offers and what it hands over are "
    "different things; use W_Q, W_K and W_V.",
    ja="query・key・value をすべて同じ射影で作っています。探すもの、持っているもの、渡すものは別です。W_Q、W_K、W_V を使い分けましょう。",
)
shared_by_all_heads = misconception(
    *(edit(f"{line}(d_model, d_model", f"{line}(d_model, d_model // num_heads") for line in LINEARS),
    edit(SPLIT, "x.unsqueeze(1).expand(-1, self.num_heads, -1, -1)"),
    en="All heads share one projection to d_h columns, so they all look at the same place. Each head needs a matrix of its "
    "own; together they are one Linear(D, D).",
    ja="すべてのヘッドが d_h 列への同じ射影を共有していて、みな同じところを見ています。ヘッドごとに別の行列が必要です。まとめれば 1 つの Linear(D, D) です。",
)
one_small_matrix = misconception(
    *(edit(f"{line}(d_model, d_model", f"{line}(d_model // num_heads, d_model // num_heads") for line in LINEARS),
    edit("self.split(self.w_q(query))", "self.w_q(self.split(query))"),
    edit("self.split(self.w_k(key))", "self.w_k(self.split(key))"),
    edit("self.split(self.w_v(value))", "self.w_v(self.split(value))"),
    en="The columns are cut into heads first, and then one Linear(d_h, d_h) projects every head alike. No head can look at columns "
    "other than its own, and all share their weights. Project the whole vector, Linear(D, D), and cut afterwards.",
    ja="先に列をヘッドに切り分け、そのあと全ヘッド共通の Linear(d_h, d_h) で射影しています。これではどのヘッドも自分の列しか見られず、重みも"
    "みな同じです。ベクトル全体を Linear(D, D) で射影してから、ヘッドに切りましょう。",
)
one_small_matrix_and_scale_by_d_model = misconception(
    *one_small_matrix.edits,
    *scale_by_d_model.edits,
    en="Two things at once. The columns are cut into heads first, and one Linear(d_h, d_h) projects every head alike: project the whole "
    "vector, Linear(D, D), and cut afterwards. And the scores are divided by sqrt(d_model), where the width of a head, "
    "d_model / num_heads, belongs.",
    ja="間違いが 2 つ重なっています。1 つは、先に列をヘッドに切り、全ヘッド共通の Linear(d_h, d_h) で射影していること。ベクトル全体を "
    "Linear(D, D) で射影してから切りましょう。もう 1 つは、スコアを √d_model で割っていること。割るのはヘッドの幅 d_model / num_heads の平方根です。",
)
value_not_projected = misconception(
    edit("self.w_v(value)", "value"),
    en="The value is not projected. W_V decides what a word hands over; apply it before the heads are cut.",
    ja="value を射影していません。何を渡すかを決めるのが W_V です。ヘッドに分ける前に掛けましょう。",
)
value_from_key = misconception(
    edit("self.w_v(value)", "self.w_v(key)"),
    en="The values are made from `key`. In self-attention the two are the same, so nobody notices; with a different value "
    "the output is wrong. Project `value`.",
    ja="value を `key` から作っています。Self-Attention では同じものなので気づきませんが、value が別のときに間違いになります。`value` を射影しましょう。",
)
only_self_attention = misconception(
    edit("self.w_k(key)", "self.w_k(query)"),
    edit("self.w_v(value)", "self.w_v(query)"),
    en="Keys and values are made from `query`, so this can only look at itself. Source-target attention needs keys and values "
    "from the other sentence: project `key` and `value`.",
    ja="key と value を `query` から作っていて、自分の文しか見られません。Source-Target Attention では、相手の文の `key` と `value` を射影します。",
)
query_and_key_swapped = misconception(
    edit("q @ k.transpose(-2, -1)", "k @ q.transpose(-2, -1)"),
    en="Query and key have changed places: the table of scores is (Tk, Tq), keys by queries. Rows are the ones who look: "
    "Q K^T.",
    ja="query と key が入れ替わり、スコアの表が (Tk, Tq) になっています。行が「見る側」です。Q K^T の順に掛けましょう。",
)
key_and_value_swapped = misconception(
    edit("self.w_k(key)", "self.w_k(value)"),
    edit("self.w_v(value)", "self.w_v(key)"),
    en="Key and value have changed places: the scores are made with `value`, and what is handed over comes from `key`. In "
    "self-attention nobody notices. W_K takes `key`, W_V takes `value`.",
    ja="key と value が入れ替わっています。`value` でスコアを計算し、`key` を渡しています。Self-Attention では気づきません。W_K には `key`、W_V には `value` を渡しましょう。",
)
equal_lengths_only = misconception(
    *(
        edit(
            f"self.split(self.w_{part}({name}))",
            f"self.w_{part}({name}).view(*query.shape[:2], self.num_heads, query.size(2) // self.num_heads).transpose(1, 2)",
        )
        for part, name in (("k", "key"), ("v", "value"))
    ),
    en="Keys and values are cut with the length of the query, so there can only be as many of them. In source-target attention the "
    "lengths differ: take that of `key`, or let unflatten leave it as it is.",
    ja="key と value を分けるときに query の長さを使っているため、同じ長さでしか動きません。Source-Target Attention では長さが違います。`key` の長さを使うか、"
    "unflatten で長さに触れずに分けましょう。",
)
query_not_projected = misconception(
    edit("self.w_q(query)", "query"),
    en="The query is not projected. W_Q turns a word into what it is looking for; apply it before the heads are cut.",
    ja="query を射影していません。単語を「探しているもの」に変えるのが W_Q です。ヘッドに分ける前に掛けましょう。",
)
key_not_projected = misconception(
    edit("self.w_k(key)", "key"),
    en="The key is not projected. W_K turns a word into what it has to offer; apply it before the heads are cut.",
    ja="key を射影していません。単語を「持っているもの」に変えるのが W_K です。ヘッドに分ける前に掛けましょう。",
)
query_changed_in_place = misconception(
    edit("self.w_q(query)", "self.w_q(query.div_(math.sqrt(query.size(-1) // self.num_heads)))"),
    edit(" / math.sqrt(q.size(-1))", ""),
    en="The query that was passed in is changed in place. Whoever passed it goes on using it (in a block it is the residual path). Write "
    "x = x / c, which makes a new tensor.",
    ja="渡された query をその場で書き換えています。渡した側はそのまま使い続けます（ブロックでは残差接続に使われます）。新しいテンソルを作る x = x / c の形にしましょう。",
)
residual_inside = misconception(
    edit("self.w_o(merged), weights", "query + self.w_o(merged), weights"),
    en="The query is added to the output already here. The residual connection belongs to the block around it, which adds it again.",
    ja="ここですでに query を足し戻しています。残差接続は外側のブロックの仕事で、そこでもう一度足されてしまいます。",
)
squeezed_axes = misconception(
    edit("self.w_o(merged), weights", "self.w_o(merged).squeeze(), weights"),
    en="squeeze() without an axis also removes the batch of one sentence, or the axis of a single query. Name the axis, squeeze(-1), or leave "
    "it out: the output is (B, Tq, D).",
    ja="軸を指定しない squeeze() は、文が 1 つのときのバッチの軸や、query が 1 つのときの軸まで消してしまいます。軸を書くか、squeeze をやめましょう。出力は (B, Tq, D) です。",
)
