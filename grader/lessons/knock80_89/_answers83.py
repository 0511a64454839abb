"""The answers to problem 83 that are known beforehand, right and wrong, as edits of the reference."""

from grader.checks import accepts, edit, misconception
from grader.lessons.knock80_89._answers82 import SMOOTHED

PAD = 'pad_sequence([ids for ids, _ in batch], batch_first=True, padding_value=padding_idx, padding_side="left")'

another_padding_id = accepts(edit("collate(batch, padding_idx=0)", "collate(batch, padding_idx=12345)"))
padded_behind = accepts(edit(', padding_side="left")', ")"))
sorted_by_length = accepts(
    edit(
        "    padded = pad",
        "    batch = sorted(batch, key=lambda item: -len(item[0]))\n    padded = pad",
    )
)
with_lengths = accepts(
    edit("return padded, labels", "return padded, labels, torch.tensor([len(ids) for ids, _ in batch])"),
    edit("for *inputs, labels in loader", "for *inputs, labels, _ in loader"),
)
padded_by_hand = accepts(
    edit(
        PAD,
        "torch.full((len(batch), max(len(ids) for ids, _ in batch)), padding_idx)\n"
        "    for row, (ids, _) in enumerate(batch):\n        padded[row, : len(ids)] = ids",
    )
)
fixed_length = accepts(
    edit(
        PAD,
        PAD.replace(
            "[ids for ids, _ in batch]", "[F.pad(ids, (0, 64 - len(ids)), value=padding_idx) for ids, _ in batch]"
        ),
    )
)

