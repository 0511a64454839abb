"""Whether a reply has the form that a trial asks for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from torch import Tensor

from grader.matching.match import Match

VOCABULARY, LABELS, HIDDEN, WIDTH = 29, 5, 11, 7
SIZES = {
    "vocab_size": VOCABULARY, "emb_size": WIDTH, "padding_idx": VOCABULARY - 1, "output_size": LABELS,
    "hidden_size": HIDDEN, "num_layers": 2, "out_channels": 13, "kernel_heights": 3, "stride": 1, "padding": 1,
    "d_model": 12, "num_heads": 3, "d_ff": 20, "dropout": 0.0, "query_size": 11, "key_size": 8, "attn_size": 13,
}  # fmt: skip


def fits(match: Match, weights: dict[str, Any]) -> bool:
    """The sizes that were asked for stand in the parameters where they belong; words may have a row or two more."""
    shapes = [tuple(w.shape) for w in weights.values() if isinstance(w, Tensor)]
    if {"vocab_size", "emb_size"} <= set(match.accepts):
        table = any(s[-1] == WIDTH and VOCABULARY - 1 <= s[0] <= VOCABULARY + 3 for s in shapes if len(s) == 2)
        if not table:
            return False
    for role in ("hidden_size", "out_channels"):
        if role in match.accepts and not any(size % SIZES[role] == 0 for shape in shapes for size in shape if size):
            return False
    return True


def behind_a_loss(parts: Sequence[Any]) -> Any:
    """The first tensor that is more than one number, of `return loss, logits`; the first part of all where there is none."""
    return next((part for part in parts if isinstance(part, Tensor) and part.dim()), parts[0])


def first_tensor(value: Any) -> Tensor | None:
    value = value.get("logits") if isinstance(value, dict) else value
    if isinstance(value, list | tuple) and value:
        value = behind_a_loss(value)
    return value if isinstance(value, Tensor) and value.dim() and value.is_floating_point() else None


def ids_and_mask(value: Any) -> bool:
    """Two tables of one shape, (2, T): rows of ids alone are half an answer."""
    if isinstance(value, dict):
        value = [value.get("input_ids"), value.get("attention_mask")]
    if not isinstance(value, list | tuple) or len(value) < 2:
        return False
    shapes = {tuple(part.shape) for part in value[:2] if isinstance(part, Tensor)}
    return len(shapes) == 1 and all(
        isinstance(part, Tensor) and part.dim() == 2 and len(part) == 2 for part in value[:2]
    )


def id_like(value: Any) -> bool:
    """A number for each of the three words, in any dress."""
    if isinstance(value, str):
        value = value.split()
    if hasattr(value, "tolist"):
        value = value.reshape(-1).tolist() if hasattr(value, "reshape") else value.tolist()
    if not isinstance(value, list | tuple) or not 2 <= len(value) <= 3:
        return False
    texts = [str(part.item() if isinstance(part, Tensor) and part.numel() == 1 else part) for part in value]
    return all(re.fullmatch(r"-?\d+(\.0)?", text) for text in texts)
