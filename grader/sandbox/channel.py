"""The judge's end of the line to the sandbox: framed bytes, waited for with patience, and replies read as a stranger's letter."""

from __future__ import annotations

import errno
import hmac
import os
import secrets
import signal
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

import msgspec

from grader.errors import ReplyRefused, SandboxDied
from grader.model import Fault, Outcome, Place, Reply
from grader.model.printable import legible
from grader.sandbox.guest import agent
from grader.sandbox.guest.codec import pack, unpack
from grader.sandbox.patience import SLICE, Patience


class Connection:
    """A connection to one branch. All sizes in bytes."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.connection.settimeout(SLICE)
        self.peer = pidfd_of_peer(connection)

    def ask(self, message: bytes, patience: Patience, limit: int, desks: Desks | None = None) -> bytes:
        """Send a message and read the reply, as long as there is patience with the other side.

        desks: who answers what the sandbox asks in between.
        """
        try:
            self.write(framed(message), patience)
            for _ in range(MOST_INQUIRIES):
                (size,) = struct.unpack(">Q", self.read(8, patience))
                asked, size = size & agent.INQUIRY, size & ~agent.INQUIRY
                if size > (LONGEST_INQUIRY if asked else limit):
                    raise ReplyRefused(f"the reply claims {size} bytes, the limit is {limit}")
                content = self.read(size, patience)
                if not asked:
                    return content
                self.write(framed(pack(answered(content, desks or {}))), patience)
            raise ReplyRefused("the sandbox asks and asks and does not reply")
        except OSError:
            raise SandboxDied("the process ended during the call", Outcome.CRASHED) from None

    def write(self, message: bytes, patience: Patience) -> None:
        left = memoryview(message)
        while left:
            patience.demand()
            with suppress(TimeoutError):
                left = left[self.connection.send(left) :]

    def read(self, size: int, patience: Patience) -> bytes:
        chunks = bytearray()
        while len(chunks) < size:
            patience.demand()
            with suppress(TimeoutError):
                chunk = self.connection.recv(min(size - len(chunks), 1 << 20))
                if not chunk:
                    raise SandboxDied("the process ended during the call", Outcome.CRASHED)
                chunks += chunk
        return bytes(chunks)

    @property
    def pid(self) -> int | None:
        """The number of the process at the other end as long as it lives, for reading how busy it is and nothing else."""
        if self.peer is None:
            return None
        with suppress(OSError, StopIteration, ValueError):
            told = Path(f"/proc/self/fdinfo/{self.peer}").read_text(encoding="ascii").splitlines()
            pid = int(next(line for line in told if line.startswith("Pid:")).split()[1])
            return pid if pid > 1 else None
        return None

    def close(self, end_peer: bool) -> None:
        """Hang up. end_peer: a forked branch has nothing more to do, and may not want to end by itself."""
        try:
            if end_peer and self.peer is not None:
                signal.pidfd_send_signal(self.peer, signal.SIGKILL)
        except ProcessLookupError:
            return  # it had gone already
        finally:
            self.connection.close()
            if self.peer is not None:
                os.close(self.peer)
                self.peer = None


SO_PEERPIDFD = 77  # Linux 6.5: the process that connected itself, whoever has its number by now


def pidfd_of_peer(connection: socket.socket) -> int | None:
    """A descriptor of the process at the other end, as Linux names it; None elsewhere, and where it has ended already.

    Never what the process says of itself, and no number: a number may be another process's by the time it is used.
    """
    if not hasattr(socket, "SO_PEERCRED"):
        return None
    pid: int = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")))[
        0
    ]
    if pid <= 1 or pid == os.getpid():
        return None
    try:
        return connection.getsockopt(socket.SOL_SOCKET, SO_PEERPIDFD)
    except OSError as error:
        if error.errno != errno.ENOPROTOOPT:
            return None  # ESRCH, EINVAL: it is gone
    try:
        return os.pidfd_open(pid)  # an older Linux: a moment after it has called
    except ProcessLookupError:
        return None


Desks = dict[
    int, Callable[[Any], Any]
]  # what answers the questions of a lent object, by the number that it was lent with
MOST_INQUIRIES, LONGEST_INQUIRY = 20_000, 1 << 20  # in one request; bytes


def framed(message: bytes) -> bytes:
    return struct.pack(">Q", len(message)) + message


def answered(message: bytes, desks: Desks) -> Any:
    """The answer to a question from the sandbox, which may be any bytes. Raises ReplyRefused."""
    try:
        desk, value = unpack(message)
        return desks[desk](value)
    except Exception as error:  # whatever a forged question makes the parsers, or whoever reads it, raise
        raise ReplyRefused(f"the question is malformed ({type(error).__name__})") from None


class Listener:
    """Waits for one branch to call. A Unix socket in `folder`; on Windows a loopback port with a token."""

    def __init__(self, folder: Path) -> None:
        self.token = ""
        if hasattr(socket, "AF_UNIX"):
            path = folder / f"b{secrets.token_hex(4)}"
            self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self.socket.bind(str(path))
            path.chmod(0o777)  # in a jail the caller is another user; the folder around it is private
            self.address = f"unix:{path}"
        else:
            self.token = secrets.token_hex(16)
            self.socket = socket.create_server(("127.0.0.1", 0))
            self.address = f"tcp:{self.socket.getsockname()[1]}:{self.token}"
        self.socket.listen(1)

    def accept(self, patience: Patience) -> Connection:
        """The branch that calls, as long as there is patience with the kernel."""
        self.socket.settimeout(SLICE)
        while True:
            patience.demand()
            with suppress(TimeoutError):
                connection, _ = self.socket.accept()
                break
        line = Connection(connection)
        if self.token and not hmac.compare_digest(line.read(len(self.token), patience), self.token.encode()):
            line.close(end_peer=False)
            raise ReplyRefused("somebody else answered for the sandbox")
        return line

    def close(self) -> None:
        self.socket.close()


def read_reply(message: bytes) -> Reply:
    """A reply from the sandbox, believed only as far as its form goes. Raises ReplyRefused."""
    try:
        return reply_of(unpack(message))
    except Exception as error:  # whatever a forged message makes the parsers raise
        raise ReplyRefused(f"the reply is malformed ({type(error).__name__})") from None


def reply_of(content: Any) -> Reply:
    if not isinstance(content, dict):
        raise ValueError("a reply is a dict")
    fault = read_fault(content["fault"]) if "fault" in content else None
    return Reply(content.get("value"), fault, {k: v for k, v in content.items() if k not in ("value", "fault")})


class NameRow(msgspec.Struct):
    """What the sandbox says of one name of the notebook; a signature's rows are name, kind, has a default, default, annotation."""

    name: str
    kind: Literal["module", "class", "function", "dict"]
    own: bool = False
    sections: list[str] = []  # msgspec copies defaults
    parameters: list[tuple[str, str, bool, str, str]] = []
    forward: list[tuple[str, str, bool, str, str]] | None = None
    bases: list[str] = []
    size: int = 0
    type: str = ""


