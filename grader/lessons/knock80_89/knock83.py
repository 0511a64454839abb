"""collate(batch) -> (ids (B, Tmax), labels (B,)); train_batches(..., batch_size, device=None) -> history."""

from __future__ import annotations

from itertools import combinations

import torch

from grader.checks import Draw, Failure, Student, Text, check, sign, trace
from grader.lessons.knock80_89 import _answers83, _interfaces, _modes
from grader.lessons.knock80_89 import _steps as steps
from grader.lessons.knock80_89 import _training as training
from grader.lessons.knock80_89._batch_means import averages
from grader.lessons.knock80_89._batches83 import ROWS, collated, is_none_of_its_words, order
from grader.lessons.knock80_89._fakes.optimizers import optimizer_class
from grader.lessons.knock80_89._history import EPOCHS, anything, history

TITLE = Text(en="83. Mini-batches, and training on a GPU", ja="83. ミニバッチ化・GPU 上での学習")
NAMES = ("collate", "train_batches")
SIGNS = (
    sign(r"^def\s+\w*collate\w*|\bpad_sequence\b", "batches that are padded", "パディングしたミニバッチ", rank=80),
)
TRACES = (trace(r"collate|pad_sequence|\bpadding\b|DataLoader\("),)  # loader = DataLoader(data, batch_size=32)
INTERFACES = _interfaces.KNOCK83
KNOWN_ANSWERS = _answers83
STARTERS = (
    Text(
        en="Write `collate` first and try it on two titles of different length: it should give (2, Tmax) and (2,).",
        ja="まず `collate` を書き、長さの違う題名 2 件で試しましょう。(2, Tmax) と (2,) になるはずです。",
    ),
    Text(
        en="`DataLoader(train_set, batch_size, shuffle=True, collate_fn=...)` makes the batches. Each goes to "
        "the device that the model is on.",
        ja="バッチは `DataLoader(train_set, batch_size, shuffle=True, collate_fn=...)` が作ります。モデルと同じ device"
        " に送りましょう。",
    ),
    Text(
        en="A mean loss of a batch of b titles counts b times: add up loss * b, and divide by the number of "
        "titles in the end.",
        ja="b 件のバッチの平均損失は b 件ぶんです。損失 × b を足していき、最後に題名の数で割ります。",
    ),
)

LR = 0.5


@check(points=1, ja="ids は (B, Tmax)、labels は (B,) の整数である")
def shapes(student: Student, draw: Draw) -> Text | None:
    """The ids are whole numbers of shape (B, Tmax) and the labels of shape (B,)."""
    batch, found = collated(student, draw)
    if found["ids"].shape[1] <= max(len(title) for title, _ in batch):
        return None
    return Text(
        en="Padding to the longest title of the batch is enough; a fixed length costs time in every batch.",
        ja="そのバッチでいちばん長い題名に合わせれば十分です。固定長にすると、毎回むだな計算が増えます。",
    )


@check(points=1, after=shapes, ja="どの題名の単語も、並び順のまま残っている")
def titles_keep_their_words(student: Student, draw: Draw) -> None:
    """Every title is there with all its words in order, filled up at one end."""
    batch, found = collated(student, draw)
    lost = sorted(set(range(len(batch))) - set(order(batch, found["ids"])))
    if lost:
        title = batch[lost[0]][0].tolist()
        raise Failure(
            Text(
                en=f"{len(lost)} of {len(batch)} titles are not found in the rows, such as {title[:6]} of length {len(title)}.",
                ja=f"{len(batch)} 件中 {len(lost)} 件の題名が、どの行にもそのままの形では見つかりません（長さ {len(title)} の {title[:6]} など）。",
            ),
            ROWS,
        )


