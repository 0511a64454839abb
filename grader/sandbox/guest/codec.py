"""How values cross the wall: 8 bytes of length, that much JSON, then tensors as safetensors. No pickle, no eval.

The judge and the sandbox read and write by the same file. What stands for a value without a plain form: `wire_values`.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import math
import struct
import types
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import safetensors.numpy as safe_arrays

from .figures import Figure, as_tree, from_tree, plain_figure
from .loaded import is_tensor
from .tables import Column, Table, as_frame, as_items, as_series, plain_table
from .wire_values import Handle, Members, Opaque, Quoted, Record, RemoteExpr, TooLarge

if TYPE_CHECKING:
    import torch

__all__ = ["Handle", "Members", "Opaque", "Quoted", "Record", "RemoteExpr", "TooLarge", "pack", "unpack"]

MAX_NODES = 200_000
MAX_DEPTH = 40
MAX_STRING = 200_000
MAX_TENSORS = 20_000
QUOTED = (
    "datetime",
    "decimal",
    "enum",
    "fractions",
    "pathlib",
    "uuid",
)  # modules of values that their repr tells whole
MAX_HEADER = 200 * MAX_TENSORS  # bytes of safetensors' table; a line of it has a hundred


class Packer:
    """Turns values into a JSON tree plus a list of tensors.

    Scalars stay as they are; everything else becomes `{kind: content}` with kind one of list, tuple, set, dict, tensor,
    array, items, table, column, figure, record, quoted, handle, made, object.
    """

    def __init__(self, limit: int) -> None:
        self.tensors: dict[str, Any] = {}  # and arrays
        self.left = limit
        self.nodes = MAX_NODES

    def spend(self, nbytes: int) -> None:
        self.left -= nbytes
        self.nodes -= 1
        if self.left < 0 or self.nodes < 0:
            raise TooLarge("the answer is larger than a reply may be")

    def tensor(self, value: torch.Tensor) -> str:
        import torch

        value = value.detach()
        key = self.numbers(value.numel() * value.element_size())
        self.tensors[key] = value.cpu().as_subclass(torch.Tensor).to_dense().contiguous().clone()
        return key

    def numbers(self, nbytes: int) -> str:
        """The name of one more tensor or array."""
        if len(self.tensors) >= MAX_TENSORS:
            raise TooLarge("the answer holds more tensors than a reply may")
        self.spend(nbytes)
        return str(len(self.tensors))

    def tree(self, value: Any, depth: int = 0) -> Any:
        if depth > MAX_DEPTH:
            raise TooLarge("the answer is nested too deeply")
        if value is None or isinstance(value, bool):
            self.spend(16)
            return value
        if isinstance(value, int | float):
            self.spend(16)
            number = float(value) if isinstance(value, float) else int(value)
            return number if isinstance(number, float) or -(2**63) <= number < 2**63 else str(number)
        if isinstance(value, str):
            self.spend(len(value))
            return str(value[:MAX_STRING])
        return self.composite(value, depth)

    def composite(self, value: Any, depth: int) -> Any:
        if is_tensor(value):
            return {"tensor": self.tensor(value), "grad": value.requires_grad and value.is_leaf}
        if isinstance(value, Handle):
            return {"handle": value.number}
        if isinstance(value, RemoteExpr):
            return {"made": [value.source, self.tree(value.parts, depth + 1), value.name]}
        if isinstance(value, Mapping):
            return {"dict": [[self.tree(k, depth + 1), self.tree(v, depth + 1)] for k, v in value.items()]}
        if isinstance(value, list | tuple):
            kind = "tuple" if isinstance(value, tuple) else "set" if isinstance(value, Members) else "list"
            return {kind: [self.tree(item, depth + 1) for item in value]}
        if isinstance(value, set | frozenset):
            members = sorted(value, key=lambda member: (type(member).__name__, short(member)))
            return {"set": [self.tree(item, depth + 1) for item in members]}
        if isinstance(value, np.ndarray):
            return self.array(value, depth)
        return self.foreign(value, depth)

    def array(self, value: Any, depth: int) -> Any:
        """Numbers in their own width, whatever order their bytes have; anything else one by one."""
        if value.dtype.kind in "biuf":
            exact = value.dtype.newbyteorder("=") if value.dtype.itemsize <= 8 else np.dtype(np.float64)
            key = self.numbers(value.size * exact.itemsize)
            self.tensors[key] = np.array(value, dtype=exact, order="C", subok=False)
            return {"array": key}
        shape, items = [*value.shape], value.reshape(-1).tolist()
        return {"items": [{"list": shape}, {"list": [self.tree(item, depth + 1) for item in items]}]}

    def foreign(self, value: Any, depth: int) -> Any:
        if isinstance(value, np.generic):
            plain = value.item()
            return self.tree(float(value) if isinstance(plain, np.generic) else plain, depth + 1)  # numpy.longdouble
        if isinstance(value, range | types.GeneratorType):
            return {"list": [self.tree(item, depth + 1) for item in value]}
        drawn = value if isinstance(value, Figure) else plain_figure(value)
        if drawn is not None:
            return {"figure": self.tree(as_tree(drawn), depth + 1)}
        table = value if isinstance(value, Table | Column) else plain_table(value)
        if isinstance(table, Table):
            return {"table": self.tree([table.columns, table.values, table.index], depth + 1)}
        if isinstance(table, Column):
            return {"column": self.tree([table.name, table.values, table.index], depth + 1)}
        if table is not None:
            return self.array(table, depth)
        return self.named(value, depth)

    def named(self, value: Any, depth: int) -> Any:
        """What crosses with the name of its type."""
        kind = type(value)
        name = f"{kind.__module__}.{kind.__qualname__}"[:100]
        if isinstance(value, Record):
            return {"record": [value.type_name, self.tree(value.fields, depth + 1)]}
        if isinstance(value, Opaque) and not isinstance(value, Quoted):
            return {"object": value.type_name, "repr": value.text}
        if isinstance(value, Quoted | bytes | complex) or any(base.__module__ in QUOTED for base in kind.__mro__):
            told = value if isinstance(value, Quoted) else Quoted(name, short(value, MAX_STRING))
            self.spend(len(told.text))
            return {"quoted": [told.type_name, told.text]}
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            fields = {field.name: getattr(value, field.name, None) for field in dataclasses.fields(value)}
            return {"record": [name, self.tree(fields, depth + 1)]}
        self.spend(300)
        return {"object": name, "repr": short(value)}


def short(value: Any, limit: int = 200) -> str:
    try:
        return repr(value)[:limit]
    except Exception as error:  # a __repr__ that raises is the student's business, and worth saying
        return f"<repr raised {type(error).__name__}>"


def pack(value: Any, limit: int = 32 << 20) -> bytes:
    """A message as bytes. Raises TooLarge when it would exceed `limit` bytes of content."""
    packer = Packer(limit)
    text = json.dumps(packer.tree(value)).encode()
    return struct.pack(">Q", len(text)) + text + saved(packer.tensors)


def saved(tensors: dict[str, Any]) -> bytes:
    """Tensors and arrays as safetensors, without torch where there are only arrays."""
    if all(isinstance(value, np.ndarray) for value in tensors.values()):
        arrays: bytes = safe_arrays.save(tensors)
        return arrays
    import safetensors.torch as safe_tensors
    import torch

    both = {key: torch.from_numpy(v) if isinstance(v, np.ndarray) else v for key, v in tensors.items()}
    written: bytes = safe_tensors.save(both)
    return written


def unpack(message: bytes, order: bool = False) -> Any:
    """The value of a message. Raises ValueError, KeyError, TypeError or RecursionError for anything that is not one.

    order: it comes from the judge, and may ask for something to be made. A reply may not: what the sandbox says is put to
    our own answers later, in the judge's process.
    """
    (length,) = struct.unpack(">Q", message[:8])
    if length > len(message) - 8:
        raise ValueError("the message is shorter than it says")
    text = message[8 : 8 + length]
    if max(text.count(b"{"), text.count(b",") // 8) > MAX_NODES:  # before it is read: 60 MB of "[]," are 2 GB of lists
        raise ValueError("the message has more parts than a reply may have")
    (header,) = struct.unpack("<Q", message[8 + length : 16 + length])
    if header > MAX_HEADER:  # as above: each line of it is a tensor
        raise ValueError("the message has more tensors than a reply may have")
    return untree(json.loads(text), loaded(message[8 + length :], b'"tensor"' in text), order)


def loaded(written: bytes, tensors: bool) -> dict[str, Any]:
    """The tensors of a message, or where it has none the arrays."""
    if not tensors:
        arrays: dict[str, Any] = safe_arrays.load(written)
        return arrays
    import safetensors.torch as safe_tensors

    found: dict[str, Any] = safe_tensors.load(written)
    return found


def untree(node: Any, tensors: dict[str, Any], order: bool = False, depth: int = 0) -> Any:
    if depth > MAX_DEPTH:
        raise ValueError("the message is nested too deeply")
    if not isinstance(node, dict):
        if isinstance(node, list):
            raise ValueError("a bare list is not part of the agreement")
        return whole_characters(node[:MAX_STRING]) if isinstance(node, str) else node
    below = functools.partial(untree, tensors=tensors, order=order, depth=depth + 1)
    if "tensor" in node:
        value = tensors[node["tensor"]]
        # a view of its own: the message may name the same numbers as an array as well
        return value.detach().requires_grad_() if node.get("grad") and value.is_floating_point() else value
    if "array" in node:
        numbers = tensors[node["array"]]
        return numbers if isinstance(numbers, np.ndarray) else numbers.numpy()
    if "items" in node:
        shape, items = map(below, node["items"])
        return items_of(shape, items)
    if "set" in node:
        members = [below(item) for item in node["set"]]
        return set(members) if order else Members(members)
    if "figure" in node:
        return from_tree(below(node["figure"]))
    if "table" in node:
        table = Table(*below(node["table"]))
        return as_frame(table) if order else table
    if "column" in node:
        column = Column(*below(node["column"]))
        return as_series(column) if order else column
    if "record" in node:
        name, fields = node["record"]
        return Record(whole_characters(str(name)[:100]), below(fields))
    if "quoted" in node:
        name, text = node["quoted"]
        return Quoted(whole_characters(str(name)[:100]), whole_characters(str(text)[:MAX_STRING]))
    if "handle" in node:
        return Handle(int(node["handle"]))
    if "made" in node:
        if not order:
            raise ValueError("only the judge may ask for something to be made")
        source, parts, name = node["made"]
        return RemoteExpr(str(source), below(parts), str(name))
    if "dict" in node:
        return {plain_key(below(k)): below(v) for k, v in node["dict"]}
    if "list" in node:
        return [below(item) for item in node["list"]]
    if "tuple" in node:
        return tuple(below(item) for item in node["tuple"])
    return Opaque(whole_characters(str(node["object"])[:100]), whole_characters(str(node["repr"])[:200]))


def items_of(shape: Any, items: Any) -> Any:
    """An array of texts, or of whatever there is."""
    sizes = isinstance(shape, list) and len(shape) <= 32 and all(type(size) is int and size >= 0 for size in shape)
    if not sizes or not isinstance(items, list) or math.prod(shape) != len(items):
        raise ValueError("an array has as many items as its shape says")
    return as_items(items).reshape(shape)


def whole_characters(text: str) -> str:
    """The text without halves of surrogate pairs, which no file and no terminal can hold."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def plain_key(key: Any) -> Any:
    return key if isinstance(key, str | int | float | bool | tuple | type(None)) else str(type(key))
