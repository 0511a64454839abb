"""Fragments of a notebook that run again, as the payloads do it."""

from __future__ import annotations

import copy
from contextlib import suppress
from typing import Any

import pandas
import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from grader.matching.payloads import (
    arguments,
    language_model,
    recompute,
    training,
    training_data,
)
from grader.matching.payloads.fake_models import Bag, Vectors
from grader.matching.payloads.fragments import execute, overridden, rerun
from tests.matching.payload_values import TITLES, table

# --- fragments -------------------------------------------------------------------------------------


def test_overridden_gives_everything_back() -> None:
    """New names go, changed ones are as they were, also after an exception."""
    namespace: dict[str, Any] = {"a": 1, "b": 2}
    with suppress(ZeroDivisionError), overridden(namespace, {"a": 5}):
        namespace.update(b=6, c=7)
        namespace["a"] /= 0
    assert namespace == {"a": 1, "b": 2}


def test_overridden_may_give_back_its_own_values_alone() -> None:
    """What the code in between counts stays counted."""
    namespace = {"a": 1, "count": 0}
    with overridden(namespace, {"a": 5, "new": 6}, whole=False):
        namespace["count"] += 1
    assert namespace == {"a": 1, "count": 1}


def test_a_fragment_runs_again_with_other_values() -> None:
    """The setup runs first, then the values are chosen, then the fragment, then its result is read."""
    namespace: dict[str, Any] = {"x": 1}
    found = rerun(namespace, "y = x * n", lambda: {"x": namespace["n"] + 1}, lambda: namespace["y"], "n = 3")
    assert found == 12 and namespace == {"x": 1}


def test_a_fragment_has_no_futures_of_ours() -> None:
    """Its annotations are values, as they were in the notebook."""
    namespace: dict[str, Any] = {}
    execute("def f(x: int): pass", namespace)
    assert namespace["f"].__annotations__ == {"x": int}


# --- training --------------------------------------------------------------------------------------


LOOP = """
for epoch in range(__epochs__):
    __turn__()
    for ids, label in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(ids), label)
        loss.backward()
        optimizer.step()
    __seen__("train loss", "loss", True, loss)
    seen_sizes.append((n_train, batch_size))
"""


def notebook_of_a_loop() -> dict[str, Any]:
    """A notebook's own model, data and settings."""
    model = nn.Embedding(3, 2)
    data = TensorDataset(table(12), torch.arange(12) % 5)
    return {
        "model": model,
        "optimizer": torch.optim.SGD(model.parameters(), lr=0.5, momentum=0.5, weight_decay=0.1),
        "criterion": nn.CrossEntropyLoss(),
        "train_loader": DataLoader(data, batch_size=4, shuffle=True),
        "n_train": 12,
        "batch_size": 4,
        "seen_sizes": [],
    }


def test_a_loop_trains_the_judges_model() -> None:
    """On its titles, with its rate; the notebook has its own again afterwards."""
    namespace = notebook_of_a_loop()
    before, names = dict(namespace), list(namespace)
    run = training.run_training(namespace, LOOP, names, (), False, "")
    model = Bag()
    found = run(model, TITLES, TITLES[:1], epochs=2, lr=0.1, batch_size=3)
    assert len(found["train_loss"]) == 2 and bool(model.weight.any())
    assert namespace == before and namespace["seen_sizes"] == []


@pytest.mark.parametrize(
    ("table", "empty"),
    [(torch.ones(2, 3), torch.zeros(2, 3)), ([0.5, 2], [0.0, 0.0]), (torch.ones(4).numpy(), torch.zeros(4)), ({}, {})],
    ids=["tensor", "list", "array", "dict"],
)
def test_what_measurements_are_kept_in_is_emptied(table: Any, empty: Any) -> None:
    """A loop that adds to what stands there begins with nothing again, and the student's own stays as it was."""
    kept = copy.copy(table)
    found = training.emptied(table)
    assert torch.equal(torch.as_tensor(found), empty) if isinstance(empty, torch.Tensor) else found == empty
    assert repr(table) == repr(kept) and found is not table


