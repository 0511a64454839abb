"""get_batch, lm_loss, train_lm and perplexity: how a language model is taught and measured.

Radford et al. 2019, section 2; perplexity as in Bengio et al. 2003, section 4.
"""

import math
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from grader import properties
from grader.draw import Draw
from grader.errors import Failure
from grader.lessons.declare import accepts, check, edit, misconception
from grader.lessons.transformer_lm import _tutorial_training
from grader.lessons.transformer_lm._planted import BIGRAM, DROWSY, trained_awake
from grader.model import Text
from grader.student import Module, Student, View

TITLE = Text(en="Training and perplexity", ja="学習と perplexity")
NAMES = ("get_batch", "lm_loss", "train_lm", "perplexity")
STARTERS = (
    Text(
        en="`get_batch`: draw `batch_size` places, cut `length + 1` characters at each, and make inputs and "
        "targets (B, T) of them. What is the last place possible?",
        ja="`get_batch`: 位置を `batch_size` 個引き、それぞれから `length + 1` 文字を切り出して inputs と targets (B, T) にしま"
        "す。引いてよい最後の位置はどこでしょう。",
    ),
    Text(
        en="`F.cross_entropy` wants two axes or the classes in the second: (B, T, V) and (B, T) may be "
        "flattened to (B * T, V) and (B * T,).",
        ja="`F.cross_entropy` に渡すには、(B, T, V) と (B, T) を (B * T, V) と (B * T,) に平らにするのが簡単です。",
    ),
    Text(
        en="For `perplexity` add up the loss of every character and how many there were, over all pieces, and "
        "take exp only at the end.",
        ja="`perplexity` では、全部の区間について損失の合計と文字数を足していき、最後に 1 度だけ exp をとります。",
    ),
)
FORMS = (_tutorial_training,)

INPUTS = Text(en="the inputs", ja="入力")
TARGETS = Text(en="the targets", ja="正解")
LOSS = Text(en="the loss", ja="損失")


def batch(size: int, length: int) -> View:
    """A pair of whole numbers (B, T)."""

    def view(value: Any) -> tuple[Tensor, Tensor]:
        if not isinstance(value, list | tuple) or len(value) != 2:
            raise Failure(
                Text(
                    en="get_batch should return two tensors, inputs and targets.",
                    ja="get_batch は入力と正解の 2 つのテンソルを返すはずです。",
                )
            )
        return whole(value[0], size, length, INPUTS), whole(value[1], size, length, TARGETS)

    return view


def whole(value: Any, size: int, length: int, what: Text) -> Tensor:
    found = properties.has_shape(value, (size, length), what, "(B, T)")
    if found.is_floating_point() or found.is_complex() or found.dtype is torch.bool:
        raise Failure(
            Text(
                en=f"{properties.sentence(what.en)} should hold ids, whole numbers, but its dtype is {found.dtype}.",
                ja=f"{what.ja}は ID（整数）のはずですが、dtype は {found.dtype} でした。",
            )
        )
    return found.long()


def number(what: Text) -> View:
    """A Python number, or a tensor that holds one."""

    def view(value: Any) -> float:
        if isinstance(value, Tensor) and value.numel() == 1 and not value.is_complex():
            value = value.item()
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            kind = getattr(value, "type_name", type(value).__name__)
            raise Failure(
                Text(
                    en=f"{properties.sentence(what.en)} should be one finite number, but is {value!s:.60} ({kind}).",
                    ja=f"{what.ja}は有限の数 1 つのはずですが、{value!s:.60}（{kind}）でした。",
                )
            )
        return float(value)

    return view


def series(steps: int) -> View:
    """The losses, one a step: a list, an array or a tensor of numbers."""

    def view(value: Any) -> list[float]:
        found = list(value) if isinstance(value, Tensor) and value.dim() == 1 else value
        if not isinstance(found, list | tuple) or len(found) != steps:
            raise Failure(
                Text(
                    en=f"train_lm should return a list of {steps} losses, one a step.",
                    ja=f"train_lm は 1 回の更新ごとの損失を {steps} 個並べたリストを返すはずです。",
                )
            )
        return [number(LOSS)(item) for item in found]

    return view


@check(points=1, ja="入力と正解はどちらも (B, T) の ID である")
def batch_shapes(student: Student, draw: Draw) -> None:
    """Inputs and targets are ids of shape (B, T)."""
    size, length, more = draw.sizes(3)
    student.call("get_batch", torch.arange(10 * length + more), size, length, view=batch(size, length))


