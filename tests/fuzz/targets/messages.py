"""What a kernel says on its sockets, from the frames to the cell's output.

An input is lines of JSON; four of them are a message, as Jupyter sends it: header, parent header, metadata, content.
"""

from __future__ import annotations

import contextlib
from functools import cache
from types import SimpleNamespace
from typing import Any

import nbformat.v4
from hypothesis import strategies as st
from jupyter_client.session import Session
from nbclient.exceptions import CellExecutionComplete

from grader.model import Cell, Ending
from grader.sandbox.kernel import KernelSandbox
from grader.sandbox.kernel_client import CountingClient
from grader.sandbox.kernel_ending import ending_of
from grader.sandbox.messages import CONTENTS, rebuild
from grader.sandbox.warm.client import CarefulChannel
from tests.fuzz.strange import dumped
from tests.fuzz.words import numbers, texts, values

CHANNEL: Any = SimpleNamespace(session=Session(key=b""))
FRAMES = 4


def target(data: bytes) -> None:
    """Each message is dropped, or does to the cell what it may: the cell's run can be told."""
    sandbox = a_box()
    begin(sandbox.client)
    lines = data.split(b"\n")
    for start in range(0, len(lines), FRAMES):
        parts = [b"<IDS|MSG>", b"", *lines[start : start + FRAMES]]
        message = rebuild(CarefulChannel._read(CHANNEL, parts))
        if message is not None:
            heed(sandbox.client, message)
    for ending in (Ending.OK, Ending.INTERRUPTED):
        told = ending_of(Cell(0, "code", "1"), sandbox.client.nb.cells[0].get("outputs", []), ending, 0.1, None)
        (told.output + told.error).encode()


@cache
def a_box() -> KernelSandbox:
    """A sandbox whose kernel was never started."""
    sandbox = KernelSandbox()
    sandbox.client = CountingClient(nbformat.v4.new_notebook())
    return sandbox


def begin(client: CountingClient) -> None:
    """As it is when a cell begins."""
    client.nb.cells = [nbformat.v4.new_code_cell("1", metadata={"execution": {}})]
    client.reset_execution_trackers()
    client.clear_before_next_output, client.output_bytes, client.leaves = False, 0, False


def heed(client: CountingClient, message: dict[str, Any]) -> None:
    if message["msg_type"] == "execute_reply":
        client.heed(message)
    elif not message["msg_type"].endswith("_reply"):
        with contextlib.suppress(CellExecutionComplete):
            client.process_message(message, client.nb.cells[0], 0)


# --- inputs ------------------------------------------------------------------------------------

kinds = st.sampled_from([*CONTENTS, "comm_open", "input_request"])
FIELDS: dict[str, Any] = {
    "execution_state": st.sampled_from(["idle", "busy"]), "name": st.sampled_from(["stdout", "stderr"]), "text": texts,
    "data": st.dictionaries(st.sampled_from(["text/plain", "image/png", "application/json"]), values, max_size=3),
    "transient": st.one_of(values, st.fixed_dictionaries({"display_id": texts})), "metadata": values,
    "execution_count": numbers, "ename": texts, "evalue": texts, "traceback": st.lists(texts, max_size=3), "wait": st.booleans(),
    "status": st.sampled_from(["ok", "error", "aborted"]), "payload": st.lists(st.fixed_dictionaries({"source": texts}), max_size=2),
    "code": texts, "protocol_version": st.sampled_from(["5.3", "x", ""]),
}  # fmt: skip
headers = st.one_of(
    st.fixed_dictionaries({"msg_id": texts, "msg_type": kinds}, optional={"date": st.one_of(texts, st.just("2026-11-27T00:00:00Z")), "version": texts}),
    values,
)  # fmt: skip
contents = st.one_of(st.fixed_dictionaries({}, optional=FIELDS), st.fixed_dictionaries(FIELDS), values)
parents = st.one_of(st.fixed_dictionaries({"msg_id": texts}), values)
messages = st.tuples(headers, parents, st.just({}), contents).map(lambda parts: b"\n".join(map(dumped, parts)))
inputs = st.lists(messages, min_size=1, max_size=4).map(b"\n".join)
