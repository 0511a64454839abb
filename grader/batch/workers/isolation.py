"""What other people's notebooks are graded behind: the jail, unless somebody decided otherwise."""

from __future__ import annotations

from grader.batch.workers.tasks import Isolation
from grader.errors import SandboxUnavailable
from grader.model import Text
from grader.sandbox.doctor import NEEDED, Layer, Tier, examine


def isolation(sandbox: bool, elsewhere: bool = False) -> Isolation:
    """What to grade behind. elsewhere: on a cluster, where each worker looks for itself.

    Raises SandboxUnavailable, naming every layer that is missing here and how to get it, where there should be a sandbox and
    cannot be. Without a sandbox it is the quickest that this machine can do; the reports say which.
    """
    if elsewhere:
        return "jail" if sandbox else "warm"
    found = examine()
    if not sandbox:
        return "warm" if Layer.FORK in found.layers else "cold"
    if found.safe:
        return "jail"
    missing = [found.sentence(layer) for layer in found.missing if layer in NEEDED[Tier.JAIL]]
    said = (REFUSED, *missing, INSTEAD)
    raise SandboxUnavailable("\n".join(text.en for text in said), ja="\n".join(text.ja for text in said))


REFUSED = Text(
    en="Other people's notebooks are not run here, because they could do whatever you can do.",
    ja="ここでは他人のノートブックを実行しません。あなたと同じ権限で何でもできてしまうためです。",
)
INSTEAD = Text(
    en="If you have read them all and trust them: --no-sandbox. The reports will say so.",
    ja="すべて目を通して信用できる場合は --no-sandbox を付けてください。その旨はレポートに記録されます。",
)
