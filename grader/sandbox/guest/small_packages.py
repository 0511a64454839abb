"""Packages of a few lines where they are not installed: einsum with words for axes, and a tokenizer of the bytes of a text."""

from __future__ import annotations

import importlib.util
import re
import string
import sys
import types
from collections.abc import Sequence
from typing import Any

END_OF_TEXT = "<|endoftext|>"
SIZES = {"gpt2": 50257, "r50k_base": 50257, "p50k_base": 50281, "cl100k_base": 100277, "o200k_base": 200019}


def einsum(equation: str, *operands: Any) -> Any:
    """`einsum("batch head dest src, batch head src d -> batch head dest d", weights, values)`, as torch writes it with letters."""
    import torch

    named = (word for word in re.findall(r"[^\W\d]\w*", equation))
    letters = dict(zip(dict.fromkeys(named), string.ascii_letters, strict=False))
    short = re.sub(r"[^\W\d]\w*", lambda found: letters[found.group()], equation)
    return torch.einsum(short.replace(" ", ""), *operands)


class Encoding:
    """Text to ids and back: the bytes of UTF-8, and one id for the end of a text. It knows no words, so nobody's pretrained model fits."""

    def __init__(self, name: str = "gpt2") -> None:
        self.name, self.n_vocab = name, SIZES.get(name, SIZES["gpt2"])
        self.max_token_value = self.n_vocab - 1
        self.eot_token = SIZES["gpt2"] - 1

    def encode_ordinary(self, text: str) -> list[int]:
        return list(text.encode("utf-8", "replace"))

    def encode(self, text: str, **_options: Any) -> list[int]:
        parts = [self.encode_ordinary(part) for part in text.split(END_OF_TEXT)]
        return parts[0] + [id_ for part in parts[1:] for id_ in (self.eot_token, *part)]

    def encode_batch(self, texts: Sequence[str], **options: Any) -> list[list[int]]:
        return [self.encode(text, **options) for text in texts]

    def decode(self, ids: Sequence[int], **_options: Any) -> str:
        written = b"".join(bytes([id_]) if 0 <= id_ < 256 else b"?" for id_ in map(int, ids) if id_ != self.eot_token)
        return written.decode("utf-8", "replace")


def small_packages() -> None:
    """`from fancy_einsum import einsum`, `import tiktoken`."""
    if importlib.util.find_spec("fancy_einsum") is None:
        module = types.ModuleType("fancy_einsum")
        module.einsum = einsum  # type: ignore[attr-defined]
        sys.modules["fancy_einsum"] = module
    if importlib.util.find_spec("tiktoken") is None:
        module = types.ModuleType("tiktoken")
        module.Encoding = module.get_encoding = Encoding  # type: ignore[attr-defined]
        module.encoding_for_model = lambda _model: Encoding("cl100k_base")  # type: ignore[attr-defined]
        sys.modules["tiktoken"] = module
