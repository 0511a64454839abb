"""The package transformers where it is not installed: its names lead to the small models of `pretrained.py`.

These are made of torch, so that file is imported when a notebook asks for one of them, and not before.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import sys
import types
from types import SimpleNamespace
from typing import Any

ABSENT = "No module named 'transformers': its small stand-in has no {}"


class Package(types.ModuleType):
    """transformers, as far as it is here: names tell what is meant, whatever the architecture."""

    def __getattr__(self, name: str) -> Any:
        found = by_name(name)
        if found is None:
            raise AttributeError(name) if name.startswith("__") else ModuleNotFoundError(ABSENT.format(name))
        return found


def by_name(name: str) -> Any:
    if name.startswith(("TF", "Flax", "PreTrained", "_")):
        return None
    import torch

    from . import pretrained

    for ending, found in (
        ("Tokenizer", pretrained.Tokenizer),
        ("TokenizerFast", pretrained.Tokenizer),
        ("ForSequenceClassification", pretrained.Classifier),
        ("Model", pretrained.Encoder),
        ("Config", pretrained.Config),
    ):
        if name.endswith(ending):
            return found
    return {"AdamW": torch.optim.AdamW, "get_linear_schedule_with_warmup": pretrained.schedule}.get(name)


# Classes that people write beside their arguments: def __init__(self, tokenizer: PreTrainedTokenizerBase)
ANNOTATED = (
    "PreTrainedTokenizerBase",
    "PreTrainedTokenizer",
    "PreTrainedTokenizerFast",
    "PreTrainedModel",
    "PretrainedConfig",
)


def not_here(*_args: Any, **_kwargs: Any) -> None:
    """Nothing of these is made without the library."""
    raise ModuleNotFoundError("No module named 'transformers'", name="transformers")


def small_transformers() -> None:
    """`from transformers import BertModel` where transformers is not installed; little else of it."""
    if importlib.util.find_spec("transformers") is not None:
        return
    package = Package("transformers")
    package.__spec__ = importlib.machinery.ModuleSpec(
        "transformers", None
    )  # who asks whether it is installed may go on
    package.__version__ = "5 (stand-in)"  # type: ignore[attr-defined]
    package.logging = SimpleNamespace(set_verbosity_error=lambda: None, set_verbosity_warning=lambda: None)  # type: ignore[attr-defined]
    kinds = ("Model", "Config", "Tokenizer", "ForSequenceClassification")
    package.__all__ = [f"{start}{kind}" for start in ("Bert", "Auto") for kind in kinds]  # type: ignore[attr-defined]
    for name in ANNOTATED:
        setattr(package, name, type(name, (), {"__init__": not_here}))
    sys.modules["transformers"] = package