@check(points=2, after=titles_keep_their_words, ja="ラベルは、それぞれの題名と同じ行にある")
def labels_stay_with_their_titles(student: Student, draw: Draw) -> None:
    """Each label stands in the row of its title, also where titles are sorted by length."""
    batch, found = collated(student, draw)
    due = torch.tensor([batch[i][1] if i is not None else -1 for i in order(batch, found["ids"])])
    off = (found["labels"] != due).nonzero().flatten().tolist()
    if off:
        raise Failure(
            Text(
                en=f"Row {off[0]} holds a title with the label {int(due[off[0]])}, but the label there is {int(found['labels'][off[0]])}.",
                ja=f"{off[0]} 行目の題名のラベルは {int(due[off[0]])} ですが、labels では {int(found['labels'][off[0]])} になっています。",
            ),
            Text(
                en="Whatever changes the order of the titles has to change that of the labels.",
                ja="題名を並べ替えたら、ラベルも同じように並べ替える必要があります。",
            ),
        )


@check(points=1, after=shapes, ja="どの単語の ID とも違う、1 つの番号で埋めている")
def padding_is_no_word(student: Student, draw: Draw) -> None:
    """What fills up the rows is one id that no word has."""
    _, found = collated(student, draw)
    # Ours has a vocabulary of its own, which nobody need use.
    if not student.promised and is_none_of_its_words(student, found["fill"].tolist()):
        return
    if len(found["fill"]) != 1:
        raise Failure(
            Text(
                en="Short titles are filled up with ids that words have, so padding cannot be told from a word.",
                ja="短い題名が単語の ID で埋められていて、パディングと単語の区別がつきません。",
            ),
            ROWS,
        )


@check(points=1, ja="長さの違う題名を 1 つのバッチにして、渡された optimizer の 1 ステップを進める")
def one_step_on_a_padded_batch(student: Student, draw: Draw) -> Text | None:
    """A batch of titles of different lengths makes one step of SGD, or of the optimizer_class that is given."""
    train, moves = ask(student), []
    for count, lr in ((7, LR), (4, 0.2)):
        model, data, valid = training.fake_model(student, draw), mixed(draw, count), mixed(draw, 3)
        train(model.module, data, valid, anything, epochs=1, lr=lr, batch_size=count, device="cpu")
        moves.append(steps.move(model, [data], lr))
    try:
        steps.stepped(moves, STEP)
    except Failure as failure:
        modes = _modes.Modes(train, draw, {"batch_size": 5, "device": "cpu"})
        name = failure.misconception or batches_of_its_own(model, count, count) or modes.learned_from()
        raise Failure(failure.rationale, failure.help, failure.evidence, name) from None
    if train.takes("optimizer_class"):
        model, data, valid = training.fake_model(student, draw), mixed(draw, 5), mixed(draw, 3)
        options = {"batch_size": 5, "device": "cpu", "optimizer_class": student.lend(optimizer_class)}
        train(model.module, data, valid, anything, epochs=1, lr=0.1, **options)
        made = steps.move(model, [data], 0.2)
        once = steps.move(model, [data], 0.1)
        steps.stepped([made], OPTIMIZER if once.is_to([data]) else STEP)
    if student.promised and any(parameter[0] == "padding_idx" for parameter in train.parameters):
        return padding_advice(student, draw, train)
    return None


def padding_advice(student: Student, draw: Draw, train: training.Trainer) -> Text | None:
    """What to tell where short titles are filled up with something else than padding_idx; here that is a word, which one sees.

    Any id that no word has is right, so nothing is lost.
    """
    data, valid, filler = mixed(draw, 6), mixed(draw, 3), draw.number(1, training.WORDS + 1)
    with student.unrecorded():
        model = training.fake_model(student, draw)
        options = {"batch_size": 6, "device": "cpu", "padding_idx": filler}
        train(model.module, data, valid, anything, epochs=1, lr=LR, **options)
        made = steps.move(model, [data], LR)
    if len({len(title) for title, _ in data}) > 1 and made.is_to([data]):
        return OWN_PADDING
    return None


