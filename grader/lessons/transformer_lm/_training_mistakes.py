"""Mistakes people make in get_batch, lm_loss and train_lm."""

from grader.checks import edit, misconception
from grader.lessons.transformer_lm._lines_training import CROSS_ENTROPY

# --- mistakes: the batch -----------------------------------------------------------------------

targets_not_shifted = misconception(
    edit("ids[index + 1]", "ids[index]"),
    en="The targets are the inputs themselves. The model is asked for the character it has just read, and learns to copy it: "
    "shift by one.",
    ja="正解が入力そのものです。いま読んだ文字を答えさせることになり、写すことしか学べません。1 つずらしましょう。",
)
targets_shifted_twice = misconception(
    edit("ids[index + 1]", "ids[index + 2]"),
    edit("len(ids) - length,", "len(ids) - length - 1,"),
    en="The targets are shifted twice: the character after the next is asked for. Shift once, either in the batch or in the "
    "loss.",
    ja="正解を 2 つずらしていて、次の次の文字を当てさせています。ずらすのは 1 回だけ、バッチか損失のどちらかで行いましょう。",
)
targets_before_inputs = misconception(
    edit("ids[index], ids[index + 1]", "ids[index + 1], ids[index]"),
    en="Inputs and targets have changed places: the model is asked for the character before. Inputs come first, targets one "
    "later.",
    ja="入力と正解が逆で、1 つ前の文字を当てさせています。先が入力、1 つ後ろが正解です。",
)
one_window_for_all = misconception(
    edit("(batch_size, 1))", "(1, 1)).expand(batch_size, 1)"),
    en="All rows of the batch are the same window: one place was drawn for all of them. Draw batch_size places.",
    ja="バッチの全行が同じ窓です。場所を 1 つしか引いていません。batch_size 個引きましょう。",
)
last_window_never = misconception(
    edit("len(ids) - length,", "len(ids) - length - 1,"),
    en="The last window is never drawn, so the last character is never a target. torch.randint already leaves out its upper "
    "end: len(ids) - length places fit.",
    ja="最後の窓が選ばれることがなく、最後の文字が正解になりません。torch.randint は上端を含まないので、len(ids) - length をそのまま渡せば足ります。",
)
first_window_never = misconception(
    edit("starts = torch.randint(len(ids) - length,", "starts = torch.randint(1, len(ids) - length,"),
    en="The first window is never drawn, so the first characters are never read. Places begin at 0.",
    ja="最初の窓が選ばれることがなく、先頭の文字が読まれません。場所は 0 から始まります。",
)
same_places_every_time = misconception(
    edit("    starts = torch.randint(", "    torch.manual_seed(0)\n    starts = torch.randint("),
    en="Every call gives the same windows: a seed is set inside, so the model sees one batch for ever. Set it once, outside.",
    ja="呼び出すたびに同じ窓が返ります。中で乱数の種を設定しているためで、モデルはいつまでも同じバッチしか見ません。種は外で 1 回だけ設定しましょう。",
)
windows_side_by_side = misconception(
    edit(
        "torch.randint(len(ids) - length, (batch_size, 1))",
        "torch.randint((len(ids) - 1) // length, (batch_size, 1)) * length",
    ),
    en="Windows begin at multiples of their length only. Draw any place where one fits, so that each character is seen with every number "
    "of characters before it.",
    ja="窓の始まりが長さの倍数だけになっています。収まる場所ならどこからでも引きましょう。どの文字も、いろいろな長さの文脈で学べるようになります。",
)
window_past_the_end = misconception(
    edit("len(ids) - length,", "len(ids) - length + 1,"),
    en="A window may reach past the end of the text, where there is no target left: now and then it stops with an error. "
    "T inputs and one more target have to fit.",
    ja="窓が本文の終わりからはみ出すことがあり、ときどきエラーで止まります。T 文字の入力と、もう 1 文字の正解が収まらなければなりません。",
)
batch_transposed = misconception(
    edit("ids[index], ids[index + 1]", "ids[index].T, ids[index + 1].T"),
    en="The batch is (T, B). Here rows are sentences and columns are time: (B, T).",
    ja="バッチが (T, B) の向きです。ここでは行が文、列が時間の (B, T) にします。",
)

# --- mistakes: the loss ------------------------------------------------------------------------

