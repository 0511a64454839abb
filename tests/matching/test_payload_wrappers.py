"""Foreign forms asked in the contract's terms, as the payloads do it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import nn

from grader.matching.payloads import (
    arguments,
    sizes,
    steps,
    wrappers,
)
from grader.matching.payloads.datasets import encode_by, encoded_items
from grader.matching.payloads.fake_encoder import Tokenizer, pretrained_encoder
from grader.matching.payloads.fake_models import ids_in
from grader.matching.payloads.generation import wrap_generate
from grader.matching.payloads.known_values import ValueNotLent, look_up
from grader.matching.payloads.positional_encoding import allowed_by
from grader.matching.payloads.token_masking import wrap_masking
from tests.matching.payload_values import TITLES

# --- wrappers --------------------------------------------------------------------------------------


SPEC = {
    "min_args": 3,
    "mask_required": False,
    "axes": {},
    "mask": "allowed",
    "mask_layout": "",
    "output_order": "",
    "built": {},
}


@pytest.mark.parametrize(
    ("kind", "first"),
    [("hidden", [False, True]), ("ones", [1, 0]), ("hidden ones", [0, 1]), ("added", [0.0, -torch.inf])],
)
def test_a_mask_is_handed_over_in_each_kind(kind: str, first: list[Any]) -> None:
    """From one that is True where attention is allowed."""
    assert wrappers.mask_of_kind(torch.tensor([[True, False]]), kind)[0].tolist() == first


def test_a_module_is_asked_in_its_own_order() -> None:
    """Time first, and the mask in front."""

    class Own(nn.Module):
        def forward(self, mask: Any, q: torch.Tensor) -> torch.Tensor:
            assert mask is None
            return q * 2

    spec = {**SPEC, "order": ["mask", "q"], "roles": ["q", "mask"], "axes": {"q": "time", "out": "time"}}
    x = torch.rand(2, 3, 4)
    assert torch.equal(wrappers.wrap_module(Own, spec)()(x), x * 2)


def test_a_function_without_weights_is_asked_for_them() -> None:
    """They are what it makes of the unit vectors."""

    def own(v: torch.Tensor, q: torch.Tensor, k: torch.Tensor) -> torch.Tensor:
        return (q @ k.transpose(1, 2)).softmax(-1) @ v

    ask = wrappers.wrap_function(own, {**SPEC, "order": ["v", "q", "k"], "output_order": "out"})
    q, k, v = torch.rand(2, 3, 4), torch.rand(2, 5, 4), torch.rand(2, 5, 6)
    out, weights = ask(q, k, v)
    assert weights.shape == (2, 3, 5) and torch.allclose(weights @ v, out, atol=1e-6)


def test_a_decoders_step_is_read_in_the_contracts_form() -> None:
    """Scores (B, V), the state and weights (B, S), from (1, B, V) and (B, S, 1)."""

    class Own(nn.Module):
        def step(self, word: torch.Tensor, state: torch.Tensor, outputs: torch.Tensor) -> Any:
            assert word.shape == (1, 2)
            return torch.rand(1, 2, 7), state, torch.rand(2, 4, 1)

    spec = {"roles": ["previous", "state", "outputs"], "order": ["previous", "state", "outputs"]}
    spec |= {"axes": {"previous": "row"}, "method": "step", "padding": 0, "weights": False, "alone": False}
    decoder = steps.wrap_steps(Own, spec)()
    scores, state, weights = decoder(torch.tensor([1, 2]), torch.rand(2, 3), torch.rand(2, 4, 3))
    assert scores.shape == (2, 7) and state.shape == (2, 3) and weights.shape == (2, 4)


def test_weights_that_are_not_returned_are_read_off_the_softmax() -> None:
    """What its softmax gave for a place of the source is the weight, with the gradient that it has."""

    class Own(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.score = nn.Linear(3, 1)

        def step(self, word: torch.Tensor, state: torch.Tensor, outputs: torch.Tensor) -> Any:
            shares = torch.softmax(self.score(outputs).squeeze(2), dim=1)
            return torch.softmax(torch.rand(2, 7), dim=1), state + (shares[:, :, None] * outputs).sum(1)

    spec = {"roles": ["previous", "state", "outputs"], "order": ["previous", "state", "outputs"]}
    spec |= {"axes": {}, "method": "step", "padding": 0, "weights": True, "alone": False}
    decoder = steps.wrap_steps(Own, spec)()
    outputs = torch.rand(2, 4, 3)
    _, _, weights = decoder(torch.tensor([1, 2]), torch.rand(2, 3), outputs)
    assert torch.equal(weights, decoder.theirs.score(outputs).squeeze(2).softmax(1)) and weights.requires_grad


# --- the smaller ones ------------------------------------------------------------------------------


def test_settings_are_the_students_class_with_our_values() -> None:
    """A class works out the rest itself; an object of theirs is copied; a plain one stands in where there is none."""

    class Config:
        width, depth = 3, 2

    @dataclass
    class Worked:
        name: str
        width: int = 8
        heads: int = 2

        def __post_init__(self) -> None:
            self.of_head = self.width // self.heads

    made = arguments.settings(Config, {"width": 9}, {"rate": 1})
    assert (made.rate, made.width, made.depth, Config.width) == (1, 9, 2, 3)
    worked = arguments.settings(Worked, {"width": 12, "heads": 3}, {"name": "", "rate": 1})
    assert (worked.of_head, worked.rate) == (4, 1)
    theirs = SimpleNamespace(width=8, depth=2)
    copied = arguments.settings(theirs, {"width": 9}, {})
    assert (copied.width, copied.depth, theirs.width) == (9, 2, 8)
    assert vars(arguments.settings(None, {"width": 9}, {"rate": 1})) == {"rate": 1, "width": 9}


def test_a_padding_function_makes_batches() -> None:
    """One that pads a single title, up to the longest."""
    collate = arguments.batches_padded(lambda ids, max_len: ids + [0] * (max_len - len(ids)), ["max_len"])
    ids, labels = collate(TITLES[:2])
    assert ids.tolist() == [[1, 2, 3], [4, 5, 0]] and labels.tolist() == [0, 1]


def test_globals_hold_our_sizes_while_a_module_runs() -> None:
    """And theirs before and after."""
    namespace: dict[str, Any] = {"width": 8}
    seen = []

    class Own(nn.Module):
        def forward(self) -> None:
            seen.append(namespace["width"])

    made = sizes.built_with(Own, namespace, ["width"])()
    namespace["width"] = 3
    made()
    assert seen == [8] and namespace == {"width": 3}


def test_settings_are_changed_in_a_copy() -> None:
    """Only numbers, and the student's stay."""
    theirs = SimpleNamespace(width=3, name="x")
    assert vars(sizes.changed_settings(theirs, {"width": 9, "name": 9})) == {"width": 9, "name": "x"}
    assert theirs.width == 3
    assert sizes.tell_sizes({"width": 3, "cfg": theirs}, ["width", "new"], ["cfg"])() == ["width", "new", "cfg"]


