"""The tokenizer of the tiny BERT: lower-case WordPiece, called the way Hugging Face's are.

A word is cut into the longest pieces of the vocabulary from left to right, "##" marks a piece inside a word, and a
word that cannot be cut is [UNK] (Wu et al. 2016, section 4.1; as in BERT, Devlin et al. 2019).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

import torch

SPECIAL: Final = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
_WORDS: Final = re.compile(r"\[(?:PAD|UNK|CLS|SEP|MASK)\]|\w+|[^\w\s]")


class Encoding(dict[str, Any]):
    """What a tokenizer returns: input_ids and attention_mask, as keys and as attributes."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"this encoding has {', '.join(self)}, not {name}") from None

    def to(self, device: torch.device | str) -> Encoding:
        """The same on another device; needs return_tensors="pt"."""
        return Encoding({key: value.to(device) for key, value in self.items()})


class WordPiece:
    """Text to ids: [CLS] pieces [SEP], padded with [PAD] on the right."""

    def __init__(self, vocab: Sequence[str]) -> None:
        self.vocab = {piece: place for place, piece in enumerate(vocab)}
        self._pieces = tuple(vocab)
        self.pad_token_id, self.unk_token_id, self.cls_token_id, self.sep_token_id, self.mask_token_id = (
            self.vocab[token] for token in SPECIAL
        )
        self._longest = max(map(len, vocab))

    @property
    def vocab_size(self) -> int:
        """How many pieces there are, the special ones included."""
        return len(self._pieces)

    @property
    def all_special_ids(self) -> list[int]:
        """The ids of [PAD], [UNK], [CLS], [SEP] and [MASK]."""
        return [self.vocab[token] for token in SPECIAL]

    def __len__(self) -> int:
        return len(self._pieces)

    def tokenize(self, text: str) -> list[str]:
        """The pieces of `text`, without [CLS] and [SEP]."""
        return [
            piece for word in _WORDS.findall(text) for piece in self._cut(word if word in SPECIAL else word.lower())
        ]

    def convert_tokens_to_ids(self, tokens: Sequence[str]) -> list[int]:
        """Piece to id; what is no piece becomes [UNK]."""
        return [self.vocab.get(token, self.unk_token_id) for token in tokens]

    def convert_ids_to_tokens(self, ids: Sequence[int]) -> list[str]:
        """Id to piece."""
        return [self._pieces[int(place)] for place in ids]

    def __call__(
        self,
        text: str | Sequence[str],
        padding: bool = False,
        truncation: bool = False,
        max_length: int | None = None,
        return_tensors: str | None = None,
    ) -> Encoding:
        """input_ids and attention_mask (1 real, 0 padding), lists or, with return_tensors="pt", long tensors (B, T).

        padding: fill up to the longest of the batch. truncation: cut to max_length, [CLS] and [SEP] included.
        Raises ValueError for tensors of unequal rows, truncation without a length, and other kinds of tensors.
        """
        if return_tensors not in (None, "pt") or (truncation and max_length is None):
            raise ValueError("give return_tensors='pt' or nothing, and a max_length with truncation=True")
        texts = [text] if isinstance(text, str) else list(text)
        rows = [self._ids(each, max_length if truncation else None) for each in texts]
        longest = max(map(len, rows), default=0)
        mask = [[1] * len(row) + [0] * (longest - len(row) if padding else 0) for row in rows]
        if padding:
            rows = [row + [self.pad_token_id] * (longest - len(row)) for row in rows]
        if return_tensors is None:
            single = isinstance(text, str)
            return Encoding(input_ids=rows[0] if single else rows, attention_mask=mask[0] if single else mask)
        if any(len(row) != longest for row in rows):
            raise ValueError("texts of different lengths make a tensor only with padding=True")
        return Encoding(input_ids=torch.tensor(rows), attention_mask=torch.tensor(mask))

    def _ids(self, text: str, limit: int | None) -> list[int]:
        ids = self.convert_tokens_to_ids(self.tokenize(text))
        kept = ids if limit is None else ids[: max(0, limit - 2)]
        return [self.cls_token_id, *kept, self.sep_token_id]

    def _cut(self, word: str) -> list[str]:
        pieces: list[str] = []
        start = 0
        while start < len(word):
            mark = "##" if start else ""
            ends = range(min(len(word), start + self._longest), start, -1)
            end = next((end for end in ends if mark + word[start:end] in self.vocab), None)
            if end is None:
                return ["[UNK]"]
            pieces.append(mark + word[start:end])
            start = end
        return pieces