OWN_PADDING = Text(
    en="Whatever padding_idx says, short titles are filled up with an id of your own. Nothing is deducted; but a model whose own padding_idx is another "
    "reads these places as words. Hand padding_idx on to the line that fills up.",
    ja="padding_idx に何を渡しても、短い題名は決まった番号で埋められます。減点はありませんが、モデルの padding_idx がそれと違うと、埋めた場所まで単語として読まれてしまいます。"
    "padding_idx を、題名を埋める行まで渡しましょう。",
)


STEP = Text(
    en="One step: the loader hands out ids (B, Tmax) and labels (B,); model(ids) is (B, L); F.cross_entropy takes its mean over the batch; "
    "zero_grad, backward, step, with the lr that was given. Print the shapes, and one label beside its title: do they still belong together?",
    ja="1 ステップの流れ: ローダーが ids (B, Tmax) と labels (B,) を渡し、model(ids) は (B, L)、F.cross_entropy がバッチの平均をとり、zero_grad・backward・step を、"
    "渡された lr で行います。形と、題名の隣のラベルを表示して、組が崩れていないか確かめましょう。",
)
OPTIMIZER = Text(
    en="The steps are those of torch.optim.SGD whatever is handed in. Follow optimizer_class from the arguments to the line that makes the "
    "optimizer.",
    ja="何を渡しても torch.optim.SGD のステップになっています。引数の optimizer_class が、optimizer を作る行まで届いているかをたどってみましょう。",
)


@check(points=1, after=one_step_on_a_padded_batch, ja="最後の半端なバッチまで学習に使い、勾配は毎回空にする")
def every_batch_is_a_step(student: Student, draw: Draw) -> None:
    """Every batch is one step with its own gradients, the short last one too."""
    model = training.fake_model(student, draw)
    (title,) = training.titles(draw, 1, training.TRAIN_TIME)
    data, valid = [title] * 5, training.titles(draw, 3, training.VALID_TIME)
    ask(student)(model.module, data, valid, anything, epochs=1, lr=0.2, batch_size=2, device="cpu")
    try:
        steps.stepped([steps.move(model, [[title]] * 3, 0.2)], BATCHES)
    except Failure as failure:
        if (name := batches_of_its_own(model, 5, 2)) is None:
            raise
        raise Failure(failure.rationale, failure.help, failure.evidence, name) from None
    data = mixed(draw, 4)
    halves = [
        ([data[i], data[j]], [t for n, t in enumerate(data) if n not in (i, j)]) for i, j in combinations(range(4), 2)
    ]
    with student.unrecorded():  # what comes out depends on the order of learning
        model = training.fake_model(student, draw)
        ask(student)(model.module, data, valid, anything, epochs=1, lr=LR, batch_size=2, device="cpu")
        made = steps.move(model, list(halves[0]), LR)
    steps.each_once(made, map(list, halves), STEP)


def batches_of_its_own(model: training.FakeModel, titles: int, size: int) -> str | None:
    """The mistake of learning from all titles in batches of another size than was asked for."""
    learned = [seen.batch for seen in model.seen() if seen.gradient and seen.training]
    if sum(learned) != titles:
        return None
    return "batch_size_ignored" if learned and (max(learned) > size or size not in learned) else None


BATCHES = Text(
    en="5 titles in batches of 2 are 3 steps an epoch, of 2, 2 and 1 titles, each with gradients of its own. Print len(labels) in the inner loop, "
    "and one parameter's .grad before each backward().",
    ja="5 件を 2 件ずつに分けると、1 エポックは 2・2・1 件の 3 ステップで、勾配は毎回空から始まります。内側のループで len(labels) を、backward() の前に .grad を表示してみましょう。",
)


