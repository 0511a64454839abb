r"""Signs of an exercise in code: what its answer looks like where no heading says so.

SIGNS = (sign(r"^class\s+\w*CNN\w*\(", "a class with a convolution", "畳み込みのあるクラス", rank=30),)
"""

from __future__ import annotations

import re

from grader.model import Sign, Text, Trace

# The head of the first class of modules, and whatever follows it: `class CNN(nn.Module): ... nn.Conv1d(`. (?>...): where
# nothing follows the first one, nothing follows any, so no other is tried.
MODULE = r"\A(?>[\s\S]*?^class\s+\w+\s*\([^)]{0,300}Module\w*\))[\s\S]*?"


def sign(pattern: str, en: str, ja: str, rank: int = 1000, after: str = "", within: bool = False) -> Sign:
    """A pattern of code, searched line by line in a cell without its comments. `en`, `ja` describe it for the documentation.

    rank: signs are tried from the lowest rank on, and the first that fits decides, so what is more special ranks lower.
    after: tried only once this other exercise has been met. within: says so only in a notebook of this lesson: `def train` is
    met in all of them.
    """
    bounded = pattern.replace(r"\w*", r"\w{0,60}")  # `class CNNCNNCNN...`: a name may be as long as the file
    return Sign(re.compile(bounded, re.MULTILINE), Text(en=en, ja=ja), rank, after, within)


INSIDE = Text(
    en="Something of this kind stands inside other code, where it cannot be asked by itself, so a person looks at it.",
    ja="この種の処理は他のコードの中に書かれていて、単独では試せません。人が確認します。",
)


def trace(pattern: str, en: str = "", ja: str = "", of: str = "", outside: bool = False, alone: bool = False) -> Trace:
    """A pattern of code that work of one kind has, searched in all code of a hand-in. `en`, `ja`: what is told of it.

    It says only that the exercise may be answered inside something larger, so that nobody calls it not attempted:
    `F.scaled_dot_product_attention(q, k, v, is_causal=True)` for a causal mask.

    of: one of the contract's names. Such a trace has to be as wide as anything that may answer to it, since where nothing of it is
    found, it is said that nothing does it. outside: searched only outside of what models compute: no perplexity without a power of
    something, but a `forward` has powers of its own.

    alone: so clear that a person is told of it in a hand-in that was taken for another lesson, too: AutoModelForMaskedLM.
    """
    told = Text(en=en, ja=ja) if en else INSIDE
    return Trace(re.compile(pattern, re.MULTILINE), told, explains=bool(en), of=of, outside=outside, alone=alone)
