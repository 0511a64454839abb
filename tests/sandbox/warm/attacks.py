"""All hostile notebooks, as data.

A cell that gets what it wants prints LOST and what it got. After each of them the harness also looks at the neighbours,
the warm process and the machine, so an attack need not say more than what is particular to it.
"""

from __future__ import annotations

from tests.sandbox.warm.attack import Attack as Attack
from tests.sandbox.warm.attacks_on_kernel import CALLS, LINES, OTHERS, PLACES
from tests.sandbox.warm.attacks_on_machine import BOMBS, CRASHING, HANGING
from tests.sandbox.warm.attacks_on_others import ESCAPING, NETWORK, POISONING, READING, WRITING

ATTACKS = (
    *HANGING,
    *CRASHING,
    *BOMBS,
    *READING,
    *WRITING,
    *NETWORK,
    *ESCAPING,
    *POISONING,
    *CALLS,
    *OTHERS,
    *PLACES,
    *LINES,
)
