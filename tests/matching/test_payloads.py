"""Payloads as the modules that they are, and as the text that is sent: no sandbox, no notebook."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas
import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from grader.matching import payloads
from grader.matching.payloads import (
    arguments,
    classify,
    language_model,
    metrics,
    recompute,
    sizes,
    training,
    training_data,
    wrappers,
)
from grader.matching.payloads.classify import STREAMS, TEXTS, TRAINING, kind_of
from grader.matching.payloads.datasets import encode_by, encoded_items
from grader.matching.payloads.fake_encoder import Tokenizer, pretrained_encoder
from grader.matching.payloads.fake_models import Bag, Vectors, ids_in
from grader.matching.payloads.fragments import execute, overridden, rerun
from grader.matching.payloads.generation import wrap_generate
from grader.matching.payloads.known_values import ValueNotLent, look_up
from grader.matching.payloads.positional_encoding import allowed_by
from grader.matching.payloads.token_masking import wrap_masking
from grader.sandbox.payload import source_of

ROOT = Path(__file__).parents[2]
TITLES = [(torch.tensor([1, 2, 3]), 0), (torch.tensor([4, 5]), 1), (torch.tensor([6, 7, 8, 9]), 2)]


# --- the text ------------------------------------------------------------------------------------


def modules() -> list[str]:
    fakes = sorted(path for path in ROOT.glob("grader/lessons/*/_fakes/*.py") if path.stem != "__init__")
    named = [f"grader.matching.payloads.{module.name}" for module in pkgutil.iter_modules(payloads.__path__)]
    return named + [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in fakes]


def entries() -> list[Any]:
    found = []
    for name in modules():
        module = importlib.import_module(name)
        own = (v for v in vars(module).values() if inspect.isfunction(v) or inspect.isclass(v))
        found += [value for value in own if value.__module__ == name]
    return found


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: f"{entry.__module__.split('.')[-1]}.{entry.__name__}")
def test_the_text_stands_alone(entry: Callable[..., Any]) -> None:
    """It runs in an empty namespace, imports nothing of grader, and tells nothing of what a docstring or comment says."""
    text = source_of(entry)
    scope: dict[str, Any] = {"__name__": "lent"}
    exec(compile(text, "<lent>", "exec"), scope)
    assert scope["make"].__name__ == entry.__name__
    assert "grader" not in text and '"""' not in text and "  # " not in text


def test_the_text_brings_what_is_read_and_no_more() -> None:
    """A helper of another payload comes along, in front; what only others use stays behind."""
    text = source_of(metrics.run_shown)
    assert text.index("def overridden(") < text.index("class Record") < text.index("def run_shown(")
    assert "run_trainer" not in text and "several_kind" not in text


def test_the_text_does_not_depend_on_the_order_of_sets() -> None:
    """Another process, with other hashes, sends the same."""
    asked = "from grader.matching.payloads.training import run_training as p; from grader.sandbox.payload import source_of; print(source_of(p), end='')"
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", asked],
            capture_output=True,
            text=True,
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed, "PATH": "", "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        )
        assert done.stdout == source_of(training.run_training), done.stderr


# --- fragments -----------------------------------------------------------------------------------


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


# --- the classifier ------------------------------------------------------------------------------


