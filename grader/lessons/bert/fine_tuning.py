"""fine_tune and accuracy. Devlin et al. 2018, section 3.2.

Optimiser, order and schedule are the student's own business, so no weights are compared: fake encoders
show what the training did.
"""

import torch

from grader.checks import Draw, Failure, Student, Text, accepts, check, edit, sign, trace
from grader.lessons.bert import _epochs, _fakes, _fine_tuning_mistakes
from grader.lessons.bert._accuracy import right_answers_counted
from grader.lessons.bert._fakes import CLASSES, VOCABULARY, WIDTH
from grader.lessons.bert._tuned import (
    EPOCHS,
    RATE,
    alike,
    learns_how_often,
    parameter_of,
    rate_is_obeyed,
    repeats,
    right_share,
    tune,
)

TITLE = Text(en="Fine-tuning", ja="ファインチューニング")
NAMES = ("fine_tune", "accuracy")
KNOWN_ANSWERS = _fine_tuning_mistakes
HEADINGS = ("fine-tuning", "ファインチューニング", "微調整")
SIGNS = (sign(r"^def\s+fine_?tun\w*", "fine-tuning", "ファインチューニング", rank=260),)
TRACES = (trace(r"(?i)fine_?tun|from_pretrained|pre_?train"),)  # model.load_state_dict(torch.load("pretrained.pt"))
STARTERS = (
    Text(
        en="Build a `SequenceClassifier` on the encoder that you are given, and one optimiser for all its parameters.",
        ja="渡されたエンコーダーの上に `SequenceClassifier` を作り、その全パラメータに対するオプティマイザーを 1 つ用意します。",
    ),
    Text(
        en="For each epoch draw a new order of the M rows (`torch.randperm`) and cut it into pieces of `batch_size`.",
        ja="エポックごとに M 行の順番を引き直し（`torch.randperm`）、`batch_size` 件ずつに切ります。",
    ),
    Text(
        en="`accuracy` counts: how many of the largest of (B, L) are the label, summed over all batches, divided by M.",
        ja="`accuracy` は数える関数です。(B, L) の最大の位置がラベルと一致した数を全バッチで足し、M で割ります。",
    ),
)


@check(points=1, ja="渡されたエンコーダーの上に分類器を作って返す")
def builds_on_the_encoder(student: Student, draw: Draw) -> None:
    """It returns a classifier built on the encoder it was given."""
    data = _fakes.examples(draw, 24, seen=True)
    model = tune(student, _fakes.word_vectors(draw), data, epochs=1)
    parameter_of(model, WIDTH, VOCABULARY)
    right_share(model, data)


@check(points=1, after=builds_on_the_encoder, ja="事前学習した重みから出発する")
def starts_from_the_pretrained_weights(student: Student, draw: Draw) -> None:
    """Training starts from the pretrained weights: with no epoch at all they are as they were."""
    vectors = _fakes.word_vectors(draw)
    model = tune(student, vectors, _fakes.examples(draw, 24, seen=True), epochs=0)
    if not torch.equal(parameter_of(model, WIDTH, VOCABULARY), vectors) or parameter_of(model, 3).any():
        raise Failure(
            Text(
                en="After 0 epochs the encoder's weights are not those it came with.",
                ja="0 エポックなのに、エンコーダーの重みが渡したときと違います。",
            ),
            Text(
                en="What happens to the encoder before the loop?", ja="ループの前に、エンコーダーに何が起きていますか。"
            ),
            misconception="encoder_initialised_again",
        )


@check(points=1, after=builds_on_the_encoder, ja="エンコーダーも出力層も更新される")
def trains_all_of_it(student: Student, draw: Draw) -> None:
    """The encoder is updated, and so is the head."""
    vectors, data = _fakes.word_vectors(draw), _fakes.examples(draw, 24, seen=True)
    before = tune(student, vectors, data, epochs=0)
    after = tune(student, vectors, data, epochs=2)
    # The sandbox's random numbers start alike in every call, so both heads begin with the same weights.
    head = [k for k, w in before.weights.items() if tuple(w.shape) not in ((VOCABULARY, WIDTH), (WIDTH, 3))]
    head_rests = bool(head) and all(
        k in after.weights and torch.allclose(after.weights[k], before.weights[k], atol=1e-7) for k in head
    )
    if torch.allclose(parameter_of(after, WIDTH, VOCABULARY), vectors, atol=1e-7):
        if head_rests:
            raise Failure(
                Text(
                    en="Nothing moved, the encoder no more than the head.",
                    ja="エンコーダーも出力層も、重みがまったく動いていません。",
                ),
                Text(
                    en="In which order do backward(), step() and zero_grad() stand, and is each of them called?",
                    ja="backward()・step()・zero_grad() はどの順番で、すべて呼ばれていますか。",
                ),
            )
        raise Failure(
            Text(en="The encoder's weights did not move.", ja="エンコーダーの重みが動いていません。"),
            Text(en="Which parameters does the optimiser know?", ja="オプティマイザーに渡したパラメータはどれですか。"),
            misconception="encoder_frozen",
        )
    if head_rests:
        raise Failure(
            Text(en="The weights of the head did not move.", ja="出力層の重みが動いていません。"),
            Text(en="Which parameters does the optimiser know?", ja="オプティマイザーに渡したパラメータはどれですか。"),
            misconception="head_left_out",
        )


