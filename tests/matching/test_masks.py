"""Gaps for a masked language model, made by functions that take a tokenizer, settings, or special ids by name."""

from __future__ import annotations

import pytest

from grader.model import Outcome
from tests.matching.test_attention import graded, names, outcomes

WITH_TOKENIZER = """
class Args:
    mlm_probability = 0.15
def mask_tokens(inputs, tokenizer, args):
    inputs, labels = inputs.clone(), inputs.clone()
    chances = torch.full(labels.shape, args.mlm_probability)
    special = [tokenizer.get_special_tokens_mask(row, already_has_special_tokens=True) for row in labels.tolist()]
    chances.masked_fill_(torch.tensor(special, dtype=torch.bool), value=0.0)
    chances.masked_fill_(labels.eq(tokenizer.pad_token_id), value=0.0)
    chosen = torch.bernoulli(chances).bool()
    labels[~chosen] = -100
    gaps = torch.bernoulli(torch.full(labels.shape, SHARE)).bool() & chosen
    inputs[gaps] = tokenizer.convert_tokens_to_ids(tokenizer.mask_token)
    other = torch.bernoulli(torch.full(labels.shape, 0.5)).bool() & chosen & ~gaps
    inputs[other] = torch.randint(len(tokenizer), labels.shape)[other]
    return inputs, labels
"""
WITH_SETTINGS = """
def mask_tokens(tokens, vocab_size, cfg):
    labels, out = tokens.clone(), tokens.clone()
    chances = torch.full(tokens.shape, cfg.mlm_prob)
    chances[tokens < cfg.N_SPECIAL] = 0.0
    chosen = torch.bernoulli(chances).bool()
    labels[~chosen] = -100
    gaps = torch.bernoulli(torch.full(tokens.shape, SHARE)).bool() & chosen
    out[gaps] = cfg.MASK
    other = torch.bernoulli(torch.full(tokens.shape, 0.5)).bool() & chosen & ~gaps
    out[other] = torch.randint(cfg.N_SPECIAL, vocab_size, tokens.shape)[other]
    return out, labels
"""
BY_NAME = """
PAD_ID, CLS_ID, SEP_ID, MASK_ID, vocab_size = 0, 1, 2, 3, 50
def create_masked_lm(input_ids, mask_prob=0.15):
    labels, out = input_ids.clone(), input_ids.clone()
    chosen = torch.rand(input_ids.shape) < mask_prob
    for special in (PAD_ID, CLS_ID, SEP_ID):
        chosen &= input_ids != special
    labels[~chosen] = -100
    dice = torch.rand(input_ids.shape)
    out[chosen & (dice < SHARE)] = MASK_ID
    other = chosen & (dice >= SHARE) & (dice < (1 + SHARE) / 2)
    out[other] = torch.randint(4, vocab_size, input_ids.shape)[other]
    return out, labels
"""


@pytest.mark.parametrize("source", [WITH_TOKENIZER, WITH_SETTINGS, BY_NAME], ids=["tokenizer", "settings", "by name"])
def test_gaps_are_judged_in_their_own_form(source: str) -> None:
    """A tokenizer, a settings object, special ids among the globals: right ones earn all, and [MASK] for every choice is named."""
    assert outcomes(graded("mask_tokens", source.replace("SHARE", "0.8"))) == {}
    assert names(graded("mask_tokens", source.replace("SHARE", "1.0"))) == {"always_mask"}


def test_who_is_not_told_what_is_special_is_not_failed_for_it() -> None:
    """A function that knows of padding alone cannot spare our other special tokens."""
    source = BY_NAME.replace("SHARE", "0.8").replace("(PAD_ID, CLS_ID, SEP_ID)", "(PAD_ID,)")
    assert {outcome for outcome, _ in outcomes(graded("mask_tokens", source)).values()} == {Outcome.NEEDS_REVIEW}
