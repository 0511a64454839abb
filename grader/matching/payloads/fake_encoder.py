"""Fakes of a pretrained encoder and its tokenizer, handed to the student's code in the place of those that were loaded.

They answer as Hugging Face's do: the tokenizer gives input_ids and attention_mask, the encoder a tuple or a
ModelOutput-like mapping of last_hidden_state (B, T, D) and pooler_output (B, D). Real tokens look at one another
through a mean over the mask; without a mask, padding is read like words.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import torch
from torch import nn


class Output(OrderedDict[str, Any]):
    """A mapping whose values are read by name, by place and as attributes."""

    def __getattr__(self, name: str) -> Any:
        if name in self:
            return self[name]
        raise AttributeError(name)

    def __getitem__(self, key: Any) -> Any:
        return super().__getitem__(key) if isinstance(key, str) else tuple(self.values())[key]

    def to_tuple(self) -> tuple[Any, ...]:
        return tuple(self.values())


class Encoder(nn.Module):
    """ids (B, T) and a mask -> states (B, T, D) and pooled (B, D).

    as_tuple: they come as a tuple unless told otherwise.
    """

    def __init__(self, vocab_size: int, width: int, as_tuple: bool) -> None:
        super().__init__()
        self.config = SimpleNamespace(hidden_size=width, vocab_size=vocab_size, hidden_dropout_prob=0.1)
        self.as_tuple = as_tuple
        self.words = nn.Embedding(vocab_size, width)
        self.mix = nn.Linear(width, width)
        self.pooler = nn.Linear(width, width)

    def forward(
        self,
        input_ids: Any = None,
        attention_mask: Any = None,
        token_type_ids: Any = None,
        return_dict: bool | None = None,
        **_: Any,
    ) -> Any:
        mask = torch.ones_like(input_ids) if attention_mask is None else attention_mask
        weight = mask[:, :, None].to(self.mix.weight.dtype)
        words = self.words(input_ids)
        mean = (words * weight).sum(dim=1) / weight.sum(dim=1)
        states = torch.tanh(words + self.mix(mean)[:, None])
        pooled = torch.tanh(self.pooler(states[:, 0]))
        if return_dict is False or (self.as_tuple and not return_dict):
            return states, pooled
        return Output(last_hidden_state=states, pooler_output=pooled)


def pretrained_encoder(vocab_size: int, width: int, as_tuple: bool, seed: int) -> Encoder:
    torch.default_generator.manual_seed(seed)  # torch.manual_seed keeps a stack trace for a GPU yet to come
    return Encoder(vocab_size, width, as_tuple).eval()


class Encoding(dict[str, Any]):
    """What a tokenizer gives: read by key or as attributes, and sent to a device as a whole."""

    def __getattr__(self, name: str) -> Any:
        if name in self:
            return self[name]
        raise AttributeError(name)

    def to(self, device: Any) -> Encoding:
        return Encoding({name: value.to(device) for name, value in self.items()})


class Tokenizer:
    """Words by the blanks between them, with [PAD], [CLS], [SEP] and [UNK] as 0 to 3."""

    pad_token_id, cls_token_id, sep_token_id, unk_token_id = 0, 1, 2, 3

    def __init__(self, words: Iterable[str]) -> None:
        self.ids = {word: number for number, word in enumerate(words, start=4)}

    def from_pretrained(self, *_: Any, **__: Any) -> Tokenizer:
        """Itself, in the place of the class by whose name the student loads one: `BertTokenizer.from_pretrained(...)`."""
        return self

    def tokenize(self, text: str, **_: Any) -> list[str]:
        return text.lower().split()

    def convert_tokens_to_ids(self, tokens: Iterable[str]) -> list[int]:
        return [self.ids.get(token, 3) for token in tokens]

    def encode(
        self,
        text: str,
        add_special_tokens: bool = True,
        max_length: int | None = None,
        truncation: Any = None,
        **_: Any,
    ) -> list[int]:
        inner = self.convert_tokens_to_ids(self.tokenize(text))
        inner = inner[: max_length - 2] if truncation and max_length else inner
        return [1, *inner, 2] if add_special_tokens else inner

    def __call__(
        self,
        text: Any,
        padding: Any = False,
        return_tensors: Any = None,
        max_length: int | None = None,
        return_token_type_ids: bool = True,
        return_attention_mask: bool = True,
        pad_to_max_length: bool = False,
        **options: Any,
    ) -> Encoding:
        alone = isinstance(text, str)
        rows = [self.encode(one, max_length=max_length, **options) for one in ([text] if alone else list(text))]
        masks = [[1] * len(row) for row in rows]
        if padding or pad_to_max_length:
            fixed = padding == "max_length" or pad_to_max_length
            longest = max_length if fixed and max_length else max(map(len, rows))
            rows = [row + [0] * (longest - len(row)) for row in rows]
            masks = [mask + [0] * (longest - len(mask)) for mask in masks]
        found = {"input_ids": rows, "token_type_ids": [[0] * len(row) for row in rows], "attention_mask": masks}
        if return_tensors:
            return Encoding({name: torch.tensor(value) for name, value in found.items()})
        return Encoding({name: value[0] if alone else value for name, value in found.items()})

    batch_encode_plus = encode_plus = __call__
