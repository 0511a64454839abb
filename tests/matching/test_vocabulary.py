"""When two names are one."""

from __future__ import annotations

import pytest

from grader.matching.vocabulary import is_misspelt, is_one_of


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("d_modle", "d_model"),
        ("embeding_dim", "embedding_dim"),
        ("vocab_szie", "vocab_size"),
        ("num_haeds", "num_heads"),
    ],
)
def test_one_slip_makes_no_other_name(name: str, known: str) -> None:
    """Two letters changed places, or one is missing or too many."""
    assert is_misspelt(name, known) and is_misspelt(known, name) and not is_one_of(name, [known])


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("enc_dim", "dec_dim"),
        ("filter_sizes", "filter_size"),
        ("hidden_size2", "hidden_size"),
        ("n_size", "in_size"),
        ("d_k", "dk_"),
        ("hidden_size", "hidden_size"),
        ("output_dim", "input_dim"),
    ],
)
def test_another_letter_a_plural_a_number_or_a_short_name_is_another(name: str, known: str) -> None:
    assert not is_misspelt(name, known)