def test_generate_is_asked_with_what_it_takes() -> None:
    """A form without a temperature gets hotter scores; a limit in a global holds the judge's meanwhile."""
    namespace: dict[str, Any] = {"block_size": 8}

    def own(model: Any, idx: torch.Tensor, max_new_tokens: int) -> Any:
        return model(idx), namespace["block_size"], max_new_tokens

    class Fake(nn.Module):
        max_len = 99

        def forward(self, ids: torch.Tensor) -> torch.Tensor:
            return torch.ones(1, ids.shape[1], 3)

    given = {"model": "model", "idx": "prompt", "max_new_tokens": "n"}
    spec = {
        "given": given,
        "method": "",
        "limits": ["block_size"],
        "attributes": ["block_size"],
        "required": list(given),
        "pair": False,
        "texts": "",
        "letters": {},
    }
    scores, limit, n = wrap_generate(own, {}, spec, namespace)(Fake(), torch.zeros(1, 2, dtype=torch.long), 4, 0.5)
    assert float(scores[0, 0, 0]) == 2 and (limit, n) == (99, 4) and namespace == {"block_size": 8}


def test_masking_is_asked_with_its_own_numbers() -> None:
    """[MASK] is the last special token there, and what comes back has our numbers again."""

    def own(ids: torch.Tensor, mask_token: int) -> Any:
        return torch.full_like(ids, mask_token), ids

    ids = torch.tensor([[3, 11, 5, 8, 8]])
    special = (ids == 3) | (ids == 5) | (ids == 8)
    spec = {
        "given": {"ids": "ids", "mask_token": "mask_id"},
        "globals": {},
        "global_settings": {},
        "settings": {},
        "dicts": [],
    }
    inputs, labels = wrap_masking(own, spec, {})(ids, special, 9, 20)
    assert set(inputs.flatten().tolist()) == {9} and torch.equal(labels, ids)


