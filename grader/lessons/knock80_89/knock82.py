"""train(model, train_set, valid_set, epochs, lr, batch_size=1) -> history, by stochastic gradient descent."""

from collections.abc import Callable
from contextlib import suppress
from itertools import permutations

import torch

from grader.checks import Draw, Failure, Student, Text, check, sign, trace
from grader.lessons.knock80_89 import _answers82, _interfaces, _modes
from grader.lessons.knock80_89 import _steps as steps
from grader.lessons.knock80_89 import _training as training
from grader.lessons.knock80_89._batch_means import averages
from grader.lessons.knock80_89._history import EPOCHS, anything, history, must_be
from grader.lessons.knock80_89._own_model82 import takes_scores

TITLE = Text(en="82. Training by stochastic gradient descent", ja="82. 確率的勾配降下法による学習")
NAMES = ("train",)
SIGNS = (sign(r"^def\s+(?:train|fit)\w*|\.backward\(", "training", "学習", rank=90, after="knock81"),)
TRACES = (trace(r"\.backward\(|\bTrainer\(|\.fit\("),)  # loss.backward()
INTERFACES = _interfaces.KNOCK82
KNOWN_ANSWERS = _answers82
STARTERS = (
    Text(
        en="Begin with `evaluate`: one title at a time, a batch of one (1, T) gives (1, L); add up the losses "
        "and the right answers, divide by the number of titles.",
        ja="`evaluate` から書きましょう。題名を 1 件ずつ (1, T) にして (1, L) を得て、損失と正解数を足し、題名の数で割ります。",
    ),
    Text(
        en="The four lines of a step: `zero_grad`, the loss (`F.cross_entropy`), `backward`, `step`, with "
        "`torch.optim.SGD`.",
        ja="1 歩は 4 行です。`zero_grad`、損失（`F.cross_entropy`）、`backward`、`step`。オプティマイザーは `torch.optim.SGD` "
        "です。",
    ),
    Text(
        en="After every epoch call `evaluate` on both sets and append to four lists, one for each key of the history.",
        ja="エポックが終わるごとに両方のデータで `evaluate` を呼び、履歴の 4 つのリストに 1 つずつ足します。",
    ),
)

LR = 0.5
FOUR = Text(
    en="Four lines, in this order: empty the gradients; the loss, cross-entropy of the logits (B, L) and the labels (B,) of this batch; backward; one "
    "step. Print one parameter before and after: which data, which labels and which lr does each of the four lines use?",
    ja="この順の 4 行です: 勾配を空にする、このバッチのロジット (B, L) とラベル (B,) の交差エントロピーを損失とする、backward、1 ステップ進む。"
    "前後でパラメータを 1 つ表示し、4 行がそれぞれどのデータ・どのラベル・どの学習率を使っているか確かめましょう。",
)


@check(points=1, ja="学習・検証それぞれの損失と正解率が記録されて返る")
def returns_the_history(student: Student, draw: Draw) -> None:
    """Loss and accuracy on both sets are recorded and returned."""
    model = training.fake_model(student, draw)
    train, valid = training.titles(draw, 6, training.TRAIN_TIME), training.titles(draw, 3, training.VALID_TIME)
    training.trainer(student, "train")(model.module, train, valid, history, epochs=EPOCHS, lr=training.STILL)


@check(points=2, ja="1 回の更新が SGD の 1 ステップと一致する")
def one_step_of_sgd(student: Student, draw: Draw) -> None:
    """One update is one step of SGD on the mean loss of the batch."""
    train = training.trainer(student, "train")
    alone = train.one_by_one(draw)
    moves = []
    for count, lr in ((7, LR), (4, 0.2)):
        model = training.fake_model(student, draw)
        data = training.titles(draw, 1 if alone else count, training.TRAIN_TIME)
        valid = training.titles(draw, 3, training.VALID_TIME)
        train(model.module, data, valid, anything, epochs=1, lr=lr, batch_size=len(data))
        moves.append(steps.move(model, [data], lr))
    try:
        steps.stepped(moves, FOUR)
    except Failure as failure:
        name = failure.misconception or _modes.Modes(train, draw, {"batch_size": 5}).learned_from()
        raise Failure(failure.rationale, failure.help, failure.evidence, name) from None
    takes_scores(student, draw)


