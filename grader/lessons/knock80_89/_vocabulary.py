"""Small corpora for problem 80, and readings of vocabularies and id lists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from grader.checks import Draw, Failure, Text

TIMES = (11, 8, 7, 5, 4, 2)  # how often each frequent word occurs: no ties, so that the ranks are unique
SINGLES = 4


def words(draw: Draw, count: int) -> list[str]:
    """Invented words of three syllables: lower-case letters, no stop words, nothing a tokenizer would split."""
    syllables = [c + v for c in "bdgkmnprtz" for v in "aou"]
    found: dict[str, None] = {}
    while len(found) < count:
        found["".join(draw.sample(syllables, 3))] = None
    return list(found)


def corpus(draw: Draw, with_numbers: bool = False) -> tuple[list[str], dict[str, int]]:
    """Titles as strings, and how often each word occurs.

    Two frequent words keep to a single title each: who counts titles instead of occurrences misses them. with_numbers: one
    frequent word is a year, which is a word as any other.
    """
    pool = words(draw, len(TIMES) + SINGLES)
    if with_numbers:
        pool[2] = str(draw.number(1900, 2100))
    counts = dict(zip(pool, (*TIMES, *[1] * SINGLES), strict=True))
    second, last = pool[1], pool[len(TIMES) - 1]
    loose = [word for word, count in counts.items() for _ in range(count) if word not in (second, last)]
    loose = draw.sample(loose, len(loose))
    titles = [loose[i : i + 3] for i in range(0, len(loose), 3)]
    titles[0] = [second] * counts[second] + titles[0]
    titles[1] = [last, *titles[1], last]
    return [" ".join(titles[i]) for i in range(len(titles))], counts


def corpus_with_ties(draw: Draw) -> tuple[list[str], dict[str, int]]:
    """Three hundred words and more of which many are equally frequent, and a few seen once: so many ids need more than eight bits."""
    pool = words(draw, 300 + draw.number(1, 40))
    frequent = len(pool) - 11
    counts = {word: 2 + (frequent - place) // 40 if place < frequent else 1 for place, word in enumerate(pool)}
    loose = [word for word, count in counts.items() for _ in range(count)]
    loose = draw.sample(loose, len(loose))
    return [" ".join(loose[i : i + 13]) for i in range(0, len(loose), 13)], counts


def vocabulary(value: Any) -> dict[str, int]:
    """A mapping from word to rank; words stored with 0 count as absent."""
    return {word: number for word, number in all_entries(value).items() if number != 0}


def all_entries(value: Any) -> dict[str, int]:
    """The same, with the words that are stored with 0."""
    if not isinstance(value, dict):
        kind = getattr(value, "type_name", type(value).__name__)
        raise Failure(
            Text(
                en=f"build_vocab should return a dict from word to id, but returned a value of type {kind}.",
                ja=f"build_vocab は単語から ID への辞書を返すはずですが、{kind} 型の値が返りました。",
            )
        )
    ranks = {}
    for word, rank in value.items():
        number = whole(rank)
        if not isinstance(word, str) or number is None:
            raise Failure(
                Text(
                    en=f"The dict should lead from a word (str) to its id (int), but it holds {word!r:.40}: {rank!r:.40}.",
                    ja=f"辞書は単語（str）から ID（int）を引けるはずですが、{word!r:.40}: {rank!r:.40} が入っています。",
                )
            )
        ranks[word] = number
    return ranks


def whole(value: Any) -> int | None:
    """An int where `value` is a whole number in any dress."""
    if isinstance(value, Tensor) and value.numel() == 1 and not value.is_complex():
        value = value.item()
    if hasattr(value, "size") and hasattr(value, "item") and value.size == 1:
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        return None
    return int(value) if abs(value) < 2**53 and int(value) == value else None


def id_list(length: int) -> Callable[[Any], Tensor]:
    """A list, tuple, array, tensor or space-joined string of `length` whole numbers, read as an int64 tensor."""

    def view(value: Any) -> Tensor:
        parts = items(value)
        numbers = [whole(part) for part in parts] if parts is not None else [None]
        if any(number is None for number in numbers):
            raise Failure(
                Text(
                    en=f"to_ids should return a list of whole numbers, but returned {value!r:.80}.",
                    ja=f"to_ids は整数のリストを返すはずですが、{value!r:.80} が返りました。",
                )
            )
        if len(numbers) != length:
            raise Failure(
                Text(
                    en=f"There are {length} words, so there should be {length} ids, but there are {len(numbers)}.",
                    ja=f"単語は {length} 個なので ID も {length} 個のはずですが、{len(numbers)} 個でした。",
                ),
                Text(
                    en="Every word has an id, also one that is not in the vocabulary or occurs twice.",
                    ja="語彙にない単語にも、繰り返し出てくる単語にも、それぞれ ID が 1 つ付きます。",
                ),
            )
        return torch.tensor(numbers)

    return view


def items(value: Any) -> list[Any] | None:
    """The elements of anything list-like."""
    if isinstance(value, str):
        return [int(part) if part.lstrip("-").isdigit() else part for part in value.split()]
    if hasattr(value, "reshape") and hasattr(value, "tolist"):
        flat = value.reshape(-1).tolist()
        return flat if isinstance(flat, list) else None
    return list(value) if isinstance(value, list | tuple) else None
