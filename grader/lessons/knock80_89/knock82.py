"""train(model, train_set, valid_set, epochs, lr, batch_size=1) -> history, by stochastic gradient descent."""

import torch

from grader.draw import Draw
from grader.errors import Failure
from grader.lessons.declare import accepts, check, edit, misconception
from grader.lessons.knock80_89 import _training as training
from grader.lessons.knock80_89._history import EPOCHS, anything, history, must_be
from grader.model import Text
from grader.student import Student

TITLE = Text(en="82. Training by stochastic gradient descent", ja="82. 確率的勾配降下法による学習")
NAMES = ("train",)
STARTERS = (
    Text(
        en="Begin with `evaluate`: one title at a time, a batch of one (1, T) gives (1, L); add up the losses "
        "and the right answers, divide by the number of titles.",
        ja="`evaluate` から書きましょう。題名を 1 件ずつ (1, T) にして (1, L) を得て、損失と正解数を足し、題名の数で割ります。",
    ),
    Text(
        en="The four lines of a step: `zero_grad`, the loss (`F.cross_entropy`), `backward`, `step`, with "
        "`torch.optim.SGD`.",
        ja="1 歩は 4 行です。`zero_grad`、損失（`F.cross_entropy`）、`backward`、`step`。オプティマイザは `torch.optim.SGD` "
        "です。",
    ),
    Text(
        en="After every epoch call `evaluate` on both sets and append to four lists, one for each key of the history.",
        ja="エポックが終わるごとに両方のデータで `evaluate` を呼び、履歴の 4 つのリストに 1 つずつ足します。",
    ),
)

LR = 0.5


@check(points=1, ja="学習・検証それぞれの損失と正解率が、エポックごとに記録される")
def returns_the_history(student: Student, draw: Draw) -> None:
    """Loss and accuracy on both sets are recorded for each epoch."""
    model = training.plant(student, draw)
    train, valid = training.titles(draw, 5, training.TRAIN_TIME), training.titles(draw, 3, training.VALID_TIME)
    found = training.trainer(student, "train")(model.module, train, valid, history, epochs=EPOCHS, lr=LR)
    epochs = len(next(iter(found.values())))
    if epochs != EPOCHS:
        raise Failure(
            Text(
                en=f"There were {EPOCHS} epochs, but the history has {epochs} entries.",
                ja=f"{EPOCHS} エポック学習したのに、履歴には {epochs} 個しか値がありません。",
            )
        )


@check(points=2, ja="1 回の更新が SGD の 1 ステップと一致する")
def one_step_of_sgd(student: Student, draw: Draw) -> None:
    """One update is one step of SGD on the mean loss of the batch."""
    model = training.plant(student, draw)
    train = training.trainer(student, "train")
    data = training.titles(draw, 7 if train.takes_batches else 1, training.TRAIN_TIME)
    valid = training.titles(draw, 3, training.VALID_TIME)
    train(model.module, data, valid, anything, epochs=1, lr=LR, batch_size=len(data))
    training.stepped(
        model,
        [data],
        LR,
        Text(
            en="Loss, zero_grad, backward, step: which data, which labels, which lr does each of the four use?",
            ja="損失・zero_grad・backward・step の 4 つが、どのデータ・ラベル・学習率を使っているか確かめましょう。",
        ),
    )


@check(points=2, after=one_step_of_sgd, ja="更新を重ねても、勾配が前のステップから溜まらない")
def gradients_are_cleared(student: Student, draw: Draw) -> None:
    """From step to step the gradients are cleared."""
    model = training.plant(student, draw)
    (title,) = training.titles(draw, 1, training.TRAIN_TIME)
    data, valid = [title] * 3, training.titles(draw, 3, training.VALID_TIME)
    training.trainer(student, "train")(model.module, data, valid, anything, epochs=2, lr=0.1, batch_size=1)
    training.stepped(
        model,
        [[title]] * 6,
        0.1,
        Text(
            en="backward() adds to what is already in .grad. When is it emptied?",
            ja="backward() は .grad に足し込みます。いつ空にしていますか。",
        ),
    )


@check(
    points=2, after=returns_the_history, ja="損失と正解率は 1 件あたりの平均である（最後の半端なバッチも正しく数える）"
)
def averages_are_true(student: Student, draw: Draw) -> None:
    """Losses and accuracies are means over the titles, the short last batch counted as it should be."""
    model = training.plant(student, draw)
    train, valid = training.titles(draw, 11, training.TRAIN_TIME), training.titles(draw, 7, training.VALID_TIME)
    ask = training.trainer(student, "train")
    found = ask(model.module, train, valid, history, epochs=EPOCHS, lr=training.STILL, batch_size=4)
    must_be(
        found,
        training.truth(train, valid, model.weight, model.bias, EPOCHS),
        Text(
            en="11 titles in batches of 4 make batches of 4, 4 and 3. What is summed, and what is it divided by?",
            ja="11 件を 4 件ずつに分けると 4・4・3 件です。何を合計し、何で割っていますか。",
        ),
    )