def table(rows: int = 10) -> torch.Tensor:
    return torch.arange(rows * 3).reshape(rows, 3)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (nn.Linear(2, 2), "model"),
        (nn.CrossEntropyLoss(), "criterion"),
        (torch.optim.SGD([torch.zeros(1)]), "optimizer"),
        (DataLoader(TensorDataset(table())), "loader"),
        ({"train": TensorDataset(table())}, "several"),
        (torch.device("cpu"), "device"),
        (table(), "ids"),
        (table() % 2, "mask"),
        (table() * 0, "types"),
        (torch.eye(10), "onehot"),
        (torch.rand(10, 3), ""),
        (list(range(10)), "labels"),
        (table().numpy()[:, 0], "labels"),
        (pandas.Series(range(10)), "labels"),
        ([torch.tensor([1, 2])] * 10, "titles"),
        ([1, 2], ""),
        ("text", ""),
    ],
)
def test_what_a_training_reads_is_told(value: Any, kind: str) -> None:
    """By its class, or by the numbers that it holds."""
    assert kind_of(value, TRAINING) == kind


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (["a red dog sat"] * 10, "texts"),
        ([["a", "red", "dog"]] * 10, "texts"),
        (pandas.DataFrame({"t": ["a red dog sat"] * 10, "n": range(10)}), "texts"),
        (pandas.Series(["a red dog sat"] * 10), "texts"),
        ([f"w{i}" for i in range(10)], "words"),
        ({f"w{i}": i for i in range(10)}, "vocab"),
        (Vectors([f"w{i}" for i in range(10)], torch.ones(10, 3)), "vectors"),
        (Tokenizer(["red"]), "tokenizer"),
        (table(), "encoded"),
        (table() % 2, "shown"),
        ([[1, 2, 3]] * 10, "encoded"),
        (7, ""),
    ],
)
def test_what_becomes_of_titles_is_told(value: Any, kind: str) -> None:
    """Titles, words, vocabularies, vectors and ids, in whatever they are kept."""
    assert kind_of(value, TEXTS) == kind


@pytest.mark.parametrize(
    ("value", "kind"),
    [(5, "number"), (True, ""), (torch.arange(20), "text"), ({"train": list(range(20))}, "text"), (torch.rand(20), "")],
)
def test_what_a_language_model_reads_is_told(value: Any, kind: str) -> None:
    """A number, or a long row of ids."""
    assert kind_of(value, STREAMS) == kind


def test_an_object_that_breaks_when_it_is_looked_at_is_nothing() -> None:
    """And nothing is raised."""

    class Odd:
        @property
        def ndim(self) -> int:
            raise RuntimeError("no")

    assert kind_of(Odd(), TRAINING) == kind_of(Odd(), STREAMS) == ""


def test_the_held_out_set_is_told_by_its_name() -> None:
    """English and Japanese."""
    assert all(classify.HELD_OUT.search(name) for name in ("X_valid", "dev_loader", "検証データ"))
    assert not classify.HELD_OUT.search("X_train")


# --- metrics -------------------------------------------------------------------------------------


def shown(*lines: list[tuple[str, str, Any]]) -> dict[str, Any]:
    record = metrics.Record()
    for line in lines:
        record.turn()
        for place, (before, source, value) in enumerate(line):
            assert record.seen(before, source, place == 0, value) is value
    return record.series()


def test_series_are_told_by_the_words_in_front() -> None:
    """One number of each an epoch; the epoch itself is none."""
    lines = [
        [
            ("epoch ", "epoch", n),
            (" train loss ", "a", 0.5 - n),
            (" acc ", "b", 0.25),
            (" valid loss ", "c", torch.tensor(0.75)),
            (" acc ", "d", 1.0),
        ]
        for n in range(2)
    ]
    assert shown(*lines) == {
        "train_loss": [0.5, -0.5],
        "train_accuracy": [0.25, 0.25],
        "valid_loss": [0.75, 0.75],
        "valid_accuracy": [1.0, 1.0],
    }


def test_series_that_cannot_be_told_apart_are_not_read() -> None:
    """Four numbers without a word."""
    assert shown([("", name, 0.5) for name in "pqrs"]) == {"unread": metrics.UNREAD}


def test_a_loss_without_a_side_is_the_trainings() -> None:
    """And the other's where that one is there."""
    assert metrics.named({("loss", ""): 1.0}) == {"train_loss": 1.0}
    assert metrics.named({("loss", "train"): 1.0, ("loss", ""): 2.0}) == {"train_loss": 1.0, "valid_loss": 2.0}


@pytest.mark.parametrize("source", ["epoch", "i + 1", "elapsed_time", "optimizer.param_groups[0]['lr']"])
def test_counters_are_no_measurements(source: str) -> None:
    """The number of the epoch, times and rates."""
    assert metrics.counts(source) and not metrics.counts("val_" + "loss")


