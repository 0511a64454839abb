"""What Colab has and this room lacks: `google.colab`, and a GPU.

Stand-ins, run beside the student's code before its first cell.
"""

from __future__ import annotations

import os
import sys
import types
from collections.abc import Callable
from typing import Any

import torch
from torch.overrides import TorchFunctionMode


class OnCpu(TorchFunctionMode):
    """Every `device="cuda"` means the CPU, and `.cuda()` gives the tensor itself."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func is torch.Tensor.cuda:
            return args[0]
        kwargs = {k: at_home(v) for k, v in (kwargs or {}).items()}
        return func(*(at_home(a) for a in args), **kwargs)


def at_home(value: Any) -> Any:
    if isinstance(value, torch.device) and value.type == "cuda":
        return torch.device("cpu")
    if isinstance(value, str) and value.startswith("cuda"):
        return "cpu"
    return value


def without_gpu() -> None:
    """Let code that asks for a GPU run on the CPU, for as long as this process lives."""
    OnCpu().__enter__()  # type: ignore[no-untyped-call]  # and never left
    load: Callable[..., Any] = torch.load

    def load_here(*args: Any, **kwargs: Any) -> Any:
        return load(*args, **{**kwargs, "map_location": "cpu"})

    torch.load = load_here


def google_colab() -> None:
    """`from google.colab import drive, files`: mounting makes an empty folder's promise, uploading gives nothing."""
    google = sys.modules.get("google") or types.ModuleType("google")
    colab, drive, files = (types.ModuleType(f"google.colab{part}") for part in ("", ".drive", ".files"))

    def mount(mountpoint: str, *_args: Any, **_kwargs: Any) -> None:
        print(f"Mounted at {mountpoint} (stand-in: {os.getcwd()})")  # noqa: T201  # what Colab prints, in the cell

    def upload() -> dict[str, bytes]:
        return {}

    def download(_name: str) -> None:
        """Nothing to do: there is no browser."""

    drive.mount, drive.flush_and_unmount = mount, lambda: None  # type: ignore[attr-defined]
    files.upload, files.download = upload, download  # type: ignore[attr-defined]
    colab.drive, colab.files = drive, files  # type: ignore[attr-defined]
    google.colab = colab  # type: ignore[attr-defined]
    sys.modules |= {"google": google, "google.colab": colab, "google.colab.drive": drive, "google.colab.files": files}
