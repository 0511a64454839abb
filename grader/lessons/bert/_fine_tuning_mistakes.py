"""The mistakes people make in fine-tuning."""

from grader.checks import edit, misconception

encoder_returned = misconception(
    edit("return model\n", "return encoder\n"),
    en="The encoder is returned and not the classifier. The head that was just trained is thrown away. Return the model.",
    ja="分類器ではなくエンコーダーを返しています。せっかく学習した出力層が捨てられてしまいます。model を返しましょう。",
)
encoder_initialised_again = misconception(
    edit(
        "optimizer = torch",
        "for weight in model.parameters():\n        nn.init.normal_(weight, std=0.02)\n    optimizer = torch",
    ),
    en="The encoder is initialised again. All that pretraining taught it is gone, and this is training from scratch. Initialise the head "
    "alone; nn.Linear does so by itself.",
    ja="エンコーダーを初期化し直しています。事前学習で得たものが消え、最初からの学習と同じになります。初期化するのは出力層だけで、それは nn.Linear が"
    "自分で済ませています。",
)
encoder_frozen = misconception(
    edit("AdamW(model.parameters()", "AdamW(model.classify.parameters()"),
    en="The encoder is frozen. Only the head learns, which is using fixed features; fine-tuning lets the encoder adapt to the task as well. Hand "
    "all parameters to the optimiser, and leave requires_grad alone.",
    ja="エンコーダーが固定されています。これでは固定した特徴量の上で出力層だけを学習していることになります。ファインチューニングではエンコーダーも課題に"
    "合わせます。全パラメータをオプティマイザーに渡し、requires_grad はそのままにしましょう。",
)
head_left_out = misconception(
    edit("AdamW(model.parameters()", "AdamW(model.encoder.parameters()"),
    en="The head is not trained. The optimiser was given the parameters of the encoder alone, so the new layer stays random. Hand it those of the "
    "whole model.",
    ja="出力層が学習されません。オプティマイザーにエンコーダーのパラメータしか渡していないので、新しい層は乱数のままです。モデル全体のパラメータを"
    "渡しましょう。",
)
labels_left_in_order = misconception(
    edit("labels[rows]", "labels[: len(rows)]"),
    en="The sentences are shuffled and the labels are not. Each sentence is taught the label of another. Index both with the same rows.",
    ja="文だけを並べ替えて、ラベルを並べ替えていません。文に別の文のラベルを教えていることになります。どちらも同じ rows で取り出しましょう。",
)
trained_in_eval_mode = misconception(
    edit("        model.train()\n", ""),
    en="The model is trained in eval() mode. An encoder that was just evaluated is still in it, and dropout does nothing. Call model.train() "
    "before each epoch.",
    ja="eval() のまま学習しています。評価し終えたエンコーダーは eval() の状態で、dropout が働きません。各エポックの前に model.train() を呼びましょう。",
)
mask_not_handed_on = misconception(
    edit("model(ids[rows], mask[rows])", "model(ids[rows])"),
    en="The mask is not handed to the model. It then learns from padding as if it were words. Call model(ids[rows], mask[rows]).",
    ja="mask をモデルに渡していません。パディングまで単語として学習してしまいます。model(ids[rows], mask[rows]) と呼びましょう。",
)
gradients_not_cleared = misconception(
    edit("            optimizer.zero_grad()\n", ""),
    en="The gradients are never cleared. backward() adds to what is there, so each step repeats all those before. Call optimizer.zero_grad() for "
    "every mini-batch.",
    ja="勾配を消していません。backward() は勾配を足し込むので、毎回それまでの勾配をすべて繰り返すことになります。ミニバッチごとに "
    "optimizer.zero_grad() を呼びましょう。",
)
evaluated_in_train_mode = misconception(
    edit("    model.eval()\n", ""),
    en="The model is evaluated in train() mode. Dropout is on, so the result is worse than the model and different each time. Call model.eval() "
    "first.",
    ja="train() のまま評価しています。dropout が働くので、実力より悪く、しかも毎回違う結果になります。先に model.eval() を呼びましょう。",
)
means_averaged = misconception(
    edit(
        "right += (model(ids, mask).argmax(dim=1) == labels).sum().item()",
        "right += (model(ids, mask).argmax(dim=1) == labels).float().mean().item()",
    ),
    edit("right / len(data_set[2])", "right / len(data_set[2].split(batch_size))"),
    en="The batches' accuracies are averaged. The last batch is shorter, so its sentences weigh more than the others. Count the right answers and "
    "divide once.",
    ja="バッチごとの正解率を平均しています。最後のバッチは短いので、その文だけ重みが大きくなります。正解の件数を数え、最後に 1 回だけ割りましょう。",
)
same_order_every_epoch = misconception(
    edit("    for _ in range(epochs):\n", "    order = torch.randperm(len(labels))\n    for _ in range(epochs):\n"),
    edit("torch.randperm(len(labels)).split(", "order.split("),
    en="Every epoch goes through the data in the same order. The same sentences meet in the same batch each time, and the last ones always have the last word. Draw "
    "a new order inside the loop over epochs.",
    ja="どのエポックも同じ順番です。いつも同じ文どうしが同じバッチになり、最後の文がいつも最後に効いてしまいます。エポックのループの中で、毎回新しい順番を引きましょう。",
)
batch_size_ignored = misconception(
    edit(".split(batch_size):", ".split(16):"),
    en="batch_size is not obeyed: the batches have another size than the one that was asked for. Hand it on to where the data are cut.",
    ja="batch_size が使われていません。指定と違う大きさのバッチになっています。データを分けるところに渡しましょう。",
)
learning_rate_ignored = misconception(
    edit("lr=lr)", "lr=1e-3)"),
    en="lr is not obeyed: the optimiser works with a rate of its own. Hand lr to it.",
    ja="lr が使われていません。オプティマイザーが別の学習率で動いています。lr を渡しましょう。",
)
epochs_ignored = misconception(
    edit("for _ in range(epochs):", "for _ in range(min(1, epochs)):"),
    en="There is one epoch, however many were asked for. Is the loop over epochs there, and does a return stand inside it? Repeat the whole pass `epochs` times.",
    ja="何エポックと指定しても 1 回しか回っていません。エポックのループがないか、その中に return があります。全データを epochs 回くり返しましょう。",
)
last_batch_dropped = misconception(
    edit(
        "            logits = model(ids[rows]",
        "            if len(rows) < batch_size:\n                continue\n            logits = model(ids[rows]",
    ),
    en="The last, shorter batch is left out (drop_last). Some sentences are then missing from each epoch; all of the data are to be used.",
    ja="最後の短いバッチを捨てています（drop_last）。エポックごとに使われない文ができてしまいます。全データを使いましょう。",
)
same_batch_every_step = misconception(
    edit("model(ids[rows], mask[rows])", "model(ids[:len(rows)], mask[:len(rows)])"),
    edit("labels[rows]", "labels[:len(rows)]"),
    en="The same few sentences are used in every step; the rest of the data are never seen. Take other rows each time.",
    ja="どの歩でも同じ少数の文を使っていて、残りのデータは一度も見ていません。毎回違う行を取り出しましょう。",
)
drawn_with_replacement = misconception(
    edit("torch.randperm(len(labels))", "torch.randint(len(labels), (len(labels),))"),
    en="The sentences of an epoch are drawn with replacement: some come twice, and about a third not at all. Put all of them in a random order "
    "(torch.randperm, shuffle=True) and go through them once.",
    ja="文を重複ありで引いています。2 回使われる文がある一方で、3 分の 1 ほどは一度も使われません。全部の文をランダムな順に並べ（torch.randperm、shuffle=True）、"
    "1 回ずつ使いましょう。",
)
only_the_last_batch = misconception(
    edit(
        "right += (model(ids, mask).argmax(dim=1) == labels).sum().item()",
        "right = (model(ids, mask).argmax(dim=1) == labels).float().mean().item()",
    ),
    edit("right / len(data_set[2])", "right"),
    en="Only the last batch counts: each batch overwrites the result of the one before. Add the right answers up.",
    ja="最後のバッチしか数えていません。バッチごとに前の結果を上書きしています。正解の件数を足していきましょう。",
)
