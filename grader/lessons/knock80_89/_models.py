"""Building and asking the text classifiers of this lesson, in whatever shape they come.

The contract is `Name(vocab_size, ..., output_size, ...)` and `model(ids (B, T)) -> (B, L)`. What a `forward` wants besides
the ids, the student's `adopt` sees to. Two other habits are met half-way here: classes that have some or all of their
sizes from elsewhere than their arguments, and models that declare `batch_first = False` and read (T, B). The request is
kept in the contract's form, so that the known answers can be asked the same.
"""

from __future__ import annotations

from dataclasses import dataclass
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
    UnlikeAnyAnswer,
    normalise,
    properties,
)
from grader.lessons.knock80_89._sizes import not_found, sizes_of, takes

SCORES = Text(en="the output", ja="出力")
LAST_TITLE = Text(en="the output of the last title", ja="最後の題名に対する出力")


@dataclass(frozen=True)
class StudentClassifier:
    """A model in the student's room.

    ignored: the sizes that were asked for and are found in none of its layers; those below are the ones it has.
    """

    module: Module
    output_size: int
    vocab_size: int
    batch_first: bool = True
    length: int = 0  # the only one at which it can be asked, or the shortest; 0 where there is none
    longer: bool = False  # whether it takes longer titles than that
    unknown: bool = False  # whether 0 is an ordinary id: the contract's unknown word, and not somebody's padding
    ignored: tuple[str, ...] = ()
    inner: int = 0  # the width of the layer before the output, as it was asked for; 0 where nobody could ask

    def __call__(self, ids: Tensor) -> Tensor:
        """ids (B, T) -> log-probabilities (B, L). Raises Failure or CallFailed."""
        student = self.module.student
        before = len(student.exchanges)
        try:
            scores = self.module(self.arranged(ids), view=scores_of_any_shape)
        finally:
            student.restate(before, args=(ids,), kwargs={})
        return properties.has_shape(scores, (len(ids), self.output_size), normalise.LOGITS, "(B, L)")

    def arranged(self, ids: Tensor) -> Tensor:
        """Ids (B, T) as the model reads them."""
        return ids if self.batch_first else ids.T.contiguous()

    def agrees(self, ids: Tensor, help: Text, longer: bool = False) -> None:
        """Its output is that of an accepted answer. Raises Failure, named where the output itself tells why.

        longer: than titles of which it was right.
        """
        scores = self(ids)
        try:
            self.module.student.must_agree(SCORES, help=help)
        except UnlikeAnyAnswer as failure:
            self.blames_chance(failure, ids, scores)
            name = "titles_cut" if longer and self.loses_the_end(ids, scores) else None
            name = name or ("half_precision" if self.is_rounded(scores) and self.is_rounded_at_length(ids) else None)
            if name is None:
                raise
            raise Failure(failure.rationale, failure.help, failure.evidence, name) from None

    def is_rounded(self, scores: Tensor) -> bool:
        """Whether the output is nearly that of an accepted answer, all of it a little off: three digits are right, or two."""
        right = [value for value in self.module.student.known() if isinstance(value, Tensor)]
        errors = [(value - scores).abs() for value in right if value.shape == scores.shape]
        return any(bool(error.max() < 0.02) and bool((error > 1e-5).float().mean() > 0.9) for error in errors)

    def is_rounded_at_length(self, ids: Tensor) -> bool:
        """Whether it is so with longer titles too: another first state, which looks like it, is forgotten there."""
        with self.module.student.unrecorded():
            return bool(self.length) or self.is_rounded(self(ids.repeat(1, 12)))

    def loses_the_end(self, ids: Tensor, scores: Tensor) -> bool:
        """Whether the last third of the words makes no difference."""
        last = ids.shape[1] // 3
        with self.module.student.unrecorded():
            other = self(torch.cat([ids[:, :-last], ids[:, -last:].flip(0).flip(1)], dim=1))
        return properties.close(other, scores)

    def blames_chance(self, failure: Failure, ids: Tensor, scores: Tensor) -> None:
        """Raise the failure with a name where the same ids do not always give these scores."""
        if self.is_random(ids, scores):
            raise Failure(failure.rationale, failure.help, failure.evidence, self.source_of_chance(ids)) from None

    def is_random(self, ids: Tensor, scores: Tensor) -> bool:
        """Whether the same ids give other scores with other random numbers, and the same with the same."""
        with self.module.student.unrecorded():
            again = self(ids)
            self.module.student.seed += 1
            return properties.close(again, scores) and not properties.close(self(ids), scores)

    def source_of_chance(self, ids: Tensor) -> str:
        """Whether it is the first state that is random: that is forgotten in a long title, where no state is handed on by weights."""
        with self.module.student.unrecorded():
            long, current = ids.repeat(1, 40), self.module.current()
            within = {name: w for name, w in current.items() if w.dim() == 2 and "hh" in name}
            self.module.load({name: torch.zeros_like(w) for name, w in within.items()})
            dropout = self.is_random(long, self(long))
            self.module.load(within)
        return "dropout_left_on" if dropout or not within else "random_h0"

    def titles(self, draw: Draw, batch: int, time: int) -> Tensor:
        """Ids (B, T) of words, unknown ones among them and no padding; T is the model's own where it has one."""
        ids = draw.integers(
            1, self.vocab_size - 1, batch, max(self.length, time) if self.longer else self.length or time
        )
        if self.unknown:
            place = draw.number(0, ids.shape[1])
            ids[:, place] = 0
            ids[::2, place - 1] = 0  # not as many in every title: who takes them for padding is told from a slip by one
        return ids

    def uneven(self, draw: Draw, batch: int, time: int) -> Tensor:
        """Ids (B, T) of titles of different lengths in no order of length, the last one short, padding behind the words."""
        least = max(3, self.length)
        ids = self.titles(draw, batch, max(time, least + batch - 1))
        if self.length and not self.longer:
            return ids
        lengths = torch.tensor(draw.sample(range(least, ids.shape[1] + 1), batch))
        longest = int(lengths.argmax())
        lengths[[longest, 0]] = lengths[[0, longest]]
        shortest = int(lengths.argmin())
        lengths[[shortest, 1]] = lengths[[1, shortest]]  # second of three or more: neither order of length is theirs
        words = torch.arange(ids.shape[1]) < lengths[:, None]
        return torch.where(words, ids, self.vocab_size - 1)


