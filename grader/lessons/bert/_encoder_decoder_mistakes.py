"""The mistakes people make in the encoder-decoder."""

from grader.checks import edit, misconception

no_causal_mask = misconception(
    edit("attn_mask=future", "attn_mask=None"),
    en="The decoder has no causal mask. In training it sees the very words it is to predict, so the loss falls to nothing, and in translation, "
    "where they are not there, it has learned only to copy. Hide the future in its self-attention.",
    ja="デコーダーに因果マスクがありません。学習のとき予測すべき単語そのものが見えるので損失はすぐ下がりますが、それらがない翻訳の場面では役に立ちません。"
    "Self-Attention で未来を隠しましょう。",
)
one_word_ahead = misconception(
    edit(".triu(1)", ".triu(2)"),
    en="The causal mask lets the next word through. It is the very word to be predicted. What is hidden begins one above the diagonal: triu(1).",
    ja="因果マスクが 1 つ先を通しています。そこがまさに予測すべき単語です。隠すのは対角線の 1 つ上から、つまり triu(1) です。",
)
mask_upside_down = misconception(
    edit(".triu(1)", ".tril(-1)"),
    en="The causal mask is upside down. It hides the past and shows the future. In nn.MultiheadAttention True means hidden, so the upper triangle "
    "has to be True.",
    ja="因果マスクが逆で、過去を隠して未来を見せています。nn.MultiheadAttention では True が「見ない」なので、上三角を True にします。",
)
history_not_seen = misconception(
    edit(".triu(1)", ".fill_(True).fill_diagonal_(False)"),
    en="The decoder does not see what it has written. Every position sees itself alone, so a word cannot depend on those before it. Hide only what "
    "comes later.",
    ja="デコーダーが、自分の書いた前の単語を見ていません。どの位置も自分だけを見ているので、前の単語に続く単語を選べません。隠すのは後ろだけにしましょう。",
)
query_and_key_swapped = misconception(
    edit("self.source_attention(x, memory, memory, key_padding_mask=padding)", "self.source_attention(memory, x, x)"),
    en="Query and key are swapped in the source-target attention. The source would ask and the target answer, and as many rows come out as the source has "
    "words. The one who writes asks: the query is the target, key and value are memory.",
    ja="Source-Target Attention の Query と Key が入れ替わっています。原文が問い、訳文が答えることになり、出力の行数も原文の単語数になってしまいます。"
    "尋ねるのは書く側です。Query が訳文、Key と Value が memory です。",
)
values_from_the_target = misconception(
    edit("self.source_attention(x, memory, memory, key_padding_mask=padding)", "self.source_attention(x, memory, x)"),
    en="The values of the source-target attention come from the target. The weights say which words of the source matter, but what is added up are words of "
    "the target, and with another number of words it stops. Key and value are both memory.",
    ja="Source-Target Attention の Value が訳文から来ています。重みは原文のどの単語を見るかを表すのに、足し合わせるのは訳文の単語になり、単語数が違うと止まります。"
    "Key と Value はどちらも memory です。",
)
source_not_read = misconception(
    edit(
        "self.source_attention(x, memory, memory, key_padding_mask=padding)",
        "self.source_attention(x, x, x, attn_mask=future)",
    ),
    en="The source is not read. The second attention looks at the target again, so the decoder writes without knowing what it translates. Its key and value are "
    "memory, the output of the encoder.",
    ja="原文を読んでいません。2 つ目の Attention まで訳文を見ているので、何を訳すのか知らずに書いています。Key と Value はエンコーダーの出力 memory です。",
)
memory_mask_dropped = misconception(
    edit(", key_padding_mask=padding", ""),
    en="The source-target attention looks at padding. Masking it in the encoder is not enough: the encoder gives some vector at padded positions too, and "
    "the decoder reads it. Hand key_padding_mask to the source-target attention.",
    ja="Source-Target Attention がパディングを見ています。エンコーダーで隠すだけでは足りません。パディングの位置にも何かのベクトルが出力され、デコーダーが"
    "それを読んでしまいます。こちらにも key_padding_mask を渡しましょう。",
)
encoder_padding_attended = misconception(
    edit("self.encoder(self.dropout(x), src_key_padding_mask=~src_mask)", "self.encoder(self.dropout(x))"),
    en="The encoder looks at padding. What it says of a sentence then depends on how long the others of the batch are. Hand src_key_padding_mask to the encoder.",
    ja="エンコーダーがパディングを見ています。これでは同じ文でも、バッチ内のほかの文の長さによって出力が変わります。src_key_padding_mask を渡しましょう。",
)
mask_polarity_flipped = misconception(
    edit("src_key_padding_mask=~src_mask", "src_key_padding_mask=src_mask"),
    edit("block(y, memory, ~src_mask)", "block(y, memory, src_mask)"),
    en="The mask is the wrong way round. src_mask is True for real words, PyTorch's padding masks are True for what to ignore; so the words are ignored and the "
    "padding is read. Invert it with ~.",
    ja="マスクの True と False が逆です。src_mask は True が本物の単語、PyTorch のパディングマスクは True が「無視する」です。いまは単語を無視して"
    "パディングを読んでいます。~ で反転しましょう。",
)
encoder_causal = misconception(
    edit(
        "self.encoder(self.dropout(x), src_key_padding_mask=~src_mask)",
        "self.encoder(self.dropout(x), mask=torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).triu(1), src_key_padding_mask=~src_mask)",
    ),
    en="The encoder has a causal mask too. The source is known from beginning to end, and what a word means often shows only later. Only the decoder's "
    "self-attention is causal.",
    ja="エンコーダーにも因果マスクが付いています。原文は最後まで分かっていて、単語の意味は後ろを読んで決まることも多いものです。因果マスクが要るのは"
    "デコーダーの Self-Attention だけです。",
)
no_source_positions = misconception(
    edit(" + self.positions[: src.shape[1]]", ""),
    en='The source has no positions. "The dog bites the man" and "the man bites the dog" become the same bag of words. Add the encoding to the source\'s '
    "embedding as well.",
    ja="原文に位置の情報がありません。「犬が人をかむ」と「人が犬をかむ」が同じ単語の袋になってしまいます。原文の埋め込みにも位置エンコーディングを足しましょう。",
)
no_target_positions = misconception(
    edit(" + self.positions[: tgt.shape[1]]", ""),
    en="The target has no positions. Among the words before it the decoder cannot tell which came first. Add the encoding to the target's embedding as well.",
    ja="訳文に位置の情報がありません。デコーダーは、前に書いた単語のどれが先だったかを区別できません。訳文の埋め込みにも位置エンコーディングを足しましょう。",
)
target_not_shifted = misconception(
    edit("tgt[:, :-1], tgt[:, 1:]", "tgt, tgt"),
    en="The target is not shifted. Each position is asked for the word it is given, so the model learns to copy and cannot translate. Give it tgt[:, :-1] and "
    "ask for tgt[:, 1:].",
    ja="訳文がずらされていません。各位置に、入力された単語そのものを答えさせているので、写すことしか学べません。入力は tgt[:, :-1]、正解は tgt[:, 1:] です。",
)
target_shifted_twice = misconception(
    edit("tgt[:, :-1], tgt[:, 1:]", "tgt[:, :-2], tgt[:, 2:]"),
    en="The target is shifted by two. Each position is asked for the word after the next, which nobody writes in that order. Shift by one.",
    ja="2 つずらしています。次の次の単語を答えさせることになり、書く順番と合いません。ずらすのは 1 つです。",
)
target_shifted_backwards = misconception(
    edit("tgt[:, :-1], tgt[:, 1:]", "tgt[:, 1:], tgt[:, :-1]"),
    en="The target is shifted the wrong way. Each position is asked for the word before it, which it can see. The input lacks the last word, the answer lacks the "
    "first.",
    ja="ずらす向きが逆です。各位置に、見えている 1 つ前の単語を答えさせています。入力から最後を、正解から最初を除きます。",
)
padding_counted = misconception(
    edit(", ignore_index=pad_id", ""),
    en="Padding counts in the loss. Predicting padding after padding is easy, so the loss looks small and short sentences hardly count. Pass ignore_index=pad_id.",
    ja="パディングまで損失に数えています。パディングの次がパディングなのは当たり前なので、損失が小さく見え、短い文がほとんど効かなくなります。"
    "ignore_index=pad_id を渡しましょう。",
)
only_the_last_word_given = misconception(
    edit("model.decode(words, memory", "model.decode(words[:, -1:], memory"),
    en="The decoder is given the last word alone. It forgets what it has written, and takes every word for the first. Give it all of words.",
    ja="デコーダーに最後の単語しか渡していません。それまでに書いたことを忘れ、どの単語も文の先頭だと思ってしまいます。words 全体を渡しましょう。",
)
fed_its_own_padding = misconception(
    edit(
        "model.decode(words, memory, src_mask)",
        "model.decode(F.pad(words, (0, max_len - words.shape[1])), memory, src_mask)",
    ),
    en="The decoder is fed its own padding. The place for the words to come is filled with zeros and the last place is read, which follows on padding instead of on the "
    "last word. Hand over what is written and no more, or read at position t.",
    ja="デコーダーが自分のパディングを読んでいます。まだ書いていない場所を 0 で埋めたまま最後の位置を使うと、最後の単語ではなくパディングの続きを予測することに"
    "なります。書いた分だけを渡すか、位置 t の出力を使いましょう。",
)
start_missing = misconception(
    edit("torch.full((len(src), 1), start_id,", "torch.full((len(src), 1), 0,"),
    en="Writing does not begin with the start. In training the first word always followed on start_id; after padding the decoder does not know that it is to begin. "
    "Begin with start_id.",
    ja="start_id から書き始めていません。学習では最初の単語はいつも start_id の次でした。パディングの次では、書き始めだと分かりません。"
    "start_id から始めましょう。",
)
ended_by_the_first = misconception(
    edit("done.all()", "done.any()"),
    en="All sentences end with the first that stops. The longer ones are cut off. Go on until every sentence has its stop.",
    ja="どれか 1 文が終わると、全文を打ち切っています。長い文が途中で切れてしまいます。すべての文が終わるまで続けましょう。",
)
dropout_left_on = misconception(
    edit("    model.eval()\n", ""),
    en="Dropout is left on while translating. The same sentence then gets another, and a worse, translation each time. Call model.eval() first.",
    ja="翻訳のあいだも dropout が働いています。同じ文でも毎回違う、質の落ちた訳になります。先に model.eval() を呼びましょう。",
)
sampled_instead = misconception(
    edit("scores.argmax(dim=1)", "torch.multinomial(scores.softmax(1), 1)[:, 0]"),
    en="Words are drawn and not chosen. A sample is fine for stories; greedy decoding takes the most likely word each time. Use argmax.",
    ja="単語を確率に従って引いています。物語の生成ならそれもよいのですが、greedy（貪欲）な復号では毎回最もありそうな単語を選びます。argmax を使いましょう。",
)
no_feed_forward = misconception(
    edit("self.feed_forward = nn.Sequential(nn.Linear(d_model, d_ff), nn.ReLU(), nn.Linear(d_ff, d_model))", "pass"),
    edit(
        "self.norm1, self.norm2, self.norm3 = (nn.LayerNorm(d_model) for _ in range(3))",
        "self.norm1, self.norm2 = (nn.LayerNorm(d_model) for _ in range(2))",
    ),
    edit("return self.norm3(x + self.dropout(self.feed_forward(x)))", "return x"),
    en="The decoder has no feed-forward. Attention only averages what is there; what a position makes of it is the business of the two linear layers "
    "after it. Add x + feed_forward(x) as the third stage.",
    ja="デコーダーに全結合（feed-forward）がありません。Attention はあるものを平均するだけで、それを加工するのは後ろの 2 層の線形変換です。"
    "3 つ目の段として x + feed_forward(x) を加えましょう。",
)
no_activation = misconception(
    edit("nn.ReLU()", "nn.Identity()"),
    en="The feed-forward has no activation between its two linear layers. Two linear layers in a row are one linear layer. Put a ReLU between them.",
    ja="全結合の 2 つの線形層のあいだに活性化関数がありません。線形層を 2 つ続けても 1 つの線形層と同じです。あいだに ReLU を入れましょう。",
)
no_normalisation = misconception(
    edit("(nn.LayerNorm(d_model) for _ in range(3))", "(nn.Identity() for _ in range(3))"),
    en="The decoder has no layer normalisation. What the stages add piles up, and deep stacks do not train. Each of the three stages has a LayerNorm "
    "of its own.",
    ja="デコーダーに層正規化がありません。段を通るたびに値が積み上がり、深く積むと学習が進みません。3 つの段それぞれに LayerNorm を"
    "付けましょう。",
)
one_normalisation_for_all = misconception(
    edit(
        "self.norm1, self.norm2, self.norm3 = (nn.LayerNorm(d_model) for _ in range(3))",
        "self.norm1 = self.norm2 = self.norm3 = nn.LayerNorm(d_model)",
    ),
    en="One LayerNorm does the work of several. Its gain and shift are learned, and each stage needs its own. Make a module for each place.",
    ja="1 つの LayerNorm を複数の段で使い回しています。倍率とずれは学習されるので、段ごとに別のものが要ります。場所ごとにモジュールを作りましょう。",
)
two_stages_share_a_normalisation = misconception(
    edit(
        "self.norm1, self.norm2, self.norm3 = (nn.LayerNorm(d_model) for _ in range(3))",
        "self.norm1, self.norm2 = (nn.LayerNorm(d_model) for _ in range(2)); self.norm3 = self.norm1",
    ),
    en="Two stages share one LayerNorm. Its gain and shift are learned, and each stage needs its own. Make a module for each place.",
    ja="2 つの段が同じ LayerNorm を共有しています。倍率とずれは学習されるので、段ごとに別のものが要ります。場所ごとにモジュールを作りましょう。",
)
source_before_self = misconception(
    edit(
        "seen, _ = self.self_attention(x, x, x, attn_mask=future)",
        "seen, _ = self.source_attention(x, memory, memory, key_padding_mask=padding)",
    ),
    edit(
        "read, _ = self.source_attention(x, memory, memory, key_padding_mask=padding)",
        "read, _ = self.self_attention(x, x, x, attn_mask=future)",
    ),
    en="The decoder looks at the source first and at itself afterwards. In figure 1 it is the other way round: what is written so far decides what to ask the "
    "source. Self-attention, then source-target attention, then feed-forward.",
    ja="デコーダーが、先に原文を見てから自分を見ています。図 1 では逆で、ここまでに書いたことをふまえて原文に尋ねます。Self-Attention、"
    "Source-Target Attention、全結合の順です。",
)
one_attention_for_both = misconception(
    edit("self.source_attention = nn.MultiheadAttention(d_model, num_heads, dropout, batch_first=True)", "pass"),
    edit("self.source_attention(x, memory, memory", "self.self_attention(x, memory, memory"),
    en="One attention does both jobs. Looking at oneself and looking at the source are different questions, with projections of their own. Make two "
    "modules.",
    ja="1 つの Attention を両方の役に使っています。自分を見るのと原文を見るのは別の問いで、射影もそれぞれ別です。モジュールを 2 つ作りましょう。",
)
no_residual_around_self = misconception(
    edit("x + self.dropout(seen)", "self.dropout(seen)"),
    en="The input is not added back after the self-attention. Without the residual connection the word at a position itself is lost. Add x.",
    ja="Self-Attention の後に入力を足し戻していません。残差接続がないと、その位置の単語自身の情報が失われます。x を足しましょう。",
)
no_residual_around_source = misconception(
    edit("x + self.dropout(read)", "self.dropout(read)"),
    en="The input is not added back after the source-target attention. What the decoder has written is lost there, and only the source is left. Add x.",
    ja="Source-Target Attention の後に入力を足し戻していません。そこで訳文の情報が失われ、原文だけが残ります。x を足しましょう。",
)
no_residual_around_feed_forward = misconception(
    edit("x + self.dropout(self.feed_forward(", "self.dropout(self.feed_forward("),
    en="The input is not added back after the feed-forward. It has to add to what the attentions found, not to take its place. Add x.",
    ja="全結合の後に入力を足し戻していません。Attention の結果に付け加えるもので、置き換えるものではありません。x を足しましょう。",
)
one_layer_many_times = misconception(
    edit(
        "nn.ModuleList(DecoderBlock(d_model, num_heads, d_ff, dropout) for _ in range(num_layers))",
        "nn.ModuleList([DecoderBlock(d_model, num_heads, d_ff, dropout)] * num_layers)",
    ),
    en="More layers have no more parameters: one layer stands there num_layers times ([layer] * n repeats the same object), or num_layers is not used. "
    "Make a new layer each time, in encoder and decoder.",
    ja="層を増やしてもパラメータが増えません。同じ 1 つの層が num_layers 回並んでいる（[layer] * n は同じものの繰り返しです）か、num_layers を使って"
    "いません。エンコーダーでもデコーダーでも、毎回新しい層を作りましょう。",
)
a_layer_is_passed_by = misconception(
    edit("y = block(y, memory, ~src_mask)", "out = block(y, memory, ~src_mask)"),
    edit("return self.fc(y)", "return self.fc(out)"),
    en="Some layers have no influence. Each layer has to read what the one before it gave: y = layer(y, ...), and it is the last y that goes on.",
    ja="結果に影響しない層があります。どの層も、1 つ前の層の出力を読みます。y = layer(y, ...) と書き、最後の y を使いましょう。",
)
source_not_encoded = misconception(
    edit("memory = model.encode(src, src_mask)", "memory = src"),
    en="greedy_decode never encodes the source: decode is given the ids of the words and not memory. Call model.encode(src, src_mask) once, before "
    "the loop.",
    ja="greedy_decode が原文をエンコードしていません。decode に memory ではなく単語の ID を渡しています。ループの前に 1 回、model.encode(src, src_mask) を"
    "呼びましょう。",
)
dropout_never_off = misconception(
    edit("self.feed_forward(x)))", "F.dropout(self.feed_forward(x), 0.1)))"),
    en="Dropout stays on in evaluation mode: F.dropout drops by default, whatever model.eval() says. Pass training=self.training, or use nn.Dropout.",
    ja="評価モードでも dropout が働いています。F.dropout は、model.eval() と言われても既定では落とし続けます。training=self.training を渡すか、"
    "nn.Dropout を使いましょう。",
)
positions_scaled_too = misconception(
    edit(
        "y = self.tgt_words(tgt) * self.scale + self.positions[: tgt.shape[1]]",
        "y = (self.tgt_words(tgt) + self.positions[: tgt.shape[1]]) * self.scale",
    ),
    en="The positions are multiplied by the root of D together with the words. The factor belongs to the embedding alone: scale, then add.",
    ja="位置まで単語と一緒に √D 倍されています。掛けるのは埋め込みだけです。先に掛け、それから位置を足しましょう。",
)
table_of_fixed_size = misconception(
    edit("angle = torch.arange(max_len)[:, None]", "angle = torch.arange(100)[:, None]"),
    en="The table of positions has a size of its own, so sentences as long as max_len do not fit. Make it with max_len rows.",
    ja="位置の表の大きさが決め打ちなので、max_len までの文が入りません。max_len 行の表を作りましょう。",
)
state_kept_between_calls = misconception(
    edit(
        '        """src (B, S), src_mask (B, S) bool -> memory (B, S, D)"""\n',
        '        if getattr(self, "kept", None) is not None:\n            return self.kept\n',
    ),
    edit(
        "return self.encoder(self.dropout(x), src_key_padding_mask=~src_mask)",
        "self.kept = self.encoder(self.dropout(x), src_key_padding_mask=~src_mask)\n        return self.kept",
    ),
    en="encode keeps what it gave the first time and gives it again, whatever the source. Everything a call needs is in its arguments.",
    ja="encode が最初の結果を取っておき、別の原文にも同じものを返しています。呼び出しに必要なものは、すべて引数で渡されます。",
)
no_log_softmax = misconception(
    edit("F.cross_entropy(", "F.nll_loss("),
    en="F.nll_loss gets the logits as they are. It expects log-probabilities: use F.cross_entropy, or log_softmax in the model.",
    ja="F.nll_loss に logits をそのまま渡しています。必要なのは対数確率です。F.cross_entropy を使うか、モデルの中で log_softmax をとりましょう。",
)
