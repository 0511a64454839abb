"""fit_cnn(train_set, valid_set, vocab_size, output_size, epochs, lr, batch_size, device=None) -> CNN, history."""

from __future__ import annotations

import torch

from grader.checks import CallFailed, Draw, Failure, Student, Text, Unmatched, check, sign, trace
from grader.lessons.knock80_89 import _answers87, _interfaces, _sizes
from grader.lessons.knock80_89 import _training as training
from grader.lessons.knock80_89._cnn87 import (
    HALF,
    NO_CONVOLUTION,
    THE_THREE,
    embedding,
    every_word_is_learnt,
    has_as_many_outputs,
    is_a_cnn,
    pads_as_it_is_told,
    recurrent,
)
from grader.lessons.knock80_89._history import must_be
from grader.lessons.knock80_89._learned import learned_from, rows_that_learnt
from grader.lessons.knock80_89._rates87 import depends_on_the_rate, takes_batches, told_apart, twice_normalised
from grader.lessons.knock80_89._trained87 import (
    EPOCHS,
    GUESSING,
    LABELS,
    fit,
    titles,
)

TITLE = Text(en="87. Training the CNN", ja="87. CNN の学習")
NAMES = ("fit_cnn",)
SIGNS = (
    sign(
        r"^def\s+(?:train|fit)\w*|\.backward\(", "training, after the CNN", "CNN の後の学習", rank=70, after="knock86"
    ),
)
TRACES = (trace(r"\A(?=[\s\S]*?Conv[12]d\s*\()[\s\S]*?\.backward\("),)  # a convolution, and loss.backward() somewhere
INTERFACES = _interfaces.KNOCK87
KNOWN_ANSWERS = _answers87
STARTERS = (
    Text(
        en="No new training is needed: make a `CNN` of 86 and hand it to `train_batches` of 83.",
        ja="学習のコードを新しく書く必要はありません。86 の `CNN` を作り、83 の `train_batches` に渡しましょう。",
    ),
    Text(
        en="The padding has the id `vocab_size - 1`. Two places have to know it: the model and what fills up "
        "the batches.",
        ja="パディングの番号は `vocab_size - 1` です。これを知っているべき場所は 2 つ、モデルと、バッチを埋める所です。",
    ),
    Text(
        en="Return a pair: the trained model, and the history as in 82.",
        ja="返すのは組です。学習したモデルと、82 と同じ形の履歴。",
    ),
)


@check(points=2, ja="CNN が学習され、モデルと履歴が返る")
def trains_a_cnn(student: Student, draw: Draw) -> Text | None:
    """A CNN is trained, and both the model and its history are returned."""
    time = _sizes.own_length(student, "CNN") or 6
    with training.by_what_it_does(student):
        train, valid = titles(draw, 9, time), titles(draw, 6, time)
        trained = fit(student, train, valid, EPOCHS, 0.1)
        has_as_many_outputs(trained, train[0][0])
        convolves = any(w.dim() in (3, 4) for w in trained.model.weights.values()) and not recurrent(trained.model)
        length = _sizes.own_length(student, "CNN")
        try:
            is_a_cnn(trained, draw, length)
        except Failure as failure:
            if not convolves:
                raise Failure(NO_CONVOLUTION, failure.help, misconception=failure.misconception) from None
            if student.promised:
                raise
            return NOT_OF_86  # what is wrong with the model itself is told and deducted in 86
    return None


NOT_OF_86 = Text(
    en="What is trained here does not take a maximum over windows of words, as the CNN of 86 should: see there. That it is trained "
    "is judged all the same.",
    ja="ここで学習しているモデルは、86 の CNN のように「単語の窓の最大値」をとるものになっていません（86 を見直しましょう）。学習ができているかどうかは、それとは別に採点しました。",
)