def scores_of_any_shape(value: Any) -> Tensor:
    """Log-probabilities over the last axis. A wrong shape is told afterwards: its numbers still tell the mistake."""
    found = properties.is_floating(properties.is_tensor(normalise.first(value), normalise.LOGITS), normalise.LOGITS)
    scores = properties.finite(found, normalise.LOGITS)
    return normalise.log_probabilities(scores) if scores.dim() else scores


def build(student: Student, draw: Draw, name: str, directions: int = 1, **sizes: int) -> StudentClassifier:
    """The student's model with drawn parameters, in evaluation mode.

    directions: how many final states the head reads side by side.
    """
    taken = takes(student, name)
    before = len(student.exchanges)
    module = student.module(name, **({} if taken == () else sizes))
    ignored = not_found(module.weights, sizes) if taken is None or set(sizes) <= set(taken) else ()
    width = next((n for name, n in sizes.items() if name in ("hidden_size", "out_channels") and name not in ignored), 0)
    inner = 0 if taken == () else width
    sizes = sizes_of(module, sizes, taken, directions, ignored)
    student.restate(before, args=(), kwargs=sizes)
    module.randomise(draw).eval()
    form = student.adopt(module, name)
    batch_first = not form.batch_first or declared_batch_first(module)
    unknown = student.promised and (taken is None or "padding_idx" in taken)
    return StudentClassifier(
        module,
        sizes["output_size"],
        sizes["vocab_size"],
        batch_first,
        form.length,
        form.longer,
        unknown,
        ignored,
        inner,
    )


ROUNDED_EN = (
    "The numbers are nearly right, but only two or three digits of them: something goes through half precision, float16 or bfloat16. Keep float32; "
    "autocast belongs around training on a GPU, not into the model."
)
ROUNDED_JA = (
    "値はほぼ合っていますが、合っているのは 2〜3 桁だけです。途中で半精度（float16・bfloat16）を通っています。float32 のままにしましょう。"
    "autocast は GPU での学習のまわりで使うもので、モデルの中には書きません。"
)
CUT_EN = "Titles are cut off at a fixed number of words: what stands behind makes no difference. Headlines are short as a rule, but not all; read ids as they come."
CUT_JA = "題名が決まった語数で切られていて、その後ろの単語が結果に影響しません。見出しはたいてい短いですが、長いものもあります。ids をそのまま読みましょう。"
DROPOUT_EN = (
    "The same titles get other scores each time, though the model is in evaluation mode. F.dropout(x) without training=self.training is always "
    "on, and so is a layer that forward makes anew. Use self.dropout = nn.Dropout(p), which model.eval() switches off."
)
DROPOUT_JA = (
    "評価モードなのに、同じ題名でも毎回違う得点になります。training=self.training を付けない F.dropout(x) や、forward の中で作った層はいつも有効です。"
    "self.dropout = nn.Dropout(p) として、model.eval() で止まるようにしましょう。"
)


def independent_titles(model: StudentClassifier, draw: Draw) -> None:
    """Each row of a batch of uneven titles is what the same row gives alone. Raises Failure."""
    batch, time = draw.sizes(2, smallest=4)
    ids = model.uneven(draw, batch, time)
    try:
        together = model(ids)
    except CallFailed as error:
        if "enforce_sorted" not in error.fault.message:
            raise
        ids = ids[(ids != model.vocab_size - 1).sum(dim=1).argsort(descending=True)]  # a collate that sorts fits to it
        together = model(ids)
    for row in (-1, 0, 1):  # the first alone would not do: with batch and time confused it still looks right
        alone = model(ids[row:][:1])
        try:
            properties.equal(together[row:][:1], alone, LAST_TITLE if row == -1 else SCORES, help=ALONE)
        except Failure as failure:
            model.blames_chance(failure, ids[row:][:1], alone)
            raise


ALONE = Text(
    en="Give the model one title (1, T), then the same row inside a batch (B, T), and print the shapes after each layer. At which "
    "line do rows change places or mix? Look at transpose, view, reshape, sorting, and at every dim=.",
    ja="同じ題名を 1 件だけ (1, T) と、バッチの中の 1 行 (B, T) として入力し、層ごとに形を表示して比べましょう。行が入れ替わったり混ざったりするのは"
    "どの行ですか。transpose・view・reshape・並べ替え・dim= の指定を見直しましょう。",
)


def declared_batch_first(module: Module) -> bool:
    """False where the model says `batch_first = False` of itself."""
    with module.student.unrecorded():  # a question about form, not one that the known answers are asked too
        try:
            return module.method("__getattribute__", "batch_first") is not False
        except CallFailed:
            return True  # it says nothing: the contract's (B, T) is meant
