"""Answers in other people's styles: a right one loses nothing and waits for nobody, a wrong one is caught and told why."""

from __future__ import annotations

import hashlib

import pytest

from grader.model import Finding, Outcome
from grader.sandbox.kernel_factory import KernelFactory
from tests.hand_ins import of_variant
from tests.variant_notebooks import AnswerVariant, read_variants

SEED = 7
CAUGHT = (Outcome.FAILED, Outcome.CRASHED, Outcome.TIMED_OUT)
SHARE = 400  # one in so many is graded in the ordinary suite


def drawn(variant: AnswerVariant) -> bool:
    """A sample that stays the same while other variants come and go."""
    return int.from_bytes(hashlib.sha256(variant.id.encode()).digest()[:2]) % SHARE == 0


VARIANTS = [
    pytest.param(variant, id=variant.id, marks=() if drawn(variant) else pytest.mark.slow)
    for variant in read_variants()
]


@pytest.mark.parametrize("variant", VARIANTS)
def test_an_answer_in_another_style_gets_what_it_deserves(variant: AnswerVariant, host: KernelFactory | None) -> None:
    """Every point for a right answer; for a wrong one a lost point, and with it a right name or something to try."""
    findings = of_variant(variant).graded(SEED, host).exercises[0].findings
    told = [(f.check, f.outcome.value, f.misconception and f.misconception.id, f.rationale) for f in findings]
    if variant.right:
        assert all(f.outcome is Outcome.PASSED for f in findings), told
        return
    caught = [f for f in findings if f.outcome in CAUGHT]
    assert caught or variant.lenient, told
    assert not names_of(findings) - variant.names - variant.half_names, told
    assert all(f.misconception or f.help for f in caught) or names_of(findings) & variant.names, told


def names_of(findings: tuple[Finding, ...]) -> frozenset[str]:
    return frozenset(f.misconception.id for f in findings if f.misconception)
