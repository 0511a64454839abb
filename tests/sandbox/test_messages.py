"""What a kernel says: well-formed messages come through, anything else is as if it had not been said."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.sandbox.messages import CONTENTS, rebuild


def message(kind: str, content: Any, **more: Any) -> dict[str, Any]:
    header = {"msg_id": "1", "msg_type": kind, "session": "s", "username": "u", "version": "5.3"}
    return {"header": header, "parent_header": {"msg_id": "0"}, "content": content, "metadata": {}} | more


GOOD = {
    "status": {"execution_state": "idle"},
    "stream": {"name": "stdout", "text": "hello"},
    "display_data": {
        "data": {"text/plain": "x", "image/png": "aGk="},
        "metadata": {},
        "transient": {"display_id": "d"},
    },
    "execute_result": {"data": {"text/plain": "x"}, "metadata": {}, "execution_count": 3},
    "error": {"ename": "ValueError", "evalue": "no", "traceback": ["line"]},
    "clear_output": {"wait": True},
    "execute_input": {"code": "x", "execution_count": 3},
    "execute_reply": {"status": "error", "execution_count": 3, "ename": "E", "evalue": "e", "traceback": []},
    "kernel_info_reply": {"status": "ok", "protocol_version": "5.4", "language_info": {"name": "python"}},
}


@pytest.mark.parametrize("kind", GOOD)
def test_a_good_message_keeps_what_matters(kind: str) -> None:
    """The fields that nbclient reads are there, unchanged."""
    rebuilt = rebuild(message(kind, GOOD[kind]))
    assert rebuilt is not None
    assert rebuilt["msg_type"] == rebuilt["header"]["msg_type"] == kind
    assert rebuilt["parent_header"] == {"msg_id": "0"}
    kept = {name: value for name, value in GOOD[kind].items() if name in rebuilt["content"]}
    assert kept == GOOD[kind] and kept.items() <= rebuilt["content"].items()


@pytest.mark.parametrize(("kind", "content"), [
    ("status", {}), ("status", {"execution_state": []}), ("status", None), ("status", 7),
    ("stream", {"name": "stdout"}), ("stream", {"name": "disk", "text": "x"}), ("stream", {"name": "stdout", "text": 1}),
    ("display_data", {"data": []}), ("display_data", {"data": {}, "transient": {"display_id": ["x"]}}),
    ("error", {"ename": "E", "evalue": "e", "traceback": "text"}), ("execute_reply", {"status": "nonsense"}),
    ("execute_reply", {"execution_count": 1}), ("kernel_info_reply", {"status": "ok", "protocol_version": "x.y"}),
    ("comm_open", {"comm_id": "1", "target_name": "jupyter.widget", "data": {}}), ("unheard_of", {}),
])  # fmt: skip
def test_a_malformed_message_is_not_heard(kind: str, content: Any) -> None:
    """Missing fields, wrong types, unknown kinds and widgets are dropped."""
    assert rebuild(message(kind, content)) is None


def test_only_text_is_kept_of_a_display() -> None:
    """Nested data could be nested deeper than the judge's stack; text is all that is shown."""
    deep: dict[str, Any] = {}
    for _ in range(50):
        deep = {"x": deep}
    rebuilt = rebuild(message("display_data", {"data": {"text/plain": "x", "application/json": deep}}))
    assert rebuilt is not None and rebuilt["content"]["data"] == {"text/plain": "x"}


def test_a_date_is_a_date_or_not_there() -> None:
    """nbclient calls methods on it, so only a real one may pass."""
    now = datetime.now(UTC)
    for date, kept in ((now, True), ("soon", False), (7, False)):
        said = message("status", {"execution_state": "idle"})
        said["header"]["date"] = date
        rebuilt = rebuild(said)
        assert rebuilt is not None and ("date" in rebuilt["header"]) is kept


characters = st.text(st.characters(), max_size=5)  # halves of surrogate pairs too
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | characters,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(characters, inner, max_size=3),
    max_leaves=10,
)


@given(st.sampled_from([*CONTENTS, "comm_msg", ""]), anything, anything, anything)
def test_nothing_that_is_said_raises(kind: str, header: Any, parent: Any, content: Any) -> None:
    """Whatever JSON comes, the answer is a message or None."""
    good = {"msg_id": "1", "msg_type": kind}
    for said in ({"header": header, "parent_header": parent, "content": content},
                 {"header": good, "parent_header": {}, "content": content}, content, None):  # fmt: skip
        rebuilt = rebuild(said)
        assert rebuilt is None or rebuilt["msg_type"] in CONTENTS


def test_half_a_pair_as_a_key_is_not_heard() -> None:
    """A key that no encoding can spell ends in nothing, not in an error of the judge."""
    said = message("stream", {"name": "stdout", "text": "x", "\ud800": 1})
    assert rebuild(said) is None
