"""Right answers, as a check sees them: the values that are accepted, and how a value is compared with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from grader.checks import properties
from grader.checks.compare import distance, pairs, same, show
from grader.checks.exchange import Exchange
from grader.errors import Failure, GraderError, UnlikeAnyAnswer
from grader.model import Text

TOO_MANY_WAYS = Text(
    en="The parameters of this model can be matched with ours in more ways than were tried, and none of those gives your "
    "values, so a person looks.",
    ja="このモデルのパラメータと模範解答のパラメータの対応のさせ方が多すぎて、すべては試せませんでした。試した範囲では値が一致しなかったため、人が確認します。",
)


class Unmatched(GraderError):
    """The student's parameters are not those of any answer we know: a person has to look.

    reason: a sentence for them.
    """

    def __init__(self, message: str, reason: Text | None = None) -> None:
        super().__init__(message)
        self.reason = reason


class Answers(Protocol):
    """Where right answers to a list of exchanges come from."""

    @property
    def limited(self) -> bool:
        """Whether the last search for a matching of parameters ended before all were tried."""
        ...

    def accepted(self, exchanges: list[Exchange]) -> Iterator[Any]:
        """For each accepted answer whose parameters fit: its value in the last exchange, in float64."""
        ...


def require_accepted(
    actual: Any, accepted: Iterable[Any], what: Text, rtol: float, atol: float, help: Text | None = None
) -> None:
    """Raise UnlikeAnyAnswer, with the nearest accepted value, unless one of them is the same as the actual one.

    what: a noun for the value. rtol, atol: as in `torch.allclose`.
    """
    known = []
    for expected in accepted:
        if same(actual, expected, rtol, atol):
            return
        known.append(expected)
    nearest = min(known, key=lambda expected: distance(actual, expected))
    try:
        for part, wanted in pairs(actual, nearest):
            properties.equal(part, wanted, what, rtol, atol, help)
    except Failure as failure:
        raise UnlikeAnyAnswer(failure.rationale, failure.help, failure.evidence, failure.misconception) from None
    raise UnlikeAnyAnswer(
        Text(
            en=f"{properties.sentence(what.en)} should be {show(nearest)}, but came out as {show(actual)}.",
            ja=f"{what.ja}は {show(nearest)} のはずですが、{show(actual)} でした。",
        ),
        help,
    )
