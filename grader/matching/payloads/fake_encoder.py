"""What is lent to the student's code for problem 89, as source that runs in their room: an encoder and a tokenizer.

They answer as Hugging Face's do: the tokenizer gives input_ids and attention_mask, the encoder a tuple or a
ModelOutput-like mapping of last_hidden_state (B, T, D) and pooler_output (B, D). Real tokens look at one another through
a mean over the mask; without a mask, padding is read like words.
"""

from __future__ import annotations

OUTPUT = """
from collections import OrderedDict


class Output(OrderedDict):
    def __getattr__(self, name):
        if name in self:
            return self[name]
        raise AttributeError(name)

    def __getitem__(self, key):
        return super().__getitem__(key) if isinstance(key, str) else tuple(self.values())[key]

    def to_tuple(self):
        return tuple(self.values())
"""

ENCODER = (
    OUTPUT
    + """
from types import SimpleNamespace

import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self, vocab_size, width, as_tuple):
        super().__init__()
        self.config = SimpleNamespace(hidden_size=width, vocab_size=vocab_size, hidden_dropout_prob=0.1)
        self.as_tuple = as_tuple
        self.words = nn.Embedding(vocab_size, width)
        self.mix = nn.Linear(width, width)
        self.pooler = nn.Linear(width, width)

    def forward(self, input_ids=None, attention_mask=None, token_type_ids=None, return_dict=None, **_):
        mask = torch.ones_like(input_ids) if attention_mask is None else attention_mask
        weight = mask[:, :, None].to(self.mix.weight.dtype)
        words = self.words(input_ids)
        mean = (words * weight).sum(dim=1) / weight.sum(dim=1)
        states = torch.tanh(words + self.mix(mean)[:, None])
        pooled = torch.tanh(self.pooler(states[:, 0]))
        if return_dict is False or (self.as_tuple and not return_dict):
            return states, pooled
        return Output(last_hidden_state=states, pooler_output=pooled)


def make(vocab_size, width, as_tuple, seed):
    torch.default_generator.manual_seed(seed)  # torch.manual_seed keeps a stack trace for a GPU yet to come
    return Encoder(vocab_size, width, as_tuple).eval()
"""
)

TOKENIZER = """
import torch


class Encoding(dict):
    def __getattr__(self, name):
        if name in self:
            return self[name]
        raise AttributeError(name)

    def to(self, device):
        return Encoding({name: value.to(device) for name, value in self.items()})


class Tokenizer:
    pad_token_id, cls_token_id, sep_token_id, unk_token_id = 0, 1, 2, 3

    def __init__(self, words):
        self.ids = {word: number for number, word in enumerate(words, start=4)}

    def tokenize(self, text, **_):
        return text.lower().split()

    def convert_tokens_to_ids(self, tokens):
        return [self.ids.get(token, 3) for token in tokens]

    def encode(self, text, add_special_tokens=True, max_length=None, truncation=None, **_):
        inner = self.convert_tokens_to_ids(self.tokenize(text))
        inner = inner[: max_length - 2] if truncation and max_length else inner
        return [1, *inner, 2] if add_special_tokens else inner

    def __call__(self, text, padding=False, return_tensors=None, max_length=None, return_token_type_ids=True,
                 return_attention_mask=True, pad_to_max_length=False, **options):
        alone = isinstance(text, str)
        rows = [self.encode(one, max_length=max_length, **options) for one in ([text] if alone else list(text))]
        masks = [[1] * len(row) for row in rows]
        if padding or pad_to_max_length:
            fixed = (padding == "max_length" or pad_to_max_length) and max_length
            longest = max_length if fixed else max(map(len, rows))
            rows = [row + [0] * (longest - len(row)) for row in rows]
            masks = [mask + [0] * (longest - len(mask)) for mask in masks]
        found = {"input_ids": rows, "token_type_ids": [[0] * len(row) for row in rows], "attention_mask": masks}
        if return_tensors:
            return Encoding({name: torch.tensor(value) for name, value in found.items()})
        return Encoding({name: value[0] if alone else value for name, value in found.items()})

    batch_encode_plus = encode_plus = __call__


def make(words):
    return Tokenizer(words)
"""
