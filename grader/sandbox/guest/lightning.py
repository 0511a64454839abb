"""PyTorch Lightning where it is not installed: a module that is an nn.Module, keeps its settings and logs to nobody.

class Net(pl.LightningModule):
    def __init__(self, hidden_size, lr=0.1):
        super().__init__()
        self.save_hyperparameters()

Nothing is trained: a Trainer is missing with the package. The modules are made when somebody asks for them, as they need PyTorch.
"""

from __future__ import annotations

import functools
import importlib.util
import inspect
import random
import sys
from typing import Any

from .missing_packages import SilentModule, Whatever

NAMES = ("pytorch_lightning", "lightning")


class Settings(dict[str, Any]):
    """`self.hparams.lr` and `self.hparams["lr"]`."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


class Callback:
    """What is told of a training's course; nobody tells it."""


@functools.cache
def made() -> dict[str, Any]:
    """LightningModule and LightningDataModule."""
    import torch

    class LightningModule(torch.nn.Module):
        trainer = logger = Whatever()
        current_epoch = global_step = 0
        device = torch.device("cpu")

        def __init__(self, *_given: Any, **_named: Any) -> None:
            super().__init__()

        def save_hyperparameters(self, *names: Any, ignore: Any = (), **_options: Any) -> None:
            """Keep what the constructor was given, or those of these names."""
            frame = inspect.currentframe()
            caller = frame.f_back if frame is not None else None
            given = dict(caller.f_locals) if caller is not None else {}
            given |= given.pop("kwargs", {})
            wanted = [name for name in names if isinstance(name, str)]
            wanted = wanted if names else [name for name in given if not name.startswith("__")]
            left_out = {"self", ignore} if isinstance(ignore, str) else {"self", *ignore}
            kept = {name: given[name] for name in wanted if name in given and name not in left_out}
            for held in names:  # self.save_hyperparameters(config), a dict or a Namespace
                if not isinstance(held, str):
                    kept |= held if isinstance(held, dict) else vars(held)
            vars(self)["hparams"] = Settings(kept)

        @property
        def hparams(self) -> Any:
            return vars(self).setdefault("hparams", Settings())

        def log(self, *_given: Any, **_named: Any) -> None:
            """Nobody keeps it."""

        log_dict = print = log

    return {"LightningModule": LightningModule, "LightningDataModule": type("LightningDataModule", (), {})}


def seed_everything(seed: int = 0, **_options: Any) -> int:
    """The seed of Python, numpy and PyTorch."""
    import numpy as np
    import torch

    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)
    return seed


def no_trainer(*_given: Any, **_named: Any) -> None:
    """A training that would do nothing must not look like one."""
    raise ModuleNotFoundError("No module named 'pytorch_lightning'", name="pytorch_lightning")


class LightningPackage(SilentModule):
    def __getattr__(self, name: str) -> Any:
        if name in ("LightningModule", "LightningDataModule"):
            return made()[name]
        known = {"seed_everything": seed_everything, "Callback": Callback, "Trainer": no_trainer}
        return known[name] if name in known else super().__getattr__(name)


def small_lightning() -> None:
    """`import pytorch_lightning as pl`, `import lightning as L`, `import lightning.pytorch as pl`."""
    for name in NAMES:
        if importlib.util.find_spec(name) is None:
            sys.modules[name] = LightningPackage(name)