@check(points=3, after=batch_shapes, ja="正解は、入力をちょうど 1 つ後ろにずらした本文である")
def targets_come_next(student: Student, draw: Draw) -> None:
    """Each target is the character that follows its input in the text."""
    size, length, more = draw.sizes(3)
    inputs, targets = student.call(
        "get_batch", torch.arange(10 * length + more), size, length, view=batch(size, length)
    )
    known = {0: "targets_not_shifted", 2: "targets_shifted_twice", -1: "targets_before_inputs"}
    gap = (targets - inputs).unique().tolist()  # the ids are the places in the text
    if len(gap) == 1 and gap[0] in known:
        raise Failure(
            Text(
                en=f"The targets are {gap[0]} characters after the inputs; they should be 1 after.",
                ja=f"正解が入力の {gap[0]} 文字後ろになっています。1 文字後ろのはずです。",
            ),
            misconception=known[gap[0]],
        )
    properties.equal(
        inputs[:, 1:],
        inputs[:, :-1] + 1,
        INPUTS,
        help=Text(
            en="A row is a piece of the text as it stands, without gaps.", ja="1 行は本文の切れ目ない一部分です。"
        ),
    )
    properties.shifted_by_one(inputs, targets)
    properties.equal(targets, inputs + 1, TARGETS)


@check(points=2, after=batch_shapes, ja="窓は本文のどこからでも、行ごとにばらばらに選ばれ、最後の文字も正解になる")
def windows_from_everywhere(student: Student, draw: Draw) -> None:
    """Windows come from everywhere in the text, each row from another place; the last character is a target too."""
    (length,) = draw.sizes(1)
    text = torch.arange(length + 3)  # three windows fit
    inputs, targets = student.call("get_batch", text, 96, length, view=batch(96, length))
    starts = sorted(set(inputs[:, 0].tolist()))
    if starts == [0, 1, 2]:
        return
    help = Text(
        en="How many places are there where a window of T inputs and one more target fits into S characters?",
        ja="S 文字の本文に、T 文字の入力ともう 1 文字の正解が収まる場所は、いくつありますか。",
    )
    slip = "one_window_for_all" if len(starts) == 1 else "last_window_never" if max(starts) < 2 else None
    name = slip if torch.equal(targets, inputs + 1) else None
    raise Failure(
        Text(
            en=f"A text of {length + 3} characters has 3 windows of {length}, at 0, 1 and 2; of 96 rows all begin at {starts}.",
            ja=f"{length + 3} 文字の本文には長さ {length} の窓が 0, 1, 2 の 3 か所ありますが、96 行の始まりは {starts} だけでした。",
        ),
        help,
        misconception=name,
    )


@check(points=2, ja="損失は全位置で平均した交差エントロピーである")
def mean_cross_entropy(student: Student, draw: Draw) -> None:
    """The loss is the cross-entropy averaged over all positions."""
    size, length, vocabulary = draw.sizes(3)
    logits, targets = draw.normal(size, length, vocabulary, scale=2.0), draw.integers(0, vocabulary, size, length)
    student.call("lm_loss", logits, targets, view=number(LOSS))
    student.must_agree(LOSS)


def planted(student: Student, vocabulary: int, length: int) -> Module:
    return student.lend(BIGRAM, torch.zeros(vocabulary, vocabulary), length).eval()


@check(points=1, ja="train_lm は 1 回の更新ごとの損失を返し、何も知らないモデルの最初の損失は ln V である")
def first_loss(student: Student, draw: Draw) -> None:
    """train_lm returns one loss a step, and that of a model that knows nothing begins at ln V."""
    vocabulary, length, size = draw.sizes(3, smallest=5)
    model = planted(student, vocabulary, length)
    losses = student.call(
        "train_lm",
        model,
        torch.arange(200) % vocabulary,
        steps=3,
        batch_size=size,
        length=length,
        lr=0.05,
        view=series(3),
    )
    properties.first_loss_near_ln(losses[0], vocabulary, within=0.01)


@check(points=3, after=first_loss, ja="更新を重ねると損失が下がり、モデルが実際に賢くなる")
def learns(student: Student, draw: Draw) -> None:
    """The loss falls, and the model itself has learnt: measured by us on its new weights."""
    vocabulary, length, size = draw.sizes(3, smallest=5)
    order = torch.randperm(vocabulary, generator=draw.generator)
    text = order.repeat(40)  # each character has one successor
    model = planted(student, vocabulary, length)
    student.call("train_lm", model, text, steps=60, batch_size=size, length=length, lr=0.1, view=series(60))
    after = model.current()
    table = properties.has_shape(after.get("table"), (vocabulary, vocabulary))
    reached = float(F.cross_entropy(table[text[:-1]], text[1:]))
    if not reached < 0.95 * math.log(vocabulary):  # slow learners learn too
        raise Failure(
            Text(
                en=f"After 60 updates the loss on a text that repeats itself is {reached:.3g}; it began at {math.log(vocabulary):.3g}.",
                ja=f"同じ並びを繰り返すだけの本文で 60 回更新しても、損失が {math.log(vocabulary):.3g} から {reached:.3g} にしか下がりません。",
            ),
            Text(
                en="Three things make a step: zero_grad, backward, step. Are all there, on the parameters of this model?",
                ja="1 回の更新は zero_grad、backward、step の 3 つです。すべて、このモデルのパラメータについて行っていますか。",
            ),
        )


