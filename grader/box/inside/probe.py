"""The hand in the room: the file of ours that runs beside the student's code.

It stands alone (it imports nothing of the grader), keeps no secret and decides nothing. It does three things:

1. After each cell it notes which names the cell's section defined (`Room.note`), so that a class that is defined
   again further down does not hide the earlier one.
2. For each check the kernel forks (`branch`), and the child answers requests on a socket until the judge hangs up:
   a check that crashes, hangs or changes things costs only itself. Where there is no fork (Windows, macOS) the
   kernel itself answers.
3. It packs and unpacks messages: 8 bytes of length, that much JSON, then tensors as safetensors. No pickle, no eval.

The judge reads what comes out of here as it would read a stranger's letter.
"""

from __future__ import annotations

import contextlib
import inspect
import io
import json
import linecache
import os
import random
import socket
import struct
import sys
import traceback
import types
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import safetensors.torch
import torch

MAX_NODES = 200_000
MAX_DEPTH = 40
MAX_STRING = 200_000


class TooLarge(ValueError):
    """A value that does not fit into a reply."""


class Handle:
    """An object that stays in the room; the judge holds its number."""

    def __init__(self, number: int) -> None:
        self.number = number


class Opaque:
    """Something that has no plain form: its type and the beginning of its repr."""

    def __init__(self, type_name: str, text: str) -> None:
        self.type_name = type_name
        self.text = text


# --- messages ----------------------------------------------------------------------------------


class Packer:
    """Turns values into a JSON tree plus a list of tensors.

    Scalars stay as they are; everything else becomes `{kind: content}` with kind one of list, tuple, dict, tensor,
    array, handle, object.
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
        value = value.detach()
        self.spend(value.numel() * value.element_size())
        key = str(len(self.tensors))
        self.tensors[key] = value.cpu().as_subclass(torch.Tensor).to_dense().contiguous().clone()
        return key

    def tree(self, value: Any, depth: int = 0) -> Any:
        if depth > MAX_DEPTH:
            raise TooLarge("the answer is nested too deeply")
        if value is None or isinstance(value, bool | int | float):
            self.spend(16)
            return value if not isinstance(value, int) or -(2**63) <= value < 2**63 else str(value)
        if isinstance(value, str):
            self.spend(len(value))
            return value[:MAX_STRING]
        return self.composite(value, depth)

    def composite(self, value: Any, depth: int) -> Any:
        if isinstance(value, torch.Tensor):
            return {"tensor": self.tensor(value), "grad": value.requires_grad and value.is_leaf}
        if isinstance(value, Handle):
            return {"handle": value.number}
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


def unpack(message: bytes) -> Any:
    """The value of a message. Raises ValueError, KeyError, TypeError or RecursionError for anything that is not one."""
    (length,) = struct.unpack(">Q", message[:8])
    if length > len(message) - 8:
        raise ValueError("the message is shorter than it says")
    tree = json.loads(message[8 : 8 + length])
    return untree(tree, safetensors.torch.load(message[8 + length :]))


def untree(node: Any, tensors: dict[str, torch.Tensor]) -> Any:
    if not isinstance(node, dict):
        if isinstance(node, list):
            raise ValueError("a bare list is not part of the agreement")
        return node
    if "tensor" in node:
        value = tensors[node["tensor"]]
        return value.requires_grad_() if node.get("grad") and value.is_floating_point() else value
    if "array" in node:
        return tensors[node["array"]].numpy()
    if "handle" in node:
        return Handle(int(node["handle"]))
    if "dict" in node:
        return {plain_key(untree(k, tensors)): untree(v, tensors) for k, v in node["dict"]}
    if "list" in node:
        return [untree(item, tensors) for item in node["list"]]
    if "tuple" in node:
        return tuple(untree(item, tensors) for item in node["tuple"])
    return Opaque(str(node["object"])[:100], str(node["repr"])[:200])


def plain_key(key: Any) -> Any:
    return key if isinstance(key, str | int | float | bool | tuple | type(None)) else str(type(key))


# --- the room ----------------------------------------------------------------------------------


class Room:
    """The student's namespace, with a memory of what it was at the end of each section."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.namespace = namespace
        self.last = dict(namespace)
        self.snapshots: dict[str, dict[str, Any]] = {}
        self.defined: dict[str, set[str]] = {}
        self.objects: dict[int, Any] = {}
        self.children: list[int] = []

    def note(self, section: str | None) -> None:
        """Remember the namespace after a cell of `section`, which names that cell bound, and seed the next one."""
        seed_everything(0)
        now = dict(self.namespace)
        if section is not None:
            bound = {k for k, v in now.items() if self.last.get(k, self) is not v and not k.startswith("_")}
            self.defined.setdefault(section, set()).update(bound)
            self.snapshots[section] = now
        self.last = now

    @contextlib.contextmanager
    def as_of(self, section: str | None) -> Iterator[None]:
        """The namespace as it was at the end of `section`: functions and `super(RNN, self)` find what they meant."""
        snapshot = self.snapshots.get(section or "")
        if snapshot is None:
            yield
            return
        now = dict(self.namespace)
        self.namespace.update(snapshot)
        try:
            yield
        finally:
            self.namespace.clear()
            self.namespace.update(now)

    def find(self, section: str | None, name: str) -> Any:
        """What `name` means in `section`: its own definition first, then any earlier or later one."""
        for scope in (self.snapshots.get(section or "", {}), self.namespace):
            if name in scope:
                return scope[name]
        raise LookupError(name)

    def keep(self, value: Any) -> Handle:
        number = len(self.objects) + 1
        self.objects[number] = value
        return Handle(number)

    def revive(self, value: Any) -> Any:
        """Put kept objects in the place of their handles."""
        if isinstance(value, Handle):
            return self.objects[value.number]
        if isinstance(value, list | tuple):
            return type(value)(self.revive(item) for item in value)
        if isinstance(value, dict):
            return {key: self.revive(item) for key, item in value.items()}
        return value


