"""A GPU where there is none, or another one: code that insists on it runs on the CPU, for as long as this process lives."""

from __future__ import annotations

import functools
import types
from collections.abc import Callable
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

AWAY = ("cuda", "mps", "xpu")  # Nvidia's and AMD's, Apple's, Intel's


class OnCpu(TorchFunctionMode):
    """Every `device="cuda"`, or "mps", means the CPU, `.cuda()` gives the tensor itself, and what already lies on a GPU is fetched."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func is torch.Tensor.cuda:
            return args[0]
        kwargs = {k: at_home(v) for k, v in (kwargs or {}).items()}
        return func(*(at_home(a) for a in args), **kwargs)


def at_home(value: Any) -> Any:
    if isinstance(value, torch.Tensor):  # a table or a model that an earlier cell put on the GPU
        return value.cpu() if value.device.type in AWAY else value
    if type(value) in (list, tuple) and isinstance(next(iter(value), None), torch.Tensor):  # torch.cat, torch.stack
        return type(value)(map(at_home, value))
    if isinstance(value, torch.device) and value.type in AWAY:
        return torch.device("cpu")
    if isinstance(value, str) and value.partition(":")[0] in AWAY:
        return "cpu"
    if isinstance(value, str) and value.startswith("torch.cuda."):
        return value.replace("torch.cuda.", "torch.")
    return value


def without_gpu() -> None:
    """`.cuda()`, `.to("cuda")`, `map_location`, `torch.cuda.set_device` and their like; is_available() stays False."""
    OnCpu().__enter__()  # type: ignore[no-untyped-call]  # and never left
    torch.load = elsewhere(torch.load, map_location="cpu")
    torch.set_default_device = translated(torch.set_default_device)
    torch.set_default_tensor_type = translated(torch.set_default_tensor_type)
    for name, value in CUDA.items():
        setattr(torch.cuda, name, value)
    for name in ("synchronize", "empty_cache", "manual_seed", "seed"):
        setattr(torch.mps, name, asked_in_vain())


def elsewhere(function: Callable[..., Any], **fixed: Any) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **{**kwargs, **fixed})

    return call


def translated(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        return function(*map(at_home, args), **kwargs)

    return call


def asked_in_vain() -> Callable[..., None]:
    """What one asks of a GPU and needs no answer; each a function of its own, as torch's compiler wants no object under two names."""

    def nothing(*_args: Any, **_kwargs: Any) -> None:
        pass

    return nothing


PROPERTIES = types.SimpleNamespace(name="CPU", total_memory=0, major=0, minor=0, multi_processor_count=0)
CUDA: dict[str, Any] = {
    "set_device": asked_in_vain(),
    "synchronize": asked_in_vain(),
    "reset_peak_memory_stats": asked_in_vain(),
    "current_device": lambda: 0,
    "get_device_name": lambda *_: "CPU",
    "get_device_properties": lambda *_: PROPERTIES,
    "get_device_capability": lambda *_: (0, 0),
    "mem_get_info": lambda *_: (0, 0),
    "FloatTensor": torch.FloatTensor,
    "LongTensor": torch.LongTensor,
}