def test_values_are_replaced_in_their_own_form() -> None:
    """A table of ids stays an array, an optimizer keeps its momentum and loses its decay, sizes follow."""
    ours = training.Replacement(Bag(), TITLES, TITLES[:2], 0.1, 2, "cpu")
    namespace = {**notebook_of_a_loop(), "X_valid": table(10).numpy(), "y": list(range(10)), "n_valid": 10}
    values = ours.values(namespace, list(namespace))
    assert values["X_valid"].tolist() == [[1, 2, 3], [4, 5, 0]]
    assert values["y"] == [0, 1, 2]
    assert values["optimizer"].defaults["momentum"] == 0.5 and values["optimizer"].defaults["weight_decay"] == 0
    assert (values["n_train"], values["batch_size"], values["n_valid"]) == (3, 2, 2)
    assert "criterion" not in values


def test_items_of_a_dict_keep_their_names() -> None:
    """Ids and mask, filled up to one length where the student's are."""
    theirs = [{"ids": [1, 2, 3, 0], "attention_mask": [1, 1, 1, 0], "label": n % 2} for n in range(10)]
    items = training_data.Items(theirs, TITLES, 3)
    assert items[1] == {"ids": [4, 5, 0, 0], "attention_mask": [1, 1, 0, 0], "label": 1}


def test_a_data_set_of_another_form_is_not_read() -> None:
    """Two tables of ids: nobody knows which."""
    with pytest.raises(training_data.Unread):
        training_data.dataset_like(TensorDataset(table(), table()), TITLES, 3)


def test_kinds_are_told_after_the_setup() -> None:
    """And the setup leaves nothing behind."""
    namespace: dict[str, Any] = notebook_of_a_loop()
    told = training.tell_kinds(namespace, ["train_loader", "more", "n_train"], "more = list(range(20))")
    assert told() == {"train_loader": "loader 4", "more": "labels"} and "more" not in namespace


# --- recompute -------------------------------------------------------------------------------------


def test_statements_run_again_on_other_titles() -> None:
    """In the place of the notebook's own, in the form that it keeps them in."""
    frame = pandas.DataFrame({"title": ["a red dog sat"] * 10, "n": range(10)})
    namespace: dict[str, Any] = {"frame": frame}
    run = recompute.run_again(
        namespace, "found = {w: 1 for t in frame['title'] for w in t.split()}", {"frame": "texts"}, "found", {}
    )
    assert run(titles=["one two three"]) == {"one": 1, "two": 1, "three": 1}
    assert namespace == {"frame": frame}


def test_statements_run_again_on_another_vocabulary() -> None:
    """Its size follows, as many more as the notebook's own is."""
    namespace: dict[str, Any] = {"vocab": {"a": 1, "b": 2}, "size": 3, "width": 2, "torch": torch}
    stops = {"vocab": "vocab", "size": "size", "width": "dim"}
    run = recompute.run_again(namespace, "W = torch.zeros(size, width) + len(vocab)", stops, "W", {})
    found = run(vocab={"x": 1, "y": 2, "z": 3}, vectors=None, dim=5)
    assert found.shape == (4, 5) and float(found[0, 0]) == 3


def test_a_list_of_words_is_made_anew() -> None:
    """Its places are ids, with what stood in front of the first word."""
    vocab = {"y": 2, "x": 1}
    assert recompute.words_like(["<pad>", "a", "b"], vocab, {"a": 1, "b": 2}) == ["<pad>", "x", "y"]
    assert recompute.words_like(("a", "b"), vocab, {"a": 1, "b": 2}) == ("x", "y")


def test_a_table_inside_a_model_is_filled() -> None:
    """`model.emb.weight`, though no model of this size is there."""
    stops = {"vocab": "vocab"}
    run = recompute.run_again({"vocab": {"a": 1}}, "model.emb.weight[1] = 7", stops, "model.emb.weight", {})
    assert run(vocab={"a": 1, "b": 2}, dim=3)[1].tolist() == [7, 7, 7]


