"""What a reply may not do: ask for something to be made in the judge's process."""

from __future__ import annotations

import pytest

from grader.box.inside import probe
from grader.box.inside.letters import Made
from grader.box.wire import read_reply
from grader.errors import ReplyRefused


def test_a_reply_cannot_order_anything() -> None:
    """`Made` is the judge's word alone: in a reply, where it would later run beside our own answers, it is refused."""
    forged = probe.pack({"value": [Made("def make():\n    return 1\n")]})
    with pytest.raises(ReplyRefused):
        read_reply(forged)
    assert isinstance(probe.unpack(forged, order=True)["value"][0], Made)