@check(
    points=2,
    after=one_step_of_sgd,
    ja="更新を重ねても勾配が前のステップから溜まらず、どの題名からも 1 エポックに 1 回ずつ学習する",
)
def gradients_are_cleared(student: Student, draw: Draw) -> None:
    """From step to step the gradients are cleared, and each title is learned from once an epoch."""
    train = training.trainer(student, "train")
    (title,) = training.titles(draw, 1, training.TRAIN_TIME)
    try:
        steps.stepped([again_and_again(train, student, draw, title, epochs=1)], CLEARED)
    except Failure:
        again_and_again(train, student, draw, title, epochs=2)  # only then clearing once an epoch has a name of its own
        raise
    for size in (1, 3) if train.one_by_one(draw) else (1,):  # one that learns one by one does so whatever it is asked
        data, valid = training.titles(draw, 3, training.TRAIN_TIME), training.titles(draw, 2, training.VALID_TIME)
        orders = [[[data[i]] for i in order] for order in permutations(range(3))]
        with student.unrecorded():  # what comes out depends on the order of learning
            model = training.fake_model(student, draw)
            train(model.module, data, valid, anything, epochs=1, lr=LR, batch_size=size)
            made = steps.move(model, orders[0], LR)
        steps.each_once(made, orders, FOUR)


def again_and_again(
    train: training.Trainer, student: Student, draw: Draw, title: training.Title, epochs: int
) -> steps.Move:
    """Training on four times the same title, one at a time: the order does not matter."""
    model = training.fake_model(student, draw)
    valid = training.titles(draw, 3, training.VALID_TIME)
    train(model.module, [title] * 4, valid, anything, epochs=epochs, lr=0.1, batch_size=1)
    return steps.move(model, [[title]] * 4 * epochs, 0.1)


CLEARED = Text(
    en="backward() adds to what is already in .grad. Print one parameter's .grad before each backward(): it should be None or zero every time, "
    "not only at the beginning. When is it emptied?",
    ja="backward() は .grad に足し込みます。毎回 backward() の直前にパラメータの .grad を 1 つ表示してみましょう。最初だけでなく毎回 None か 0 のはずです。"
    "いつ空にしていますか。",
)


@check(
    points=2, after=returns_the_history, ja="損失と正解率は 1 件あたりの平均である（最後の半端なバッチも正しく数える）"
)
def averages_are_true(student: Student, draw: Draw) -> Text | None:
    """Losses and accuracies are means over the titles, the short last batch counted as it should be."""
    model = training.fake_model(student, draw)
    sets = training.titles(draw, 11, training.TRAIN_TIME), training.titles(draw, 6, training.VALID_TIME)
    ask = training.trainer(student, "train")

    def told(size: int) -> Text | None:
        found = ask(model.module, *sets, history, epochs=EPOCHS, lr=training.STILL, batch_size=size)
        return averages(student, found, model, sets, size, COUNTED)

    return in_batches_or_alone(student, ask, told, 4)


def in_batches_or_alone(
    student: Student, ask: training.Trainer, told: Callable[[int], Text | None], size: int
) -> Text | None:
    """What is told of averages in batches; where only these are wrong, in somebody's own notebook, advice. Raises Failure."""
    try:
        return told(size)
    except Failure:
        since = len(student.exchanges)
        if not student.promised and ask.takes_batches:  # this problem asks for one title at a time
            with suppress(Failure):
                return told(1) or ALONE
        student.forget(since)
        raise


COUNTED = Text(
    en="11 titles in batches of 4 make batches of 4, 4 and 3; one at a time they make 11. What is summed (losses of titles, or means "
    "of batches?), and what is it divided by (titles, or batches?)",
    ja="11 件を 4 件ずつに分けると 4・4・3 件、1 件ずつなら 11 個です。合計しているのは題名の損失ですか、バッチの平均ですか。割っているのは題名の数ですか、バッチの数ですか。",
)
ALONE = Text(
    en="One title at a time, as here, the averages are right; with batches they are not, because a short last batch is counted as a full "
    "one: correct / (batch_size * len(loader)). Divide by the number of titles.",
    ja="この問題のように 1 件ずつなら平均は正しい値ですが、ミニバッチでは、半端な最後のバッチも満杯として数えられて（correct / (batch_size * len(loader))）ずれます。題名の数で割りましょう。",
)


@check(points=1, after=returns_the_history, ja="完全なモデルの正解率は 1、定数を答えるモデルはそのカテゴリの割合になる")
def perfect_and_constant_models(student: Student, draw: Draw) -> Text | None:
    """A perfect model scores 1; one that always answers the same category scores that category's share."""
    # whole batches alone: what a short last one counts is asked above
    train, valid = separable(draw, 9, training.TRAIN_TIME), separable(draw, 6, training.VALID_TIME)
    ask = training.trainer(student, "train")

    def told(size: int) -> Text | None:
        said = None
        for weight in (perfect_weight(), torch.zeros(training.LABELS, training.WORDS)):
            model = training.fake_model(student, draw, weight=weight)
            found = ask(model.module, train, valid, history, epochs=EPOCHS, lr=training.STILL, batch_size=size)
            names = ("train_accuracy", "valid_accuracy")
            said = averages(student, found, model, (train, valid), size, names=names) or said
        return said

    return in_batches_or_alone(student, ask, told, 3)


