"""A fine-tuning of the student, asked and watched."""

from typing import Any

import torch
from torch import Tensor

from grader.checks import Draw, Failure, Module, Student, Text, Unmatched, normalise
from grader.lessons.bert import _fakes
from grader.lessons.bert._fakes import CLASSES, VOCABULARY, WIDTH

EPOCHS, RATE = 12, 0.03
NOT_REPEATED = Text(
    en="Asked twice for the same, this training ends with other parameters, so it cannot be compared; a person looks.",
    ja="同じ条件で 2 回学習させても違うパラメータになるため、比べられませんでした。人が確認します。",
)


def tune(
    student: Student,
    vectors: Tensor,
    data: tuple[Tensor, ...],
    epochs: int = EPOCHS,
    batch_size: int = 8,
    lr: float = RATE,
    **other: Any,
) -> Module:
    """The model that the student's fine_tune makes of an encoder with these word vectors. other: see `_fakes.encoder`."""
    encoder = _fakes.encoder(student, vectors, **other)
    given = {"d_model": WIDTH, "output_size": CLASSES, "train_set": data, "epochs": epochs, "lr": lr}
    return student.module("fine_tune", encoder, **given, batch_size=batch_size)


def parameter_of(model: Module, columns: int, rows: int = WIDTH) -> Tensor:
    """The parameter of the fake encoder with this shape, as it is in the student's model."""
    for weight in model.weights.values():
        if tuple(weight.shape) == (rows, columns):
            return weight
    raise Failure(
        Text(
            en="What fine_tune returns does not hold the encoder that it was given.",
            ja="fine_tune が返したモデルに、渡されたエンコーダーが入っていません。",
        ),
        Text(
            en="Build the classifier on the encoder, and return the model.",
            ja="エンコーダーの上に分類器を作り、そのモデルを返しましょう。",
        ),
        misconception="encoder_returned" if "words.weight" in model.weights else None,
    )


def right_share(model: Module, data: tuple[Tensor, ...]) -> float:
    ids, mask, labels = data
    scores = model.eval()(ids, mask, view=normalise.class_scores(len(labels), CLASSES))
    return float((scores.argmax(1) == labels).float().mean())


def rate_is_obeyed(student: Student, draw: Draw) -> None:
    """With lr = 0 nothing moves: the weights are those of no epoch at all."""
    data, vectors = _fakes.examples(draw, 24, seen=True), _fakes.word_vectors(draw)
    before = tune(student, vectors, data, epochs=0)
    given = {"d_model": WIDTH, "output_size": CLASSES, "train_set": data, "epochs": 1, "lr": 0.0}
    after = student.module("fine_tune", _fakes.encoder(student, vectors), **given, batch_size=8)
    was, now = (parameter_of(model, WIDTH, VOCABULARY) for model in (before, after))
    if not torch.allclose(now, was, atol=1e-6):
        raise Failure(
            Text(en="With lr = 0 the weights moved all the same.", ja="lr = 0 なのに重みが動きました。"),
            Text(en="What is the optimiser given as lr?", ja="オプティマイザーに渡した lr は何ですか。"),
            misconception="learning_rate_ignored",
        )


def learns_how_often(student: Student, draw: Draw, vectors: Tensor) -> bool:
    """Whether nothing is learned but how often each label occurs: what comes of sentences with labels of any others."""
    labels = torch.tensor([0] * 20 + [1] * 7 + [2] * 3)
    ids, mask, classes = _fakes.examples(draw, len(labels), seen=True)
    data = ids[classes.argsort(stable=True)], mask[classes.argsort(stable=True)], labels
    ids, mask = data[0], data[1]
    model = tune(student, vectors, data, epochs=80, batch_size=len(labels)).eval()
    start = tune(student, vectors, data, epochs=0, batch_size=len(labels))
    if torch.equal(parameter_of(start, WIDTH, VOCABULARY), parameter_of(model, WIDTH, VOCABULARY)):
        return False  # whatever the labels are, the encoder does not learn from them
    still = tune(student, vectors, data, epochs=1, batch_size=len(labels), lr=0.0)
    if not alike(start.weights, still.weights):
        return False  # steps of another size than the one that was asked for may lose everything
    shares = model(ids, mask, view=normalise.class_scores(len(labels), CLASSES)).exp()
    often = torch.bincount(labels, minlength=CLASSES) / len(labels)
    kinds = [shares[labels == label].mean(dim=0) for label in range(CLASSES)]
    return all(bool((kind - often).abs().max() < 0.15) for kind in kinds)


def alike(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    """Whether two trainings ended with the same parameters."""
    return one.keys() == other.keys() and all(
        one[name].shape == other[name].shape and torch.allclose(one[name], other[name], rtol=1e-4, atol=1e-5)
        for name in one
    )


def repeats(student: Student, vectors: Tensor, data: tuple[Tensor, ...], before: dict[str, Tensor]) -> bool:
    """Whether the same question has the same answer again. Raises Unmatched where it has not."""
    if alike(before, tune(student, vectors, data, epochs=3).weights):
        return True
    raise Unmatched("the training does not repeat itself", NOT_REPEATED)