def read_names(value: Any) -> list[dict[str, Any]]:
    """The sandbox's answer to `survey`, row by row as far as it has the agreed form."""
    found = []
    for row in value[:MOST_NAMES] if isinstance(value, list) else []:
        with suppress(msgspec.ValidationError, ValueError):
            known: dict[str, Any] = msgspec.to_builtins(msgspec.convert(row, NameRow))
            texts = [known["name"], *(str(part) for part in known["parameters"]), *map(str, known["forward"] or [])]
            found += [known] if known["name"].isidentifier() and max(map(len, texts)) <= LONGEST_NAME else []
    return found


MOST_NAMES, LONGEST_NAME = 400, 1_000  # the sandbox tells no more


def read_fault(raw: dict[str, Any]) -> Fault:
    place = raw.get("place")
    where = None
    if isinstance(place, dict):
        where = Place(clean(place["source"], 200), int(place["line"]), clean(place["function"], 80))
    kinds: dict[object, Literal["raised", "missing", "memory"]] = {"missing": "missing", "memory": "memory"}
    return Fault(clean(raw["type"], 80), clean(raw["message"], 500), where, kinds.get(raw["kind"], "raised"))


def clean(text: object, limit: int) -> str:
    """So much of a text, made fit to be shown: what a stranger wrote must not move the cursor or fill the page."""
    return legible(str(text)[:limit])
