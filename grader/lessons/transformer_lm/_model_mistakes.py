"""Mistakes people make in TransformerLM."""

from grader.checks import edit, misconception
from grader.lessons.transformer_lm import _heads_layout_mistakes, _heads_mistakes

no_positions = misconception(
    edit("words + self.positions[:length]", "words"),
    en="The positions are not added. Attention by itself sees a bag of characters; without the positional encoding their order "
    "is lost.",
    ja="位置エンコーディングを足していません。Attention だけでは文字の集まりしか見えず、順番が失われます。",
)
positions_scaled_too = misconception(
    edit("x = words + self.positions[:length]", "x = (self.embedding(ids) + self.positions[:length]) * self.scale"),
    en="The positions are added before the scaling, and so multiplied by sqrt(D) as well. The factor belongs to the embedding "
    "alone: scale, then add.",
    ja="位置を足してから √D を掛けているので、位置まで √D 倍になっています。掛けるのは埋め込みだけです。先に掛け、それから足しましょう。",
)
positions_of_the_batch = misconception(
    edit("self.positions[:length]", "self.positions[: ids.size(0)].unsqueeze(1)"),
    en="The positions run along the batch: every character of a row gets the row's number as its position. Axis 1 of "
    "(B, T, D) is time; cut the table to T rows.",
    ja="位置がバッチの軸に沿って振られ、同じ行の文字がみな同じ位置になっています。(B, T, D) の軸 1 が時間です。表を T 行に切りましょう。",
)
table_not_cut = misconception(
    edit("self.positions[:length]", "self.positions"),
    en="The whole table of positions is added, all max_len rows of it, which fits no shorter text. Cut it to the first T rows.",
    ja="位置の表を max_len 行すべて足そうとしていて、それより短い文に合いません。先頭の T 行に切りましょう。",
)
no_mask = misconception(
    edit("block(x, mask)", "block(x)"),
    en="There is no causal mask: each position sees the very character it is to predict, and learns to copy it. Pass the mask "
    "to every block.",
    ja="因果マスクがありません。どの位置からも、予測すべき文字そのものが見えていて、写すことしか学べません。すべてのブロックに mask を渡しましょう。",
)
mask_one_too_many = misconception(
    edit("causal_mask(length)", "torch.ones(length, length, dtype=torch.bool).tril(1)"),
    en="The mask is off by one: each position also sees the next, which is its answer. The diagonal is the last that may be "
    "seen: tril() without an argument.",
    ja="マスクが 1 つずれていて、答えである次の文字まで見えています。見てよいのは対角線までです。引数なしの tril() にしましょう。",
)
mask_one_too_few = misconception(
    edit("causal_mask(length)", "torch.ones(length, length, dtype=torch.bool).tril(-1)"),
    en="The mask leaves a position with nothing to look at, and its softmax is NaN. It is off by one, so that a position does "
    "not even see itself (keep the diagonal), or inverted (True means allowed).",
    ja="マスクのせいで、どこも見えない位置があり、softmax が NaN になっています。1 つずれて自分自身も見えない（対角線を残しましょう）か、True と False が"
    "逆です（True が「見てよい」です）。",
)
mask_transposed = misconception(
    edit("causal_mask(length)", "causal_mask(length).T"),
    en="The mask lies on its side: each position sees itself and its future instead of its past. Rows are the positions that "
    "look; take the lower triangle, tril.",
    ja="マスクが転置されていて、過去ではなく自分と未来が見えています。行が「見る側」です。下三角（tril）を使いましょう。",
)
attention_scaled_by_d_model = misconception(
    *_heads_mistakes.scale_by_d_model.edits,
    en="The model is put together rightly; it is the attention inside that divides its scores by sqrt(d_model) instead of the root of "
    "a head's width, d_model / num_heads.",
    ja="モデルの組み立ては正しくできています。中の Attention が、スコアをヘッドの幅 d_model / num_heads の平方根ではなく √d_model で割っています。",
)
attention_not_scaled = misconception(
    *_heads_layout_mistakes.no_scale.edits,
    en="The model is put together rightly; it is the attention inside that does not divide its scores by sqrt(d_h).",
    ja="モデルの組み立ては正しくできています。中の Attention が、スコアを √d_h で割っていません。",
)
one_block_many_times = misconception(
    edit(
        "[EncoderBlock(d_model, num_heads, d_ff, dropout) for _ in range(num_layers)]",
        "[EncoderBlock(d_model, num_heads, d_ff, dropout)] * num_layers",
    ),
    en="One block stands in the list num_layers times: [block] * n repeats the same object, so all layers share their weights. "
    "Make a new one each time, in a list comprehension.",
    ja="同じ 1 つのブロックが num_layers 回並んでいます。[block] * n は同じものを繰り返すだけで、全層が重みを共有してしまいます。内包表記で毎回新しく"
    "作りましょう。",
)
width_of_its_own = misconception(
    edit(
        "EncoderBlock(d_model, num_heads, d_ff, dropout) for",
        "EncoderBlock(d_model, num_heads, 4 * d_model, dropout) for",
    ),
    en="The blocks are made with another width than d_ff, so the number that is passed in changes nothing. Hand d_ff on to EncoderBlock.",
    ja="ブロックを d_ff とは別の幅で作っているので、渡された d_ff が使われません。EncoderBlock に d_ff をそのまま渡しましょう。",
)
only_the_first_block = misconception(
    edit("            x = block(x, mask)\n", "            x = block(x, mask)\n            break\n"),
    en="Only one of the blocks has a part in the result: the loop ends too early, or each block reads the x of before the loop. What one block gives "
    "is what the next one reads.",
    ja="1 つのブロックしか結果に使われていません。ループが途中で終わっているか、どのブロックもループの前の x を読んでいます。あるブロックの出力を、次のブロックの入力にしましょう。",
)
blocks_in_a_list = misconception(
    edit(
        "nn.ModuleList([EncoderBlock(d_model, num_heads, d_ff, dropout) for _ in range(num_layers)])",
        "[EncoderBlock(d_model, num_heads, d_ff, dropout) for _ in range(num_layers)]",
    ),
    en="The blocks stand in an ordinary list, so the model does not know them: their weights are never trained, saved or moved to the GPU, and "
    "eval() does not reach them. Use nn.ModuleList([...]).",
    ja="ブロックがふつうのリストに入っているので、モデルの一部になっていません。重みは学習も保存も GPU への移動もされず、eval() も届きません。"
    "nn.ModuleList([...]) を使いましょう。",
)
blocks_side_by_side = misconception(
    edit(
        "        for block in self.blocks:\n            x = block(x, mask)\n",
        "        x = sum(block(x, mask) for block in self.blocks)\n",
    ),
    en="The blocks stand side by side: each gets the embeddings, and their outputs are added. They are a stack, each reading "
    "what the one before it wrote.",
    ja="ブロックが横に並んでいて、どれも埋め込みを直接受け取り、出力が足し合わされています。ブロックは積み重ね、前の出力を次の入力にします。",
)
output_thrown_away = misconception(
    edit("x = block(x, mask)", "block(x, mask)"),
    en="What the blocks return is thrown away, so x stays the embedding. Assign it: x = block(x, mask).",
    ja="ブロックの返り値を捨てているので、x が埋め込みのままです。x = block(x, mask) と代入しましょう。",
)
last_norm_unused = misconception(
    edit("        x = self.norm(x)\n", ""),
    en="The last normalisation is made but not used. In a pre-norm stack nothing has normalised the sum that reaches the head.",
    ja="最後の正規化を作ったのに使っていません。pre-norm では、出力層に届く和がまだ一度も正規化されていません。",
)
softmax_in_the_model = misconception(
    edit("self.head(x)", "self.head(x).softmax(dim=-1)"),
    en="The model ends in a softmax. F.cross_entropy makes its own, and a second one flattens everything: the loss hardly "
    "moves. Return the logits.",
    ja="モデルの最後に softmax があります。F.cross_entropy も softmax をとるので 2 重になり、値がならされて損失がほとんど動きません。logits を返しましょう。",
)
only_the_last_position = misconception(
    edit("self.head(x)", "self.head(x[:, -1])"),
    en="Only the last position is scored. A language model learns from all T positions at once: return (B, T, V), and take the "
    "last one when generating.",
    ja="最後の位置の得点しか返していません。言語モデルは T 個の位置から一度に学びます。(B, T, V) を返し、最後だけを使うのは生成のときです。",
)
logits_transposed = misconception(
    edit("self.head(x)", "self.head(x).transpose(1, 2)"),
    en="The logits are (B, V, T). F.cross_entropy can take that, but here (B, T, V) is asked for; flatten for the loss instead.",
    ja="logits が (B, V, T) の向きです。F.cross_entropy には渡せますが、ここで返すのは (B, T, V) です。損失の計算のときに平らにしましょう。",
)
dropout_in_evaluation = misconception(
    edit("self.dropout(x)", "F.dropout(x, 0.1)"),
    en="Dropout stays on in evaluation: F.dropout does so unless told training=self.training. Use the nn.Dropout module.",
    ja="評価モードでも dropout が効いたままです。F.dropout は training=self.training を渡さない限り止まりません。nn.Dropout を使いましょう。",
)
mask_in_the_first_block = misconception(
    edit("            x = block(x, mask)\n", "            x = block(x, mask)\n            mask = None\n"),
    en="Only the first block gets the mask; the others see the future, and through them so does the prediction. Pass it to every block.",
    ja="最初のブロックにしか mask を渡していません。ほかのブロックから未来が見え、予測にも入り込みます。すべてのブロックに渡しましょう。",
)
mask_of_the_first_call = misconception(
    edit(
        "        mask = causal_mask(length).to(ids.device)  # (T, T)\n",
        "        if not hasattr(self, 'kept'):\n            self.kept = causal_mask(length).to(ids.device)\n"
        "        mask = self.kept[:length, :length]\n",
    ),
    en="The mask of the first call is kept, and does not fit a longer text. Make it from the length of each input, or once for max_len.",
    ja="最初の呼び出しで作ったマスクを使い続けていて、それより長い文に合いません。入力の長さごとに作るか、max_len の大きさで一度だけ作りましょう。",
)
weights_scaled_in_place = misconception(
    edit(
        "        words = self.embedding(ids) * self.scale  # (B, T, D)\n",
        "        self.embedding.weight.data *= self.scale\n        words = self.embedding(ids)  # (B, T, D)\n",
    ),
    en="The embedding matrix itself is multiplied in place, and once more with every call: the model is another one each time. Multiply "
    "what comes out of it.",
    ja="埋め込み行列そのものをその場で √D 倍していて、呼ぶたびにまた掛かり、毎回別のモデルになります。取り出したベクトルのほうに掛けましょう。",
)
divided_by_the_root = misconception(
    edit("self.embedding(ids) * self.scale", "self.embedding(ids) / self.scale"),
    en="The embedding is divided by sqrt(D) where it should be multiplied: the positions then drown it.",
    ja="埋め込みに √D を掛けるところを、割っています。位置の値に埋もれてしまいます。",
)
scaled_by_d = misconception(
    edit("self.embedding(ids) * self.scale", "self.embedding(ids) * self.scale**2"),
    en="The embedding is multiplied by D instead of its root.",
    ja="埋め込みに √D ではなく D を掛けています。",
)
positions_multiplied = misconception(
    edit("words + self.positions[:length]", "words * self.positions[:length]"),
    en="The positions are multiplied with the embedding. They are added: at position 0 half of the columns would be lost.",
    ja="埋め込みに位置を掛けています。足すのが正解です。掛けると、位置 0 では列の半分が 0 になってしまいます。",
)
positions_backwards = misconception(
    edit("self.positions[:length]", "self.positions[:length].flip(0)"),
    en="The positions are counted from the end of the text, so each character's position changes as the text grows. Count from the start.",
    ja="位置を文の末尾から数えているので、文が伸びるたびに同じ文字の位置が変わります。先頭から数えましょう。",
)
positions_of_the_end = misconception(
    edit("self.positions[:length]", "self.positions[-length:]"),
    en="The last T rows of the table are added instead of the first: positions then depend on the length of the text.",
    ja="表の先頭ではなく末尾の T 行を足しています。文の長さによって位置が変わってしまいます。",
)
table_of_fixed_size = misconception(
    edit('"positions", positional_encoding(max_len, d_model)', '"positions", positional_encoding(256, d_model)'),
    en="A text as long as max_len does not go through: the table of positions (or the mask) has a fixed size, smaller than that. Make it "
    "for max_len.",
    ja="max_len と同じ長さの文が通りません。位置の表（またはマスク）の大きさを、それより小さく決め打ちしています。max_len の大きさで作りましょう。",
)
id_0_is_padding = misconception(
    edit("self.embedding(ids) * self.scale", "self.embedding(ids) * (ids > 0).unsqueeze(-1) * self.scale"),
    en="Id 0 is taken for padding and gets no embedding. Here 0 is a character like the others, and there is no padding.",
    ja="ID 0 をパディングとみなして、埋め込みを 0 にしています。ここでは 0 もふつうの文字で、パディングはありません。",
)
positions_in_every_block = misconception(
    edit("            x = block(x, mask)\n", "            x = block(x + self.positions[:length], mask)\n"),
    edit("words + self.positions[:length]", "words"),
    en="The positions are added anew before every block. They are added once, to the embedding.",
    ja="ブロックの前で毎回位置を足しています。足すのは埋め込みに 1 回だけです。",
)
blocks_get_the_embedding = misconception(
    edit("            x = block(x, mask)\n", "            x = block(words, mask)\n"),
    en="Every block reads the embedding, so only the last one counts. Each reads what the one before it wrote.",
    ja="どのブロックも埋め込みを読んでいるので、最後の 1 つしか効きません。前の出力を次の入力にします。",
)
one_block_too_many = misconception(
    edit("for _ in range(num_layers)])", "for _ in range(num_layers + 1)])"),
    en="There is one block too many: num_layers + 1 of them.",
    ja="ブロックが 1 つ多く、num_layers + 1 個あります。",
)
embedding_added_again = misconception(
    edit("        x = self.norm(x)\n", "        x = self.norm(x + words)\n"),
    en="The embedding is added once more after the blocks. They carry it along by their residual connections already.",
    ja="ブロックの後で、もう一度埋め込みを足しています。残差接続がすでに運んでいます。",
)
last_norm_after_the_head = misconception(
    edit(
        "        x = self.norm(x)\n        return self.head(x)",
        "        return F.layer_norm(self.head(x), (self.head.out_features,))",
    ),
    en="The logits are normalised instead of what goes into the head. The last normalisation stands before the head.",
    ja="出力層に入る値ではなく、logits を正規化しています。最後の正規化は出力層の前に置きます。",
)
softmax_over_time = misconception(
    edit("self.head(x)", "self.head(x).log_softmax(dim=1)"),
    en="The softmax runs over the positions. The characters of the vocabulary are the last axis; and the loss takes logits as they are.",
    ja="softmax を位置の軸でとっています。文字（語彙）は最後の軸です。損失には logits をそのまま渡します。",
)
activation_on_the_logits = misconception(
    edit("self.head(x)", "self.head(x).relu()"),
    en="There is an activation on the logits, which cuts off all that are negative. Return what the head gives.",
    ja="logits に活性化関数をかけていて、負の値が切り捨てられています。出力層の値をそのまま返しましょう。",
)
state_kept_between_calls = misconception(
    edit("words + self.positions[:length]", "words + self.positions[:length].mul_(1.05)"),
    en="Something stays from one call to the next and changes what comes out: the table of positions changed in place (mul_, +=), say, or an "
    "attribute of self. All that forward may go by is what it is given and the parameters.",
    ja="前の呼び出しで変えたものが残っていて、次の結果が変わってしまいます（位置の表をその場で書き換える mul_ や +=、self の属性など）。forward が使ってよいのは、"
    "渡された値とパラメータだけです。",
)