def target_of(room: Room, request: dict[str, Any]) -> Any:
    target = request["target"]
    owner = room.objects[target.number] if isinstance(target, Handle) else room.find(request["section"], target)
    return getattr(owner, request["method"]) if request.get("method") else owner


def answer(room: Room, request: dict[str, Any], limit: int) -> bytes:
    """Serve one request; whatever the student's code raises becomes a fault."""
    try:
        with room.as_of(request.get("section")), quiet():
            reply = OPERATIONS[request["op"]](room, request)
        return pack(reply, limit)
    except BaseException as error:  # everything, also SystemExit: it is the student's code that ran
        return pack({"fault": fault_of(error)}, limit)


def call(room: Room, request: dict[str, Any]) -> dict[str, Any]:
    """Call a function, class or kept object. Extras on request: keep the result, inputs afterwards, gradients."""
    target = target_of(room, request)
    args = room.revive(request["args"])
    kwargs = room.revive(request["kwargs"])
    seed_everything(request["seed"])
    value = target(*args, **kwargs)
    reply: dict[str, Any] = {}
    if request.get("cotangents") is not None:
        reply["gradients"] = gradients(value, request["cotangents"], args, request.get("of"), room)
    if request.get("echo"):
        reply["inputs"] = args
    if request.get("keep"):
        reply["handle"] = room.keep(value)
        reply["weights"] = weights_of(value)
        reply["class"] = type(value).__name__
        reply["training"] = getattr(value, "training", None)
    else:
        reply["value"] = value
    return reply


def gradients(value: Any, cotangents: list[Any], args: Any, of: Handle | None, room: Room) -> dict[str, Any]:
    """d(sum of cotangent * output) with respect to the inputs that ask for it and the parameters of `of`."""
    outputs = [item for item in flatten(value) if isinstance(item, torch.Tensor) and item.requires_grad]
    loss = sum(
        (output * cotangent.to(output.dtype)).sum()
        for output, cotangent in zip(outputs, cotangents, strict=False)
        if cotangent is not None
    )
    if isinstance(loss, torch.Tensor):
        loss.backward()  # type: ignore[no-untyped-call]
    found: dict[str, Any] = {
        "inputs": [a.grad if isinstance(a, torch.Tensor) and a.is_leaf else None for a in flatten(args)]
    }
    if of is not None:
        module = room.objects[of.number]
        found["parameters"] = {name: p.grad for name, p in module.named_parameters()}
    return found


