"""The mistakes people make in the encoder, the masked LM and its loss."""

from grader.checks import edit, misconception

causal_mask_left_in = misconception(
    edit(
        "self.layers(x, src_key_padding_mask=padding)",
        "self.layers(x, mask=torch.ones(len(place), len(place), dtype=torch.bool).triu(1), src_key_padding_mask=padding)",
    ),
    en="The causal mask was left in. With it a gap is filled from the words before it alone, and half of what the sentence "
    "says is lost; BERT's point is to look both ways. Hide the padding and nothing else.",
    ja="因果マスクが残っています。これでは穴を前の単語だけから埋めることになり、文の半分の手がかりを捨ててしまいます。BERT のねらいは両側を"
    "見ることです。隠すのはパディングだけにしましょう。",
)
padding_attended = misconception(
    edit("None if mask is None else ~mask", "None"),
    en="Padding gets attention. The same sentence then gives different outputs in batches of different lengths. Hand the mask to the "
    "layers.",
    ja="パディングにも注意が向いています。これでは同じ文でも、バッチの長さによって出力が変わってしまいます。層に mask を渡しましょう。",
)
padding_zeroed = misconception(
    edit(
        "return self.layers(x, src_key_padding_mask=padding)",
        "real = 1.0 if padding is None else mask.unsqueeze(-1)\n        return self.layers(x * real) * real",
    ),
    en="The vectors of padding are set to zero, but the layers still attend to them: a softmax gives a key of zeros its share too. Hand the mask "
    "to the layers.",
    ja="パディングのベクトルを 0 にしていますが、層の中では注意が向いたままです。softmax は 0 の Key にも重みを配ります。層に mask を渡しましょう。",
)
mask_polarity_flipped = misconception(
    edit("None if mask is None else ~mask", "mask"),
    en="The mask is the wrong way round. Our mask is True for real words, src_key_padding_mask is True for what is to be ignored; as "
    "it is, the model sees padding and no word. Invert it with ~.",
    ja="マスクの True と False が逆です。ここの mask は True が本物の単語、src_key_padding_mask は True が「無視する」です。いまは"
    "パディングだけを見て、単語を見ていません。~ で反転しましょう。",
)
no_positions = misconception(
    edit(" + self.positions(place)", ""),
    en="Positions are not added. Self-attention treats a sentence as a bag of words; who did what to whom is lost. Add the embedding "
    "of the positions to that of the words.",
    ja="位置の埋め込みが足されていません。Self-Attention にとって文は単語の袋でしかなく、「だれがだれに」が分からなくなります。"
    "単語の埋め込みに位置の埋め込みを足しましょう。",
)
segments_ignored = misconception(
    edit(" + self.segments(segments)", ""),
    en="Segments are ignored. A task with two texts, such as question and passage, needs to know which word belongs to which. "
    "Add the embedding of the segments.",
    ja="segments が使われていません。質問と本文のように 2 つの文章がある課題では、どの単語がどちらのものかを知る必要があります。"
    "セグメントの埋め込みも足しましょう。",
)
mask_not_handed_on = misconception(
    edit("self.encoder(ids, mask)", "self.encoder(ids)"),
    en="The masked LM does not hand the mask to its encoder. The encoder then takes padding for words. Call encoder(ids, mask).",
    ja="Masked LM が mask をエンコーダーに渡していません。エンコーダーはパディングを単語として扱ってしまいます。"
    "encoder(ids, mask) と呼びましょう。",
)
predicts_from_cls = misconception(
    edit("self.fc(hidden)", "self.fc(hidden[:, :1].expand_as(hidden))"),
    en="Every word is predicted from the first position. [CLS] stands for the sentence as a whole; what stood in a gap is predicted "
    "from the output at that gap. Apply the layer to all of hidden.",
    ja="どの単語も先頭の出力から予測しています。[CLS] は文全体のための位置で、穴の単語はその穴の位置の出力から予測します。"
    "hidden 全体に層を適用しましょう。",
)
encoder_cut_off = misconception(
    edit("hidden = self.encoder(ids, mask)", "hidden = self.encoder(ids, mask).detach()"),
    en="The encoder gets no gradient. Pretraining is there to train the encoder; like this only the last layer learns. Take away "
    "detach() or no_grad(), and keep the encoder as an attribute.",
    ja="エンコーダーに勾配が流れません。事前学習はエンコーダーを鍛えるためのものなのに、これでは最後の層しか学習しません。detach() や "
    "no_grad() を外し、エンコーダーを属性として持たせましょう。",
)
loss_over_all_positions = misconception(
    edit("(1, 2), labels)", "(1, 2), labels.clamp(min=0))"),
    en="The loss counts every position. What was not chosen has no answer, and turning -100 into 0 makes word 0 the answer there. "
    "Leave -100 to cross_entropy, or select the chosen positions first.",
    ja="すべての位置を損失に入れています。選ばれていない位置に正解はなく、-100 を 0 に変えると「正解は単語 0」になってしまいます。-100 のまま "
    "cross_entropy に渡すか、選ばれた位置だけを先に取り出しましょう。",
)
divided_by_all_positions = misconception(
    edit("(1, 2), labels)", '(1, 2), labels, reduction="sum") / labels.numel()'),
    en="The sum is divided by the number of all positions. The loss looks seven times smaller than it is, and changes with the amount "
    "of padding. Divide by the number of chosen positions.",
    ja="合計を全位置の数で割っています。損失が実際の 7 分の 1 ほどに見え、パディングの量でも変わってしまいます。"
    "選ばれた位置の数で割りましょう。",
)
no_log_softmax = misconception(
    edit("F.cross_entropy(", "F.nll_loss("),
    en="F.nll_loss gets the logits as they are. It expects log-probabilities: use F.cross_entropy, or log_softmax in the model.",
    ja="F.nll_loss に logits をそのまま渡しています。必要なのは対数確率です。F.cross_entropy を使うか、モデルの中で log_softmax をとりましょう。",
)
loss_summed = misconception(
    edit("(1, 2), labels)", '(1, 2), labels, reduction="sum")'),
    en="The losses are added up and not averaged. The step size then depends on how many words happened to be chosen. Take the mean.",
    ja="損失を平均せずに合計しています。これでは、たまたま選ばれた単語の数によって更新の大きさが変わってしまいます。平均をとりましょう。",
)
mean_of_sentence_means = misconception(
    edit(
        "F.cross_entropy(logits.transpose(1, 2), labels)",
        "torch.stack([F.cross_entropy(scores, answers) for scores, answers in zip(logits, labels)]).mean()",
    ),
    en="The mean of each sentence is averaged over the sentences. A word in a sentence with one gap then weighs five times as much as one "
    "in a sentence with five. Average once, over all gaps of the batch.",
    ja="文ごとの平均を、さらに平均しています。穴が 1 つの文の単語が、穴が 5 つの文の単語の 5 倍の重みを持ってしまいます。"
    "バッチ全体の穴について 1 回だけ平均しましょう。",
)
view_for_transpose = misconception(
    edit("logits.transpose(1, 2)", "logits.reshape(logits.shape[0], logits.shape[2], logits.shape[1])"),
    en="reshape was taken for transpose. cross_entropy wants (B, V, T); reshape only cuts the same row of numbers differently and mixes "
    "words with positions. Use transpose(1, 2), or flatten both.",
    ja="transpose のつもりで reshape を使っています。cross_entropy が求めるのは (B, V, T) ですが、reshape は数の並びを切り直すだけなので、"
    "単語と位置が混ざってしまいます。transpose(1, 2) を使うか、両方を平らにしましょう。",
)
padding_id_ignored_instead = misconception(
    edit("(1, 2), labels)", "(1, 2), labels, ignore_index=0)"),
    en="ignore_index was set to another value. The positions to leave out are marked -100, which is what cross_entropy ignores when it is "
    "told nothing; word 0 may well be asked for.",
    ja="ignore_index を別の値にしています。除く位置の印は -100 で、これは cross_entropy が何も指定しなくても無視する値です。単語 0 が"
    "正解のこともあります。",
)
layers_not_batch_first = misconception(
    edit(", batch_first=True)\n", ")\n"),
    en="Batch and time are confused in the layers. Without batch_first=True they read (T, B, D), so the words of different sentences "
    "attend to each other. Pass batch_first=True.",
    ja="層の中でバッチと時間を取り違えています。batch_first=True がないと (T, B, D) と読まれ、別々の文の単語どうしが注意を向け合って"
    "しまいます。batch_first=True を付けましょう。",
)
only_cls_returned = misconception(
    edit("src_key_padding_mask=padding)", "src_key_padding_mask=padding)[:, 0]"),
    en="The encoder gives back the first position alone. Gaps and tags need the output at every word; picking [CLS] is the business "
    "of the head that wants it. Return all of (B, T, D).",
    ja="エンコーダーが先頭の位置だけを返しています。穴埋めやタギングには、すべての単語の出力が要ります。[CLS] を取り出すのは、それを使う出力層の"
    "仕事です。(B, T, D) をすべて返しましょう。",
)
no_normalisation = misconception(
    edit("self.norm = nn.LayerNorm(d_model)", "self.norm = nn.Identity()"),
    en="The sum of the embeddings is not normalised. Three tables are added, and without a LayerNorm their size decides how much the layers hear of each. "
    "Put LayerNorm between the sum and the layers.",
    ja="埋め込みの和が正規化されていません。3 つの表を足したままでは、それぞれの値の大きさによって層への伝わり方が変わります。和と層のあいだに LayerNorm を"
    "入れましょう。",
)
words_normalised_alone = misconception(
    edit(
        "self.words(ids) + self.positions(place) + self.segments(segments)",
        "self.norm(self.words(ids)) + self.positions(place) + self.segments(segments)",
    ),
    edit("self.dropout(self.norm(x))", "self.dropout(x)"),
    en="The vectors of the words are normalised alone, before positions and segments are added. The LayerNorm belongs to the sum of all three.",
    ja="位置とセグメントを足す前に、単語の埋め込みだけを正規化しています。LayerNorm は 3 つの和に対してかけます。",
)
segments_only_if_given = misconception(
    edit("segments = torch.zeros_like(ids) if segments is None else segments\n", "given = segments is not None\n"),
    edit(" + self.segments(segments)", " + (self.segments(segments) if given else 0)"),
    en="Without segments nothing is added. Segment 0 has a vector of its own, so a sentence alone gets another input than in pretraining. Take zeros where "
    "segments is None.",
    ja="segments を省くと、セグメントの埋め込みが足されません。セグメント 0 にも埋め込みがあるので、1 文だけのとき入力が変わってしまいます。None のときは "
    "0 を並べて使いましょう。",
)
second_segment_by_default = misconception(
    edit("torch.zeros_like(ids) if segments is None", "torch.ones_like(ids) if segments is None"),
    en="Without segments every word is taken for one of the second text. A text alone is the first, whose number is 0: take zeros where segments is None.",
    ja="segments を省くと、すべての単語が 2 文目として扱われます。1 文だけなら 1 文目、番号は 0 です。None のときは 0 を並べて使いましょう。",
)
zero_taken_for_padding = misconception(
    edit("None if mask is None else ~mask", "ids == 0 if mask is None else ~mask"),
    en="Without a mask some words are taken for padding, by their id. Which id is padding is not known here; only the mask says so. Without one, "
    "hide nothing.",
    ja="mask を省くと、特定の ID の単語がパディング扱いされます。どの ID がパディングかはここでは分からず、それを伝えるのは mask だけです。省かれたときは何も"
    "隠さないようにしましょう。",
)
table_of_fixed_size = misconception(
    edit("nn.Embedding(max_len, d_model)", "nn.Embedding(100, d_model)"),
    en="The table of positions has a size of its own, so sentences as long as max_len do not fit. Make it with max_len rows.",
    ja="位置の表の大きさが決め打ちなので、max_len までの文が入りません。max_len 行の表を作りましょう。",
)
one_layer_many_times = misconception(
    edit(
        "nn.TransformerEncoder(layer, num_layers, enable_nested_tensor=False)",
        "nn.TransformerEncoder(layer, 1, enable_nested_tensor=False)",
    ),
    en="More layers have no more parameters: one layer stands there num_layers times ([layer] * n repeats the same object), or num_layers is not used. "
    "Make a new layer each time.",
    ja="層を増やしてもパラメータが増えません。同じ 1 つの層が num_layers 回並んでいる（[layer] * n は同じものの繰り返しです）か、num_layers を使って"
    "いません。毎回新しい層を作りましょう。",
)
a_layer_is_passed_by = misconception(
    edit("self.layers(x, src_key_padding_mask=padding)", "self.layers.layers[-1](x, src_key_padding_mask=padding)"),
    en="Some layers have no influence. Each layer has to read what the one before it gave: x = layer(x), and x is returned.",
    ja="結果に影響しない層があります。どの層も、1 つ前の層の出力を読みます。x = layer(x) と書き、最後にその x を返しましょう。",
)
segments_share_positions = misconception(
    edit("self.segments = nn.Embedding(2, d_model)", "self.segments = self.positions"),
    en="Segments and positions share one table. The second segment then looks like the second position. Make a table of two rows for the segments.",
    ja="セグメントと位置が同じ表を使っています。2 文目であることと 2 番目の位置であることが区別できません。セグメントには 2 行の表を別に作りましょう。",
)
dropout_never_off = misconception(
    edit("x = self.dropout(self.norm(x))", "x = F.dropout(self.norm(x), 0.1)"),
    en="Dropout stays on in evaluation mode: F.dropout drops by default, whatever model.eval() says. Pass training=self.training, or use nn.Dropout.",
    ja="評価モードでも dropout が働いています。F.dropout は、model.eval() と言われても既定では落とし続けます。training=self.training を渡すか、"
    "nn.Dropout を使いましょう。",
)
softmax_before_the_loss = misconception(
    edit("logits.transpose(1, 2)", "logits.transpose(1, 2).softmax(1)"),
    en="The softmax is taken twice. cross_entropy makes its own; given probabilities it flattens everything, and the loss hardly moves. Hand it the logits.",
    ja="softmax を 2 回とっています。cross_entropy の中でも softmax をとるので、確率を渡すと値がならされ、損失がほとんど動きません。logits を渡しましょう。",
)
naive_logarithm = misconception(
    edit(
        "F.cross_entropy(logits.transpose(1, 2), labels)", "F.nll_loss(logits.transpose(1, 2).softmax(1).log(), labels)"
    ),
    en="The logarithm is taken of a softmax. A small probability becomes 0 and its logarithm -inf; log_softmax, and cross_entropy in it, never leaves the "
    "logarithms.",
    ja="softmax をとってから log をとっています。小さな確率は 0 に丸められ、log が −∞ になります。log_softmax（cross_entropy の中身）なら対数のまま"
    "計算できます。",
)
changed_in_place = misconception(
    edit(
        "    return F.cross_entropy(",
        "    asked = labels != -100\n    labels[~asked] = 0\n    logits, labels = logits[asked][:, :, None].transpose(1, 2).transpose(1, 2), labels[asked][:, None]\n    return F.cross_entropy(logits, labels) if True else F.cross_entropy(",
    ),
    en="The labels that were passed in are changed. Whoever called has lost which words were asked for. Work on a copy.",
    ja="渡された labels を書き換えています。呼び出した側では、どの単語が問われたのか分からなくなります。写しに対して作業しましょう。",
)
positions_after_the_norm = misconception(
    edit(
        "self.words(ids) + self.positions(place) + self.segments(segments)",
        "self.norm(self.words(ids) + self.segments(segments)) + self.positions(place)",
    ),
    edit("self.dropout(self.norm(x))", "self.dropout(x)"),
    en="The positions are added after the normalisation. The LayerNorm belongs to the sum of all three embeddings.",
    ja="正規化した後で位置を足しています。LayerNorm は 3 つの埋め込みの和に対してかけます。",
)
state_kept_between_calls = misconception(
    edit(
        "place = torch.arange(ids.shape[1], device=ids.device)",
        'self.kept = getattr(self, "kept", ids.shape[1] - 1); place = torch.arange(ids.shape[1], device=ids.device).clamp(max=self.kept)',
    ),
    en="Something of the first call is kept, such as a table of positions as long as its sentence, and used for all later ones. What depends on the input is made "
    "anew in each call.",
    ja="最初の呼び出しで作ったもの（その文の長さの位置の表など）を取っておき、後の呼び出しでも使っています。入力によって決まるものは、呼び出すたびに作りましょう。",
)
