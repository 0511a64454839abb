"""Whether a trained model is a CNN, and which words it has learnt, for problem 87."""

from __future__ import annotations

import torch
from torch import Tensor

from grader.checks import (
    CallFailed,
    Draw,
    Failure,
    Module,
    Student,
    Text,
    normalise,
    properties,
)
from grader.lessons.knock80_89 import _sizes
from grader.lessons.knock80_89 import _training as training
from grader.lessons.knock80_89._learned import rows_that_learnt
from grader.lessons.knock80_89._trained87 import (
    LABELS,
    VOCABULARY,
    WORDS,
    Trained,
    fit,
    trainer_of,
)

THE_THREE = Text(
    en="fit_cnn has three things to do: make a CNN of 86, with vocab_size - 1 for its padding_idx; hand it to the training of 83, with both sets, epochs, "
    "lr, batch_size, device and the same padding id; return the model and the history. Tick off each argument: does it arrive where it belongs, and is it "
    "the same model in all three?",
    ja="fit_cnn がするのは 3 つです: 86 の CNN を作る（padding_idx は vocab_size - 1）、それを 83 の学習に渡す（2 つのデータ、epochs、lr、batch_size、device、同じパディング ID）、"
    "モデルと履歴を返す。引数を 1 つずつ、正しい場所に届いているか、3 つとも同じモデルかを確かめましょう。",
)

NO_CONVOLUTION = Text(
    en="The model that was trained does not convolve, so it is not the CNN of 86.",
    ja="学習したモデルが畳み込みをしていません。86 の CNN ではないようです。",
)


def has_as_many_outputs(trained: Trained, title: Tensor) -> None:
    """Raises Failure for a model with another number of outputs than there are categories."""
    outputs = properties.is_tensor(trained.model(title[None], view=normalise.first)).shape[-1]
    if outputs == trained.labels:
        return
    channels = [w.shape[0] for w in trained.model.weights.values() if w.dim() in (3, 4)]
    raise Failure(
        Text(
            en=f"The model has {outputs} outputs for {trained.labels} categories.",
            ja=f"カテゴリは {trained.labels} 個なのに、モデルの出力は {outputs} 個です。",
        ),
        THE_THREE,
        misconception="sizes_swapped" if channels == [trained.labels] else None,
    )


def is_a_cnn(trained: Trained, draw: Draw, length: int = 0) -> None:
    """Said once more, a title adds no window to the maximum; other words in front, however far, do.

    A recurrent network fails the first where it remembers and the second where it forgets. Of a single length the same is
    asked by two words that change places among the same neighbours.
    """
    title, others = draw.integers(1, WORDS + 1, 9), draw.integers(1, WORDS + 1, 9)
    thrice = title.repeat(3)
    first, second, third = thrice, title.repeat(4), torch.cat([others, thrice])
    if length:
        first, second, third = among_the_same(draw, length)
    said, again = trained.scores(first), trained.scores(second)
    longer = trained.scores(third)
    if properties.close(said, again) and not properties.close(said, longer, rtol=1e-6, atol=1e-7):
        return
    raise Failure(
        Text(
            en="The model does not take a maximum over windows of words: saying a title again should change nothing, and new "
            "words in front of it something.",
            ja="単語の窓の最大値をとるモデルになっていません。同じ題名を繰り返しても変わらず、前に別の単語を足せば変わるはずです。",
        ),
        Text(
            en="Is your CNN of 86 right already? It is what is trained here, so begin there. If it is: which class does this "
            "function make?",
            ja="86 の CNN はもうできていますか。ここで学習させるのはその CNN なので、まず 86 から直しましょう。"
            "できているなら、この関数が作っているのはどのクラスのモデルですか。",
        ),
        misconception="rnn_trained" if recurrent(trained.model) else None,
    )


def among_the_same(draw: Draw, length: int) -> tuple[Tensor, Tensor, Tensor]:
    """Three titles (T,): the second has the windows of the first in another order, the third has others."""
    near = max(1, (length - 2) // 3)
    words = draw.integers(1, WORDS + 1, near)
    one, other, *more = (torch.tensor([int(w)]) for w in draw.sample(range(1, WORDS + 1), 2 + near))
    rest = words.repeat(2)[: length - 3 * near - 2]
    same = torch.cat([words, one, words, other, words, rest]), torch.cat([words, other, words, one, words, rest])
    return *same, torch.cat([*more, one, words, other, words, rest])


def recurrent(model: Module) -> bool:
    """Whether it has the weights from state to state that only a recurrent network has: a CNN gone wrong has none."""
    return any("hh" in name or "rnn" in name.lower() for name in model.weights)


def every_word_is_learnt(student: Student, draw: Draw) -> None:
    """Raises Failure where a word takes the place of the padding: its vector rests, even where a title is that word alone."""
    time = _sizes.own_length(student, "CNN") or 10
    words = draw.permutation(MANY - 1)
    rows = torch.cat([words, words[: -len(words) % time]]).reshape(-1, time)  # each word stands somewhere
    data = [(title, number % LABELS) for number, title in enumerate(rows)]
    # A maximum may well pass a word over; a slip takes the first ids or the last.
    for word in sorted(at_rest(student, data), key=lambda word: min(word, MANY - 2 - word))[:FEW]:
        if word in at_rest(student, [*data, (torch.full((time,), word), 0), (torch.full((time,), word), 1)]):
            raise Failure(padding_is(word), THE_THREE, misconception="padding_is_a_word")


def at_rest(student: Student, data: list[training.Title]) -> set[int]:
    """The words of these titles whose vectors are not learned from them; none where nothing is, or no vectors are found."""
    with training.by_what_it_does(student):
        fitted = (fit(student, data, data, 2, lr, vocabulary=MANY) for lr in (training.STILL, 0.5))
        before, after = (embedding(trained, MANY) for trained in fitted)
    if before is None or after is None or before.shape != after.shape:
        return set()
    learned = rows_that_learnt(before, after)
    return set(torch.cat([title for title, _ in data]).tolist()) - learned if learned else set()


def padding_is(word: int) -> Text:
    return Text(
        en=f"The vector of the word {word} is never learned, even from a title of nothing else: its id is taken for the padding. "
        f"Of {MANY} ids the padding is the last.",
        ja=f"単語 ID {word} のベクトルは、その単語だけの題名からも学習されません。パディングの ID として扱われています。"
        f"{MANY} 個の ID のうち、パディングは最後の ID です。",
    )


def pads_as_it_is_told(student: Student) -> bool:
    """Whether the training can know which id the model takes for padding; else titles are of one length."""
    try:
        student.describe("fit_cnn")
    except CallFailed:
        return trainer_of(student).takes("padding_idx")
    return True


MANY, FEW = 150, 3  # ids; of those that rest so many are looked at alone
HALF = WORDS // 2  # the training data has words up to this one, the validation data those behind


def embedding(trained: Trained, vocabulary: int = VOCABULARY) -> Tensor | None:
    """The word vectors: the matrix with a row for each id."""
    return next((w for w in trained.model.weights.values() if w.dim() == 2 and len(w) == vocabulary), None)