def separable(draw: Draw, count: int, time: int) -> list[training.Title]:
    """Titles of category c that say word c + 1 again and again."""
    labels = [int(label) for label in draw.integers(0, training.LABELS, count)]
    return [(torch.full((time,), label + 1), label) for label in labels]


def perfect_weight() -> torch.Tensor:
    return 2 * torch.eye(training.LABELS, training.WORDS)


@check(points=1, after=returns_the_history, ja="記録はエポックごとにあり、そのエポックを学習し終えたモデルの値である")
def history_follows_the_model(student: Student, draw: Draw) -> None:
    """There is an entry for each epoch, and the last one is what the trained model really does."""
    model = training.fake_model(student, draw)
    data = training.titles(draw, 9, training.TRAIN_TIME)
    valid = [(torch.cat([title, title[:1]]), label) for title, label in data]  # it gets better at these too
    ask = training.trainer(student, "train")
    found = ask(model.module, data, valid, history, epochs=EPOCHS, lr=0.2, batch_size=9)
    training.has_an_entry_an_epoch(model, found, len(data))
    last, before = (training.truth(data, valid, *parts, 1) for parts in (model.now(), (model.weight, model.bias)))
    told = [name for name in ("valid_loss", "valid_accuracy") if not torch.equal(last[name][0], before[name][0])]
    late = any(abs(float(series[0] - before["valid_loss"][0][0])) < 1e-4 for series in found.values())
    if not late and any(is_right(found, name, last) for name in told):
        # Measured in time: whether both are averaged as they should be is asked above.
        every_epoch_is_measured(student, draw, ask)
        return
    try:
        must_be(found, {name: last[name] for name in told}, WHEN)
    except Failure as failure:
        name = "measured_before_learning" if late else None
        raise Failure(failure.rationale, failure.help, failure.evidence, name) from None


def every_epoch_is_measured(student: Student, draw: Draw, ask: training.Trainer) -> None:
    """Where plain SGD explains the parameters at the end, it tells what they were after each epoch before. Raises Failure."""
    data = training.titles(draw, 1, training.TRAIN_TIME) * 3
    valid = [(torch.cat([title, title[:1]]), label) for title, label in data]
    with student.unrecorded():
        model = training.fake_model(student, draw)
        found = ask(model.module, data, valid, history, epochs=EPOCHS, lr=0.2, batch_size=3)
        made = steps.move(model, [data] * EPOCHS, 0.2)
    path = made.epochs([[data[:1]], [data[:1]] * 3])
    if path is None or any(len(series) != EPOCHS for series in found.values()):
        return  # a schedule, say, whose steps nobody outside can repeat
    measures = [training.measure(valid, *parts) for parts in path]
    truth = {
        name: [torch.tensor([both[place] for both in measures]).double()]
        for place, name in enumerate(("valid_loss", "valid_accuracy"))
    }
    if not any(is_right(found, name, truth) for name in truth):
        must_be(found, truth, WHEN)


def is_right(found: dict[str, torch.Tensor], name: str, truth: dict[str, list[torch.Tensor]]) -> bool:
    try:
        must_be(found, {name: truth[name]})
    except Failure:
        return False
    return True


WHEN = Text(
    en="One epoch is: learn from all titles, then model.eval() and measure both sets, then append the four numbers. When in your epoch is "
    "the model measured, and is it the same model?",
    ja="1 エポックの流れは「全題名で学習 → model.eval() にして両方のデータで測る → 4 つの数を追加」です。あなたのコードでは、いつ、どのモデルを測っていますか。",
)


@check(points=1, ja="学習中は dropout が効き、評価中は止まる")
def dropout_only_in_training(student: Student, draw: Draw) -> Text | None:
    """Dropout is on while the model learns, in every epoch, and off while it is measured."""
    return _modes.modes_advice(student, _modes.Modes(training.trainer(student, "train"), draw, {"batch_size": 5}))


@check(points=1, ja="評価では勾配を計算しない")
def no_gradients_in_evaluation(student: Student, draw: Draw) -> Text | None:
    """While the model is measured, no gradients are prepared."""
    modes = _modes.Modes(training.trainer(student, "train"), draw, {"batch_size": 5})
    return _modes.gradients_advice(student, modes)
