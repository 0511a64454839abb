"""What other people's notebooks are graded behind: the jail, unless somebody decided otherwise."""

from __future__ import annotations

from grader.batch.tasks import Isolation
from grader.box.doctor import NEEDED, Layer, Tier, examine
from grader.errors import BoxUnavailable
from grader.model import Language


def isolation(sandbox: bool, language: Language, elsewhere: bool = False) -> Isolation:
    """What to grade behind. elsewhere: on a cluster, where each worker looks for itself.

    Raises BoxUnavailable, naming every layer that is missing here and how to get it, where there should be a sandbox and
    cannot be. Without a sandbox it is the quickest that this machine can do; the reports say which.
    """
    if elsewhere:
        return "jail" if sandbox else "warm"
    found = examine()
    if not sandbox:
        return "warm" if Layer.FORK in found.layers else "cold"
    if found.safe:
        return "jail"
    missing = [found.sentence(layer).in_(language) for layer in found.missing if layer in NEEDED[Tier.JAIL]]
    raise BoxUnavailable("\n".join([REFUSED[language], *missing, INSTEAD[language]]))


REFUSED: dict[Language, str] = {
    "en": "Other people's notebooks are not run here, because they could do whatever you can do.",
    "ja": "ここでは他人のノートブックを実行しません。あなたと同じ権限で何でもできてしまうためです。",
}
INSTEAD: dict[Language, str] = {
    "en": "If you have read them all and trust them: --no-sandbox. The reports will say so.",
    "ja": "すべて目を通して信用できる場合は --no-sandbox を付けてください。その旨はレポートに記録されます。",
}