@check(
    points=1,
    after=builds_on_the_encoder,
    ja="どのエポックでも全データを、毎回違う順番で、batch_size ずつ使い、歩幅は lr に従う",
)
def goes_through_the_data(student: Student, draw: Draw) -> None:
    """Each epoch goes through all of the data, in another order each time, batch_size at a time; lr sets the step."""
    for count, size, epochs in ((26, 7, 3), (45, 12, 2)):
        data = _fakes.numbered(draw, count)
        encoder, steps = _fakes.logbook(student, draw, count)
        given = {"d_model": WIDTH, "output_size": CLASSES, "train_set": data, "epochs": epochs, "lr": RATE}
        student.module("fine_tune", encoder, **given, batch_size=size)
        try:
            _epochs.read(steps.awake, count, size, epochs)
        except Failure:
            _epochs.read(steps.all, count, size, epochs)  # in which mode it learns is asked below
    rate_is_obeyed(student, draw)


@check(points=1, after=trains_all_of_it, ja="学習データを学習できる")
def learns_the_task(student: Student, draw: Draw) -> None:
    """It learns the training data: sentences whose every word gives the class away."""
    data, vectors = _fakes.examples(draw, 48, seen=True), _fakes.word_vectors(draw)
    share = right_share(tune(student, vectors, data), data)
    # Guessing gives a third; the task is solved by any training that sees the right labels.
    if share < 0.9:
        raise Failure(
            Text(
                en=f"After {EPOCHS} epochs {share:.0%} of the training data are right; guessing gives {1 / CLASSES:.0%}.",
                ja=f"{EPOCHS} エポック学習しても、学習データの正解率が {share:.0%} です（当てずっぽうで {1 / CLASSES:.0%}）。",
            ),
            Text(
                en="Print one mini-batch: do sentences and labels still belong together?",
                ja="ミニバッチを 1 つ表示してみましょう。文とラベルの対応は合っていますか。",
            ),
            misconception="labels_left_in_order" if learns_how_often(student, draw, vectors) else None,
        )


@check(
    points=1,
    after=(starts_from_the_pretrained_weights, trains_all_of_it),
    ja="事前学習のおかげで、学習データにない単語の文も分類でき、最初からの学習に勝つ",
)
def beats_the_same_from_scratch(student: Student, draw: Draw) -> None:
    """It classifies sentences of words that only pretraining knew, and beats the same model from scratch on the same budget."""
    data, unseen = _fakes.examples(draw, 48, seen=True), _fakes.examples(draw, 60, seen=False)
    vectors = _fakes.word_vectors(draw)
    model = tune(student, vectors, data)
    pretrained = right_share(model, unseen)
    scratch = right_share(tune(student, draw.normal(VOCABULARY, WIDTH), data), unseen)
    if pretrained < 0.85 or pretrained <= scratch:
        raise Failure(
            Text(
                en=f"Of sentences with new words {pretrained:.0%} are right, from scratch {scratch:.0%}: "
                "what pretraining knew has been lost.",
                ja=f"学習データにない単語の文の正解率は {pretrained:.0%}、最初からの学習では {scratch:.0%} でした。"
                "事前学習の知識が失われています。",
            ),
            Text(
                en="What is different at the start: the encoder as it comes, or one made anew?",
                ja="出発点はどうなっていますか。渡されたままのエンコーダーですか、作り直したものですか。",
            ),
            misconception="labels_left_in_order" if learns_how_often(student, draw, vectors) else None,
        )


