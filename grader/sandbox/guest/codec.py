"""How values cross the wall: 8 bytes of length, that much JSON, then tensors as safetensors. No pickle, no eval.

It stands alone: the judge and the sandbox read and write by the same file.
"""

from __future__ import annotations

import functools
import json
import struct
import sys
import types
from collections.abc import Mapping
from typing import Any

import safetensors.torch
import torch

MAX_NODES = 200_000
MAX_DEPTH = 40
MAX_STRING = 200_000
MAX_TENSORS = 20_000
MAX_HEADER = 200 * MAX_TENSORS  # bytes of safetensors' table; a line of it has a hundred


class TooLarge(ValueError):
    """A value that does not fit into a reply."""


class Handle:
    """An object that stays in the sandbox; the judge holds its number."""

    def __init__(self, number: int) -> None:
        self.number = number


class Opaque:
    """Something that has no plain form: its type and the beginning of its repr."""

    def __init__(self, type_name: str, text: str) -> None:
        self.type_name = type_name
        self.text = text


class RemoteExpr:
    """Something that is made in the sandbox, where the request arrives, because it has no plain form.

    `source` is ours and defines `make(*parts)`; without it, `name` is looked up in the student's namespace: a dotted
    name, or an expression of theirs that a cell of theirs holds.
    """

    def __init__(self, source: str = "", parts: tuple[Any, ...] = (), name: str = "") -> None:
        self.source = source
        self.parts = parts
        self.name = name


class Packer:
    """Turns values into a JSON tree plus a list of tensors.

    Scalars stay as they are; everything else becomes `{kind: content}` with kind one of list, tuple, dict, tensor,
    array, handle, made, object.
    """

    def __init__(self, limit: int) -> None:
        self.tensors: dict[str, torch.Tensor] = {}
        self.left = limit
        self.nodes = MAX_NODES

    def spend(self, nbytes: int) -> None:
        self.left -= nbytes
        self.nodes -= 1
        if self.left < 0 or self.nodes < 0:
            raise TooLarge("the answer is larger than a reply may be")

    def tensor(self, value: torch.Tensor) -> str:
        if len(self.tensors) >= MAX_TENSORS:
            raise TooLarge("the answer holds more tensors than a reply may")
        value = value.detach()
        self.spend(value.numel() * value.element_size())
        key = str(len(self.tensors))
        self.tensors[key] = value.cpu().as_subclass(torch.Tensor).to_dense().contiguous().clone()
        return key

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
        if isinstance(value, torch.Tensor):
            return {"tensor": self.tensor(value), "grad": value.requires_grad and value.is_leaf}
        if isinstance(value, Handle):
            return {"handle": value.number}
        if isinstance(value, RemoteExpr):
            return {"made": [value.source, self.tree(value.parts, depth + 1), value.name]}
        if isinstance(value, Mapping):
            return {"dict": [[self.tree(k, depth + 1), self.tree(v, depth + 1)] for k, v in value.items()]}
        if isinstance(value, list | tuple):
            kind = "tuple" if isinstance(value, tuple) else "list"
            return {kind: [self.tree(item, depth + 1) for item in value]}
        return self.foreign(value, depth)

    def foreign(self, value: Any, depth: int) -> Any:
        numpy = sys.modules.get("numpy")
        if numpy is not None and isinstance(value, numpy.generic):
            return self.tree(value.item(), depth + 1)
        if numpy is not None and isinstance(value, numpy.ndarray) and value.dtype.kind in "biuf":
            return {"array": self.tensor(torch.from_numpy(numpy.ascontiguousarray(value).copy()))}
        if isinstance(value, set | frozenset | range | types.GeneratorType):
            return {"list": [self.tree(item, depth + 1) for item in value]}
        kind = type(value)
        self.spend(300)
        return {"object": f"{kind.__module__}.{kind.__qualname__}"[:100], "repr": short(value)}


def short(value: Any, limit: int = 200) -> str:
    try:
        return repr(value)[:limit]
    except Exception as error:  # a __repr__ that raises is the student's business, and worth saying
        return f"<repr raised {type(error).__name__}>"


def pack(value: Any, limit: int = 32 << 20) -> bytes:
    """A message as bytes. Raises TooLarge when it would exceed `limit` bytes of content."""
    packer = Packer(limit)
    text = json.dumps(packer.tree(value)).encode()
    tensors: bytes = safetensors.torch.save(packer.tensors)
    return struct.pack(">Q", len(text)) + text + tensors


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
    return untree(json.loads(text), safetensors.torch.load(message[8 + length :]), order)


def copied(value: Any, limit: int = 32 << 20, order: bool = False) -> Any:
    """What `unpack(pack(value))` gives, without the bytes between: for a sandbox that is ours as well."""
    return Copier(limit, order).copy(value)


class Copier(Packer):
    """Copies what is plain as it stands, and everything else by way of its tree."""

    def __init__(self, limit: int, order: bool) -> None:
        super().__init__(limit)
        self.order = order

    def copy(self, value: Any, depth: int = 0) -> Any:
        if depth > MAX_DEPTH:
            raise TooLarge("the answer is nested too deeply")
        kind = type(value)
        if kind is torch.Tensor:
            copy = self.tensors[self.tensor(value)]
            return copy.requires_grad_() if value.requires_grad and value.is_leaf else copy
        if kind is list:
            return [self.copy(item, depth + 1) for item in value]
        if kind is tuple:
            return tuple([self.copy(item, depth + 1) for item in value])
        if kind is dict:
            return {plain_key(self.copy(k, depth + 1)): self.copy(v, depth + 1) for k, v in value.items()}
        if kind is float or kind is bool or value is None:
            self.spend(16)
            return value
        return untree(self.tree(value, depth), self.tensors, self.order, depth)


def untree(node: Any, tensors: dict[str, torch.Tensor], order: bool = False, depth: int = 0) -> Any:
    if depth > MAX_DEPTH:
        raise ValueError("the message is nested too deeply")
    if not isinstance(node, dict):
        if isinstance(node, list):
            raise ValueError("a bare list is not part of the agreement")
        return whole_characters(node[:MAX_STRING]) if isinstance(node, str) else node
    below = functools.partial(untree, tensors=tensors, order=order, depth=depth + 1)
    if "tensor" in node:
        value = tensors[node["tensor"]]
        return value.requires_grad_() if node.get("grad") and value.is_floating_point() else value
    if "array" in node:
        return tensors[node["array"]].numpy()
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


def whole_characters(text: str) -> str:
    """The text without halves of surrogate pairs, which no file and no terminal can hold."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def plain_key(key: Any) -> Any:
    return key if isinstance(key, str | int | float | bool | tuple | type(None)) else str(type(key))
