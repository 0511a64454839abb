"""Mistakes people make in perplexity."""

from grader.checks import edit, misconception

mean_of_exponentials = misconception(
    edit("total += loss.item() * len(targets)", "total += math.exp(loss.item())"),
    edit("count += len(targets)", "count += 1"),
    edit("math.exp(total / count)", "total / count"),
    en="The perplexities of the pieces are averaged. The mean of exponentials is larger than the exponential of the mean: add "
    "up the losses, divide once, take exp once.",
    ja="区間ごとの perplexity を平均しています。exp の平均は平均の exp より大きくなります。損失を足し、1 回割り、1 回だけ exp をとりましょう。",
)
mean_of_means = misconception(
    edit("total += loss.item() * len(targets)", "total += loss.item()"),
    edit("count += len(targets)", "count += 1"),
    en="The mean losses of the pieces are averaged, though the last piece is shorter: its characters count for more than the "
    "others. Weight each by its number of characters.",
    ja="区間ごとの平均損失を単純に平均しています。最後の区間は短いので、その文字だけ重く数えられます。文字数で重み付けしましょう。",
)
no_exponential = misconception(
    edit("math.exp(total / count)", "total / count"),
    en="That is the mean loss; the perplexity is its exponential.",
    ja="返しているのは平均損失です。perplexity はその exp です。",
)
base_two = misconception(
    edit("math.exp(total / count)", "2 ** (total / count)"),
    en="The base is 2, but F.cross_entropy measures in natural logarithms. Use exp.",
    ja="底が 2 になっています。F.cross_entropy は自然対数なので、exp を使います。",
)
divided_by_the_text = misconception(
    edit("math.exp(total / count)", "math.exp(total / len(ids))"),
    en="The total is divided by the length of the text. The first character is predicted by nobody: there are len(ids) - 1 "
    "predictions.",
    ja="総和を本文の長さで割っています。先頭の文字は予測されないので、予測の数は len(ids) - 1 です。",
)
last_piece_dropped = misconception(
    edit("range(0, len(ids) - 1, length)", "range(0, len(ids) - length, length)"),
    en="The last, shorter piece is left out, and its characters are never counted. Let the range run to the end.",
    ja="最後の短い区間が抜けていて、その文字が数えられていません。範囲を最後まで伸ばしましょう。",
)
lost_between_pieces = misconception(
    edit("start + length + 1]", "start + length]"),
    en="At each border a character is lost: a piece of T characters holds only T - 1 predictions, and the next piece does not "
    "predict its first. Read T + 1.",
    ja="区間の境目で 1 文字ずつ抜けています。T 文字の区間に予測は T - 1 個しかなく、次の区間も自分の先頭は予測しません。T + 1 文字を切り出しましょう。",
)
pieces_overlap = misconception(
    edit("range(0, len(ids) - 1, length)", "range(0, len(ids) - 1, max(1, length // 2))"),
    en="The pieces overlap, and the characters of both count twice. Begin each piece where the one before ends; or, where pieces overlap to give "
    "more context, count only the characters that are new.",
    ja="区間が重なっていて、重なった文字が 2 回数えられています。各区間は前の区間の終わりから始めましょう。文脈を長くするために重ねるのなら、新しい文字だけを数えます。",
)
measured_in_training_mode = misconception(
    edit("    model.eval()\n", ""),
    en="model.eval() is missing: the model is measured with its dropout on, and looks worse than it is.",
    ja="model.eval() がありません。dropout が効いたまま測るので、実際より悪く見えます。",
)
one_character_at_a_time = misconception(
    edit(
        "logits = model(inputs.unsqueeze(0))  # (1, T, V)",
        "logits = model(inputs.unsqueeze(1)).transpose(0, 1)  # (1, T, V)",
    ),
    en="In the measurement the model is shown single characters, (T, 1): what stands before them is lost, and it can only guess by the last "
    "one. Give it the piece as one row, (1, T).",
    ja="評価のとき、モデルに 1 文字ずつ (T, 1) を見せていて、それより前の文脈が失われています。区間を 1 行 (1, T) として渡しましょう。",
)
its_own_answers = misconception(
    edit("inputs, targets = piece[:-1], piece[1:]", "inputs, targets = piece[:-1], piece[:-1]"),
    en="In the measurement the targets are not shifted: the model is judged by the characters it was shown.",
    ja="評価のとき正解をずらしていません。見せた文字そのもので採点しています。",
)
whole_text_at_once = misconception(
    edit("for start in range(0, len(ids) - 1, length)", "for start in range(1)"),
    edit("ids[start : start + length + 1]", "ids"),
    en="The whole text goes into the model at once. It reads a limited length, and attention over it all would need S * S "
    "scores: cut it into pieces of `length`.",
    ja="本文全体を一度にモデルに入れています。モデルが読める長さには限りがあり、Attention の表も S × S になります。`length` ごとに区切りましょう。",
)
empty_last_piece = misconception(
    edit("range(0, len(ids) - 1, length)", "range(0, len(ids), length)"),
    en="Where the text comes out even, a last piece is left that holds no prediction, and the mean over nothing is NaN. The last character "
    "begins no piece: let the range end at len(ids) - 1.",
    ja="本文がぴったり割り切れるとき、予測が 1 つもない区間が最後に残り、何もないものの平均で NaN になります。最後の文字から始まる区間はありません。範囲は len(ids) - 1 までにしましょう。",
)
only_the_first_piece = misconception(
    edit("    return math.exp(total / count)", "            break\n    return math.exp(total / count)"),
    en="Only the first piece of the text is measured. Go on to the end.",
    ja="本文の最初の区間しか測っていません。最後まで続けましょう。",
)
