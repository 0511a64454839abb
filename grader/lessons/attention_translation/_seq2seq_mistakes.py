"""Mistakes people make in an encoder and a decoder without attention."""

from grader.checks import edit, misconception

UNPACKED = (
    edit("self.rnn(packed)", "self.rnn(self.emb(ids))"),
    edit("outputs, _ = pad_packed_sequence(outputs, batch_first=True, total_length=ids.size(1))", "pass"),
)

time_and_batch_confused = misconception(
    edit("self.rnn = nn.GRU(emb_size, hidden_size, batch_first=True)", "self.rnn = nn.GRU(emb_size, hidden_size)"),
    edit("self.rnn(packed)", "self.rnn(self.emb(ids))"),
    edit("outputs, _ = pad_packed_sequence(outputs, batch_first=True, total_length=ids.size(1))", "pass"),
    en="Batch and time are confused: without batch_first=True the RNN takes (S, B, E), and reads the first words of all "
    "sentences as one sentence. Pass batch_first=True.",
    ja="バッチと時間を取り違えています。batch_first=True がないと RNN は (S, B, E) を受け取るので、各文の 1 語目を並べたものを 1 つの文として"
    "読んでしまいます。batch_first=True を付けましょう。",
)
padding_read = misconception(
    *UNPACKED,
    en="The encoder reads the padding. Its state goes on changing behind the last word, and the shorter the sentence, the less "
    "is left of it. Pack the sequence, or pick the state at the last word.",
    ja="エンコーダーがパディングまで読んでいます。最後の語の後も状態が変わり続け、短い文ほど中身が薄れます。系列を pack するか、"
    "最後の語の位置の状態を選びましょう。",
)
last_column = misconception(
    edit("return outputs, state[0]", "return outputs, outputs[:, -1]"),
    en="The state is the last column of the outputs. For a shorter sentence that column is padding: after pad_packed_sequence it "
    "holds zeros. Use the state the RNN returns.",
    ja="状態として出力の最後の列を返しています。短い文ではその列はパディングで、pad_packed_sequence の後なら 0 です。"
    "RNN が返す状態のほうを使いましょう。",
)
length_off_by_one = misconception(
    edit(".sum(dim=1).cpu()", ".sum(dim=1).sub(1).cpu()"),
    en="The length is one too small, so the last word is never read. The length is the number of words; length - 1 is only "
    "the index of the last one.",
    ja="長さが 1 つ足りず、最後の語が読まれていません。長さは語の数です。length - 1 は最後の語の「位置」です。",
)
padding_hard_coded = misconception(
    edit("ids != self.padding_idx", "ids != 0"),
    en="Padding is taken to be id 0, whatever padding_idx says. With another id the padding is read, and a word with id 0 is "
    "taken for padding. Compare with padding_idx.",
    ja="padding_idx の値にかかわらず、ID 0 をパディングと決めつけています。別の ID のときパディングを読み、ID 0 の語をパディング扱いして"
    "しまいます。padding_idx と比べましょう。",
)
left_in_sorted_order = misconception(
    edit(
        "self.emb(ids), lengths, batch_first=True, enforce_sorted=False",
        "self.emb(ids[lengths.argsort(descending=True)]), lengths.sort(descending=True).values, batch_first=True",
    ),
    en="The sentences were sorted by length and never put back, so each state belongs to another sentence. Undo the sorting, "
    "or let enforce_sorted=False do both.",
    ja="文を長さの順に並べ替えたまま元に戻していないので、状態が別の文のものになっています。並べ替えを戻すか、enforce_sorted=False に"
    "任せましょう。",
)
mean_state = misconception(
    edit("return outputs, state[0]", "return outputs, outputs.sum(dim=1) / lengths[:, None]"),
    en="The state is the mean of the outputs. What the decoder gets here is the last state, in which the order of the words is kept.",
    ja="状態として出力の平均を返しています。デコーダーに渡すのは、語順を踏まえた最後の状態です。",
)
state_not_returned = misconception(
    edit("state = self.cell(word, state)", "new = self.cell(word, state)"),
    edit("self.out(state)", "self.out(new)"),
    en="The decoder returns the state it was given, not the new one. Every word is then written as if it were the first. Return the new state.",
    ja="デコーダーが、新しい状態ではなく受け取った状態をそのまま返しています。これではどの語も 1 語目のつもりで書くことになります。"
    "新しい状態を返しましょう。",
)
state_not_used = misconception(
    edit("self.cell(word, state)", "self.cell(word)"),
    en="The decoder does not use the state it is given: it starts from zeros with every word and knows nothing of the source. "
    "Pass the state to the RNN.",
    ja="デコーダーが受け取った状態を使っていません。毎回 0 から始まるので、入力文のことを何も知らずに書いています。RNN に状態を渡しましょう。",
)
scores_from_old_state = misconception(
    edit("state = self.cell(word, state)", "old, state = state, self.cell(word, state)"),
    edit("self.out(state)", "self.out(old)"),
    en="The next word is computed from the state before the previous word was read. The decoder lags one word behind. "
    "Step the RNN first, then take the new state.",
    ja="直前の語を読む前の状態から次の語を計算しているので、デコーダーが 1 語ずつ遅れます。先に RNN を 1 歩進め、その新しい状態を使いましょう。",
)
softmax_over_batch = misconception(
    edit("dim=-1", "dim=0"),
    en="The softmax runs over the batch: the sentences share out the probability of each word among them. The probabilities of "
    "the words of one sentence must sum to 1: dim=-1.",
    ja="softmax をバッチの方向にとり、1 つの語の確率を文どうしで分けあっています。1 文の中で全部の語の確率の和が 1 になるよう、dim=-1 とします。",
)
rectified_scores = misconception(
    edit("F.log_softmax(self.out(state), dim=-1)", "F.log_softmax(F.relu(self.out(state)), dim=-1)"),
    en="The scores go through ReLU before the softmax. All words with a negative score become equally likely and get no gradient. "
    "Take the linear layer's output as it is.",
    ja="softmax の前のスコアに ReLU をかけています。負のスコアの語がどれも同じ確率になり、勾配も流れません。線形層の出力をそのまま使いましょう。",
)
dropout_left_on = misconception(
    edit("word = self.emb(previous)", "word = F.dropout(self.emb(previous), 0.5)"),
    en="Dropout stays on in evaluation mode: F.dropout drops by default, whatever model.eval() says. Pass training=self.training, "
    "or use nn.Dropout.",
    ja="評価モードでも dropout が働いています。F.dropout は、model.eval() と言われても既定では落とし続けます。training=self.training を渡すか、"
    "nn.Dropout を使いましょう。",
)
squeezed_batch = misconception(
    edit("F.log_softmax(self.out(state), dim=-1)", "F.log_softmax(self.out(state), dim=-1).squeeze()"),
    en="squeeze() without an axis also removes the batch when it holds one sentence. Name the axis, squeeze(1), or index it.",
    ja="軸を指定しない squeeze() は、1 文だけのときバッチの軸まで消してしまいます。squeeze(1) のように軸を書くか、添字で取り出しましょう。",
)
state_missing = misconception(
    edit("return outputs, state[0]", "return outputs"),
    en="The encoder returns its outputs only. Without attention, the last state is what the decoder needs: return both.",
    ja="エンコーダーが出力だけを返しています。Attention のないデコーダーに必要なのは最後の状態です。両方を返しましょう。",
)
state_kept_between_calls = misconception(
    edit(
        "state = self.cell(word, state)",
        'kept = getattr(self, "kept", state); state = kept if kept.shape == state.shape else state; state = self.kept = self.cell(word, state)',
    ),
    en="The decoder keeps its state itself and goes on from there, whatever state it is given. The next sentence then begins where the last one ended. "
    "Take the state from the argument, and return the new one.",
    ja="デコーダーが状態を自分で取っておき、渡された状態を使っていません。次の文が、前の文の終わりから始まってしまいます。状態は引数から受け取り、新しい状態を"
    "返しましょう。",
)
reads_from_the_right = misconception(
    edit("self.emb(ids), lengths", "self.emb(ids).flip(1), lengths"),
    en="The sentence is read backwards. The outputs are then in the wrong order, and a batch begins with its padding. Read from the first word on.",
    ja="文を後ろから読んでいます。出力の順番が逆になり、バッチではパディングから読み始めてしまいます。先頭の語から読みましょう。",
)
probabilities_returned = misconception(
    edit("F.log_softmax(self.out(state), dim=-1)", "F.log_softmax(F.softmax(self.out(state), dim=-1), dim=-1)"),
    en="The softmax is taken twice. log_softmax makes its own; given probabilities it flattens everything. Give it the output of the linear layer.",
    ja="softmax を 2 回とっています。log_softmax の中でも softmax をとるので、確率を渡すと値がならされてしまいます。線形層の出力を渡しましょう。",
)
