"""When two names are one."""

from __future__ import annotations

import pytest

from grader.matching.composed_names import COMPOSED, is_composed
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


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("max_positional_embeddings", "max_len"),
        ("maxSequenceLength", "max_len"),
        ("num_segment_embeddings", "n_segments"),
        ("token_type_vocab_size", "n_segments"),
        ("number_of_attention_heads", "num_heads"),
        ("num_transformer_blocks", "num_layers"),
        ("feed_forward_hidden_size", "d_ff"),
        ("source_vocabulary_size", "src_vocab"),
        ("num_decoder_tokens", "tgt_vocab"),
        ("embedding_dimension", "d_model"),
    ],
)
def test_a_name_is_read_word_by_word(name: str, meaning: str) -> None:
    """And means one thing only."""
    assert [known for known in COMPOSED if is_composed(name, known)] == [meaning]


@pytest.mark.parametrize(
    "name", ["head_dim", "pos_emb_dim", "position_embedding_size", "hidden_layer", "num_emb", "layer_norm_eps", "heads"]
)
def test_another_word_in_a_name_or_one_alone_says_nothing(name: str) -> None:
    assert not [known for known in COMPOSED if is_composed(name, known)]
