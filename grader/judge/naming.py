"""How a finding tells which mistake it is, or which two at once, or that nobody knows."""

from __future__ import annotations

from dataclasses import replace

from grader.judge.known.candidates import MistakePair
from grader.judge.wording import RECOGNISED
from grader.model import Finding, Named, Outcome, Text, Variant

SHOWN = 4  # pairs that are listed
STEP_BY_STEP = Text(
    en="Follow a small input of your own through the code and compare the shape and the values after each step with the "
    "formulas of the text.",
    ja="小さな入力を自分で用意してコードに 1 歩ずつ通し、各段階の形と値を本文の式と見比べてみましょう。",
)


def with_names(found: Finding, mistakes: tuple[Variant, ...]) -> Finding:
    """The finding with the mistake that gives exactly these values; where several pairs do, with a list of them."""
    mistakes = without_special_cases(mistakes)
    if not mistakes or any(variant.explanation is None for variant in mistakes):
        return found
    if found.outcome is Outcome.NEEDS_REVIEW:
        found = replace(found, outcome=Outcome.FAILED, rationale=RECOGNISED)
    if mistakes[1:]:
        return replace(found, help=one_of(mistakes))
    return replace(found, misconception=name_variant(mistakes[0]))


def without_special_cases(mistakes: tuple[Variant, ...]) -> tuple[Variant, ...]:
    """Of mistakes that fit equally well, those that are no special case of another one among them.

    Where a module always has a mask, or returns no weights, nothing can show the difference, and the plainer name is
    true.
    """
    ids = {variant.id for variant in mistakes}
    return tuple(variant for variant in mistakes if variant.narrows not in ids)


def name_variant(variant: Variant) -> Named:
    words = variant.explanation or Text("", "")
    return Named(variant.id, words, variant.also if isinstance(variant, MistakePair) else "")


def one_of(mistakes: tuple[Variant, ...]) -> Text:
    """Several that fit equally well, each by its first sentence or sentences."""
    told = [variant.explanation for variant in mistakes[:SHOWN] if variant.explanation]
    return Text(
        en="It is one of these, which all give your values. " + " / ".join(text.en for text in told),
        ja="次のどれかです。どれもあなたの値とちょうど一致します。" + " ／ ".join(text.ja for text in told),
    )


def maybe_two(found: Finding, all_asked: bool) -> Finding:
    """The finding with steps to go through the code, where no known mistake gives these values: there may be two.

    all_asked: every known mistake was. Where a few replies of each were recorded, that none fits says nothing.
    """
    if found.outcome is not Outcome.FAILED or found.misconception is not None:
        return found
    more = found.help or STEP_BY_STEP
    if not all_asked:
        return replace(found, help=more)
    return replace(
        found,
        help=Text(
            en=f"No single known mistake gives exactly these values; it may be a rare one, or two at once. {more.en}",
            ja=f"よくある間違い 1 つだけでは、この値になりません。あまり見かけない間違いか、2 つ以上が重なっているのかもしれません。{more.ja}",
        ),
    )