@check(points=1, ja="損失と正解率は、バッチではなく 1 件あたりの平均である")
def averages_are_true(student: Student, draw: Draw) -> Text | None:
    """Losses and accuracies are means over the titles, not over the batches."""
    model = training.fake_model(student, draw)
    train, valid = mixed(draw, 11), mixed(draw, 6)
    sizes = {"epochs": EPOCHS, "lr": training.STILL, "batch_size": 4, "device": "cpu"}
    found = ask(student)(model.module, train, valid, history, **sizes)
    told = averages(
        student,
        found,
        model,
        (train, valid),
        4,
        Text(
            en="11 titles in batches of 4 make batches of 4, 4 and 3. Losses: sum loss.item() * len(labels). Hits: sum over the batches. Both are "
            "divided by the number of titles. What is summed in your loop, and what is it divided by?",
            ja="11 件を 4 件ずつに分けると 4・4・3 件です。損失は loss.item() * len(labels) の合計、正解は正解数の合計で、どちらも題名の数で割ります。"
            "あなたのループでは何を合計し、何で割っていますか。",
        ),
    )
    training.has_an_entry_an_epoch(model, found, len(train))
    if student.promised:
        are_measured_behind_the_epoch(student, draw)
    return told


def are_measured_behind_the_epoch(student: Student, draw: Draw) -> None:
    """Raises Failure where the first entry of the validation is that of the model before it has learned anything."""
    with student.unrecorded():
        model = training.fake_model(student, draw)
        train, valid = mixed(draw, 8), mixed(draw, 6)
        found = ask(student)(model.module, train, valid, history, epochs=EPOCHS, lr=0.5, batch_size=4, device="cpu")
        before, after = (training.measure(valid, *parts)[0] for parts in ((model.weight, model.bias), model.now()))
    first = float(found["valid_loss"][0])
    if abs(first - before) < 1e-4 < abs(after - before):
        raise Failure(
            Text(
                en=f"The first validation loss in the history, {first:.4f}, is that of the model as it was handed in: it is measured before the epoch.",
                ja=f"履歴の最初の検証損失 {first:.4f} は、学習する前のモデルの値です。エポックの学習より前に測っています。",
            ),
            Text(
                en="An entry belongs to an epoch: learn first, then measure, then append.",
                ja="1 つの記録は 1 エポックのものです。学習し、測り、それから追加しましょう。",
            ),
        )


@check(points=1, ja="評価は dropout も勾配もなしで行い、学習に戻るときは学習モードにする")
def modes_are_switched(student: Student, draw: Draw) -> Text | None:
    """Measuring is without dropout and gradients, and learning goes on in training mode."""
    modes = _modes.Modes(ask(student), draw, {"batch_size": 5, "device": "cpu"})
    advice = _modes.modes_advice(student, modes)
    return _modes.gradients_advice(student, modes) or advice


@check(points=1, ja="GPU がなければ CPU で動き、device を指定すればそれに従う")
def runs_where_it_is_told(student: Student, draw: Draw) -> Text | None:
    """Without a GPU it runs on the CPU, and it goes where `device` says."""
    data, valid = training.titles(draw, 5, training.TRAIN_TIME), training.titles(draw, 3, training.VALID_TIME)
    moves = []
    for told in ({}, {"device": "cpu"}):
        model = training.fake_model(student, draw)  # one that is sent where no GPU is learns something else
        ask(student)(model.module, data, valid, anything, epochs=1, lr=LR, batch_size=5, **told)
        moves.append(steps.move(model, [data], LR))
    if all(made.is_to(made.batches) for made in moves):
        return None
    if not any(made.is_to(made.batches, blind=True) for made in moves):
        return None  # what is wrong with the step itself is told where the step is asked about
    if not student.promised:  # written for a machine with a GPU
        return TO_THE_GPU
    raise Failure(TO_THE_GPU, misconception="cuda_hard_coded")


TO_THE_GPU = Text(
    en="The model is sent to a GPU, without looking whether there is one.",
    ja="GPU があるかどうかを確かめずに、モデルを GPU に載せています。",
)


def ask(student: Student) -> training.Trainer:
    return training.trainer(student, "train_batches", "train")


def mixed(draw: Draw, count: int) -> list[training.Title]:
    """Titles of the fake model's words, of different lengths."""
    return [(title[: draw.number(1, len(title) + 1)], label) for title, label in training.titles(draw, count, 9)]
