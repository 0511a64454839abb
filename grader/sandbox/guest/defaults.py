"""The state of torch and numpy in which every question is asked: as it was before the notebook's first cell.

A notebook may end with `torch.set_grad_enabled(False)`, or a cell may be stopped inside `with torch.no_grad():`. That is how it
went on with its own work, and no part of the answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import numpy as np
import torch

NUMPY = np.geterr()


def state_for(request: dict[str, Any]) -> AbstractContextManager[None]:
    """Tests that another grader brought run where the notebook ended, as they do there."""
    return nullcontext() if request.get("op") == "tests" else as_at_first()


@contextmanager
def as_at_first() -> Iterator[None]:
    """Gradients are recorded, numbers are float32 and multiplied as such; afterwards all is as the notebook left it."""
    dtype, precision = torch.get_default_dtype(), torch.get_float32_matmul_precision()
    anomaly = torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled()
    torch.set_default_dtype(torch.float32)
    torch.set_float32_matmul_precision("highest")
    torch.autograd.set_detect_anomaly(False)
    try:
        with torch.inference_mode(False), torch.enable_grad(), np.errstate(**NUMPY):
            yield
    finally:
        torch.autograd.set_detect_anomaly(*anomaly)
        torch.set_float32_matmul_precision(precision)
        torch.set_default_dtype(dtype)
