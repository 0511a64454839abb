"""Hypothesis strategies for what strangers write; the long texts of `strange` are left to the corpus and to `mutation`."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.fuzz import strange

texts = st.one_of(
    st.sampled_from(strange.TEXTS),
    st.text(st.characters(exclude_categories=()), max_size=20),
    st.lists(st.sampled_from(strange.TEXTS), max_size=4).map("".join),
)
numbers = st.one_of(st.sampled_from(strange.NUMBERS), st.integers(), st.floats())
values = st.recursive(
    st.one_of(texts, numbers),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=5,
)


def dumps(strategy: st.SearchStrategy[object]) -> st.SearchStrategy[bytes]:
    """The bytes of these values as JSON."""
    return strategy.map(strange.dumped)
