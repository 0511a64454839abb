"""Mistakes people make in the course's training and translation of one pair of sentences."""

from grader.checks import edit, misconception

STEP = "        loss += criterion(scores, target_tensor[t])\n"

own_words_while_forced = misconception(
    edit(
        "            decoder_input = target_tensor[t]\n",
        "            decoder_input = scores.topk(1)[1].squeeze().detach()\n",
    ),
    en="Teacher forcing feeds the model's own word instead of the right one. Forced means: whatever it wrote, the next input is "
    "target_tensor[t].",
    ja="teacher forcing のときにも、正解ではなくモデル自身の語を入力しています。何を書いたかにかかわらず、次の入力は target_tensor[t] です。",
)
always_forced = misconception(
    edit("random.random() < teacher_forcing_ratio", "True"),
    en="teacher_forcing_ratio has no effect: the right word is always fed. Then it never learns to go on from its own mistakes. "
    "Decide with random.random() < teacher_forcing_ratio.",
    ja="teacher_forcing_ratio が効いておらず、いつも正解の語を入力しています。これでは自分の間違いから立ち直る練習ができません。"
    "random.random() < teacher_forcing_ratio で決めましょう。",
)
does_not_end_at_eos = misconception(
    edit("            if decoder_input.item() == EOS_token:\n                break\n", ""),
    en="Without teacher forcing it goes on after EOS and adds the loss of words behind the end. Stop there.",
    ja="teacher forcing なしのとき、EOS の後も書き続け、文が終わった後の語の損失まで足しています。EOS で止めましょう。",
)
decoder_starts_empty = misconception(
    edit("    decoder_hidden = encoder_hidden\n", "    decoder_hidden = encoder.initHidden()\n"),
    en="The decoder starts from zeros: the state of the encoder is thrown away. Start it from encoder_hidden.",
    ja="デコーダーが 0 から始まっていて、エンコーダーの最後の状態を捨てています。encoder_hidden から始めましょう。",
)
outputs_not_kept = misconception(
    edit("        encoder_outputs[i] = encoder_output[0, 0]\n", ""),
    en="The encoder's outputs are not kept, so the attention looks at zeros. Write encoder_outputs[i] for each word.",
    ja="エンコーダーの出力をためていないので、Attention が 0 ばかりを見ています。1 語ごとに encoder_outputs[i] に入れましょう。",
)
starts_with_eos = misconception(
    edit(
        "    decoder_input = torch.tensor([[SOS_token]], device=device)\n",
        "    decoder_input = torch.tensor([[EOS_token]], device=device)\n",
    ),
    en="The decoder's first input is EOS. It begins with SOS, in training as in translation.",
    ja="デコーダーの最初の入力が EOS です。学習でも翻訳でも SOS から始めます。",
)
only_the_last_word = misconception(
    edit("        loss += criterion", "        loss = criterion"),
    en="Only the last word's loss is left: loss = ... overwrites the ones before. Add them up with +=.",
    ja="最後の語の損失しか残っていません。loss = ... でそれまでの分が上書きされています。+= で足しましょう。",
)
zero_grad_forgotten = misconception(
    edit("    encoder_optimizer.zero_grad()\n    decoder_optimizer.zero_grad()\n", ""),
    en="zero_grad() is missing: the gradients of earlier sentences are added again and again. Call it on both optimizers first.",
    ja="zero_grad() がありません。前の文の勾配がいつまでも足されます。最初に両方の optimizer で呼びましょう。",
)
encoder_never_learns = misconception(
    edit("    encoder_optimizer.step()\n", ""),
    en="The encoder is never updated. Both optimizers have to make a step.",
    ja="エンコーダーが更新されていません。optimizer は 2 つとも step() しましょう。",
)
decoder_never_learns = misconception(
    edit("    decoder_optimizer.step()\n", ""),
    en="The decoder is never updated. Both optimizers have to make a step.",
    ja="デコーダーが更新されていません。optimizer は 2 つとも step() しましょう。",
)
always_the_first_word = misconception(
    edit("            previous = best.squeeze().detach()\n", ""),
    edit(
        "        return decoded, attentions",
        "        previous = best.squeeze().detach()\n        return decoded, attentions",
    ),
    en="While translating, SOS is fed every time. The next input is the word just written.",
    ja="翻訳中、毎回 SOS を入力しています。次の入力は、いま書いた語です。",
)
words_of_the_source_language = misconception(
    edit("output_lang.index2word", "input_lang.index2word"),
    en="The ids are turned into words of the source language. They are the target's: output_lang.index2word.",
    ja="ID を原文の言語の語に直しています。訳文の ID なので output_lang.index2word です。",
)
least_probable_word = misconception(
    edit("scores.data.topk(1)[1]", "scores.data.topk(1, largest=False)[1]"),
    en="The least probable word is taken. Log-probabilities are negative, and the largest of them is the best.",
    ja="いちばん確率の低い語を選んでいます。対数確率は負の数で、いちばん大きいものが最良です。",
)
one_word_too_few = misconception(
    edit("for t in range(max_length):", "for t in range(max_length - 1):"),
    en="At most max_length - 1 words are written. range(max_length) already ends in time.",
    ja="max_length - 1 語までしか書けません。range(max_length) だけで、ちょうど max_length 回です。",
)
weights_not_kept = misconception(
    edit("            attentions[t] = weights.data\n", ""),
    en="The weights are not kept, and the picture of the attention stays empty. Write attentions[t] for each word.",
    ja="重みをためていないので、Attention の図が空のままになります。1 語ごとに attentions[t] に入れましょう。",
)
weights_of_the_next_word = misconception(
    edit("            attentions[t] = weights.data\n", "            attentions[t - 1] = weights.data\n"),
    en="The weights are kept one row too early, so each row belongs to another word. Row t belongs to word t.",
    ja="重みを 1 行前に入れているので、行と語がずれています。t 番目の語の重みは t 行目です。",
)
