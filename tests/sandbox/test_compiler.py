"""torch's compiler is loaded by who compiles, and not by who trains."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.drawing import drawn

BEGINNING = """
import sys, torch
from grader.sandbox.guest.compiler import Unloaded, leave_unloaded
leave_unloaded()
layer = torch.nn.Linear(3, 2)

def train(kind):
    optimizer = kind(layer.parameters(), lr=0.1)
    optimizer.zero_grad()
    layer(torch.ones(2, 3)).sum().backward()
    optimizer.step()
    optimizer.load_state_dict(optimizer.state_dict())
    torch.optim.lr_scheduler.StepLR(optimizer, 1).step()
"""
TRAINS = """
for kind in (torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW, torch.optim.RMSprop, torch.optim.Adagrad):
    train(kind)
assert isinstance(sys.modules["torch._dynamo"], Unloaded) and "torch._dynamo.convert_frame" not in sys.modules
"""
CHECKPOINTS = """
train(torch.optim.SGD)
from torch.utils.checkpoint import checkpoint
checkpoint(layer, torch.ones(2, 3, requires_grad=True), use_reentrant=False).sum().backward()
train(torch.optim.SGD)
"""
SETS = """
train(torch.optim.SGD)
torch._dynamo.config.suppress_errors = True
import torch._dynamo
assert torch._dynamo.config.suppress_errors and torch._dynamo is sys.modules["torch._dynamo"]
train(torch.optim.SGD)
"""
FROM = """
train(torch.optim.SGD)
from torch._dynamo.utils import counters
import torch._dynamo.config
assert not isinstance(torch._dynamo, Unloaded) and counters is not None
"""
COMPILES = """
train(torch.optim.SGD)
assert torch.compile(layer, backend="eager")(torch.ones(2, 3)).shape == (2, 2)
"""


SCANS = """
import inspect
train(torch.optim.SGD)
assert "class Linear" in inspect.getsource(torch.nn.Linear) and isinstance(sys.modules["torch._dynamo"], Unloaded)
torch.testing.assert_close(torch.ones(2), torch.ones(2))  # imports torch.distributed.tensor, which looks for its caller's source
import torch.distributed.tensor, torch.distributed.fsdp
"""
COMPARES_FIRST = """
torch.testing.assert_close(torch.ones(2), torch.ones(2))
train(torch.optim.SGD)
assert torch.compile(layer, backend="eager")(torch.ones(2, 3)).shape == (2, 2)
"""
EXPORTS = """
train(torch.optim.SGD)
import torch.export, torch.onnx
from torch.nn.attention.flex_attention import flex_attention
torch.export.export(layer, (torch.ones(2, 3),))
"""


@drawn(1)
@pytest.mark.parametrize("code", [TRAINS, CHECKPOINTS, SETS, FROM, COMPILES, SCANS, COMPARES_FIRST, EXPORTS])
def test_the_compiler_comes_when_it_is_asked_for(code: str) -> None:
    """A step of an optimizer leaves it out; a name of its, a part of it or a compilation brings it, whole."""
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", BEGINNING + code], capture_output=True, text=True, timeout=300
    )
    assert ended.returncode == 0, ended.stderr
