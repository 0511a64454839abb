"""A function that masks tokens in its own form, asked as `mask_tokens(ids, special, mask_id, vocab_size)`.

Ids are numbered anew for it: padding, the special tokens, [MASK], and then all the words. So a function that tells
special tokens by their numbers, by a tokenizer or by constants at the top of the notebook finds them all in one place.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

import torch

from grader.matching.payloads.fragments import overridden


class Tokenizer:
    """A fake tokenizer, of which only numbers matter.

    names: {"pad": 0, ...}; count: of special tokens; size: of the vocabulary.
    """

    def __init__(self, names: dict[str, int], count: int, size: int) -> None:
        self.count, self.vocab_size = count, size
        self.all_special_ids = list(range(count))
        for name, number in names.items():
            setattr(self, f"{name}_token_id", number)
            setattr(self, f"{name}_token", f"[{name.upper()}]")
            setattr(self, f"_{name}_token", f"[{name.upper()}]")

    def __len__(self) -> int:
        return self.vocab_size

    def convert_tokens_to_ids(self, token: str) -> Any:
        return getattr(self, token.strip("[]").lower() + "_token_id")

    def get_special_tokens_mask(
        self,
        ids: Any,
        already_has_special_tokens: bool = True,
        **_others: Any,
    ) -> list[int]:
        return [int(int(i) < self.count) for i in ids]


def numbered(
    ids: torch.Tensor, special: torch.Tensor, mask_id: int, size: int
) -> tuple[torch.Tensor, torch.Tensor, int]:
    """(their number -> ours, ours -> theirs, how many are special): the special ones in front, by how often they occur."""
    often = torch.bincount(ids[special].flatten(), minlength=size)
    first = [i for i in often.argsort(descending=True, stable=True).tolist() if often[i] > 0 and i != mask_id]
    order = torch.tensor([*first, mask_id, *(i for i in range(size) if i not in first and i != mask_id)])
    return order, order.argsort(), len(first) + 1


def wrap_masking(theirs: Callable[..., Any], spec: dict[str, Any], namespace: dict[str, Any]) -> Callable[..., Any]:
    """spec: `given` and `globals`, the kind of each parameter and global; `settings` and `global_settings`, of what is
    read of objects, those of `dicts` by keys.
    """

    def mask_tokens(ids: torch.Tensor, special: torch.Tensor, mask_id: int, vocab_size: int) -> Any:
        back, to, count = numbered(ids, special, mask_id, vocab_size)
        given = to[ids]
        known = {"ids": given, "special": special.clone(), **known_values(int(given[0, 0]), count, vocab_size)}

        def held(name: str, inside: dict[str, str]) -> Any:
            values = {n: known[kind] for n, kind in inside.items()}
            return values if name in spec["dicts"] else types.SimpleNamespace(**values)

        values = {n: known[kind] for n, kind in spec["globals"].items()}
        values.update({n: held(n, inside) for n, inside in spec["global_settings"].items()})
        arguments = {p: known[kind] for p, kind in spec["given"].items()}
        arguments.update({p: held(p, inside) for p, inside in spec["settings"].items()})
        with overridden(namespace, values, whole=False):
            found = theirs(**arguments)
        if not torch.equal(given, to[ids]):
            ids.copy_(back[given])
        inputs, labels = (list(found.values()) if isinstance(found, dict) else list(found))[:2]
        return back[inputs], torch.where(labels < 0, labels, back[labels.clamp(min=0)])

    return mask_tokens


def known_values(cls: int, count: int, size: int) -> dict[str, Any]:
    """What a parameter of each kind is given besides ids. cls: the number of the first token of a sentence."""
    sep = next((i for i in range(1, count - 1) if i != cls), cls)
    names = {"pad": 0, "cls": cls, "sep": sep, "mask": count - 1}
    return {
        "mask_id": count - 1,
        "vocab_size": size,
        "count": count,
        "special_ids": list(range(count)),
        "probability": 0.15,
        "ignore": -100,
        "device": "cpu",
        "tokenizer": Tokenizer(names, count, size),
        "pad": 0,
        "cls": cls,
        "sep": sep,
    }