@check(points=1, after=first_loss, ja="毎回の更新の前に、前の勾配を消している")
def gradients_are_cleared(student: Student, draw: Draw) -> None:
    """The gradients of the step before are cleared."""
    vocabulary, length, size = draw.sizes(3, smallest=5)
    model = planted(student, vocabulary, length)
    student.call(
        "train_lm",
        model,
        torch.arange(200) % vocabulary,
        steps=5,
        batch_size=size,
        length=length,
        lr=0.01,
        view=series(5),
    )
    if model.current().get("stale", torch.zeros(1)).sum() > 0:
        raise Failure(
            Text(
                en="When a new gradient arrived, the one of the step before was still there, and they added up.",
                ja="新しい勾配が届いたとき、前回の勾配がまだ残っていて、足し合わされていました。",
            ),
            misconception="zero_grad_forgotten",
        )


@check(points=1, after=first_loss, ja="学習は学習モードで行う")
def trains_in_training_mode(student: Student, draw: Draw) -> None:
    """It trains in training mode, whichever mode the model comes in."""
    vocabulary, length, size = draw.sizes(3, smallest=5)
    model = planted(student, vocabulary, length)
    student.call(
        "train_lm",
        model,
        torch.arange(200) % vocabulary,
        steps=3,
        batch_size=size,
        length=length,
        lr=0.01,
        view=series(3),
    )
    trained_awake(model)


@check(points=4, ja="perplexity は exp（総損失 / 総文字数）で、先頭以外のどの文字も 1 回ずつ数える")
def perplexity_of_uneven_pieces(student: Student, draw: Draw) -> None:
    """Perplexity is exp(total loss / total characters), each but the first counted once, in uneven pieces too."""
    vocabulary, length = draw.sizes(2, smallest=7)
    table = draw.normal(vocabulary, vocabulary, scale=1.5)
    text = draw.integers(
        0, vocabulary, 4 * length + 4
    )  # the last piece is shorter, and dear: its characters are unlikely
    for place in range(4 * length + 1, len(text)):
        text[place] = table[text[place - 1]].argmin()
    model = student.lend(DROWSY, table, length).train()
    found = student.call("perplexity", model, text, length, view=number(Text(en="the perplexity", ja="perplexity")))
    losses = F.cross_entropy(table[text[:-1]], text[1:], reduction="none")
    properties.perplexity(found, [losses])


# --- right answers -----------------------------------------------------------------------------

CROSS_ENTROPY = "F.cross_entropy(logits.flatten(0, 1), targets.flatten())"

classes_in_the_middle = accepts(edit(CROSS_ENTROPY, "F.cross_entropy(logits.transpose(1, 2), targets)"))
by_hand = accepts(edit(CROSS_ENTROPY, "-logits.log_softmax(dim=-1).gather(-1, targets.unsqueeze(-1)).mean()"))
stacked_windows = accepts(
    edit(
        "    return ids[index], ids[index + 1]\n",
        "    both = torch.stack([ids[i : i + length + 1] for i in starts[:, 0]])\n    return both[:, :-1], both[:, 1:]\n",
    )
)
adam = accepts(edit("torch.optim.AdamW", "torch.optim.Adam"))
no_clipping = accepts(edit("        nn.utils.clip_grad_norm_(model.parameters(), 1.0)\n", ""))
cleared_after_the_step = accepts(
    edit("        optimizer.zero_grad()\n", ""),
    edit("        optimizer.step()\n", "        optimizer.step()\n        optimizer.zero_grad()\n"),
)
tensor_of_losses = accepts(edit("return losses", "return torch.tensor(losses)"))

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
train_mode_forgotten = misconception(
    edit("    model.train()\n", ""),
    en="model.train() is missing. After a measurement the model is in evaluation mode, and from then on it would learn without "
    "dropout.",
    ja="model.train() がありません。一度評価すると評価モードのままになり、以後は dropout なしで学習してしまいます。",
)
only_the_last_loss = misconception(
    edit("return losses", "return losses[-1]"),
    en="Only the last loss is returned. The course of the loss is what one wants to see: return the whole list.",
    ja="最後の損失しか返していません。見たいのは損失の推移です。リスト全体を返しましょう。",
)

# --- mistakes: perplexity ----------------------------------------------------------------------

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
measured_in_training_mode = misconception(
    edit("    model.eval()\n", ""),
    en="model.eval() is missing: the model is measured with its dropout on, and looks worse than it is.",
    ja="model.eval() がありません。dropout が効いたまま測るので、実際より悪く見えます。",
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
