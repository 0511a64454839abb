"""train and evaluate in the form of the course's notebook: one pair of sentences, one word at a time.

Both read much from the notebook's globals; those that matter are set for the length of a question.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from grader.checks import (
    CallFailed,
    Draw,
    Failure,
    Module,
    Student,
    Text,
    Unmatched,
    View,
    accepts,
    check,
    edit,
    properties,
    remote,
    request,
)
from grader.lessons.attention_translation import _tutorial, _tutorial_translation_mistakes, _views
from grader.lessons.attention_translation._fakes._tutorial_translators import HIDDEN, VOCABULARY, Decoder, Encoder, Lang
from grader.matching.payloads import arguments
from grader.model import Signature

FORM = "tutorial"
TITLE = _tutorial.TITLE
SOLUTION = _tutorial.SOLUTION
NAMES = ("train", "evaluate")
KNOWN_ANSWERS = _tutorial_translation_mistakes
SIGNATURES = (
    Signature(
        "train", r"\w*(?:in|src|source)\w*,\w*(?:target|out|trg|tgt)\w*,enc\w*,dec\w*,enc\w*,dec\w*,crit\w*(?:,\w+=)*"
    ),
    Signature("evaluate", r"enc\w*,dec\w*,\w+(?:,\w+=)*"),
)

LR = 0.3
LOSS_OF_A_WORD = Text(en="the loss", ja="損失")
WORDS = Text(en="the translation", ja="訳文")
ROWS = Text(en="the attention weights, one row for each word", ja="1 語につき 1 行の Attention の重み")
UPDATED = Text(en="the parameters after two updates", ja="2 回更新した後のパラメータ")
READS_MORE = Text(
    en="The function reads a global of the notebook that is not there, so it cannot be asked; a person looks at it.",
    ja="この関数が読むグローバル変数が用意されていないため、試せませんでした。人が確認します。",
)
NO_EVAL = Text(
    en="Nothing switches dropout off before translating: call encoder.eval() and decoder.eval(), or the same sentence is "
    "translated differently each time.",
    ja="翻訳の前に dropout を切っていません。encoder.eval() と decoder.eval() を呼ばないと、同じ文でも訳すたびに結果が変わります。",
)


class FakePair:
    """An encoder and a decoder of ours in the student's room. words: how many are written before the end; None: by chance."""

    def __init__(self, student: Student, draw: Draw, words: int | None = None) -> None:
        self.student = student
        self.encoder = student.lend(Encoder, VOCABULARY, HIDDEN).randomise(draw)
        self.decoder = student.lend(Decoder, VOCABULARY, HIDDEN, 9, words).randomise(draw)

    def learn(self, source: Tensor, target: Tensor, forcing: float) -> Tensor:
        """The loss that `train` gives. source (S, 1), target (T, 1)."""
        optimizers = [remote(arguments.sgd, part.handle, LR) for part in (self.encoder, self.decoder)]
        args = (source, target, self.encoder, self.decoder, *optimizers, remote(arguments.loss, "NLLLoss"))
        found: Tensor = self.ask("train", args, loss_of, {"teacher_forcing_ratio": forcing})
        return found

    def translate(self, words: list[int], view: View) -> Any:
        """What `view` reads in what `evaluate` gives for a sentence of words."""
        languages = {name: remote(Lang, VOCABULARY, letter) for name, letter in LANGUAGES.items()}
        sentence = " ".join(f"e{word}" for word in words)
        return self.ask("evaluate", (self.encoder, self.decoder, sentence), view, languages)

    def ask(self, name: str, args: tuple[Any, ...], view: View, world: dict[str, Any]) -> Any:
        """What the function gives where the notebook's globals are these. Raises Unmatched where it wants others."""
        world = {"SOS_token": 0, "EOS_token": 1, "MAX_LENGTH": 9, "device": remote(arguments.device, "cpu"), **world}
        try:
            return self.student.ask(
                request("call", self.student, name, args, {"max_length": 9}, globals=world), view
            ).value
        except CallFailed as error:
            if error.fault.type == "NameError":
                raise Unmatched("it reads other globals", READS_MORE) from error
            raise


LANGUAGES = {"input_lang": "e", "output_lang": "j"}


def loss_of(value: Any) -> Tensor:
    if isinstance(value, float | int) and not isinstance(value, bool):
        value = torch.tensor(float(value))
    found = properties.is_floating(value, LOSS_OF_A_WORD)
    return properties.has_shape(found.reshape(()) if found.numel() == 1 else found, (), LOSS_OF_A_WORD)


def words_of(value: Any) -> list[str]:
    """The words without the sign of the end, whatever that looks like."""
    words = _views.parts(value, 2, "(words, attentions)")[0]
    found = words.split() if isinstance(words, str) else words
    if not isinstance(found, list | tuple) or not all(isinstance(word, str) for word in found):
        raise Failure(
            Text(en="The translation should be a list of words.", ja="訳文は語のリストのはずです。"), _views.RETURN
        )
    return [word for word in found if word[:1] in "ej" and word[1:].isdigit()]


