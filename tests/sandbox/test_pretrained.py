"""BERT where transformers is not installed: called as the real one is."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch

from grader.sandbox.guest.hugging_face import Package, fetch_small
from grader.sandbox.guest.pretrained import CLS, PAD, SEP, Classifier, Encoder, Tokenizer


def test_a_title_becomes_ids_and_a_mask() -> None:
    """Special tokens around it, padded to a length or to the longest, cut where that is asked for; the same word has one id."""
    tokenizer = Tokenizer.from_pretrained("bert-base-uncased")
    both = tokenizer(["red dog", "Dog"], padding=True, return_tensors="pt")
    assert both.input_ids[:, 0].tolist() == [CLS, CLS]
    assert both["input_ids"][1].tolist() == [CLS, both["input_ids"][0, 2].item(), SEP, PAD]
    assert both["attention_mask"].tolist() == [[1, 1, 1, 1], [1, 1, 1, 0]]
    assert len(tokenizer.encode_plus("a b c d", max_length=4, truncation=True)["input_ids"]) == 4
    assert len(tokenizer.encode("a b", max_length=9, padding="max_length")) == 9


def test_the_encoder_reads_its_mask_and_answers_in_both_forms() -> None:
    """What the mask hides has no influence; a mapping by default, a tuple on request, of states (B, T, D) and (B, D)."""
    encoder, ids = Encoder.from_pretrained("bert-base-uncased"), torch.tensor([[CLS, 1500, SEP, PAD]])
    mask = torch.tensor([[1, 1, 1, 0]])
    states = encoder(ids, attention_mask=mask).last_hidden_state
    assert states.shape == (1, 4, 768)
    other = torch.tensor([[CLS, 1500, SEP, 1234]])
    assert torch.equal(encoder(other, attention_mask=mask).last_hidden_state[:, :3], states[:, :3])
    assert [part.shape for part in encoder(ids, attention_mask=mask, return_dict=False)] == [(1, 4, 768), (1, 768)]


def test_a_ready_classifier_has_its_loss() -> None:
    """With labels the loss comes first, which learns; without, the logits alone."""
    model, ids = Classifier.from_pretrained("bert-base-uncased", num_labels=4), torch.tensor([[CLS, 1500, SEP]])
    found = model(ids, labels=torch.tensor([2]))
    found.loss.backward()
    assert found.logits.shape == (1, 4) and model.classifier.weight.grad is not None
    assert list(model(ids)) == ["logits"]


def test_what_is_not_here_is_absent_with_the_package() -> None:
    """Names that the stand-in does not know end as an import of an absent package does."""
    with pytest.raises(ModuleNotFoundError, match="No module named 'transformers'"):
        Package("transformers").Trainer  # noqa: B018
    with pytest.raises(AttributeError, match="No module named 'transformers'"):
        Tokenizer().train_new_from_iterator  # noqa: B018


@pytest.mark.parametrize(
    ("name", "place", "made"),
    [
        ("BertModel", "transformers.models.bert", Encoder),
        ("AutoTokenizer", "transformers.models.auto", Tokenizer),
        ("BertForSequenceClassification", "transformers.models.bert", Classifier),
        ("BertModel", "__main__", None),
        ("BertForMaskedLM", "transformers.models.bert", None),
    ],
)
def test_what_nobody_can_fetch_is_small_and_untrained(name: str, place: str, made: type | None) -> None:
    """The library's own classes, where it is installed and there is no network; a class of the student's own stays without."""

    def from_pretrained(_cls: type, *_given: object, **_options: object) -> object:
        raise OSError("We couldn't connect to 'https://huggingface.co' to load the files")

    owner = type(name, (), {"from_pretrained": classmethod(from_pretrained), "__module__": place})
    fetch_small(SimpleNamespace(**{name: owner}), (name,))
    if made is None:
        with pytest.raises(OSError, match="couldn't connect"):
            owner.from_pretrained("bert-base-uncased")  # type: ignore[attr-defined]
    else:
        assert isinstance(owner.from_pretrained("bert-base-uncased"), made)  # type: ignore[attr-defined]


def test_a_tokenizer_without_its_file_is_no_tokenizer() -> None:
    """The library makes one that knows the special words alone."""
    empty = type("Empty", (), {"__len__": lambda _self: 5})()
    owner = type(
        "BertTokenizer",
        (),
        {"from_pretrained": classmethod(lambda *_given, **_options: empty), "__module__": "transformers.x"},
    )
    fetch_small(SimpleNamespace(BertTokenizer=owner), ("BertTokenizer",))
    assert isinstance(owner.from_pretrained("bert-base-uncased"), Tokenizer)  # type: ignore[attr-defined]