def flatten(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return [leaf for item in value.values() for leaf in flatten(item)]
    if isinstance(value, list | tuple):
        return [leaf for item in value for leaf in flatten(item)]
    return [value]


def weights_of(value: Any) -> dict[str, Any]:
    """Parameters by name, each with its tensor; nothing for what is not a module."""
    if not isinstance(value, torch.nn.Module):
        return {}
    return {name: p.detach() for name, p in value.named_parameters()}


def load(room: Room, request: dict[str, Any]) -> dict[str, Any]:
    """Set parameters by name, in place."""
    own = dict(room.objects[request["target"].number].named_parameters())
    with torch.no_grad():
        for name, tensor in request["weights"].items():
            own[name].copy_(tensor)
    return {"value": None}


def mode(room: Room, request: dict[str, Any]) -> dict[str, Any]:
    """Switch a kept module to training or evaluation, or read which it is in."""
    module = room.objects[request["target"].number]
    if request.get("training") is not None:
        module.train(request["training"])
    return {"value": bool(module.training)}


def weights(room: Room, request: dict[str, Any]) -> dict[str, Any]:
    return {"value": weights_of(room.objects[request["target"].number])}


def get(room: Room, request: dict[str, Any]) -> dict[str, Any]:
    return {"value": room.find(request["section"], request["target"])}


def describe(room: Room, request: dict[str, Any]) -> dict[str, Any]:
    """What a name is: its kind and its parameters as (name, kind, has a default)."""
    target = target_of(room, request)
    kind = "class" if inspect.isclass(target) else "function" if callable(target) else "value"
    parameters = []
    if callable(target):
        with contextlib.suppress(ValueError, TypeError):  # builtins have no signature: an empty list says so
            parameters = [
                [p.name, p.kind.name, p.default is not p.empty] for p in inspect.signature(target).parameters.values()
            ]
    own = request["target"] in room.defined.get(request["section"] or "", set())
    return {"value": {"kind": kind, "parameters": parameters, "own": own}}


def names(room: Room, request: dict[str, Any]) -> dict[str, Any]:
    return {"value": sorted(room.defined.get(request["section"] or "", set()))}


def define(room: Room, request: dict[str, Any]) -> dict[str, Any]:
    """Lend the student's code an object of ours (a planted model, say): build it and keep it."""
    scope: dict[str, Any] = {"__name__": "lent"}
    exec(compile(request["source"], "<lent>", "exec"), scope)  # our own source, from the judge
    value = scope["make"](*room.revive(request["args"]))
    return {"handle": room.keep(value), "weights": weights_of(value), "class": type(value).__name__}


OPERATIONS: dict[str, Callable[[Room, dict[str, Any]], dict[str, Any]]] = {
    "call": call,
    "load": load,
    "mode": mode,
    "weights": weights,
    "get": get,
    "describe": describe,
    "names": names,
    "define": define,
}


def seed_everything(seed: int) -> None:
    random.seed(seed)
    if torch.cuda.is_available():
        torch.manual_seed(seed)
    else:  # the same, without the stack trace that manual_seed keeps for a GPU yet to come: a third of a replay
        torch.default_generator.manual_seed(seed)
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed(seed % 2**32)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Prints and warnings during a call go nowhere: only the returned value counts."""
    sink = io.StringIO()
    with contextlib.redirect_stdout(sink), contextlib.redirect_stderr(sink), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def fault_of(error: BaseException) -> dict[str, Any]:
    """What a person needs to know of an exception: type, message, and the innermost line of the student's own."""
    if isinstance(error, TooLarge):
        return {"type": "TooLarge", "message": str(error), "kind": "raised"}
    kind = "raised"
    if isinstance(error, NotImplementedError) or (isinstance(error, LookupError) and type(error) is LookupError):
        kind = "missing"
    if isinstance(error, MemoryError) or "can't allocate memory" in str(error)[:2000]:
        kind = "memory"
    fault: dict[str, Any] = {"type": type(error).__name__[:80], "message": str(error)[:500], "kind": kind}
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if is_cell(frame.filename):
            source = linecache.getline(frame.filename, frame.lineno or 0).strip()
            fault["place"] = {"source": source[:200], "line": frame.lineno or 0, "function": frame.name[:80]}
            break
    return fault


def is_cell(filename: str) -> bool:
    return filename.startswith(("<ipython-input", "<cell")) or "ipykernel_" in filename


# --- the line to the judge ---------------------------------------------------------------------


def dial(address: str) -> socket.socket:
    """Connect to `unix:PATH` or `tcp:PORT:TOKEN`."""
    kind, _, rest = address.partition(":")
    if kind == "unix":
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.connect(rest)
        return line
    port, _, token = rest.partition(":")
    line = socket.create_connection(("127.0.0.1", int(port)))
    line.sendall(token.encode())
    return line


def read_exactly(line: socket.socket, size: int) -> bytes:
    chunks = bytearray()
    while len(chunks) < size:
        chunk = line.recv(min(size - len(chunks), 1 << 20))
        if not chunk:
            raise EOFError
        chunks += chunk
    return bytes(chunks)


def serve(room: Room, address: str, limit: int) -> None:
    """Answer requests until the judge hangs up."""
    room.objects = {}
    with dial(address) as line:
        while True:
            try:
                (size,) = struct.unpack(">Q", read_exactly(line, 8))
                request = unpack(read_exactly(line, size))
            except EOFError:
                return
            reply = answer(room, request, limit)
            line.sendall(struct.pack(">Q", len(reply)) + reply)


THE_ROOM: list[Room] = []  # one a kernel; LocalBox makes its own


def settle() -> None:
    """The same numbers every time: fixed seeds, one thread, deterministic algorithms where torch has them."""
    seed_everything(0)
    torch.set_num_threads(1)
    # Not use_deterministic_algorithms: that imports the compiler, 800 modules of it.
    torch.set_deterministic_debug_mode("warn")


def install(namespace: dict[str, Any]) -> None:
    THE_ROOM[:] = [Room(namespace)]


def branch(room: Room, address: str, limit: int, fork: bool) -> None:
    """Serve one check, in a forked child where that is possible."""
    room.children = [pid for pid in room.children if os.waitpid(pid, os.WNOHANG) == (0, 0)]
    if not fork:
        serve(room, address, limit)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # fork with ipykernel's idle threads: measured, works
        pid = os.fork()
    if pid:
        room.children.append(pid)
        return
    try:
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(null, descriptor)
        sys.stdout = sys.stderr = io.StringIO()
        serve(room, address, limit)
    finally:
        os._exit(0)


def limit_memory(nbytes: int) -> None:
    """A ceiling on this process's own data, where the system knows one; a jail sets better ones."""
    with contextlib.suppress(ImportError, ValueError):  # Windows has no resource module, macOS no RLIMIT_DATA to lower
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (nbytes, nbytes))
