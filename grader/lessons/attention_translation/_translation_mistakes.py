"""Mistakes people make in training and using a translator."""

from grader.checks import edit, misconception

not_teacher_forced = misconception(
    edit("decoder(target[:, t], state", "decoder(previous, state"),
    edit("total = 0.0", "total, previous = 0.0, target[:, 0]"),
    edit("        total = total + ", "        previous = log_probs.argmax(dim=-1)\n        total = total + "),
    en="The decoder reads its own answers in training. After one wrong word all that follow are wrong too, and it learns slowly. Teacher "
    "forcing means to feed target[:, t].",
    ja="学習中に、デコーダーが自分の答えを読んでいます。1 語間違えるとその先もずれ、なかなか学習が進みません。teacher forcing では "
    "target[:, t] を入力します。",
)
target_not_shifted = misconception(
    edit("target[:, t + 1], ignore", "target[:, t], ignore"),
    en="The word to predict is the word just read. The loss falls quickly, and the model has learned to repeat its input. The right answer "
    "stands one place further: target[:, t + 1].",
    ja="入力したばかりの語を正解にしています。損失はすぐ下がりますが、入力を写すことしか覚えません。正解は 1 つ先の target[:, t + 1] です。",
)
shifted_twice = misconception(
    edit("range(target.size(1) - 1)", "range(target.size(1) - 2)"),
    edit("target[:, t + 1], ignore", "target[:, t + 2], ignore"),
    edit("target[:, 1:] != padding_idx", "target[:, 2:] != padding_idx"),
    en="The target is shifted by two: the decoder is asked for the word after the next. Shift once, in the input or in the answer.",
    ja="target を 2 つずらしていて、次の次の語を当てさせています。ずらすのは、入力か正解のどちらかで 1 回だけです。",
)
first_word_left_out = misconception(
    edit("range(target.size(1) - 1)", "range(1, target.size(1) - 1)"),
    en="The first word is never predicted: the loop begins at the second step and the start sign is not read. In translating, "
    "everything begins with start. Begin at t = 0.",
    ja="最初の語を予測していません。ループが 2 歩目から始まり、start を読んでいないためです。翻訳は start から始まります。t = 0 から始めましょう。",
)
stop_never_taught = misconception(
    edit("range(target.size(1) - 1)", "range(target.size(1) - 2)"),
    en="The last step is left out, and with it the stop of the longest sentence. A model that is never shown where to stop does not stop. "
    "There are T - 1 words to predict.",
    ja="最後の 1 歩が抜けているので、いちばん長い文の stop を学習しません。終わり方を教わらないモデルは、終われません。予測する語は T - 1 個です。",
)
state_thrown_away = misconception(
    edit("log_probs, state, _ = decoder(", "log_probs, _, _ = decoder("),
    en="In the loss the decoder's new state is thrown away, and each word is predicted from the encoder's state alone. Carry the state from "
    "step to step.",
    ja="損失の計算で、デコーダーの新しい状態を捨てています。どの語もエンコーダーの状態だけから予測することになります。状態を 1 歩ごとに引き継ぎましょう。",
)
padding_counted = misconception(
    edit(", ignore_index=padding_idx", ""),
    edit("(target[:, 1:] != padding_idx).sum()", "target[:, 1:].numel()"),
    en="Padding counts in the loss. The model is rewarded for predicting padding, which is easy, and real words weigh less. Pass ignore_index "
    "and divide by the number of real words.",
    ja="パディングまで損失に数えています。簡単に当たるパディングで損失が下がり、本物の語が軽くなります。ignore_index を渡し、"
    "本物の語の数で割りましょう。",
)
padding_in_the_divisor = misconception(
    edit("(target[:, 1:] != padding_idx).sum()", "target[:, 1:].numel()"),
    en="Padding is left out of the sum and still counted in the divisor, so the loss of a batch shrinks with the padding in it. Divide by the "
    "number of real words.",
    ja="パディングを和から除いたのに、割る数には含めています。パディングの多いバッチほど損失が小さく見えます。本物の語の数で割りましょう。",
)
divided_by_sentences = misconception(
    edit("(target[:, 1:] != padding_idx).sum()", "len(target)"),
    en="The loss is the sum over a sentence, averaged over sentences. It grows with the length of the sentences, so long ones decide the step. "
    "Divide by the number of words.",
    ja="1 文の合計を文の数で平均しています。文が長いほど損失が大きくなり、長い文ばかりが効いてしまいます。語の数で割りましょう。",
)
mean_of_means = misconception(
    edit(', reduction="sum")', ")"),
    edit("(target[:, 1:] != padding_idx).sum()", "(target.size(1) - 1)"),
    en="The mean of each step is taken, then the mean of those means. Late steps hold few words, and these then weigh more than others. Add up "
    "everything, then divide once.",
    ja="時刻ごとに平均してから、それをさらに平均しています。後ろの時刻には語が少ないので、その語だけ重くなります。全部足してから 1 回だけ割りましょう。",
)
summed_loss = misconception(
    edit("return total / (target[:, 1:] != padding_idx).sum()", "return total"),
    en="The loss is a sum, not a mean. It depends on batch size and length, and so does every step of the optimizer. Divide by the number of words.",
    ja="損失が平均ではなく合計です。バッチの大きさや文の長さで値が変わり、学習の歩幅まで変わってしまいます。語の数で割りましょう。",
)
source_padding_attended = misconception(
    edit("mask = source != padding_idx", "mask = torch.ones_like(source, dtype=torch.bool)"),
    en="The mask lets the decoder look at the padding of the source. It should be True only where there is a word: source != padding_idx.",
    ja="source のパディングまで見てよいマスクになっています。True にするのは語のある場所だけ、つまり source != padding_idx です。",
)
probabilities_in_the_loss = misconception(
    edit("F.nll_loss(log_probs,", "F.nll_loss(log_probs.exp(),"),
    en="nll_loss is given probabilities. It expects log-probabilities; with probabilities the loss is negative and the gradient is weak just "
    "where the model is wrong. Leave out exp.",
    ja="nll_loss に確率を渡しています。nll_loss が受け取るのは対数確率です。確率だと損失が負になり、間違えているときほど勾配が弱くなります。"
    "exp を外しましょう。",
)
loss_is_a_number = misconception(
    edit("total = total + F.nll_loss(log_probs,", "total = total + F.nll_loss(log_probs.detach(),"),
    en="The loss is cut off from the model, by .item(), float(...) or detach(), so backward() has nowhere to go. Add up tensors and "
    "take the number only for printing.",
    ja="損失がモデルから切り離されています（.item()、float(...)、detach() など）。これでは backward() の行き先がありません。"
    "テンソルのまま足し、数にするのは表示のときだけにしましょう。",
)
never_fed_back = misconception(
    edit("decoder(previous, state", "decoder(source.new_tensor([start]), state"),
    en="While translating, the decoder reads start at every step and never the word it wrote. Feed the chosen word back.",
    ja="翻訳中、デコーダーが毎回 start を読んでいて、自分の書いた語を読んでいません。選んだ語を次の入力にしましょう。",
)
does_not_stop = misconception(
    edit("                break\n", "                pass\n"),
    en="The translation goes on behind the stop until max_len. What comes after the stop is babble. Leave the loop when stop is chosen.",
    ja="stop が出ても max_len まで書き続けています。stop の後ろは意味のない語の並びです。stop を選んだらループを抜けましょう。",
)
one_word_short = misconception(
    edit("len(ids) < max_len", "len(ids) < max_len - 1"),
    en="The translation ends one word before max_len: start was counted as a word. max_len counts the words that are written.",
    ja="max_len より 1 語早く終わっています（start を 1 語と数えています）。max_len は書いた語の数です。",
)
one_word_too_many = misconception(
    edit("len(ids) < max_len", "len(ids) <= max_len"),
    en="The translation may hold one word more than max_len. Stop as soon as max_len words are there.",
    ja="max_len より 1 語多く書くことがあります。max_len 語になったらすぐに終えましょう。",
)
begins_with_stop = misconception(
    edit("new_tensor([start])", "new_tensor([stop])"),
    en="The first word the decoder reads is stop instead of start. In training it began with start, and after stop it has never written "
    "anything.",
    ja="デコーダーが最初に読む語が start ではなく stop です。学習では start から始めており、stop の後に何かを書いたことはありません。",
)
sampled = misconception(
    edit("log_probs.argmax(dim=-1)", "log_probs.exp().multinomial(1).squeeze(1)"),
    en="The next word is drawn at random. Each call then gives another translation; greedy means the most probable word, argmax.",
    ja="次の語を確率にしたがってランダムに選んでいます。呼ぶたびに訳が変わってしまいます。greedy では、いちばん確率の高い語を argmax で選びます。",
)
state_not_carried = misconception(
    edit("log_probs, state, weights = decoder(", "log_probs, _, weights = decoder("),
    en="While translating, the new state is thrown away, so the decoder forgets what it has written already. Carry the state from step to step.",
    ja="翻訳中に新しい状態を捨てているので、どこまで書いたかをデコーダーが忘れてしまいます。状態を 1 歩ごとに引き継ぎましょう。",
)
dropout_left_on = misconception(
    edit("    encoder.eval()\n    decoder.eval()\n", ""),
    en="Dropout stays on while translating: neither encoder nor decoder is put into evaluation mode, and the translation suffers at random. "
    "Call eval() on both. torch.no_grad() does not do this.",
    ja="翻訳中も dropout が働いています。エンコーダーもデコーダーも評価モードになっておらず、訳がランダムに乱れます。両方で eval() を呼びましょう。"
    "torch.no_grad() では dropout は止まりません。",
)
encoder_left_in_training = misconception(
    edit("    encoder.eval()\n", ""),
    en="Only the decoder is put into evaluation mode; the encoder goes on dropping. Call eval() on both.",
    ja="評価モードにしているのがデコーダーだけで、エンコーダーの dropout が止まっていません。両方で eval() を呼びましょう。",
)
weights_of_the_last_step = misconception(
    edit("torch.stack(rows) if rows", "weights.expand(len(ids), -1) if rows"),
    en="All rows of the weights are those of the last step. Keep the weights of each step as the word is written.",
    ja="重みのどの行も最後の 1 歩のものです。語を書くたびに、そのときの重みを取っておきましょう。",
)
weights_one_late = misconception(
    edit("torch.stack(rows) if rows", "torch.stack(rows[-1:] + rows[:-1]) if rows"),
    en="The rows of the weights are shifted against the words: each belongs to the word before. Keep word and weights in the same step.",
    ja="重みの行が語と 1 つずれていて、隣の語のものになっています。語と重みは同じ 1 歩の中で取っておきましょう。",
)
padding_hard_coded = misconception(
    edit("mask = source != padding_idx", "mask = source != 0"),
    edit("ignore_index=padding_idx", "ignore_index=0"),
    edit("(target[:, 1:] != padding_idx)", "(target[:, 1:] != 0)"),
    en="Padding is taken to be id 0, whatever padding_idx says. With another id the padding counts, and a word with id 0 does not. Compare with padding_idx.",
    ja="padding_idx の値にかかわらず、ID 0 をパディングと決めつけています。別の ID のときパディングを数え、ID 0 の語を数えません。padding_idx と比べましょう。",
)
signs_hard_coded = misconception(
    edit("new_tensor([start])", "new_tensor([1])"),
    edit("previous.item() == stop", "previous.item() == 2"),
    en="start and stop are written into the code as numbers. In another vocabulary they have other ids. Use the arguments.",
    ja="start と stop を数値で決め打ちしています。別の語彙では ID が違います。引数を使いましょう。",
)
changed_in_place = misconception(
    edit(
        "    for t in range(target.size(1) - 1):",
        "    target[target == padding_idx] = -100\n    target = target.masked_fill(target == -100, padding_idx)\n    for t in range(target.size(1) - 1):",
    ),
    en="An argument is changed: the batch that was passed in is not the same afterwards, and the next epoch learns from the changed one. Work on a copy.",
    ja="引数を書き換えています。渡されたバッチが変わってしまい、次のエポックでは変わったものから学習することになります。写しに対して作業しましょう。",
)
first_word_by_itself = misconception(
    edit("range(target.size(1) - 1)", "range(target.size(1))"),
    edit("target[:, t + 1], ignore", "target[:, (t + 1) % target.size(1)], ignore"),
    edit("(target[:, 1:] != padding_idx)", "(target != padding_idx)"),
    en="There is one step too many: after the last word the decoder is asked for the start again. T - 1 words are to be predicted from the T - 1 words before "
    "them.",
    ja="1 歩多く、最後の語の次に start をもう一度当てさせています。前の T − 1 語から、T − 1 語を予測します。",
)
