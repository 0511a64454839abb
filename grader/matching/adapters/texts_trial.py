"""One way of asking an encoder-decoder of somebody's own, and a trial of it: see `two_texts`."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from grader.matching.adapters.attention import KINDS
from grader.matching.match import Match
from grader.matching.payloads.two_texts import wrap_translator
from grader.matching.trial import AskedModel, TrialRunner
from grader.model import Fault, Text
from grader.sandbox.payload import remote

SIZES = {
    "src_vocab": 29, "tgt_vocab": 23, "d_model": 12, "num_heads": 3, "d_ff": 20, "num_layers": 2, "max_len": 64,
}  # fmt: skip
BATCH, SOURCE, TARGET, HIDDEN = 4, 7, 5, 2  # sentences, words, and how many of the source are padding
NOTES = {
    "no encode": Text(
        en="it was judged as a whole, by its scores",
        ja="encode と decode に分けず、モデル全体の出力で確認しました",
    ),
    "padding by id": Text(
        en="it finds the padding by itself, so padding was given as its own id",
        ja="パディングを自分で見つける形なので、パディングの ID を渡しました",
    ),
    "no padding": Text(
        en="no way was found in which padding has no influence on it, so it was asked with full sentences",
        ja="パディングの影響を受けない渡し方が見つからなかったので、パディングのない文だけで確認しました",
    ),
}
TURNED = Text(
    en="it was given the time first, (S, B) and (T, B)", ja="入力は (S, B)・(T, B) の形（時間が先頭）で渡しました"
)


@dataclass(frozen=True, slots=True)
class TextsForm:
    """How one way of asking is put together; see `payloads.two_texts` for the words.

    last: what makes scores of what comes back. parts: how many of the roles are those of `encode`; the others are `decode`'s.
    scores_turned: scores come back in the other layout than the texts were handed in. equal: it can only be asked with as many words
    in the source as in the target. apart: the same sentence says something else in another row, so rows are compared one by one:

        x + self.pe[: x.size(0)]     # of x (B, T, D): positions along the batch
    """

    order: tuple[str, ...]
    time_first: bool = False
    source: tuple[str, str] = ("", "")
    target: tuple[str, str] = ("", "")
    padding: int | None = None
    last: str = ""
    parts: int = 0
    scores_turned: bool = False
    equal: bool = False
    apart: bool = False

    @property
    def source_length(self) -> int:
        return TARGET if self.equal else SOURCE

    @property
    def hands_words(self) -> bool:
        """Whether the model is told which words of the source are padding."""
        return "source words" in self.order or "lengths" in self.order

    def made(self, match: Match, *ways: str) -> Match:
        spec = {
            "order": list(self.order), "time_first": self.time_first, "masks": [list(self.source), list(self.target)],
            "padding": self.padding, "last": self.last, "parts": self.parts,
            "scores_time_first": self.time_first != self.scores_turned,
        }  # fmt: skip
        inner = match.callee
        notes = [NOTES[way] for way in ways] + ([TURNED] if self.time_first else [])
        return replace(
            match,
            target=remote(wrap_translator, inner, spec),
            limitations=frozenset(ways),
            notes=(*match.notes, *notes),
            kind="module",
        )


class TextsTrial(AskedModel):
    """A model built and asked through a form: two rows of everything, and what is changed in the others."""

    def __init__(self, runner: TrialRunner, match: Match, length: int = SOURCE, apart: bool = False) -> None:
        super().__init__(runner, match, SIZES)
        self.length, self.apart = length, apart  # of the source; whether each row is asked alone

    def __call__(self, *given: Tensor) -> Tensor | Fault | None:
        if not self.apart:
            return super().__call__(*given)
        rows = [super(TextsTrial, self).__call__(*(part[n : n + 1] for part in given)) for n in range(len(given[0]))]
        found = [row for row in rows if isinstance(row, Tensor)]
        return torch.cat(found) if len(found) == len(rows) else rows[0]

    def of_example(self) -> Tensor | Fault | None:
        """What it says of the example."""
        return self(*example(self.length))

    def hides_the_future(self) -> bool:
        """Whether a place sees itself and all before it, and nothing after."""
        src, tgt, mask = example(self.length)
        tgt[1, -1], tgt[2, 0] = 17, 18
        found = self(src, tgt, mask)
        if not isinstance(found, Tensor) or not torch.isfinite(found).all():
            return False
        late, early = moved(found, 1), moved(found, 2)
        return not late[:-1].any() and bool(late[-1]) and bool(early.all())

    def hides_padding(self) -> bool:
        """Whether a sentence says the same with padding behind it as alone, and every word of it has an influence."""
        src, tgt, mask = example(self.length)
        src[1, -1], src[2, 0], src[3, self.length - HIDDEN - 1] = 17, 18, 19
        mask[:, self.length - HIDDEN :] = False
        found = self(src, tgt, mask)
        alone = self(src[:2, :-HIDDEN], tgt[:2], mask[:2, :-HIDDEN])
        if not isinstance(found, Tensor) or not isinstance(alone, Tensor) or not torch.isfinite(found).all():
            return False
        same = torch.allclose(found[:2], alone, atol=1e-5) and not moved(found, 1).any()
        return same and bool(moved(found, 2).all()) and bool(moved(found, 3).all())


def example(length: int = SOURCE) -> tuple[Tensor, Tensor, Tensor]:
    """The same source (B, S) and target (B, T) in every row, and a mask (B, S) of full sentences. No id is small enough for a padding's."""
    src, tgt = torch.arange(5, 5 + length), torch.arange(5, 5 + TARGET)
    return src.repeat(BATCH, 1), tgt.repeat(BATCH, 1), torch.ones(BATCH, length, dtype=torch.bool)


def asked_through(runner: TrialRunner, match: Match, form: TextsForm) -> TextsTrial:
    return TextsTrial(runner, form.made(match), form.source_length, form.apart)


def moved(found: Tensor, row: int) -> Tensor:
    """Where a row says something else than the first: (T,)"""
    return (found[row] - found[0]).abs().amax(dim=-1) > 1e-6


def heeds_nothing(runner: TrialRunner, match: Match, form: TextsForm) -> bool:
    """Whether masks of every kind, upside down as well, leave the scores of a model as they are that does not hide the future by itself.

    scores.masked_fill(mask == 0, -1e9)     # the result is not kept
    """
    first, *others = (replace(form, source=(kind, form.source[1]), target=(kind, form.target[1])) for kind in KINDS)
    plain = asked_through(runner, match, first)
    scores = plain.of_example()
    if not isinstance(scores, Tensor) or not torch.isfinite(scores).all() or plain.hides_the_future():
        return False
    for other in others:
        found = asked_through(runner, match, other).of_example()
        if not isinstance(found, Tensor) or not torch.equal(found, scores):
            return False
    return True
