"""The hand in the room: the file of ours that runs beside the student's code.

It stands alone (it imports nothing of the grader but its neighbours here), keeps no secret and decides nothing. It does
three things:

1. After each cell it notes which names the cell's section defined (`Namespace.note`), so that a class that is defined
   again further down does not hide the earlier one.
2. For each check the kernel forks (`branch`), and the child answers requests on a socket until the judge hangs up:
   a check that crashes, hangs or changes things costs only itself. Where there is no fork (Windows, macOS) the
   kernel itself answers.
3. It says what the student's names are (`survey`), for the judge to tell which of them is the answer to what.

The judge reads what comes out of here as it would read a stranger's letter.
"""

from __future__ import annotations

import contextlib
import dis
import functools
import inspect
import io
import linecache
import os
import random
import socket
import struct
import sys
import sysconfig
import threading
import traceback
import types
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch

from .codec import Handle as Handle
from .codec import Opaque as Opaque
from .codec import RemoteExpr, TooLarge
from .codec import pack as pack
from .codec import unpack as unpack
from .introspect import plain_signature, survey_of

# --- the room ----------------------------------------------------------------------------------


class Namespace:
    """The student's namespace, with a memory of what it was at the end of each section."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.namespace = namespace
        self.last = dict(namespace)
        self.snapshots: dict[str, dict[str, Any]] = {}
        self.defined: dict[str, set[str]] = {}
        self.objects: dict[int, Any] = {}
        self.children: list[int] = []
        self.ask_judge: Callable[[int, Any], Any] | None = None
        self.asking = threading.Lock()

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
        """The namespace as it was at the end of `section`: functions and `super(RNN, self)` find what they meant.

        What a call rebinds (`global table`) is there again in the next one, as it would be in the notebook.
        """
        snapshot = self.snapshots.get(section or "")
        if snapshot is None:
            yield
            return
        now = dict(self.namespace)
        self.namespace.update(snapshot)
        before = dict(self.namespace)
        try:
            yield
        finally:
            snapshot.update({k: v for k, v in self.namespace.items() if before.get(k, self) is not v})
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
        """Put kept objects in the place of their handles, and make what is to be made here."""
        if isinstance(value, Handle):
            return self.objects[value.number]
        if isinstance(value, RemoteExpr):
            return self.make(value)
        if isinstance(value, list | tuple):
            return type(value)(self.revive(item) for item in value)
        if isinstance(value, dict):
            return {key: self.revive(item) for key, item in value.items()}
        return value

    def make(self, wanted: RemoteExpr) -> Any:
        """See `RemoteExpr`. An expression is a piece of the student's own notebook, run where the notebook ran."""
        if not wanted.source:
            return eval(compile(wanted.name, "<cell>", "eval"), self.namespace)
        return self.made(wanted, {})

    def made(self, wanted: RemoteExpr, more: dict[str, Any]) -> Any:
        """What our own source, from the judge, makes. more: names that it may use besides."""
        scope: dict[str, Any] = {"__name__": "lent", **more}
        exec(compiled(wanted.source), scope)
        return scope["make"](*self.revive(wanted.parts))

    def inquire(self, desk: int, value: Any) -> Any:
        """Ask the judge something in the middle of a request: for what a lent object must not know beforehand.

        One thread at a time; a process that the student's code has forked has no judge to ask.
        """
        with self.asking:
            if self.ask_judge is None:
                raise RuntimeError("nobody is there to be asked")
            return self.ask_judge(desk, value)

    @contextlib.contextmanager
    def standing_in(self, names: dict[str, Any]) -> Iterator[None]:
        """The namespace with other values for these names: for functions that read them instead of taking arguments."""
        before = {name: self.namespace[name] for name in names if name in self.namespace}
        self.namespace.update(self.revive(names))
        try:
            yield
        finally:
            for name in names:
                self.namespace.pop(name, None)
            self.namespace.update(before)


@functools.lru_cache(maxsize=64)
def compiled(source: str) -> types.CodeType:
    """What is lent, compiled once: the judge lends the same to hundreds of known answers."""
    return compile(source, LENT, "exec")


def target_of(room: Namespace, request: dict[str, Any]) -> Any:
    target = request["target"]
    if isinstance(target, RemoteExpr):
        return room.make(target)
    owner = room.objects[target.number] if isinstance(target, Handle) else room.find(request["section"], target)
    return getattr(owner, request["method"]) if request.get("method") else owner


