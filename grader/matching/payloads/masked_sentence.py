"""A function or method that makes gaps in one sentence, asked as `mask_tokens(ids, special, mask_id, vocab_size)`.

Sentence by sentence it gets the words between the special tokens, which stay as they are: a text, a list of words, their ids.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from grader.matching.payloads.fragments import overridden
from grader.matching.payloads.token_masking import known_values, numbered

NOT_CHOSEN = (-100, -1, 0, None)


class Vocabulary(dict[str, int]):
    """Words and their ids, special ones first: what people call a vocabulary, and what they call a tokenizer."""

    def __init__(self, names: dict[str, int], count: int, size: int) -> None:
        special = {number: f"[{name.upper()}]" for name, number in names.items()}
        super().__init__((special.get(number, f"w{number}"), number) for number in range(size))
        self.itos = list(self)
        self.vocab = self.stoi = self.word2id = self.token2id = self.word2idx = self.dict = self
        self.vocab_size, self.count, self.all_special_ids = size, count, list(range(count))
        self.ends = names["cls"], names["sep"]
        for name, number in names.items():
            for ending in ("token_id", "index", "id", "idx"):
                setattr(self, f"{name}_{ending}", number)
            setattr(self, f"{name}_token", f"[{name.upper()}]")
        self.unk_index = self.unk_token_id = self.unk_id = self.unk_idx = names["pad"]

    def __call__(self, text: Any, add_special_tokens: bool = True, **_others: Any) -> dict[str, list[int]]:
        ids = [self[word] for word in self.tokenize(text)]
        whole = [self.ends[0], *ids, self.ends[1]] if add_special_tokens else ids
        return {"input_ids": whole, "attention_mask": [1] * len(whole)}

    def encode(self, text: Any, add_special_tokens: bool = True, **_others: Any) -> list[int]:
        return self(text, add_special_tokens)["input_ids"]

    def tokenize(self, text: Any, **_others: Any) -> list[str]:
        return str(text).split() if isinstance(text, str) else list(text)

    def convert_tokens_to_ids(self, tokens: Any) -> Any:
        return self[tokens] if isinstance(tokens, str) else [self[token] for token in tokens]

    def convert_ids_to_tokens(self, ids: Any) -> Any:
        return self.itos[ids] if isinstance(ids, int) else [self.itos[int(i)] for i in ids]

    def get_vocab(self) -> dict[str, int]:
        return self


class Words(Vocabulary):
    """As many words, of which the first is the padding, whatever that is called: vocab["<pad>"], vocab.stoi["PAD"], vocab.pad_idx."""

    def __init__(self, size: int, padding: int) -> None:
        super().__init__({"pad": padding, "cls": 1, "sep": 2, "mask": 3}, 4, size)
        self.padding = padding

    def __missing__(self, word: str) -> int:
        return self.padding if "pad" in word.lower() else 1

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self.padding if "pad" in name.lower() else self


def some_words(size: int, padding: int) -> Vocabulary:
    return Words(size, padding)


# No tensor: what takes one takes a whole batch, special tokens and all, and has to spare these itself.
FORMS: dict[str, Callable[[Vocabulary, list[int]], Any]] = {
    "text": lambda words, ids: " ".join(words.itos[i] for i in ids),
    "words": lambda words, ids: [words.itos[i] for i in ids],
    "ids": lambda _words, ids: list(ids),
}


def wrap_sentence(theirs: Any, spec: dict[str, Any], namespace: dict[str, Any]) -> Callable[..., Any]:
    """theirs: the function, or the class whose method `spec["method"]` is; the object is never initialised.

    spec: `sentence`, the parameter; `form` of the sentence; `given`, `own` and `globals`, the kind of each other parameter, of what is
    read of the object, and of each global.
    """

    def mask_tokens(ids: torch.Tensor, special: torch.Tensor, mask_id: int, vocab_size: int) -> Any:
        back, to, count = numbered(ids, special, mask_id, vocab_size)
        known = known_values(int(to[ids][0, 0]), count, vocab_size)
        names = {name: known[name] for name in ("pad", "cls", "sep")} | {"mask": count - 1}
        words = Vocabulary(names, count, vocab_size)
        known |= {"tokenizer": words, "vocab": words}
        inputs, labels = ids.clone(), torch.full_like(ids, -100)
        call = theirs
        if spec["method"]:
            owner = theirs.__new__(theirs)
            for name, kind in spec["own"].items():
                setattr(owner, name, known[kind])
            call = getattr(owner, spec["method"])
        with overridden(namespace, {n: known[kind] for n, kind in spec["globals"].items()}, whole=False):
            for row, places in enumerate(~special):
                sentence = to[ids[row, places]].tolist()
                arguments = {name: known[kind] for name, kind in spec["given"].items()}
                found = call(**{spec["sentence"]: FORMS[spec["form"]](words, sentence)}, **arguments)
                inside, outside = (numbers(part, words) for part in halves(found))
                if not len(inside) == len(outside) == len(sentence):
                    raise ValueError(f"{len(sentence)} words became {len(inside)} inputs and {len(outside)} labels")
                inputs[row, places] = back[torch.tensor([i or 0 for i in inside])]
                clean = [None if label in NOT_CHOSEN else label for label in outside]
                labels[row, places] = torch.tensor([-100 if label is None else int(back[label]) for label in clean])
        return inputs, labels

    return mask_tokens


def halves(found: Any) -> tuple[Any, Any]:
    """The sentence with gaps, and the labels: the first two, or by their names."""
    if isinstance(found, dict):
        labels = next(name for name in found if "label" in name.lower() or "target" in name.lower())
        return next(value for name, value in found.items() if name != labels), found[labels]
    first, second, *_ = found
    return first, second


def numbers(part: Any, words: Vocabulary) -> list[int | None]:
    """Ids of a sentence, given as words or as numbers."""
    listed = part.tolist() if isinstance(part, torch.Tensor) else list(part)
    return [words[i] if isinstance(i, str) else None if i is None else int(i) for i in listed]