@check(points=2, after=trains_a_cnn, ja="履歴の値は、返されたモデルの実際の値と一致する")
def history_is_of_this_model(student: Student, draw: Draw) -> None:
    """The last entry of the history matches the returned model on the validation data."""
    # Nine leave a short batch at the end: how that is averaged was told in 82, where it was handed out.
    train = titles(draw, 9 if student.promised else 8, _sizes.own_length(student, "CNN") or 6)
    valid = [(title.roll(1), label) for title, label in train]  # it gets better at these too
    with training.by_what_it_does(student):
        trained = fit(student, train, valid, EPOCHS, 0.1)
        loss, accuracy = trained.measure(valid)
        twice_normalised(student, trained, train, valid)
        wanted = {"valid_loss": loss, "valid_accuracy": accuracy}
        try:
            must_be(
                trained.series, {name: [torch.tensor([number]).double()] for name, number in wanted.items()}, THE_THREE
            )
        except Failure as failure:
            other = fit(student, train, valid, EPOCHS, 0.02)  # another history, and the same model?
            name = "untrained_model_returned" if not trained.changed(other) and told_apart(trained, other) else None
            raise Failure(failure.rationale, failure.help, failure.evidence, name) from None


@check(points=1, after=trains_a_cnn, ja="epochs・lr の指定が学習に届いている")
def settings_are_passed_on(student: Student, draw: Draw) -> None:
    """epochs and lr reach the training: with other values another model comes out."""
    time = _sizes.own_length(student, "CNN") or 6
    data = titles(draw, 7, time)
    with training.by_what_it_does(student):
        trained = fit(student, data, data, 2, 0.1, batch_size=2)
        entries = len(next(iter(trained.series.values())))
        if entries != 2:
            longer = fit(student, data, data, 5, 0.1, batch_size=2)
            raise Failure(
                Text(
                    en=f"2 epochs were asked for, but the history has {entries} entries.",
                    ja=f"2 エポックを指定したのに、履歴には {entries} 個の値があります。",
                ),
                THE_THREE,
                misconception=None if trained.changed(longer) else "epochs_ignored",
            )
        slower = fit(student, data, data, 2, 0.02, batch_size=2)
        depends_on_the_rate(trained, slower)


@check(points=1, after=trains_a_cnn, ja="batch_size の指定が学習に届いている")
def batch_size_is_passed_on(student: Student, draw: Draw) -> None:
    """batch_size reaches the training: in other batches another model comes out."""
    if not student.promised or not takes_batches(student):
        return  # nobody told them to
    data = titles(draw, 7, _sizes.own_length(student, "CNN") or 6)
    with training.by_what_it_does(student):
        trained = fit(student, data, data, 2, 0.1, batch_size=2)
        if trained.changed(fit(student, data, data, 2, 0.1, batch_size=7)):
            return
        if not trained.changed(fit(student, data, data, 2, 0.02, batch_size=2)):
            raise Unmatched("always the same model", ALWAYS_THE_SAME)
    raise Failure(
        Text(
            en="With batch_size=2 and with batch_size=7 exactly the same model is returned.",
            ja="batch_size=2 でも batch_size=7 でも、まったく同じモデルが返ります。",
        ),
        THE_THREE,
        misconception="batch_size_ignored",
    )


ALWAYS_THE_SAME = Text(
    en="Whatever is asked for, the same model is returned, so it cannot be seen whether batch_size is used; a person looks.",
    ja="何を指定しても同じモデルが返るので、batch_size が使われているかを確かめられませんでした。人が確認します。",
)


@check(points=2, after=trains_a_cnn, ja="学習前の損失は ln L に近く、呼び出すたびに新しいモデルから始まる")
def starts_from_guessing(student: Student, draw: Draw) -> None:
    """The first loss is near ln L (pure guessing), and each call starts from a fresh model."""
    data = titles(draw, 8, _sizes.own_length(student, "CNN") or 6)
    with training.by_what_it_does(student):
        fit(student, data, data, 15, 0.03)
        loss = fit(student, data, data, 1, training.STILL).measure(data)[0]
    if not 0.6 * GUESSING < loss < 2 * GUESSING:
        raise Failure(
            Text(
                en=f"Before anything is learned the loss should be near ln {LABELS} = {GUESSING:.2f}, but it is {loss:.2f}.",
                ja=f"何も学習していないときの損失は ln {LABELS} = {GUESSING:.2f} に近いはずですが、{loss:.2f} です。",
            ),
            Text(
                en="A far smaller loss means that the model has learned before; a far larger one, that its outputs start too big.",
                ja="ずっと小さければ、すでに学習済みのモデルを使っています。ずっと大きければ、出力の初期値が大きすぎます。",
            ),
            misconception="model_reused" if loss < GUESSING else None,
        )


