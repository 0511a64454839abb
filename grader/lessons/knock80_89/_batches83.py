"""Batches as the student makes them, for problem 83."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from grader.checks import CallFailed, Draw, Failure, Student, Text, Unmatched, properties
from grader.lessons.knock80_89 import _training as training
from grader.lessons.knock80_89._sizes import TOO_FEW_WORDS

VOCABULARY = 40  # word ids 1..40 in the judge's titles
FAR = 5_000_000  # an id beyond those of all words and paddings
IDS = Text(en="ids, the first thing that collate returns,", ja="collate の 1 つ目の戻り値 ids ")
LABELS = Text(en="labels, the second thing that collate returns,", ja="collate の 2 つ目の戻り値 labels ")
ROWS = Text(
    en="Walk three titles of 2, 5 and 3 words through: a list of ids (T,) → one row each, all Tmax = 5 long, the rest filled with padding_idx → (3, 5); "
    "labels (3,) in the same order. Print ids and labels beside the batch.",
    ja="2 語・5 語・3 語の題名で追ってみましょう: ids (T,) のリスト → どの行も Tmax = 5 にそろえ、余りを padding_idx で埋めて (3, 5)。labels は同じ順番で (3,)。"
    "ids と labels を元のバッチの隣に表示しましょう。",
)


def uneven(draw: Draw, count: int) -> list[training.Title]:
    """Titles of distinct lengths in no order of length, with distinct words and labels that betray the row."""
    lengths = draw.sample(range(2, 2 + 2 * count), count)
    if lengths == sorted(lengths) or lengths == sorted(lengths, reverse=True):
        lengths = [*lengths[1:], lengths[0]]
    batch = [(draw.permutation(VOCABULARY)[:length] + 1, 10 + row) for row, length in enumerate(lengths)]
    # Each word stands in some title: whatever a padding is taken from the words, it is seen to be one.
    everything = (torch.arange(VOCABULARY) + 1, 10 + count)
    return [*batch, everything]


def batch_of(batch: list[training.Title]) -> Callable[[Any], dict[str, Tensor]]:
    """What collate returns, with everything that is no word as -1."""

    def view(value: Any) -> dict[str, Tensor]:
        parts = list(value.values()) if isinstance(value, dict) else value
        if not isinstance(parts, list | tuple) or len(parts) < 2:
            raise Failure(
                Text(
                    en="collate should return the ids and the labels.",
                    ja="collate は ids と labels の 2 つを返すはずです。",
                ),
                ROWS,
            )
        ids, labels = whole(parts[0], IDS), whole(parts[1], LABELS)
        longest = max(len(title) for title, _ in batch)
        if ids.dim() != 2 or ids.shape[0] != len(batch):
            properties.has_shape(ids, (len(batch), longest), IDS, "(B, Tmax)")
        properties.has_shape(labels, (len(batch),), LABELS, "(B,)")
        known = (ids >= 1) & (ids <= VOCABULARY)
        return {
            "ids": torch.where(known, ids, -1),
            "labels": labels,
            "fill": torch.tensor(sorted(set(ids[~known].tolist()))),
        }

    return view


def whole(value: Any, what: Text) -> Tensor:
    """Whole numbers as an int64 tensor. Raises Failure."""
    if isinstance(value, list | tuple) and all(isinstance(v, int) for v in value):
        value = torch.tensor(value, dtype=torch.int64)
    if hasattr(value, "__array__") and not isinstance(value, Tensor):
        value = torch.as_tensor(value)
    tensor = properties.is_tensor(value, what)
    if tensor.is_floating_point() or tensor.is_complex():
        raise Failure(
            Text(
                en=f"{properties.sentence(what.en)} should hold whole numbers, but its dtype is {tensor.dtype}.",
                ja=f"{what.ja}は整数のはずですが、dtype は {tensor.dtype} でした。",
            ),
            ROWS,
        )
    return tensor.long()


def collated(student: Student, draw: Draw) -> tuple[list[training.Title], dict[str, Tensor]]:
    """What becomes of a batch, of an odd or an even size."""
    batch = uneven(draw, draw.number(4, 8))
    return batch, student.call("collate", batch, view=batch_of(batch))


def own_words(student: Student) -> tuple[str, dict[Any, Any]] | None:
    """The vocabulary that the notebook's own `to_ids` reads, with its name; None where there is none that can be read."""
    name = student.own_global("to_ids", "vocab")
    if name is None:
        return None
    with student.unrecorded():
        try:
            vocab = student.value(name)
        except CallFailed:
            return None
    return (name, vocab) if isinstance(vocab, dict) else None


def is_none_of_its_words(student: Student, fill: list[int]) -> bool:
    """Whether the notebook's own vocabulary shows that what fills up the rows is no word of its own; False where it tells nothing.

    fill: what fills them up and is no word of the judge's. Raises Failure where it is the id of a word; Unmatched where the
    notebook found hardly a word in the data that are here, so that the id which it chose says nothing.
    """
    found = own_words(student)
    if found is None or len(fill) > 1:
        return False
    name, vocab = found
    if not fill and len(vocab) < VOCABULARY:
        raise Unmatched("the vocabulary is too small", TOO_FEW_WORDS)
    fill = fill or fill_of_far_titles(student)
    word = next((str(word) for word, n in vocab.items() if type(n) is int and n > 0 and [n] == fill), None)
    if word is None or word.strip("[]<>(){}_") != word:  # "<pad>" is no word
        return len(fill) == 1
    raise Failure(
        Text(
            en=f"Short titles are filled up with the id {fill[0]}, which is that of the word “{word}” in `{name}`, so padding "
            "cannot be told from it.",
            ja=f"短い題名が ID {fill[0]} で埋められていますが、これは `{name}` で単語「{word}」の ID です。パディングとこの単語の区別がつきません。",
        ),
        Text(
            en="The words' ids begin at 1, so of V words the last has the id V: the first free number is V + 1. How many rows does the "
            "embedding need then?",
            ja="単語の ID は 1 から始まるので、V 語あれば最後の単語の ID は V です。空いている最初の番号は V + 1 です。埋め込みには何行必要になりますか。",
        ),
    )


def fill_of_far_titles(student: Student) -> list[int]:
    """What fills up titles of words whose ids are larger than any padding's."""
    batch = [(torch.arange(1, 2 + 3 * row) + FAR, row) for row in range(3)]
    with student.unrecorded():
        ids = student.call("collate", batch, view=far_ids)
    return sorted({number for number in ids.flatten().tolist() if number <= FAR})


def far_ids(value: Any) -> Tensor:
    """The ids that collate returns, whatever fills them up."""
    parts = list(value.values()) if isinstance(value, dict) else value
    return whole(parts[0] if isinstance(parts, list | tuple) and parts else None, IDS)


def holds(row: Tensor, title: Tensor) -> bool:
    """The title's words in a row, with padding before or after them only."""
    room = len(row) - len(title)
    for before in {0, room}:
        inside = row[before : before + len(title)]
        outside = torch.cat([row[:before], row[before + len(title) :]])
        if torch.equal(inside, title) and len(set(outside.tolist())) <= 1:
            return True
    return False


def order(batch: list[training.Title], ids: Tensor) -> list[int | None]:
    """For each row the title that it holds."""
    return [next((i for i, (title, _) in enumerate(batch) if holds(row, title)), None) for row in ids]
