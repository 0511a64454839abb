"""The state of torch and numpy in which every question is asked: as it was before the notebook's first cell.

A notebook may end with `torch.set_grad_enabled(False)`, or a cell may be stopped inside `with torch.no_grad():`. That is how it
went on with its own work, and no part of the answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from typing import Any

import numpy as np

from .codec import unpack
from .loaded import torch_if_loaded
from .namespace import Namespace
from .operations import answer

NUMPY = np.geterr()


def answer_message(namespace: Namespace, message: bytes, limit: int) -> bytes:
    """Serve one packed request of the judge's. Tests that another grader brought run where the notebook ended, as they do there."""
    with as_at_first():  # tensors made in inference mode can never be learned from
        request = unpack(message, order=True)
    with nullcontext() if request.get("op") == "tests" else as_at_first():
        reply: bytes = answer(namespace, request, limit)
    return reply


@contextmanager
def as_at_first() -> Iterator[None]:
    """numpy's warnings as they were and torch, where it is loaded, `torch_at_first`; afterwards all is as the notebook left it."""
    torch = torch_if_loaded()
    with np.errstate(**NUMPY), nullcontext() if torch is None else torch_at_first(torch):
        yield


@contextmanager
def torch_at_first(torch: Any) -> Iterator[None]:
    """Gradients are recorded, numbers are float32 and multiplied as such."""
    dtype, precision = torch.get_default_dtype(), torch.get_float32_matmul_precision()
    anomaly = torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled()
    torch.set_default_dtype(torch.float32)
    torch.set_float32_matmul_precision("highest")
    torch.autograd.set_detect_anomaly(False)
    try:
        with torch.inference_mode(False), torch.enable_grad(), at_full_width(torch):
            yield
    finally:
        torch.autograd.set_detect_anomaly(*anomaly)
        torch.set_float32_matmul_precision(precision)
        torch.set_default_dtype(dtype)


@contextmanager
def at_full_width(torch: Any) -> Iterator[None]:
    """On the CPU, and without autocast. Entering costs, so only where the notebook left it otherwise."""
    with ExitStack() as stack:
        if torch.is_autocast_enabled("cpu"):
            stack.enter_context(torch.autocast("cpu", enabled=False))
        if default_device(torch) != "cpu":
            stack.enter_context(torch.device("cpu"))
        yield


def default_device(torch: Any) -> str:
    try:
        return str(torch.get_default_device().type)
    except RuntimeError:  # of set_default_device("mps") where there is none; NotImplementedError is one too
        return "none"