@check(points=1, after=returns_the_history, ja="完全なモデルの正解率は 1、定数を答えるモデルはそのカテゴリの割合になる")
def perfect_and_constant_models(student: Student, draw: Draw) -> None:
    """A perfect model has accuracy 1, and one that always says the same the share of that category."""
    train, valid = separable(draw, 7, training.TRAIN_TIME), separable(draw, 5, training.VALID_TIME)
    ask = training.trainer(student, "train")
    for weight in (perfect_weight(), torch.zeros(training.LABELS, training.WORDS)):
        model = training.plant(student, draw, weight=weight)
        found = ask(model.module, train, valid, history, epochs=EPOCHS, lr=training.STILL, batch_size=3)
        must_be(found, training.truth(train, valid, model.weight, model.bias, EPOCHS))


def separable(draw: Draw, count: int, time: int) -> list[training.Title]:
    """Titles of category c that say word c + 1 again and again."""
    labels = [int(label) for label in draw.integers(0, training.LABELS, count)]
    return [(torch.full((time,), label + 1), label) for label in labels]


def perfect_weight() -> torch.Tensor:
    return 2 * torch.eye(training.LABELS, training.WORDS)


@check(points=1, after=returns_the_history, ja="記録は、学習し終えた時点のモデルの値である")
def history_follows_the_model(student: Student, draw: Draw) -> None:
    """What the history says of the last epoch is what the trained model really does."""
    model = training.plant(student, draw)
    data = training.titles(draw, 9, training.TRAIN_TIME)
    valid = [(torch.cat([title, title[:1]]), label) for title, label in data]  # it gets better at these too
    ask = training.trainer(student, "train")
    found = ask(model.module, data, valid, history, epochs=EPOCHS, lr=0.2, batch_size=9)
    last = training.truth(data, valid, *model.now(), 1)
    must_be(
        found,
        {name: last[name] for name in ("valid_loss", "valid_accuracy")},
        Text(en="When in an epoch is the model measured?", ja="エポックのどの時点で測っていますか。"),
    )


@check(points=1, after=returns_the_history, ja="学習中は dropout が効き、評価中は止まる")
def dropout_only_in_training(student: Student, draw: Draw) -> None:
    """Dropout is on while the model learns, in every epoch, and off while it is measured."""
    model = training.plant(student, draw, dropout=0.5)
    train, valid = training.titles(draw, 5, training.TRAIN_TIME), training.titles(draw, 3, training.VALID_TIME)
    ask = training.trainer(student, "train")
    found = ask(model.module, train, valid, history, epochs=EPOCHS, lr=training.STILL, batch_size=5)
    right = training.truth(train, valid, model.weight, model.bias, EPOCHS)
    training.switches_modes(model, steps=1 if ask.takes_batches else 5, epochs=EPOCHS)
    must_be(found, {name: right[name] for name in ("valid_loss", "valid_accuracy")})


@check(points=1, after=returns_the_history, ja="評価では勾配を計算しない")
def no_gradients_in_evaluation(student: Student, draw: Draw) -> None:
    """While the model is measured, no gradients are prepared."""
    model = training.plant(student, draw)
    train, valid = training.titles(draw, 5, training.TRAIN_TIME), training.titles(draw, 3, training.VALID_TIME)
    training.trainer(student, "train")(model.module, train, valid, history, epochs=1, lr=LR, batch_size=5)
    training.measures_without_gradients(model, "gradients_in_evaluation")


LOOP = "DataLoader(train_set, batch_size, shuffle=True)"

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
    en="step() is missing. The gradients are computed and nothing is done with them: the model never changes. Call "
    "optimizer.step() after backward().",
    ja="step() がありません。勾配を計算しただけで使っていないため、モデルはまったく変わりません。backward() の後に optimizer.step() を呼びましょう。",
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
    edit(LOOP, "DataLoader(valid_set, batch_size, shuffle=True)"),
    en="The model learns from the validation data. They are there to show how it does on titles that it has not learnt "
    "from. Loop over train_set.",
    ja="検証データで学習しています。検証データは、学習に使っていない題名での成績を見るためのものです。train_set を回しましょう。",
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