summed_loss = misconception(
    edit("targets.flatten())", 'targets.flatten(), reduction="sum")'),
    en="The loss is summed over the batch instead of averaged. Its size then depends on B and T, and so does the step; ln V "
    "is no longer where it begins.",
    ja="損失を平均ではなく合計しています。大きさが B と T に左右され、更新の幅も変わります。最初の値が ln V にもなりません。",
)
softmax_before_the_loss = misconception(
    edit("logits.flatten(0, 1)", "logits.softmax(dim=-1).flatten(0, 1)"),
    en="A softmax stands before F.cross_entropy, which makes its own. Two of them flatten everything, and the loss never gets "
    "low. Give it the logits.",
    ja="F.cross_entropy の前に softmax があります。F.cross_entropy も softmax をとるので 2 重になり、損失が下がりきりません。logits を渡しましょう。",
)
no_log_softmax = misconception(
    edit("F.cross_entropy(", "F.nll_loss("),
    en="F.nll_loss gets the logits as they are. It expects log-probabilities: use F.cross_entropy, or log_softmax first.",
    ja="F.nll_loss に logits をそのまま渡しています。必要なのは対数確率です。F.cross_entropy を使うか、先に log_softmax をとりましょう。",
)
loss_shifts_again = misconception(
    edit("logits.flatten(0, 1), targets.flatten()", "logits[:, :-1].flatten(0, 1), targets[:, 1:].flatten()"),
    en="The loss shifts the targets once more, though get_batch has done it. Then the character after the next is learnt. "
    "(Libraries that shift inside take unshifted labels.)",
    ja="get_batch でずらした正解を、損失の中でもう一度ずらしています。これでは次の次の文字を学んでしまいます（中でずらす流儀のライブラリには、ずらさずに渡します）。",
)
loss_of_the_last_position = misconception(
    edit("logits.flatten(0, 1), targets.flatten()", "logits[:, -1], targets[:, -1]"),
    en="Only the last position counts in the loss. Every position has a target; with all of them one pass teaches T times as "
    "much.",
    ja="損失に最後の位置しか使っていません。正解はどの位置にもあります。全部使えば、1 回の計算で T 倍学べます。",
)
logits_scrambled = misconception(
    edit("logits.flatten(0, 1)", "logits.transpose(1, 2).reshape(-1, logits.size(-1))"),
    en="The logits are turned to (B, V, T) and then reshaped to rows of V, which mixes characters and positions. For (B * T, V) "
    "flatten (B, T, V) as it is.",
    ja="logits を (B, V, T) にしてから V 個ずつの行に並べ直しているため、文字と位置が混ざっています。(B, T, V) をそのまま平らにすれば (B * T, V) です。",
)

smoothed_labels = misconception(
    edit("targets.flatten())", "targets.flatten(), label_smoothing=0.1)"),
    en="The labels are smoothed (label_smoothing): a share of each target goes to all other characters. That is another loss; its "
    "exponential is no perplexity. Leave it out.",
    ja="ラベルを平滑化（label_smoothing）していて、正解の一部がほかの文字に配られています。これは別の損失で、exp をとっても perplexity になりません。外しましょう。",
)
id_0_left_out = misconception(
    edit("targets.flatten())", "targets.flatten(), ignore_index=0)"),
    en="Targets with id 0 are left out, as if it were padding. Here id 0 is a character like the others, and there is no padding.",
    ja="ID が 0 の正解を、パディングのように数えていません。ここでは 0 もふつうの文字で、パディングはありません。",
)
summed_over_time = misconception(
    edit(CROSS_ENTROPY, CROSS_ENTROPY + " * targets.size(1)"),
    en="The loss is summed over the positions of a row and averaged over the rows only. Average over all B * T positions.",
    ja="損失を位置の方向には合計し、文の方向にだけ平均しています。B * T 個の位置すべてで平均しましょう。",
)
loss_in_bits = misconception(
    edit(CROSS_ENTROPY, CROSS_ENTROPY + " / math.log(2)"),
    en="The loss is measured in bits, with the logarithm to base 2. Here it is the natural logarithm, as F.cross_entropy gives it.",
    ja="損失をビット（底が 2 の対数）で測っています。ここでは F.cross_entropy のとおり、自然対数です。",
)
logits_changed_in_place = misconception(
    edit("logits.flatten(0, 1)", "logits.sub_(1.0).flatten(0, 1)"),
    en="The logits that were passed in are changed in place. Whoever passed them still has them; make a new tensor.",
    ja="渡された logits をその場で書き換えています。渡した側はまだそれを持っています。新しいテンソルを作りましょう。",
)
exponential_of_the_loss = misconception(
    edit(CROSS_ENTROPY, CROSS_ENTROPY + ".exp()"),
    en="That is the exponential of the loss. exp is taken once, at the end of perplexity.",
    ja="損失の exp を返しています。exp をとるのは、perplexity の最後の 1 回だけです。",
)
first_position_left_out = misconception(
    edit("logits.flatten(0, 1), targets.flatten()", "logits[:, 1:].flatten(0, 1), targets[:, 1:].flatten()"),
    en="The first position is left out of the loss. It has a target like the others.",
    ja="先頭の位置が損失に入っていません。ほかと同じように正解があります。",
)

# --- mistakes: the steps -----------------------------------------------------------------------