def rows_of(value: Any) -> Tensor:
    """The weights (T, 9), one row for each word written, without that of the end."""
    words, weights = words_of(value), _views.parts(value, 2, "(words, attentions)")[1]
    found = properties.is_floating(weights, ROWS)
    wide = found.dim() == 2 and found.shape[1] == 9 and len(words) <= found.shape[0] <= len(words) + 1
    return found[: len(words)] if wide else properties.has_shape(found, (len(words), 9), ROWS, "(T, max_length)")


def sentences(draw: Draw, source: int, target: int) -> tuple[Tensor, Tensor]:
    """Source and target (S, 1), (T, 1), each with the end behind its words."""

    def one(count: int) -> Tensor:
        return torch.cat([draw.integers(2, VOCABULARY, count), torch.tensor([1])])[:, None]

    return one(source), one(target)


@check(points=2, ja="損失は teacher forcing で計算した、正解の語 1 つあたりの平均である")
def loss_with_teacher_forcing(student: Student, draw: Draw) -> None:
    """With teacher forcing the loss is the mean over the right words, each predicted from the right word before it."""
    pair = FakePair(student, draw)
    for lengths in ((4, 5), (6, 3)):
        pair.learn(*sentences(draw, *lengths), forcing=1.0)
    student.must_agree(LOSS_OF_A_WORD, rtol=1e-4)


@check(
    points=1, after=loss_with_teacher_forcing, ja="teacher forcing なしでは、自分の書いた語を次の入力にし、EOS で終わる"
)
def loss_on_its_own_words(student: Student, draw: Draw) -> None:
    """Without teacher forcing it feeds back what it wrote itself, and ends at EOS."""
    pair = FakePair(student, draw, words=3)
    pair.learn(*sentences(draw, 5, 6), forcing=0.0)
    student.must_agree(LOSS_OF_A_WORD, rtol=1e-4)


@check(points=2, after=loss_with_teacher_forcing, ja="1 組ごとに、エンコーダーとデコーダーの両方が 1 回ずつ更新される")
def updates_both(student: Student, draw: Draw) -> None:
    """With each pair of sentences the encoder and the decoder are updated once, from this pair's gradient alone."""
    pair = FakePair(student, draw)
    for lengths in ((4, 5), (3, 6)):
        pair.learn(*sentences(draw, *lengths), forcing=1.0)
    for part in (pair.encoder, pair.decoder):
        part.current()
        student.must_agree(UPDATED)


@check(points=3, ja="いちばん確率の高い語を選び、それを次の入力にして、EOS で終わる")
def writes_greedily(student: Student, draw: Draw) -> Text | None:
    """It takes the most probable word, feeds it back, and ends at EOS."""
    pair = FakePair(student, draw, words=draw.number(4, 7))
    pair.translate(draw.integers(2, VOCABULARY, 5).tolist(), words_of)
    student.must_agree(WORDS)
    return NO_EVAL if Module.is_training(pair.decoder) else None


@check(points=1, ja="EOS が出なければ、max_length 語で打ち切る")
def respects_the_limit(student: Student, draw: Draw) -> None:
    """Where no EOS comes, it ends after max_length words."""
    words = FakePair(student, draw, words=50).translate(draw.integers(2, VOCABULARY, 5).tolist(), words_of)
    if len(words) != 9:
        raise Failure(
            Text(
                en=f"With max_length = 9 and no EOS in sight, {len(words)} words were written.",
                ja=f"max_length = 9 で EOS が出ないとき、{len(words)} 語を書きました。",
            )
        )


@check(points=1, after=writes_greedily, ja="重みの各行は、その語を書いたときのものである")
def rows_belong_to_the_words(student: Student, draw: Draw) -> None:
    """Each row of the weights is the distribution with which that word was written."""
    pair = FakePair(student, draw, words=draw.number(4, 7))
    properties.distribution(pair.translate(draw.integers(2, VOCABULARY, 5).tolist(), rows_of), dim=-1)
    student.must_agree(ROWS)


total_loss = accepts(edit("loss.item() / target_tensor.size(0)", "loss.item()"))
joined = accepts(edit("return decoded, attentions[: t + 1]", 'return " ".join(decoded), attentions[: t + 1]'))
evaluated = accepts(
    edit(
        "    with torch.no_grad():\n        words =",
        "    encoder.eval()\n    decoder.eval()\n    with torch.no_grad():\n        words =",
    )
)
argmax = accepts(
    edit("best = scores.data.topk(1)[1]", "best = scores.argmax(dim=1, keepdim=True)"),
    edit("scores.topk(1)[1].squeeze().detach()", "scores.argmax(dim=1)"),
)
