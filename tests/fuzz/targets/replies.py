"""A reply from the sandbox: the bytes, the value they hold, and the readings that checks make of it."""

from __future__ import annotations

import struct
from typing import Any

import safetensors.torch
import torch
from hypothesis import strategies as st

from grader.checks import compare, normalise, properties
from grader.errors import Failure
from grader.judge.known.parameters.names import likeness as alike
from grader.matching.replies import first_tensor, id_like, ids_and_mask
from grader.sandbox.channel import read_reply
from grader.sandbox.guest.codec import unpack
from grader.sandbox.guest.figures import Figure
from grader.sandbox.guest.tables import Table
from tests.fuzz.strange import dumped
from tests.fuzz.words import numbers, texts, values

EXPECTED = torch.arange(6.0).reshape(2, 3)


def target(data: bytes) -> None:
    """A reply is refused, or its value can be shown, compared and read in every way that checks have."""
    reply = read_reply(data)
    if reply.fault is not None:
        (reply.fault.type + reply.fault.message).encode()
    for value in (reply.value, *reply.extras.values()):
        compare.show(value).encode()
        compare.same(value, EXPECTED)
        compare.same(value, {"loss": [1.0]})
        compare.distance(value, EXPECTED)
        first_tensor(value), ids_and_mask(value), id_like(value)
        compare.same(value, value), compare.distance(value, value)
        for view in (normalise.tensor(2, 3), normalise.class_scores(2, 3), *READINGS, *PLAIN):
            try:
                view(value)
            except Failure as error:
                str(error).encode()
    weights = reply.extras.get("weights")
    for name in list(weights)[:50] if isinstance(weights, dict) else ():
        if isinstance(name, str):
            alike(name, "layers.0.attn.q_proj.weight")


READINGS: tuple[Any, ...] = (
    lambda value: properties.is_tensor(normalise.first(value)),
    lambda value: properties.is_boolean(normalise.first(value)),
    lambda value: properties.finite(normalise.first(value)),
    lambda value: properties.equal(normalise.first(value), EXPECTED),
    lambda value: properties.distribution(normalise.first(value)),
    lambda value: properties.normalised(normalise.first(value)),
    lambda value: properties.reached(value) if isinstance(value, dict) else None,
)

PLAIN: tuple[Any, ...] = (
    normalise.numbers(2, 3), normalise.table("a", by="a"), normalise.by_label(), normalise.lines, normalise.drawn("line"),
    lambda value: value.drawn()[0].named() if isinstance(value, Figure) and value.drawn() else None,
    lambda value: list(value.rows()) if isinstance(value, Table) else None,
)  # fmt: skip

# --- inputs ------------------------------------------------------------------------------------


def message(tree: Any, tensors: dict[str, torch.Tensor] | None = None) -> bytes:
    text = dumped(tree)
    return struct.pack(">Q", len(text)) + text + safetensors.torch.save(tensors or {})


TENSORS = {
    "0": torch.ones(2, 3), "1": torch.full((2, 3), float("nan")), "2": torch.zeros(0), "3": torch.ones(3, 2, dtype=torch.bool),
    "4": torch.arange(6).reshape(2, 3), "5": torch.tensor(1.5), "6": torch.full((2, 3), float("inf"), dtype=torch.float16),
    "7": torch.ones(2, 3).to(torch.float8_e4m3fn), "8": torch.zeros(0, 5), "9": torch.ones(2, 3, dtype=torch.complex64),
}  # fmt: skip
leaves = st.one_of(
    texts, numbers, values,
    st.fixed_dictionaries({"tensor": st.sampled_from([*TENSORS, "x"])}, optional={"grad": st.booleans()}),
    st.fixed_dictionaries({"array": st.sampled_from([*TENSORS])}),
    st.fixed_dictionaries({"handle": numbers}),
    st.fixed_dictionaries({"object": texts, "repr": texts}),
    st.fixed_dictionaries({"made": values}),
)  # fmt: skip


def plain_dict(**parts: Any) -> Any:
    """A dict as it crosses, with parts that strategies make."""
    return st.fixed_dictionaries(parts).map(lambda found: {"dict": [*map(list, found.items())]})


def plain_list(*parts: Any) -> Any:
    return st.tuples(*parts).map(lambda found: {"list": [*found]})


def tables(inner: Any) -> Any:
    """A table of two columns, whose parts are often what they should be."""
    column = st.one_of(inner, plain_list(numbers, texts), st.just({"array": "5"}), st.just({"array": "0"}))
    return plain_list(plain_list(texts, inner), plain_list(column, column), column)


def figures(inner: Any) -> Any:
    """A figure with one mark, of which any part may be something else."""
    array = st.one_of(st.fixed_dictionaries({"array": st.sampled_from([*TENSORS])}), inner)
    kinds = st.one_of(st.sampled_from(["line", "bars", "image"]), inner)
    mark = plain_dict(kind=kinds, x=array, y=array, names=plain_list(texts), label=st.one_of(texts, inner))
    words = dict.fromkeys(("title", "x_label", "y_label", "x_scale", "y_scale"), st.one_of(texts, inner))
    axes = plain_dict(**words, legend=plain_list(texts), marks=plain_list(mark))
    return plain_dict(title=texts, axes=plain_list(st.one_of(axes, inner)))


trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.fixed_dictionaries({"list": st.lists(inner, max_size=3)}),
        st.fixed_dictionaries({"tuple": st.lists(inner, max_size=3)}),
        st.fixed_dictionaries({"dict": st.lists(st.tuples(inner, inner), max_size=3)}),
        st.fixed_dictionaries({"set": st.lists(inner, max_size=3)}),
        st.fixed_dictionaries(
            {"items": st.tuples(st.fixed_dictionaries({"list": st.lists(numbers, max_size=2)}), inner)}
        ),
        st.fixed_dictionaries(
            {"items": st.tuples(st.just({"list": [2]}), st.fixed_dictionaries({"list": st.tuples(inner, inner)}))}
        ),
        st.fixed_dictionaries({"table": st.one_of(inner, tables(inner))}),
        st.fixed_dictionaries(
            {"column": st.one_of(inner, st.tuples(inner, inner, inner).map(lambda row: {"list": row}))}
        ),
        st.fixed_dictionaries({"record": st.tuples(texts, inner)}),
        st.fixed_dictionaries({"quoted": st.tuples(texts, texts)}),
        st.fixed_dictionaries({"figure": st.one_of(inner, figures(inner))}),
    ),
    max_leaves=6,
)
names = st.sampled_from(["value", "fault", "weights", "handle", "gradients", "inputs", "kinds", "training"])
faults = st.fixed_dictionaries(
    {"dict": st.lists(st.tuples(st.sampled_from(["type", "message", "kind", "place"]), trees), max_size=4)}
)
whole = st.lists(st.tuples(names, st.one_of(trees, faults)), max_size=4).map(lambda rows: {"dict": rows})
inputs = st.one_of(st.one_of(whole, trees).map(lambda tree: message(tree, TENSORS)), st.binary(max_size=100))
assert unpack(message({"tensor": "0"}, TENSORS)) is not None
