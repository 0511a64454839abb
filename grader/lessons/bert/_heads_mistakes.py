"""The mistakes people make in the four heads."""

from grader.checks import edit, misconception

last_separator_missing = misconception(
    edit("*second, sep_id]", "*second]"),
    edit("(len(second) + 1)", "len(second)"),
    en="The last [SEP] is missing. BERT marks the end of both sentences; in pretraining it saw no pair without. Append one.",
    ja="最後の [SEP] がありません。BERT は 2 文とも終わりに印を付けます。事前学習で見た入力と形をそろえるために、最後にも付けましょう。",
)
separator_in_second_segment = misconception(
    edit("(len(first) + 2)", "(len(first) + 1)"),
    edit("(len(second) + 1)", "(len(second) + 2)"),
    en="The first [SEP] is counted to the second segment. It ends the first sentence and belongs to it: [CLS], the sentence and its [SEP] "
    "are segment 0.",
    ja="最初の [SEP] をセグメント 1 に数えています。[SEP] は 1 文目の終わりの印なので、[CLS]・1 文目・その [SEP] までがセグメント 0 です。",
)
segments_all_zero = misconception(
    edit("[1] * (len(second)", "[0] * (len(second)"),
    en="All segments are 0. Then nothing but the [SEP] tells the model where the second sentence begins. Give the second sentence and its "
    "[SEP] the segment 1.",
    ja="セグメントがすべて 0 です。これでは 2 文目がどこからかを、[SEP] だけで見分けなければなりません。2 文目とその [SEP] は 1 にしましょう。",
)
second_cls = misconception(
    edit("sep_id, *second,", "sep_id, cls_id, *second,"),
    edit("(len(second) + 1)", "(len(second) + 2)"),
    en="A second [CLS] stands before the second sentence. There is one [CLS], at the beginning, and it stands for the pair. Join the two "
    "by [SEP] alone.",
    ja="2 文目の前にも [CLS] が入っています。[CLS] は先頭の 1 つだけで、2 文の組全体を表します。2 文のあいだは [SEP] だけでつなぎましょう。",
)
last_position_taken = misconception(
    edit("hidden[:, 0]", "hidden[:, -1]"),
    en="The last position is taken for the sentence. That is the habit of RNNs; here the last position is [SEP] or padding, and pretraining "
    "set the first one, [CLS], aside for the sentence. Take hidden[:, 0].",
    ja="文の代表に最後の位置を使っています。それは RNN の習慣です。ここでは最後は [SEP] かパディングで、文全体のために用意されたのは先頭の "
    "[CLS] です。hidden[:, 0] を使いましょう。",
)
positions_pooled = misconception(
    edit("hidden[:, 0]", "hidden.mean(dim=1)"),
    en="All positions are averaged. With padding in it, the mean depends on the length of the batch; figure 4 of the paper takes the "
    "output at [CLS], which has already looked at every word. Take hidden[:, 0].",
    ja="全位置を平均しています。パディングまで平均に入り、バッチの長さで結果が変わります。論文の図 4 で使うのは、すでに全単語を見ている [CLS] の"
    "出力です。hidden[:, 0] を使いましょう。",
)
first_sentence_taken = misconception(
    edit("hidden[:, 0]", "hidden[0]"),
    en="The first sentence is taken for the first position. hidden is (B, T, D): hidden[0] is all of sentence 0, and hidden[:, 0] the "
    "first position of every sentence.",
    ja="「先頭の位置」ではなく「先頭の文」を取り出しています。hidden は (B, T, D) なので、hidden[0] は 0 番目の文の全体、hidden[:, 0] が各文の"
    "先頭の位置です。",
)
mask_not_handed_on = misconception(
    edit("hidden = self.encoder(ids, mask, segments)", "hidden = self.encoder(ids, None, segments)"),
    en="The mask does not reach the encoder. The encoder then reads padding as words, and the same sentence is judged differently in "
    "another batch. Call encoder(ids, mask, segments).",
    ja="mask がエンコーダーに届いていません。パディングが単語として読まれ、同じ文でもバッチによって結果が変わります。"
    "encoder(ids, mask, segments) と呼びましょう。",
)
segments_not_handed_on = misconception(
    edit("states = self.encoder(ids, mask, segments)", "states = self.encoder(ids, mask)"),
    en="The segments do not reach the encoder. It takes all words for one sentence. Call encoder(ids, mask, segments).",
    ja="segments がエンコーダーに届いていません。すべての単語が 1 つの文として扱われます。encoder(ids, mask, segments) と呼びましょう。",
)
view_for_unbind = misconception(
    edit("scores.unbind(-1)", "scores.reshape(2, *ids.shape)"),
    en="reshape was used where the last axis should be taken apart. It only cuts the row of numbers in two halves, so start and end "
    "scores of different words are mixed. Use unbind(-1), or [..., 0] and [..., 1].",
    ja="最後の軸を 2 つに分けるところで reshape を使っています。数の並びを前半と後半に切るだけなので、別々の単語の start と end が混ざります。"
    "unbind(-1) か [..., 0] と [..., 1] を使いましょう。",
)
softmax_over_start_and_end = misconception(
    edit("scores.unbind(-1)", "scores.softmax(-1).unbind(-1)"),
    en="The softmax runs over start and end. A position may be both, or neither; the positions compete for being the start, and again for "
    "being the end. Return the scores, and let the loss take the softmax over T.",
    ja="softmax を start と end のあいだでとっています。始まりでも終わりでもある位置も、どちらでもない位置もあります。競い合うのは位置どうしです。"
    "得点のまま返し、softmax は損失の側で T についてとりましょう。",
)
one_tag_for_all = misconception(
    edit("self.tag(states)", "self.tag(states[:, :1]).expand(-1, ids.shape[1], -1)"),
    en="Every word gets the tag of [CLS]. A tag is for one word, so it is taken from the output at that word. Apply the layer to all of "
    "(B, T, D).",
    ja="どの単語にも [CLS] のタグを付けています。タグは単語ごとのものなので、その単語の位置の出力から求めます。(B, T, D) 全体に層を"
    "適用しましょう。",
)
ends_chosen_apart = misconception(
    edit("(length >= 1) & (length <= max_len)", "length > -10000"),
    en="Beginning and end are chosen each by itself. The best end may lie before the best beginning, or far behind it. Choose the best of the "
    "pairs with i <= j and a length of at most max_len.",
    ja="始まりと終わりを別々に選んでいます。終わりが始まりより前になったり、離れすぎたりします。i <= j で長さが max_len 以下の組の中から選びましょう。",
)
length_not_limited = misconception(
    edit(" & (length <= max_len)", ""),
    en="max_len is not obeyed. An answer is short; without the limit two high scores far apart win together. Keep j - i < max_len.",
    ja="max_len が守られていません。答えは短いものです。制限がないと、遠く離れた 2 つの高得点が組になってしまいます。j − i < max_len としましょう。",
)
length_off_by_one = misconception(
    edit("place[:, None] + 1", "place[:, None]"),
    en="The length is off by one. A span that begins and ends at the same word is one word long; j - i calls it zero. Then answers of a single "
    "word are lost, and some are longer than max_len. The length is j - i + 1.",
    ja="長さが 1 ずれています。始まりと終わりが同じ区間の長さは 1 ですが、j − i では 0 になります。1 単語の答えが失われ、max_len より長い答えも"
    "通ってしまいます。長さは j − i + 1 です。",
)
passage_ignored = misconception(
    edit("~(allowed & inside)", "~allowed"),
    en="The passage is ignored. Then the question itself, or padding, may become the answer. Both ends must lie where passage is True.",
    ja="passage を使っていません。質問の一部やパディングが答えになってしまいます。両端とも passage が True の位置に限りましょう。",
)
only_the_start_inside = misconception(
    edit("passage[:, :, None] & passage[:, None, :]", "passage[:, :, None].expand(-1, -1, len(place))"),
    en="Only the beginning is kept inside the passage. The end may run on into [SEP] or padding. Both ends must lie where passage is True.",
    ja="本文の中に限っているのは始まりだけです。終わりが [SEP] やパディングにはみ出します。両端とも passage が True の位置に限りましょう。",
)
forbidden_scores_zero = misconception(
    edit('float("-inf")', "0.0"),
    en="Forbidden spans get the score 0. Scores are often negative, and then 0 is the best of all. Use minus infinity.",
    ja="許されない区間の得点を 0 にしています。得点は負のことも多く、そのときは 0 が最大になってしまいます。−∞ にしましょう。",
)
end_exclusive = misconception(
    edit("best % len(place)]", "best % len(place) + 1]"),
    en="The end is one too far. Here a span includes its last position, unlike a slice in Python. Return j itself.",
    ja="終わりが 1 つ先になっています。ここでの区間は、Python のスライスと違って最後の位置を含みます。j をそのまま返しましょう。",
)
rows_and_columns_swapped = misconception(
    edit("best // len(place), best % len(place)", "best % len(place), best // len(place)"),
    en="Beginning and end are swapped. In a table flattened row by row the row is index // T and the column index % T; here rows are beginnings.",
    ja="始まりと終わりが入れ替わっています。行ごとに平らにした表では、行は index // T、列は index % T で、ここでは行が始まりです。",
)
sub_words_counted = misconception(
    edit("word is not None and word != previous", "word is not None"),
    en="Every sub-word gets the label. A word of four pieces then counts four times in loss and score, and a name seems to begin at each piece. "
    "Label the first piece and give the others -100.",
    ja="サブワードのすべてにラベルを付けています。4 つに分かれた単語が損失や評価で 4 回数えられ、B- タグなら何度も始まることになります。最初の 1 つ"
    "だけに付け、続きは -100 にしましょう。",
)
padding_tagged = misconception(
    edit("word_labels[word] if begins else -100", "word_labels[word] if begins else 0 if word is None else -100"),
    en="Special tokens and padding are tagged. 0 is the tag of a real class, so the model is rewarded for tagging padding, of which there is plenty. "
    "Give them -100.",
    ja="特別なトークンとパディングにタグを付けています。0 は実在するタグなので、大量のパディングを当てるだけで成績が上がってしまいます。-100 にしましょう。",
)
labels_shifted = misconception(
    edit("word_labels[word] if", "word_labels[word - 1] if"),
    en="The labels are shifted by one word. word_ids already leaves [CLS] out of the count: word 0 is the first word. Index by word itself.",
    ja="ラベルが 1 単語ずれています。word_ids は [CLS] を数えていないので、0 が最初の単語です。word をそのまま添字にしましょう。",
)
labels_compared = misconception(
    edit("word != previous\n", "word_labels[word] != previous\n"),
    edit("previous = word\n", "previous = None if word is None else word_labels[word]\n"),
    en="Neighbours are compared by label instead of by word. Two words in a row with the same label then look like one. Compare the word's number.",
    ja="単語の番号ではなくラベルを比べています。同じラベルの単語が続くと、1 つの単語とみなされてしまいます。単語の番号を比べましょう。",
)
cls_not_tagged = misconception(
    edit("self.tag(states)", "self.tag(states[:, 1:])"),
    en="The first position is left out of the tags. The labels have T places, with -100 at [CLS], so the scores need T places too. Apply the layer to all of "
    "(B, T, D).",
    ja="タグの得点から先頭の位置が抜けています。ラベルは [CLS] の位置を -100 として T 個あるので、得点も T 個必要です。(B, T, D) 全体に層を適用しましょう。",
)
start_and_end_swapped = misconception(
    edit("start[:, :, None] + end[:, None, :]", "end[:, :, None] + start[:, None, :]"),
    en="Start and end scores are swapped: the span begins where an end is likely. Rows are beginnings and get `start`, columns are ends and get `end`.",
    ja="start と end の得点が入れ替わり、終わりらしい位置から区間が始まっています。行（始まり）には start、列（終わり）には end を足しましょう。",
)
forbidden_scores_too_large = misconception(
    edit('float("-inf")', "-100.0"),
    en="The score of forbidden spans is not low enough. Allowed ones may be lower than -100, and then a forbidden one wins. Use minus infinity.",
    ja="許されない区間の得点の低さが足りません。許される区間の得点が -100 を下回ると、許されない区間が選ばれてしまいます。−∞ にしましょう。",
)
dropout_never_off = misconception(
    edit("self.classify(sentence)", "self.classify(F.dropout(sentence, 0.1))"),
    en="Dropout stays on in evaluation mode: F.dropout drops by default, whatever model.eval() says. Pass training=self.training, or use nn.Dropout.",
    ja="評価モードでも dropout が働いています。F.dropout は、model.eval() と言われても既定では落とし続けます。training=self.training を渡すか、"
    "nn.Dropout を使いましょう。",
)
encoder_cut_off = misconception(
    edit("hidden = self.encoder(ids, mask, segments)", "hidden = self.encoder(ids, mask, segments).detach()"),
    en="The encoder gets no gradient, so fine-tuning changes the head alone. Take away detach() or no_grad(), and keep the encoder as an attribute.",
    ja="エンコーダーに勾配が流れないので、ファインチューニングで変わるのは出力層だけになります。detach() や no_grad() を外し、エンコーダーを属性として"
    "持たせましょう。",
)
changed_in_place = misconception(
    edit("ids = [cls_id, *first, sep_id", "first.insert(0, cls_id); ids = [*first, sep_id"),
    edit("[0] * (len(first) + 2)", "[0] * (len(first) + 1)"),
    en="An argument is changed: insert, append and `x[...] =` write into what the caller passed in. Make a new list or tensor.",
    ja="引数を書き換えています。insert や append、`x[...] =` は、呼び出した側のものを変えてしまいます。新しいリストやテンソルを作りましょう。",
)
squeezed_axes = misconception(
    edit("scores.unbind(-1)  # (B, T), (B, T)", "(part.squeeze() for part in scores.unbind(-1))"),
    en="squeeze() without an axis also removes the batch of one sentence. Name the axis, squeeze(-1), or index it.",
    ja="軸を指定しない squeeze() は、1 文だけのときバッチの軸まで消してしまいます。squeeze(-1) のように軸を書くか、添字で取り出しましょう。",
)
scores_multiplied = misconception(
    edit("scores = start[:, :, None] + end[:, None, :]", "scores = start[:, :, None] * end[:, None, :]"),
    en="The scores of beginning and end are multiplied. They are logits and may be negative, and the product of two bad ones is large. Add them: a sum of logits "
    "is a product of probabilities.",
    ja="始まりと終わりの得点を掛けています。得点はロジットで負にもなるので、悪いものどうしの積が大きくなってしまいます。足しましょう。ロジットの和が、確率の積にあたります。",
)
one_score_for_both_ends = misconception(
    edit("scores.unbind(-1)  # (B, T), (B, T)", "(scores[..., 0], scores[..., 0])"),
    en="Every position gets one score, for the start and for the end. The best place to begin is then also the best place to end, and every answer is one word "
    "long. Learn two: nn.Linear(d_model, 2).",
    ja="どの位置にも、始まりと終わりに共通の得点が 1 つしかありません。始まりとして最良の位置が終わりとしても最良になり、答えがいつも 1 語になります。"
    "nn.Linear(d_model, 2) で 2 つの得点を学習しましょう。",
)
last_sub_words_labelled = misconception(
    edit("for word in word_ids:", "for word, following in zip(word_ids, [*word_ids[1:], None], strict=True):"),
    edit("word != previous", "word != following"),
    en="A word's label goes to its last sub-word. It belongs to the first: a token begins a word if its number differs from the one before it.",
    ja="単語のラベルが最後のサブワードに付いています。付けるのは最初のサブワードです。1 つ前のトークンと番号が違えば、そこから単語が始まります。",
)
