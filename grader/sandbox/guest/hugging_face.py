"""The package transformers where it is not installed, or what it would fetch: its names lead to the small models of `pretrained.py`.

These are made of torch, so that file is imported when a notebook asks for one of them, and not before.
"""

from __future__ import annotations

import functools
import importlib.machinery
import importlib.util
import os
import sys
import types
from types import SimpleNamespace
from typing import Any

from .loaded import when_imported

# What is said of what the small models have not: the package is not here, or what it would fetch.
ABSENT = "No module named 'transformers': its small stand-in has no {}"
UNREACHED = (
    "We couldn't connect to 'https://huggingface.co': the small model in the place of a pretrained one has no {}"
)


def absent(name: str) -> str:
    return (UNREACHED if hasattr(sys.modules.get("transformers"), "__path__") else ABSENT).format(name)


class Package(types.ModuleType):
    """transformers, as far as it is here: names tell what is meant, whatever the architecture."""

    def __getattr__(self, name: str) -> Any:
        found = by_name(name)
        if found is None:
            raise AttributeError(name) if name.startswith("__") else ModuleNotFoundError(absent(name))
        return found


def by_name(name: str) -> Any:
    if name.startswith(("TF", "Flax", "PreTrained", "_")):
        return None
    from . import pretrained  # which takes torch

    for ending, found in (
        ("Tokenizer", pretrained.Tokenizer),
        ("TokenizerFast", pretrained.Tokenizer),
        ("ForSequenceClassification", pretrained.Classifier),
        ("Model", pretrained.Encoder),
        ("Config", pretrained.Config),
    ):
        if name.endswith(ending):
            return found
    return {"AdamW": pretrained.AdamW, "get_linear_schedule_with_warmup": pretrained.schedule}.get(name)


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
    """`from transformers import BertModel` where transformers is not installed; little else of it. Where it is, what is not kept there."""
    if importlib.util.find_spec("transformers") is not None:
        for module, names in FETCH.items():
            when_imported(f"transformers.{module}", functools.partial(fetch_small, names=names))
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


# Where the library's own classes get what they are made of, and who says `from_pretrained` there.
FETCH = {
    "modeling_utils": ("PreTrainedModel",),
    "tokenization_utils_base": ("PreTrainedTokenizerBase",),
    "models.auto.auto_factory": ("_BaseAutoModelClass",),
    "models.auto.modeling_auto": ("AutoModel",),
    "models.auto.tokenization_auto": ("AutoTokenizer",),
    "configuration_utils": ("PreTrainedConfig", "PretrainedConfig"),
    "models.auto.configuration_auto": ("AutoConfig",),
}
FETCHING: list[str] = []  # what is being fetched right now, the outermost first
FEW = 100  # words: a tokenizer whose file was not found knows the special ones alone


def fetch_small(module: Any, names: tuple[str, ...]) -> None:
    """Where nothing of a name was kept on this machine and nobody can fetch it, `from_pretrained` gives a small untrained model."""
    for name in names:
        owner = getattr(module, name, None)
        if owner is not None and "from_pretrained" in vars(owner):
            owner.from_pretrained = classmethod(or_small(owner.from_pretrained.__func__))


def or_small(fetched: Any) -> Any:
    @functools.wraps(fetched)
    def from_pretrained(cls: Any, name: Any = "", *more: Any, **options: Any) -> Any:
        ours = by_name(cls.__name__) if cls.__module__.startswith("transformers.") else None
        if ours is None or os.path.isdir(str(name)):  # a class of the student's own; what they saved before
            return fetched(cls, name, *more, **options)
        FETCHING.append(cls.__name__)
        try:
            found = fetched(cls, name, *more, **options)
        except OSError:
            if FETCHING[1:]:  # a model asks for its configuration: who asked for the model gets the small one
                raise
            if cls.__name__.endswith("Config") and cls.__name__ != "AutoConfig":
                return cls(**options)  # BertConfig: the library knows the usual sizes
            return ours.from_pretrained(name, *more, **options)
        finally:
            FETCHING.pop()
        words = len(found) if cls.__name__.endswith(("Tokenizer", "TokenizerFast")) else FEW
        return found if words >= FEW else ours.from_pretrained(name, *more, **options)

    return from_pretrained
