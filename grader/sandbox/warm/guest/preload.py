"""What the warm process does once so that no kernel has to."""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import sys
import types
import warnings
from collections.abc import Callable
from pathlib import Path

THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS", "RAYON_NUM_THREADS")
QUIET = {  # libraries that would start a thread on import, or talk about themselves
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    "TOKENIZERS_PARALLELISM": "false",
    "TORCH_WARM_POOL": "0",
    "TORCHINDUCTOR_COMPILE_THREADS": "1",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
WHERE_INSTALLED = ("pandas", "sklearn.linear_model", "sklearn.feature_extraction.text", "tqdm.auto", "transformers",
                   "safetensors.torch", "multiprocessing.pool", "sqlite3", "zipfile")  # fmt: skip
WITHOUT = "GRADER_WARM_WITHOUT"  # what started a thread in an earlier attempt


def load() -> tuple[list[str], Callable[..., None]]:
    """Import, and use once, what notebooks use.

    Returns the names of what is installed and now loaded, and the function that turns a fork into a kernel (its module
    imports torch, so it must not be imported before the thread limits are set).
    """
    os.environ.update(QUIET | dict.fromkeys(THREADS, "1"))
    left_out = os.environ.pop(WITHOUT, "").split(",")
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        train_once()
        loaded = ["torch"]
        for name in WHERE_INSTALLED:
            if name not in left_out and is_loaded(name):
                loaded.append(name)
                begin_again_without([*left_out, name])
        if is_loaded("matplotlib.pyplot"):
            draw_once()
            loaded.append("matplotlib")
        load_kernel()
        from .kernel import become, build_shell

        build_shell()
    return loaded, become


def begin_again_without(names: list[str]) -> None:
    """Where the last import has started a thread, start this process anew and leave that module to those who import it."""
    if len(os.listdir("/proc/self/task")) > 1:
        os.environ[WITHOUT] = ",".join(filter(None, names))
        os.execv(sys.executable, sys.orig_argv)


def is_loaded(name: str) -> bool:
    """Import a module if it is installed. One that is broken is the student's to see, in their own kernel."""
    try:
        importlib.import_module(name)
    except Exception:  # whatever a foreign package raises on import
        return False
    return True


def leave_compiler(torch: types.ModuleType) -> None:
    """Put in the place of torch's compiler what stands for it in every kernel: a second of CPU for each warm process."""
    package = sys.modules["grader_guest"] = types.ModuleType("grader_guest")
    package.__path__ = [str(Path(__file__).resolve().parents[2] / "guest")]
    importlib.import_module("grader_guest.compiler").put_in_its_place(torch)
    for name in [name for name in sys.modules if name.partition(".")[0] == "grader_guest"]:
        del sys.modules[name]  # a kernel makes the package anew


def train_once() -> None:
    """One step of each kind, which imports what a first step imports."""
    import torch

    leave_compiler(torch)
    torch.set_num_threads(1)
    torch.set_num_interop_threads(1)
    layer = torch.nn.Linear(3, 2)
    for kind in (torch.optim.Adam, torch.optim.SGD):
        optimizer = kind(layer.parameters(), lr=0.1)
        loss = torch.nn.functional.cross_entropy(layer(torch.ones(5, 3)), torch.zeros(5, dtype=torch.long))
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        optimizer.zero_grad()


def draw_once() -> None:
    import matplotlib_inline.backend_inline  # noqa: F401
    from matplotlib import pyplot

    pyplot.plot([0, 1])
    pyplot.title("x")
    pyplot.savefig(io.BytesIO())
    pyplot.close("all")


def load_kernel() -> None:
    """Import what ipykernel imports only when it runs, and IPython's debugger."""
    for name in ("ipykernel.ipkernel", "ipykernel.debugger", "ipykernel.zmqshell", "ipykernel.codeutil",
                 "IPython.core.interactiveshell", "IPython.core.completer", "IPython.core.completerlib",
                 "IPython.core.debugger", "IPython.core.oinspect", "IPython.core.logger", "IPython.core.shellapp",
                 "jedi", "pexpect",
                 "IPython.extensions.storemagic", "IPython.core.magics", "ipykernel.pylab.backend_inline",
                 "tornado.platform.asyncio", "zmq.asyncio"):  # fmt: skip
        is_loaded(name)
