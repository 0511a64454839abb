"""Mistakes people make in a decoder with attention."""

from grader.checks import edit, misconception

weights_from_positions = misconception(
    edit("AdditiveAttention(hidden_size, hidden_size, hidden_size)", "nn.Linear(emb_size + hidden_size, 64)"),
    edit(
        "context, weights = self.attention(state, outputs, mask)",
        "scores = self.attention(torch.cat([word, state], dim=1))[:, : outputs.size(1)]\n"
        "        weights = scores.masked_fill(~mask, -1e9).softmax(dim=1)\n"
        "        context = torch.bmm(weights.unsqueeze(1), outputs).squeeze(1)",
    ),
    en="The weights are computed without looking at the encoder's outputs: a linear layer guesses a position from the word and "
    "the state. That learns habits such as 'the third word', and no sentence may be longer than the layer is wide. Compare the "
    "state with each output.",
    ja="エンコーダーの出力を見ずに重みを計算しています。線形層が、語と状態だけから「位置」を当てている形です。これでは「3 番目の語」のような癖しか"
    "学べず、層の幅より長い文も扱えません。状態を各出力と照らし合わせましょう。",
)
padding_attended = misconception(
    edit("self.attention(state, outputs, mask)", "self.attention(state, outputs)"),
    en="The mask is not handed to the attention, so the decoder looks at padding. How a sentence is translated then depends on "
    "which others are in its batch. Pass the mask on.",
    ja="Attention にマスクを渡していないので、パディングまで見ています。同じ文でも、バッチの相手しだいで訳が変わってしまいます。"
    "マスクを渡しましょう。",
)
mask_flipped = misconception(
    edit("self.attention(state, outputs, mask)", "self.attention(state, outputs, ~mask)"),
    en="The mask is inverted on its way to the attention: the words are hidden. It is True where a word is; pass it as it is.",
    ja="Attention に渡すときにマスクを反転していて、語のほうが隠れています。マスクは語のある場所が True です。そのまま渡しましょう。",
)
attention_over_the_batch = misconception(
    edit(
        "context, weights = self.attention(state, outputs, mask)",
        "scores = self.attention.v(torch.tanh(self.attention.w_q(state).unsqueeze(1) + self.attention.w_k(outputs)))\n"
        "        weights = scores.squeeze(-1).masked_fill(~mask, -1e9).softmax(dim=0)\n"
        "        context = (weights.unsqueeze(-1) * outputs).sum(dim=1)",
    ),
    en="The softmax of the attention runs over the sentences of the batch. Each sentence distributes its attention over its own words: softmax(dim=-1) of (B, S).",
    ja="Attention の softmax がバッチの文にわたってとられています。各文が、自分の単語に注意を配分します。(B, S) の softmax(dim=-1) です。",
)
masked_after_the_softmax = misconception(
    edit(
        "context, weights = self.attention(state, outputs, mask)",
        "_, weights = self.attention(state, outputs)\n"
        "        weights = weights * mask\n"
        "        context = (weights.unsqueeze(-1) * outputs).sum(dim=1)",
    ),
    en="The mask comes after the softmax. What is taken away there is missing: the weights of the words no longer sum to 1. Mask the scores, before the softmax.",
    ja="softmax のあとでマスクしています。消した分だけ足りなくなり、単語の重みの和が 1 になりません。softmax の前に、スコアをマスクしましょう。",
)
context_ignored = misconception(
    edit("emb_size + hidden_size, hidden_size", "emb_size, hidden_size"),
    edit("2 * hidden_size", "hidden_size"),
    edit("torch.cat([word, context], dim=1)", "word"),
    edit("torch.cat([state, context], dim=1)", "state"),
    en="The context is computed and then not used. The heat map looks like attention, but the decoder knows nothing but its state. "
    "Put the context beside the word, or beside the state before the last layer.",
    ja="文脈ベクトルを計算しただけで、使っていません。ヒートマップは描けても、デコーダーが知っているのは状態だけです。"
    "語の埋め込みか、最後の層の前の状態に、文脈ベクトルをつなぎましょう。",
)
word_as_query = misconception(
    edit(
        "AdditiveAttention(hidden_size, hidden_size, hidden_size)",
        "AdditiveAttention(emb_size, hidden_size, hidden_size)",
    ),
    edit("self.attention(state, outputs", "self.attention(word, outputs"),
    en="The query is the previous word instead of the decoder's state. The same word would then always look at the same place, "
    "however far the sentence has got. Ask with the state.",
    ja="query がデコーダーの状態ではなく直前の語になっています。これでは、文がどこまで進んでも、同じ語の次にはいつも同じ場所を見ます。"
    "状態を query にしましょう。",
)
encoder_state_as_query = misconception(
    edit("self.attention(state, outputs", "self.attention(outputs[:, -1], outputs"),
    en="The query is the encoder's last output, not the decoder's state. It never changes while the sentence is written, so every "
    "word looks at the same place. Ask with the decoder's state.",
    ja="query がデコーダーの状態ではなく、エンコーダーの最後の出力です。書いている間ずっと変わらないので、どの語も同じ場所を見ます。"
    "デコーダーの状態を query にしましょう。",
)
plain_mean = misconception(
    edit(
        "context, weights = self.attention(state, outputs, mask)",
        "_, weights = self.attention(state, outputs, mask)\n        context = outputs.mean(dim=1)",
    ),
    en="The context is the plain mean of the encoder's outputs, padding included; the weights are not used. Weigh each output by "
    "its weight.",
    ja="文脈ベクトルが、パディングも含めたエンコーダー出力の単純な平均で、重みが使われていません。出力ごとに重みを掛けて足しましょう。",
)
last_output_as_context = misconception(
    edit(
        "context, weights = self.attention(state, outputs, mask)",
        "_, weights = self.attention(state, outputs, mask)\n        context = outputs[:, -1]",
    ),
    en="The context is the encoder's last output. That is the bottleneck attention was to open: all the decoder learns is how the "
    "sentence ended. Use the weighted mean.",
    ja="文脈ベクトルがエンコーダーの最後の出力です。それでは、Attention で広げたかった細い首のままです。重みつき平均を使いましょう。",
)
sum_without_weights = misconception(
    edit(
        "context, weights = self.attention(state, outputs, mask)",
        "_, weights = self.attention(state, outputs, mask)\n        context = (outputs * mask[:, :, None]).sum(dim=1)",
    ),
    en="The context is the sum of the encoder's outputs, without the weights: it grows with the length of the sentence and looks "
    "nowhere in particular. Weigh each output before adding.",
    ja="文脈ベクトルが、重みなしのエンコーダー出力の和です。文が長いほど大きくなり、どこにも注目していません。足す前に重みを掛けましょう。",
)
state_not_returned = misconception(
    edit("dim=-1), state, weights", "dim=-1), given, weights"),
    edit("word = self.emb(previous)", "word, given = self.emb(previous), state"),
    en="The state that was given is returned, not the new one, so every word is written as if it were the first. Return the state that "
    "the RNN has moved on to.",
    ja="新しい状態ではなく、受け取った状態をそのまま返しています。どの語も 1 語目のつもりで書くことになります。RNN が進めた後の状態を返しましょう。",
)
state_not_used = misconception(
    edit("dim=1), state)", "dim=1))"),
    en="The RNN is not given its state: it starts from zeros at each word, and what was written so far is forgotten. Pass the state.",
    ja="RNN に状態を渡していません。1 語ごとに 0 から始まり、それまでに書いたことを忘れてしまいます。状態を渡しましょう。",
)
softmax_over_batch = misconception(
    edit("dim=-1), state, weights", "dim=0), state, weights"),
    en="The softmax of the words runs over the batch, so sentences share out the probability of a word. The probabilities of one "
    "sentence's words must sum to 1: dim=-1.",
    ja="語の softmax をバッチの方向にとり、1 つの語の確率を文どうしで分けあっています。1 文の中で語の確率の和が 1 になるよう、dim=-1 とします。",
)
softmax_twice = misconception(
    edit("F.log_softmax(scores, dim=-1)", "F.log_softmax(scores.softmax(dim=-1), dim=-1)"),
    en="The scores of the words go through a softmax twice: log_softmax contains one itself, so all words come out nearly alike. Give it "
    "the scores as the Linear makes them.",
    ja="語のスコアに softmax を 2 回かけています。log_softmax にも softmax が含まれるので、どの語の確率もほとんど同じになってしまいます。Linear の出力をそのまま渡しましょう。",
)
rectified_scores = misconception(
    edit("F.log_softmax(scores, dim=-1)", "F.log_softmax(F.relu(scores), dim=-1)"),
    en="The scores go through ReLU before the softmax: all words with a negative score become equally likely. Take the linear "
    "layer's output as it is.",
    ja="softmax の前のスコアに ReLU をかけているので、負のスコアの語がどれも同じ確率になります。線形層の出力をそのまま使いましょう。",
)
dropout_left_on = misconception(
    edit("word = self.emb(previous)", "word = F.dropout(self.emb(previous), 0.3)"),
    en="Dropout stays on in evaluation mode: F.dropout drops by default, whatever model.eval() says. Pass training=self.training, "
    "or use nn.Dropout.",
    ja="評価モードでも dropout が働いています。F.dropout は、model.eval() と言われても既定では落とし続けます。training=self.training を渡すか、"
    "nn.Dropout を使いましょう。",
)
weights_not_returned = misconception(
    edit("state, weights\n", "state\n"),
    en="The weights are not returned. Without them one cannot see where the decoder looked: return them as the third value.",
    ja="重みを返していません。これでは、デコーダーがどこを見たのかを確かめられません。3 つ目の値として返しましょう。",
)
cut_from_the_gradient = misconception(
    edit("self.attention(state, outputs, mask)", "self.attention(state, outputs.detach(), mask)"),
    en="The encoder's outputs are cut off from the gradient. The encoder then learns through its last state only, and never to "
    "be looked at. Leave out detach(), .data and torch.tensor(...).",
    ja="エンコーダーの出力が勾配から切り離されています。エンコーダーは最後の状態を通してしか学習できず、「見られやすい出力」を覚えません。"
    "detach()、.data、torch.tensor(...) を外しましょう。",
)
state_from_the_context = misconception(
    edit("dim=1), state)", "dim=1), context)"),
    en="The RNN starts from the context instead of its state: what was written so far is forgotten at each word. The context is an input; the state "
    "that is handed over from step to step is the decoder's own.",
    ja="RNN が、自分の状態ではなく文脈ベクトルから始まっています。1 語ごとに、それまでに書いたことを忘れてしまいます。文脈は入力で、1 歩ごとに引き継ぐのは"
    "デコーダー自身の状態です。",
)
scores_from_the_old_state = misconception(
    edit("state = self.cell(", "old, state = state, self.cell("),
    edit("[state, context]", "[old, context]"),
    en="The next word is computed from the state before the step. The decoder lags one word behind. Move the RNN on first, then take the new state.",
    ja="次の語を、RNN を進める前の状態から計算しているので、1 語ずつ遅れます。先に RNN を進め、その新しい状態を使いましょう。",
)
word_not_read = misconception(
    edit("torch.cat([word, context], dim=1)", "torch.cat([torch.zeros_like(word), context], dim=1)"),
    en="The previous word is not read, so the decoder does not know what it has just written. Put its embedding beside the context, into the RNN.",
    ja="直前の語を読んでいないので、自分が何を書いたのか分かりません。その埋め込みを文脈と並べて RNN に入れましょう。",
)
state_kept_between_calls = misconception(
    edit(
        "word = self.emb(previous)",
        'kept = getattr(self, "kept", state); state = kept if getattr(kept, "shape", 0) == getattr(state, "shape", 1) else state; word = self.emb(previous)',
    ),
    edit("return F.log_softmax(scores", "self.kept = state; return F.log_softmax(scores"),
    en="The decoder keeps its state itself and goes on from there, whatever state it is given. The next sentence then begins where the last one ended. "
    "Take the state from the argument, and return the new one.",
    ja="デコーダーが状態を自分で取っておき、渡された状態を使っていません。次の文が、前の文の終わりから始まってしまいます。状態は引数から受け取り、新しい状態を"
    "返しましょう。",
)
changed_in_place = misconception(
    edit("word = self.emb(previous)", "outputs[~mask] = 0.0; word = self.emb(previous)"),
    en="The encoder's outputs are changed in place. Whoever called has other outputs afterwards, and with gradients it fails or teaches the wrong "
    "thing. Mask the scores, or work on a copy.",
    ja="渡されたテンソルを書き換えています。呼び出した側のテンソルまで変わり、勾配の計算も壊れます。スコアのほうを隠すか、写しに対して作業しましょう。",
)
squeezed_axes = misconception(
    edit(
        "return F.log_softmax(scores, dim=-1), state, weights",
        "return F.log_softmax(scores, dim=-1).squeeze(), state, weights.squeeze()",
    ),
    en="squeeze() without an axis also removes the batch of one sentence, or the axis of one word. Name the axis, squeeze(1), or index it.",
    ja="軸を指定しない squeeze() は、1 文だけのときのバッチの軸や、1 語だけのときの軸まで消してしまいます。squeeze(1) のように軸を書くか、添字で取り出しましょう。",
)
two_steps_a_word = misconception(
    edit(
        "        state = self.cell(torch.cat([word, context], dim=1), state)",
        "        state = self.cell(torch.cat([word, context], dim=1), state)\n"
        "        state = self.cell(torch.cat([word, context], dim=1), state)",
    ),
    en="The RNN moves on twice for one word: it reads the same word and context again. One call of the decoder is one step.",
    ja="1 語につき RNN を 2 回進めていて、同じ語と文脈をもう一度読んでいます。デコーダーを 1 回呼ぶと 1 歩進む、という形にしましょう。",
)
context_added_to_the_state = misconception(
    edit("[word, context], dim=1), state)", "[word, context], dim=1), state) + context"),
    en="The context is added to the state that the RNN has made, and the sum is handed on. The state then grows with every step and is no longer what the GRU "
    "can read. Put the context beside the word or before the last layer, and return the RNN's own state.",
    ja="RNN が作った状態に文脈ベクトルを足し、その和を次に渡しています。状態が 1 歩ごとに膨らみ、GRU が読める値ではなくなります。文脈は語の埋め込みと並べるか、最後の層の前に"
    "つなぎ、返す状態は RNN のものだけにしましょう。",
)
