"""The answers to problem 82 that are known beforehand, right and wrong, as edits of the reference."""

from grader.checks import Text, accepts, edit, misconception

LOOP = "DataLoader(train_set, batch_size, shuffle=True)"
SMOOTHED = Text(
    en="The labels are smoothed (label_smoothing=0.1): a tenth of each answer is spread over all categories. That is another loss than the one asked for, "
    "-log of the probability of the correct category. Leave label_smoothing out.",
    ja="ラベルを平滑化しています（label_smoothing=0.1）。正解の 1 割がすべてのカテゴリに分けられ、求められている損失（正解カテゴリの確率の −log）とは別のものになります。"
    "label_smoothing を外しましょう。",
)

one_title_at_a_time = accepts(
    edit("(train_set, batch_size, shuffle=True)", "(train_set, 1, shuffle=True)"),
    edit("(data_set, batch_size)", "(data_set, 1)"),
)
momentum = accepts(edit("model.parameters(), lr=lr)", "model.parameters(), lr=lr, momentum=0.9)"))
in_order = accepts(edit(", shuffle=True", ""))
gradient_by_hand = accepts(
    edit(
        "optimizer.step()",
        "with torch.no_grad():\n                for p in model.parameters():\n                    p -= lr * p.grad",
    )
)
rows_of_numbers = accepts(
    edit("return history", "return list(zip(*history.values(), strict=True))"),
)
keras_names = accepts(
    edit(
        "return history",
        'return {k.replace("valid_", "val_").replace("train_", ""): v for k, v in history.items()}',
    )
)
percentages = accepts(edit("correct / len(data_set)", "100 * correct / len(data_set)"))
losses_on_the_way = accepts(
    edit("        model.train()\n", "        model.train()\n        running = hits = 0\n"),
    edit(
        "loss = F.cross_entropy(model(ids), labels)",
        "logits = model(ids)\n            loss = F.cross_entropy(logits, labels)",
    ),
    edit(
        "            optimizer.step()\n",
        "            optimizer.step()\n            running += loss.item() * len(labels)\n"
        "            hits += (logits.argmax(1) == labels).sum().item()\n",
    ),
    edit(
        "            loss, accuracy = evaluate(model, data_set, batch_size)\n",
        "            loss, accuracy = evaluate(model, data_set, batch_size)\n"
        '            if name == "train":\n'
        "                loss, accuracy = running / len(train_set), hits / len(train_set)\n",
    ),
)
by_hand = accepts(
    edit(
        f"for ids, labels in {LOOP}:",
        "for start in range(0, len(train_set), batch_size):\n"
        "            batch = train_set[start : start + batch_size]\n"
        "            ids, labels = torch.stack([b[0] for b in batch]), torch.tensor([b[1] for b in batch])",
    )
)

