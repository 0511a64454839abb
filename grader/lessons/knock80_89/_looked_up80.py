"""What is said of ids that are not those of the words."""

import torch
from torch import Tensor

from grader.checks import Failure, Text

LOOKED_UP = Text(
    en="Take a title of four words of which the second is unknown and the fourth is the first once more: four ids come out, the second is 0, and the first and "
    "the last are the same. For each word alone: vocab.get(word, 0).",
    ja="4 語の題名で、2 語目が未知語、4 語目が 1 語目と同じ場合を考えましょう。ID は 4 つ、2 つ目が 0、1 つ目と 4 つ目が同じになります。単語ごとに vocab.get(word, 0) です。",
)


def raise_unless(found: Tensor, due: Tensor, sentence: list[str], vocab: dict[str, int]) -> None:
    """Raises Failure at the first word, unknown ones before all others, that has another id than is due."""
    off = (found != due).nonzero().flatten().tolist()
    if not off:
        return
    place = next((i for i in off if sentence[i] not in vocab), off[0])
    if int(due[place]):
        words_en = (
            f"A known word behind an unknown one should have its id {int(due[place])}, but has {int(found[place])}."
        )
        words_ja = (
            f"未知語の後ろにある単語の ID は {int(due[place])} のはずですが、{int(found[place])} になっています。"
        )
    else:
        words_en = f"An unknown word should become 0, but became {int(found[place])}."
        words_ja = f"語彙にない単語は 0 になるはずですが、{int(found[place])} になりました。"
    raise Failure(Text(en=words_en, ja=words_ja), LOOKED_UP, misconception=way_with_the_unknown(found, due))


def way_with_the_unknown(found: Tensor, due: Tensor) -> str | None:
    """The mistake that gives these ids: zeros from the first unknown word on, or the id before it once more."""
    first = int((due == 0).int().argmax())
    stopped = due * (torch.arange(len(due)) < first)
    repeated = due.clone()
    for i in range(1, len(due)):
        repeated[i] = due[i] or repeated[i - 1]
    return (
        "stops_at_the_unknown" if torch.equal(found, stopped) else "id_before" if torch.equal(found, repeated) else None
    )
