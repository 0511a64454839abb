"""What a name says that is put together of common words: `max_positional_embeddings`, `num_hidden_layers`, `source_vocabulary_size`.

Nobody can list such names. Each size has words of which one must stand there, and words that may stand around them; another
word, and the name says something else: `pos_emb_dim` is no length, `head_dim` no number of heads.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from grader.matching.vocabulary import SHORT, words

# The same word: `MaxPositionalEmbeddings`, `max_pos_emb`. An encoder reads the source here, and a decoder writes the target.
SAME = SHORT | {
    "embeds": "emb", "positions": "position", "positional": "position", "pos": "position", "voc": "vocab",
    "vocabs": "vocab", "tokens": "token", "tok": "token", "toks": "token", "heads": "head", "layers": "layer",
    "blocks": "block", "segments": "segment", "seg": "segment", "types": "segment", "type": "segment", "n": "num",
    "no": "num", "nb": "num", "nr": "num", "count": "num", "of": "num", "total": "num", "dims": "dim", "d": "dim",
    "width": "dim", "units": "dim", "features": "dim", "hiddens": "hid", "sequence": "seq", "maximum": "max",
    "encoder": "src", "enc": "src", "input": "src", "decoder": "tgt", "dec": "tgt", "output": "tgt", "out": "tgt",
    "att": "attn", "forward": "ff", "feed": "ff", "mlp": "ff", "intermediate": "ff", "inner": "ff", "network": "ff",
    "ctx": "context",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Composed:
    """groups: of each, one word must stand in the name. beside: all that may."""

    groups: tuple[frozenset[str], ...]
    beside: frozenset[str]


def composed(groups: Iterable[str], beside: str) -> Composed:
    made = tuple(frozenset(words(group)) for group in groups)
    return Composed(made, frozenset(words(beside)).union(*made))


COMPOSED = {
    "vocab_size": composed(["vocab token"], "num size len dim"),
    "src_vocab": composed(["vocab token", "src"], "num size len dim"),
    "tgt_vocab": composed(["vocab token", "tgt"], "num size len dim"),
    "d_model": composed(["model emb", "size dim"], "token"),
    "d_ff": composed(["ff"], "num size dim hid layer"),
    "num_heads": composed(["head"], "num attn self multi"),
    "num_layers": composed(["layer block", "num transformer"], "hid attn"),
    "max_len": composed(["position seq context text sentence", "max len num"], "size emb token"),
    # of one text of two, or of one stack
    "lengths": composed(["src tgt", "position seq context text sentence len", "max len num"], "size emb token"),
    "stacks": composed(["layer block", "src tgt"], "num"),
    "n_segments": composed(["segment"], "num size vocab token emb"),
}  # fmt: skip


@cache
def words_of(name: str) -> frozenset[str]:
    """The words of a name, those that say the same as one: `maxPositionEmbeddings` is max, position, emb."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.rpartition(".")[2])
    found = (part for part in apart.lower().split("_") if part)
    return frozenset(SAME.get(part, part) for part in found)


@cache
def is_composed(name: str, meaning: str) -> bool:
    """Whether the words of a name say that it is this; a word alone says nothing here."""
    known, found = COMPOSED.get(meaning), words_of(name)
    if known is None or len(found) < 2:
        return False
    return found <= known.beside and all(found & group for group in known.groups)
