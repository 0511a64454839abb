"""What moves the encoder's output: words on both sides, their order, their segments."""

from __future__ import annotations

import torch
from torch import Tensor

from grader.checks import Draw, Failure, Student, Text, properties
from grader.lessons.bert._masked_models import encoder
from grader.lessons.bert._reader import Reader
from grader.lessons.bert._simple_encoder import MOVED, STILL, change

ALIKE = 1e-5  # of right positions no two are nearer than 4e-5, also where the table is drawn small


def sees_both_sides(student: Student, draw: Draw) -> None:
    """Raises Failure where a word in the middle moves nothing at some other position."""
    reader = encoder(student, draw)
    middle = reader.ids.shape[1] // 2
    moved = change(reader.read(), reader.read(reader.other(middle)))
    before, after = moved[:middle], moved[middle + 1 :]
    if (before > STILL).all() and (after > STILL).all():
        return
    blind = "later" if (after > STILL).all() else "earlier" if (before > STILL).all() else "other"
    japanese = {"later": "後ろの", "earlier": "前の", "other": "ほかの"}[blind]
    raise Failure(
        Text(
            en=f"After the word at position {middle} was exchanged, some positions that should see it gave the same output: "
            f"they do not see {blind} words.",
            ja=f"位置 {middle} の単語を変えても、出力の変わらない位置があります。{japanese}単語が見えていません。",
        ),
        Text(
            en="The whole sentence is given. Is there a mask that should not be?",
            ja="文は最初から全部与えられています。余計なマスクが付いていませんか。",
        ),
        misconception="causal_mask_left_in" if blind == "later" else None,
    )


def in_this_order(reader: Reader) -> None:
    """Raises Failure where the sentence read backwards gives the same."""
    if properties.close(reader.read(), reader.read(reader.ids.flip(1)).flip(1)):
        raise Failure(
            Text(
                en="The sentence read backwards gives the same outputs, backwards: the order is not seen.",
                ja="文を逆順にしても、出力が逆順に並ぶだけでした。並び順が見えていません。",
            ),
            Text(
                en="Which of the three embeddings carries the order?",
                ja="3 つの埋め込みのうち、順序を伝えるのはどれでしょう。",
            ),
            misconception="no_positions",
        )


def tells_late_places_apart(reader: Reader, draw: Draw) -> None:
    """Raises Failure where some places of a long sentence are alike.

    In a sentence of one word they give the same, and so does another word that stands at either of them: positions that tell only
    how far apart two words are give the same in the first.
    """
    longest = reader.sizes["max_len"]
    common, rare = draw.sample(range(reader.words), 2)
    seen = reader.read(torch.full((1, longest), common))[0]  # (T, D)
    far = torch.cdist(seen, seen, compute_mode="donot_use_mm_for_euclid_dist").fill_diagonal_(torch.inf)
    nearest = far.min(dim=1)
    twins = (nearest.values < ALIKE).nonzero().flatten().tolist()
    if len(twins) < 4:
        return
    one = twins[-1]
    other = int(nearest.indices[one])
    rows = torch.full((2, longest), common)
    rows[0, one], rows[1, other] = rare, rare
    again = reader.read(rows)
    if (again[0, one] - again[1, other]).norm() < ALIKE:
        raise Failure(
            Text(
                en=f"In a sentence of {longest} words it makes no difference whether a word stands at {other} or at {one}: some positions are alike.",
                ja=f"{longest} 語の文で、ある単語が位置 {other} にあっても {one} にあっても結果が同じです。区別されていない位置があります。",
            ),
            Text(
                en="Print the numbers by which the positions are looked up, for a long sentence. Up to max_len no two are alike.",
                ja="長い文で、位置の埋め込みを引く番号を表示してみましょう。max_len までは、どれも違う番号のはずです。",
            ),
        )


def tells_segments_apart(student: Student, draw: Draw) -> tuple[Reader, Tensor, Tensor]:
    """An encoder, a mask, and how it reads when all is of the first segment. Raises Failure where another segment moves nothing."""
    reader = encoder(student, draw)
    ids, time = reader.ids, reader.ids.shape[1]
    mask, first = torch.ones_like(ids, dtype=torch.bool), torch.zeros_like(ids)
    second = (torch.arange(time) > time // 2).long().expand_as(ids).contiguous()
    one = reader.read(ids, mask, first)
    if not (change(one, reader.read(ids, mask, second)) > MOVED).any():
        raise Failure(
            Text(
                en="The outputs are the same whatever segments says.",
                ja="segments を変えても出力が変わりませんでした。",
            ),
            Text(en="Three embeddings are added.", ja="足し合わせる埋め込みは 3 つです。"),
            misconception="segments_ignored",
        )
    return reader, mask, one
