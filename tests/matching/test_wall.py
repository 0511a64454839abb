"""What a reply may not do: ask for something to be made in the judge's process."""

from __future__ import annotations

import pytest

from grader.errors import ReplyRefused
from grader.sandbox.channel import read_reply
from grader.sandbox.guest.codec import RemoteExpr, pack, unpack


def test_a_reply_cannot_order_anything() -> None:
    """`RemoteExpr` is the judge's word alone: in a reply, where it would later run beside our own answers, it is refused."""
    forged = pack({"value": [RemoteExpr("def make():\n    return 1\n")]})
    with pytest.raises(ReplyRefused):
        read_reply(forged)
    assert isinstance(unpack(forged, order=True)["value"][0], RemoteExpr)
