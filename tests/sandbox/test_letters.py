"""How values cross the wall: what a stranger may put into a reply, and what is refused before it is read."""

from __future__ import annotations

import struct
from typing import Any

import pytest
import safetensors.torch

from grader.errors import ReplyRefused
from grader.sandbox.channel import LONGEST_NAME, read_names, read_reply
from grader.sandbox.guest.codec import MAX_DEPTH, MAX_NODES, pack, unpack


def message(text: bytes) -> bytes:
    return struct.pack(">Q", len(text)) + text + safetensors.torch.save({})


def test_what_is_packed_comes_back() -> None:
    """Scalars, texts in any language, lists, tuples and dicts are what they were."""
    value = {"a": [1, 2.5, None, True], (1, 2): "雨 😀", "deep": ((("x",),),)}
    assert unpack(pack(value)) == value


@pytest.mark.parametrize(
    "text",
    [
        b'{"dict": [["value", {"list": [' + b'{"list":[]},' * MAX_NODES + b"1]}]]}",
        b'{"dict": [["value", {"list": [' + b"1," * (9 * MAX_NODES) + b"1]}]]}",
        b'{"dict": [["value", ' + b'{"list": [' * (MAX_DEPTH + 2) + b"]}" * (MAX_DEPTH + 2) + b"]]}",
        b'{"dict": [["value", ' + b"9" * 5_000 + b"]]}",
    ],
    ids=["lists", "numbers", "depth", "digits"],
)
def test_a_reply_that_would_cost_the_judge_is_refused(text: bytes) -> None:
    """Millions of parts, endless nesting and numbers of 5,000 digits end as one refusal."""
    with pytest.raises(ReplyRefused, match="malformed"):
        read_reply(message(text))


def test_half_a_pair_is_shown_as_a_sign() -> None:
    """A lone surrogate in a value or a key can be written into any report."""
    reply = read_reply(message(b'{"dict": [["value", {"dict": [["a\\ud800", "\\udfffb"]]}]]}'))
    assert reply.value == {"a\ufffd": "\ufffdb"}


NAMES: list[Any] = [
    {
        "name": "RNN",
        "kind": "module",
        "sections": ["knock81"],
        "parameters": [["size", "POSITIONAL_ONLY", False, "", ""]],
    },
    {"name": "f", "kind": "function", "parameters": "all"},
    {"name": "not a name", "kind": "function"},
    {"name": "x" * (LONGEST_NAME + 1), "kind": "function"},
    {"name": "g", "kind": "god"},
    {"name": 3, "kind": "function"},
    {"kind": "function"},
    "RNN",
    None,
]


def test_only_names_that_are_told_as_agreed_are_believed() -> None:
    """A row with another form is left out, and costs the others nothing."""
    assert [row["name"] for row in read_names(NAMES)] == ["RNN"]
    assert read_names({"name": "RNN"}) == read_names(None) == []