def test_a_data_set_encodes() -> None:
    """Items as dicts; the mask by its name."""
    encode = encode_by(
        lambda titles, tok: [{"input_ids": tok.encode(t)} for t in titles], [("titles", "titles"), ("tok", "tokenizer")]
    )
    found = encode(Tokenizer(["red", "dog"]), ["red dog", "red"])
    assert found["input_ids"].tolist() == [[1, 4, 5, 2], [1, 4, 2, 0]] and found["attention_mask"][1].tolist() == [
        1,
        1,
        1,
        0,
    ]


def test_titles_become_items_of_named_parts() -> None:
    """Filled up to the longest, with one-hot labels where the loss wants them."""
    items = encoded_items(
        [("input", "ids"), ("y", "labels")], True, Tokenizer(["red"]), [("red", 0), ("red red", 1)], True
    )
    assert items[0]["input"].tolist() == [1, 4, 2, 0] and items[1]["y"].tolist() == [0, 1]


@pytest.mark.parametrize(
    "mask",
    [
        lambda n: torch.ones(n, n).tril(),
        lambda n: torch.ones(1, n, n).triu(1).bool(),
        lambda n: torch.full((n, n), -torch.inf).triu(1),
    ],
)
def test_a_mask_of_any_kind_is_read(mask: Callable[[int], torch.Tensor]) -> None:
    """As True where attention is allowed."""
    assert torch.equal(allowed_by(mask, {}, [], False)(4), torch.ones(4, 4).tril().bool())


def test_a_fake_encoder_sees_its_mask() -> None:
    """Padding changes nothing where the mask hides it, and something where it does not."""
    encoder = pretrained_encoder(9, 4, False, 1)
    ids, padded = torch.tensor([[1, 4, 2]]), torch.tensor([[1, 4, 2, 0]])
    mask = torch.tensor([[1, 1, 1, 0]])
    whole = encoder(ids).pooler_output
    assert torch.allclose(encoder(padded, attention_mask=mask)[1], whole)
    assert not torch.allclose(encoder(padded)[1], whole)


def test_ids_are_found_in_whatever_a_loop_hands_over() -> None:
    """In a dict, a list, an object."""
    ids = torch.zeros(2, 3, dtype=torch.long)
    assert all(ids_in([held]) is ids for held in (ids, {"x": ids}, [torch.rand(2), ids], SimpleNamespace(ids=ids)))


def test_a_value_that_is_not_known_says_which() -> None:
    """By the name and the sizes."""
    lent = look_up("causal_mask", [([2], torch.eye(2))])
    assert torch.equal(lent(size=2), torch.eye(2))
    with pytest.raises(ValueNotLent, match="causal_mask 5"):
        lent(5)