def answer(room: Namespace, request: dict[str, Any], limit: int, send: Callable[[Any, int], Any] = pack) -> Any:
    """Serve one request; whatever the student's code raises becomes a fault. The reply as `send` makes it: bytes."""
    try:
        with room.as_of(request.get("section")), quiet(), room.standing_in(request.get("globals") or {}):
            reply = OPERATIONS[request["op"]](room, request)
        return send(reply, limit)
    except BaseException as error:  # everything, also SystemExit: it is the student's code that ran
        return send({"fault": fault_of(error)}, limit)


def call(room: Namespace, request: dict[str, Any]) -> dict[str, Any]:
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
        reply["kinds"] = kinds_of(value)
        reply["class"] = type(value).__name__
        reply["training"] = getattr(value, "training", None)
    else:
        reply["value"] = value
    return reply


def gradients(value: Any, cotangents: list[Any], args: Any, of: Handle | None, room: Namespace) -> dict[str, Any]:
    """d(sum of cotangent * output) with respect to the inputs that ask for it and the parameters of `of`."""
    outputs = [item for item in flatten(value) if isinstance(item, torch.Tensor) and item.requires_grad]
    loss = sum(
        (output * cotangent.to(output.dtype)).sum()
        for output, cotangent in zip(outputs, cotangents, strict=False)
        if cotangent is not None
    )
    if of is not None:  # of this call alone: another may have left its own
        for parameter in room.objects[of.number].parameters():
            parameter.grad = None
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


def kinds_of(value: Any) -> dict[str, str]:
    """The class of the module that owns each parameter: `{"tok.weight": "Embedding"}`."""
    if not isinstance(value, torch.nn.Module):
        return {}
    owned = ((path, part) for path, part in value.named_modules() if next(iter(part._parameters), None))
    return {f"{path}.{name}".lstrip("."): type(part).__name__ for path, part in owned for name in part._parameters}


def load(room: Namespace, request: dict[str, Any]) -> dict[str, Any]:
    """Set parameters by name, in place."""
    own = dict(room.objects[request["target"].number].named_parameters())
    with torch.no_grad():
        for name, tensor in request["weights"].items():
            own[name].copy_(tensor)
    return {"value": None}


def mode(room: Namespace, request: dict[str, Any]) -> dict[str, Any]:
    """Switch a kept module to training or evaluation, or read which it is in."""
    module = room.objects[request["target"].number]
    if request.get("training") is not None:
        module.train(request["training"])
    return {"value": bool(module.training)}


def weights(room: Namespace, request: dict[str, Any]) -> dict[str, Any]:
    return {"value": weights_of(room.objects[request["target"].number])}


def get(room: Namespace, request: dict[str, Any]) -> dict[str, Any]:
    return {"value": room.find(request["section"], request["target"])}


def describe(room: Namespace, request: dict[str, Any]) -> dict[str, Any]:
    """What a name is: its kind and its parameters as (name, kind, has a default)."""
    target = target_of(room, request)
    kind = "class" if inspect.isclass(target) else "function" if callable(target) else "value"
    parameters = [row[:3] for row in plain_signature(target)]
    own = request["target"] in room.defined.get(request["section"] or "", set())
    return {"value": {"kind": kind, "parameters": parameters, "own": own}}


def survey(room: Namespace, request: dict[str, Any]) -> dict[str, Any]:
    """What the names of the notebook are, see `survey_of`; those of the section with what they were there."""
    return {"value": survey_of(room.namespace, room.defined, request["section"])}


def names(room: Namespace, request: dict[str, Any]) -> dict[str, Any]:
    return {"value": sorted(room.defined.get(request["section"] or "", set()))}


def define(room: Namespace, request: dict[str, Any]) -> dict[str, Any]:
    """Lend the student's code an object of ours (a planted model, say): build it and keep it."""
    wanted, desk = RemoteExpr(request["source"], request["args"]), request.get("desk")
    value = room.make(wanted) if desk is None else room.made(wanted, {"ask": functools.partial(room.inquire, desk)})
    kinds = kinds_of(value)
    return {"handle": room.keep(value), "weights": weights_of(value), "kinds": kinds, "class": type(value).__name__}


