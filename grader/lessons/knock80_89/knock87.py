"""fit_cnn(train_set, valid_set, vocab_size, output_size, epochs, lr, batch_size, device=None) -> CNN, history."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from grader import properties, views
from grader.draw import Draw
from grader.errors import Failure
from grader.lessons.declare import accepts, check, edit, misconception
from grader.lessons.knock80_89 import _models
from grader.lessons.knock80_89 import _training as training
from grader.lessons.knock80_89._history import history, must_be
from grader.model import Text
from grader.student import CallFailed, Module, Student

TITLE = Text(en="87. Training the CNN", ja="87. CNN の学習")
NAMES = ("fit_cnn",)
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

WORDS, LABELS, EPOCHS = 30, 5, 3
VOCABULARY = WORDS + 2  # ids 0 (unknown) to WORDS, and the padding last
GUESSING = math.log(LABELS)

MODEL = """
import torch

def make(result):
    parts = result if isinstance(result, (list, tuple)) else [result]
    return next((part for part in parts if isinstance(part, torch.nn.Module)), None)
"""
HISTORY = """
import torch

def make(result):
    parts = result if isinstance(result, (list, tuple)) else [result]
    return lambda: next((part for part in parts if not isinstance(part, torch.nn.Module)), None)
"""


@dataclass(frozen=True)
class Trained:
    """What came of one training."""

    model: Module
    series: dict[str, Tensor]
    labels: int = LABELS

    def scores(self, title: Tensor) -> Tensor:
        """ids (T,) -> log-probabilities (L,) in evaluation mode, without a batch and so without padding."""
        return properties.is_tensor(self.model(title[None], view=views.class_scores(1, self.labels)))[0]

    def measure(self, data: list[training.Title]) -> tuple[float, float]:
        """Mean loss and accuracy, by the judge."""
        rows = [self.scores(title) for title, _ in data]
        data = [(title, label % self.labels) for title, label in data]
        losses = [-float(row[label]) for row, (_, label) in zip(rows, data, strict=True)]
        hits = [int(row.argmax()) == label for row, (_, label) in zip(rows, data, strict=True)]
        return sum(losses) / len(data), sum(hits) / len(data)


def fit(student: Student, train: list[training.Title], valid: list[training.Title], epochs: int, lr: float) -> Trained:
    """Train a CNN the student's way: by fit_cnn, or by their train on their CNN where there is no such function."""
    sizes = {"vocab_size": VOCABULARY, "output_size": LABELS}
    loop: dict[str, int | float | str] = {"epochs": epochs, "lr": lr, "batch_size": 4, "device": "cpu"}
    try:
        student.describe("fit_cnn")
    except CallFailed:
        return by_parts(student, train, valid, loop)
    pair = student.module("fit_cnn", train_set=train, valid_set=valid, **sizes, **loop)
    model = student.lend(MODEL, pair)
    if not model.weights:
        raise Failure(
            Text(
                en="fit_cnn should return the trained model and the history, but there is no model among what it returns.",
                ja="fit_cnn は学習済みモデルと履歴を返すはずですが、戻り値にモデルがありません。",
            ),
            misconception="model_not_returned",
        )
    model.eval()
    return Trained(model, student.lend(HISTORY, pair)(view=history))


def by_parts(
    student: Student, train: list[training.Title], valid: list[training.Title], loop: dict[str, int | float | str]
) -> Trained:
    trainer = training.trainer(student, "train_cnn", "train_batches", "train")
    sizes = {"vocab_size": VOCABULARY, "emb_size": 20, "padding_idx": VOCABULARY - 1, "output_size": LABELS}
    model = student.module("CNN", **sizes, out_channels=40)
    student.adopt(model, "CNN")
    match = student.matched("CNN")
    labels = LABELS if match is None or "output_size" in match.accepts else len(_models.head(model.weights))
    train, valid = ([(title, label % labels) for title, label in data] for data in (train, valid))
    series = trainer(model, train, valid, history, **loop)
    model.eval()
    return Trained(model, series, labels)


def titles(draw: Draw, count: int, time: int = 6) -> list[training.Title]:
    """Titles of known words with labels of all kinds."""
    return [(draw.integers(1, WORDS + 1, time), int(label)) for label in torch.arange(count) % LABELS]


