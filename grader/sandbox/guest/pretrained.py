"""Hugging Face's BERT where transformers is not installed: small, untrained, and called as the real one is.

A notebook that starts from a pretrained encoder then runs through, so that what it makes of its titles can be looked at.
Numbers that come of it mean nothing: the answer is judged with an encoder and a tokenizer of the judge's. What is not
here says what its absence would have said.
"""

from __future__ import annotations

import re
import zlib
from collections import OrderedDict
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor, nn

from .hugging_face import absent

PAD, UNK, CLS, SEP, MASK = 0, 100, 101, 102, 103  # as in bert-base-uncased
FIRST, WORDS = 1000, 1000  # ids of words: told by their letters


class Missing:
    """Whatever is asked for and is not here is missing with the package."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise AttributeError(absent(name))


class Output(OrderedDict[Any, Any]):
    """A mapping whose values are also attributes and, by number, items; taken apart, it gives its names."""

    def __getattr__(self, name: str) -> Any:
        if name in self:
            return self[name]
        raise AttributeError(name)

    def __getitem__(self, key: Any) -> Any:
        return super().__getitem__(key) if isinstance(key, str) else self.to_tuple()[key]

    def to_tuple(self) -> tuple[Any, ...]:
        return tuple(self.values())


class BatchEncoding(dict[str, Any]):
    def __getattr__(self, name: str) -> Any:
        if name in self:
            return self[name]
        raise AttributeError(name)

    def to(self, device: Any) -> BatchEncoding:
        return BatchEncoding({name: value.to(device) for name, value in self.items()})


class Tokenizer(Missing):
    """Words and signs to ids, as BERT's tokenizer gives them: [CLS] ... [SEP], padded behind with 0."""

    pad_token_id, unk_token_id, cls_token_id, sep_token_id, mask_token_id = PAD, UNK, CLS, SEP, MASK
    pad_token, unk_token, cls_token, sep_token, mask_token = "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"
    vocab_size, model_max_length = FIRST + WORDS, 512

    @classmethod
    def from_pretrained(cls, *_names: Any, **_options: Any) -> Tokenizer:
        return cls()

    def __len__(self) -> int:
        return self.vocab_size

    def tokenize(self, text: str, **_options: Any) -> list[str]:
        return re.findall(r"\[[A-Z]+\]|\w+|[^\w\s]", text.replace("[", " [") if "[" in text else text.lower())

    def convert_tokens_to_ids(self, tokens: Any) -> Any:
        if isinstance(tokens, str):
            special = {"[PAD]": PAD, "[UNK]": UNK, "[CLS]": CLS, "[SEP]": SEP, "[MASK]": MASK}
            return special.get(tokens, FIRST + zlib.crc32(tokens.encode()) % WORDS)
        return [self.convert_tokens_to_ids(token) for token in tokens]

    def encode(self, text: Any, add_special_tokens: bool = True, **options: Any) -> Any:
        return self(text, add_special_tokens=add_special_tokens, **options)["input_ids"]

    def row(self, text: Any, special: bool, longest: int | None) -> list[int]:
        words = text if isinstance(text, list | tuple) else self.tokenize(str(text))
        ids = self.convert_tokens_to_ids(words) if all(isinstance(word, str) for word in words) else list(words)
        space = None if longest is None else max(longest - 2 * special, 0)
        return [CLS, *ids[:space], SEP] if special else ids[:space]

    def __call__(
        self,
        text: Any,
        _pair: Any = None,
        add_special_tokens: bool = True,
        padding: Any = False,
        truncation: Any = False,
        max_length: int | None = None,
        return_tensors: str | None = None,
        is_split_into_words: bool = False,
        pad_to_max_length: bool = False,
        **_options: Any,
    ) -> BatchEncoding:
        alone = isinstance(text, str) or (is_split_into_words and all(isinstance(word, str) for word in text))
        limit = max_length or self.model_max_length if truncation or pad_to_max_length else None
        rows = [self.row(one, add_special_tokens, limit) for one in ([text] if alone else list(text))]
        fixed = padding == "max_length" or pad_to_max_length
        longest = (max_length or self.model_max_length) if fixed else max(map(len, rows), default=0)
        wide = longest if padding or pad_to_max_length else 0
        full = [row + [PAD] * (wide - len(row)) for row in rows]
        masks = [[1] * len(row) + [0] * (wide - len(row)) for row in rows]
        found = {"input_ids": full, "token_type_ids": [[0] * len(row) for row in full], "attention_mask": masks}
        if return_tensors:
            return BatchEncoding({name: torch.tensor(value) for name, value in found.items()})
        return BatchEncoding({name: value[0] if alone else value for name, value in found.items()})

    batch_encode_plus = encode_plus = __call__

    def decode(self, ids: Any, **_options: Any) -> str:
        return " ".join(map(str, ids.tolist() if hasattr(ids, "tolist") else ids))

    def save_pretrained(self, *_places: Any, **_options: Any) -> None:
        """Nothing to be kept."""


