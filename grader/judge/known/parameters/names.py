"""How alike two names of parameters are: `layers.0.attn.q_proj.weight` and `blocks.0.attention.w_q.weight`."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import cache, lru_cache

LONGEST = 200  # characters of a name; what it says of role and number stands at its end
ROLES = {
    "gamma|gain|scale|alpha|(?<![a-z])a_2": "weight",
    "beta|shift|(?<![a-z])b_2": "bias",
    "quer(y|ies)": "q",
    "keys?": "k",
    "values?": "v",
    "out(put)?_?proj|output|out|proj(?!_)": "o",
}


@lru_cache(maxsize=65536)
def likeness(one: str, other: str) -> float:
    """How alike two parameter names are, above all in role and number; ties keep the order of declaration (sorted is stable)."""
    one, other = plain(one[-LONGEST:]), plain(other[-LONGEST:])
    alike = SequenceMatcher(None, one, other, autojunk=False).ratio()
    mine, theirs = role(one), role(other)
    alike += (1 if mine == theirs else -1) if mine and theirs else 0
    for weight, a, b in zip((1.0, 0.5), places(one), places(other), strict=False):
        alike += weight if a == b else -weight
    return alike


def role(name: str) -> str:
    """q, k, v or o, where the innermost step of the path that says one says it first; else nothing."""
    # w_q.weight, attn.q, k_proj, wv.bias: the letter of the projection
    found = [re.search(r"(?:^|_)w?([qkvo])(?=_|\d|$)", step) for step in reversed(name.split("."))]
    return next((match[1] for match in found if match), "")


@cache
def plain(name: str) -> str:
    """Lower case, with the usual words for the same role made one."""
    name = name.lower()
    for words, word in ROLES.items():
        name = re.sub(words, word, name)
    return name


@cache
def places(name: str) -> tuple[int, ...]:
    """The numbers in a path, counted from 0: `sublayer.0` and `norm1` are both the first of their kind."""
    # layers.0.ln1.weight is (0, 0)
    found = re.finditer(r"(^|[^\d])(\d+)(?=([^\d])|$)", name)
    alone = [(int(m[2]), m[1] in ("", ".") and m[3] in (None, ".")) for m in found]
    return tuple(number if step else number - 1 for number, step in alone)


def common(one: str, other: str) -> int:
    """How many leading steps two dotted paths share."""
    return next((i for i, (a, b) in enumerate(zip(one.split("."), other.split("."), strict=False)) if a != b), 0)


def layer_of(name: str) -> str:
    return name.rpartition(".")[0]


@cache
def template(name: str) -> str:
    return re.sub(r"\d+", "#", name)


def numbers(name: str) -> list[str]:
    return re.findall(r"\d+", name)