@check(points=2, ja="CNN が学習され、モデルと履歴が返る")
def trains_a_cnn(student: Student, draw: Draw) -> Text | None:
    """A CNN is trained, and both the model and its history are returned."""
    time = _models.own_length(student, "CNN") or 6
    trained = fit(student, titles(draw, 9, time), titles(draw, 5, time), EPOCHS, 0.1)
    epochs = len(next(iter(trained.series.values())))
    if epochs != EPOCHS:
        raise Failure(
            Text(
                en=f"{EPOCHS} epochs were asked for, but the history has {epochs} entries.",
                ja=f"{EPOCHS} エポックを指定したのに、履歴には {epochs} 個しか値がありません。",
            )
        )
    convolves = any(w.dim() in (3, 4) for w in trained.model.weights.values()) and not recurrent(trained.model)
    try:
        is_a_cnn(trained, draw, _models.own_length(student, "CNN"))
    except Failure:
        if not convolves:
            raise Failure(NO_CONVOLUTION) from None
        if student.promised:
            raise
        return NOT_OF_86  # what is wrong with the model itself is told and deducted in 86
    return None


NO_CONVOLUTION = Text(
    en="The model that was trained does not convolve, so it is not the CNN of 86.",
    ja="学習したモデルが畳み込みをしていません。86 の CNN ではないようです。",
)
NOT_OF_86 = Text(
    en="What is trained here does not take a maximum over windows of words, as the CNN of 86 should: see there. That it is trained "
    "is judged all the same.",
    ja="ここで学習しているモデルは、86 の CNN のように「単語の窓の最大値」をとるものになっていません（86 を見直しましょう）。学習ができているかどうかは、それとは別に採点しました。",
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


@check(points=2, after=trains_a_cnn, ja="履歴の値は、返されたモデルの実際の値と一致する")
def history_is_of_this_model(student: Student, draw: Draw) -> None:
    """What the history says of the last epoch is what the returned model does on the validation data."""
    # Nine leave a short batch at the end: how that is averaged was told in 82, where it was handed out.
    train = titles(draw, 9 if student.promised else 8, _models.own_length(student, "CNN") or 6)
    valid = [(title.roll(1), label) for title, label in train]  # it gets better at these too
    trained = fit(student, train, valid, EPOCHS, 0.1)
    loss, accuracy = trained.measure(valid)
    twice_normalised(trained, valid, loss)
    wanted = {"valid_loss": loss, "valid_accuracy": accuracy}
    must_be(trained.series, {name: [torch.tensor([number]).double()] for name, number in wanted.items()})


def twice_normalised(trained: Trained, data: list[training.Title], loss: float) -> None:
    """Raises Failure where the loss of the history is cross-entropy of probabilities, which normalises them once more."""
    said = trained.series.get("valid_loss")
    probabilities = torch.stack([trained.scores(title) for title, _ in data]).exp()
    labels = torch.tensor([label % trained.labels for _, label in data])
    again = float(torch.nn.functional.cross_entropy(probabilities, labels))
    if said is None or abs(again - loss) < 0.01 or abs(float(said[-1]) - again) > 1e-3 * again:
        return
    raise Failure(
        Text(
            en=f"At the end of training the loss on the validation data is {loss:.4f}; {again:.4f} stands in the history, which is "
            "what comes out when the probabilities go through another softmax.",
            ja=f"学習の終わりの検証データの損失は {loss:.4f} ですが、履歴は {again:.4f} で、確率にもう一度 softmax を掛けた値になっています。",
        ),
        misconception="softmax_before_cross_entropy",
    )


@check(points=2, after=trains_a_cnn, ja="学習前の損失は ln L に近く、呼び出すたびに新しいモデルから始まる")
def starts_from_guessing(student: Student, draw: Draw) -> None:
    """The first loss is near ln L, what guessing costs, and every call starts from a new model."""
    data = titles(draw, 8, _models.own_length(student, "CNN") or 6)
    fit(student, data, data, 15, 0.03)
    loss = fit(student, data, data, 1, training.STILL).measure(data)[0]
    if not 0.6 * GUESSING < loss < 2 * GUESSING:
        raise Failure(
            Text(
                en=f"Before anything is learnt the loss should be near ln {LABELS} = {GUESSING:.2f}, but it is {loss:.2f}.",
                ja=f"何も学習していないときの損失は ln {LABELS} = {GUESSING:.2f} に近いはずですが、{loss:.2f} です。",
            ),
            Text(
                en="A far smaller loss means that the model has learnt before; a far larger one, that its outputs start too big.",
                ja="ずっと小さければ、すでに学習済みのモデルを使っています。ずっと大きければ、出力の初期値が大きすぎます。",
            ),
            misconception="model_reused" if loss < GUESSING else None,
        )


@check(points=2, after=trains_a_cnn, ja="8 件の題名なら覚えきれる")
def learns_eight_titles_by_heart(student: Student, draw: Draw) -> None:
    """Eight titles are learnt by heart."""
    data = titles(draw, 8, _models.own_length(student, "CNN") or 6)
    loss, accuracy = fit(student, data, data, 40, 0.03).measure(data)
    if loss > 0.5 * GUESSING or accuracy < 7 / 8:
        raise Failure(
            Text(
                en=f"After 40 epochs on eight titles the loss is still {loss:.2f} and the accuracy {accuracy:.2f}; "
                "so few are learnt by heart when the updates work.",
                ja=f"8 件だけを 40 エポック学習しても、損失が {loss:.2f}、正解率が {accuracy:.2f} のままです。更新が働いていれば丸暗記できる量です。",
            ),
            Text(
                en="Does the learning rate arrive? Is it the trained model that is returned? Are all parameters learnt?",
                ja="学習率は渡っていますか。返しているのは学習したモデルですか。すべてのパラメータが更新されますか。",
            ),
        )


@check(points=1, after=trains_a_cnn, ja="パディングの ID が、モデルとミニバッチで同じである")
def padding_is_one_and_the_same(student: Student, draw: Draw) -> None:
    """Model and mini-batches have the same padding id: only vectors of words that occur are learnt."""
    time = _models.own_length(student, "CNN") or 6
    data = [(title[: time - 4 + row], label) for row, (title, label) in enumerate(titles(draw, 5, time=time + 2))]
    before, after = (embedding(fit(student, data, data, 2, lr)) for lr in (training.STILL, 0.5))
    if before is None or after is None or before.shape != after.shape:
        return
    changed = set((before - after).abs().amax(dim=1).gt(1e-6).nonzero().flatten().tolist())
    foreign = changed - {int(word) for title, _ in data for word in title}
    if foreign:
        raise Failure(
            Text(
                en=f"The vector of the id {min(foreign)} changed, though no title holds that id: the padding is learnt like a word.",
                ja=f"どの題名にもない ID {min(foreign)} のベクトルが変化しました。パディングが単語のように学習されています。",
            ),
            Text(
                en="Which id fills up the batches, and which is the padding_idx of the embedding?",
                ja="バッチを埋める ID と、埋め込みの padding_idx はそれぞれいくつですか。",
            ),
        )


def embedding(trained: Trained) -> Tensor | None:
    """The word vectors: the matrix with a row for each id."""
    return next((w for w in trained.model.weights.values() if w.dim() == 2 and len(w) == VOCABULARY), None)


BUILD = "cnn = CNN(vocab_size, 64, padding_idx, output_size, out_channels=128)"

history_first = accepts(edit("return cnn, history", "return history, cnn"))
few_sizes = accepts(edit("64, padding_idx, output_size, out_channels=128", "24, padding_idx, output_size, 16"))
other_sizes = accepts(
    edit("64, padding_idx, output_size, out_channels=128", "100, padding_idx, output_size, 50, 5, 1, 2")
)
seeded = accepts(edit("padding_idx = vocab_size - 1", "torch.manual_seed(0)\n    padding_idx = vocab_size - 1"))

model_reused = misconception(
    edit("def fit_cnn(", "MODELS = {}\n\n\ndef fit_cnn("),
    edit(BUILD, "cnn = MODELS.setdefault(vocab_size, CNN(vocab_size, 64, padding_idx, output_size, out_channels=128))"),
    en="The model is made once and trained on at every call. A second run then continues the first, and comparing settings in "
    "88 means nothing. Make a new CNN inside the function.",
    ja="モデルが一度しか作られず、呼ぶたびに続きから学習しています。2 回目の実行が 1 回目の続きになり、88 で設定を比べる意味がなくなります。関数の中で毎回新しい CNN を作りましょう。",
)
untrained_model_returned = misconception(
    edit("return cnn, history", "return CNN(vocab_size, 64, padding_idx, output_size, out_channels=128), history"),
    en="The model that is returned is a new one and not the trained one. Making the object again starts from random "
    "parameters. Return the object that was handed to the training.",
    ja="学習したモデルではなく、新しく作ったモデルを返しています。作り直すとパラメータは乱数に戻ります。学習に渡したものを返しましょう。",
)
padding_ids_differ = misconception(
    edit("device, padding_idx)", "device)"),
    en="The batches are filled up with another id than the padding_idx of the model. The padding then has a vector that is "
    "learnt as if it were a word. Hand the same id to both.",
    ja="バッチを埋める ID と、モデルの padding_idx が違います。パディングにもベクトルが学習され、単語のように扱われてしまいます。両方に同じ ID を渡しましょう。",
)
sets_swapped = misconception(
    edit("cnn, train_set, valid_set,", "cnn, valid_set, train_set,"),
    en="Training and validation data are swapped. The model learns from the small set, and what is called validation is the "
    "other. Keep the order train_set, valid_set.",
    ja="学習データと検証データが入れ替わっています。小さいほうで学習し、検証と呼んでいるのが学習データです。train_set、valid_set の順に渡しましょう。",
)
rnn_trained = misconception(
    edit(BUILD, "cnn = RNN(vocab_size, 64, padding_idx, output_size, 128)"),
    en="It is the RNN that is trained here. The name of the variable is no help: build the CNN of problem 86.",
    ja="学習しているのは RNN です。変数名を変えても中身は変わりません。86 の CNN を作りましょう。",
)
epochs_ignored = misconception(
    edit("valid_set, epochs, lr, batch_size, device", "valid_set, 1, lr, batch_size, device"),
    en="There is always one epoch, whatever is asked for. Hand epochs on.",
    ja="指定にかかわらず、いつも 1 エポックです。epochs を渡しましょう。",
)
lr_ignored = misconception(
    edit("epochs, lr, batch_size, device, padding_idx)", "epochs, 1e-4, batch_size, device, padding_idx)"),
    en="The learning rate is a fixed 1e-4, and lr does nothing. That is a habit from Adam; SGD hardly moves with it. Hand lr on.",
    ja="学習率が 1e-4 に固定され、lr が使われていません。Adam でよく見る値ですが、SGD ではほとんど動きません。lr を渡しましょう。",
)
sizes_swapped = misconception(
    edit("padding_idx, output_size, out_channels=128)", "padding_idx, 128, out_channels=output_size)"),
    en="The number of channels and that of categories are swapped. The model has 128 outputs and a handful of patterns to "
    "judge by. Give the arguments by name.",
    ja="チャネル数とカテゴリ数が逆です。出力が 128 個になり、手がかりのパターンは数個しかありません。引数は名前を付けて渡しましょう。",
)
softmax_before_cross_entropy = misconception(
    edit(BUILD, BUILD + "\n    cnn = nn.Sequential(cnn, nn.Softmax(dim=-1))"),
    en="The model ends in a softmax, and cross_entropy contains one itself. Applied twice, the probabilities can never come near 0 or "
    "1, so the loss stays high and gradients are small. Train on the logits; a softmax is for when probabilities are to be shown.",
    ja="モデルの最後に softmax があり、cross_entropy の中にも softmax があるので二重になっています。確率が 0 や 1 に近づけず、損失は下がりきらず勾配も小さくなります。"
    "学習にはロジットを渡し、softmax は確率を表示するときだけにしましょう。",
)
model_not_returned = misconception(
    edit("return cnn, history", "return history"),
    en="Only the history is returned, and the trained model is lost. Return both.",
    ja="履歴しか返しておらず、学習したモデルが失われています。両方を返しましょう。",
)
everything_frozen = misconception(
    edit(
        BUILD,
        BUILD
        + "\n    cnn.conv.requires_grad_(False), cnn.emb.requires_grad_(False)\n    cnn.fc.weight.requires_grad_(False)",
    ),
    en="Nearly everything is frozen: requires_grad_(False) on all but a bias leaves nothing to learn with. Freeze at most the "
    "pretrained vectors.",
    ja="ほとんどのパラメータを固定しています。requires_grad_(False) をここまで掛けると、学習できるものが残りません。固定するとしても訓練済みのベクトルだけにしましょう。",
)