@check(points=1, after=starts_from_the_pretrained_weights, ja="学習中は train() にし、mask をモデルに渡す")
def trains_in_training_mode_with_the_mask(student: Student, draw: Draw) -> None:
    """Training runs in train() mode, and the model gets the mask."""
    vectors, data = _fakes.word_vectors(draw), _fakes.examples(draw, 24, seen=True)
    other = draw.normal(WIDTH)
    plain = tune(student, vectors, data, epochs=3).weights
    asleep = tune(student, vectors, data, epochs=3, asleep=other).weights
    padded = tune(student, vectors, data, epochs=3, padding=other).weights
    if alike(plain, asleep) and alike(plain, padded):
        if alike(plain, tune(student, vectors, data, epochs=1).weights):
            raise Failure(
                Text(
                    en="One epoch and three end with the same parameters: nothing is trained.",
                    ja="1 エポックでも 3 エポックでも同じパラメータになります。何も学習していません。",
                ),
                Text(
                    en="Which parameters does the optimiser know, and is step() called?",
                    ja="オプティマイザーに渡したパラメータはどれですか。step() は呼ばれていますか。",
                ),
            )
        return
    if not repeats(student, vectors, data, plain):
        return
    if not alike(plain, asleep):
        raise Failure(
            Text(
                en="An encoder that does otherwise in eval() mode was trained to something else.",
                ja="eval() のときだけ違う動きをするエンコーダーが、別のものに学習されました。学習中のモデルが train() になっていません。",
            ),
            Text(en="The encoder comes in eval() mode.", ja="渡されるエンコーダーは eval() の状態です。"),
            misconception="trained_in_eval_mode",
        )
    raise Failure(
        Text(
            en="An encoder that does otherwise where padding is visible was trained to something else.",
            ja="パディングが見えるときだけ違う動きをするエンコーダーが、別のものに学習されました。mask が渡っていません。",
        ),
        Text(en="What does the model need besides ids?", ja="モデルには ids のほかに何が要りますか。"),
        misconception="mask_not_handed_on",
    )


@check(points=1, after=starts_from_the_pretrained_weights, ja="1 歩ごとに勾配を消す")
def clears_the_gradients(student: Student, draw: Draw) -> None:
    """Gradients are cleared before each step."""
    vectors, data = _fakes.word_vectors(draw), _fakes.examples(draw, 24, seen=True)
    uneven = *data[:2], torch.where(data[2] == 2, 1, 0)
    moved = [float(parameter_of(tune(student, vectors, uneven, n, 24, blank=True), 3).abs().sum()) for n in (80, 160)]
    # What has moved once has no gradient any more; a momentum carries it on, for a while. A gradient that is never cleared
    # carries it at every step.
    if moved[1] > 1.4 * moved[0] > 0:
        raise Failure(
            Text(
                en=f"A parameter with a gradient in the first step only went {moved[1] / moved[0]:.1f} times as far in 160 steps as in 80: "
                "the gradient stayed.",
                ja=f"最初の 1 歩でしか勾配のないパラメータが、160 歩では 80 歩の {moved[1] / moved[0]:.1f} 倍も動きました。勾配が残っています。",
            ),
            Text(
                en="What does backward() do with gradients that are already there?",
                ja="backward() は、すでにある勾配をどうしますか。",
            ),
            misconception="gradients_not_cleared",
        )
    learned = tune(student, vectors, data, 2)
    if not parameter_of(learned, 3).any() and not torch.allclose(
        parameter_of(learned, WIDTH, VOCABULARY), vectors, atol=1e-7
    ):
        raise Failure(
            Text(
                en="The word vectors of the encoder were updated, another of its parameters, `once`, was not.",
                ja="エンコーダーの単語ベクトルは更新されたのに、もう 1 つのパラメータ once が更新されていません。",
            ),
            Text(en="Which parameters does the optimiser know?", ja="オプティマイザーに渡したパラメータはどれですか。"),
        )


@check(points=1, ja="accuracy は eval() で評価し、正解の件数を全件数で割る")
def accuracy_counts_examples(student: Student, draw: Draw) -> None:
    """accuracy evaluates in eval() mode and divides the number of right answers by the number of all."""
    for count, size in ((47, 9), (30, 8), (5, 64), (12, 1)):
        right_answers_counted(student, draw, count, size)


sgd = accepts(
    edit("torch.optim.AdamW(model.parameters(), lr=lr)", "torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)")
)
copied = accepts(edit("SequenceClassifier(encoder, d_model", "SequenceClassifier(copy.deepcopy(encoder), d_model"))
zeroed_and_clipped = accepts(
    edit("optimizer.zero_grad()", "optimizer.zero_grad(set_to_none=False)"),
    edit("loss.backward()", "loss.backward(); nn.utils.clip_grad_norm_(model.parameters(), 1.0)"),
)
own_head = accepts(
    edit(
        "model = SequenceClassifier(encoder, d_model, output_size)",
        "model = SequenceClassifier(encoder, d_model, output_size)\n    model.classify = nn.Sequential(nn.Linear(d_model, d_model), nn.Tanh(), nn.Linear(d_model, output_size))",
    ),
)
in_percent = accepts(edit("right / len(data_set[2])", "torch.tensor(100 * right / len(data_set[2]))"))