labels_left_behind = misconception(
    edit(
        "[ids for ids, _ in batch], batch_first",
        "sorted((ids for ids, _ in batch), key=len, reverse=True), batch_first",
    ),
    en="The titles are sorted by length, the labels are not. Every title then learns with some other title's label. Sort "
    "the pairs, before they are taken apart.",
    ja="題名だけを長さ順に並べ替えていて、ラベルがついてきていません。題名が別の題名のラベルで学習されてしまいます。組のまま並べ替えてから分けましょう。",
)
cut_to_the_shortest = misconception(
    edit(
        "[ids for ids, _ in batch], batch_first",
        "[ids[: min(len(i) for i, _ in batch)] for ids, _ in batch], batch_first",
    ),
    en="The titles are cut to the shortest of the batch. Their last words are lost, and one very short title ruins the whole "
    "batch. Fill the short ones up instead.",
    ja="いちばん短い題名に合わせて切り詰めています。末尾の単語が失われ、極端に短い題名が 1 件あるだけでバッチ全体が台無しになります。短いほうを埋めましょう。",
)
padded_with_a_word = misconception(
    edit("padding_value=padding_idx", "padding_value=1"),
    en="The padding has the id of a word. 1 is the most frequent word, so short titles seem to end in a row of it. Choose an "
    "id that no word has.",
    ja="単語の ID でパディングしています。1 は最頻出の単語なので、短い題名の後ろにその単語が並んでいるように見えます。どの単語も使わない番号を選びましょう。",
)
last_word_repeated = misconception(
    edit(
        PAD,
        "torch.stack([torch.cat([i, i[-1:].expand(max(len(j) for j, _ in batch) - len(i))]) for i, _ in batch])",
    ),
    en="Short titles are filled up by repeating their last word. The model cannot tell it from a word said many times. Fill "
    "up with an id that no word has.",
    ja="最後の単語を繰り返して長さをそろえています。モデルには、その単語が何度も出てきたのと区別がつきません。どの単語も使わない番号で埋めましょう。",
)
time_first = misconception(
    edit("batch_first=True, padding_value", "batch_first=False, padding_value"),
    en="The ids come out as (T, B). pad_sequence puts the time first unless batch_first=True is given, and the models of this "
    "lesson read (B, T).",
    ja="ids が (T, B) になっています。pad_sequence は batch_first=True を付けないと時間を先頭にします。この章のモデルは (B, T) を読みます。",
)
labels_as_floats = misconception(
    edit("for _, label in batch])", "for _, label in batch], dtype=torch.float)"),
    en="The labels are floats. cross_entropy takes (B,) floats for probabilities and complains about the shape; the number of "
    "a category is a whole number. Use dtype=torch.long.",
    ja="ラベルが小数になっています。カテゴリの番号は整数です。cross_entropy は小数を渡されると確率とみなし、形が合わないというエラーになります。dtype=torch.long にしましょう。",
)
cuda_hard_coded = misconception(
    edit('"cuda" if torch.cuda.is_available() else "cpu"', '"cuda"'),
    en="The device is always CUDA. Without a GPU the notebook stops there. Choose it by torch.cuda.is_available(), and let the "
    "argument decide.",
    ja="デバイスが cuda に固定されています。GPU のない環境ではそこで止まってしまいます。torch.cuda.is_available() で選び、引数があればそれに従いましょう。",
)
last_batch_dropped = misconception(
    edit("shuffle=True, collate_fn", "shuffle=True, drop_last=True, collate_fn"),
    en="The short last batch is dropped. With few data that is a good part of them, and with fewer titles than a batch nothing "
    "is learned at all. Leave drop_last out.",
    ja="半端な最後のバッチを捨てています。データが少ないときには無視できない量になり、1 バッチに満たなければ何も学習されません。drop_last は付けないでおきましょう。",
)
zero_grad_forgotten = misconception(
    edit("                optimizer.zero_grad()\n", ""),
    en="zero_grad() is missing: backward() adds to the gradients of the batches before. Call it before every backward().",
    ja="zero_grad() がありません。backward() は前のバッチの勾配に足し込みます。backward() の前に毎回呼びましょう。",
)
mean_of_batch_means = misconception(
    edit("total += loss.item() * len(labels)", "total += loss.item()"),
    edit("return total / count, correct", "return total / len(loader), correct"),
    en="The batches' means are averaged as if all were equally large. The titles of the short last batch weigh more than the "
    "others. Multiply each mean by len(labels), and divide by the number of titles.",
    ja="大きさの違うバッチの平均を、そのまま平均しています。半端な最後のバッチの題名だけ重みが大きくなります。len(labels) を掛けて足し、件数で割りましょう。",
)
batch_means_by_size = misconception(
    edit("total += loss.item() * len(labels)", "total += loss.item()"),
    en="Means of batches are divided by the number of titles, so the loss comes out too small by the batch size. Multiply each "
    "by len(labels) first.",
    ja="バッチ平均の合計を件数で割っているので、損失がバッチサイズ分の 1 に小さくなっています。足す前に len(labels) を掛けましょう。",
)
eval_forgotten = misconception(
    edit("model.train(optimizer is not None)", "model.train()"),
    en="The model is measured in training mode, with dropout. Call model.eval() before measuring.",
    ja="学習モードのまま評価しているので、dropout が効いています。評価の前に model.eval() を呼びましょう。",
)
gradients_in_evaluation = misconception(
    edit("torch.set_grad_enabled(optimizer is not None)", "torch.enable_grad()"),
    en="Gradients are prepared while the model is only measured, which costs time and the GPU's memory. Measure under "
    "torch.no_grad().",
    ja="評価だけなのに勾配の準備をしていて、時間と GPU のメモリを余計に使います。torch.no_grad() の中で評価しましょう。",
)
always_sgd = misconception(
    edit("optimizer_class(model", "torch.optim.SGD(model"),
    en="optimizer_class is not used: it is SGD whatever is handed in. Adam then makes no difference, and it looks as if optimizers were all alike. Make "
    "the optimizer with optimizer_class, of the model's parameters and lr.",
    ja="optimizer_class が使われず、何を渡しても SGD になっています。Adam を渡しても結果が変わらず、最適化手法に差がないように見えてしまいます。"
    "optimizer は、モデルのパラメータと lr を optimizer_class に渡して作りましょう。",
)
adam = misconception(
    edit("optimizer_class(model", "torch.optim.Adam(model"),
    en="The optimizer is Adam whatever is handed in. Without a word it should be SGD, w - lr * gradient; Adam rescales every step. Make "
    "the optimizer with optimizer_class, of the model's parameters and lr.",
    ja="何を渡しても Adam になっています。何も渡さなければ SGD（w - lr × 勾配）のはずで、Adam は更新幅を自動で変えます。"
    "optimizer は、モデルのパラメータと lr を optimizer_class に渡して作りましょう。",
)
batch_size_ignored = misconception(
    edit("train_loader = DataLoader(train_set, batch_size,", "train_loader = DataLoader(train_set, 32,"),
    en="The batch size is a fixed number, and the argument batch_size does nothing. Hand it on to the DataLoader.",
    ja="バッチサイズが固定値で、引数 batch_size が使われていません。DataLoader に渡しましょう。",
)
lr_ignored = misconception(
    edit("model.parameters(), lr=lr)", "model.parameters(), lr=0.01)"),
    en="The learning rate is a fixed number, and the argument lr does nothing. Hand lr on to the optimizer.",
    ja="学習率が固定値で、引数 lr が使われていません。lr を optimizer に渡しましょう。",
)
no_step = misconception(
    edit("                optimizer.step()\n", ""),
    en="The model does not change. Either step() is missing after backward(), or the gradients are cleared before it, or what is trained is another "
    "model than the one that was handed in: a copy, or that of an optimizer from outside. In this order: zero_grad(), backward(), step(), on that "
    "model's parameters.",
    ja="モデルがまったく変わりません。backward() の後の step() がないか、step() の前に勾配を消しているか、渡されたモデルとは別のもの（複製や、関数の外で作った optimizer のモデル）を学習しています。"
    "渡されたモデルのパラメータについて、zero_grad()・backward()・step() の順に呼びましょう。",
)
loss_summed = misconception(
    edit("loss = F.cross_entropy(logits, labels)", 'loss = F.cross_entropy(logits, labels, reduction="sum")'),
    edit("loss.item() * len(labels)", "loss.item()"),
    en="The loss is summed over the batch. The step then grows with the batch size, and a learning rate that is right for one title is too large for 32. "
    'Keep reduction="mean".',
    ja="損失をバッチで合計しています。バッチが大きいほど更新幅も大きくなり、1 件用の学習率では 32 件のときに大きすぎます。"
    'reduction="mean"（既定値）のままにしましょう。',
)
softmax_before_cross_entropy = misconception(
    edit("F.cross_entropy(logits, labels)", "F.cross_entropy(logits.softmax(dim=-1), labels)"),
    en="There is a softmax before the cross-entropy, which contains one itself. Applied twice, the probabilities can never come near 0 or 1. Give "
    "cross_entropy the logits.",
    ja="cross-entropy の前に softmax を掛けています。cross_entropy の中にも softmax があるので二重になり、確率が 0 や 1 に近づけません。ロジットをそのまま渡しましょう。",
)
hits_by_batches = misconception(
    edit("correct / count", "correct / len(loader)"),
    en="The hits are divided by the number of batches. The “accuracy” then goes up to the batch size. Hits are counted by titles, so divide by the number "
    "of titles.",
    ja="正解数をバッチの数で割っています。これでは「正解率」がバッチサイズまで上がってしまいます。正解は題名ごとに数えるので、題名の数で割りましょう。",
)
hits_not_divided = misconception(
    edit("correct / count", "correct"),
    en="The accuracy is the number of hits. Divide it by the number of titles, so that sets of different size can be compared.",
    ja="正解率ではなく正解数になっています。大きさの違うデータを比べられるように、件数で割りましょう。",
)
hits_of_the_last_batch = misconception(
    edit("correct += ", "correct = "),
    edit("correct / count", "correct / len(labels)"),
    en="The accuracy is that of the last batch. Count the hits of all batches, correct += ..., and divide by the number of titles.",
    ja="正解率が、最後のバッチだけのものになっています。correct += ... のように全バッチの正解数を足し、題名の数で割りましょう。",
)
trains_on_validation = misconception(
    edit("train_loader = DataLoader(train_set,", "train_loader = DataLoader(valid_set,"),
    en="The model learns from the validation data. They are there to show how it does on titles that it has not learned from. Make the loader of train_set.",
    ja="検証データで学習しています。検証データは、学習に使っていない題名での成績を見るためのものです。ローダーは train_set から作りましょう。",
)
validation_learnt_too = misconception(
    edit("one_pass(model, valid_loader, device)", "one_pass(model, valid_loader, device, optimizer)"),
    en="The validation data is learned from as well, so it no longer shows how the model does on new titles. one_pass learns wherever it is given an optimizer: leave that out for valid_loader.",
    ja="検証データからも学習しているため、新しい題名での成績を測れなくなっています。one_pass は optimizer を渡すと学習します。valid_loader のときは渡さないでおきましょう。",
)
stays_in_eval = misconception(
    edit("model.train(optimizer is not None)", "model.eval() if optimizer is None else None"),
    en="From the second epoch on, the model learns in evaluation mode. model.eval() stays in force until model.train() is called, so dropout is off. Call "
    "model.train() at the beginning of every epoch.",
    ja="2 エポック目から、評価モードのまま学習しています。model.eval() は model.train() を呼ぶまで有効なので、dropout が止まったままです。"
    "各エポックの先頭で model.train() を呼びましょう。",
)
same_batch_every_step = misconception(
    edit("for *inputs, labels in loader:", "for *inputs, labels in [next(iter(loader))] * len(loader):"),
    en="Every step learns from the same batch. A batch that is drawn once before the loop never changes; use what the loader hands out: for ids, labels "
    "in loader.",
    ja="どのステップも同じバッチで学習しています。ループの前に一度だけ取り出したバッチは変わりません。for ids, labels in loader のように、ローダーが渡すものを使いましょう。",
)
stops_after_the_first = misconception(
    edit("            count += len(labels)\n", "            count += len(labels)\n            break\n"),
    en="Each pass ends after its first batch: a break or return stands inside the loop. The other titles are neither learned from nor measured.",
    ja="どのパスも最初のバッチで終わっています。ループの中に break か return があり、残りの題名は学習にも評価にも使われていません。",
)
epochs_ignored = misconception(
    edit("for _ in range(epochs):", "for _ in range(1):"),
    en="The number of epochs is fixed, and the argument epochs does nothing. Write range(epochs).",
    ja="エポック数が固定され、引数 epochs が使われていません。range(epochs) としましょう。",
)
last_epoch_only = misconception(
    edit("return history", "return {name: series[-1:] for name, series in history.items()}"),
    en="Only the last epoch is returned. A learning curve needs a number for every epoch: append to the lists, and return all of them.",
    ja="最後のエポックの値しか返していません。学習曲線を描くにはエポックごとの値が要ります。リストに追加していき、全体を返しましょう。",
)
cut_at_ten = misconception(
    edit("[ids for ids, _ in batch], batch_first", "[ids[:10] for ids, _ in batch], batch_first"),
    en="Titles are cut off at a fixed number of words. What stands behind is lost for ever. Fill up to the longest title of the batch instead.",
    ja="題名を決まった語数で切っています。その後ろの単語は失われます。そのバッチでいちばん長い題名に合わせて埋めましょう。",
)
smoothed_labels = misconception(
    edit(
        "loss = F.cross_entropy(logits, labels)",
        "loss = F.cross_entropy(logits, labels, label_smoothing=0.1 * model.training)",
    ),
    en=SMOOTHED.en,
    ja=SMOOTHED.ja,
)