class Pretrained(nn.Module):
    """What all models have: made from a name, a folder or a configuration, with the width that the name says."""

    def __init__(self, config: Any = None, **options: Any) -> None:
        super().__init__()
        self.config = config or Config()
        vars(self.config).update(options)

    @classmethod
    def from_pretrained(cls, name: Any = "", *_more: Any, config: Any = None, **options: Any) -> Pretrained:
        return cls(config or Config(hidden_size=1024 if "large" in str(name) else 768), **options).eval()

    def save_pretrained(self, *_places: Any, **_options: Any) -> None:
        """Nothing to be kept."""

    def as_asked(self, found: dict[str, Any], return_dict: bool | None) -> Any:
        whole = Output({name: value for name, value in found.items() if value is not None})
        wanted = self.config.return_dict if return_dict is None else return_dict
        return whole if wanted else whole.to_tuple()


class Config(SimpleNamespace, Missing):
    """The settings that people read or set."""

    def __init__(self, **options: Any) -> None:
        usual = {
            "hidden_size": 768,
            "vocab_size": FIRST + WORDS,
            "num_labels": 2,
            "hidden_dropout_prob": 0.1,
            "return_dict": True,
        }
        super().__init__(**{**usual, "num_hidden_layers": 12, "num_attention_heads": 12, **options})  # fmt: skip

    @classmethod
    def from_pretrained(cls, *_names: Any, return_unused_kwargs: bool = False, **options: Any) -> Any:
        return (cls(), options) if return_unused_kwargs else cls(**options)


class Encoder(Pretrained):
    """ids (B, T), mask (B, T) -> last_hidden_state (B, T, D), pooler_output (B, D). Words are mixed with their mean."""

    def __init__(self, config: Any = None, **options: Any) -> None:
        super().__init__(config, **options)
        width = self.config.hidden_size
        self.embeddings = nn.Embedding(FIRST + WORDS, width)
        self.encoder = nn.Module()
        self.encoder.layer = nn.ModuleList([nn.Linear(width, width)])
        self.pooler = nn.Linear(width, width)

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor | None = None,
        token_type_ids: Tensor | None = None,  # noqa: ARG002  # handed in, and without influence in so small a model
        return_dict: bool | None = None,
        output_hidden_states: bool | None = None,
        output_attentions: bool | None = None,
        **_options: Any,
    ) -> Any:
        mask = torch.ones_like(input_ids) if attention_mask is None else attention_mask
        weight = mask[:, :, None].to(self.pooler.weight.dtype)
        words = self.embeddings(input_ids % (FIRST + WORDS))
        mean = (words * weight).sum(dim=1) / weight.sum(dim=1).clamp_min(1)
        states = torch.tanh(words + self.encoder.layer[0](mean)[:, None])  # type: ignore[index,operator]
        asked = {"output_hidden_states": output_hidden_states, "output_attentions": output_attentions}
        wanted = {name: getattr(self.config, name, False) if said is None else said for name, said in asked.items()}
        found: dict[str, Any] = {"last_hidden_state": states, "pooler_output": torch.tanh(self.pooler(states[:, 0]))}
        found["hidden_states"] = (words, states) if wanted["output_hidden_states"] else None
        even = (weight / weight.sum(dim=1, keepdim=True).clamp_min(1)).transpose(1, 2)
        found["attentions"] = (
            (even[:, None].expand(-1, 12, mask.shape[1], -1),) if wanted["output_attentions"] else None
        )
        return self.as_asked(found, return_dict)


class Classifier(Pretrained):
    """An encoder with a linear layer on its pooler_output: (loss where labels are handed in), logits (B, L)."""

    def __init__(self, config: Any = None, **options: Any) -> None:
        super().__init__(config, **options)
        self.bert = Encoder(self.config)
        self.dropout = nn.Dropout(self.config.hidden_dropout_prob)
        self.classifier = nn.Linear(self.config.hidden_size, self.config.num_labels)

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor | None = None,
        token_type_ids: Tensor | None = None,
        labels: Tensor | None = None,
        return_dict: bool | None = None,
        **_options: Any,
    ) -> Any:
        found = self.bert(input_ids, attention_mask, token_type_ids, return_dict=True)
        logits = self.classifier(self.dropout(found.pooler_output))
        return self.as_asked({"loss": loss_of(logits, labels), "logits": logits}, return_dict)


def loss_of(logits: Tensor, labels: Tensor | None) -> Tensor | None:
    if labels is None:
        return None
    if labels.is_floating_point():
        return nn.functional.binary_cross_entropy_with_logits(logits, labels)
    return nn.functional.cross_entropy(logits, labels.view(-1))


class AdamW(torch.optim.AdamW):
    """transformers' own, with the defaults that it had: AdamW(model.parameters(), lr=2e-5, correct_bias=False)."""

    def __init__(
        self,
        params: Any,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-6,
        weight_decay: float = 0.0,
        correct_bias: bool = True,  # noqa: ARG002  # without it the first steps are shorter; nothing is judged by them
        no_deprecation_warning: bool = False,  # noqa: ARG002
    ) -> None:
        super().__init__(params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay)


def schedule(optimizer: Any, num_warmup_steps: int = 0, num_training_steps: int = 1, **_options: Any) -> Any:
    """The rate goes up linearly, and down again."""

    def share(step: int) -> float:
        if step < num_warmup_steps:
            return step / max(1, num_warmup_steps)
        return max(0.0, (num_training_steps - step) / max(1, num_training_steps - num_warmup_steps))

    return torch.optim.lr_scheduler.LambdaLR(optimizer, share)