def test_a_trainer_is_made_and_its_history_read() -> None:
    """Its arguments go to the constructor or to the method, as each takes them."""
    body = (
        "class T:\n    def __init__(self, model): self.loss_history = []\n"
        "    def fit(self, epochs):\n        self.loss_history += [0.5] * epochs\n"
    )
    namespace: dict[str, Any] = {}
    run = metrics.run_trainer(namespace, body, "T", "fit", ["model"])
    assert run(model=None, epochs=2) == {"loss_history": [0.5, 0.5]} and namespace == {}


def test_a_function_that_shows_is_read() -> None:
    """By the marks in its definition."""
    body = "def fit(n):\n    for _ in range(n):\n        __turn__()\n        __seen__('train loss', 'x', True, 0.5)\n"
    assert metrics.run_shown({}, body, "fit")(2) == {"train_loss": [0.5, 0.5]}


# --- training ------------------------------------------------------------------------------------

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
    run = training.run_training(namespace, LOOP, names, False, "")
    model = Bag()
    found = run(model, TITLES, TITLES[:1], epochs=2, lr=0.1, batch_size=3)
    assert len(found["train_loss"]) == 2 and bool(model.weight.any())
    assert namespace == before and namespace["seen_sizes"] == []


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


# --- recompute -----------------------------------------------------------------------------------


def test_statements_run_again_on_other_titles() -> None:
    """In the place of the notebook's own, in the form that it keeps them in."""
    frame = pandas.DataFrame({"title": ["a red dog sat"] * 10, "n": range(10)})
    namespace: dict[str, Any] = {"frame": frame}
    run = recompute.run_again(
        namespace, "found = {w: 1 for t in frame['title'] for w in t.split()}", {"frame": "texts"}, "found"
    )
    assert run(titles=["one two three"]) == {"one": 1, "two": 1, "three": 1}
    assert namespace == {"frame": frame}


def test_statements_run_again_on_another_vocabulary() -> None:
    """Its size follows, as many more as the notebook's own is."""
    namespace: dict[str, Any] = {"vocab": {"a": 1, "b": 2}, "size": 3, "width": 2, "torch": torch}
    stops = {"vocab": "vocab", "size": "size", "width": "dim"}
    run = recompute.run_again(namespace, "W = torch.zeros(size, width) + len(vocab)", stops, "W")
    found = run(vocab={"x": 1, "y": 2, "z": 3}, vectors=None, dim=5)
    assert found.shape == (4, 5) and float(found[0, 0]) == 3


def test_a_list_of_words_is_made_anew() -> None:
    """Its places are ids, with what stood in front of the first word."""
    vocab = {"y": 2, "x": 1}
    assert recompute.words_like(["<pad>", "a", "b"], vocab, {"a": 1, "b": 2}) == ["<pad>", "x", "y"]
    assert recompute.words_like(("a", "b"), vocab, {"a": 1, "b": 2}) == ("x", "y")


def test_a_table_inside_a_model_is_filled() -> None:
    """`model.emb.weight`, though no model of this size is there."""
    run = recompute.run_again({"vocab": {"a": 1}}, "model.emb.weight[1] = 7", {"vocab": "vocab"}, "model.emb.weight")
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


# --- language models -----------------------------------------------------------------------------


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


# --- wrappers ------------------------------------------------------------------------------------

SPEC = {"min_args": 3, "mask_required": False, "axes": {}, "mask": "allowed", "mask_layout": "", "output_order": ""}


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
    spec |= {"axes": {"previous": "row"}, "method": "step", "padding": 0}
    decoder = wrappers.wrap_steps(Own, spec)()
    scores, state, weights = decoder(torch.tensor([1, 2]), torch.rand(2, 3), torch.rand(2, 4, 3))
    assert scores.shape == (2, 7) and state.shape == (2, 3) and weights.shape == (2, 4)


# --- the smaller ones ----------------------------------------------------------------------------


def test_settings_are_the_students_class_with_our_values() -> None:
    """Or a plain object, where there is none or it wants arguments."""

    class Config:
        width, depth = 3, 2

    assert vars(arguments.settings(Config, {"width": 9}, {"rate": 1})) == {"rate": 1, "width": 9, "depth": 2}
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
    spec = {"given": given, "method": "", "limits": ["block_size"], "required": list(given), "pair": False}
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
    assert torch.equal(allowed_by(mask, {})(4), torch.ones(4, 4).tril().bool())


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
