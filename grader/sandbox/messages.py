"""What a kernel says, believed only as far as its form goes.

The student's code holds the kernel's sockets and its key: any message may be forged, malformed, enormous or nested a
thousand deep. jupyter_client and nbclient expect a well-behaved kernel and raise whatever comes up; and an error
there would look like ours. So every message is rebuilt here from the few fields that matter, each of its type; what
does not fit is dropped, as if it had not been said. A kernel that speaks only nonsense is then simply silent, and
silence has a time limit already.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

Count = Annotated[int, msgspec.Meta(ge=0)]  # a notebook holds no other: nbformat raises for -1


class Header(msgspec.Struct):
    """msg_id and type of a message."""

    msg_id: str
    msg_type: str


class Parent(msgspec.Struct):
    """The question that a message answers."""

    msg_id: str = ""


class Status(msgspec.Struct):
    execution_state: str


class Stream(msgspec.Struct):
    name: Literal["stdout", "stderr"]
    text: str


class Transient(msgspec.Struct):
    display_id: str | None = None


class Display(msgspec.Struct):
    data: dict[str, Any]
    transient: Transient | None = None
    metadata: dict[str, str] = {}  # msgspec copies defaults

    def __post_init__(self) -> None:
        self.data = {kind: text for kind, text in self.data.items() if isinstance(text, str)}


class Result(Display):
    execution_count: Count | None = None


class Failed(msgspec.Struct):
    ename: str
    evalue: str
    traceback: list[str]


class Clear(msgspec.Struct):
    wait: bool = False


class Input(msgspec.Struct):
    code: str = ""
    execution_count: Count | None = None


class Payload(msgspec.Struct):
    """What a cell asks the front end to do: "ask_exit" means that the kernel is about to end."""

    source: str = ""
    keepkernel: bool = False


class Reply(msgspec.Struct):
    """The end of a cell, on the shell channel."""

    status: Literal["ok", "error", "abort", "aborted"]
    execution_count: Count | None = None
    ename: str = ""
    evalue: str = ""
    traceback: list[str] = []  # msgspec copies defaults
    payload: list[Payload] = []


class KernelInfo(msgspec.Struct):
    """What a kernel tells of itself, before the first cell."""

    status: Literal["ok"]
    protocol_version: str
    language_info: dict[str, Any] = {}  # msgspec copies defaults


CONTENTS: dict[str, type[msgspec.Struct]] = {
    "status": Status,
    "stream": Stream,
    "display_data": Display,
    "update_display_data": Display,
    "execute_result": Result,
    "error": Failed,
    "clear_output": Clear,
    "execute_input": Input,
    "execute_reply": Reply,
    "kernel_info_reply": KernelInfo,
    "shutdown_reply": Clear,
    "interrupt_reply": Clear,
}


def rebuild(message: Any) -> dict[str, Any] | None:
    """The message with nothing in it but what nbclient needs, or None for one that is not to be believed.

    Comm messages (widgets) are not kept: they drive code in the judge.
    """
    try:
        header = msgspec.convert(message["header"], Header, strict=True)
        parent = msgspec.convert(message["parent_header"], Parent, strict=True)
        content = msgspec.convert(message["content"], CONTENTS[header.msg_type], strict=True)
    except (KeyError, TypeError, ValueError, RecursionError, msgspec.ValidationError):
        return None  # ValueError: a key that is half of a surrogate pair cannot be compared with a field's name
    if isinstance(content, KernelInfo) and not content.protocol_version.replace(".", "").isdigit():
        return None
    date = message["header"].get("date")
    told = {"msg_id": header.msg_id, "msg_type": header.msg_type}
    return {
        "header": told | ({"date": date} if isinstance(date, datetime) else {}),
        **told,
        "parent_header": {"msg_id": parent.msg_id},
        "metadata": {},
        "content": msgspec.to_builtins(content),
        "buffers": [],
    }