OPERATIONS: dict[str, Callable[[Namespace, dict[str, Any]], dict[str, Any]]] = {
    "call": call,
    "load": load,
    "mode": mode,
    "weights": weights,
    "get": get,
    "describe": describe,
    "names": names,
    "survey": survey,
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


class PrintSink(io.StringIO):
    """Where prints end."""


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Prints and warnings during a call go nowhere: only the returned value counts."""
    if isinstance(sys.stdout, PrintSink):  # it is quiet already, as during a replay of many requests
        yield
        return
    sink = PrintSink()
    with contextlib.redirect_stdout(sink), contextlib.redirect_stderr(sink), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def fault_of(error: BaseException) -> dict[str, Any]:
    """What a person needs to know of an exception: type, message, and the innermost line of the student's own."""
    if isinstance(error, TooLarge):
        return {"type": "TooLarge", "message": str(error), "kind": "raised"}
    kind = "missing" if is_missing(error) else "raised"
    if isinstance(error, MemoryError) or "can't allocate memory" in str(error)[:2000]:
        kind = "memory"
    fault: dict[str, Any] = {"type": type(error).__name__[:80], "message": str(error)[:500], "kind": kind}
    for frame, line in reversed(list(traceback.walk_tb(error.__traceback__))):
        code = frame.f_code
        source = linecache.getline(code.co_filename, line or 0).strip()
        if is_cell(code.co_filename) or (source and not is_foreign(code.co_filename)):
            within = code.co_qualname.replace(".<locals>", "")
            fault["place"] = {"source": source[:200], "line": line or 0, "function": within[:80]}
            break
    return fault


def is_cell(filename: str) -> bool:
    return filename.startswith(("<ipython-input", "<cell")) or "ipykernel_" in filename


def is_missing(error: BaseException) -> bool:
    """Whether an exception says that nothing is there: the stub's own `raise NotImplementedError`, or a name that is not.

    torch raises NotImplementedError too, for a type that an operation does not know (`mask & scores`): that is a crash.
    """
    innermost = error.__traceback__
    if innermost is None:
        return False
    while innermost.tb_next is not None:
        innermost = innermost.tb_next
    code = innermost.tb_frame.f_code
    if isinstance(error, NotImplementedError):
        return code.co_code[innermost.tb_lasti] == RAISE and not is_foreign(code.co_filename)
    return type(error) is LookupError and code.co_filename in (
        __file__,
        LENT,
    )  # `Namespace.find`, or what the judge lent


def is_foreign(filename: str) -> bool:
    """Whether code is a library's, or what the judge lent: nobody leaves a blank there."""
    return filename == LENT or filename.startswith((*LIBRARIES, HERE, "<frozen"))


RAISE = dis.opmap["RAISE_VARARGS"]  # what a `raise` statement compiles to
LENT = "<lent>"
HERE = os.path.dirname(__file__) + os.sep
LIBRARIES = tuple(
    {path + os.sep for key in ("stdlib", "platstdlib", "purelib", "platlib") if (path := sysconfig.get_path(key))}
    | {os.path.dirname(os.path.dirname(torch.__file__)) + os.sep}
)


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


def serve(room: Namespace, address: str, limit: int) -> None:
    """Answer requests until the judge hangs up."""
    room.objects = {}
    with dial(address) as line:
        room.ask_judge = inquiry(line, limit)
        while True:
            try:
                (size,) = struct.unpack(">Q", read_exactly(line, 8))
                request = unpack(read_exactly(line, size), order=True)
            except EOFError:
                return
            reply = answer(room, request, limit)
            line.sendall(struct.pack(">Q", len(reply)) + reply)


INQUIRY = 1 << 63  # a size with this bit is that of a question to the judge, and no reply yet


def inquiry(line: socket.socket, limit: int) -> Callable[[int, Any], Any]:
    """Questions to the judge on the line that the reply will take."""
    owner = os.getpid()

    def ask(desk: int, value: Any) -> Any:
        if os.getpid() != owner:
            raise RuntimeError("another process than the notebook's own cannot ask the judge")
        message = pack([desk, value], limit)
        line.sendall(struct.pack(">Q", INQUIRY | len(message)) + message)
        (size,) = struct.unpack(">Q", read_exactly(line, 8))
        return unpack(read_exactly(line, size))

    return ask


THE_ROOM: list[Namespace] = []  # one a kernel; LocalBox makes its own


def settle() -> None:
    """The same numbers every time: fixed seeds, one thread, deterministic algorithms where torch has them."""
    seed_everything(0)
    torch.set_num_threads(1)
    # Not use_deterministic_algorithms: that imports the compiler, 800 modules of it.
    torch.set_deterministic_debug_mode("warn")


def install(namespace: dict[str, Any]) -> None:
    THE_ROOM[:] = [Namespace(namespace)]


def branch(room: Namespace, address: str, limit: int, fork: bool) -> None:
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