def test_ids_without_a_mask_are_padded_with_zero() -> None:
    """Rows of different lengths become a table, and the padding tells the mask."""
    found = recompute.ids_and_mask([[5, 6, 7], [8]])
    assert found["input_ids"].tolist() == [[5, 6, 7], [8, 0, 0]]
    assert found["attention_mask"].tolist() == [[1, 1, 1], [1, 0, 0]]


def test_holdings_of_a_notebook_are_told() -> None:
    """Sizes by the vocabulary, the width by the vectors."""
    vocab = {f"w{i}": i for i in range(10)}
    namespace = {"vocab": vocab, "wv": Vectors(list(vocab), torch.ones(10, 3)), "n": 11, "d": 3, "_hidden": vocab}
    assert recompute.tell_holdings(namespace)() == {"vocab": "vocab", "wv": "vectors", "n": "size", "d": "dim"}


def test_lines_of_several_fields_keep_them() -> None:
    """The title stands where the longest field was."""
    assert recompute.rows_like("b\ta red dog sat\n", ["x y"]) == ["b\tx y\n"]


# --- language models -------------------------------------------------------------------------------


def test_a_loop_over_steps_gives_the_loss_of_each() -> None:
    """With the judge's model in the form of the notebook's own: (logits, loss)."""

    class Own(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.table = nn.Embedding(7, 7)

        def forward(self, idx: torch.Tensor, targets: torch.Tensor | None = None) -> Any:
            return self.table(idx), None if targets is None else torch.zeros(())

    own = Own()
    body = (
        "for _ in range(__steps__):\n    logits, loss = model(ids, ids)\n"
        "    opt.zero_grad(); loss.backward(); opt.step()\n"
    )
    namespace: dict[str, Any] = {"model": own, "opt": torch.optim.SGD(own.parameters(), lr=1.0), "ids": table(2) % 7}
    run = language_model.run_steps(namespace, body, ["model", "opt", "ids"], [])
    plain = torch.Tensor.backward
    losses = run(nn.Embedding(7, 7), 3, 0.5)
    assert len(losses) == 3 and losses[2] < losses[0]
    assert namespace["model"] is own and torch.Tensor.backward is plain


def test_the_loss_inside_forward_is_read() -> None:
    """Of our scores and targets, as the student's own lines compute it."""

    class Own(nn.Module):
        def __init__(self, vocab: int) -> None:
            super().__init__()
            self.emb, self.head = nn.Embedding(vocab, 4), nn.Linear(4, vocab)

        def forward(self, idx: torch.Tensor, targets: torch.Tensor | None = None) -> Any:
            logits = self.head(self.emb(idx))
            return (logits, None) if targets is None else (logits, logits.sum() * 0 + 2.5)

    loss = language_model.loss_inside(Own, {}, ["vocab"])
    assert float(loss(torch.rand(2, 3, 5), torch.zeros(2, 3, dtype=torch.long))) == 2.5


def test_a_text_keeps_its_form() -> None:
    """A list, an array, a tensor, or one for each split."""
    ids = torch.arange(4)
    assert language_model.text_like({"train": [1]}, ids) == {"train": [0, 1, 2, 3]}
    assert language_model.text_like(torch.zeros(1, dtype=torch.int32), ids).dtype == torch.int32


def test_a_loader_of_the_judges_fills_up_titles_of_different_lengths() -> None:
    """Pairs and dicts; where a student brings a way of their own, it is theirs."""
    pairs = [(torch.tensor([1, 2]), 0), (torch.tensor([3]), 1)]
    ((ids, labels),) = list(arguments.loader(pairs, 2, shuffle=False, collate=None))
    assert ids.tolist() == [[1, 2], [3, 0]] and labels.tolist() == [0, 1]
    (batch,) = list(arguments.loader([{"x": ids, "y": label} for ids, label in pairs], 2, shuffle=False, collate=None))
    assert batch["x"].tolist() == [[1, 2], [3, 0]] and batch["y"].tolist() == [0, 1]
    assert list(arguments.loader(pairs, 2, shuffle=False, collate=len)) == [2]