@check(points=1, after=trains_a_cnn, ja="8 件の題名なら覚えきれる")
def learns_eight_titles_by_heart(student: Student, draw: Draw) -> None:
    """Eight titles are learned by heart."""
    data = titles(draw, 8, _sizes.own_length(student, "CNN") or 6)
    with training.by_what_it_does(student):
        loss, accuracy = fit(student, data, data, 40, 0.03).measure(data)
    if loss > 0.5 * GUESSING or accuracy < 7 / 8:
        raise Failure(
            Text(
                en=f"After 40 epochs on eight titles the loss is still {loss:.2f} and the accuracy {accuracy:.2f}; "
                "so few are learned by heart when the updates work.",
                ja=f"8 件だけを 40 エポック学習しても、損失が {loss:.2f}、正解率が {accuracy:.2f} のままです。更新が働いていれば丸暗記できる量です。",
            ),
            Text(
                en="Does the learning rate arrive? Is it the trained model that is returned? Are all parameters learned?",
                ja="学習率は渡っていますか。返しているのは学習したモデルですか。すべてのパラメータが更新されますか。",
            ),
        )


def no_row_for_the_padding(error: CallFailed) -> Exception:
    """What is told where titles of different lengths, but not those of one length, ask the embedding for a row too many."""
    if error.fault.type != "IndexError" or "out of range in self" not in error.fault.message:
        return error
    fault = error.fault.message
    return Failure(
        Text(
            en=f"Titles of one length are learned from, but with titles of different lengths your code raises IndexError: {fault}.",
            ja=f"同じ長さの題名なら学習できますが、長さの違う題名では IndexError（{fault}）が発生します。",
        ),
        Text(
            en="The embedding has the rows 0 to vocab_size - 1. Which id fills up the batches?",
            ja="埋め込みの行は 0 から vocab_size − 1 までです。バッチを埋めている ID はいくつですか。",
        ),
        misconception="padding_has_no_row",
    )


@check(
    points=1,
    after=trains_a_cnn,
    ja="学習データの単語のベクトルだけが学習される（パディングも、検証データも学習しない）",
)
def only_words_of_the_training_data_are_learnt(student: Student, draw: Draw) -> None:
    """Only the vectors of words in the training data are learned: not the padding, nor what stands in the validation data alone."""
    if student.promised:
        every_word_is_learnt(student, draw)
    time = _sizes.own_length(student, "CNN") or 6
    train = titles(draw, 5, time)
    if pads_as_it_is_told(student):
        train = [(title[: time - 4 + row], label) for row, (title, label) in enumerate(titles(draw, 5, time=time + 2))]
    train = [(title % HALF + 1, label) for title, label in train]
    valid = [(title % HALF + 1 + HALF, label) for title, label in titles(draw, 4, time)]
    try:
        with training.by_what_it_does(student):
            before, after = (embedding(fit(student, train, valid, 2, lr)) for lr in (training.STILL, 0.5))
    except CallFailed as error:
        raise no_row_for_the_padding(error) from None
    if before is None or after is None or before.shape != after.shape:
        return
    learned = rows_that_learnt(before, after)
    seen, measured = (set(torch.cat([title for title, _ in data]).tolist()) for data in (train, valid))
    if not learned - seen:
        return
    foreign, name = min(learned - seen), "padding_ids_differ"
    if learned & measured:
        foreign, name = min(learned & measured), learned_from(learned, seen, measured) or name
    raise Failure(
        Text(
            en=f"The vector of the id {foreign} changed, though no title of the training data holds that id.",
            ja=f"学習データのどの題名にもない ID {foreign} のベクトルが変化しました。",
        ),
        Text(
            en="Which id fills up the batches, and which is the padding_idx of the embedding? Which of the two sets is learned from?",
            ja="バッチを埋める ID と、埋め込みの padding_idx はそれぞれいくつですか。学習しているのは 2 つのデータのどちらですか。",
        ),
        misconception=name,
    )
