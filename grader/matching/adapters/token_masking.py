"""`mask_tokens` in somebody's own form: with a settings object, a tokenizer, or the ids of the special tokens by name.

Many forms know special tokens by their ids being the lowest. The judge's ids are therefore renumbered on the way in, special tokens
first, and what comes back is numbered as before. A form to which nothing tells what is special is not asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from grader.matching.match import Argument, Match, plain
from grader.matching.payloads.token_masking import wrap_masking
from grader.matching.sizes import used_by
from grader.matching.source_index import Definition, SourceIndex
from grader.matching.trees import attributes, free_names, keys
from grader.matching.trial import TrialRunner
from grader.matching.vocabulary import is_one_of, words
from grader.model import Text
from grader.sandbox.guest.codec import RemoteExpr
from grader.sandbox.payload import remote

KINDS = {
    "ids": words("ids inputs input_ids tokens token_ids batch x sequences seq input_tokens"),
    "special": words("special special_mask special_tokens_mask is_special"),
    "mask_id": words("mask_id mask_token mask_token_id mask_idx mask_index mask mask_token_idx"),
    "vocab_size": words("vocab_size n_vocab vocab_len v_size num_tokens n_tokens vocabsize"),
    "pad": words("pad_id pad_token pad_token_id pad_idx pad_index pad padding_idx"),
    "cls": words("cls_id cls_token cls_token_id cls_idx cls bos_id"),
    "sep": words("sep_id sep_token sep_token_id sep_idx sep eos_id"),
    "count": words("n_special num_special num_special_tokens n_special_tokens special_count"),
    "special_ids": words("special_ids special_token_ids special_tokens special_tokens_ids all_special_ids"),
    "probability": words("mlm_prob mlm_probability mask_prob masking_prob mask_ratio probability mask_probability prob p_mask "
                         "masking_probability mask_rate"),
    "tokenizer": words("tokenizer tok bert_tokenizer"),
    "ignore": words("ignore_index ignore_id ignore"),
    "device": words("device dev"),
}  # fmt: skip
TELLS = ({"special"}, {"count"}, {"special_ids"}, {"tokenizer"}, {"pad", "cls", "sep"})
NOTE = Text(
    en="it was asked in its own form, with 15 % to be chosen and the special tokens numbered from 0",
    ja="ご自身の引数の形のまま、選ぶ割合は 15 %、特別なトークンの ID は 0 から番号を振って実行しました",
)


def kind_of(name: str) -> str:
    return next((kind for kind, known in KINDS.items() if is_one_of(name, known)), "")


def ported(base: Match, rows: Sequence[Any], written: SourceIndex, section: str) -> Match | None:
    """The function in its own form, or None where something that it needs says nothing."""
    definitions = used_by([base.own], written, section)
    parameters = [r for r in rows if isinstance(r, list | tuple) and "VAR_" not in str(r[1])]
    given: dict[str, str] = {}
    settings: dict[str, dict[str, str]] = {}
    dicts: list[str] = []
    for row in parameters:
        name, kind = str(row[0]), kind_of(str(row[0]))
        inside = None if kind else settings_of(name, definitions[:1], dicts)
        if kind and kind not in given.values():
            given[name] = kind
        elif inside:
            settings[name] = inside
        elif not row[2]:
            return None
    read = list(dict.fromkeys(n for d in definitions for n in free_names(d.node)))
    outside = {n: kind_of(n) for n in read if kind_of(n) not in ("", "ids", "device")}
    others = {n: found for n in read if n not in outside and (found := settings_of(n, definitions, dicts))}
    told = {
        *given.values(),
        *outside.values(),
        *(k for held in (*settings.values(), *others.values()) for k in held.values()),
    }
    if "ids" not in given.values() or not any(way <= told for way in TELLS):
        return None
    spec = {"given": given, "settings": settings, "globals": outside, "global_settings": others, "dicts": dicts}
    return replace(
        base,
        target=remote(wrap_masking, RemoteExpr(name=base.own), spec, RemoteExpr(name="globals()")),
        arguments=tuple(Argument(role, (role,), plain(role), by_place=True) for role in base.roles),
        notes=(NOTE,),
    )


def settings_of(name: str, definitions: Sequence[Definition], dicts: list[str]) -> dict[str, str] | None:
    """What is read of a settings object of this name, if all of it is known. dicts: those that are read by keys are added."""
    read = list(dict.fromkeys(n for d in definitions for n in attributes(d.node, name)))
    by_key = list(dict.fromkeys(n for d in definitions for n in keys(d.node, name)))
    found = {n: kind_of(n) for n in (*read, *by_key)}
    if not found or not all(found.values()) or (read and by_key):
        return None
    dicts.extend([name] if by_key else [])
    return found


def tried(runner: TrialRunner, match: Match) -> bool:
    """Whether two tensors of whole numbers come back, of the ids' shape, with labels where something was chosen."""
    ids = torch.arange(400).reshape(4, 100) % 37 + 11
    ids[:, 0], ids[:, 90], ids[:, 91:] = 3, 5, 8
    special = (ids == 3) | (ids == 5) | (ids == 8)
    value = runner.run(match, ids=ids, special=special, mask_id=9, vocab_size=60).value
    fine = (
        isinstance(value, list | tuple)
        and len(value) == 2
        and all(isinstance(v, Tensor) and v.shape == ids.shape for v in value)
    )
    return bool(fine and (value[1] == -100).any() and (value[1] != -100).any())
