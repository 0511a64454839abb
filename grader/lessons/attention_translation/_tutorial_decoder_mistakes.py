"""Mistakes people make in the course's decoder with attention by place."""

from grader.checks import edit, misconception

softmax_over_the_batch = misconception(
    edit("F.softmax(scores, dim=1)", "F.softmax(scores, dim=0)"),
    en="The softmax of the attention runs over axis 0, where there is one row only: every place gets the weight 1. The places are "
    "axis 1.",
    ja="Attention の softmax を軸 0 についてとっています。そこには 1 行しかないので、どの場所の重みも 1 になります。場所が並んでいるのは軸 1 です。",
)
no_softmax = misconception(
    edit("F.softmax(scores, dim=1)", "scores"),
    en="The scores are used as weights, without a softmax. Weights are to be positive and sum to one.",
    ja="スコアを softmax に通さず、そのまま重みにしています。重みは正で、和が 1 でなければなりません。",
)
log_weights = misconception(
    edit("F.softmax(scores, dim=1)", "F.log_softmax(scores, dim=1)"),
    en="The weights are log-probabilities. A weighted mean wants the probabilities themselves: F.softmax here, F.log_softmax at "
    "the end only.",
    ja="重みが対数確率になっています。加重平均に使うのは確率そのものです。log_softmax は最後だけで、ここでは F.softmax を使いましょう。",
)
scores_returned = misconception(
    edit("return output, hidden, attn_weights", "return output, hidden, scores"),
    en="What is returned are the scores before the softmax, so the picture would show no weights. Return attn_weights.",
    ja="softmax の前のスコアを返しているので、図に描いても重みになりません。attn_weights を返しましょう。",
)
state_left_out = misconception(
    edit("self.attn(torch.cat((embedded[0], hidden[0]), 1))", "self.attn(torch.cat((embedded[0], embedded[0]), 1))"),
    en="The state does not go into the scores. The same word would look at the same place wherever it stands. Put hidden[0] beside "
    "the embedding.",
    ja="スコアの計算に状態が入っていません。同じ語の次には、いつも同じ場所を見ることになります。埋め込みの隣に hidden[0] をつなぎましょう。",
)
word_left_out = misconception(
    edit("self.attn(torch.cat((embedded[0], hidden[0]), 1))", "self.attn(torch.cat((hidden[0], hidden[0]), 1))"),
    en="The previous word does not go into the scores. Put embedded[0] beside hidden[0].",
    ja="スコアの計算に直前の語が入っていません。hidden[0] の隣に embedded[0] をつなぎましょう。",
)
applied_to_the_state = misconception(
    edit("encoder_outputs.unsqueeze(0)", "hidden.expand(1, attn_weights.size(1), -1)"),
    en="The weights are applied to the decoder's own state instead of the encoder's outputs. A mean of equal vectors is that vector: "
    "nothing of the source gets in. Weigh encoder_outputs.",
    ja="重みを、エンコーダーの出力ではなくデコーダー自身の状態に掛けています。同じベクトルの平均はそのベクトルなので、原文の情報が入りません。"
    "encoder_outputs に掛けましょう。",
)
context_ignored = misconception(
    edit("(embedded[0], context[0])", "(embedded[0], embedded[0])"),
    en="The context is computed and then not used. Put context[0] beside the embedding.",
    ja="文脈ベクトルを計算しただけで使っていません。埋め込みの隣に context[0] をつなぎましょう。",
)
word_not_combined = misconception(
    edit("(embedded[0], context[0])", "(context[0], context[0])"),
    en="The previous word does not reach the GRU: the context stands in its place. Put embedded[0] and context[0] side by side.",
    ja="直前の語が GRU に届かず、その場所にも文脈ベクトルが入っています。embedded[0] と context[0] を並べてつなぎましょう。",
)
no_log_softmax = misconception(
    edit("F.log_softmax(self.out(output[0]), dim=1)", "self.out(output[0])"),
    en="There is no log_softmax at the end. NLLLoss takes the numbers for log-probabilities: end with F.log_softmax(..., dim=1).",
    ja="最後に log_softmax がありません。NLLLoss は値を対数確率とみなします。F.log_softmax(..., dim=1) で終えましょう。",
)
softmax_without_log = misconception(
    edit("F.log_softmax(self.out(output[0]), dim=1)", "F.softmax(self.out(output[0]), dim=1)"),
    en="It ends in a softmax without the log. NLLLoss takes log-probabilities: use F.log_softmax.",
    ja="log の付かない softmax で終わっています。NLLLoss に渡すのは対数確率です。F.log_softmax を使いましょう。",
)
old_state = misconception(
    edit("output, hidden = self.gru(output, hidden)", "output, _ = self.gru(output, hidden)"),
    en="The state that is returned is the one that was given. Return the one that the GRU gives.",
    ja="渡された状態をそのまま返しています。GRU が返した状態を返しましょう。",
)
state_forgotten = misconception(
    edit("self.gru(output, hidden)", "self.gru(output)"),
    en="The GRU is not given the state, and starts from zero with every word. Pass hidden as the second argument.",
    ja="GRU に状態を渡していないので、1 語ごとに 0 からやり直しています。2 つ目の引数に hidden を渡しましょう。",
)
dropout_in_evaluation = misconception(
    edit("self.dropout(self.embedding(input).view(1, 1, -1))", "F.dropout(self.embedding(input).view(1, 1, -1), 0.1)"),
    en="Dropout stays on in evaluation: F.dropout does so unless told training=self.training. Use the nn.Dropout module.",
    ja="評価モードでも dropout が効いたままです。F.dropout は training=self.training を渡さない限り止まりません。nn.Dropout を使いましょう。",
)
cut_from_the_gradient = misconception(
    edit("attn_weights = F.softmax(scores, dim=1)", "attn_weights = F.softmax(scores, dim=1).detach()"),
    en="The weights are cut off from the gradient, so where to look is never learned. Leave out `.detach()` and `.data`.",
    ja="重みを勾配から切り離しているので、どこを見るかがいつまでも学習されません。`.detach()` や `.data` を外しましょう。",
)
weights_with_an_axis_too_few = misconception(
    edit("return output, hidden, attn_weights", "return output, hidden"),
    en="The weights are not returned, and without them there is no picture of where the decoder looked. Return three values.",
    ja="重みを返していません。これがないと、どこを見たかを図にできません。3 つの値を返しましょう。",
)
