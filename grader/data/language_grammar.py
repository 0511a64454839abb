"""Fill the slots of a template, and remember where each filling stands.

A template is Japanese prose with slots in braces: "{family1}さんは{spot1}で{family2}さんを待った。"
A slot's name is a rule's name and an optional number. The same slot keeps its filling through the whole
scene, so a name told in the first sentence comes back in the last; two numbers of one rule never get the
same filling. A rule's own alternatives may hold slots too ("{digit}{digit}{digit}"): those are drawn afresh
each time, which is how a telephone number or the name of a cat is made up.

Sources of chance: one `random.Random` handed in. Only `randrange` is used, through `pick`, whose stream has been the
same on every Python 3.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

Rules = Mapping[str, Sequence[str]]
_SLOT = re.compile(r"\{([a-z_]+)([0-9]*)\}")
_TRIES = 200


@dataclass(frozen=True)
class Span:
    """Characters `start` to `end` (exclusive) of a told text, which fill `slot`."""

    slot: str
    start: int
    end: int

    @property
    def rule(self) -> str:
        """The rule behind the slot: "family" for "family2"."""
        return self.slot.rstrip("0123456789")


@dataclass(frozen=True)
class TextWithSlots:
    """A text, and where the slots of its templates were filled, in order of appearance."""

    text: str
    spans: tuple[Span, ...]


def pick(rng: Random, options: Sequence[str]) -> str:
    """One of the options, each as likely."""
    return options[rng.randrange(len(options))]


def fill(template: str, rules: Rules, rng: Random) -> str:
    """The template with every slot drawn afresh; for the inside of rules, where nothing has to be remembered."""
    return _SLOT.sub(lambda found: fill(pick(rng, rules[found[1]]), rules, rng), template)


def tell(templates: Sequence[str], rules: Rules, rng: Random, memory: dict[str, str] | None = None) -> TextWithSlots:
    """The templates one after the other, as one text; `memory` (slot -> filling) is read and added to."""
    known = {} if memory is None else memory
    pieces: list[str] = []
    spans: list[Span] = []
    length = 0
    for template in templates:
        done = 0
        for found in _SLOT.finditer(template):
            before, filling = template[done : found.start()], _recall(found, rules, rng, known)
            start = length + len(before)
            spans.append(Span(found[1] + found[2], start, start + len(filling)))
            pieces += (before, filling)
            length = start + len(filling)
            done = found.end()
        pieces.append(template[done:])
        length += len(template) - done
    return TextWithSlots("".join(pieces), tuple(spans))


def _recall(found: re.Match[str], rules: Rules, rng: Random, known: dict[str, str]) -> str:
    """What the slot was filled with before, or something that no other slot of its rule holds."""
    rule, slot = found[1], found[1] + found[2]
    if slot not in known:
        taken = {filling for other, filling in known.items() if other.rstrip("0123456789") == rule}
        for _ in range(_TRIES):
            filling = fill(pick(rng, rules[rule]), rules, rng)
            if filling not in taken:
                break
        else:
            raise ValueError(f"rule {rule!r} has too few alternatives for one more slot, {slot!r}")
        known[slot] = filling
    return known[slot]
