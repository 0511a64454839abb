"""The law for strangers' bytes, tried: what is kept, what is long, and what a grammar and chance invent, the same every time."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.drawing import drawn
from tests.fuzz import law
from tests.fuzz.corpus import corpus, long_ones
from tests.fuzz.mutation import mutated
from tests.fuzz.targets.all import TARGETS

# How many inputs of the grammar, and how many changes of the corpus: so many in the ordinary suite, and in the slow one.
INVENTED = {
    "reader": 150,
    "messages": 200,
    "replies": 200,
    "survey": 150,
    "matching": 100,
    "sources": 80,
    "intake": 80,
    "renderers": 20,
    "review": 60,
}
CHANGED = {
    "reader": 300,
    "messages": 400,
    "replies": 800,
    "survey": 500,
    "matching": 200,
    "sources": 80,
    "intake": 80,
    "renderers": 20,
    "review": 60,
}
SLOWLY = 25  # times as many


@pytest.mark.parametrize("name", TARGETS)
def test_what_once_broke_the_law_keeps_it(name: str) -> None:
    """Every input of the corpus, the honest ones too."""
    for data in corpus(name):
        law.keep(TARGETS[name].target, data)


@drawn(3)
@pytest.mark.parametrize("name", TARGETS)
def test_what_is_very_long_keeps_the_law(name: str) -> None:
    """Names of 200,000 letters, 100,000 minus signs, 20,000 blank lines and the like."""
    law.keep(TARGETS[name].target, corpus(name)[0])  # whatever is imported and compiled only once
    for data in long_ones(name):
        law.keep(TARGETS[name].target, data)


@drawn(5)
@pytest.mark.parametrize("name", TARGETS)
def test_what_is_invented_keeps_the_law(name: str) -> None:
    """Inputs of the target's own grammar, smallest first."""
    by_grammar(name, INVENTED[name])()


@pytest.mark.parametrize("name", TARGETS)
def test_what_is_changed_keeps_the_law(name: str) -> None:
    """The corpus with random changes."""
    by_chance(name, CHANGED[name], seed=1)


@pytest.mark.slow
@pytest.mark.parametrize("name", TARGETS)
def test_much_of_it_keeps_the_law(name: str) -> None:
    """The same, with many more."""
    by_grammar(name, INVENTED[name] * SLOWLY)()
    by_chance(name, CHANGED[name] * SLOWLY, seed=2)


def by_grammar(name: str, inputs: int) -> Callable[[], None]:
    """A test that invents so many inputs; the same ones every time, so that no run of the suite fails by chance."""
    module = TARGETS[name]

    @settings(
        max_examples=inputs, derandomize=True, database=None, deadline=None, phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(module.inputs)
    def invented(data: bytes) -> None:
        law.keep(module.target, data)

    return invented


def by_chance(name: str, inputs: int, seed: int) -> None:
    random, kept = Random(seed), corpus(name)
    for _ in range(inputs):
        data = mutated(random.choice(kept), random, tuple(kept))
        try:
            law.keep(TARGETS[name].target, data)
        except law.Unlawful as error:
            raise AssertionError(f"{error}: {data[:500]!r}") from error