zero_grad_forgotten = misconception(
    edit("            optimizer.zero_grad()\n", ""),
    en="zero_grad() is missing. backward() adds to the gradients that are there, so each step also repeats all the steps "
    "before it, and the loss soon grows. Call optimizer.zero_grad() before every backward().",
    ja="zero_grad() がありません。backward() は勾配を足し込むので、毎回それまでの勾配まで繰り返し使われ、やがて損失が増えていきます。"
    "backward() の前に毎回 optimizer.zero_grad() を呼びましょう。",
)
zero_grad_per_epoch = misconception(
    edit("        model.train()\n", "        model.train()\n        optimizer.zero_grad()\n"),
    edit("            optimizer.zero_grad()\n", ""),
    en="zero_grad() is called once an epoch. Within the epoch the gradients still pile up from batch to batch. It belongs "
    "into the inner loop, before backward().",
    ja="zero_grad() がエポックに 1 回しか呼ばれていません。エポックの中ではバッチごとに勾配が溜まり続けます。内側のループで、backward() の前に呼びましょう。",
)
no_step = misconception(
    edit("            optimizer.step()\n", ""),
    en="The model does not change. Either step() is missing after backward(), or the gradients are cleared before it, or what is trained is another "
    "model than the one that was handed in: a copy, or that of an optimizer from outside. In this order: zero_grad(), backward(), step(), on that "
    "model's parameters.",
    ja="モデルがまったく変わりません。backward() の後の step() がないか、step() の前に勾配を消しているか、渡されたモデルとは別のもの（複製や、関数の外で作った optimizer のモデル）を学習しています。"
    "渡されたモデルのパラメータについて、zero_grad()・backward()・step() の順に呼びましょう。",
)
adam = misconception(
    edit("torch.optim.SGD(", "torch.optim.Adam("),
    en="The optimizer is Adam. The problem asks for stochastic gradient descent, w - lr * gradient; Adam rescales every "
    "step, and its sensible learning rates are other ones. Use torch.optim.SGD.",
    ja="最適化に Adam を使っています。問題が求めているのは確率的勾配降下法（w - lr × 勾配）です。Adam は更新幅を自動で変えるので、適した学習率も違います。"
    "torch.optim.SGD を使いましょう。",
)
lr_ignored = misconception(
    edit("lr=lr)", "lr=0.01)"),
    en="The learning rate is a fixed number, and the argument lr does nothing. Hand lr on to the optimizer.",
    ja="学習率が固定値で、引数 lr が使われていません。lr を optimizer に渡しましょう。",
)
loss_summed = misconception(
    edit("F.cross_entropy(model(ids), labels)", 'F.cross_entropy(model(ids), labels, reduction="sum")'),
    en="The loss is summed over the batch. The step then grows with the batch size, and a learning rate that is right for "
    'one title is too large for 32. Keep reduction="mean".',
    ja="損失をバッチで合計しています。バッチが大きいほど更新幅も大きくなり、1 件用の学習率では 32 件のときに大きすぎます。"
    'reduction="mean"（既定値）のままにしましょう。',
)
softmax_before_cross_entropy = misconception(
    edit("F.cross_entropy(model(ids), labels)", "F.cross_entropy(model(ids).softmax(dim=-1), labels)"),
    en="There is a softmax before the cross-entropy, which contains one itself. Applied twice, the probabilities can never "
    "come near 0 or 1, so the loss stays high and gradients are small. Give cross_entropy the logits.",
    ja="cross-entropy の前に softmax を掛けています。cross_entropy の中にも softmax があるので二重になり、確率が 0 や 1 に近づけず、損失は下がりきらず勾配も小さくなります。"
    "ロジットをそのまま渡しましょう。",
)
trains_on_validation = misconception(
    edit("in DataLoader(train_set", "in DataLoader(valid_set"),
    en="The model learns from the validation data. They are there to show how it does on titles that it has not learned "
    "from. Loop over train_set.",
    ja="検証データで学習しています。検証データは、学習に使っていない題名での成績を見るためのものです。train_set を回しましょう。",
)
validation_learnt_too = misconception(
    edit(
        "in DataLoader(train_set, batch_size, shuffle=True)",
        "in [*DataLoader(train_set, batch_size, shuffle=True), *DataLoader(valid_set, batch_size)]",
    ),
    en="The validation data is learned from as well, so it no longer shows how the model does on new titles. Step the optimizer in the loop over train_set alone.",
    ja="検証データからも学習しているため、新しい題名での成績を測れなくなっています。optimizer を進めるのは、train_set のループだけにしましょう。",
)
last_batch_dropped = misconception(
    edit("shuffle=True)", "shuffle=True, drop_last=True)"),
    edit("DataLoader(data_set, batch_size)", "DataLoader(data_set, batch_size, drop_last=True)"),
    en="The short last batch is dropped, also when measuring. Those titles are missing from the sums, while the division is "
    "by all. Leave drop_last out.",
    ja="半端な最後のバッチを捨てています（評価でも）。その題名は合計に入らないのに、割るときは全件で割っています。drop_last は付けないでおきましょう。",
)
batch_means_by_size = misconception(
    edit('F.cross_entropy(logits, labels, reduction="sum").item()', "F.cross_entropy(logits, labels).item()"),
    en="Means of batches are divided by the number of titles. cross_entropy has divided by the batch already, so the loss "
    "comes out too small by the batch size. Sum the losses of the titles: loss.item() * len(labels).",
    ja="バッチ平均の合計を、題名の件数で割っています。cross_entropy がすでにバッチの件数で割っているので、損失がバッチサイズ分の 1 に小さくなります。"
    "loss.item() * len(labels) のように、1 件ずつの損失の合計にしましょう。",
)
mean_of_batch_means = misconception(
    edit('F.cross_entropy(logits, labels, reduction="sum").item()', "F.cross_entropy(logits, labels).item()"),
    edit("return loss / len(data_set)", "return loss / len(DataLoader(data_set, batch_size))"),
    en="The batches' means are averaged as if all were equally large. The last batch is mostly smaller, and its titles then "
    "weigh more than the others. Weigh each mean by its batch, or sum the losses of the titles.",
    ja="大きさの違うバッチの平均を、そのまま平均しています。最後のバッチはたいてい小さいので、そこに入った題名だけ重みが大きくなります。"
    "バッチの件数で重み付けするか、1 件ずつの損失を合計しましょう。",
)
labels_of_the_last_batch = misconception(
    edit("correct += (logits.argmax(dim=-1) == labels).sum().item()", "continue"),
    edit(
        "return loss / len(data_set), correct / len(data_set)",
        "return loss / len(data_set), (logits.argmax(dim=-1) == labels).float().mean().item()",
    ),
    en="The accuracy is that of the last batch. After the loop, logits and labels hold only what came last. Count the hits "
    "inside the loop and divide by the number of titles.",
    ja="正解率が、最後のバッチだけのものになっています。ループを抜けた後の logits と labels には最後のバッチしか残っていません。"
    "ループの中で正解数を数え、件数で割りましょう。",
)
hits_not_divided = misconception(
    edit("correct / len(data_set)", "correct"),
    en="The accuracy is the number of hits. Divide it by the number of titles, so that sets of different size can be "
    "compared.",
    ja="正解率ではなく正解数になっています。大きさの違うデータを比べられるように、件数で割りましょう。",
)
argmax_over_batch = misconception(
    edit("logits.argmax(dim=-1)", "logits.argmax(dim=0)[:1]"),
    en="argmax runs over the batch: it asks which title fits a category best, not which category fits a title. "
    "Use dim=-1.",
    ja="argmax をバッチの軸でとっています。「どの題名がこのカテゴリらしいか」を尋ねていて、「この題名はどのカテゴリか」になっていません。dim=-1 にしましょう。",
)
eval_forgotten = misconception(
    edit("    model.eval()\n", ""),
    en="The model is measured in training mode. Dropout then still throws parts of it away, and the numbers change from "
    "call to call. Call model.eval() before measuring, and model.train() before learning goes on.",
    ja="学習モードのまま評価しています。dropout が効いたままなので、測るたびに値が変わります。評価の前に model.eval()、学習に戻るときに model.train() を呼びましょう。",
)
stays_in_eval = misconception(
    edit("        model.train()\n", ""),
    edit("    optimizer = ", "    model.train()\n    optimizer = "),
    en="From the second epoch on, the model learns in evaluation mode. model.eval() in the measurement stays in force "
    "until model.train() is called, so dropout is off. Call model.train() at the beginning of every epoch.",
    ja="2 エポック目から、評価モードのまま学習しています。model.eval() は model.train() を呼ぶまで有効なので、dropout が止まったままです。"
    "各エポックの先頭で model.train() を呼びましょう。",
)
gradients_in_evaluation = misconception(
    edit("with torch.no_grad():", "if True:"),
    en="Gradients are prepared while the model is only measured. The numbers are right, but every pass keeps all its "
    "intermediate results: slower, and a GPU may run out of memory. Measure under torch.no_grad().",
    ja="評価だけなのに勾配の準備をしています。値は正しいのですが、途中の結果をすべて保存するので遅くなり、GPU ではメモリ不足の原因になります。"
    "torch.no_grad() の中で評価しましょう。",
)
measured_before_learning = misconception(
    edit(
        '        for name, data_set in (("train", train_set), ("valid", valid_set)):\n'
        "            loss, accuracy = evaluate(model, data_set, batch_size)\n"
        '            history[f"{name}_loss"].append(loss)\n'
        '            history[f"{name}_accuracy"].append(accuracy)\n',
        "",
    ),
    edit(
        "        model.train()\n",
        '        for name, data_set in (("train", train_set), ("valid", valid_set)):\n'
        "            loss, accuracy = evaluate(model, data_set, batch_size)\n"
        '            history[f"{name}_loss"].append(loss)\n'
        '            history[f"{name}_accuracy"].append(accuracy)\n'
        "        model.train()\n",
    ),
    en="The model is measured before the epoch, so every entry of the history is one epoch late and the final model never "
    "appears in it. Measure after the updates of the epoch.",
    ja="エポックの学習前に測っているので、履歴が 1 エポックずつ遅れ、学習し終えたモデルの値がどこにも出てきません。そのエポックの更新が終わってから測りましょう。",
)
last_epoch_only = misconception(
    edit("return history", "return {name: series[-1:] for name, series in history.items()}"),
    en="Only the last epoch is returned. A learning curve needs a number for every epoch: append to the lists, and return "
    "all of them.",
    ja="最後のエポックの値しか返していません。学習曲線を描くにはエポックごとの値が要ります。リストに追加していき、全体を返しましょう。",
)
nothing_returned = misconception(
    edit("return history", "print(history)"),
    en="The history is printed but not returned. print shows it to a person; the next problem draws curves from it and needs "
    "the numbers. Return it.",
    ja="履歴を表示するだけで、返していません。print は人に見せるためのものです。次の問題では値を使ってグラフを描くので、return しましょう。",
)
hits_by_batches = misconception(
    edit("correct / len(data_set)", "correct / len(DataLoader(data_set, batch_size))"),
    en="The hits are divided by the number of batches. In batches of 4 the “accuracy” then goes up to 4. Hits are counted by titles, so divide "
    "by the number of titles, len(data_set).",
    ja="正解数をバッチの数で割っています。4 件ずつのバッチなら「正解率」が 4 まで上がってしまいます。正解は題名ごとに数えるので、題名の数 len(data_set) で割りましょう。",
)
loss_of_the_last_batch = misconception(
    edit(
        'loss += F.cross_entropy(logits, labels, reduction="sum").item()',
        "loss = F.cross_entropy(logits, labels).item() * len(data_set)",
    ),
    en="The loss is that of the last batch. After the loop the variable holds only what came last: add up inside the loop, and divide by the number of "
    "titles.",
    ja="損失が、最後のバッチだけのものになっています。ループの後の変数には最後の値しか残っていません。ループの中で足していき、件数で割りましょう。",
)
loss_not_divided = misconception(
    edit("return loss / len(data_set)", "return loss"),
    en="The loss is a sum and not a mean. It then grows with the number of titles, and training and validation data cannot be compared. Divide by "
    "len(data_set).",
    ja="損失が平均ではなく合計のままです。件数が多いほど大きくなり、学習データと検証データを比べられません。len(data_set) で割りましょう。",
)
same_batch_every_step = misconception(
    edit(
        "            optimizer.zero_grad()\n",
        "            ids, labels = next(iter(DataLoader(train_set, batch_size)))\n            optimizer.zero_grad()\n",
    ),
    en="Every step learns from the same batch. next(iter(...)) begins anew each time, and a batch drawn before the loop never changes. Use what "
    "the loop hands out: for ids, labels in loader.",
    ja="どのステップも同じバッチで学習しています。next(iter(...)) は毎回先頭からやり直しますし、ループの前に取り出したバッチは変わりません。"
    "for ids, labels in loader のように、ループが渡すものを使いましょう。",
)
stops_after_the_first = misconception(
    edit("            optimizer.step()\n", "            optimizer.step()\n            break\n"),
    en="Each epoch makes one step only: a break or return stands inside the loop over the data, or optimizer.step() behind it. There is a step for every "
    "title.",
    ja="1 エポックに 1 ステップしか更新していません。データを回すループの中に break か return があるか、optimizer.step() がループの外にあります。更新は 1 件ごとに行います。",
)
climbs = misconception(
    edit("loss = F.cross_entropy(model(ids), labels)", "loss = -F.cross_entropy(model(ids), labels)"),
    en="The steps go uphill: the loss has the wrong sign, so every update makes the right category less likely. Minimise the cross-entropy as it is.",
    ja="損失の符号が逆で、更新のたびに正解カテゴリの確率が下がっています。交差エントロピーをそのまま最小化しましょう。",
)
epochs_ignored = misconception(
    edit("for _ in range(epochs):", "for _ in range(1):"),
    en="The number of epochs is fixed, and the argument epochs does nothing. Write range(epochs).",
    ja="エポック数が固定され、引数 epochs が使われていません。range(epochs) としましょう。",
)
measured_on_training = misconception(
    edit('("valid", valid_set))', '("valid", train_set))'),
    en="What is recorded as validation is the training data once more. Measure on valid_set.",
    ja="検証の値として、学習データをもう一度測っています。valid_set で測りましょう。",
)
accuracy_of_the_training_data = misconception(
    edit(
        'history[f"{name}_accuracy"].append(accuracy)',
        'history[f"{name}_accuracy"].append(accuracy if name == "train" else history["train_accuracy"][-1])',
    ),
    en="The accuracy that is recorded for the validation data is that of the training data: its loss is its own. A line was copied, and one name in it "
    "not changed.",
    ja="検証データの正解率として、学習データの正解率を記録しています（損失は正しく記録されています）。行をコピーしたあと、変数名を変え忘れていませんか。",
)
smoothed_labels = misconception(
    edit("F.cross_entropy(model(ids), labels)", "F.cross_entropy(model(ids), labels, label_smoothing=0.1)"),
    en=SMOOTHED.en,
    ja=SMOOTHED.ja,
)
