"""Sizes that a class does not take apart: one hidden size for query, keys and scores, a feed-forward width of four times the model's.

A check that draws its sizes has to ask for these together; `Student.sized` does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from torch import Tensor

from grader.matching.match import Match, SizeRule
from grader.model import Probe

VOCABULARIES = ("vocab_size", "src_vocab", "tgt_vocab")
MODELS = (Probe.LANGUAGE_MODEL, Probe.ONE_TEXT, Probe.TWO_TEXTS)
MATRICES = 4  # of a block: an attention's and a feed-forward network's, fused or not


def tied(match: Match, weights: dict[str, Tensor], values: dict[str, Any]) -> tuple[SizeRule, ...]:
    """Sizes that a class does not take apart, such as one hidden size for query, keys and scores."""
    if match.probe in (Probe.BLOCK, *MODELS):
        inside = (*heads(match, weights, values), *inner_width(match, weights, values), *one_vocabulary(match))
        return (*inside, *layers(match, weights), *places(match, weights, values))
    if match.probe is not Probe.QUERY_OVER_KEYS:
        return ()
    found = [] if "key_size" in match.accepts else [("key_size", "query_size", 1)]
    if "attn_size" not in match.accepts:
        vectors = [max(w.shape) for w in weights.values() if w.dim() in (1, 2) and w.numel() == max(w.shape) > 1]
        of_keys = values["key_size"] in vectors and values["query_size"] not in vectors
        found.append(("attn_size", "key_size" if of_keys else "query_size", 1))
    return tuple(found)


def heads(match: Match, weights: dict[str, Tensor], values: dict[str, Any]) -> Iterator[SizeRule]:
    """How many heads a model has that nobody asks for a number, and a width that they divide: where each has its own matrices."""
    if match.probe not in MODELS or "num_heads" in match.accepts or "d_model" not in match.accepts:
        return
    width = values["d_model"]
    alone = {
        w.shape[0]
        for name, w in weights.items()
        if w.dim() == 2 and w.shape[1] == width and re.search(r"\.\d+\.\w+\.weight$", name)
    }
    found = [n for n in alone if n < width and width % n == 0]
    if len(found) == 1:
        number = width // found[0]
        yield ("d_model", "", 5 * number)
        yield ("num_heads", "", number)


def one_vocabulary(match: Match) -> Iterator[SizeRule]:
    """One number of words for both texts: `Transformer(vocab_size, d_model, ...)`."""
    if match.probe is Probe.TWO_TEXTS and "tgt_vocab" not in match.accepts:
        yield ("tgt_vocab", "src_vocab", 1)


def inner_width(match: Match, weights: dict[str, Tensor], values: dict[str, Any]) -> Iterator[SizeRule]:
    """The width of the feed-forward network where nobody asks for it: so many times the model's, or a number of its own."""
    if "d_ff" in match.accepts:
        return
    width = values["d_model"]
    shapes = {tuple(w.squeeze().shape) for w in weights.values()}
    inner = {s[0] for s in shapes if len(s) == 2 and s[1] == width and (width, s[0]) in shapes and s[0] != width}
    multiples = [n // width for n in sorted(inner) if n % width == 0]
    other = [n for n in sorted(inner) if n % width]
    factor = next((n for n in (4, 2) if n in multiples), multiples[0] if multiples else 4)
    yield ("d_ff", "", other[0]) if other and not multiples else ("d_ff", "d_model", factor)


def places(match: Match, weights: dict[str, Tensor], values: dict[str, Any]) -> Iterator[SizeRule]:
    """How many places a table of learned positions has that nobody is asked for: `nn.Embedding(cfg["context"], width)`."""
    if match.probe not in MODELS or "max_len" in match.accepts or "max_len" not in match.roles:
        return
    width, words = values["d_model"], {values.get(role) for role in VOCABULARIES}
    outside = [w.squeeze() for name, w in weights.items() if not re.search(r"\.\d+\.", name)]
    rows = {w.shape[0] for w in outside if w.dim() == 2 and w.shape[1] == width} - {width, *words}
    if len(rows) == 1:
        yield ("max_len", "", rows.pop())


def layers(match: Match, weights: dict[str, Tensor]) -> Iterator[SizeRule]:
    """How many blocks a model has that nobody asks for a number: those with several matrices under one number."""
    if match.probe not in MODELS or "num_layers" in match.accepts:
        return
    found: dict[str, dict[str, int]] = {}
    for name, weight in weights.items():
        stack, dot, rest = re.sub(r"\.(\d+)\.", r"|\1|", name, count=1).partition("|")
        if dot and weight.dim() >= 2:
            counted = found.setdefault(stack, {})
            number = rest.partition("|")[0]
            counted[number] = counted.get(number, 0) + 1
    stacks = [sum(1 for n in counted.values() if n >= MATRICES) for counted in found.values()]
    if any(stacks):
        yield ("num_layers", "", max(stacks))
