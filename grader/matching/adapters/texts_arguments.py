"""Which of the parameters of an encoder-decoder is which text, which mask, or what the encoder has made, as far as their names say.

def forward(self, src, trg, src_mask, tgt_mask);  def decode(self, encoder_output, src_mask, tgt, tgt_mask)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from grader.matching.adapters.attention_arguments import is_mask
from grader.matching.vocabulary import squeezed, words

OF_TARGET = re.compile(r"^(tgt|trg|target|dec|out|y|d_?mask)|look|causal|subsequent|peak|future|tril")
OF_MEMORY = re.compile(r"mem|cross|encdec|decenc|e_outputs|context")
SAYS_NOTHING = words("mask attnmask attentionmask")
# What a decoder is handed of the source: encoder_output, enc_src, memory
READ = re.compile(r"mem|context|enc\w{0,20}_?(?:out|src|state|hid)|^e_outputs")


def orders(plain: Sequence[tuple[str, bool]]) -> Iterator[tuple[str, ...]]:
    """The role of each parameter of `forward`: what it cannot do without first, then all that is known."""
    roles = roles_of([name for name, _ in plain])
    if roles is None:
        return
    required = max((n + 1 for n, (_, optional) in enumerate(plain) if not optional), default=0)
    known = max(n + 1 for n, role in enumerate(roles) if role != "none")
    found = (roles[: max(required, 2)], roles[: max(required, known)])
    # dec_mask (B, T), beside a triangle that the decoder has itself
    of_words = tuple(tuple("target words" if role == "past" else role for role in order) for order in found)
    # forward(self, enc_input, dec_input, mask), which hides the future
    silent = [n for n, (name, _) in enumerate(plain) if squeezed(name) in SAYS_NOTHING]
    of_past = tuple(tuple("past" if n in silent else role for n, role in enumerate(order)) for order in found)
    yield from dict.fromkeys((*found, *of_words, *of_past))


def roles_of(names: Sequence[str]) -> tuple[str, ...] | None:
    """What each of these parameters is, "none" for what the contract has nothing for; None where there are no two texts."""
    masks = [n for n in names if is_mask(n)]
    texts = list(dict.fromkeys(n for n in names if n not in masks and "len" not in n.lower()))[:2]
    if len(texts) < 2:
        return None
    turned = of_target(texts[0]) and not of_target(texts[1])
    src, tgt = reversed(texts) if turned else texts
    padding = any("pad" in n.lower() and not of_target(n) for n in masks)
    found: list[str] = []
    for name in names:
        role = "src" if name == src else "tgt" if name == tgt else "none"
        if role == "none" and "len" in name.lower() and not of_target(name):
            role = "lengths"
        found.append(of_mask(squeezed(name), padding) if name in masks else role)
    return tuple(found)


def of_target(name: str) -> bool:
    return bool(OF_TARGET.search(name.lower()))


def of_mask(name: str, padding: bool) -> str:
    """Which mask a parameter of this squeezed name is. padding: another one tells which words of the source are padding."""
    pad = "pad" in name
    if OF_MEMORY.search(name):
        return "source words" if pad or not padding else "none"
    if of_target(name):
        return "target words" if pad else "past"
    return "source words" if pad or not padding else "all of the source"


def roles_of_halves(reads: Sequence[str], writes: Sequence[str]) -> tuple[str, ...] | None:
    """As `roles_of`, of the parameters of `encode` and then those of `decode`, one of which is what the encoder has made: "memory"."""
    memory = next((name for name in writes if READ.search(name.lower()) and not is_mask(name)), None)
    roles = roles_of([*reads, *(name for name in writes if name != memory)]) if memory else None
    if roles is None:
        return None
    place = len(reads) + writes.index(str(memory))
    return (*roles[:place], "memory", *roles[place:])
