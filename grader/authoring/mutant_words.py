"""A mutant in words: what was changed, so that its author can find it and say whether it is right too."""

from __future__ import annotations

from collections.abc import Callable

from grader.authoring.operators import Mutant
from grader.model import Text


def told(mutant: Mutant) -> Text:
    """ "without `total += 1`", "with `a = 1` and `b = 2` in the other order"."""
    return BY_OPERATOR.get(mutant.operator, replaced)(mutant)


def replaced(mutant: Mutant) -> Text:
    return Text(en=f"with `{mutant.new}` instead of `{mutant.old}`", ja=f"`{mutant.old}` を `{mutant.new}` に変えて")


def left_out(mutant: Mutant) -> Text:
    return Text(en=f"without `{mutant.old}`", ja=f"`{mutant.old}` を消して")


def twice(mutant: Mutant) -> Text:
    return Text(en=f"with `{mutant.old}` written twice", ja=f"`{mutant.old}` を 2 回書いて")


def swapped(mutant: Mutant) -> Text:
    return Text(
        en=f"with `{mutant.old}` and the next statement `{mutant.new}` in the other order",
        ja=f"`{mutant.old}` と次の文 `{mutant.new}` の順序を入れ替えて",
    )


def unwrapped(mutant: Mutant) -> Text:
    """`for x in xs:` keeps its head and ends after the first time; `if`, `with` lose theirs."""
    if mutant.old.startswith(("for ", "while ")):
        return Text(
            en=f"with `{mutant.old}` ended after its first time", ja=f"`{mutant.old}` の繰り返しを 1 回で打ち切って"
        )
    return Text(
        en=f"without the line `{mutant.old}`, and with what stands below it done in any case",
        ja=f"`{mutant.old}` の行を消し、その中身をつねに実行して",
    )


def never_taken(mutant: Mutant) -> Text:
    return Text(
        en=f"with what stands below `{mutant.old}` never done", ja=f"`{mutant.old}` の中身を決して実行しないようにして"
    )


BY_OPERATOR: dict[str, Callable[[Mutant], Text]] = {
    "statement left out": left_out,
    "statement twice": twice,
    "statements swapped": swapped,
    "condition left out": unwrapped,
    "branch never taken": never_taken,
}