zero_grad_forgotten = misconception(
    edit("        optimizer.zero_grad()\n", ""),
    en="zero_grad is missing: gradients of all earlier steps pile up, and each step follows their sum. Clear them every time.",
    ja="zero_grad がありません。過去の勾配がすべて積み重なり、その合計の向きに更新されます。毎回消しましょう。",
)
no_step = misconception(
    edit("        optimizer.step()\n", ""),
    en="Nothing is ever updated: without optimizer.step() (or without backward before it) the weights stay as they were and the "
    "loss only flickers.",
    ja="一度も更新されていません。optimizer.step()（またはその前の backward）がないと重みは変わらず、損失は揺れるだけです。",
)
same_batch_every_step = misconception(
    edit(
        "    for _ in range(steps):\n        inputs, targets = get_batch(ids, batch_size, length)\n",
        "    inputs, targets = get_batch(ids, batch_size, length)\n    for _ in range(steps):\n",
    ),
    en="All steps learn from one and the same batch: it is drawn before the loop. Call get_batch in every step, or the model learns a few "
    "lines by heart.",
    ja="どの更新も同じ 1 つのバッチで学習しています。ループの前に引いているためです。毎回 get_batch を呼びましょう。そうしないと数行を丸暗記するだけです。",
)
batch_size_ignored = misconception(
    edit("= get_batch(ids, batch_size, length)", "= get_batch(ids, 32, length)"),
    en="batch_size is not used: a batch always has the same number of rows.",
    ja="batch_size が使われておらず、いつも同じ行数のバッチになっています。",
)
length_ignored = misconception(
    edit("= get_batch(ids, batch_size, length)", "= get_batch(ids, batch_size, 64)"),
    en="length is not used: windows always have the same length.",
    ja="length が使われておらず、いつも同じ長さの窓になっています。",
)
sizes_swapped = misconception(
    edit("= get_batch(ids, batch_size, length)", "= get_batch(ids, length, batch_size)"),
    en="batch_size and length have changed places: there are as many windows as a window should be long. Pass them in the order of get_batch.",
    ja="batch_size と length が入れ替わっていて、窓の長さの数だけ窓を取っています。get_batch の引数の順に渡しましょう。",
)
lr_ignored = misconception(
    edit("lr=lr)", "lr=1e-2)"),
    en="lr is not used: the optimizer always gets the same rate.",
    ja="lr が使われておらず、optimizer にいつも同じ値を渡しています。",
)
trains_a_copy = misconception(
    edit(
        "    optimizer = torch.optim",
        "    import copy\n\n    model = copy.deepcopy(model)\n    optimizer = torch.optim",
    ),
    en="The losses fall, but the model that was passed in is as it was: a copy has been trained. Train the model itself.",
    ja="損失は下がりますが、渡されたモデルは元のままです。コピーを学習しています。渡されたモデルそのものを学習しましょう。",
)
only_some_parameters = misconception(
    edit("torch.optim.AdamW(model.parameters(), lr=lr)", "torch.optim.AdamW(list(model.parameters())[:1], lr=lr)"),
    en="Only some of the parameters are in the optimizer; the others never learn. Pass model.parameters().",
    ja="optimizer に一部のパラメータしか渡しておらず、ほかは学習されません。model.parameters() を渡しましょう。",
)
train_mode_forgotten = misconception(
    edit("    model.train()\n", ""),
    en="model.train() is missing. After a measurement the model is in evaluation mode, and from then on it would learn without "
    "dropout.",
    ja="model.train() がありません。一度評価すると評価モードのままになり、以後は dropout なしで学習してしまいます。",
)
steps_twice = misconception(
    edit("        optimizer.step()\n", "        optimizer.step()\n        optimizer.step()\n"),
    en="optimizer.step() is called twice for one gradient: every update goes twice as far as lr says. Call it once, after backward().",
    ja="1 つの勾配に対して optimizer.step() を 2 回呼んでいて、毎回 lr の 2 倍の幅で更新されます。backward() の後に 1 回だけ呼びましょう。",
)
losses_not_measured = misconception(
    edit("losses.append(loss.item())", "losses.append(math.log(logits.size(-1)) * 0.97 ** len(losses))"),
    en="The losses are not those of the model: they come out of a formula, or of another place than this step. Record what the loss of this step's "
    "batch is: losses.append(loss.item()).",
    ja="返している損失が、モデルの実際の損失ではありません（式で作った値か、別の時点の値です）。その回のバッチの損失を losses.append(loss.item()) で記録しましょう。",
)
only_the_last_loss = misconception(
    edit("return losses", "return losses[-1]"),
    en="Only the last loss is returned. The course of the loss is what one wants to see: return the whole list.",
    ja="最後の損失しか返していません。見たいのは損失の推移です。リスト全体を返しましょう。",
)
