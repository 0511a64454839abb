"""Words that names are compared with, and the groups of words by which the lessons know an answer.

Two names are the same when they differ only in capitals and underscores. What people call the arguments stands in `roles`, how
the answer to an exercise is recognised beside the exercise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

# In this order: `embeddings` before `embedding`.
SHORT = {
    "embeddings": "emb", "embedding": "emb", "embed": "emb", "embd": "emb", "hidden": "hid", "vocabulary": "vocab", "padding": "pad",
    "index": "idx", "encoder": "enc", "decoder": "dec", "attention": "attn", "source": "src", "target": "tgt", "trg": "tgt",
    "number": "num", "length": "len", "dimension": "dim", "feedforward": "ff", "ffn": "ff",
}  # fmt: skip
SURE_LENGTH = 6  # letters of a name that is known with a slip; below that one letter is too much of it


def words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def squeezed(name: str) -> str:
    """The name without capitals, underscores and `self.`."""
    return re.sub(r"[_\W]", "", name.rpartition(".")[2].lower())


@cache
def shortened(name: str) -> str:
    """The name without capitals and underscores, its words as people cut them short: ffn_hidden_dim, ff_hid_dim. A word alone stays."""
    found = squeezed(name)
    if found in SHORT:
        return found
    for word, short in SHORT.items():
        found = found.replace(word, short)
    return found


def is_one_of(name: str, names: Iterable[str]) -> bool:
    """Whether a name is one of these, however it is put together."""
    return squeezed(name) in map(squeezed, names)


def is_misspelt(name: str, known: str) -> bool:
    """Whether one slip of the fingers makes the one of the other: d_modle, embeding_dim; not enc_dim, filter_sizes (a plural says more)."""
    one, other = sorted((squeezed(name), squeezed(known)), key=len)
    if len(one) < SURE_LENGTH or len(other) - len(one) > 1 or other in (one, f"{one}s"):
        return False
    if len(one) == len(other):
        swapped = (one[:i] + one[i + 1] + one[i] + one[i + 2 :] for i in range(len(one) - 1))
        return other in swapped
    return any(other[:i] + other[i + 1 :] == one for i in range(1, len(other)) if other[i].isalpha())


def is_settings(name: str) -> bool:
    """Whether a name, or an annotation, is one of what holds all settings: config, args, GPTConfig."""
    low = name.lower()
    return any(piece in low for piece in ("config", "cfg", "args", "hparams", "params", "opt", "conf"))


RECURRENT = words("RNN LSTM GRU RNNCell LSTMCell GRUCell")
TABLES = words(
    "zeros ones randn rand normal random empty uniform stack vstack array vectors get_vector weight Embedding from_pretrained FloatTensor tensor"
)
LEARNS = ("backward", "fit", "Trainer")
TRAINS = ("backward", "argmax", "eval", "zero_grad")
PADS = words(
    "pad pad_sequence zeros full ones cat stack tensor Tensor LongTensor as_tensor from_numpy array new_zeros default_collate extend"
)
TRANSLATES = words("vocab_size emb_size hidden_size padding_idx")
ATTENDS = words("softmax scaled_dot_product_attention MultiheadAttention")
CONVOLUTION = words("conv1d conv2d unfold")
SIZES = words("vocab_size emb_size padding_idx output_size")
